//! Which components keep an ECU from a target because they wait for each other: no target but the
//! simulation runs them. Knows nothing of images.

use crate::export::{self, ExportError};
use graph_core::{check::concurrency_refusal, document::Document, hierarchy, library::Library};

/// Why the ECU cannot run there, a line for each instance.
pub(crate) fn refusals(
    (document, library): (&Document, &Library),
    ecu: &str,
    target: &str,
) -> Vec<String> {
    let flat = hierarchy::flattened(document);
    let flat = &*flat.document;
    let mut reasons = Vec::new();
    for (id, instance) in &flat.instances {
        let on = instance.partition.as_ref();
        let on = on.and_then(|key| flat.ecus.get(&key.ecu));
        if on.is_none_or(|on| on.name != ecu) {
            continue;
        }
        if let Some((_, component, _)) = export::loaded(flat, library, Some(*id))
            && let Some(reason) = concurrency_refusal(&instance.name, component, ecu, target)
        {
            reasons.push(format!(
                "{reason}; simulate it, or offer plain functions for this target"
            ));
        }
    }
    reasons
}

/// Refuses a target for the first ECU that cannot run there.
pub(crate) fn refuse<'a>(
    project: (&Document, &Library),
    ecus: impl IntoIterator<Item = &'a str>,
    target: &str,
) -> Result<(), ExportError> {
    for ecu in ecus {
        let reasons = refusals(project, ecu, target);
        if !reasons.is_empty() {
            return Err(ExportError::Unfit {
                ecu: ecu.to_owned(),
                board: target.to_owned(),
                reasons,
            });
        }
    }
    Ok(())
}

//! Components that wait for each other (`async func`, streams, futures) run in the simulation; no
//! board serves them.

use crate::{
    context::Context,
    diagnostic::{Diagnostic, Severity},
    document::Subject,
};
use autosar_wit::concurrency;

pub(super) fn run(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (id, instance, component) in context.typed_instances() {
        let ecu = instance.partition.as_ref();
        let ecu = ecu.and_then(|key| context.document.ecus.get(&key.ecu));
        let Some((ecu, target)) = ecu.and_then(|ecu| Some((ecu, ecu.target.as_ref()?))) else {
            continue;
        };
        if let Some(message) = refusal(&instance.name, component, &ecu.name, target) {
            found.push(
                Diagnostic::new(
                    "concurrency",
                    Severity::Warning,
                    Subject::Instance(id),
                    message,
                )
                .help("simulate it, or offer plain functions for this target"),
            );
        }
    }
    found
}

/// Why an instance of the component cannot run on a board.
pub fn refusal(
    instance: &str,
    component: &autosar_wit::component::ComponentType,
    ecu: &str,
    target: &str,
) -> Option<String> {
    let needs = concurrency::needs(component);
    let (first, others) = needs.split_first()?;
    let more = match others.len() {
        0 => String::new(),
        count => format!(" and {count} more functions"),
    };
    Some(format!(
        "`{instance}` (component `{}`) needs concurrency for {first}{more}, which `{target}` of ECU `{ecu}` does not serve",
        component.name
    ))
}

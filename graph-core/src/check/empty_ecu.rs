//! An ECU without instances does nothing.

use crate::{
    context::Context,
    diagnostic::{Diagnostic, Severity},
    document::{EcuId, Subject},
    edit::Edit,
};
use std::collections::BTreeSet;

pub(super) fn run(context: &Context) -> Vec<Diagnostic> {
    let used = context
        .members
        .keys()
        .map(|key| key.ecu)
        .collect::<BTreeSet<EcuId>>();
    let empty = context
        .document
        .ecus
        .iter()
        .filter(|(id, _)| !used.contains(id));
    empty
        .map(|(id, ecu)| {
            let message = format!("ECU `{}` has no instances", ecu.name);
            Diagnostic::new("empty-ecu", Severity::Warning, Subject::Ecu(*id), message)
                .help("deploy an instance to one of its partitions, or remove it")
                .fix(
                    format!("Remove the ECU `{}`", ecu.name),
                    vec![Edit::RemoveEcu(*id)],
                )
        })
        .collect()
}

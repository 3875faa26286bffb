//! Every instance runs somewhere.

use crate::{
    context::Context,
    diagnostic::{Diagnostic, Severity},
    document::*,
    edit::Edit,
};
use std::collections::BTreeSet;

/// More partitions than this make no list of buttons.
const MAXIMUM_FIXES: usize = 4;

pub(super) fn run(context: &Context) -> Vec<Diagnostic> {
    let partitions = context
        .document
        .partitions()
        .map(|(key, _)| key)
        .take(MAXIMUM_FIXES)
        .collect::<Vec<_>>();
    let needed = needed(context);
    let undeployed = context
        .document
        .instances
        .iter()
        .filter(|(_, instance)| instance.partition.is_none());
    undeployed
        .map(|(id, instance)| {
            let (severity, why) = match needed.contains(id) {
                true => (Severity::Error, ", yet connected to one that is"),
                false => (Severity::Warning, ""),
            };
            let message = format!("`{}` is not deployed to any ECU{why}", instance.name);
            let diagnostic = Diagnostic::new(
                "undeployed-instance",
                severity,
                Subject::Instance(*id),
                message,
            )
            .help("deploy it to a partition of an ECU");
            partitions.iter().fold(diagnostic, |diagnostic, key| {
                let changed = Instance {
                    partition: Some(key.clone()),
                    ..instance.clone()
                };
                diagnostic.fix(
                    format!(
                        "Deploy `{}` to `{}`",
                        instance.name,
                        context.partition_name(key)
                    ),
                    vec![Edit::ChangeInstance(*id, changed)],
                )
            })
        })
        .collect()
}

/// Undeployed instances with a connector to a deployed one.
fn needed(context: &Context) -> BTreeSet<InstanceId> {
    let mut needed = BTreeSet::new();
    for Connector { from, to, .. } in context.document.connectors.values() {
        let deployed = [from, to].map(|end| context.partition_of(end).is_some());
        match deployed {
            [true, false] => needed.extend(to.instance()),
            [false, true] => needed.extend(from.instance()),
            _ => {}
        }
    }
    needed
}

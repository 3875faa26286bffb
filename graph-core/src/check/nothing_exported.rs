//! Something runs: a partition without a task would be an empty product.

use crate::{
    context::Context,
    diagnostic::{Diagnostic, Severity},
    document::Subject,
};

pub(super) fn run(context: &Context) -> Vec<Diagnostic> {
    let report =
        |subject, message| Diagnostic::new("nothing-exported", Severity::Warning, subject, message);
    if context.members.is_empty() {
        let message = format!(
            "{} has no instance on any ECU, so nothing runs",
            context.document.subject_name(&Subject::Project)
        );
        return vec![report(Subject::Project, message).help("deploy an instance to a partition")];
    }
    let mut found = Vec::new();
    for (key, members) in &context.members {
        let active = |id: &&_| {
            context
                .document
                .instances
                .get(*id)
                .is_some_and(|instance| !instance.activations.is_empty())
        };
        if !members.iter().any(|id| active(&id)) {
            let message = format!(
                "partition `{}` starts no runnable, so nothing in it runs",
                context.partition_name(key)
            );
            found.push(
                report(Subject::Partition((*key).clone()), message)
                    .help("activate a runnable of one of its instances"),
            );
        }
    }
    found
}

//! Information: instances of one partition are restarted or stopped together.

use crate::{
    context::Context,
    diagnostic::{Diagnostic, Severity},
    document::Subject,
};

pub(super) fn run(context: &Context) -> Vec<Diagnostic> {
    let shared = context
        .members
        .iter()
        .filter(|(_, members)| members.len() > 1);
    shared
        .map(|(key, members)| {
            let names = members
                .iter()
                .map(|id| format!("`{}`", context.instance_name(*id)))
                .collect::<Vec<_>>();
            let list = match names.get(..10) {
                Some(first) if names.len() > 11 => {
                    format!("{} and {} more", first.join(", "), names.len() - 10)
                }
                _ => names.join(", "),
            };
            let fate = match context
                .document
                .partition(key)
                .map(|partition| partition.on_trap)
            {
                Some(deployment::Reaction::Restart) => "all of them are restarted",
                Some(deployment::Reaction::StopRun) => "the whole run ends",
                Some(deployment::Reaction::Stop) | None => "all of them stop",
            };
            let message = format!(
                "{list} share the partition `{}`: if one fails, {fate}",
                context.partition_name(key)
            );
            Diagnostic::new(
                "shared-fate",
                Severity::Information,
                Subject::Partition((*key).clone()),
                message,
            )
            .help("give an instance a partition of its own to keep it apart")
        })
        .collect()
}

//! A partition has at most 90 instances: engines refuse to join many more memories.

use crate::{
    context::Context,
    diagnostic::{Diagnostic, Severity},
    document::Subject,
};

/// One adapter module of a stock engine joins at most 96 memories; glue needs some of them.
pub const MAXIMUM_INSTANCES: usize = 90;

pub(super) fn run(context: &Context) -> Vec<Diagnostic> {
    let large = context
        .members
        .iter()
        .filter(|(_, members)| members.len() > MAXIMUM_INSTANCES);
    large
        .map(|(key, members)| {
            let message = format!(
                "partition `{}` has {} instances, an engine takes {MAXIMUM_INSTANCES}",
                context.partition_name(key),
                members.len()
            );
            Diagnostic::new(
                "partition-size",
                Severity::Error,
                Subject::Partition((*key).clone()),
                message,
            )
            .help("move instances into another partition; connectors between the two are buffered")
        })
        .collect()
}

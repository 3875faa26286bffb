//! Inside one partition connectors may be direct; between partitions of one ECU they are buffered;
//! between ECUs values travel as CAN signals.

use crate::{
    context::{Context, Wire},
    diagnostic::{Diagnostic, Severity},
    document::Subject,
};

pub(super) fn run(context: &Context) -> Vec<Diagnostic> {
    context
        .wires
        .iter()
        .filter_map(|wire| found(context, wire))
        .collect()
}

fn found(context: &Context, wire: &Wire) -> Option<Diagnostic> {
    match problem(context, wire)? {
        Problem::Ecus(message) => Some(
            wire.finding("across-partitions", message)
                .help("map the value to a signal of a CAN bus, and the signal to the receiver"),
        ),
        Problem::Partitions(message) => {
            let diagnostic = Diagnostic::new(
                "across-partitions",
                Severity::Error,
                Subject::Connector(wire.id),
                message,
            );
            Some(match wire.can_be_buffered() {
                true => diagnostic
                    .help("make it buffered, or move both instances into one partition")
                    .fix("Make the connector buffered", wire.made_buffered()),
                false => diagnostic
                    .help("calls cannot be buffered; move both instances into one partition"),
            })
        }
    }
}

pub(crate) enum Problem {
    Ecus(String),
    Partitions(String),
}

pub(crate) fn problem(context: &Context, wire: &Wire) -> Option<Problem> {
    let connector = wire.connector;
    let from = context.partition_of(&connector.from)?;
    let to = context.partition_of(&connector.to)?;
    let names = || {
        format!(
            "from `{}` to `{}`",
            context.partition_name(from),
            context.partition_name(to)
        )
    };
    if from.ecu != to.ecu {
        let message = format!(
            "the connector {} leads {}, which are different ECUs",
            context.ends(connector),
            names()
        );
        return Some(Problem::Ecus(message));
    }
    (from != to && connector.kind.is_direct()).then(|| {
        Problem::Partitions(format!(
            "the direct connector {} leads {}",
            context.ends(connector),
            names()
        ))
    })
}

//! A receiver has one sender; only a queue takes several.

use crate::{
    context::{Context, Wire},
    diagnostic::Diagnostic,
    document::{Buffering, ConnectorKind, End},
    edit::Edit,
};
use std::collections::BTreeMap;

pub(super) fn run(context: &Context) -> Vec<Diagnostic> {
    let mut groups: BTreeMap<(Option<u64>, &str, &str), Vec<&Wire>> = BTreeMap::new();
    for wire in &context.wires {
        groups
            .entry(group(&wire.connector.to))
            .or_default()
            .push(wire);
    }
    let mut found = Vec::new();
    for wires in groups.values() {
        for (position, wire) in wires.iter().enumerate() {
            let clash = wires
                .iter()
                .take(position)
                .find(|earlier| clash(earlier, wire));
            found.extend(clash.map(|earlier| diagnostic(context, earlier, wire)));
        }
    }
    found
}

/// What receivers that may be the same have in common.
fn group(end: &End) -> (Option<u64>, &str, &str) {
    match end {
        End::Signal {
            bus,
            message,
            signal,
        } => (Some(bus.0), message, signal),
        other => (
            other.instance().map(|id| id.0),
            other.port().unwrap_or(""),
            "",
        ),
    }
}

fn diagnostic(context: &Context, one: &Wire, other: &Wire) -> Diagnostic {
    let by_sender = |wire: &Wire| {
        (
            context.text(&wire.connector.from),
            context.text(&wire.connector.to),
        )
    };
    let (first, second) = if by_sender(one) <= by_sender(other) {
        (one, other)
    } else {
        (other, one)
    };
    let message = format!(
        "`{}` has two senders: `{}` and `{}`",
        context.text(&second.connector.to),
        context.text(&first.connector.from),
        context.text(&second.connector.from)
    );
    let takes_queue = !second.connector.kind.is_direct() && second.connector.to.bus().is_none();
    second
        .finding("duplicate-source", message)
        .help(if takes_queue {
            "remove one connector, or give both a queue"
        } else {
            "remove one connector"
        })
        .fix(
            format!("Remove the connector {}", context.ends(first.connector)),
            vec![Edit::Disconnect(first.id)],
        )
        .fix(
            format!("Remove the connector {}", context.ends(second.connector)),
            vec![Edit::Disconnect(second.id)],
        )
}

/// Two connectors of one group that write the same place, not both through a queue.
pub(crate) fn clash(a: &Wire, b: &Wire) -> bool {
    overlap(&a.connector.to, &b.connector.to) && !(is_queued(a) && is_queued(b))
}

fn is_queued(wire: &Wire) -> bool {
    matches!(
        &wire.connector.kind,
        ConnectorKind::Buffered(Buffering { queue: Some(_), .. })
    )
}

fn overlap(a: &End, b: &End) -> bool {
    match (a, b) {
        (End::Port { .. }, End::Port { .. } | End::Element { .. })
        | (End::Element { .. }, End::Port { .. }) => true,
        (
            End::Parameter {
                function,
                parameter,
                fields,
                ..
            },
            End::Parameter {
                function: other_function,
                parameter: other,
                fields: other_fields,
                ..
            },
        ) => {
            let inside = fields.iter().zip(other_fields).all(|(a, b)| a == b);
            function == other_function && parameter == other && inside
        }
        _ => a == b,
    }
}

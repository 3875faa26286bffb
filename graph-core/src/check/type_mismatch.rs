//! What a connector brings has the type that its receiver needs; all differences at once.

use super::{adapter::with, connector_direction};
use crate::{
    adapter,
    context::{Context, Wire},
    diagnostic::Diagnostic,
    fit::{self, Mismatch},
};
use autosar_wit::mapping::Mapping;

pub(super) fn run(context: &Context) -> Vec<Diagnostic> {
    context
        .wires
        .iter()
        .filter_map(|wire| found(context, wire))
        .collect()
}

fn found(context: &Context, wire: &Wire) -> Option<Diagnostic> {
    let mismatches = problems(wire);
    if mismatches.is_empty() || connector_direction::problem(wire).is_some() {
        return None;
    }
    let list = mismatches
        .iter()
        .map(Mismatch::to_string)
        .collect::<Vec<_>>();
    let message = format!(
        "the ends of the connector {} differ: {}",
        context.ends(wire.connector),
        list.join("; ")
    );
    let proposal = adapter::ports(context.document, context.library, wire.connector)
        .and_then(|ports| ports.propose(&Mapping::default()).ok());
    let diagnostic = wire.finding("type-mismatch", message).help(match proposal {
        Some(_) => {
            "connect an end of the same type, or insert an adapter that converts between them"
        }
        None => "connect an end of the same type, or put a component that converts between them",
    });
    let buffered = Wire {
        connector: &crate::document::Connector {
            kind: buffered(),
            ..wire.connector.clone()
        },
        ..wire.clone()
    };
    let helps =
        wire.connector.kind.is_direct() && wire.can_be_buffered() && problems(&buffered).is_empty();
    let diagnostic = match helps {
        true => diagnostic.fix("Make the connector buffered", wire.made_buffered()),
        false => diagnostic,
    };
    Some(match proposal {
        Some(mapping) => diagnostic.fix("Insert an adapter", with(wire, mapping)),
        None => diagnostic,
    })
}

/// None where an adapter stands: whether that one fits is another rule's.
pub(crate) fn problems(wire: &Wire) -> Vec<Mismatch> {
    match wire.resolved() {
        Some(_) if wire.connector.adapter.is_some() => Vec::new(),
        Some((from, to)) => fit::mismatches(from, to, &wire.connector.kind),
        None => Vec::new(),
    }
}

fn buffered() -> crate::document::ConnectorKind {
    crate::document::ConnectorKind::Buffered(crate::document::Buffering::default())
}

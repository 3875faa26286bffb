//! What a connector brings has the type that its receiver needs; all differences at once.

use super::connector_direction;
use crate::{
    context::{Context, Wire},
    diagnostic::Diagnostic,
    fit::{self, Mismatch},
};

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
    let diagnostic = wire
        .finding("type-mismatch", message)
        .help("connect an end of the same type, or put a component that converts between them");
    let buffered = Wire {
        connector: &crate::document::Connector {
            kind: buffered(),
            ..wire.connector.clone()
        },
        ..wire.clone()
    };
    let helps =
        wire.connector.kind.is_direct() && wire.can_be_buffered() && problems(&buffered).is_empty();
    Some(if helps {
        diagnostic.fix("Make the connector buffered", wire.made_buffered())
    } else {
        diagnostic
    })
}

pub(crate) fn problems(wire: &Wire) -> Vec<Mismatch> {
    match wire.resolved() {
        Some((from, to)) => fit::mismatches(from, to, &wire.connector.kind),
        None => Vec::new(),
    }
}

fn buffered() -> crate::document::ConnectorKind {
    crate::document::ConnectorKind::Buffered(crate::document::Buffering::default())
}

//! Initial and substitute values of a buffered connector are texts of its receiver's type.

use crate::{
    context::{Context, Wire},
    diagnostic::Diagnostic,
    document::{Buffering, ConnectorKind},
    fit, resolve,
    resolve::Resolved,
};
use autosar_wit::{print, types::ValueType, value};

pub(super) fn run(context: &Context) -> Vec<Diagnostic> {
    context
        .wires
        .iter()
        .flat_map(|wire| found(context, wire))
        .collect()
}

fn found(context: &Context, wire: &Wire) -> Vec<Diagnostic> {
    let (ConnectorKind::Buffered(buffering), Ok(to)) = (&wire.connector.kind, &wire.to) else {
        return Vec::new();
    };
    let types = receiving_types(*to);
    let texts = [
        ("initial value", &buffering.initial),
        ("substitute value", &buffering.substitute),
    ];
    let mut found = Vec::new();
    for (what, text) in texts {
        let Some(text) = text else { continue };
        let wrong = types
            .iter()
            .find_map(|one| value::parse(one, text).err().map(|error| (one, error)));
        let Some((needed, error)) = wrong else {
            continue;
        };
        let message = format!(
            "the {what} `{}` of the connector {} is no `{}`: {error}",
            text.escape_debug(),
            context.ends(wire.connector),
            print::value_type(needed)
        );
        let without = match what {
            "initial value" => Buffering {
                initial: None,
                ..buffering.clone()
            },
            _ => Buffering {
                substitute: None,
                ..buffering.clone()
            },
        };
        found.push(
            wire.finding("buffering-value", message)
                .help(format!(
                    "write a value of type `{}`",
                    print::value_type(needed)
                ))
                .fix(
                    format!("Remove the {what}"),
                    wire.with_kind(ConnectorKind::Buffered(without)),
                ),
        );
    }
    found
}

/// What the receiver takes: for a whole port the value of each of its elements.
fn receiving_types<'a>(to: Resolved<'a>) -> Vec<&'a ValueType> {
    let values = match to {
        Resolved::Port(port) => resolve::functions(port)
            .iter()
            .filter_map(|function| function.result.as_ref())
            .collect(),
        _ => fit::value_of(to).into_iter().collect::<Vec<_>>(),
    };
    values.into_iter().filter_map(rte::element_value).collect()
}

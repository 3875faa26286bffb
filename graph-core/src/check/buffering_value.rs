//! Initial and substitute values of a buffered connector are texts of its receiver's type, and a
//! queue has a receiver that can be told that it is empty.

use crate::{
    adapter,
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
    let adapted = adapted_types(context, wire);
    let whole = match &adapted {
        Some(types) => types.iter().collect(),
        None => receiving_types(*to),
    };
    let types = whole
        .iter()
        .copied()
        .filter_map(rte::element_value)
        .collect::<Vec<_>>();
    let texts = [
        ("initial value", &buffering.initial),
        ("substitute value", &buffering.substitute),
    ];
    let mut found = queue(context, wire, buffering, &whole)
        .into_iter()
        .collect::<Vec<_>>();
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

fn queue(
    context: &Context,
    wire: &Wire,
    buffering: &Buffering,
    whole: &[&ValueType],
) -> Option<Diagnostic> {
    let length = buffering.queue?;
    let told = |value: &&ValueType| {
        matches!(
            resolve::behind_aliases(value),
            ValueType::Option(_) | ValueType::Result { .. }
        )
    };
    let deaf = whole.iter().find(|value| !told(value));
    let message = match (length, deaf) {
        (0, _) => format!(
            "the queue of the connector {} has no place",
            context.ends(wire.connector)
        ),
        (_, Some(value)) => format!(
            "the queue of the connector {} ends at a `{}`, which cannot say that the queue is empty",
            context.ends(wire.connector),
            print::value_type(value)
        ),
        _ => return None,
    };
    let without = ConnectorKind::Buffered(Buffering {
        queue: None,
        ..buffering.clone()
    });
    Some(
        wire.finding("buffering-value", message)
            .help("use a receiver of `option` or `result` type and a length above 0, or no queue")
            .fix("Remove the queue", wire.with_kind(without)),
    )
}

/// What an adapter takes: the sender's values with the receiver's status.
fn adapted_types(context: &Context, wire: &Wire) -> Option<Vec<ValueType>> {
    let mapping = wire.connector.adapter.as_ref()?;
    let ports = adapter::ports(context.document, context.library, wire.connector)?;
    let adaptation = ports.resolve(mapping).adaptation.ok()?;
    let functions = adaptation.functions.into_iter();
    Some(
        functions
            .filter_map(|function| function.inner.result)
            .collect(),
    )
}

/// What the receiver takes with its status: for a whole port each of its elements.
fn receiving_types<'a>(to: Resolved<'a>) -> Vec<&'a ValueType> {
    match to {
        Resolved::Port(port) => resolve::functions(port)
            .iter()
            .filter_map(|function| function.result.as_ref())
            .collect(),
        _ => fit::value_of(to).into_iter().collect::<Vec<_>>(),
    }
}

//! A buffered connector copies values: no handle, stream or future goes through it.

use crate::{
    context::{Context, Wire},
    diagnostic::Diagnostic,
    document::ConnectorKind,
    resolve,
    resolve::Resolved,
};

pub(super) fn run(context: &Context) -> Vec<Diagnostic> {
    context
        .wires
        .iter()
        .filter_map(|wire| found(context, wire))
        .collect()
}

fn found(context: &Context, wire: &Wire) -> Option<Diagnostic> {
    let (place, handle) = problem(wire)?;
    let message = format!(
        "the buffered connector {} would copy `{handle}` in `{place}`",
        context.ends(wire.connector)
    );
    let diagnostic = wire.finding("resource-in-buffered", message);
    Some(match wire.can_be_direct() {
        true => diagnostic
            .help("make it direct; both instances then share a partition")
            .fix(
                "Make the connector direct",
                wire.with_kind(ConnectorKind::Direct),
            ),
        false => diagnostic.help("choose a field without it"),
    })
}

/// The function with the handle, and the handle in WIT.
pub(crate) fn problem(wire: &Wire) -> Option<(String, String)> {
    if wire.connector.kind.is_direct() {
        return None;
    }
    [&wire.from, &wire.to]
        .into_iter()
        .filter_map(|end| end.as_ref().ok())
        .find_map(|end| match end {
            Resolved::Port(port) => resolve::functions(port).iter().find_map(|function| {
                let handle = autosar_wit::mapping::handle(function.result.as_ref()?)?;
                Some((function.name.clone(), handle))
            }),
            Resolved::Value {
                function, value, ..
            } => Some((function.name.clone(), autosar_wit::mapping::handle(value)?)),
            Resolved::Signal { .. } => None,
        })
}

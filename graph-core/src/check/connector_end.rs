//! The ends of a connector exist in the components. Signals are another rule's.

use crate::{
    context::{Context, Wire},
    diagnostic::Diagnostic,
    edit::Edit,
    resolve::ResolveError,
};

pub(super) fn run(context: &Context) -> Vec<Diagnostic> {
    context
        .wires
        .iter()
        .flat_map(|wire| found(context, wire))
        .collect()
}

fn found(context: &Context, wire: &Wire) -> Vec<Diagnostic> {
    problems(wire)
        .map(|error| {
            let message = format!("the connector {}: {error}", context.ends(wire.connector));
            wire.finding("connector-end", message)
                .help("the component may have changed; connect another end or remove the connector")
                .fix("Remove the connector", vec![Edit::Disconnect(wire.id)])
        })
        .collect()
}

pub(crate) fn problems<'a>(wire: &'a Wire) -> impl Iterator<Item = &'a ResolveError> {
    use ResolveError::*;
    let errors = [&wire.from, &wire.to]
        .into_iter()
        .filter_map(|end| end.as_ref().err());
    errors.filter(|error| {
        !matches!(
            error,
            NoComponent { .. }
                | WrongDirection { .. }
                | NotCan { .. }
                | NoDescription { .. }
                | NoMessage { .. }
                | NoSignal { .. }
        )
    })
}

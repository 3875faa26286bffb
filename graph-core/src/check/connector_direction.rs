//! A connector leads from a sender to a receiver, and its kind suits what stands at its ends.

use crate::{
    context::{Context, Wire, is_bufferable},
    diagnostic::Diagnostic,
    document::{Connector, ConnectorKind, End},
    edit::Edit,
    fit::value_of,
    resolve::{ResolveError, Resolved, Side, resolve},
};

pub(super) fn run(context: &Context) -> Vec<Diagnostic> {
    context
        .wires
        .iter()
        .filter_map(|wire| found(context, wire))
        .collect()
}

fn found(context: &Context, wire: &Wire) -> Option<Diagnostic> {
    let problem = problem(wire)?;
    let message = format!(
        "the connector {} is wrong: {}",
        context.ends(wire.connector),
        problem.what
    );
    let diagnostic = wire
        .finding("connector-direction", message)
        .help(problem.advice);
    Some(match problem.mend {
        Mend::None => diagnostic,
        Mend::Buffer => diagnostic.fix("Make the connector buffered", wire.made_buffered()),
        Mend::Direct => diagnostic.fix(
            "Make the connector direct",
            wire.with_kind(ConnectorKind::Direct),
        ),
        Mend::Turn => match turned(context, wire) {
            Some(edits) => diagnostic.fix("Turn the connector round", edits),
            None => diagnostic,
        },
    })
}

pub(crate) struct Problem {
    pub(crate) what: String,
    advice: &'static str,
    mend: Mend,
}

enum Mend {
    None,
    Buffer,
    Direct,
    Turn,
}

pub(crate) fn problem(wire: &Wire) -> Option<Problem> {
    let connector = wire.connector;
    let found = |what: &str, advice, mend| {
        Some(Problem {
            what: what.to_owned(),
            advice,
            mend,
        })
    };
    match (&connector.from, &connector.to) {
        (End::Parameter { .. }, _) => {
            return found(
                "a parameter sends nothing",
                "start at a result or a provided port",
                Mend::Turn,
            );
        }
        (_, End::Result { .. }) => {
            return found(
                "a result receives nothing",
                "end at a parameter or a required port",
                Mend::Turn,
            );
        }
        (End::Signal { .. }, End::Signal { .. }) => {
            return found(
                "both ends are signals",
                "a gateway component has to stand between",
                Mend::None,
            );
        }
        _ => {}
    }
    for resolved in [&wire.from, &wire.to] {
        if let Err(error @ ResolveError::WrongDirection { .. }) = resolved {
            return found(
                &error.to_string(),
                "start at a provided port and end at a required one",
                Mend::Turn,
            );
        }
    }
    let (from, to) = wire.resolved()?;
    let whole = matches!((from, to), (Resolved::Port(_), Resolved::Port(_)));
    if !whole && connector.kind.is_direct() {
        return found(
            "a direct connector joins whole ports",
            "make it buffered",
            Mend::Buffer,
        );
    }
    let is_port = |resolved| matches!(resolved, Resolved::Port(_)) && value_of(resolved).is_none();
    if !whole && (is_port(from) || is_port(to)) {
        return found(
            "one end is a whole port, the other one value",
            "choose a data element of the port",
            Mend::None,
        );
    }
    match (to, &connector.kind) {
        (Resolved::Port(port), ConnectorKind::Buffered(_))
            if !is_bufferable(port) && is_callable(port) =>
        {
            found(
                "calls cannot be buffered, only data elements can",
                "make it direct",
                Mend::Direct,
            )
        }
        _ => None,
    }
}

/// Whether the port has a function with parameters or without result; what is no data element only
/// because of a handle is another rule's.
fn is_callable(port: &autosar_wit::component::Port) -> bool {
    crate::resolve::functions(port)
        .iter()
        .any(|function| crate::resolve::why_no_element(function).is_some())
}

/// The connector the other way round, if its ends exist that way.
fn turned(context: &Context, wire: &Wire) -> Option<Vec<Edit>> {
    let Connector { from, to, .. } = wire.connector;
    resolve(context.document, context.library, to, Side::Source).ok()?;
    resolve(context.document, context.library, from, Side::Target).ok()?;
    if matches!(to, End::Parameter { .. }) || matches!(from, End::Result { .. }) {
        return None;
    }
    let turned = Connector {
        from: to.clone(),
        to: from.clone(),
        adapter: None,
        ..wire.connector.clone()
    };
    Some(vec![Edit::ChangeConnector(wire.id, turned)])
}

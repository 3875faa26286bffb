//! What can be asked about: elements by their senders' ends, signals of frames, and pins; which row wrote
//! one last, and what stands there. Knows nothing of causes.

use super::{Run, WhyError, index::Index};
use autosar_wit::dbc::Message;
use graph_core::{
    document::{Connector, ConnectorId, Document, End},
    end,
};
use std::collections::BTreeSet;

/// Something with a value.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Source {
    /// As the trace and the window name it.
    pub(super) name: String,
    pub(super) kind: Kind,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    Element,
    /// That an ECU, or what is outside, drives.
    Pin,
    Signal {
        bus: String,
        message: String,
        id: u32,
        extended: bool,
    },
}

/// The one thing of that name; a receiver's end means what its sender gives, and a port its only
/// element.
pub(super) fn find(run: &Run<'_>, index: &Index<'_>, text: &str) -> Result<Source, WhyError> {
    if let Some(source) = named(run, index, text) {
        return Ok(source);
    }
    if let Ok(end) = end::parse(run.document, text) {
        if let End::Port { .. } = &end
            && let [only] = sources(run, index, &end).as_slice()
        {
            return Ok(only.clone());
        }
        let fed = run
            .document
            .connectors
            .iter()
            .filter(|(_, one)| feeds(one, &end));
        let carried = fed.flat_map(|(id, one)| {
            let all = index.carried_by.get(id).into_iter().flatten();
            all.filter(move |source| is_of(source, &end_function(one, text)))
        });
        let sources: Vec<Source> = carried.cloned().collect();
        if let [source] = sources.as_slice() {
            return Ok(source.clone());
        }
        if !sources.is_empty() {
            return Err(ambiguous(text, sources.iter().map(|one| one.name.as_str())));
        }
    }
    if let Some(source) = received(run, index, text) {
        return Ok(source);
    }
    let known = known(run, index);
    let short = |name: &&String| {
        short_names(run.document, name)
            .iter()
            .any(|one| one == text)
    };
    let found: Vec<&String> = known.iter().filter(short).collect();
    match found.as_slice() {
        [name] => named(run, index, name).ok_or_else(|| unknown(text, &known)),
        [] => Err(unknown(text, &known)),
        several => Err(ambiguous(text, several.iter().map(|name| name.as_str()))),
    }
}

/// The one thing that reaches a receiver of that short name: `dashboard.fan-status.duty`.
fn received(run: &Run<'_>, index: &Index<'_>, text: &str) -> Option<Source> {
    let all = index.carried_by.iter().filter_map(|(id, sources)| {
        let connector = run.document.connectors.get(id)?;
        let name = crate::canvas::names::end_name(run.document, &connector.to);
        Some((connector, name, sources))
    });
    let mut found = all.flat_map(|(connector, name, sources)| {
        let is_whole = matches!(connector.to, End::Port { .. });
        let only = sources.len() == 1;
        sources.iter().filter(move |source| {
            let function = source.name.split_once('#').map(|(_, function)| function);
            (name == text && (only || !is_whole))
                || (is_whole && function.is_some_and(|one| format!("{name}.{one}") == text))
        })
    });
    found.next().filter(|_| found.next().is_none()).cloned()
}

fn unknown(element: &str, known: &BTreeSet<String>) -> WhyError {
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    WhyError::UnknownElement {
        element: element.to_owned(),
        known: known.join(", "),
    }
}

fn ambiguous<'a>(element: &str, names: impl Iterator<Item = &'a str>) -> WhyError {
    let names: Vec<&str> = names.collect();
    WhyError::Ambiguous {
        element: element.to_owned(),
        known: names.join(", "),
    }
}

/// `fan.duty` and `fan.fan-status.duty` of `fan.wireloom:thermal/fan-status@0.1.0#duty`.
fn short_names(document: &Document, name: &str) -> Vec<String> {
    let Ok(end) = end::parse(document, name) else {
        return Vec::new();
    };
    let long = crate::canvas::names::end_name(document, &end);
    let label = crate::canvas::names::end_label(&end);
    let instance = name.split('.').next().unwrap_or_default();
    let port = end.port().map(crate::canvas::names::port_label);
    let mut names = vec![long, format!("{instance}.{label}")];
    names.extend(port.map(|port| format!("{instance}.{port}")));
    names
}

/// Everything that could be asked about.
fn known(run: &Run<'_>, index: &Index<'_>) -> BTreeSet<String> {
    let elements = index.sent.iter().map(|name| (*name).to_owned());
    let ends = run.document.connectors.values();
    let signals = ends.flat_map(|one| [&one.from, &one.to]);
    let signals = signals.filter(|end| matches!(end, End::Signal { .. }));
    let signals = signals.map(|end| end::text(run.document, end));
    let pins = index.pins.keys().map(|name| (*name).to_owned());
    elements.chain(signals).chain(pins).collect()
}

/// The element or signal of that exact name.
fn named(run: &Run<'_>, index: &Index<'_>, name: &str) -> Option<Source> {
    if index.sent.contains(name) {
        return Some(Source {
            name: name.to_owned(),
            kind: Kind::Element,
        });
    }
    if index.pins.contains_key(name) {
        return Some(Source {
            name: name.to_owned(),
            kind: Kind::Pin,
        });
    }
    let (bus, path) = name.split_once(':')?;
    let (message, signal) = path.split_once('.')?;
    let described = run.meaning.message(bus, message)?;
    let has = described.signals.iter().any(|one| one.name == signal);
    has.then(|| signal_of(bus, described, signal))
}

fn signal_of(bus: &str, message: &Message, signal: &str) -> Source {
    Source {
        name: format!("{bus}:{}.{signal}", message.name),
        kind: Kind::Signal {
            bus: bus.to_owned(),
            message: message.name.clone(),
            id: message.id,
            extended: message.extended,
        },
    }
}

/// The function that a receiver's end of a whole port asks for; none of other ends.
fn end_function(connector: &Connector, text: &str) -> Option<String> {
    let is_whole = matches!(connector.to, End::Port { .. });
    let function = text
        .split_once('#')
        .map(|(_, function)| function.to_owned());
    function.filter(|_| is_whole)
}

fn is_of(source: &Source, function: &Option<String>) -> bool {
    let own = source.name.split_once('#').map(|(_, function)| function);
    function
        .as_deref()
        .is_none_or(|function| own == Some(function))
}

fn feeds(connector: &Connector, end: &End) -> bool {
    let whole = match (&connector.to, end) {
        (
            End::Port { instance, port },
            End::Element {
                instance: of,
                function,
            },
        ) => instance == of && *port == function.port,
        _ => false,
    };
    !connector.kind.is_direct() && (connector.to == *end || whole)
}

/// What a connector from there carries: a whole port carries its elements.
pub(super) fn sources(run: &Run<'_>, index: &Index<'_>, from: &End) -> Vec<Source> {
    let text = end::text(run.document, from);
    if let Some(source) = named(run, index, &text) {
        return vec![source];
    }
    let (prefix, root) = (format!("{text}#"), format!("{text}()"));
    let is_of_port = |name: &&str| name.starts_with(&prefix) || *name == root;
    let names = index.sent.iter().copied().filter(is_of_port);
    let element = |name: &str| Source {
        name: name.to_owned(),
        kind: Kind::Element,
    };
    match from {
        End::Port { .. } => names.map(element).collect(),
        _ => Vec::new(),
    }
}

/// Connectors that carry it.
pub(super) fn carriers(index: &Index<'_>, source: &Source) -> Vec<ConnectorId> {
    let all = index.carried_by.iter();
    let carries = all.filter(|(_, sources)| sources.contains(source));
    carries.map(|(id, _)| *id).collect()
}

/// Rows that write it.
pub(super) fn rows<'i>(index: &'i Index<'_>, source: &Source) -> &'i [u64] {
    let rows = match &source.kind {
        Kind::Element => index.writes.get(source.name.as_str()),
        Kind::Pin => index.pins.get(source.name.as_str()),
        Kind::Signal {
            bus, id, extended, ..
        } => index
            .frames
            .get(bus.as_str())
            .and_then(|of_bus| of_bus.get(&(*id, *extended))),
    };
    rows.map_or(&[], Vec::as_slice)
}

/// The row that wrote it last before that number.
pub(super) fn last(index: &Index<'_>, source: &Source, before: u64) -> Option<u64> {
    let rows = rows(index, source);
    let count = rows.partition_point(|row| *row < before);
    rows.get(count.checked_sub(1)?).copied()
}

/// The row that writes it next after that one.
pub(super) fn next(index: &Index<'_>, source: &Source, after: u64) -> Option<u64> {
    let rows = rows(index, source);
    rows.get(rows.partition_point(|row| *row <= after)).copied()
}

/// The value in a row that writes it.
pub(super) fn value(run: &Run<'_>, source: &Source, row: u64) -> String {
    let Some(row) = run.trace.row(row) else {
        return "?".to_owned();
    };
    if source.kind == Kind::Pin {
        return row.detail.split(' ').nth(1).unwrap_or("?").to_owned();
    }
    let values = run.meaning.observe(&row).values;
    let found = values.into_iter().find(|(name, _)| *name == source.name);
    found.map_or_else(|| "?".to_owned(), |(_, value)| value.text)
}

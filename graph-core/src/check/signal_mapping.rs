//! Signals exist in the description of their bus, carry what their elements have, and each message
//! is sent from one partition.

use crate::{
    context::{Context, Wire},
    diagnostic::{Diagnostic, Severity},
    document::*,
    edit::Edit,
    fit, message,
    resolve::{self, ResolveError, Resolved},
};
use autosar_wit::{
    dbc::{Message, Signal},
    print,
    types::{TypeKind, ValueType},
};
use std::collections::{BTreeMap, BTreeSet};

const CODE: &str = "signal-mapping";

pub(super) fn run(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for wire in &context.wires {
        if is_unreadable(context, wire) {
            continue;
        }
        for problem in problems(wire) {
            let message = format!(
                "the connector {}: {}",
                context.ends(wire.connector),
                problem.what
            );
            found.push(wire.finding(CODE, message).help(problem.advice));
        }
    }
    found.extend(sent_by_two(context));
    found.extend(transmissions(context));
    found
}

/// Whether a bus at the wire has a description that could not be read: another rule's finding.
fn is_unreadable(context: &Context, wire: &Wire) -> bool {
    let buses = [&wire.connector.from, &wire.connector.to]
        .into_iter()
        .filter_map(End::bus);
    buses
        .filter(|bus| !context.library.descriptions.contains_key(bus))
        .any(|bus| {
            let kind = context.document.buses.get(&bus).map(|bus| &bus.kind);
            matches!(
                kind,
                Some(BusKind::Can {
                    description: Some(_),
                    ..
                })
            )
        })
}

pub(crate) struct Problem {
    pub(crate) what: String,
    advice: &'static str,
}

pub(crate) fn problems(wire: &Wire) -> Vec<Problem> {
    let mut found = Vec::new();
    for end in [&wire.from, &wire.to] {
        let advice = match end {
            Err(ResolveError::NotCan { .. }) => "choose a signal of a CAN bus",
            Err(ResolveError::NoDescription { .. }) => {
                "choose the bus's DBC file in its properties"
            }
            Err(ResolveError::NoMessage { .. } | ResolveError::NoSignal { .. }) => {
                "the DBC file may have changed; choose another signal"
            }
            _ => continue,
        };
        let what = end
            .as_ref()
            .err()
            .map(ToString::to_string)
            .unwrap_or_default();
        found.push(Problem { what, advice });
    }
    let (signal, other) = match wire.resolved() {
        Some((
            Resolved::Signal {
                message,
                signal,
                most_bytes,
            },
            other,
        ))
        | Some((
            other,
            Resolved::Signal {
                message,
                signal,
                most_bytes,
            },
        )) => {
            found.extend(unfit(message, signal, most_bytes));
            (signal, other)
        }
        _ => return found,
    };
    if let Some(value) = fit::value_of(other)
        && !is_number(rte::element_value(value).unwrap_or(value))
    {
        let what = format!(
            "`{}` does not fit into the signal `{}`",
            print::value_type(value),
            signal.name
        );
        found.push(Problem {
            what,
            advice: "signals carry numbers, bool and enums; choose a field",
        });
    }
    found
}

fn unfit(message: &Message, signal: &Signal, most_bytes: u32) -> Option<Problem> {
    let position = message
        .signals
        .iter()
        .position(|one| one.name == signal.name);
    if position.and_then(|at| message.conditions(at)).is_none() {
        let what = format!(
            "signal `{}` of `{}` is in no frame, its multiplexing makes no sense",
            signal.name, message.name
        );
        return Some(Problem {
            what,
            advice: "correct the DBC file",
        });
    }
    if message.length_bytes > most_bytes {
        let what = format!(
            "message `{}` has {} bytes, a frame of its bus has {most_bytes} at most",
            message.name, message.length_bytes
        );
        return Some(Problem {
            what,
            advice: match most_bytes {
                0..=8 => {
                    "give the bus a data bit rate, which makes it CAN FD, or choose another message"
                }
                _ => "choose another message",
            },
        });
    }
    if !signal.fits(message.length_bytes) {
        let what = format!(
            "signal `{}` lies outside the {} bytes of `{}`",
            signal.name, message.length_bytes, message.name
        );
        return Some(Problem {
            what,
            advice: "correct the DBC file",
        });
    }
    (signal.factor == 0.0).then(|| Problem {
        what: format!(
            "signal `{}` of `{}` has the factor 0",
            signal.name, message.name
        ),
        advice: "correct the DBC file",
    })
}

fn is_number(value: &ValueType) -> bool {
    use ValueType::*;
    match resolve::behind_aliases(value) {
        Bool | U8 | U16 | U32 | U64 | S8 | S16 | S32 | S64 | F32 | F64 => true,
        Named(definition) => matches!(definition.kind, TypeKind::Enum(_)),
        _ => false,
    }
}

/// Each partition packs its messages itself, so two senders would overwrite each other's signals.
fn sent_by_two(context: &Context) -> Vec<Diagnostic> {
    let mut senders: BTreeMap<(BusId, &str), BTreeSet<&PartitionKey>> = BTreeMap::new();
    for wire in &context.wires {
        let End::Signal { bus, message, .. } = &wire.connector.to else {
            continue;
        };
        if let Some(key) = context.partition_of(&wire.connector.from) {
            senders.entry((*bus, message)).or_default().insert(key);
        }
    }
    let shared = senders.iter().filter(|(_, keys)| keys.len() > 1);
    shared
        .map(|((bus, message), keys)| {
            let list = keys
                .iter()
                .map(|key| format!("`{}`", context.partition_name(key)))
                .collect::<Vec<_>>();
            let name = context.document.buses.get(bus).map_or("?", |bus| &bus.name);
            let message = format!(
                "message `{message}` of `{name}` is sent by {}",
                list.join(" and ")
            );
            Diagnostic::new(CODE, Severity::Error, Subject::Bus(*bus), message)
                .help("send all its signals from one partition, or use one message each")
        })
        .collect()
}

/// Transmission modes of messages that the description has and somebody sends.
fn transmissions(context: &Context) -> Vec<Diagnostic> {
    let mut sent = BTreeSet::new();
    for wire in &context.wires {
        let ends = [&wire.connector.to, &wire.connector.from];
        for (end, is_sent) in ends.into_iter().zip([true, false]) {
            if let End::Signal { bus, message, .. } = end {
                sent.insert((*bus, message.as_str(), is_sent));
            }
        }
    }
    // What the restbus sends is sent, and what is said of it holds.
    for absent in message::absent(context.document, context.library) {
        let bus = context.document.bus_named(absent.bus);
        sent.extend(bus.map(|bus| (bus, absent.message.name.as_str(), true)));
    }
    let mut found = Vec::new();
    for (id, pdu) in &context.document.pdus {
        let Some(database) = context.library.descriptions.get(&pdu.bus) else {
            continue;
        };
        let bus = context
            .document
            .buses
            .get(&pdu.bus)
            .map_or("?", |bus| &bus.name);
        let known = database
            .messages
            .iter()
            .any(|message| message.name == pdu.message);
        let (severity, message, help) = if !known {
            let message = format!(
                "a transmission mode names the message `{}`, which `{bus}` does not have",
                pdu.message
            );
            (Severity::Error, message, "choose one of its messages")
        } else if !is_used(pdu, &sent) {
            let message = format!(
                "no value goes into the message `{}` of `{bus}`, so it is not sent",
                pdu.message
            );
            (
                Severity::Warning,
                message,
                "connect a data element to one of its signals",
            )
        } else {
            continue;
        };
        found.push(
            Diagnostic::new(CODE, severity, Subject::Pdu(*id), message)
                .help(help)
                .fix(
                    format!("Remove the transmission mode of `{}`", pdu.message),
                    vec![Edit::RemovePdu(*id)],
                ),
        );
    }
    found
}

/// Whether somebody sends the message, or receives one of which the project says what concerns
/// receivers.
fn is_used(pdu: &Pdu, connected: &BTreeSet<(BusId, &str, bool)>) -> bool {
    let is = |is_sent| connected.contains(&(pdu.bus, pdu.message.as_str(), is_sent));
    let concerns_receivers = pdu.timeout_ns.is_some() || pdu.protection.is_some();
    is(true) || (concerns_receivers && is(false))
}

//! A multiplexed signal that is sent can go out: values go into its multiplexors, or they stay at
//! values with which it is there.

use crate::{
    context::{Context, Wire},
    diagnostic::Diagnostic,
    document::{BusId, End},
    resolve::Resolved,
};
use autosar_wit::dbc::{Message, Raw, Signal};
use std::collections::BTreeSet;

pub(super) fn run(context: &Context) -> Vec<Diagnostic> {
    let sent: BTreeSet<(BusId, &str, &str)> =
        context.wires.iter().filter_map(|wire| sent(wire)).collect();
    let stuck = context.wires.iter().filter_map(|wire| {
        let (bus, name, own) = self::sent(wire)?;
        let Ok(Resolved::Signal { message, signal, .. }) = &wire.to else {
            return None;
        };
        let at = message.signals.iter().position(|one| one.name == own)?;
        let (multiplexor, value) = message.conditions(at)?.into_iter().find_map(|condition| {
            let multiplexor = message.signals.get(condition.multiplexor)?;
            if sent.contains(&(bus, name, &multiplexor.name)) {
                return None;
            }
            let value = stays_at(message, multiplexor);
            let mut ranges = condition.ranges.iter();
            let is_there = ranges.any(|(low, high)| (*low..=*high).contains(&value));
            (!is_there).then_some((multiplexor, value))
        })?;
        let text = format!(
            "the connector {}: `{}` never goes out, since no value goes into its multiplexor `{}`, which stays {value}",
            context.ends(wire.connector),
            signal.name,
            multiplexor.name,
        );
        let help = format!(
            "connect a data element to `{}:{name}.{}`",
            context.bus_name(bus),
            multiplexor.name
        );
        Some(wire.finding("multiplexor", text).help(help))
    });
    stuck.collect()
}

fn sent<'a>(wire: &Wire<'a>) -> Option<(BusId, &'a str, &'a str)> {
    match &wire.connector.to {
        End::Signal {
            bus,
            message,
            signal,
        } => Some((*bus, message, signal)),
        _ => None,
    }
}

/// The bits of a signal that nothing writes: its start value, else 0.
fn stays_at(message: &Message, signal: &Signal) -> u64 {
    let length = usize::try_from(message.length_bytes).unwrap_or(0);
    let mut content = vec![0; length];
    if let Some(start) = signal.start_value {
        // A signal that lies outside has no bits to say anything by.
        let _ = signal.insert(&mut content, signal.bits(Raw::Float(start)));
    }
    signal.extract(&content).unwrap_or(0)
}

//! A proposal taken over: edits that lead its values through the signals of a bus.

use super::{Proposal, Signal};
use crate::{document::*, edit::Edit};
use std::collections::{BTreeMap, BTreeSet};

/// The bus that is to carry the frames.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    Bus(BusId),
    /// A new one of that name.
    New {
        name: String,
        bitrate_bps: u32,
    },
}

/// The bus with its description in `file`, connectors to and from its signals, and none of those that
/// brought the values so far. One step: whoever undoes it has the connectors again.
pub fn apply(document: &Document, proposal: &Proposal, target: &Target, file: &str) -> Vec<Edit> {
    let mut ids = document.new_ids();
    let mut edits = Vec::new();
    let bus = match target {
        Target::Bus(id) => {
            let mut bus = document.buses.get(id).cloned();
            if let Some(BusKind::Can { description, .. }) = bus.as_mut().map(|bus| &mut bus.kind) {
                *description = Some(file.to_owned());
                edits.extend(bus.map(|bus| Edit::ChangeBus(*id, bus)));
            }
            *id
        }
        Target::New { name, bitrate_bps } => {
            let id = ids.bus();
            edits.push(Edit::InsertBus(id, can(name, *bitrate_bps, file)));
            id
        }
    };
    let mut gone: BTreeSet<ConnectorId> = BTreeSet::new();
    let mut new: Vec<Connector> = Vec::new();
    for frame in &proposal.frames {
        for signal in &frame.signals {
            let end = End::Signal {
                bus,
                message: frame.name.clone(),
                signal: signal.layout.name.clone(),
            };
            new.push(connector(&signal.source, &end, sent(signal)));
            for receiver in &signal.receivers {
                gone.insert(receiver.connector);
                let replaced = document.connectors.get(&receiver.connector);
                let kind = received(signal, replaced.map(|one| &one.kind));
                new.push(connector(&end, &receiver.end, kind));
            }
        }
    }
    edits.extend(gone.into_iter().map(Edit::Disconnect));
    let placed: BTreeMap<(End, End), Connector> = new
        .into_iter()
        .map(|one| ((one.from.clone(), one.to.clone()), one))
        .collect();
    edits.extend(
        placed
            .into_values()
            .map(|one| Edit::Connect(ids.connector(), one)),
    );
    edits
}

fn can(name: &str, bitrate_bps: u32, file: &str) -> Bus {
    Bus {
        name: name.to_owned(),
        kind: BusKind::Can {
            bitrate_bps,
            flexible: None,
            description: Some(file.to_owned()),
            restbus: BTreeSet::new(),
        },
    }
}

fn connector(from: &End, to: &End, buffering: Buffering) -> Connector {
    Connector {
        from: from.clone(),
        to: to.clone(),
        kind: ConnectorKind::Buffered(buffering),
        accept_version: false,
        probe: false,
        adapter: None,
    }
}

fn conversion(signal: &Signal) -> Conversion {
    match signal.is_raw {
        true => Conversion::Raw,
        false => Conversion::Physical,
    }
}

fn sent(signal: &Signal) -> Buffering {
    Buffering {
        conversion: conversion(signal),
        ..Buffering::default()
    }
}

/// What the receiver had: initial value, timeout, substitute, a unit of its own.
fn received(signal: &Signal, replaced: Option<&ConnectorKind>) -> Buffering {
    let kept = match replaced {
        Some(ConnectorKind::Buffered(buffering)) => buffering.clone(),
        _ => Buffering::default(),
    };
    Buffering {
        conversion: match kept.conversion {
            Conversion::Unit => Conversion::Unit,
            _ => conversion(signal),
        },
        network: None,
        ..kept
    }
}

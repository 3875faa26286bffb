//! Connectors between ECUs as CAN frames: a proposal that says why, that can be changed, and that
//! becomes a description of the bus and connectors to its signals. What cannot be packed is listed.
//! Knows nothing of files.

mod apply;
mod bits;
mod describe;
mod frames;
mod load;
mod problems;
mod values;

pub use apply::{Target, apply};
pub use describe::database;
pub use load::{Load, Rates, load};
pub use problems::problems;

use crate::{
    context::Context,
    document::{BusId, BusKind, ConnectorId, Document, End, PartitionKey},
    library::Library,
};
use autosar_wit::dbc::{self, CLASSIC_BYTES};
use std::collections::BTreeMap;

/// Frames for what leads from one ECU to another.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    /// The longest payload that a frame of the bus has.
    pub most_bytes: u32,
    /// The shortest period first.
    pub frames: Vec<Frame>,
    pub refused: Vec<Refused>,
}

impl Default for Proposal {
    /// None, for a classic bus.
    fn default() -> Self {
        Self {
            most_bytes: CLASSIC_BYTES,
            frames: Vec::new(),
            refused: Vec::new(),
        }
    }
}

/// A frame, with one sender.
#[derive(Debug, Clone, PartialEq)]
pub struct Frame {
    pub name: String,
    /// Of the standard format.
    pub id: u32,
    pub sender: PartitionKey,
    /// The sender's, in DBC a node.
    pub node: String,
    /// `None`: it is sent when a value changes.
    pub cycle_ms: Option<u32>,
    pub signals: Vec<Signal>,
    /// Where period and identifier come from.
    pub why: String,
}

/// A value in a frame.
#[derive(Debug, Clone, PartialEq)]
pub struct Signal {
    pub source: End,
    pub receivers: Vec<Receiver>,
    /// Name, place, range, unit.
    pub layout: dbc::Signal,
    /// The elements at both ends carry what lies in the frame, not the physical value.
    pub is_raw: bool,
    /// Where its size comes from.
    pub why: String,
}

/// Who takes a signal, and which connector brings it now.
#[derive(Debug, Clone, PartialEq)]
pub struct Receiver {
    pub end: End,
    pub connector: ConnectorId,
}

/// A connector between ECUs that stays as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    pub connector: ConnectorId,
    /// In words: the connector, and what speaks against it.
    pub reason: String,
}

/// Frames for all connectors between ECUs, as `bus` could carry them beside what its description
/// has already; without one, as a new bus could. The same project gives the same proposal.
pub fn propose(document: &Document, library: &Library, bus: Option<BusId>) -> Proposal {
    let context = Context::new(document, library);
    let existing = bus.and_then(|bus| library.descriptions.get(&bus));
    let mut refused = Vec::new();
    let mut found: BTreeMap<End, values::Value> = BTreeMap::new();
    for wire in &context.wires {
        match values::of(&context, wire) {
            None => {}
            Some(Ok(values)) => {
                for value in values {
                    match found.entry(value.source.clone()) {
                        std::collections::btree_map::Entry::Occupied(mut known) => {
                            known.get_mut().receivers.extend(value.receivers);
                        }
                        std::collections::btree_map::Entry::Vacant(free) => {
                            free.insert(value);
                        }
                    }
                }
            }
            Some(Err(reason)) => refused.push(Refused {
                connector: wire.id,
                reason: format!("{}: {reason}", context.ends(wire.connector)),
            }),
        }
    }
    let values = found.into_values().collect();
    let kind = bus
        .and_then(|bus| document.buses.get(&bus))
        .map(|bus| &bus.kind);
    let most_bytes = kind.and_then(BusKind::most_frame_bytes);
    let most_bytes = most_bytes.unwrap_or(CLASSIC_BYTES);
    Proposal {
        most_bytes,
        frames: frames::packed(&context, values, most_bytes, existing.map(AsRef::as_ref)),
        refused,
    }
}

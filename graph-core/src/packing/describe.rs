//! A proposal as the description of a bus.

use super::{Frame, Proposal};
use autosar_wit::dbc::{CLASSIC_BYTES, Database, Message, Timing, frame_bytes};

/// What the bus has already, and the frames behind it.
pub fn database(proposal: &Proposal, existing: Option<&Database>) -> Database {
    let mut database = existing.cloned().unwrap_or_default();
    let frames = proposal.frames.iter();
    let receivers = proposal
        .frames
        .iter()
        .flat_map(|frame| &frame.signals)
        .flat_map(|signal| &signal.layout.receivers);
    let nodes: Vec<&String> = frames.map(|frame| &frame.node).chain(receivers).collect();
    for node in nodes {
        if !database.nodes.contains(node) {
            database.nodes.push(node.clone());
        }
    }
    database
        .messages
        .extend(proposal.frames.iter().map(message));
    database
}

pub(super) fn message(frame: &Frame) -> Message {
    let signals = frame.signals.iter();
    Message {
        name: frame.name.clone(),
        id: frame.id,
        extended: false,
        length_bytes: frame.length_bytes(),
        flexible: frame.length_bytes() > CLASSIC_BYTES,
        sender: Some(frame.node.clone()),
        other_senders: Vec::new(),
        cycle_time_ms: frame.cycle_ms,
        timing: Timing::default(),
        signals: signals.map(|signal| signal.layout.clone()).collect(),
        comment: frame.why.replace('`', ""),
    }
}

impl Frame {
    /// Up to the last byte that has a bit of a signal, in a length that a frame can have.
    pub fn length_bytes(&self) -> u32 {
        let ends = self.signals.iter().map(|signal| {
            signal
                .layout
                .start_bit
                .saturating_add(signal.layout.length_bits)
        });
        let bytes = ends.max().unwrap_or(0).div_ceil(8);
        frame_bytes(bytes).map_or(bytes, u32::from)
    }
}

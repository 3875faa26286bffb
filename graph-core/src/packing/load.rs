//! What frames take of a CAN bus: bits of ISO 11898-1, without stuff bits and with as many as there
//! can be.

use super::Proposal;
use autosar_wit::dbc::{Database, Message};

/// Shares of the bus, 1 is all of it.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Load {
    /// Without a stuff bit.
    pub least: f64,
    /// With a stuff bit wherever the format has room for one.
    pub most: f64,
    /// Frames that are sent on change, whose rate nothing says: they are not in it.
    pub on_change: usize,
}

/// The frames of a proposal, with those that the bus has already.
pub fn load(proposal: &Proposal, existing: Option<&Database>, bitrate_bps: u32) -> Load {
    let known = existing.into_iter().flat_map(|database| &database.messages);
    let known = known.map(Sent::of);
    let proposed = proposal.frames.iter().map(|frame| Sent {
        bytes: frame.length_bytes(),
        extended: false,
        cycle_ms: frame.cycle_ms,
    });
    let mut load = Load::default();
    for sent in known.chain(proposed) {
        let Some(cycle_ms) = sent.cycle_ms.filter(|cycle| *cycle > 0) else {
            load.on_change += 1;
            continue;
        };
        let (least, most) = bits(sent.bytes, sent.extended);
        let of_the_bus =
            |bits: u32| f64::from(bits) * 1e3 / f64::from(cycle_ms) / f64::from(bitrate_bps.max(1));
        load.least += of_the_bus(least);
        load.most += of_the_bus(most);
    }
    load
}

struct Sent {
    bytes: u32,
    extended: bool,
    cycle_ms: Option<u32>,
}

impl Sent {
    fn of(message: &Message) -> Sent {
        Sent {
            bytes: message.length_bytes.min(super::FRAME_BYTES),
            extended: message.extended,
            cycle_ms: message.cycle_time_ms,
        }
    }
}

/// From the start of a frame to the end of the gap behind it. From the start to the checksum (34 or
/// 54 bits and the data) bits can be stuffed: after the first five alike one, then one after each four.
fn bits(bytes: u32, extended: bool) -> (u32, u32) {
    let stuffed = if extended { 54 } else { 34 } + 8 * bytes;
    // Delimiters, acknowledgement, end of frame and intermission.
    let plain = 13;
    (stuffed + plain, stuffed + plain + (stuffed - 1) / 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_have_the_bits_of_the_standard() {
        // Tindell, Burns, Wellings 1994 with Davis's correction: 135 bits for 8 bytes.
        assert_eq!(bits(8, false), (111, 135));
        assert_eq!(bits(0, false), (47, 55));
        assert_eq!(bits(8, true), (131, 160));
    }
}

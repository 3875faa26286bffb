//! What a controller meets while it sends: arbitration that it loses, errors. Data, and the bit in
//! which arbitration was lost; knows nothing of queues.

use super::{bits::arbitration_key, bus::ControllerId, event::BusError, frame::Frame};

/// A frame has not gone out, at least not yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setback {
    /// End of the bit in which arbitration was lost, or of the error delimiter.
    pub at_ns: u64,
    pub controller: ControllerId,
    pub cause: SetbackCause,
    /// The number of the request.
    pub token: u64,
    /// It is not tried again.
    pub is_given_up: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SetbackCause {
    ArbitrationLost {
        /// Counted from start of frame (0), without stuff bits.
        bit: u8,
    },
    Error(BusError),
}

/// The bit in which the loser stops, counted from start of frame without stuff bits, and the bits
/// on the wire up to and with it.
pub(super) fn lost_bit(winner: &Frame, loser: &Frame) -> (u8, u32) {
    let key = arbitration_key(winner);
    let equal_bits = (key ^ arbitration_key(loser)).leading_zeros();
    // Start of frame is dominant.
    let (mut last, mut run, mut stuffed) = (0, 1, 0);
    for position in 0..equal_bits {
        let level = key >> (31 - position) & 1;
        run = if level == last { run + 1 } else { 1 };
        last = level;
        if run == 5 {
            // The stuff bit counts for the next run.
            (last, run, stuffed) = (1 - level, 1, stuffed + 1);
        }
    }
    (equal_bits as u8 + 1, 1 + equal_bits + stuffed + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lost_bit_counts_from_start_of_frame() {
        for (winner, loser, expected) in [
            ("3FF#", "400#", (1, 2)),
            ("122#", "123#", (11, 12)),
            ("123#", "123#R", (12, 13)),
            // IDE.
            ("123#R", "048C0000#", (13, 14)),
            // Eleven zeros and SOF have two stuff bits.
            ("000#", "001#", (11, 14)),
        ] {
            let frames = [winner, loser].map(|text| text.parse().unwrap());
            assert_eq!(
                lost_bit(&frames[0], &frames[1]),
                expected,
                "{winner} {loser}"
            );
        }
    }
}

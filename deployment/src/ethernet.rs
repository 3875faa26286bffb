//! How long a value takes on an Ethernet link: the simulator and the runner's hub count by it.
//!
//! A value is one zenoh message over TCP and IPv4, in as many untagged Ethernet II frames as it
//! needs. Counted are preamble and start delimiter, header, padding, frame check sequence and
//! interframe gap of each. Not modelled: acknowledgements (they go the other way on a full-duplex
//! link) and retransmissions, several values in one zenoh batch, keep-alives, and other traffic at
//! the receiver's port of the switch; what such things take has its place in the network's latency.

pub mod header;

use crate::{Flow, System};
use header::HEADER_BYTES;

/// What zenoh puts in front of a message at most: length of the batch, frame with its sequence
/// number, push and put with number of the key, quality of service and length.
const ZENOH_BYTES: u64 = 16;
/// IPv4, and TCP with its time stamps.
const IP_BYTES: u64 = 20 + 32;
/// What one frame carries of TCP's stream.
const SEGMENT_BYTES: u64 = 1_500 - IP_BYTES;
/// Addresses, type, frame check sequence (IEEE 802.3, 3.1.1).
const FRAME_BYTES: u64 = 14 + 4;
/// The shortest frame.
const SHORTEST_BYTES: u64 = 64;
/// Preamble, start delimiter and interframe gap.
const GAP_BYTES: u64 = 8 + 12;

/// Bytes on the link for a packed value of that length, gaps between frames included.
pub fn wire_bytes(value_bytes: usize) -> u64 {
    let message = ZENOH_BYTES + (HEADER_BYTES + value_bytes) as u64;
    let frame = |segment: u64| (FRAME_BYTES + IP_BYTES + segment).max(SHORTEST_BYTES) + GAP_BYTES;
    let rest = message % SEGMENT_BYTES;
    let last = if rest == 0 { 0 } else { frame(rest) };
    message / SEGMENT_BYTES * frame(SEGMENT_BYTES) + last
}

/// Time on the link for so many bytes, rounded up; no time without a bit rate.
pub fn wire_ns(bytes: u64, bitrate_bps: u32) -> u64 {
    let bits_ns = u128::from(bytes) * 8 * 1_000_000_000;
    let time_ns = bits_ns.checked_div(u128::from(bitrate_bps));
    let rounded = time_ns.map(|ns| ns + u128::from(ns * u128::from(bitrate_bps) != bits_ns));
    u64::try_from(rounded.unwrap_or(0)).unwrap_or(u64::MAX)
}

/// The ECUs to which one connects, by name. Every two that share a value have one connection, which
/// the one that comes later in the project makes; the earlier one listens.
pub fn connects_to<'a>(
    system: &'a System,
    flows: &'a [Flow],
    ecu: &'a str,
) -> impl Iterator<Item = &'a str> {
    let names = system.ecus.iter().map(|other| other.name.as_str());
    names
        .take_while(move |other| *other != ecu)
        .filter(move |other| flows.iter().any(|flow| flow.joins(ecu, other)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: 20 (preamble, delimiter, gap) + 14 + 20 + 32 + message + 4, the message being 40
    /// and the value.
    #[test]
    fn a_value_takes_its_frames() {
        assert_eq!(wire_bytes(0), 130);
        assert_eq!(wire_bytes(8), 138);
        assert_eq!(wire_bytes(1_408), 20 + 14 + 1_500 + 4);
        // One byte more is a second frame, which carries one byte of TCP's stream.
        assert_eq!(wire_bytes(1_409), 1_538 + 20 + 14 + 20 + 32 + 1 + 4);
        assert_eq!(wire_bytes(2 * 1_448 - 40), 2 * 1_538);
    }

    #[test]
    fn time_is_rounded_up_and_never_divides_by_nothing() {
        assert_eq!(wire_ns(138, 100_000_000), 11_040);
        assert_eq!(wire_ns(1, 3), 2_666_666_667);
        assert_eq!(wire_ns(138, 0), 0);
        assert_eq!(wire_ns(u64::MAX, 1), u64::MAX);
    }
}

//! What frames take of a CAN bus: bits of ISO 11898-1, without stuff bits and with as many as there
//! can be, at the bit rates of the bus.

use super::Proposal;
use autosar_wit::dbc::{CLASSIC_BYTES, Database, FLEXIBLE_BYTES, Message, frame_bytes};

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

/// How fast the bits of a bus are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rates {
    pub bitrate_bps: u32,
    /// Of data; `None`: the bus carries classic frames only.
    pub data_bitrate_bps: Option<u32>,
}

/// The frames of a proposal, with those that the bus has already.
pub fn load(proposal: &Proposal, existing: Option<&Database>, rates: Rates) -> Load {
    let known = existing.into_iter().flat_map(|database| &database.messages);
    let known = known.map(|message| Sent::of(message, rates));
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
        let of_the_bus = |bits: Bits| bits.seconds(rates) * 1e3 / f64::from(cycle_ms);
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
    fn of(message: &Message, rates: Rates) -> Sent {
        let longest = match rates.data_bitrate_bps {
            Some(_) => FLEXIBLE_BYTES,
            None => CLASSIC_BYTES,
        };
        let bytes = message.length_bytes.min(longest);
        Sent {
            bytes: frame_bytes(bytes).map_or(bytes, u32::from),
            extended: message.extended,
            cycle_ms: message.cycle_time_ms,
        }
    }
}

/// Bits at the two rates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Bits {
    nominal: u32,
    data: u32,
}

impl Bits {
    fn seconds(self, rates: Rates) -> f64 {
        let nominal_bps = f64::from(rates.bitrate_bps.max(1));
        let data_bps = rates
            .data_bitrate_bps
            .map_or(nominal_bps, |rate| f64::from(rate.max(1)));
        f64::from(self.nominal) / nominal_bps + f64::from(self.data) / data_bps
    }
}

/// From the start of a frame to the end of the gap behind it, without and with stuff bits: after the
/// first five alike one, then one after each four. A frame that only CAN FD has is sent with the rate
/// switched.
fn bits(bytes: u32, extended: bool) -> (Bits, Bits) {
    match bytes <= CLASSIC_BYTES {
        true => classic(bytes, extended),
        false => flexible(bytes, extended),
    }
}

/// From the start to the checksum (34 or 54 bits and the data) bits can be stuffed.
fn classic(bytes: u32, extended: bool) -> (Bits, Bits) {
    let stuffed = if extended { 54 } else { 34 } + 8 * bytes;
    // Delimiters, acknowledgement, end of frame and intermission.
    let plain = 13;
    let nominal = |nominal| Bits { nominal, data: 0 };
    (
        nominal(stuffed + plain),
        nominal(stuffed + plain + (stuffed - 1) / 4),
    )
}

/// Up to the data bits can be stuffed; the checksum with its count has fixed stuff bits. BRS and the CRC
/// delimiter have both rates, and count as one bit of each.
fn flexible(bytes: u32, extended: bool) -> (Bits, Bits) {
    let before = if extended { 35 } else { 16 };
    let fast = 1 + 4 + 8 * bytes;
    let checksum = if bytes > 16 { 4 + 21 + 7 } else { 4 + 17 + 6 };
    let behind = 12;
    let least = Bits {
        nominal: before + 1 + behind,
        data: 1 + fast + checksum,
    };
    let stuff_bits = (before + 1 + fast - 1) / 4;
    let slow_stuff_bits = before / 4;
    let most = Bits {
        nominal: least.nominal + slow_stuff_bits,
        data: least.data + stuff_bits - slow_stuff_bits,
    };
    (least, most)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all((least, most): (Bits, Bits)) -> (u32, u32) {
        (least.nominal + least.data, most.nominal + most.data)
    }

    #[test]
    fn frames_have_the_bits_of_the_standard() {
        // Tindell, Burns, Wellings 1994 with Davis's correction: 135 bits for 8 bytes.
        assert_eq!(all(bits(8, false)), (111, 135));
        assert_eq!(all(bits(0, false)), (47, 55));
        assert_eq!(all(bits(8, true)), (131, 160));
    }

    #[test]
    fn frames_of_can_fd_have_most_bits_at_the_data_rate() {
        // Standard identifier: 29 bits at the nominal rate; ESI, DLC, data, count, CRC of 21 bits and 7
        // fixed stuff bits, and one bit for the two that are shared.
        let (least, _) = bits(64, false);
        assert_eq!((least.nominal, least.data), (29, 1 + 5 + 512 + 32));
        let (least, _) = bits(16, false);
        assert_eq!((least.nominal, least.data), (29, 1 + 5 + 128 + 27));
        let (least, most) = bits(12, true);
        assert_eq!((least.nominal, least.data), (48, 1 + 5 + 96 + 27));
        assert_eq!(most.nominal - least.nominal, 8);
        let rates = Rates {
            bitrate_bps: 500_000,
            data_bitrate_bps: Some(2_000_000),
        };
        let (least, _) = bits(64, false);
        assert!((least.seconds(rates) - (29.0 / 5e5 + 550.0 / 2e6)).abs() < 1e-12);
    }
}

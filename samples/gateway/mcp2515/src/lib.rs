//! What a driver of an MCP2515 knows of its chip: instructions, registers, bit timing, buffers and
//! filters as bytes. Knows nothing of buses and of who calls.
//!
//! Source: Microchip, MCP2515 data sheet, DS20001801.

#[cfg(target_arch = "wasm32")]
mod chip;
#[cfg(target_arch = "wasm32")]
mod component;

pub mod instruction {
    pub const RESET: u8 = 0xc0;
    pub const READ: u8 = 0x03;
    pub const WRITE: u8 = 0x02;
    pub const BIT_MODIFY: u8 = 0x05;
    pub const READ_STATUS: u8 = 0xa0;
    /// From SIDH on; of the second buffer 4 more.
    pub const READ_RX_BUFFER: u8 = 0x90;
    /// From SIDH on; of each further buffer 2 more.
    pub const LOAD_TX_BUFFER: u8 = 0x40;
    /// With a bit for each buffer.
    pub const REQUEST_TO_SEND: u8 = 0x80;
}

pub mod register {
    pub const CANSTAT: u8 = 0x0e;
    pub const CANCTRL: u8 = 0x0f;
    pub const TEC: u8 = 0x1c;
    pub const CNF3: u8 = 0x28;
    pub const CANINTE: u8 = 0x2b;
    pub const CANINTF: u8 = 0x2c;
    pub const EFLG: u8 = 0x2d;
    /// Each further buffer 0x10 more.
    pub const TXB0CTRL: u8 = 0x30;
    pub const RXB0CTRL: u8 = 0x60;
    pub const RXB1CTRL: u8 = 0x70;
    /// Masks 0 and 1, and filters 0 to 5.
    pub const MASKS: [u8; 2] = [0x20, 0x24];
    pub const FILTERS: [u8; 6] = [0x00, 0x04, 0x08, 0x10, 0x14, 0x18];
}

/// Of CANCTRL and CANSTAT, in their place.
pub mod mode {
    pub const NORMAL: u8 = 0;
    pub const SLEEP: u8 = 1 << 5;
    pub const LISTEN_ONLY: u8 = 3 << 5;
    pub const CONFIGURATION: u8 = 4 << 5;
    pub const MASK: u8 = 7 << 5;
}

/// Of the board that the chip is on.
pub const OSCILLATOR_HZ: u32 = 16_000_000;

const EXIDE: u8 = 1 << 3;
const SRR: u8 = 1 << 4;
const RTR: u8 = 1 << 6;

/// An identifier: bits 28 to 0, or the standard form's 11.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Id {
    Standard(u16),
    Extended(u32),
}

/// A classic frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    pub id: Id,
    pub remote: bool,
    /// The code on the wire, 0 to 15.
    pub dlc: u8,
    pub data: Vec<u8>,
}

/// One bit = 1 + `segment_1` + `segment_2` time quanta.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timing {
    pub bit_rate_hz: u32,
    pub segment_1: u16,
    pub segment_2: u16,
    pub jump_width: u16,
}

/// Identifier and mask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Filter {
    pub id: Id,
    pub mask: u32,
}

/// Masks and filters of both receive buffers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acceptance {
    pub masks: [[u8; 4]; 2],
    pub filters: [[u8; 4]; 6],
}

impl Timing {
    /// CNF3, CNF2, CNF1, or the rule that is broken.
    pub fn registers(&self) -> Result<[u8; 3], &'static str> {
        let Timing {
            bit_rate_hz,
            segment_1,
            segment_2,
            jump_width,
        } = *self;
        if !(2..=16).contains(&segment_1) || !(2..=8).contains(&segment_2) {
            return Err("segment 1 has 2 to 16 time quanta, segment 2 has 2 to 8");
        }
        if segment_1 < segment_2 {
            return Err("segment 1 is not below segment 2");
        }
        if !(1..=4).contains(&jump_width) || jump_width >= segment_2 {
            return Err("the jump width is 1 to 4 and below segment 2");
        }
        let quanta = u32::from(1 + segment_1 + segment_2);
        let per_quantum = bit_rate_hz.checked_mul(2 * quanta).unwrap_or(0);
        let prescaler = OSCILLATOR_HZ.checked_div(per_quantum).unwrap_or(0);
        let is_exact = prescaler.checked_mul(per_quantum) == Some(OSCILLATOR_HZ);
        if !is_exact || !(1..=64).contains(&prescaler) {
            return Err("16 MHz cannot be divided to that bit rate");
        }
        // Half of it, at most 8, before phase segment 1.
        let phase_1 = segment_1.div_ceil(2);
        let propagation = segment_1 - phase_1;
        let fields = |value: u16| (value - 1) as u8;
        Ok([
            fields(segment_2),
            0x80 | fields(phase_1) << 3 | fields(propagation),
            fields(jump_width) << 6 | (prescaler - 1) as u8,
        ])
    }
}

/// SIDH, SIDL, EID8, EID0.
pub fn identifier(id: Id) -> [u8; 4] {
    let (standard, extended, exide) = match id {
        Id::Standard(id) => (u32::from(id), 0, 0),
        Id::Extended(id) => (id >> 18, id & 0x3_ffff, EXIDE),
    };
    [
        (standard >> 3) as u8,
        (standard << 5) as u8 | exide | (extended >> 16) as u8,
        (extended >> 8) as u8,
        extended as u8,
    ]
}

/// What LOAD TX BUFFER takes.
pub fn loaded(frame: &Frame) -> Vec<u8> {
    let mut bytes = identifier(frame.id).to_vec();
    bytes.push(frame.dlc & 0x0f | if frame.remote { RTR } else { 0 });
    bytes.extend(&frame.data);
    bytes
}

/// What READ RX BUFFER gave; none of bytes that are none.
pub fn received(bytes: &[u8]) -> Option<Frame> {
    let [high, low, extended_high, extended_low, dlc, data @ ..] = bytes else {
        return None;
    };
    let standard = u16::from(*high) << 3 | u16::from(low >> 5);
    let (id, remote) = match low & EXIDE {
        0 => (Id::Standard(standard), low & SRR != 0),
        _ => {
            let extended = u32::from(low & 3) << 16
                | u32::from(*extended_high) << 8
                | u32::from(*extended_low);
            let id = Id::Extended(u32::from(standard) << 18 | extended);
            (id, dlc & RTR != 0)
        }
    };
    let dlc = dlc & 0x0f;
    let length = if remote { 0 } else { usize::from(dlc.min(8)) };
    Some(Frame {
        id,
        remote,
        dlc,
        data: data.get(..length)?.to_vec(),
    })
}

/// Two masks with 2 and 4 filters; none if the chip has not as many.
pub fn acceptance(filters: &[Filter]) -> Option<Acceptance> {
    let first = filters.first()?;
    let as_mask = |filter: &Filter| {
        let mask = match filter.id {
            Id::Standard(_) => identifier(Id::Standard((filter.mask & 0x7ff) as u16)),
            Id::Extended(_) => identifier(Id::Extended(filter.mask & 0x1fff_ffff)),
        };
        [mask[0], mask[1] & !EXIDE, mask[2], mask[3]]
    };
    let alike = |filter: &&Filter| as_mask(filter) == as_mask(first);
    let (ones, others): (Vec<&Filter>, Vec<&Filter>) = filters.iter().partition(alike);
    let (small, large) = match (ones.len(), others.len()) {
        (0..=2, 0) => (ones.clone(), ones),
        (3..=6, 0) => (ones[..2].to_vec(), ones[2..].to_vec()),
        (0..=2, 1..=4) => (ones, others),
        (0..=4, 1..=2) => (others, ones),
        _ => return None,
    };
    let mask = |group: &[&Filter]| group.first().map(|first| as_mask(first));
    let one_mask = |group: &[&Filter]| group.iter().all(|one| Some(as_mask(one)) == mask(group));
    if !one_mask(&small) || !one_mask(&large) {
        return None;
    }
    // Of a group with fewer, the last one stands again: a filter cannot be turned off.
    let fill = |group: &[&Filter], count: usize| {
        let last = group.last().copied();
        let all = group
            .iter()
            .copied()
            .chain(core::iter::repeat_n(last, count).flatten());
        all.take(count)
            .map(|filter| identifier(filter.id))
            .collect::<Vec<_>>()
    };
    let mut taken = fill(&small, 2);
    taken.extend(fill(&large, 4));
    Some(Acceptance {
        masks: [mask(&small)?, mask(&large)?],
        filters: taken.try_into().ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: Timing = Timing {
        bit_rate_hz: 125_000,
        segment_1: 9,
        segment_2: 6,
        jump_width: 1,
    };

    #[test]
    fn bit_rates_of_16_mhz() {
        // A quantum of 500 ns is 8 periods: the prescaler is 4.
        assert_eq!(BODY.registers(), Ok([5, 0x80 | 4 << 3 | 3, 3]));
        let fast = Timing {
            bit_rate_hz: 500_000,
            ..BODY
        };
        assert_eq!(fast.registers(), Ok([5, 0x80 | 4 << 3 | 3, 0]));
        let wide = Timing {
            jump_width: 4,
            ..BODY
        };
        assert_eq!(wide.registers(), Ok([5, 0xa3, 0xc3]));
    }

    #[test]
    fn what_the_chip_cannot_is_refused() {
        let rule = |timing: Timing| timing.registers().unwrap_err();
        let odd = Timing {
            bit_rate_hz: 300_000,
            ..BODY
        };
        assert_eq!(rule(odd), "16 MHz cannot be divided to that bit rate");
        for bit_rate_hz in [0, 1, u32::MAX] {
            assert!(
                rule(Timing {
                    bit_rate_hz,
                    ..BODY
                })
                .contains("divided")
            );
        }
        for (segment_1, segment_2) in [(1, 6), (17, 6), (9, 1), (9, 9)] {
            let timing = Timing {
                segment_1,
                segment_2,
                ..BODY
            };
            assert!(rule(timing).contains("time quanta"));
        }
        let back = Timing {
            segment_1: 5,
            ..BODY
        };
        assert_eq!(rule(back), "segment 1 is not below segment 2");
        for jump_width in [0, 5, 6] {
            assert!(rule(Timing { jump_width, ..BODY }).contains("jump width"));
        }
    }

    #[test]
    fn frames_are_loaded_and_received() {
        let frame = Frame {
            id: Id::Standard(0x123),
            remote: false,
            dlc: 2,
            data: vec![0xaa, 0x55],
        };
        assert_eq!(loaded(&frame), [0x24, 0x60, 0, 0, 2, 0xaa, 0x55]);
        let mut read = loaded(&frame);
        read.resize(13, 0);
        assert_eq!(received(&read), Some(frame));
        let extended = Frame {
            id: Id::Extended(0x18da_f110),
            remote: true,
            dlc: 4,
            data: vec![],
        };
        assert_eq!(loaded(&extended), [0xc6, 0xca, 0xf1, 0x10, 0x44]);
        assert_eq!(received(&loaded(&extended)), Some(extended));
        // A standard remote frame is told by another bit than it is asked for.
        let remote = received(&[0x24, 0x70, 0, 0, 3]).unwrap();
        assert!(remote.remote && remote.data.is_empty());
        assert_eq!(received(&[0x24, 0x60, 0, 0]), None);
        assert_eq!(received(&[0x24, 0x60, 0, 0, 2, 1]), None);
    }

    fn standard(id: u16, mask: u32) -> Filter {
        Filter {
            id: Id::Standard(id),
            mask,
        }
    }

    #[test]
    fn filters_are_spread_over_both_buffers() {
        let one = acceptance(&[standard(0x2a0, 0x7ff)]).unwrap();
        assert_eq!(one.masks, [[0xff, 0xe0, 0, 0]; 2]);
        assert_eq!(one.filters, [[0x54, 0, 0, 0]; 6]);
        let extended = Filter {
            id: Id::Extended(1),
            mask: 0x1fff_ffff,
        };
        let mixed = acceptance(&[standard(1, 0x7ff), extended]).unwrap();
        assert_eq!(mixed.masks, [[0xff, 0xe0, 0, 0], [0xff, 0xe3, 0xff, 0xff]]);
        assert_eq!(mixed.filters[1..3], [[0, 0x20, 0, 0], [0, 8, 0, 1]]);
        let six: Vec<Filter> = (0..6).map(|id| standard(id << 3, 0x7ff)).collect();
        let six = acceptance(&six).unwrap();
        assert_eq!(six.filters.map(|filter| filter[0]), [0, 1, 2, 3, 4, 5]);
    }

    #[test]
    fn more_than_the_chip_has_is_refused() {
        let seven: Vec<Filter> = (0..7).map(|id| standard(id, 0x7ff)).collect();
        assert_eq!(acceptance(&seven), None);
        let masks = [1, 2, 3].map(|mask| standard(0, mask));
        assert_eq!(acceptance(&masks), None);
        let many: Vec<Filter> = (0..6)
            .map(|id| standard(id, if id < 3 { 1 } else { 2 }))
            .collect();
        assert_eq!(acceptance(&many), None);
    }
}

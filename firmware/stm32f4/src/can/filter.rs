//! Acceptance filters (RM0386, "Identifier filtering"): which frames reach the receive FIFO. Knows
//! no controller; a bank is two registers and its mode.

use embedded_can::Id;

use super::mailbox::{FORMAT_BITS, identifier};

/// Banks that both controllers have together.
pub const BANKS: usize = 28;

/// Which frames a controller takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accept<'a> {
    /// Everything on the bus.
    All,
    /// Data frames with one of these identifiers.
    Only(&'a [Id]),
}

/// One bank of 32-bit scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bank {
    /// FBM 0: frames that equal the first register in all bits of the second.
    Mask {
        /// FxR1.
        identifier: u32,
        /// FxR2.
        mask: u32,
    },
    /// FBM 1: frames that equal one of the two registers.
    List(u32, u32),
}

impl Bank {
    /// Whether a frame with this RIR (format and RTR included) passes: what the hardware does.
    pub fn passes(self, received: u32) -> bool {
        match self {
            Bank::Mask { identifier, mask } => (received ^ identifier) & mask == 0,
            Bank::List(one, other) => received == one || received == other,
        }
    }
}

/// A mask without a bit: everything.
const ALL: Bank = Bank::Mask {
    identifier: 0,
    mask: 0,
};

/// The banks for one controller, of which there are `room`: two identifiers each; one bank that
/// takes everything where that is wanted, or where there are more identifiers than places. What
/// passes is then looked at by `ecu-host`, so a wide filter costs time and loses nothing.
pub fn banks(accept: Accept<'_>, room: usize) -> heapless::Vec<Bank, BANKS> {
    let mut banks = heapless::Vec::new();
    let whole = match accept {
        Accept::Only(ids) if ids.len().div_ceil(2) <= room => {
            let bank = |pair: &[Id]| match pair {
                [one, other] => Some(Bank::List(identifier(*one), identifier(*other))),
                // The second place of the last bank is no further identifier.
                [one] => Some(Bank::Mask {
                    identifier: identifier(*one),
                    mask: !0 << 3 | FORMAT_BITS,
                }),
                _ => None,
            };
            ids.chunks(2)
                .filter_map(bank)
                .all(|bank| banks.push(bank).is_ok())
        }
        _ => false,
    };
    if !whole {
        banks.clear();
        // There is room for one: the vector is empty.
        let _pushed = banks.push(ALL);
    }
    banks
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panics")]
mod tests {
    use super::*;
    use crate::can::Mailbox;
    use embedded_can::{ExtendedId, StandardId};
    use slcan::Frame;

    fn standard(id: u16) -> Id {
        StandardId::new(id).unwrap().into()
    }

    fn extended(id: u32) -> Id {
        ExtendedId::new(id).unwrap().into()
    }

    /// RIR of a frame.
    fn received(id: u32, extended: bool, remote: bool) -> u32 {
        let frame = Frame {
            id,
            extended,
            remote,
            ..Frame::default()
        };
        Mailbox::of(&frame).unwrap().identifier
    }

    fn passes(banks: &[Bank], received: u32) -> bool {
        banks.iter().any(|bank| bank.passes(received))
    }

    /// RM0386, figure "Filter bank scale configuration": of 32 bits STID[10:0] EXID[17:0] IDE RTR 0.
    #[test]
    fn two_identifiers_are_one_bank() {
        let packed = banks(Accept::Only(&[standard(0x123), extended(0x1234_5678)]), 14);
        assert_eq!(packed.as_slice(), [Bank::List(0x2460_0000, 0x91a2_b3c4)]);
    }

    #[test]
    fn an_odd_one_is_a_mask_of_its_own_and_lets_no_other_frame_pass() {
        let packed = banks(Accept::Only(&[standard(1), standard(2), standard(3)]), 14);
        assert_eq!(packed.len(), 2);
        let mask = Bank::Mask {
            identifier: 3 << 21,
            mask: 0xffff_fffe,
        };
        assert_eq!(packed[1], mask);
        for id in 0..0x800 {
            assert_eq!(
                passes(&packed, received(id, false, false)),
                (1..=3).contains(&id)
            );
            assert!(!passes(&packed, received(id, false, true)), "remote {id}");
            assert!(
                !passes(&packed, received(id << 18, true, false)),
                "extended {id}"
            );
        }
    }

    #[test]
    fn no_identifier_is_no_frame_and_everything_is_everything() {
        assert!(banks(Accept::Only(&[]), 14).is_empty());
        for list in [Accept::All, Accept::Only(&[standard(1); 29])] {
            let packed = banks(list, 14);
            assert_eq!(packed.as_slice(), [ALL]);
            assert!(passes(&packed, received(0x7ff, false, true)));
            assert!(passes(&packed, received(0x1fff_ffff, true, false)));
        }
    }

    #[test]
    fn all_places_are_used_before_everything_passes() {
        let ids: Vec<Id> = (0..28).map(standard).collect();
        let packed = banks(Accept::Only(&ids), 14);
        assert_eq!(packed.len(), 14);
        assert!(passes(&packed, received(27, false, false)));
        assert!(!passes(&packed, received(28, false, false)));
    }
}

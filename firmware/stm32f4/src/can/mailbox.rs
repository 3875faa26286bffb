//! A frame as the four registers of a mailbox hold it: RM0386, CAN_TIxR to CAN_TDHxR for sending,
//! CAN_RIxR to CAN_RDHxR for receiving, which have the same form. Knows no controller.

use embedded_can::{ExtendedId, Id, StandardId};
use slcan::Frame;

/// The registers of one mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mailbox {
    /// TIR or RIR, without the request for transmission.
    pub identifier: u32,
    /// TDTR or RDTR: the DLC in bits 3 to 0.
    pub length: u32,
    /// TDLR or RDLR: the first byte is the lowest.
    pub low: u32,
    /// TDHR or RDHR.
    pub high: u32,
}

/// TIR: the mailbox is to be sent.
pub(super) const REQUEST: u32 = 1 << 0;
const REMOTE: u32 = 1 << 1;
const EXTENDED: u32 = 1 << 2;
const EXTENDED_SHIFT: u32 = 3;
const STANDARD_SHIFT: u32 = 21;

/// What no classic frame can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoFrame {
    /// More bits than the format has.
    Identifier,
    /// More than 8 bytes.
    Length,
}

impl Mailbox {
    /// The registers of a frame.
    pub fn of(frame: &Frame) -> Result<Mailbox, NoFrame> {
        let id = id(frame).ok_or(NoFrame::Identifier)?;
        if frame.length > 8 {
            return Err(NoFrame::Length);
        }
        let remote = if frame.remote { REMOTE } else { 0 };
        let bytes = if frame.remote { [0; 8] } else { frame.bytes };
        let [a, b, c, d, e, f, g, h] = bytes;
        Ok(Mailbox {
            identifier: identifier(id) | remote,
            length: u32::from(frame.length),
            low: u32::from_le_bytes([a, b, c, d]),
            high: u32::from_le_bytes([e, f, g, h]),
        })
    }

    /// The frame that the registers hold.
    pub fn frame(&self) -> Frame {
        let extended = self.identifier & EXTENDED != 0;
        let remote = self.identifier & REMOTE != 0;
        // A receiver takes lengths above 8 as 8 (ISO 11898-1).
        let length = (self.length & 15).min(8) as u8;
        let mut bytes = [0; 8];
        let data = self
            .low
            .to_le_bytes()
            .into_iter()
            .chain(self.high.to_le_bytes());
        let counted = if remote { 0 } else { usize::from(length) };
        for (place, byte) in bytes.iter_mut().zip(data).take(counted) {
            *place = byte;
        }
        Frame {
            id: match extended {
                true => self.identifier >> EXTENDED_SHIFT,
                false => self.identifier >> STANDARD_SHIFT,
            },
            extended,
            remote,
            length,
            bytes,
        }
    }
}

fn id(frame: &Frame) -> Option<Id> {
    match frame.extended {
        true => ExtendedId::new(frame.id).map(Id::Extended),
        false => {
            let id = u16::try_from(frame.id).ok()?;
            StandardId::new(id).map(Id::Standard)
        }
    }
}

/// Identifier and format as TIR, RIR and a filter of 32 bits have them.
pub(super) fn identifier(id: Id) -> u32 {
    match id {
        Id::Standard(id) => u32::from(id.as_raw()) << STANDARD_SHIFT,
        Id::Extended(id) => id.as_raw() << EXTENDED_SHIFT | EXTENDED,
    }
}

/// The bits of a filter of 32 bits that say which format and that no remote frame is meant.
pub(super) const FORMAT_BITS: u32 = EXTENDED | REMOTE;

/// What wins arbitration: of two frames the one with the lower number (ISO 11898-1: the base
/// identifier first; RTR of a standard frame stands where an extended one has recessive SRR).
pub(super) fn arbitration(frame: &Frame) -> u32 {
    let remote = u32::from(frame.remote);
    match frame.extended {
        // 11 bits, RTR, IDE dominant, then nothing more that counts.
        false => frame.id << 21 | remote << 20,
        // 11 bits, SRR, IDE recessive, 18 bits, RTR.
        true => (frame.id >> 18) << 21 | 1 << 20 | 1 << 19 | (frame.id & 0x3_ffff) << 1 | remote,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panics")]
mod tests {
    use super::*;

    fn frame(id: u32, extended: bool, data: &[u8]) -> Frame {
        let mut bytes = [0; 8];
        bytes[..data.len()].copy_from_slice(data);
        Frame {
            id,
            extended,
            remote: false,
            length: data.len() as u8,
            bytes,
        }
    }

    /// RM0386, CAN_TIxR: STID in bits 31 to 21, EXID in 31 to 3, IDE 2, RTR 1; CAN_TDLxR: DATA0 in
    /// bits 7 to 0.
    #[test]
    fn the_registers_are_those_of_the_manual() {
        let standard = Mailbox::of(&frame(0x123, false, &[1, 2, 3, 4, 5])).unwrap();
        assert_eq!(
            standard,
            Mailbox {
                identifier: 0x2460_0000,
                length: 5,
                low: 0x0403_0201,
                high: 0x0000_0005,
            }
        );
        let extended = Mailbox::of(&frame(0x1234_5678, true, &[0xa1; 8])).unwrap();
        assert_eq!(extended.identifier, 0x1234_5678 << 3 | 0b100);
        assert_eq!((extended.low, extended.high), (0xa1a1_a1a1, 0xa1a1_a1a1));
        let remote = Frame {
            remote: true,
            ..frame(0x7ff, false, &[9; 4])
        };
        let remote = Mailbox::of(&remote).unwrap();
        assert_eq!(remote.identifier, 0xffe0_0002);
        assert_eq!((remote.length, remote.low), (4, 0));
    }

    #[test]
    fn what_is_written_is_read_again() {
        for (extended, highest) in [(false, 0x7ff), (true, 0x1fff_ffff)] {
            for id in [0, 1, 0x2aa, highest] {
                for length in 0..=8 {
                    let data = frame(id, extended, &[0x5a, 0, 0xff, 1, 2, 3, 4, 0x80][..length]);
                    let remote = Frame {
                        remote: true,
                        bytes: [0; 8],
                        ..data
                    };
                    for frame in [data, remote] {
                        assert_eq!(Mailbox::of(&frame).unwrap().frame(), frame);
                    }
                }
            }
        }
    }

    #[test]
    fn what_no_classic_frame_is_is_refused() {
        let refused = |frame| Mailbox::of(&frame).unwrap_err();
        assert_eq!(refused(frame(0x800, false, &[])), NoFrame::Identifier);
        assert_eq!(refused(frame(0x1_0001, false, &[])), NoFrame::Identifier);
        assert_eq!(refused(frame(0x2000_0000, true, &[])), NoFrame::Identifier);
        let long = Frame {
            length: 9,
            ..frame(1, false, &[])
        };
        assert_eq!(refused(long), NoFrame::Length);
    }

    #[test]
    fn a_received_length_above_8_is_8_and_stale_bytes_do_not_show() {
        let mailbox = Mailbox {
            identifier: 0x2460_0000,
            length: 0xffff_ff0f,
            low: 0x0403_0201,
            high: 0x0807_0605,
        };
        assert_eq!(
            mailbox.frame(),
            frame(0x123, false, &[1, 2, 3, 4, 5, 6, 7, 8])
        );
        let short = Mailbox {
            length: 2,
            ..mailbox
        };
        assert_eq!(short.frame(), frame(0x123, false, &[1, 2]));
    }

    #[test]
    fn arbitration_is_won_as_on_the_wire() {
        let remote = |frame| Frame {
            remote: true,
            ..frame
        };
        // Each wins against all that follow.
        let order = [
            frame(0x000, false, &[]),
            frame(0x123, false, &[]),
            remote(frame(0x123, false, &[])),
            frame(0x123 << 18, true, &[]),
            remote(frame(0x123 << 18, true, &[])),
            frame(0x123 << 18 | 1, true, &[]),
            frame(0x124, false, &[]),
            frame(0x1fff_ffff, true, &[]),
        ];
        assert!(order.is_sorted_by_key(arbitration));
        assert!(
            order
                .windows(2)
                .all(|pair| arbitration(&pair[0]) != arbitration(&pair[1]))
        );
    }
}

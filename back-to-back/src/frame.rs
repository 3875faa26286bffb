//! A message as bytes on a serial line: postcard, CRC-16, COBS, a zero byte. Knows nothing of what
//! the messages say.
//!
//! Sources: postcard wire format 1.0; S. Cheshire, M. Baker: Consistent Overhead Byte Stuffing
//! (1999); CRC catalogue: CRC-16/IBM-3740.

use alloc::{vec, vec::Vec};

use serde::{Serialize, de::DeserializeOwned};

use crate::LinkError;

/// A frame is not longer: above it a line carries noise.
pub(crate) const FRAME_BYTES: usize = 1 << 17;
/// Behind every frame, and in none.
pub(crate) const END: u8 = 0;

/// The bytes of a message, without what a line needs.
pub(crate) fn content<T: Serialize>(message: &T) -> Result<Vec<u8>, LinkError> {
    postcard::to_allocvec(message).map_err(|_| LinkError::Broken {
        what: "a message could not be encoded",
    })
}

/// The whole frame with the zero byte behind it.
pub(crate) fn framed(mut content: Vec<u8>) -> Vec<u8> {
    let check = crc16(&content);
    content.extend(check.to_le_bytes());
    let mut frame = vec![END; cobs::max_encoding_length(content.len()) + 1];
    let length = cobs::encode(&content, &mut frame);
    // The rest is zeros: one of them ends the frame.
    frame.truncate(length + 1);
    frame
}

/// The message's bytes in a frame (without its zero byte).
pub(crate) fn unframed(frame: &[u8]) -> Result<Vec<u8>, LinkError> {
    let broken = |what| LinkError::Broken { what };
    let mut content = vec![0; frame.len()];
    let length = cobs::decode(frame, &mut content).map_err(|_| broken("a frame is not COBS"))?;
    content.truncate(length);
    let split = content.len().checked_sub(2);
    let (message, check) = split
        .and_then(|split| content.split_at_checked(split))
        .ok_or(broken("a frame has no checksum"))?;
    if crc16(message).to_le_bytes() != check {
        return Err(broken("the checksum of a frame is wrong"));
    }
    let length = message.len();
    content.truncate(length);
    Ok(content)
}

/// The message of these bytes, all of them.
pub(crate) fn message<T: DeserializeOwned>(content: &[u8]) -> Result<T, LinkError> {
    match postcard::take_from_bytes(content) {
        Ok((message, [])) => Ok(message),
        _ => Err(LinkError::Broken {
            what: "a frame holds no message of this version",
        }),
    }
}

/// Polynomial 0x1021, initial value 0xffff, nothing reflected.
fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0xffff, |crc, byte| {
        (0..8).fold(crc ^ u16::from(*byte) << 8, |crc, _| match crc & 0x8000 {
            0 => crc << 1,
            _ => crc << 1 ^ 0x1021,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_that_of_the_catalogue() {
        assert_eq!(crc16(b"123456789"), 0x29b1);
        assert_eq!(crc16(b""), 0xffff);
    }

    #[test]
    fn what_is_framed_comes_out_again() {
        for length in [0_usize, 1, 253, 254, 255, 70_000] {
            for byte in [0_u8, 1, 0xff] {
                let content = vec![byte; length];
                let frame = framed(content.clone());
                let (last, inside) = frame.split_last().unwrap();
                assert_eq!(*last, END);
                assert!(!inside.contains(&END));
                assert_eq!(unframed(inside).unwrap(), content);
            }
        }
    }

    /// Firmware does not know CAN FD: a classic frame is for it what it always was.
    #[cfg(feature = "can-fd")]
    #[test]
    fn a_frame_of_can_fd_differs_from_a_classic_one_in_a_byte_that_is_no_truth_value() {
        use ecu_host::board::{CanFlexible, CanFrame};
        let frame = CanFrame {
            bus: "c".into(),
            id: 5,
            data: [7].into(),
            ..CanFrame::default()
        };
        assert_eq!(content(&frame).unwrap(), [1, b'c', 5, 0, 0, 1, 7]);
        let remote = CanFrame {
            remote: true,
            ..frame.clone()
        };
        assert_eq!(content(&remote).unwrap(), [1, b'c', 5, 0, 1, 1, 7]);
        let flexible = CanFrame {
            flexible: Some(CanFlexible {
                bit_rate_switch: true,
                error_state_indicator: false,
            }),
            ..frame.clone()
        };
        assert_eq!(content(&flexible).unwrap(), [1, b'c', 5, 0, 5, 1, 7]);
        for one in [frame, remote, flexible] {
            let bytes = content(&one).unwrap();
            assert_eq!(message::<CanFrame>(&bytes).unwrap(), one);
            let text = serde_json::to_string(&one).unwrap();
            assert_eq!(serde_json::from_str::<CanFrame>(&text).unwrap(), one);
            assert_eq!(text.contains("flexible"), one.flexible.is_some());
        }
        assert!(message::<CanFrame>(&[1, b'c', 5, 0, 2, 1, 7]).is_err());
    }

    #[test]
    fn every_flipped_bit_is_seen() {
        let frame = framed(vec![0, 1, 2, 0, 255, 17]);
        let inside = &frame[..frame.len() - 1];
        for bit in 0..inside.len() * 8 {
            let mut wrong = inside.to_vec();
            wrong[bit / 8] ^= 1 << (bit % 8);
            assert!(unframed(&wrong).is_err(), "bit {bit}");
        }
        assert!(unframed(&[]).is_err());
        assert!(unframed(&[1]).is_err());
    }
}

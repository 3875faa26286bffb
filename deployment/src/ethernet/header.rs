//! What stands in front of a value on an Ethernet network, and what a receiver concludes from it:
//! whether the value is of the type that it knows, which ones were lost, which came twice. Knows
//! nothing of how values travel.
//!
//! | byte | is |
//! | --- | --- |
//! | 0 | version: 1 |
//! | 1 to 3 | start of the sender: a number that it draws when it starts |
//! | 4 to 7 | sequence count of the key, from 0, back to 0 after the highest |
//! | 8 to 15 | when it was sent: nanoseconds since 1970 by the sender's clock, in UTC |
//! | 16 to 23 | first eight bytes of SHA-256 over the shape of the type |
//! | 24 … | the packed value |
//!
//! Numbers are little endian. The count is per key, so that one that is missing is a value that is
//! missing. The start tells a sender that was started again from a value that came late; the time is
//! for people and tools, since clocks of ECUs need not agree.

/// Of the header.
pub const HEADER_BYTES: usize = 24;
/// Version of the layout.
const VERSION: u8 = 1;
/// What of a start is sent.
const START_MASK: u32 = 0x00ff_ffff;
/// A count that is further back than this is no value that came late, but a sender that was started
/// again and drew the same number.
const LATE_AT_MOST: u32 = 1_024;

/// The header of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// The lower 24 bits are sent.
    pub start: u32,
    pub sequence: u32,
    /// Since 1970, UTC, by the sender's clock.
    pub sent_ns: u64,
    pub type_hash: [u8; 8],
}

/// Why bytes are no value for this receiver.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HeaderError {
    #[error("{bytes} bytes are shorter than a header")]
    Short { bytes: usize },
    #[error("version {found} of the header is not {VERSION}; both ECUs must be of one version")]
    Version { found: u8 },
}

impl Header {
    /// The bytes in front of the value.
    pub fn to_bytes(&self) -> [u8; HEADER_BYTES] {
        let mut bytes = [0; HEADER_BYTES];
        let (head, rest) = bytes.split_at_mut(4);
        head.copy_from_slice(&(u32::from(VERSION) | self.start << 8).to_le_bytes());
        let (sequence, rest) = rest.split_at_mut(4);
        sequence.copy_from_slice(&self.sequence.to_le_bytes());
        let (sent, hash) = rest.split_at_mut(8);
        sent.copy_from_slice(&self.sent_ns.to_le_bytes());
        hash.copy_from_slice(&self.type_hash);
        bytes
    }

    /// Header and value.
    pub fn split(bytes: &[u8]) -> Result<(Header, &[u8]), HeaderError> {
        let short = HeaderError::Short { bytes: bytes.len() };
        let (head, rest) = bytes.split_first_chunk::<4>().ok_or(short)?;
        let (sequence, rest) = rest.split_first_chunk::<4>().ok_or(short)?;
        let (sent_ns, rest) = rest.split_first_chunk::<8>().ok_or(short)?;
        let (type_hash, value) = rest.split_first_chunk::<8>().ok_or(short)?;
        let [version, ..] = *head;
        if version != VERSION {
            return Err(HeaderError::Version { found: version });
        }
        let header = Header {
            start: u32::from_le_bytes(*head) >> 8,
            sequence: u32::from_le_bytes(*sequence),
            sent_ns: u64::from_le_bytes(*sent_ns),
            type_hash: *type_hash,
        };
        Ok((header, value))
    }
}

/// The hash of a flow, as `system.json` has it: 16 hexadecimal digits.
pub fn type_hash(digits: &str) -> Option<[u8; 8]> {
    let is_hash = digits.len() == 16 && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    let number = u64::from_str_radix(digits, 16).ok()?;
    is_hash.then(|| number.to_be_bytes())
}

/// What a value is, by its header and those that came before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// So many before it did not come.
    Taken { lost: u32 },
    /// It came before, or a later one did.
    Repeated,
    /// It is of another type.
    OtherType,
}

/// A receiver's memory of one key.
#[derive(Debug, Clone)]
pub struct Reception {
    type_hash: [u8; 8],
    /// Start and count of the last value.
    last: Option<(u32, u32)>,
}

impl Reception {
    /// Of values of that type; none has come yet.
    pub fn new(type_hash: [u8; 8]) -> Reception {
        Reception {
            type_hash,
            last: None,
        }
    }

    /// Judges a value that has come. What was sent before the first value that came is not lost: a
    /// receiver may start later than its sender. A sender that was started again counts anew, from
    /// the value that comes first.
    pub fn judge(&mut self, header: &Header) -> Verdict {
        if header.type_hash != self.type_hash {
            return Verdict::OtherType;
        }
        let start = header.start & START_MASK;
        let lost = match self.last {
            Some((last_start, last)) if last_start == start => {
                let ahead = header.sequence.wrapping_sub(last);
                let behind = last.wrapping_sub(header.sequence);
                match (behind, ahead <= u32::MAX / 2) {
                    (0..LATE_AT_MOST, _) => return Verdict::Repeated,
                    (_, true) => ahead - 1,
                    (_, false) => 0,
                }
            }
            _ => 0,
        };
        self.last = Some((start, header.sequence));
        Verdict::Taken { lost }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    const HASH: [u8; 8] = [0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88];

    fn header(start: u32, sequence: u32) -> Header {
        Header {
            start,
            sequence,
            sent_ns: 0x0102_0304_0506_0708,
            type_hash: HASH,
        }
    }

    #[test]
    fn the_layout_is_that_of_the_table() {
        let bytes = header(0x00c3_b2a1, 0x0a0b_0c0d).to_bytes();
        let expected = [
            1, 0xa1, 0xb2, 0xc3, 0x0d, 0x0c, 0x0b, 0x0a, 8, 7, 6, 5, 4, 3, 2, 1, 0x11, 0x22, 0x33,
            0x44, 0x55, 0x66, 0x77, 0x88,
        ];
        assert_eq!(bytes, expected);
        let mut message = bytes.to_vec();
        message.extend([7, 8, 9]);
        let read = Header::split(&message);
        assert_eq!(read, Ok((header(0x00c3_b2a1, 0x0a0b_0c0d), &[7, 8, 9][..])));
        assert_eq!(
            Header::split(&bytes),
            Ok((header(0x00c3_b2a1, 0x0a0b_0c0d), &[][..]))
        );
    }

    #[test]
    fn what_is_no_header_is_refused_in_words() {
        let bytes = header(1, 2).to_bytes();
        for short in 0..HEADER_BYTES {
            let error = HeaderError::Short { bytes: short };
            assert_eq!(Header::split(&bytes[..short]), Err(error));
        }
        let mut other = bytes;
        other[0] = 2;
        let error = Header::split(&other).unwrap_err();
        assert_eq!(
            error.to_string(),
            "version 2 of the header is not 1; both ECUs must be of one version"
        );
        let error = HeaderError::Short { bytes: 3 };
        assert_eq!(error.to_string(), "3 bytes are shorter than a header");
    }

    #[test]
    fn a_hash_is_sixteen_digits() {
        assert_eq!(type_hash("1122334455667788"), Some(HASH));
        for damaged in [
            "",
            "112233445566778",
            "11223344556677889",
            "+122334455667788",
        ] {
            assert_eq!(type_hash(damaged), None, "{damaged}");
        }
    }

    fn judged(values: &[(u32, u32)]) -> alloc::vec::Vec<Verdict> {
        let mut reception = Reception::new(HASH);
        let judge = |(start, sequence): &(u32, u32)| reception.judge(&header(*start, *sequence));
        values.iter().map(judge).collect()
    }

    const fn taken(lost: u32) -> Verdict {
        Verdict::Taken { lost }
    }

    #[test]
    fn gaps_and_repetitions_are_told() {
        let verdicts = judged(&[(1, 7), (1, 8), (1, 8), (1, 11), (1, 9), (1, 12)]);
        let repeated = Verdict::Repeated;
        let expected = [taken(0), taken(0), repeated, taken(2), repeated, taken(0)];
        assert_eq!(verdicts, expected);
    }

    #[test]
    fn a_count_goes_on_behind_its_highest() {
        let verdicts = judged(&[(1, u32::MAX - 1), (1, u32::MAX), (1, 0), (1, 2)]);
        assert_eq!(verdicts, [taken(0), taken(0), taken(0), taken(1)]);
    }

    #[test]
    fn a_sender_that_was_started_again_counts_anew() {
        let verdicts = judged(&[(1, 5_000), (2, 0), (2, 1), (0x0100_0002, 2)]);
        assert_eq!(verdicts, [taken(0), taken(0), taken(0), taken(0)]);
        // Also one that drew the same number: one in 16 million.
        let verdicts = judged(&[(1, 5_000), (1, 0), (1, 1)]);
        assert_eq!(verdicts, [taken(0), taken(0), taken(0)]);
    }

    #[test]
    fn another_type_is_told_and_changes_nothing() {
        let mut reception = Reception::new(HASH);
        let other = Header {
            type_hash: [0; 8],
            ..header(1, 100)
        };
        assert_eq!(reception.judge(&header(1, 1)), taken(0));
        assert_eq!(reception.judge(&other), Verdict::OtherType);
        assert_eq!(reception.judge(&header(1, 2)), taken(0));
    }
}

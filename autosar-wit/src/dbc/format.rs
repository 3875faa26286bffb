//! Which frames hold messages: classic ones, or those of CAN FD, whose lengths have steps.
//! Knows nothing of signals.
//!
//! Source: ISO 11898-1, table of data length codes; Vector's attributes VFrameFormat, CANFD_BRS and
//! BusType.

/// A classic frame holds so many bytes.
pub const CLASSIC_BYTES: u32 = 8;
/// A frame of CAN FD holds so many.
pub const FLEXIBLE_BYTES: u32 = 64;
/// What VFrameFormat calls the formats, by their numbers; the ones between have no name.
const STANDARD: u32 = 0;
const EXTENDED: u32 = 1;
const STANDARD_FLEXIBLE: u32 = 14;
const EXTENDED_FLEXIBLE: u32 = 15;

/// The shortest frame that holds so many bytes; what a longer one has besides are zeros.
pub fn frame_bytes(bytes: u32) -> Option<u8> {
    let lengths = (0..=8).chain([12, 16, 20, 24, 32, 48, 64]);
    let mut lengths = lengths.filter(|length| bytes <= u32::from(*length));
    lengths.next()
}

/// Where nothing says it: a message that only a frame of CAN FD holds.
pub(super) fn is_flexible_by_length(bytes: u32) -> bool {
    (CLASSIC_BYTES + 1..=FLEXIBLE_BYTES).contains(&bytes)
}

/// By a word of VFrameFormat: `StandardCAN_FD`, `ExtendedCAN_FD`.
pub(super) fn is_flexible_word(word: &str) -> bool {
    word.ends_with("CAN_FD")
}

/// The number of a message's format in the words of [`words`].
pub(super) fn number(extended: bool, flexible: bool) -> u32 {
    match (extended, flexible) {
        (false, false) => STANDARD,
        (true, false) => EXTENDED,
        (false, true) => STANDARD_FLEXIBLE,
        (true, true) => EXTENDED_FLEXIBLE,
    }
}

/// The words of VFrameFormat as other tools define them.
pub(super) fn words() -> String {
    let word = |number| match number {
        STANDARD => "StandardCAN",
        EXTENDED => "ExtendedCAN",
        3 => "J1939PG",
        STANDARD_FLEXIBLE => "StandardCAN_FD",
        EXTENDED_FLEXIBLE => "ExtendedCAN_FD",
        _ => "reserved",
    };
    let words = (0..=EXTENDED_FLEXIBLE).map(|number| format!("\"{}\"", word(number)));
    words.collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_of_can_fd_have_steps() {
        assert_eq!(frame_bytes(0), Some(0));
        assert_eq!(frame_bytes(8), Some(8));
        assert_eq!(frame_bytes(9), Some(12));
        assert_eq!(frame_bytes(25), Some(32));
        assert_eq!(frame_bytes(64), Some(64));
        assert_eq!(frame_bytes(65), None);
    }

    #[test]
    fn numbers_are_those_of_their_words() {
        let words = words();
        let words: Vec<&str> = words.split(',').map(|one| one.trim_matches('"')).collect();
        for (extended, flexible, word) in [
            (false, false, "StandardCAN"),
            (true, false, "ExtendedCAN"),
            (false, true, "StandardCAN_FD"),
            (true, true, "ExtendedCAN_FD"),
        ] {
            let number = number(extended, flexible) as usize;
            assert_eq!(words.get(number), Some(&word));
            assert_eq!(is_flexible_word(word), flexible);
        }
    }
}

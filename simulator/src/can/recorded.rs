//! Frames of a recording, line by line, classic and CAN FD: as `candump -l` writes them
//! (`(1436509052.249713) vcan0 044#2A36`, `… 123##1A0B`) and as `candump` prints them
//! (`(1436509052.249713)  vcan0  044   [2]  2A 36`, the time left out or not). Knows nothing of
//! buses that run. A frame counts here whose length no CAN FD frame has: signals are decoded all the same.
//!
//! Source: can-utils, `candump`, `candump -l` and `log2asc`.

use super::frame::{Frame, FrameError, Id, parse_bytes, parse_id};
use super::log::{LineError, parse_time};

/// Most data bytes of a CAN FD frame.
const FD_BYTES_MAX: usize = 64;

/// A frame that somebody has recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// As the log says it; 0 where it says none.
    pub time_ns: u64,
    pub bus: String,
    pub id: Id,
    /// It asks for data and has none.
    pub is_remote: bool,
    /// Up to 64 bytes.
    pub data: Vec<u8>,
}

/// The frame of a line; `None`: there is none, nor anything else.
pub fn line(text: &str) -> Result<Option<Recorded>, LineError> {
    let mut words = text.split_ascii_whitespace();
    let Some(first) = words.next() else {
        return Ok(None);
    };
    let (time_ns, bus) = match first.starts_with('(') {
        true => (parse_time(first)?, words.next().ok_or(LineError::Form)?),
        false => (0, first),
    };
    let frame = words.next().ok_or(LineError::Form)?;
    let (id, is_remote, data) = match frame.contains('#') {
        true => {
            // `candump -x` adds the direction.
            match (words.next(), words.next()) {
                (None | Some("R" | "T"), None) => compact(frame)?,
                _ => return Err(LineError::Form),
            }
        }
        false => printed(frame, words)?,
    };
    Ok(Some(Recorded {
        time_ns,
        bus: bus.to_owned(),
        id,
        is_remote,
        data,
    }))
}

type Content = (Id, bool, Vec<u8>);

/// `123#0102`, `123#R4`, `123##1` (a digit of flags) `0102…`.
fn compact(text: &str) -> Result<Content, FrameError> {
    let Some((id, rest)) = text.split_once("##") else {
        let frame: Frame = text.parse()?;
        return Ok((frame.id(), frame.is_remote(), frame.bytes().to_vec()));
    };
    let flags = rest.chars().next().filter(char::is_ascii_hexdigit);
    let (Some(_), Some(data)) = (flags, rest.get(1..)) else {
        return Err(FrameError::DataDigits {
            text: rest.to_owned(),
        });
    };
    Ok((parse_id(id)?, false, fd_bytes(data)?))
}

/// `123`, then `[2]` and `01 02`, or `remote request`.
fn printed<'a>(id: &str, mut words: impl Iterator<Item = &'a str>) -> Result<Content, LineError> {
    let id = parse_id(id)?;
    let length = words.next().ok_or(LineError::Form)?;
    let length = length
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    let length: usize = length
        .and_then(|text| text.parse().ok())
        .ok_or(LineError::Form)?;
    let words: Vec<&str> = words.collect();
    if words == ["remote", "request"] {
        return Ok((id, true, Vec::new()));
    }
    // `candump -a` adds the bytes as text in quotes.
    let data = words.get(..length).ok_or(LineError::Form)?;
    if words
        .get(length)
        .is_some_and(|next| !next.starts_with('\''))
    {
        return Err(LineError::Form);
    }
    Ok((id, false, fd_bytes(&data.concat())?))
}

fn fd_bytes(text: &str) -> Result<Vec<u8>, FrameError> {
    let data = parse_bytes(text)?;
    match data.len() {
        length if length > FD_BYTES_MAX => Err(FrameError::LengthFd { length }),
        _ => Ok(data),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Recorded {
        line(text).unwrap().unwrap()
    }

    #[test]
    fn all_forms_of_candump_are_read() {
        let classic = read("(1436509052.249713) vcan0 044#2A36 R");
        assert_eq!(
            (
                classic.time_ns,
                classic.bus.as_str(),
                classic.data.as_slice()
            ),
            (1_436_509_052_249_713_000, "vcan0", &[0x2a, 0x36][..])
        );
        for text in [
            "(1436509052.249713)  vcan0  044   [2]  2A 36",
            "(1436509052.249713)  vcan0  044   [2]  2A 36   '*6'",
        ] {
            assert_eq!(read(text), classic, "{text}");
        }
        let timeless = read("  vcan0  18DAF110   [03]  01 02 03");
        assert_eq!((timeless.time_ns, timeless.id.is_extended()), (0, true));
        let flexible = read(&format!("(0.5) can1 123##1{}", "A0".repeat(64)));
        assert_eq!(flexible.data, [0xa0; 64]);
        assert!(read("(0.5) can1 123#R4").is_remote);
        assert!(read("can1 123 [4] remote request").is_remote);
        assert_eq!(line(" \t"), Ok(None));
    }

    #[test]
    fn others_are_refused_with_a_reason() {
        let refusal = |text: &str| line(text).unwrap_err().to_string();
        for text in [
            "(0.5)",
            "(0.5) can1",
            "can1 123 [2] 01",
            "can1 123 [1] 01 02",
            "can1 123 2 01 02",
            "(0.5) can1 123#00 Q",
        ] {
            assert_eq!(
                refusal(text),
                "the line needs `(seconds.fraction) bus frame`",
                "{text}"
            );
        }
        assert_eq!(
            refusal(&format!("(0.5) can1 123##1{}", "00".repeat(65))),
            "65 data bytes are too many; a CAN FD frame has 64 at most"
        );
        assert_eq!(
            refusal("(0.5) can1 123##"),
            "data `` needs pairs of hexadecimal digits, or `R` and a length from 0 to 8"
        );
        assert_eq!(
            refusal("(0.5) can1 12#00"),
            "id `12` needs 3 hexadecimal digits (standard) or 8 (extended)"
        );
    }
}

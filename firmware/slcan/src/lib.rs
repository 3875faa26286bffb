//! CAN frames as ASCII lines over a serial line: the protocol of LAWICEL's CAN232 (manual, version
//! 3), which python-can and Linux call `slcan`. This is the adapter's side. Knows nothing of what
//! carries the bytes.
//!
//! ```text
//! tiiildd…\r        11-bit identifier in 3 digits, length, data     answered by z\r
//! Tiiiiiiiildd…\r   29-bit identifier in 8 digits                   answered by Z\r
//! riiil\r R…\r      remote frames: no data
//! V\r N\r           version, serial number
//! O\r C\r Sn\r …    answered by \r; the channel is always open, and the bit rate the system's
//! ```
//! What is none of this is answered by BEL.
#![cfg_attr(not(test), no_std)]

/// Bytes of the longest line, its end included.
pub const LINE_BYTES: usize = 28;

/// A classic CAN frame.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Frame {
    /// 11 or 29 bits.
    pub id: u32,
    pub extended: bool,
    pub remote: bool,
    /// 0 to 8.
    pub length: u8,
    /// The first `length` bytes count; none of a remote frame.
    pub bytes: [u8; 8],
}

impl Frame {
    /// The payload.
    pub fn data(&self) -> &[u8] {
        self.bytes
            .get(..usize::from(self.length))
            .unwrap_or(&self.bytes)
    }
}

/// A line that is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    bytes: [u8; LINE_BYTES],
    length: usize,
}

impl Line {
    /// The line of a frame, with its end.
    pub fn of(frame: &Frame) -> Line {
        let mut line = Line {
            bytes: [0; LINE_BYTES],
            length: 0,
        };
        line.push(match (frame.extended, frame.remote) {
            (false, false) => b't',
            (true, false) => b'T',
            (false, true) => b'r',
            (true, true) => b'R',
        });
        let digits = if frame.extended { 8 } else { 3 };
        for digit in (0..digits).rev() {
            line.push(hexadecimal((frame.id >> (4 * digit)) as u8 & 15));
        }
        line.push(hexadecimal(frame.length.min(8)));
        if !frame.remote {
            for byte in frame.data() {
                line.push(hexadecimal(byte >> 4));
                line.push(hexadecimal(byte & 15));
            }
        }
        line.push(END);
        line
    }

    fn push(&mut self, byte: u8) {
        if let Some(place) = self.bytes.get_mut(self.length) {
            *place = byte;
            self.length += 1;
        }
    }

    /// What goes over the line.
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }
}

/// What a line that came in says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// A frame for the bus.
    Frame(Frame),
    /// Something that is only answered.
    Other,
    /// No command.
    Unknown,
}

impl Command {
    /// What the adapter answers.
    pub fn answer(&self) -> &'static [u8] {
        match self {
            Command::Frame(frame) if frame.extended => b"Z\r",
            Command::Frame(_) => b"z\r",
            Command::Other => b"\r",
            Command::Unknown => b"\x07",
        }
    }
}

const END: u8 = b'\r';

/// Gathers bytes into lines.
#[derive(Debug, Clone, Default)]
pub struct Decoder {
    line: [u8; LINE_BYTES],
    length: usize,
}

impl Decoder {
    /// The command that this byte ends, if it ends one. Line feeds and empty lines are skipped.
    pub fn put(&mut self, byte: u8) -> Option<Command> {
        match byte {
            b'\n' => None,
            END => {
                let length = core::mem::take(&mut self.length);
                match self.line.get(..length) {
                    Some([]) => None,
                    Some(line) => Some(command(line)),
                    None => Some(Command::Unknown),
                }
            }
            byte => {
                // A line that is too long keeps counting, so that its end is seen as an error.
                if let Some(place) = self.line.get_mut(self.length) {
                    *place = byte;
                }
                self.length = (self.length + 1).min(LINE_BYTES + 1);
                None
            }
        }
    }
}

fn command(line: &[u8]) -> Command {
    let Some((kind, rest)) = line.split_first() else {
        return Command::Unknown;
    };
    let (extended, remote) = match kind {
        b't' => (false, false),
        b'T' => (true, false),
        b'r' => (false, true),
        b'R' => (true, true),
        b'O' | b'C' | b'L' | b'S' | b's' | b'F' | b'V' | b'N' | b'Z' | b'M' | b'm' | b'X' => {
            return Command::Other;
        }
        _ => return Command::Unknown,
    };
    frame(rest, extended, remote).map_or(Command::Unknown, Command::Frame)
}

fn frame(rest: &[u8], extended: bool, remote: bool) -> Option<Frame> {
    let (id, rest) = rest.split_at_checked(if extended { 8 } else { 3 })?;
    let id = number(id)?;
    let (length, data) = rest.split_first()?;
    let length = digit(*length)?;
    let highest = if extended {
        (1 << 29) - 1
    } else {
        (1 << 11) - 1
    };
    let expected = if remote { 0 } else { 2 * usize::from(length) };
    // A time stamp of four digits may follow what an adapter has received; none is sent to one.
    if id > highest || length > 8 || data.len() != expected {
        return None;
    }
    let mut bytes = [0; 8];
    for (place, pair) in bytes.iter_mut().zip(data.chunks_exact(2)) {
        *place = number(pair)? as u8;
    }
    Some(Frame {
        id,
        extended,
        remote,
        length,
        bytes,
    })
}

fn number(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0, |number, byte| {
        Some(number << 4 | u32::from(digit(*byte)?))
    })
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).map(|digit| digit as u8)
}

fn hexadecimal(digit: u8) -> u8 {
    match digit {
        0..=9 => b'0' + digit,
        _ => b'A' + digit - 10,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panics")]
mod tests {
    use super::*;

    fn commands(text: &str) -> Vec<Command> {
        let mut decoder = Decoder::default();
        text.bytes().filter_map(|byte| decoder.put(byte)).collect()
    }

    fn frame(id: u32, data: &[u8]) -> Frame {
        let mut bytes = [0; 8];
        bytes[..data.len()].copy_from_slice(data);
        Frame {
            id,
            length: data.len() as u8,
            bytes,
            ..Frame::default()
        }
    }

    #[test]
    fn a_frame_is_the_line_of_the_manual() {
        // LAWICEL CAN232 manual, version 3, command t: "t10021133[CR]".
        assert_eq!(
            Line::of(&frame(0x100, &[0x11, 0x33])).as_bytes(),
            b"t10021133\r"
        );
        let extended = Frame {
            extended: true,
            ..frame(0x1234_5678, &[0xab])
        };
        assert_eq!(Line::of(&extended).as_bytes(), b"T123456781AB\r");
        let remote = Frame {
            remote: true,
            length: 8,
            ..Frame::default()
        };
        assert_eq!(Line::of(&remote).as_bytes(), b"r0008\r");
    }

    #[test]
    fn what_is_written_is_read_again() {
        for extended in [false, true] {
            for remote in [false, true] {
                for length in 0..=8 {
                    let frame = Frame {
                        extended,
                        remote,
                        ..frame(0x7ff, &[0xc5; 8][..length])
                    };
                    let frame = match remote {
                        true => Frame {
                            bytes: [0; 8],
                            ..frame
                        },
                        false => frame,
                    };
                    let line = Line::of(&frame);
                    let text = core::str::from_utf8(line.as_bytes()).unwrap();
                    assert_eq!(commands(text), [Command::Frame(frame)]);
                }
            }
        }
    }

    #[test]
    fn what_opens_a_channel_is_answered() {
        let found = commands("\rC\rS6\r\nO\r\n\r");
        assert_eq!(found, [Command::Other; 3]);
        assert_eq!(Command::Other.answer(), b"\r");
    }

    #[test]
    fn what_is_no_command_is_answered_by_bel() {
        let long = format!("t1238{}\r", "0".repeat(40));
        for wrong in [
            "t12\r",
            "t1239\r",
            "t1231\r",
            "t123100ff\r",
            "t80000\r",
            "T200000000\r",
            "t1z30\r",
            "t12310g\r",
            "?\r",
            "r123100\r",
            &long,
        ] {
            let found = commands(wrong);
            assert_eq!(found, [Command::Unknown], "{wrong}");
        }
        assert_eq!(Command::Unknown.answer(), b"\x07");
        // and the next line is whole again
        assert_eq!(commands(&(long + "t1000\r")).len(), 2);
    }
}

//! A line of text of at most 32 bytes, and decimal numbers in it: the formatting of the core
//! library would be the largest part of this component. Knows nothing of what is shown.

/// Bytes on the display.
pub const CAPACITY: usize = 32;
/// Numbers are shown up to here: five digits with their sign keep every line within its bytes.
const LARGEST_TENTHS: f32 = 9999.0;

/// What is pushed beyond the capacity is cut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    bytes: [u8; CAPACITY],
    length: usize,
}

impl Line {
    pub const fn new() -> Self {
        Self {
            bytes: [0; CAPACITY],
            length: 0,
        }
    }

    pub fn as_str(&self) -> &str {
        let text = self.bytes.get(..self.length).unwrap_or_default();
        // Only ASCII is ever pushed by this crate; a cut letter shows as nothing.
        core::str::from_utf8(text).unwrap_or_default()
    }

    pub fn push(&mut self, text: &str) {
        for byte in text.bytes() {
            self.push_byte(byte);
        }
    }

    /// One digit after the point, half away from zero; not a number shows as 0.
    pub fn push_tenths(&mut self, value: f32) {
        let tenths = rounded(value * 10.0);
        if tenths < 0 {
            self.push_byte(b'-');
        }
        self.push_digits(tenths.unsigned_abs() / 10);
        self.push_byte(b'.');
        self.push_digits(tenths.unsigned_abs() % 10);
    }

    /// No digit after the point.
    pub fn push_whole(&mut self, value: f32) {
        let whole = rounded(value);
        if whole < 0 {
            self.push_byte(b'-');
        }
        self.push_digits(whole.unsigned_abs());
    }

    fn push_digits(&mut self, value: u32) {
        if value >= 10 {
            self.push_digits(value / 10);
        }
        self.push_byte(b'0' + (value % 10) as u8);
    }

    fn push_byte(&mut self, byte: u8) {
        if let Some(slot) = self.bytes.get_mut(self.length) {
            *slot = byte;
            self.length += 1;
        }
    }
}

impl Default for Line {
    fn default() -> Self {
        Self::new()
    }
}

fn rounded(value: f32) -> i32 {
    let half = if value < 0.0 { -0.5 } else { 0.5 };
    (value + half).clamp(-LARGEST_TENTHS, LARGEST_TENTHS) as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_off() {
        let mut line = Line::new();
        for _ in 0..9 {
            line.push("12345");
        }
        assert_eq!(line.as_str().len(), CAPACITY);
    }

    #[test]
    fn rounds() {
        let shown = |value| {
            let mut line = Line::new();
            line.push_tenths(value);
            line
        };
        assert_eq!(shown(0.05).as_str(), "0.1");
        assert_eq!(shown(-0.04).as_str(), "0.0");
        assert_eq!(shown(-12.34).as_str(), "-12.3");
        assert_eq!(shown(f32::NAN).as_str(), "0.0");
        assert_eq!(shown(1e9).as_str(), "999.9");
    }
}

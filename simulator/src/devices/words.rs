//! Registers of two bytes, the high one first, behind a pointer byte, as several sensors have them.
//! Knows no register.

/// Which byte of which register the bus is at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pointer {
    /// The bits of the pointer byte that count.
    mask: u8,
    register: u8,
    /// Of the register; none before the pointer byte of a write.
    position: Option<u8>,
}

impl Pointer {
    /// At the first register, as after power-up.
    pub(super) fn new(mask: u8) -> Pointer {
        Pointer {
            mask,
            register: 0,
            position: None,
        }
    }

    /// What is still written in this transfer goes nowhere.
    pub(super) fn ignore_rest(&mut self) {
        self.position = Some(u8::MAX);
    }

    /// The next byte written is the pointer.
    pub(super) fn begin_write(&mut self) {
        self.position = None;
    }

    /// Reading starts with the first byte of the register.
    pub(super) fn begin_read(&mut self) {
        self.position = Some(0);
    }

    /// Takes a written byte: either it was the pointer, or it goes to (register, position).
    pub(super) fn write(&mut self, byte: u8) -> Option<(u8, u8)> {
        match self.position {
            Some(u8::MAX) => None,
            Some(_) => Some(self.step()),
            None => {
                (self.register, self.position) = (byte & self.mask, Some(0));
                None
            }
        }
    }

    /// Where the next byte is; moves on.
    pub(super) fn step(&mut self) -> (u8, u8) {
        let position = self.position.unwrap_or(0);
        self.position = Some(position.saturating_add(1).min(u8::MAX - 1));
        (self.register, position)
    }
}

/// The register with one of its bytes replaced.
pub(super) fn with_byte(register: u16, position: u8, byte: u8) -> u16 {
    let [high, low] = register.to_be_bytes();
    u16::from_be_bytes(if position == 0 {
        [byte, low]
    } else {
        [high, byte]
    })
}

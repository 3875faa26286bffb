//! A controller of SPI (RM0386, "Serial peripheral interface"), 8 bits at a time, polled. Chip
//! select is the board's.

use embedded_hal::spi::{Error, ErrorKind, ErrorType, MODE_0, Mode, Phase, Polarity, SpiBus};
use stm32f4::stm32f469::spi1::RegisterBlock;

use crate::wait;

/// Polls until a byte must be through: at the slowest clock (APB1 / 256) that takes 46 µs.
const WITHIN: u32 = 100_000;

/// Which bit of a byte goes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BitOrder {
    MostSignificantFirst,
    LeastSignificantFirst,
}

/// How a device wants to be spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Config {
    /// At most.
    pub clock_hz: u32,
    pub mode: Mode,
    pub order: BitOrder,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            clock_hz: 1_000_000,
            mode: MODE_0,
            order: BitOrder::MostSignificantFirst,
        }
    }
}

/// CR1.BR: the controller's clock divided by 2 to the power of this and one. The fastest that is not
/// above `wanted_hz`; none where even a 256th is.
pub fn divider(clock_hz: u32, wanted_hz: u32) -> Option<u8> {
    (0..8).find(|divider| clock_hz >> (divider + 1) <= wanted_hz)
}

/// A controller.
#[derive(Debug)]
pub struct Spi {
    registers: &'static RegisterBlock,
    clock_hz: u32,
}

/// What went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpiError {
    /// A byte came before the one before was taken.
    Overrun,
    /// Another controller drives the bus.
    ModeFault,
    /// The controller does not answer.
    Stuck,
}

impl Error for SpiError {
    fn kind(&self) -> ErrorKind {
        match self {
            SpiError::Overrun => ErrorKind::Overrun,
            SpiError::ModeFault => ErrorKind::ModeFault,
            SpiError::Stuck => ErrorKind::Other,
        }
    }
}

/// The device asks for a slower clock than the controller has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooSlow {
    /// The slowest that there is.
    pub slowest_hz: u32,
}

impl Spi {
    /// One that is clocked by `clock_hz`; not set up yet.
    pub const fn new(registers: &'static RegisterBlock, clock_hz: u32) -> Spi {
        Spi {
            registers,
            clock_hz,
        }
    }

    /// Speaks this way from now on. Lines rest at the mode's level once this has returned.
    pub fn configure(&mut self, config: &Config) -> Result<(), TooSlow> {
        let slowest_hz = self.clock_hz >> 8;
        let divider = divider(self.clock_hz, config.clock_hz).ok_or(TooSlow { slowest_hz })?;
        self.registers.cr1().write(|cr1| cr1.spe().clear_bit());
        self.registers.cr1().write(|cr1| {
            // SAFETY: three bits.
            unsafe { cr1.br().bits(divider) };
            cr1.mstr().set_bit().ssm().set_bit().ssi().set_bit();
            cr1.cpol().bit(config.mode.polarity == Polarity::IdleHigh);
            cr1.cpha()
                .bit(config.mode.phase == Phase::CaptureOnSecondTransition);
            cr1.lsbfirst()
                .bit(config.order == BitOrder::LeastSignificantFirst);
            cr1.spe().set_bit()
        });
        Ok(())
    }

    /// Sends one byte and gives the one that comes in meanwhile.
    fn exchange(&mut self, byte: u8) -> Result<u8, SpiError> {
        let registers = self.registers;
        if !wait(WITHIN, || registers.sr().read().txe().bit_is_set()) {
            return Err(self.error());
        }
        // SAFETY: in 8-bit format the upper half is not used.
        registers
            .dr()
            .write(|dr| unsafe { dr.bits(u16::from(byte)) });
        if !wait(WITHIN, || registers.sr().read().rxne().bit_is_set()) {
            return Err(self.error());
        }
        let received = registers.dr().read().bits() as u8;
        match registers.sr().read() {
            status if status.ovr().bit_is_set() || status.modf().bit_is_set() => Err(self.error()),
            _ => Ok(received),
        }
    }

    /// Which error the status shows; clears it. A mode fault has switched the controller off.
    fn error(&mut self) -> SpiError {
        let status = self.registers.sr().read();
        if status.modf().bit_is_set() {
            self.registers
                .cr1()
                .modify(|_, cr1| cr1.mstr().set_bit().spe().set_bit());
            return SpiError::ModeFault;
        }
        let _taken = self.registers.dr().read().bits();
        match status.ovr().bit_is_set() {
            true => SpiError::Overrun,
            false => SpiError::Stuck,
        }
    }
}

impl ErrorType for Spi {
    type Error = SpiError;
}

impl SpiBus for Spi {
    fn read(&mut self, words: &mut [u8]) -> Result<(), SpiError> {
        for word in words {
            *word = self.exchange(0)?;
        }
        Ok(())
    }

    fn write(&mut self, words: &[u8]) -> Result<(), SpiError> {
        for word in words {
            self.exchange(*word)?;
        }
        Ok(())
    }

    fn transfer(&mut self, read: &mut [u8], write: &[u8]) -> Result<(), SpiError> {
        let count = read.len().max(write.len());
        for position in 0..count {
            let received = self.exchange(write.get(position).copied().unwrap_or(0))?;
            if let Some(place) = read.get_mut(position) {
                *place = received;
            }
        }
        Ok(())
    }

    fn transfer_in_place(&mut self, words: &mut [u8]) -> Result<(), SpiError> {
        for word in words {
            *word = self.exchange(*word)?;
        }
        Ok(())
    }

    /// Until the last bit has left the line: only then chip select may rise.
    fn flush(&mut self) -> Result<(), SpiError> {
        match wait(WITHIN, || self.registers.sr().read().bsy().bit_is_clear()) {
            true => Ok(()),
            false => Err(SpiError::Stuck),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::block_of_zeroes;
    use embedded_hal::spi::MODE_3;

    #[test]
    fn the_clock_is_the_fastest_that_is_not_too_fast() {
        for (wanted_hz, expected) in [
            (45_000_000, Some(0)),
            (22_500_000, Some(0)),
            (22_499_999, Some(1)),
            (1_000_000, Some(5)),
            (175_782, Some(7)),
            (175_000, None),
            (0, None),
        ] {
            assert_eq!(divider(45_000_000, wanted_hz), expected, "{wanted_hz}");
        }
    }

    /// RM0386, SPI_CR1: CPHA 0, CPOL 1, MSTR 2, BR 5 to 3, SPE 6, LSBFIRST 7, SSI 8, SSM 9.
    #[test]
    fn the_settings_are_the_manuals() {
        let registers = block_of_zeroes::<RegisterBlock>();
        let mut spi = Spi::new(registers, 45_000_000);
        assert_eq!(spi.configure(&Config::default()), Ok(()));
        assert_eq!(registers.cr1().read().bits(), 0b11_0110_1100);
        let config = Config {
            clock_hz: 30_000_000,
            mode: MODE_3,
            order: BitOrder::LeastSignificantFirst,
        };
        assert_eq!(spi.configure(&config), Ok(()));
        assert_eq!(registers.cr1().read().bits(), 0b11_1100_0111);
        let slow = Config {
            clock_hz: 100_000,
            ..config
        };
        let slowest_hz = 175_781;
        assert_eq!(spi.configure(&slow), Err(TooSlow { slowest_hz }));
    }

    /// Memory never says that it can send.
    #[test]
    fn a_controller_that_does_not_answer_is_told() {
        let mut spi = Spi::new(block_of_zeroes(), 45_000_000);
        assert_eq!(spi.write(&[1]), Err(SpiError::Stuck));
        assert_eq!(SpiError::Stuck.kind(), ErrorKind::Other);
        assert_eq!(spi.read(&mut [0]), Err(SpiError::Stuck));
        assert_eq!(spi.transfer(&mut [], &[]), Ok(()));
    }
}

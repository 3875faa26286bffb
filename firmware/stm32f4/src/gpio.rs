//! Pins of one port (RM0386, "General-purpose I/Os"). Knows no board's wiring.

use stm32f4::stm32f469::gpiok::RegisterBlock;

/// What a pin does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    Input,
    Output,
    /// Pulls its line low or lets it go.
    OpenDrain,
    /// Belongs to a device, by the number of its function (data sheet, table "Alternate function").
    Alternate(u8),
    /// The digital side is off: for a converter, or not used at all.
    Analog,
}

/// A resistor within the controller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pull {
    None,
    Up,
    Down,
}

/// The level at a pin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    Low,
    High,
}

/// Sets a pin up. An output keeps the level that was written before: write it first.
pub fn set_up(port: &RegisterBlock, number: u8, kind: Use, pull: Pull) {
    let (mode, open_drain, function) = match kind {
        Use::Input => (0, 0, 0),
        Use::Output => (1, 0, 0),
        Use::OpenDrain => (1, 1, 0),
        Use::Alternate(function) => (2, 0, u32::from(function & 15)),
        Use::Analog => (3, 0, 0),
    };
    let pull = match pull {
        Pull::None => 0,
        Pull::Up => 1,
        Pull::Down => 2,
    };
    // SAFETY, of all: two bits (four of the function, one of the type) of this pin alone.
    port.otyper()
        .modify(|now, write| unsafe { write.bits(field(now.bits(), number, 1, open_drain)) });
    port.pupdr()
        .modify(|now, write| unsafe { write.bits(field(now.bits(), number, 2, pull)) });
    // Medium speed: 25 MHz, which is enough for SPI, CAN and I2C and spares the supply.
    port.ospeedr()
        .modify(|now, write| unsafe { write.bits(field(now.bits(), number, 2, 1)) });
    match number & 15 {
        low @ 0..8 => port
            .afrl()
            .modify(|now, write| unsafe { write.bits(field(now.bits(), low, 4, function)) }),
        high => port
            .afrh()
            .modify(|now, write| unsafe { write.bits(field(now.bits(), high - 8, 4, function)) }),
    };
    port.moder()
        .modify(|now, write| unsafe { write.bits(field(now.bits(), number, 2, mode)) });
}

fn field(now: u32, number: u8, bits: u32, value: u32) -> u32 {
    let shift = u32::from(number & 15) * bits;
    let mask = ((1 << bits) - 1) << shift;
    now & !mask | value << shift
}

/// Drives an output; in one access, so that no other pin of the port is touched.
pub fn write(port: &RegisterBlock, number: u8, level: Level) {
    let bit = 1_u32 << (number & 15);
    let value = match level {
        Level::High => bit,
        Level::Low => bit << 16,
    };
    // SAFETY: sets or resets this pin.
    port.bsrr().write(|bsrr| unsafe { bsrr.bits(value) });
}

/// The level at the pin.
pub fn read(port: &RegisterBlock, number: u8) -> Level {
    match port.idr().read().bits() >> (number & 15) & 1 {
        0 => Level::Low,
        _ => Level::High,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::block_of_zeroes;

    #[test]
    fn a_pin_is_set_up_and_its_neighbours_are_left() {
        let port = block_of_zeroes::<RegisterBlock>();
        for number in 0..16 {
            set_up(port, number, Use::Analog, Pull::Down);
        }
        set_up(port, 13, Use::Alternate(9), Pull::Up);
        assert_eq!(
            port.moder().read().bits(),
            0xfbff_ffff,
            "10 in bits 27 and 26"
        );
        assert_eq!(port.pupdr().read().bits(), 0xa6aa_aaaa);
        assert_eq!(port.afrh().read().bits(), 9 << 20);
        assert_eq!(port.afrl().read().bits(), 0);
        set_up(port, 5, Use::Alternate(9), Pull::Up);
        assert_eq!(port.afrl().read().bits(), 9 << 20);
        set_up(port, 13, Use::OpenDrain, Pull::None);
        assert_eq!(port.otyper().read().bits(), 1 << 13);
        assert_eq!(port.afrh().read().bits(), 0);
        set_up(port, 13, Use::Input, Pull::None);
        assert_eq!(port.otyper().read().bits(), 0);
        assert_eq!(port.moder().read().bits() >> 26 & 3, 0);
    }

    #[test]
    fn a_level_is_written_by_one_access() {
        let port = block_of_zeroes::<RegisterBlock>();
        write(port, 6, Level::High);
        assert_eq!(
            port.bsrr().as_ptr() as usize,
            port as *const _ as usize + 0x18
        );
        assert_eq!(unsafe { port.bsrr().as_ptr().read_volatile() }, 1 << 6);
        write(port, 6, Level::Low);
        assert_eq!(unsafe { port.bsrr().as_ptr().read_volatile() }, 1 << 22);
        assert_eq!(read(port, 6), Level::Low);
    }
}

//! Which pin of the controller is what on the Discovery board (ST UM1932; data sheet of the
//! STM32F469, table "Alternate function").

use stm32f4_drivers::{
    gpio::{self, Level, Pull, Use},
    pac::{self, gpiok},
};

/// A pin of the controller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pin {
    port: u8,
    number: u8,
}

const fn pin(port: u8, number: u8) -> Pin {
    Pin {
        port: port - b'A',
        number,
    }
}

/// ST-LINK's serial line: USART3.
pub(crate) const LOG: [Pin; 2] = [pin(b'B', 10), pin(b'B', 11)];
pub(crate) const USART3: Use = Use::Alternate(7);
/// D1 and D0 of the Arduino header: USART6.
pub(crate) const LINK: [Pin; 2] = [pin(b'G', 14), pin(b'G', 9)];
pub(crate) const USART6: Use = Use::Alternate(8);
/// CAN2 on CN12: receives, transmits.
pub(crate) const CAN_2: [Pin; 2] = [pin(b'B', 5), pin(b'B', 13)];
/// CAN1 on D15 and D14 of the Arduino header, in place of I2C.
pub(crate) const CAN_1: [Pin; 2] = [pin(b'B', 8), pin(b'B', 9)];
pub(crate) const CAN: Use = Use::Alternate(9);
/// D15 and D14: clock and data.
pub(crate) const I2C: [Pin; 2] = [pin(b'B', 8), pin(b'B', 9)];

/// D13, D12, D11: clock, in, out of SPI2; D10 selects.
pub(crate) const SPI: [Pin; 3] = [pin(b'D', 3), pin(b'B', 14), pin(b'B', 15)];
pub(crate) const SPI_2: Use = Use::Alternate(5);
pub(crate) const SPI_SELECT: Pin = pin(b'H', 6);
/// D2 to D9, the four lamps LD1 to LD4, the button B1.
pub(crate) const DIGITAL: [Pin; 13] = [
    pin(b'G', 15),
    pin(b'A', 1),
    pin(b'G', 12),
    pin(b'A', 2),
    pin(b'A', 6),
    pin(b'G', 11),
    pin(b'G', 10),
    pin(b'A', 7),
    pin(b'G', 6),
    pin(b'D', 4),
    pin(b'D', 5),
    pin(b'K', 3),
    pin(b'A', 0),
];
/// A0 to A5, with the channels of ADC1.
pub(crate) const ANALOG: [(Pin, u8); 6] = [
    (pin(b'B', 1), 9),
    (pin(b'C', 2), 12),
    (pin(b'C', 3), 13),
    (pin(b'C', 4), 14),
    (pin(b'C', 5), 15),
    (pin(b'A', 4), 4),
];

impl Pin {
    fn registers(self) -> &'static gpiok::RegisterBlock {
        let first = pac::GPIOA::ptr() as usize;
        let address = first + 0x400 * usize::from(self.port);
        // SAFETY: RM0386, table 1: the ports A to K stand every 0x400 bytes and have one form.
        unsafe { &*(address as *const gpiok::RegisterBlock) }
    }

    /// Sets it up.
    pub(crate) fn set_up(self, kind: Use, pull: Pull) {
        gpio::set_up(self.registers(), self.number, kind, pull);
    }

    pub(crate) fn write(self, level: Level) {
        gpio::write(self.registers(), self.number, level);
    }

    pub(crate) fn read(self) -> Level {
        gpio::read(self.registers(), self.number)
    }
}

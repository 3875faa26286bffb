//! SPI on the Arduino header: one controller, one chip select.

use alloc::string::ToString;

use cortex_m::asm::delay;
use ecu_host::board::{BitOrder, SpiConfig, SpiError, SpiMode, SpiOperation};
use embedded_hal::spi::{Error, ErrorKind, MODE_0, MODE_1, MODE_2, MODE_3, SpiBus};
use stm32f4_drivers::{
    gpio::{Level, Pull, Use},
    spi::{self, Spi},
};

use crate::{machine, pins};

/// The controller with its pins.
pub(crate) struct Header {
    spi: Spi,
}

impl Header {
    /// Takes the pins.
    pub(crate) fn take() -> Header {
        pins::SPI_SELECT.write(Level::High);
        pins::SPI_SELECT.set_up(Use::Output, Pull::None);
        for pin in pins::SPI {
            pin.set_up(pins::SPI_2, Pull::None);
        }
        Header {
            spi: Spi::new(machine::spi_controller(), machine::APB1_HZ),
        }
    }

    /// One transaction with the device selected all the while.
    pub(crate) fn transaction(
        &mut self,
        config: &SpiConfig,
        operations: &mut [SpiOperation],
    ) -> Result<(), SpiError> {
        self.spi.configure(&settings(config)).map_err(|too_slow| {
            SpiError::Other(alloc::format!(
                "the slowest clock of the board is {} Hz",
                too_slow.slowest_hz
            ))
        })?;
        pins::SPI_SELECT.write(Level::Low);
        let done = operations
            .iter_mut()
            .try_for_each(|operation| self.operate(operation));
        let flushed = self.spi.flush();
        pins::SPI_SELECT.write(Level::High);
        done.and(flushed).map_err(|error| spi_error(error.kind()))
    }

    fn operate(&mut self, operation: &mut SpiOperation) -> Result<(), spi::SpiError> {
        match operation {
            SpiOperation::Read(bytes) => self.spi.read(bytes),
            SpiOperation::Write(bytes) => self.spi.write(bytes),
            SpiOperation::Transfer(bytes) => self.spi.transfer_in_place(bytes),
            SpiOperation::DelayNs(ns) => {
                self.spi.flush()?;
                let cycles = u64::from(*ns) * u64::from(machine::CORE_HZ / 1_000_000);
                delay(cycles.div_ceil(1_000) as u32);
                Ok(())
            }
        }
    }
}

fn settings(config: &SpiConfig) -> spi::Config {
    spi::Config {
        clock_hz: config.clock_hz,
        mode: match config.mode {
            SpiMode::Mode0 => MODE_0,
            SpiMode::Mode1 => MODE_1,
            SpiMode::Mode2 => MODE_2,
            SpiMode::Mode3 => MODE_3,
        },
        order: match config.bit_order {
            BitOrder::MostSignificantFirst => spi::BitOrder::MostSignificantFirst,
            BitOrder::LeastSignificantFirst => spi::BitOrder::LeastSignificantFirst,
        },
    }
}

fn spi_error(kind: ErrorKind) -> SpiError {
    match kind {
        ErrorKind::Overrun => SpiError::Overrun,
        ErrorKind::ModeFault => SpiError::ModeFault,
        ErrorKind::FrameFormat => SpiError::FrameFormat,
        ErrorKind::ChipSelectFault => SpiError::ChipSelectFault,
        _ => SpiError::Other("the controller does not answer".to_string()),
    }
}

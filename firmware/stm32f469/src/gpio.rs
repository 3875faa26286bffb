//! What partitions may use of the board's pins, in the order in which a system's pins get them.
//! Knows no names: those are the system's.

use ecu_host::board::{GpioError, Level, PinConfig, PinDirection, PinKind, Pull};
use stm32f4_drivers::{
    adc,
    gpio::{self, Use},
};

use crate::{
    machine,
    pins::{ANALOG, DIGITAL},
};

/// Sets a pin up.
pub(crate) fn set_up(number: usize, config: &PinConfig) -> Result<(), GpioError> {
    let pull = match config.pull {
        None => gpio::Pull::None,
        Some(Pull::Up) => gpio::Pull::Up,
        Some(Pull::Down) => gpio::Pull::Down,
    };
    match (config.kind, config.direction) {
        (PinKind::Digital, direction) => {
            let pin = DIGITAL.get(number).ok_or(GpioError::UndefinedPinLabel)?;
            let kind = match direction {
                PinDirection::In => Use::Input,
                PinDirection::Out => Use::Output,
                // Let go, it is what others make of it.
                PinDirection::InOut => Use::OpenDrain,
            };
            if direction != PinDirection::Out {
                pin.write(gpio::Level::High);
            }
            pin.set_up(kind, pull);
            Ok(())
        }
        (PinKind::Analog { .. }, PinDirection::In) => {
            let (pin, _) = ANALOG.get(number).ok_or(GpioError::UndefinedPinLabel)?;
            pin.set_up(Use::Analog, gpio::Pull::None);
            Ok(())
        }
        (PinKind::Analog { .. }, _) => Err(GpioError::PinModeNotAvailable),
    }
}

pub(crate) fn read(number: usize) -> Result<Level, GpioError> {
    let pin = DIGITAL.get(number).ok_or(GpioError::UndefinedPinLabel)?;
    Ok(match pin.read() {
        gpio::Level::Low => Level::Low,
        gpio::Level::High => Level::High,
    })
}

pub(crate) fn write(number: usize, level: Level) -> Result<(), GpioError> {
    let pin = DIGITAL.get(number).ok_or(GpioError::UndefinedPinLabel)?;
    pin.write(match level {
        Level::Low => gpio::Level::Low,
        Level::High => gpio::Level::High,
    });
    Ok(())
}

/// On the scale that the system gives the pin.
pub(crate) fn convert(number: usize, full_scale: u32) -> Result<u32, GpioError> {
    let (_, channel) = ANALOG.get(number).ok_or(GpioError::UndefinedPinLabel)?;
    let converted = adc::convert(machine::converter(), *channel).ok_or(GpioError::HardwareFault)?;
    Ok(adc::scaled(converted, full_scale))
}

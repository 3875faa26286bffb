//! Faults of I2C, SPI, pins and sensors, read and written. Knows no system.

use super::{
    Extreme, FaultError, FaultKind, I2cEffect, SensorEffect, SpiEffect,
    text::{Time, Words},
};
use ecu_host::board::{GpioError, I2cError, SpiError};
use std::fmt;

pub(super) const I2C_EFFECTS: [&str; 6] =
    ["nack", "fail", "corrupt", "stretch", "disconnect", "stuck"];
pub(super) const SPI_EFFECTS: [&str; 3] = ["fail", "corrupt", "disconnect"];
pub(super) const SENSOR_EFFECTS: [&str; 5] = ["stuck", "frozen", "noisy", "offset", "out-of-range"];
/// Of `wasi:i2c`, in its words.
pub(super) const I2C_ERRORS: [(&str, I2cError); 7] = [
    ("bus", I2cError::Bus),
    ("arbitration-loss", I2cError::ArbitrationLoss),
    ("no-acknowledge-address", I2cError::NoAcknowledgeAddress),
    ("no-acknowledge-data", I2cError::NoAcknowledgeData),
    ("no-acknowledge-unknown", I2cError::NoAcknowledgeUnknown),
    ("overrun", I2cError::Overrun),
    ("other", I2cError::Other),
];
const SPI_ERRORS: [&str; 5] = [
    "overrun",
    "mode-fault",
    "frame-format",
    "chip-select-fault",
    "other",
];
const GPIO_ERRORS: [&str; 9] = [
    "hardware-fault",
    "already-in-use",
    "pin-not-allowed",
    "pin-mode-not-allowed",
    "undefined-pin-label",
    "pin-mode-not-available",
    "would-block",
    "operation-not-supported",
    "other",
];
/// What comes as the text of an `other`.
const BY_A_FAULT: &str = "by a fault";

impl Words<'_> {
    pub(super) fn i2c(&mut self) -> Result<FaultKind, FaultError> {
        let bus = self.name("an I2C bus")?;
        let effect = match self.one_of("an effect on an I2C bus", &I2C_EFFECTS)? {
            "nack" => I2cEffect::Nack {
                address: self.address()?,
                byte: match self.take_if("byte") {
                    true => self.number("the number of a byte")?,
                    false => 0,
                },
            },
            "fail" => {
                let address = self.address()?;
                let words = I2C_ERRORS.map(|(word, _)| word);
                let word = self.one_of("an error code of wasi:i2c", &words)?;
                let found = I2C_ERRORS.iter().find(|(known, _)| *known == word);
                let error = found.map_or(I2cError::Other, |(_, error)| *error);
                I2cEffect::Fail { address, error }
            }
            "corrupt" => {
                let address = self.address()?;
                let (byte, bit) = self.byte_and_bit()?;
                I2cEffect::Corrupt { address, byte, bit }
            }
            "stretch" => I2cEffect::Stretch {
                address: self.address()?,
                by_ns: self.time()?,
            },
            "disconnect" => I2cEffect::Disconnect {
                address: self.address()?,
            },
            _ => I2cEffect::Stuck,
        };
        Ok(FaultKind::I2c { bus, effect })
    }

    pub(super) fn spi(&mut self) -> Result<FaultKind, FaultError> {
        let device = self.name("a device on SPI")?;
        let effect = match self.one_of("an effect on a device on SPI", &SPI_EFFECTS)? {
            "fail" => SpiEffect::Fail {
                error: match self.one_of("an error code of wasi:spi", &SPI_ERRORS)? {
                    "overrun" => SpiError::Overrun,
                    "mode-fault" => SpiError::ModeFault,
                    "frame-format" => SpiError::FrameFormat,
                    "chip-select-fault" => SpiError::ChipSelectFault,
                    _ => SpiError::Other(BY_A_FAULT.to_owned()),
                },
            },
            "corrupt" => {
                let (byte, bit) = self.byte_and_bit()?;
                SpiEffect::Corrupt { byte, bit }
            }
            _ => SpiEffect::Disconnect,
        };
        Ok(FaultKind::Spi { device, effect })
    }

    pub(super) fn pin(&mut self) -> Result<FaultKind, FaultError> {
        let pin = self.name("a pin")?;
        self.word("fail")?;
        let error = match self.one_of("an error code of wasi:gpio", &GPIO_ERRORS)? {
            "hardware-fault" => GpioError::HardwareFault,
            "already-in-use" => GpioError::AlreadyInUse,
            "pin-not-allowed" => GpioError::PinNotAllowed,
            "pin-mode-not-allowed" => GpioError::PinModeNotAllowed,
            "undefined-pin-label" => GpioError::UndefinedPinLabel,
            "pin-mode-not-available" => GpioError::PinModeNotAvailable,
            "would-block" => GpioError::WouldBlock,
            "operation-not-supported" => GpioError::OperationNotSupported,
            _ => GpioError::Other(BY_A_FAULT.to_owned()),
        };
        Ok(FaultKind::Pin { pin, error })
    }

    pub(super) fn sensor(&mut self) -> Result<FaultKind, FaultError> {
        let expected = "a stimulus such as `cabin.temperature`";
        let name = self.name(expected)?;
        let Some((device, stimulus)) = name.split_once('.') else {
            return Err(self.wrong(&name, expected));
        };
        let (device, stimulus) = (device.to_owned(), stimulus.to_owned());
        let effect = match self.one_of("what a sensor makes of the world", &SENSOR_EFFECTS)? {
            "stuck" => {
                self.word("at")?;
                SensorEffect::StuckAt(self.value()?)
            }
            "frozen" => SensorEffect::Frozen,
            "noisy" => SensorEffect::Noisy(self.value()?),
            "offset" => SensorEffect::Offset(self.value()?),
            _ => SensorEffect::OutOfRange(match self.one_of("an end", &["low", "high"])? {
                "low" => Extreme::Low,
                _ => Extreme::High,
            }),
        };
        Ok(FaultKind::Sensor {
            device,
            stimulus,
            effect,
        })
    }

    fn value(&mut self) -> Result<f64, FaultError> {
        let value: f64 = self.number("a number")?;
        match value.is_finite() {
            true => Ok(value),
            false => Err(self.wrong(&value.to_string(), "a finite number")),
        }
    }

    fn address(&mut self) -> Result<u16, FaultError> {
        let expected = "an address such as `0x48`";
        let found = self.name(expected)?;
        let digits = found.strip_prefix("0x");
        let address = digits.and_then(|digits| u16::from_str_radix(digits, 16).ok());
        let address = address.filter(|address| *address <= 0x3ff);
        address.ok_or_else(|| self.wrong(&found, expected))
    }

    fn byte_and_bit(&mut self) -> Result<(u32, u32), FaultError> {
        self.word("byte")?;
        let byte = self.number("the number of a byte")?;
        self.word("bit")?;
        match self.number("the number of a bit")? {
            bit @ 0..8 => Ok((byte, bit)),
            bit => Err(self.wrong(&bit.to_string(), "a bit from 0 to 7")),
        }
    }
}

/// Everything but faults of CAN.
pub(super) fn write(f: &mut fmt::Formatter<'_>, kind: &FaultKind) -> fmt::Result {
    match kind {
        FaultKind::Can { .. } => Ok(()),
        FaultKind::I2c { bus, effect } => write!(f, "i2c {bus} {effect}"),
        FaultKind::Spi { device, effect } => write!(f, "spi {device} {effect}"),
        FaultKind::Pin { pin, error } => write!(f, "pin {pin} fail {}", gpio_word(error)),
        FaultKind::Sensor {
            device,
            stimulus,
            effect,
        } => write!(f, "sensor {device}.{stimulus} {effect}"),
        FaultKind::EcuReset { ecu } => write!(f, "ecu {ecu} reset"),
    }
}

impl fmt::Display for I2cEffect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            I2cEffect::Nack { address, byte: 0 } => write!(f, "nack {address:#04x}"),
            I2cEffect::Nack { address, byte } => write!(f, "nack {address:#04x} byte {byte}"),
            I2cEffect::Fail { address, error } => {
                let known = I2C_ERRORS.iter().find(|(_, known)| *known == error);
                let word = known.map_or("other", |(word, _)| *word);
                write!(f, "fail {address:#04x} {word}")
            }
            I2cEffect::Corrupt { address, byte, bit } => {
                write!(f, "corrupt {address:#04x} byte {byte} bit {bit}")
            }
            I2cEffect::Stretch { address, by_ns } => {
                write!(f, "stretch {address:#04x} {}", Time(by_ns))
            }
            I2cEffect::Disconnect { address } => write!(f, "disconnect {address:#04x}"),
            I2cEffect::Stuck => f.write_str("stuck"),
        }
    }
}

impl fmt::Display for SpiEffect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SpiEffect::Fail { error } => {
                let word = match error {
                    SpiError::Overrun => "overrun",
                    SpiError::ModeFault => "mode-fault",
                    SpiError::FrameFormat => "frame-format",
                    SpiError::ChipSelectFault => "chip-select-fault",
                    SpiError::Other(_) => "other",
                };
                write!(f, "fail {word}")
            }
            SpiEffect::Corrupt { byte, bit } => write!(f, "corrupt byte {byte} bit {bit}"),
            SpiEffect::Disconnect => f.write_str("disconnect"),
        }
    }
}

impl fmt::Display for SensorEffect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SensorEffect::StuckAt(value) => write!(f, "stuck at {value}"),
            SensorEffect::Frozen => f.write_str("frozen"),
            SensorEffect::Noisy(by) => write!(f, "noisy {by}"),
            SensorEffect::Offset(by) => write!(f, "offset {by}"),
            SensorEffect::OutOfRange(Extreme::Low) => f.write_str("out-of-range low"),
            SensorEffect::OutOfRange(Extreme::High) => f.write_str("out-of-range high"),
        }
    }
}

fn gpio_word(error: &GpioError) -> &'static str {
    match error {
        GpioError::HardwareFault => "hardware-fault",
        GpioError::AlreadyInUse => "already-in-use",
        GpioError::PinNotAllowed => "pin-not-allowed",
        GpioError::PinModeNotAllowed => "pin-mode-not-allowed",
        GpioError::UndefinedPinLabel => "undefined-pin-label",
        GpioError::PinModeNotAvailable => "pin-mode-not-available",
        GpioError::WouldBlock => "would-block",
        GpioError::OperationNotSupported => "operation-not-supported",
        GpioError::Other(_) => "other",
    }
}

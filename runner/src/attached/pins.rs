//! Pins: digital lines of a controller, and numbers in files of sysfs (IIO converters, PWM).

use std::{
    fs::{File, OpenOptions},
    io::{self, Read, Seek, Write},
};

use ecu_host::board::{ActiveLevel, GpioError, Level, PinConfig, PinDirection, PinKind};

use super::{
    edges::{DigitalLine, Edges},
    gpiochip::GpioLine,
};
use crate::configuration::{PinBinding, PinUse};

/// An open pin.
pub(crate) struct Pin {
    pub(crate) config: PinConfig,
    line: Line,
}

enum Line {
    Digital(Box<dyn DigitalLine>),
    File(File),
}

const NOT_HERE: &str = "a pin of the hub is none of this machine";

/// A number in a file of sysfs has not more digits.
const DIGITS: usize = 32;

impl Pin {
    /// Takes the pin for this process; an output starts inactive.
    pub(crate) fn open(binding: &PinBinding) -> Result<Pin, String> {
        let config = config(binding)?;
        let line = match binding {
            // Refused above.
            PinBinding::Hub {} => return Err(NOT_HERE.to_owned()),
            PinBinding::Gpiochip {
                chip,
                line,
                direction,
                active_low,
            } => {
                let line = GpioLine::open(chip, *line, *direction, *active_low)?;
                Line::Digital(Box::new(line))
            }
            PinBinding::AnalogFile {
                file, direction, ..
            } => {
                let opened = OpenOptions::new()
                    .read(true)
                    .write(*direction == PinUse::Out)
                    .open(file);
                Line::File(opened.map_err(|error| error.to_string())?)
            }
        };
        Ok(Pin { config, line })
    }

    #[cfg(test)]
    pub(crate) fn digital(config: PinConfig, line: impl DigitalLine + 'static) -> Pin {
        let line = Line::Digital(Box::new(line));
        Pin { config, line }
    }

    pub(crate) fn level(&self) -> Result<Level, GpioError> {
        match &self.line {
            Line::File(_) => Err(GpioError::PinModeNotAvailable),
            Line::Digital(line) => line.level(),
        }
    }

    pub(crate) fn drive(&self, level: Level) -> Result<(), GpioError> {
        match &self.line {
            Line::File(_) => Err(GpioError::PinModeNotAvailable),
            Line::Digital(line) => line.drive(level),
        }
    }

    pub(crate) fn number(&mut self) -> Result<u32, GpioError> {
        match &mut self.line {
            Line::File(file) => read_number(file).map_err(|_| GpioError::HardwareFault),
            Line::Digital(_) => Err(GpioError::PinModeNotAvailable),
        }
    }

    pub(crate) fn give(&mut self, number: u32) -> Result<(), GpioError> {
        match &mut self.line {
            Line::File(file) => write_number(file, number).map_err(|_| GpioError::HardwareFault),
            Line::Digital(_) => Err(GpioError::PinModeNotAvailable),
        }
    }

    /// Has the edges of the pin told from now on, where that is not so already. A file of sysfs
    /// tells nothing, nor does an output.
    pub(crate) fn watch(&mut self, name: &str, edges: &Edges) -> Result<(), GpioError> {
        if edges.are_told_of(name) {
            return Ok(());
        }
        match &mut self.line {
            Line::Digital(line) if self.config.direction == PinDirection::In => {
                let source = line.watch()?;
                let heard = edges.listen(name, source);
                heard.map_err(|error| GpioError::Other(error.to_string()))
            }
            Line::Digital(_) | Line::File(_) => Err(GpioError::OperationNotSupported),
        }
    }
}

fn config(binding: &PinBinding) -> Result<PinConfig, String> {
    let (direction, active_low, kind) = match binding {
        PinBinding::Hub {} => return Err(NOT_HERE.to_owned()),
        PinBinding::Gpiochip {
            direction,
            active_low,
            ..
        } => (direction, active_low, PinKind::Digital),
        PinBinding::AnalogFile {
            direction,
            active_low,
            full_scale,
            ..
        } => {
            let full_scale = *full_scale;
            (direction, active_low, PinKind::Analog { full_scale })
        }
    };
    Ok(PinConfig {
        direction: match direction {
            PinUse::In => PinDirection::In,
            PinUse::Out => PinDirection::Out,
        },
        kind,
        active_level: match active_low {
            true => ActiveLevel::Low,
            false => ActiveLevel::High,
        },
        pull: None,
    })
}

/// A file of sysfs is read anew from its beginning.
fn read_number(file: &mut File) -> io::Result<u32> {
    file.rewind()?;
    let mut text = [0; DIGITS];
    let length = file.read(&mut text)?;
    let text = text.get(..length).unwrap_or_default();
    let text = str::from_utf8(text).map_err(|_| io::ErrorKind::InvalidData)?;
    let number: i64 = text
        .trim()
        .parse()
        .map_err(|_| io::ErrorKind::InvalidData)?;
    // Below its zero a converter gives negative numbers.
    u32::try_from(number.max(0)).map_err(|_| io::ErrorKind::InvalidData.into())
}

fn write_number(file: &mut File, number: u32) -> io::Result<()> {
    file.rewind()?;
    file.write_all(format!("{number}\n").as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn analog(text: &str, direction: PinUse) -> (tempfile::TempDir, Pin) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("in_voltage0_raw");
        fs::write(&file, text).unwrap();
        let binding = PinBinding::AnalogFile {
            file,
            direction,
            full_scale: 4095,
            active_low: true,
        };
        let pin = Pin::open(&binding).unwrap();
        (folder, pin)
    }

    #[test]
    fn a_converter_is_read_again_and_again() {
        let (folder, mut pin) = analog("1234\n", PinUse::In);
        assert_eq!(pin.config.kind, PinKind::Analog { full_scale: 4095 });
        assert_eq!(pin.config.active_level, ActiveLevel::Low);
        assert_eq!(pin.number(), Ok(1234));
        fs::write(folder.path().join("in_voltage0_raw"), "7\n").unwrap();
        assert_eq!(pin.number(), Ok(7));
    }

    #[test]
    fn what_a_converter_cannot_say_is_a_fault() {
        for text in ["", "x", "4294967296", "1 2"] {
            let (_folder, mut pin) = analog(text, PinUse::In);
            assert_eq!(pin.number(), Err(GpioError::HardwareFault), "{text}");
        }
        let (_folder, mut pin) = analog("-3", PinUse::In);
        assert_eq!(pin.number(), Ok(0));
        assert_eq!(pin.give(1), Err(GpioError::HardwareFault));
    }

    #[test]
    fn an_output_is_written_and_read_back() {
        let (_folder, mut pin) = analog("0\n", PinUse::Out);
        assert_eq!(pin.give(4095), Ok(()));
        assert_eq!(pin.number(), Ok(4095));
    }

    #[test]
    fn a_number_is_no_level() {
        let (_folder, pin) = analog("0\n", PinUse::Out);
        assert_eq!(pin.level(), Err(GpioError::PinModeNotAvailable));
        assert_eq!(pin.drive(Level::High), Err(GpioError::PinModeNotAvailable));
    }

    #[test]
    fn what_is_no_controller_is_an_error() {
        for chip in ["/dev/gpiochip-none", "/dev/null"] {
            let binding = PinBinding::Gpiochip {
                chip: chip.into(),
                line: 17,
                direction: PinUse::Out,
                active_low: false,
            };
            assert!(Pin::open(&binding).is_err(), "{chip}");
        }
    }
}

//! Virtual devices, one a file, and the list of all. A device declares its stimuli, so that
//! sliders, `--set` and scenarios know nothing of it. Knows nothing of buses' timing and of ECUs.
//!
//! A new device is a new file beside this one and one line in [`MODELS`] or [`SPI_MODELS`].

mod at24c02;
mod at24c256;
mod bme280;
mod can_node;
mod eeprom;
mod ina219;
mod lm75a;
mod mcp2515;
mod mcp3008;
mod mpu6050;
mod pca9685;
mod shared;
mod spi;
mod tmp102;
mod tmp105;
mod words;

pub use can_node::{CanNode, NodeOrder, NodeStatus};
pub use spi::{SpiDevice, SpiModel};

use serde::Serialize;

/// All models of I2C devices, by name.
pub const MODELS: &[&Model] = &[
    &at24c02::MODEL,
    &at24c256::MODEL,
    &bme280::MODEL,
    &ina219::MODEL,
    &lm75a::MODEL,
    &mpu6050::MODEL,
    &pca9685::MODEL,
    &tmp102::MODEL,
    &tmp105::MODEL,
];

/// All models of SPI devices, by name.
pub const SPI_MODELS: &[&SpiModel] = &[&mcp2515::MODEL, &mcp3008::MODEL];

/// What is known of a device before there is one.
#[derive(Debug)]
pub struct Model {
    /// As the project names it.
    pub name: &'static str,
    /// One line for people.
    pub title: &'static str,
    /// Addresses that its pins can select.
    pub addresses: &'static [u16],
    pub stimuli: &'static [Stimulus],
    make: fn() -> Box<dyn Device>,
}

/// Something that reaches a device from the world and that a user may change.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Stimulus {
    pub name: &'static str,
    pub unit: &'static str,
    pub minimum: f64,
    pub maximum: f64,
    pub step: f64,
    pub default: f64,
}

impl Stimulus {
    /// Whether it is no more than on or off: a switch, not a slider.
    pub fn is_switch(&self) -> bool {
        is_switch(self.minimum, self.maximum, self.step)
    }
}

/// Whether a number of this range and step is no more than on or off.
pub fn is_switch(minimum: f64, maximum: f64, step: f64) -> bool {
    (minimum, maximum, step) == (0.0, 1.0, 1.0)
}

/// A device answers a byte, or does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Acknowledge {
    Ack,
    Nack,
}

/// A register as the device panel shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Register {
    /// The data sheet's name.
    pub name: &'static str,
    pub value: u16,
}

/// A device on an I2C bus. Times never go back from call to call.
pub trait Device: Send {
    /// START and the address for writing.
    fn begin_write(&mut self, at_ns: u64) -> Acknowledge;

    /// START and the address for reading.
    fn begin_read(&mut self, at_ns: u64) -> Acknowledge;

    /// A byte from the controller.
    fn write(&mut self, at_ns: u64, byte: u8) -> Acknowledge;

    /// A byte for the controller; 0xff where the device leaves the line alone.
    fn read(&mut self, at_ns: u64) -> u8;

    /// STOP.
    fn stop(&mut self, at_ns: u64);

    /// Whether address 0 is for it too.
    fn answers_general_call(&self) -> bool {
        false
    }

    /// START and address 0 for writing.
    fn begin_general_call(&mut self, at_ns: u64) -> Acknowledge;

    /// From `at_ns` on the stimulus at that position of the model's list has this value.
    fn set_stimulus(&mut self, at_ns: u64, stimulus: usize, value: f64);

    /// The present value of a stimulus.
    fn stimulus(&self, stimulus: usize) -> Option<f64>;

    /// What a panel shows.
    fn registers(&self, at_ns: u64) -> Vec<Register>;

    /// What the guest did wrong since the last call; it never stops the run.
    fn take_misuse(&mut self) -> Vec<String>;
}

impl Model {
    /// A device that has been under power for long: its first conversion is done.
    pub fn make(&self) -> Box<dyn Device> {
        (self.make)()
    }

    /// Position of a stimulus.
    pub fn stimulus(&self, name: &str) -> Option<usize> {
        self.stimuli
            .iter()
            .position(|stimulus| stimulus.name == name)
    }
}

/// The model of that name.
pub fn model(name: &str) -> Option<&'static Model> {
    MODELS.iter().copied().find(|model| model.name == name)
}

/// The model of that name, of an SPI device.
pub fn spi_model(name: &str) -> Option<&'static SpiModel> {
    SPI_MODELS.iter().copied().find(|model| model.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted_and_names_every_file_of_the_folder() {
        let mut names: Vec<&str> = MODELS.iter().map(|model| model.name).collect();
        let spi: Vec<&str> = SPI_MODELS.iter().map(|model| model.name).collect();
        assert!(names.is_sorted() && spi.is_sorted());
        names.extend(spi);
        names.sort_unstable();
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/devices");
        let mut files: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .filter_map(|entry| {
                entry
                    .unwrap()
                    .path()
                    .file_stem()?
                    .to_str()
                    .map(str::to_owned)
            })
            .filter(|name| {
                let no_devices = ["can_node", "eeprom", "mod", "shared", "spi", "words"];
                !no_devices.contains(&name.as_str())
            })
            .collect();
        files.sort();
        // A device with a folder for its tests.
        files.dedup();
        assert_eq!(names, files);
    }

    #[test]
    fn stimuli_are_declared_sensibly() {
        for model in MODELS {
            let mut device = model.make();
            for (position, stimulus) in model.stimuli.iter().enumerate() {
                assert!(
                    stimulus.minimum < stimulus.maximum && stimulus.step > 0.0,
                    "{model:?}"
                );
                assert!((stimulus.minimum..=stimulus.maximum).contains(&stimulus.default));
                assert_eq!(device.stimulus(position), Some(stimulus.default));
                device.set_stimulus(0, position, stimulus.maximum);
                assert_eq!(device.stimulus(position), Some(stimulus.maximum));
                assert_eq!(model.stimulus(stimulus.name), Some(position));
            }
            assert_eq!(device.stimulus(model.stimuli.len()), None);
            device.set_stimulus(0, model.stimuli.len(), 1.0);
        }
    }

    #[test]
    fn stimuli_of_spi_devices_are_declared_sensibly() {
        for model in SPI_MODELS {
            let mut device = model.make();
            for (position, stimulus) in model.stimuli.iter().enumerate() {
                assert!(
                    stimulus.minimum < stimulus.maximum && stimulus.step > 0.0,
                    "{model:?}"
                );
                assert!((stimulus.minimum..=stimulus.maximum).contains(&stimulus.default));
                assert_eq!(device.stimulus(position), Some(stimulus.default));
                device.set_stimulus(0, position, stimulus.maximum);
                assert_eq!(device.stimulus(position), Some(stimulus.maximum));
            }
            assert_eq!(device.stimulus(model.stimuli.len()), None);
            device.set_stimulus(0, model.stimuli.len(), 1.0);
            assert!(!model.modes.is_empty() && !model.clock_hz.is_empty());
        }
    }

    /// A row each, with all stimuli and their units.
    #[test]
    fn the_docs_have_every_model() {
        let docs = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/devices.md");
        let docs = std::fs::read_to_string(docs).unwrap();
        let i2c = MODELS.iter().map(|model| (model.name, model.stimuli));
        let spi = SPI_MODELS.iter().map(|model| (model.name, model.stimuli));
        for (name, stimuli) in i2c.chain(spi) {
            let start = format!("| `{name}` |");
            let row = docs.lines().find(|line| line.starts_with(&start));
            let row = row.unwrap_or_else(|| panic!("{name} has no row"));
            for Stimulus { name, unit, .. } in stimuli {
                let is_told = row.contains(&format!("`{name}` {unit}"));
                // `ch0` to `ch7` in one.
                assert!(is_told || name.starts_with("ch"), "{row}: {name} {unit}");
            }
        }
    }

    #[test]
    fn an_unknown_model_is_none() {
        assert!(model("tmp999").is_none() && model("").is_none());
        assert!(spi_model("tmp105").is_none() && model("mcp3008").is_none());
    }
}

//! What is attached to the buses of the world: devices and pins under their names, what reaches
//! them from outside, and what guests did wrong with them. Knows nothing of the buses' timing.

use super::{
    error::{SimulationError, listed},
    options::StimulusChange,
    world::{Stimulation, Target, World},
};
use crate::{
    devices::{self, MODELS, Register, SPI_MODELS, Stimulus},
    gpio::Line,
    trace::{Kind, SubjectId},
};
use deployment::{Device, Pin, SpiDevice};
use std::collections::BTreeMap;

/// Misuse kept a device for the panel; the trace has all.
const MISUSE_KEPT: usize = 100;
/// Who drives a line that no ECU does.
const WORLD: &str = "world";

/// A device or pin under its name.
#[derive(Debug)]
pub(super) struct DeviceSlot {
    pub(super) name: String,
    pub(super) model: &'static str,
    pub(super) title: &'static str,
    pub(super) stimuli: &'static [Stimulus],
    pub(super) place: Place,
    pub(super) misuse: Vec<String>,
    subject: SubjectId,
    stimulus_subjects: Vec<SubjectId>,
}

/// Where a device is: positions in the world, and on the bus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    I2c {
        bus: usize,
        position: usize,
        address: u16,
    },
    Spi {
        bus: usize,
        position: usize,
    },
    Pin(usize),
}

/// A pin, and what the trace calls it.
#[derive(Debug)]
pub(super) struct PinLine {
    pub(super) controller: String,
    pub(super) line: Line,
    subject: SubjectId,
}

/// What is known of a device before it is one.
struct Named<'a> {
    name: &'a str,
    model: &'static str,
    title: &'static str,
    stimuli: &'static [Stimulus],
    place: Place,
    /// At the start.
    values: &'a BTreeMap<String, f64>,
}

impl World {
    /// A device on the I2C bus that was added last.
    pub(super) fn add_i2c_device(&mut self, device: &Device) -> Result<(), SimulationError> {
        let model = devices::model(&device.model).ok_or_else(|| {
            let known = MODELS.iter().map(|model| model.name);
            unknown_model(&device.name, &device.model, known)
        })?;
        let bus = self.i2cs.len() - 1;
        let Some(wire) = self.i2cs.get_mut(bus) else {
            return Ok(());
        };
        let position = wire.attach(device.address, model.make());
        let address = device.address;
        self.add_slot(Named {
            name: &device.name,
            model: model.name,
            title: model.title,
            stimuli: model.stimuli,
            place: Place::I2c {
                bus,
                position,
                address,
            },
            values: &device.stimuli,
        })?;
        if !model.addresses.contains(&address) {
            self.note_misuse(
                0,
                self.devices.len() - 1,
                format!("no {} can have address {address:#04x}", model.name),
            );
        }
        Ok(())
    }

    /// A device on the SPI bus that was added last.
    pub(super) fn add_spi_device(&mut self, device: &SpiDevice) -> Result<(), SimulationError> {
        let model = devices::spi_model(&device.model).ok_or_else(|| {
            let known = SPI_MODELS.iter().map(|model| model.name);
            unknown_model(&device.name, &device.model, known)
        })?;
        let bus = self.spis.len() - 1;
        let Some(wire) = self.spis.get_mut(bus) else {
            return Ok(());
        };
        let position = wire.attach(&device.name, model, device.mode);
        self.add_slot(Named {
            name: &device.name,
            model: model.name,
            title: model.title,
            stimuli: model.stimuli,
            place: Place::Spi { bus, position },
            values: &device.stimuli,
        })
    }

    pub(super) fn add_pin(&mut self, controller: &str, pin: &Pin) -> Result<(), SimulationError> {
        let line = Line::new(pin);
        let (model, title, stimuli) = (line.model(), line.title(), line.stimuli());
        let subject = self.trace.subject(&pin.name);
        self.lines.push(PinLine {
            controller: controller.to_owned(),
            line,
            subject,
        });
        self.add_slot(Named {
            name: &pin.name,
            model,
            title,
            stimuli,
            place: Place::Pin(self.lines.len() - 1),
            values: &pin.stimuli,
        })
    }

    fn add_slot(&mut self, named: Named<'_>) -> Result<(), SimulationError> {
        let subject = self.trace.subject(named.name);
        let subjects = named.stimuli.iter().map(|stimulus| {
            let name = format!("{}.{}", named.name, stimulus.name);
            self.trace.subject(&name)
        });
        let stimulus_subjects = subjects.collect();
        self.devices.push(DeviceSlot {
            name: named.name.to_owned(),
            model: named.model,
            title: named.title,
            stimuli: named.stimuli,
            place: named.place,
            misuse: Vec::new(),
            subject,
            stimulus_subjects,
        });
        for (name, value) in named.values {
            let change = StimulusChange {
                device: named.name.to_owned(),
                stimulus: name.clone(),
                value: *value,
                at_ns: 0,
            };
            let stimulation = self.resolve(&change)?;
            self.schedule_stimulus(0, stimulation);
        }
        Ok(())
    }

    /// Numbers for names; the value must be in range.
    pub(super) fn resolve(&self, change: &StimulusChange) -> Result<Stimulation, SimulationError> {
        if let Some(resolved) = self.resolve_signal(change) {
            return resolved;
        }
        let StimulusChange {
            device,
            stimulus,
            value,
            ..
        } = change;
        let found = self
            .devices
            .iter()
            .enumerate()
            .find(|(_, slot)| slot.name == *device);
        let (position, slot) = found.ok_or_else(|| SimulationError::UnknownDevice {
            device: device.clone(),
            known: listed(
                self.devices
                    .iter()
                    .map(|slot| slot.name.as_str())
                    .chain(self.rest_names()),
            ),
        })?;
        let declared = slot
            .stimuli
            .iter()
            .enumerate()
            .find(|(_, declared)| declared.name == stimulus);
        let (number, declared) = declared.ok_or_else(|| SimulationError::UnknownStimulus {
            device: device.clone(),
            stimulus: stimulus.clone(),
            known: match slot.stimuli {
                [] => "none".to_owned(),
                stimuli => listed(stimuli.iter().map(|stimulus| stimulus.name)),
            },
        })?;
        if !(declared.minimum..=declared.maximum).contains(value) {
            return Err(SimulationError::StimulusRange {
                device: device.clone(),
                stimulus: stimulus.clone(),
                value: *value,
                minimum: declared.minimum,
                maximum: declared.maximum,
                unit: declared.unit,
            });
        }
        Ok(Stimulation {
            target: Target::Device {
                device: position,
                stimulus: number,
            },
            value: *value,
        })
    }

    pub(super) fn stimulate(&mut self, at_ns: u64, stimulation: Stimulation) {
        let value = stimulation.value;
        let (device, stimulus) = match stimulation.target {
            Target::Device { device, stimulus } => (device, stimulus),
            Target::Signal { message, signal } => {
                return self.set_signal(at_ns, (message, signal), value);
            }
        };
        let Some(slot) = self.devices.get(device) else {
            return;
        };
        if let Some(subject) = slot.stimulus_subjects.get(stimulus) {
            self.trace
                .record(at_ns, Kind::Stimulus, *subject, format_args!("{value}"));
        }
        let value = self.sensed(device, stimulus, value);
        self.reach_device(
            at_ns,
            Stimulation {
                value,
                ..stimulation
            },
        );
    }

    /// A device is told a value of the world.
    pub(super) fn reach_device(&mut self, at_ns: u64, stimulation: Stimulation) {
        let value = stimulation.value;
        let Target::Device { device, stimulus } = stimulation.target else {
            return;
        };
        let Some(slot) = self.devices.get(device) else {
            return;
        };
        match slot.place {
            Place::I2c { bus, position, .. } => {
                let bus = self.i2cs.get_mut(bus);
                if let Some(model) = bus.and_then(|bus| bus.device_mut(position)) {
                    model.set_stimulus(at_ns, stimulus, value);
                }
            }
            Place::Spi { bus, position } => {
                let wire = self.spis.get_mut(bus);
                if let Some(model) = wire.and_then(|wire| wire.device_mut(position)) {
                    model.set_stimulus(at_ns, stimulus, value);
                }
                self.settle_spi(at_ns, bus, position);
            }
            Place::Pin(number) => {
                let line = self.lines.get_mut(number);
                if let Some(now) = line.and_then(|pin| pin.line.stimulate(at_ns, value)) {
                    self.note_change(at_ns, number, WORLD, now);
                }
            }
        }
    }

    /// An ECU drives a line.
    pub(super) fn drive(&mut self, at_ns: u64, number: usize, ecu: &str, value: u32) {
        let line = self.lines.get_mut(number);
        if let Some(now) = line.and_then(|pin| pin.line.drive(at_ns, value)) {
            self.note_change(at_ns, number, ecu, now);
        }
    }

    fn note_change(&mut self, at_ns: u64, number: usize, who: &str, value: u32) {
        let Some(pin) = self.lines.get(number) else {
            return;
        };
        let kind = Kind::Pin;
        match (pin.line.is_digital(), value) {
            (false, number) => {
                self.trace
                    .record(at_ns, kind, pin.subject, format_args!("{who} {number}"));
            }
            (true, 0) => self
                .trace
                .record(at_ns, kind, pin.subject, format_args!("{who} low")),
            (true, _) => self
                .trace
                .record(at_ns, kind, pin.subject, format_args!("{who} high")),
        }
    }

    /// Stimuli of a pin that are still to come.
    pub(super) fn stimuli_to_come(&self, number: usize) -> impl Iterator<Item = (u64, f64)> {
        let place = Place::Pin(number);
        let device = self.devices.iter().position(|slot| slot.place == place);
        let own = move |stimulation: &Stimulation| match stimulation.target {
            Target::Device { device: own, .. } => Some(own) == device,
            Target::Signal { .. } => false,
        };
        self.stimuli
            .iter()
            .filter(move |(_, stimulation)| own(stimulation))
            .map(|((at_ns, _), stimulation)| (*at_ns, stimulation.value))
    }

    /// What guests did wrong at the devices of an I2C bus since the last call.
    pub(super) fn collect_i2c_misuse(&mut self, at_ns: u64, bus: usize) {
        for number in 0..self.devices.len() {
            let Some(Place::I2c {
                bus: own, position, ..
            }) = self.devices.get(number).map(|slot| slot.place)
            else {
                continue;
            };
            if own != bus {
                continue;
            }
            let wire = self.i2cs.get_mut(bus);
            let device = wire.and_then(|bus| bus.device_mut(position));
            let misuse = device.map(|device| device.take_misuse());
            for text in misuse.unwrap_or_default() {
                self.note_misuse(at_ns, number, text);
            }
        }
    }

    /// What guests did wrong at an SPI device since the last call.
    pub(super) fn collect_spi_misuse(&mut self, at_ns: u64, bus: usize, position: usize) {
        let place = Place::Spi { bus, position };
        let slot = self.devices.iter().position(|slot| slot.place == place);
        let wire = self.spis.get_mut(bus);
        let misuse = wire.map(|wire| wire.take_misuse(position));
        for text in misuse.unwrap_or_default() {
            if let Some(number) = slot {
                self.note_misuse(at_ns, number, text);
            }
        }
    }

    pub(super) fn note_misuse(&mut self, at_ns: u64, device: usize, text: String) {
        let Some(slot) = self.devices.get_mut(device) else {
            return;
        };
        self.trace
            .record(at_ns, Kind::Misuse, slot.subject, format_args!("{text}"));
        if slot.misuse.len() < MISUSE_KEPT {
            slot.misuse.push(text);
        }
    }

    /// What a panel shows of a device: name of its bus or controller, stimulus by stimulus its
    /// value, registers.
    pub(super) fn shown(
        &self,
        place: Place,
        at_ns: u64,
    ) -> Option<(String, Vec<f64>, Vec<Register>)> {
        let values = |count: usize, value: &dyn Fn(usize) -> Option<f64>| {
            (0..count).map_while(value).collect::<Vec<_>>()
        };
        match place {
            Place::I2c { bus, position, .. } => {
                let bus = self.i2cs.get(bus)?;
                let device = bus.device(position)?;
                let values = values(usize::MAX, &|number| device.stimulus(number));
                Some((bus.name().to_owned(), values, device.registers(at_ns)))
            }
            Place::Spi { bus, position } => {
                let bus = self.spis.get(bus)?;
                let device = bus.device(position)?;
                let values = values(usize::MAX, &|number| device.stimulus(number));
                Some((bus.name().to_owned(), values, device.registers(at_ns)))
            }
            Place::Pin(number) => {
                let pin = self.lines.get(number)?;
                let values = values(pin.line.stimuli().len(), &|_| Some(pin.line.stimulus()));
                Some((pin.controller.clone(), values, pin.line.registers(at_ns)))
            }
        }
    }
}

fn unknown_model(
    device: &str,
    model: &str,
    known: impl Iterator<Item = &'static str>,
) -> SimulationError {
    SimulationError::UnknownModel {
        device: device.to_owned(),
        model: model.to_owned(),
        known: listed(known),
    }
}

//! The simulator's buses, device models and pins behind the runner's hub, and its restbus. Knows no
//! connection.

use super::restbus::LiveRestbus;
use deployment::{BusKind, Pin, SpiDevice, System};
use runner::{
    Devices, PinAnswer, PinRequest,
    board::{
        BusTime, CanFrame, GpioError, I2cError, I2cOperation, I2cTransfer, Level, PinKind,
        SpiConfig, SpiError, SpiOperation, SpiTransfer,
    },
};
use serde::Serialize;
use simulator::{
    StimulusChange,
    devices::{self, Stimulus},
    gpio::Line,
    i2c::I2cBus,
    spi::SpiBus,
};
use std::collections::BTreeMap;

/// All I2C buses, SPI buses and pins of a system, and the changes of their stimuli that are still
/// to come.
pub(super) struct VirtualDevices {
    buses: BTreeMap<String, I2cBus>,
    spis: Vec<SpiBus>,
    lines: Vec<Line>,
    /// By time.
    changes: Vec<Change>,
    seen: Vec<PinChange>,
    restbus: LiveRestbus,
}

/// A pin has another value. Field names are those of `wireloom run --json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PinChange {
    /// Since the start.
    pub time_ns: u64,
    pub pin: String,
    /// The ECU that drives it; none where the world does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ecu: Option<String>,
    /// 0 for low and 1 for high, or a number.
    pub value: u32,
}

struct Change {
    at_ns: u64,
    at: Place,
    stimulus: usize,
    value: f64,
}

/// Where a device is.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    I2c { bus: String, position: usize },
    Spi { bus: usize, position: usize },
    Pin(usize),
}

/// A device or pin under its name.
struct Named {
    at: Place,
    /// For messages: its model, or what kind of pin it is.
    model: &'static str,
    stimuli: &'static [Stimulus],
}

impl VirtualDevices {
    /// The buses with their devices, and the pins; a model or stimulus that there is not is told.
    pub(super) fn new(
        system: &System,
        restbus: LiveRestbus,
        changes: &[StimulusChange],
    ) -> Result<VirtualDevices, String> {
        let mut made = VirtualDevices {
            buses: BTreeMap::new(),
            spis: Vec::new(),
            lines: Vec::new(),
            changes: Vec::new(),
            seen: Vec::new(),
            restbus,
        };
        let mut names = BTreeMap::new();
        for bus in &system.buses {
            match &bus.kind {
                BusKind::I2c { clock_hz, devices } => {
                    let mut virtual_bus = I2cBus::new(&bus.name, *clock_hz);
                    for device in devices {
                        let model = model(&device.model)?;
                        let position = virtual_bus.attach(device.address, model.make());
                        let named = Named {
                            at: Place::I2c {
                                bus: bus.name.clone(),
                                position,
                            },
                            model: model.name,
                            stimuli: model.stimuli,
                        };
                        made.begin(&device.name, &named, &device.stimuli)?;
                        names.insert(device.name.clone(), named);
                    }
                    made.buses.insert(bus.name.clone(), virtual_bus);
                }
                BusKind::Spi { clock_hz, devices } => {
                    made.spis.push(SpiBus::new(&bus.name, *clock_hz));
                    for device in devices {
                        let named = made.attach_spi(device)?;
                        made.begin(&device.name, &named, &device.stimuli)?;
                        names.insert(device.name.clone(), named);
                    }
                }
                BusKind::Gpio { pins } => {
                    for pin in pins {
                        let named = made.add_pin(pin);
                        made.begin(&pin.name, &named, &pin.stimuli)?;
                        names.insert(pin.name.clone(), named);
                    }
                }
                BusKind::Can { .. } | BusKind::CanFd { .. } | BusKind::Ethernet { .. } => {}
            }
        }
        for change in changes {
            if !made.restbus.change(change)? {
                let messages = made.restbus.names();
                made.changes.push(placed(&names, messages, change)?);
            }
        }
        made.changes.sort_by_key(|change| change.at_ns);
        made.stimulate(0);
        Ok(made)
    }

    /// Everything that has happened at pins up to then, by time.
    pub(super) fn pin_changes(mut self, until_ns: u64) -> Vec<PinChange> {
        self.stimulate(until_ns);
        self.seen.sort_by_key(|change| change.time_ns);
        self.seen
    }

    /// A device on the SPI bus that was added last.
    fn attach_spi(&mut self, device: &SpiDevice) -> Result<Named, String> {
        let model = spi_model(&device.model)?;
        if model.is_on_can() {
            let (name, title) = (&device.name, model.title);
            return Err(format!(
                "`{name}` is an {title}, which is on no bus in real time; simulate the project, or run its ECU with the real chip"
            ));
        }
        let bus = self.spis.len().saturating_sub(1);
        let wire = self.spis.get_mut(bus);
        let position = wire.map_or(0, |wire| wire.attach(&device.name, model, device.mode));
        Ok(Named {
            at: Place::Spi { bus, position },
            model: model.name,
            stimuli: model.stimuli,
        })
    }

    fn add_pin(&mut self, pin: &Pin) -> Named {
        let line = Line::new(pin);
        let (model, stimuli) = (line.model(), line.stimuli());
        self.lines.push(line);
        Named {
            at: Place::Pin(self.lines.len() - 1),
            model,
            stimuli,
        }
    }

    /// The stimuli that the project gives.
    fn begin(
        &mut self,
        device: &str,
        named: &Named,
        values: &BTreeMap<String, f64>,
    ) -> Result<(), String> {
        for (name, value) in values {
            let stimulus = stimulus(named, device, name)?;
            in_range(named, device, stimulus, *value)?;
            self.changes.push(Change {
                at_ns: 0,
                at: named.at.clone(),
                stimulus,
                value: *value,
            });
        }
        Ok(())
    }

    fn stimulate(&mut self, now_ns: u64) {
        let due = self
            .changes
            .partition_point(|change| change.at_ns <= now_ns);
        let due: Vec<Change> = self.changes.drain(..due).collect();
        for change in due {
            self.apply(&change);
        }
    }

    fn apply(&mut self, change: &Change) {
        let Change {
            at_ns,
            stimulus,
            value,
            ..
        } = *change;
        match &change.at {
            Place::I2c { bus, position } => {
                let bus = self.buses.get_mut(bus);
                if let Some(device) = bus.and_then(|bus| bus.device_mut(*position)) {
                    device.set_stimulus(at_ns, stimulus, value);
                }
            }
            Place::Spi { bus, position } => {
                let bus = self.spis.get_mut(*bus);
                if let Some(device) = bus.and_then(|bus| bus.device_mut(*position)) {
                    device.set_stimulus(at_ns, stimulus, value);
                }
            }
            Place::Pin(number) => {
                let line = self.lines.get_mut(*number);
                if let Some(value) = line.and_then(|line| line.stimulate(at_ns, value)) {
                    self.note(at_ns, *number, None, value);
                }
            }
        }
    }

    fn note(&mut self, time_ns: u64, number: usize, ecu: Option<&str>, value: u32) {
        let Some(line) = self.lines.get(number) else {
            return;
        };
        self.seen.push(PinChange {
            time_ns,
            pin: line.name().to_owned(),
            ecu: ecu.map(str::to_owned),
            value,
        });
    }

    fn drive(
        &mut self,
        at_ns: u64,
        (number, ecu): (usize, &str),
        value: u32,
    ) -> Result<PinAnswer, GpioError> {
        let line = self.lines.get_mut(number);
        let line = line.ok_or(GpioError::UndefinedPinLabel)?;
        if let Some(value) = line.drive(at_ns, value) {
            self.note(at_ns, number, Some(ecu), value);
        }
        Ok(PinAnswer::Driven)
    }
}

impl Devices for VirtualDevices {
    fn next_frame_ns(&self) -> Option<u64> {
        self.restbus.next_ns()
    }

    fn frames(&mut self, now_ns: u64) -> Vec<CanFrame> {
        self.restbus.frames(now_ns)
    }

    fn i2c(
        &mut self,
        at_ns: u64,
        bus: &str,
        address: u16,
        operations: &mut [I2cOperation],
    ) -> I2cTransfer {
        self.stimulate(at_ns);
        let Some(bus) = self.buses.get_mut(bus) else {
            return I2cTransfer {
                bus_time: BusTime(0),
                result: Err(I2cError::Other),
            };
        };
        let transfer = bus.transact(at_ns, address, operations);
        I2cTransfer {
            bus_time: BusTime(transfer.end_ns.saturating_sub(at_ns)),
            result: transfer.result,
        }
    }

    fn spi(&mut self, at_ns: u64, device: &str, operations: &mut [SpiOperation]) -> SpiTransfer {
        self.stimulate(at_ns);
        let Some((wire, position)) = spi_place(&mut self.spis, device) else {
            return SpiTransfer::failed(not_attached());
        };
        let done = wire.transact(at_ns, position, operations);
        SpiTransfer {
            bus_time: BusTime(done.end_ns.saturating_sub(at_ns)),
            result: Ok(()),
        }
    }

    fn spi_configure(
        &mut self,
        _at_ns: u64,
        device: &str,
        config: SpiConfig,
    ) -> Result<(), SpiError> {
        let (wire, position) = spi_place(&mut self.spis, device).ok_or_else(not_attached)?;
        wire.configure(position, config)
    }

    fn pin(
        &mut self,
        at_ns: u64,
        ecu: &str,
        pin: &str,
        request: PinRequest,
    ) -> Result<PinAnswer, GpioError> {
        self.stimulate(at_ns);
        let number = self.lines.iter().position(|line| line.name() == pin);
        let number = number.ok_or(GpioError::UndefinedPinLabel)?;
        let line = self.lines.get(number).ok_or(GpioError::UndefinedPinLabel)?;
        let is_digital = line.config().kind == PinKind::Digital;
        match request {
            PinRequest::DigitalRead if is_digital => Ok(PinAnswer::Level(line.level(at_ns))),
            PinRequest::DigitalWrite(level) if is_digital => {
                self.drive(at_ns, (number, ecu), u32::from(level == Level::High))
            }
            PinRequest::AnalogRead if !is_digital => Ok(PinAnswer::Number(line.value(at_ns))),
            PinRequest::AnalogWrite(value) if !is_digital => {
                self.drive(at_ns, (number, ecu), value)
            }
            PinRequest::Ready { watch, since_ns } => {
                let at = Place::Pin(number);
                let own = self.changes.iter().filter(|change| change.at == at);
                let to_come = own.map(|change| (change.at_ns, change.value));
                let ready_ns = line.ready_ns(watch, since_ns, to_come);
                Ok(PinAnswer::Ready(ready_ns))
            }
            _ => Err(GpioError::PinModeNotAvailable),
        }
    }
}

fn spi_place<'a>(spis: &'a mut [SpiBus], device: &str) -> Option<(&'a mut SpiBus, usize)> {
    let with_position = |wire: &'a mut SpiBus| {
        let position = wire.position(device)?;
        Some((wire, position))
    };
    spis.iter_mut().find_map(with_position)
}

fn not_attached() -> SpiError {
    SpiError::Other("the device is not attached".to_owned())
}

fn model(name: &str) -> Result<&'static devices::Model, String> {
    let known = devices::MODELS.iter().map(|model| model.name);
    devices::model(name).ok_or_else(|| no_model(name, known))
}

fn spi_model(name: &str) -> Result<&'static devices::SpiModel, String> {
    let known = devices::SPI_MODELS.iter().map(|model| model.name);
    devices::spi_model(name).ok_or_else(|| no_model(name, known))
}

fn no_model(name: &str, known: impl Iterator<Item = &'static str>) -> String {
    format!(
        "there is no device model `{name}`; known are {}",
        listed(known)
    )
}

fn listed<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let quoted: Vec<_> = names.map(|name| format!("`{name}`")).collect();
    match quoted.is_empty() {
        true => "none".to_owned(),
        false => quoted.join(", "),
    }
}

fn stimulus(named: &Named, device: &str, name: &str) -> Result<usize, String> {
    let found = named
        .stimuli
        .iter()
        .position(|stimulus| stimulus.name == name);
    found.ok_or_else(|| {
        let known = named.stimuli.iter().map(|stimulus| stimulus.name);
        format!(
            "`{device}` ({}) has no stimulus `{name}`; it has {}",
            named.model,
            listed(known)
        )
    })
}

fn placed<'a>(
    names: &'a BTreeMap<String, Named>,
    messages: impl Iterator<Item = &'a str>,
    change: &StimulusChange,
) -> Result<Change, String> {
    let named = names.get(&change.device).ok_or_else(|| {
        format!(
            "there is no device `{}`; the system has {}",
            change.device,
            listed(names.keys().map(String::as_str).chain(messages))
        )
    })?;
    let stimulus = stimulus(named, &change.device, &change.stimulus)?;
    in_range(named, &change.device, stimulus, change.value)?;
    Ok(Change {
        at_ns: change.at_ns,
        at: named.at.clone(),
        stimulus,
        value: change.value,
    })
}

/// The devices themselves take any value: what makes no sense is refused as the simulator does.
fn in_range(named: &Named, device: &str, stimulus: usize, value: f64) -> Result<(), String> {
    let Some(declared) = named.stimuli.get(stimulus) else {
        return Ok(());
    };
    match (declared.minimum..=declared.maximum).contains(&value) {
        true => Ok(()),
        false => Err(format!(
            "{value} is out of range for `{device}.{}`; give {} to {} {}",
            declared.name, declared.minimum, declared.maximum, declared.unit
        )),
    }
}

//! The simulator's I2C buses and device models behind the runner's hub.

use deployment::{BusKind, System};
use runner::{
    I2cDevices,
    board::{BusTime, I2cError, I2cOperation, I2cTransfer},
};
use simulator::{StimulusChange, devices, i2c::I2cBus};
use std::collections::BTreeMap;

/// All I2C buses of a system, and the changes of their stimuli that are still to come.
pub(super) struct VirtualDevices {
    buses: BTreeMap<String, I2cBus>,
    /// By time.
    changes: Vec<Change>,
}

struct Change {
    at_ns: u64,
    bus: String,
    device: usize,
    stimulus: usize,
    value: f64,
}

/// Where a device is.
struct Place {
    bus: String,
    position: usize,
    model: &'static devices::Model,
}

impl VirtualDevices {
    /// The buses with their devices; a model or stimulus that there is not is told.
    pub(super) fn new(
        system: &System,
        changes: &[StimulusChange],
    ) -> Result<VirtualDevices, String> {
        let mut buses = BTreeMap::new();
        let mut places = BTreeMap::new();
        for bus in &system.buses {
            let BusKind::I2c { clock_hz, devices } = &bus.kind else {
                continue;
            };
            let mut virtual_bus = I2cBus::new(&bus.name, *clock_hz);
            for device in devices {
                let model = model(&device.model)?;
                let mut made = model.make();
                for (name, value) in &device.stimuli {
                    let number = stimulus(model, name)?;
                    in_range(model, &device.name, number, *value)?;
                    made.set_stimulus(0, number, *value);
                }
                let position = virtual_bus.attach(device.address, made);
                places.insert(
                    device.name.clone(),
                    Place {
                        bus: bus.name.clone(),
                        position,
                        model,
                    },
                );
            }
            buses.insert(bus.name.clone(), virtual_bus);
        }
        let mut changes = changes
            .iter()
            .map(|change| placed(&places, change))
            .collect::<Result<Vec<_>, _>>()?;
        changes.sort_by_key(|change| change.at_ns);
        Ok(VirtualDevices { buses, changes })
    }

    fn stimulate(&mut self, now_ns: u64) {
        let due = self
            .changes
            .partition_point(|change| change.at_ns <= now_ns);
        for change in self.changes.drain(..due) {
            let bus = self.buses.get_mut(&change.bus);
            if let Some(device) = bus.and_then(|bus| bus.device_mut(change.device)) {
                device.set_stimulus(change.at_ns, change.stimulus, change.value);
            }
        }
    }
}

impl I2cDevices for VirtualDevices {
    fn transfer(
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
}

fn model(name: &str) -> Result<&'static devices::Model, String> {
    devices::model(name).ok_or_else(|| {
        let known: Vec<_> = devices::MODELS
            .iter()
            .map(|model| format!("`{}`", model.name))
            .collect();
        format!(
            "there is no device model `{name}`; known are {}",
            known.join(", ")
        )
    })
}

fn stimulus(model: &devices::Model, name: &str) -> Result<usize, String> {
    model.stimulus(name).ok_or_else(|| {
        let known: Vec<_> = model
            .stimuli
            .iter()
            .map(|stimulus| format!("`{}`", stimulus.name))
            .collect();
        format!(
            "model `{}` has no stimulus `{name}`; it has {}",
            model.name,
            known.join(", ")
        )
    })
}

fn placed(places: &BTreeMap<String, Place>, change: &StimulusChange) -> Result<Change, String> {
    let place = places.get(&change.device).ok_or_else(|| {
        let known: Vec<_> = places.keys().map(|name| format!("`{name}`")).collect();
        format!(
            "there is no device `{}`; the system has {}",
            change.device,
            known.join(", ")
        )
    })?;
    let stimulus = stimulus(place.model, &change.stimulus)?;
    in_range(place.model, &change.device, stimulus, change.value)?;
    Ok(Change {
        at_ns: change.at_ns,
        bus: place.bus.clone(),
        device: place.position,
        stimulus,
        value: change.value,
    })
}

/// The devices themselves take any value: what makes no sense is refused as the simulator does.
fn in_range(
    model: &devices::Model,
    device: &str,
    stimulus: usize,
    value: f64,
) -> Result<(), String> {
    let Some(declared) = model.stimuli.get(stimulus) else {
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

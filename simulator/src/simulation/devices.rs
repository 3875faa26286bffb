//! Devices as a panel shows them. Knows nothing of how it is drawn.

use super::Simulation;
use crate::devices::{Register, Stimulus};
use serde::Serialize;

/// A device now.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DeviceView {
    pub name: String,
    pub model: &'static str,
    pub title: &'static str,
    pub bus: String,
    pub address: u16,
    pub stimuli: Vec<StimulusView>,
    pub registers: Vec<Register>,
    /// What guests did wrong, the first hundred; the trace has all.
    pub misuse: Vec<String>,
}

/// A stimulus with its present value.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StimulusView {
    #[serde(flatten)]
    pub declared: Stimulus,
    pub value: f64,
}

impl Simulation {
    /// All devices, in the order of buses by name, then of the system.
    pub fn devices(&self) -> Vec<DeviceView> {
        let world = self.world();
        let view = |slot: &super::world::DeviceSlot| {
            let bus = world.i2cs.get(slot.bus)?;
            let device = bus.device(slot.position)?;
            let stimuli = slot
                .model
                .stimuli
                .iter()
                .enumerate()
                .map(|(number, declared)| StimulusView {
                    declared: *declared,
                    value: device.stimulus(number).unwrap_or(declared.default),
                });
            Some(DeviceView {
                name: slot.name.clone(),
                model: slot.model.name,
                title: slot.model.title,
                bus: bus.name().to_owned(),
                address: slot.address,
                stimuli: stimuli.collect(),
                registers: device.registers(self.now_ns),
                misuse: slot.misuse.clone(),
            })
        };
        world.devices.iter().filter_map(view).collect()
    }
}

//! Devices as a panel shows them. Knows nothing of how it is drawn.

use super::{
    Simulation,
    attached::{DeviceSlot, Place},
};
use crate::devices::{Register, Stimulus};
use serde::Serialize;

/// A device now.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DeviceView {
    pub name: String,
    pub model: &'static str,
    pub title: &'static str,
    /// Or the GPIO controller.
    pub bus: String,
    /// On I2C.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<u16>,
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
    /// All devices and pins, in the order of buses by name, then of the system.
    pub fn devices(&self) -> Vec<DeviceView> {
        let world = self.world();
        let view = |slot: &DeviceSlot| {
            let (bus, values, registers) = world.shown(slot.place, self.now_ns)?;
            let stimuli = slot.stimuli.iter().zip(values);
            Some(DeviceView {
                name: slot.name.clone(),
                model: slot.model,
                title: slot.title,
                bus,
                address: match slot.place {
                    Place::I2c { address, .. } => Some(address),
                    Place::Spi { .. } | Place::Pin(_) => None,
                },
                stimuli: stimuli
                    .map(|(declared, value)| StimulusView {
                        declared: *declared,
                        value,
                    })
                    .collect(),
                registers,
                misuse: slot.misuse.clone(),
            })
        };
        world.devices.iter().filter_map(view).collect()
    }
}

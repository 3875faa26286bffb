//! What the window shows of devices: what the world does to them, by name.

use crate::session::{DeviceView, StimulusView};
use simulator::Simulation;

/// Devices and pins, then the messages of the restbus, whose signals are set like stimuli.
pub(super) fn devices(simulation: &Simulation) -> Vec<DeviceView> {
    let mut views = own_devices(simulation);
    let rests = simulation.restbus().into_iter();
    views.extend(rests.map(|rest| {
        DeviceView {
            name: rest.name,
            model: format!("Restbus of {}", rest.node),
            bus: rest.bus,
            stimuli: rest
                .signals
                .into_iter()
                .map(|signal| StimulusView {
                    name: signal.name,
                    unit: signal.unit,
                    minimum: signal.minimum,
                    maximum: signal.maximum,
                    step: signal.step,
                    value: signal.value,
                })
                .collect(),
        }
    }));
    views
}

fn own_devices(simulation: &Simulation) -> Vec<DeviceView> {
    let views = simulation.devices().into_iter();
    views
        .map(|device| DeviceView {
            name: device.name,
            model: device.model.to_owned(),
            bus: device.bus,
            stimuli: device
                .stimuli
                .into_iter()
                .map(|stimulus| StimulusView {
                    name: stimulus.declared.name.to_owned(),
                    unit: stimulus.declared.unit.to_owned(),
                    minimum: stimulus.declared.minimum,
                    maximum: stimulus.declared.maximum,
                    step: stimulus.declared.step,
                    value: stimulus.value,
                })
                .collect(),
        })
        .collect()
}

//! Sensors that tell something else than the world: between a stimulus and its device.
//! Knows nothing of what devices make of it.

use super::{FaultState, What};
use crate::{
    faults::{Extreme, SensorEffect},
    simulation::world::{Stimulation, Target, World},
};

/// SplitMix64, as boards have it.
pub(super) fn next_random(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mixed = (*state ^ *state >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ mixed >> 31
}

/// From −1 to 1.
fn either_way(state: &mut u64) -> f64 {
    (next_random(state) >> 11) as f64 / (1u64 << 52) as f64 - 1.0
}

impl World {
    /// What a device is told of a value of the world, which is kept for the end of the faults.
    pub(in crate::simulation) fn sensed(
        &mut self,
        device: usize,
        stimulus: usize,
        value: f64,
    ) -> f64 {
        if let Some(real) = self.faults.real.get_mut(&(device, stimulus)) {
            *real = value;
        }
        self.told(device, stimulus, value)
    }

    fn told(&mut self, device: usize, stimulus: usize, value: f64) -> f64 {
        let place = (device, stimulus);
        let slot = self.devices.get(device);
        let declared = slot.and_then(|slot| slot.stimuli.get(stimulus));
        let entries = self.faults.entries.iter_mut();
        let active = entries.filter(|entry| entry.state == FaultState::Active);
        active.fold(value, |value, entry| match &mut entry.what {
            What::Sensor {
                place: own,
                effect,
                before,
                random,
            } if *own == place => match *effect {
                SensorEffect::StuckAt(at) => at,
                SensorEffect::Frozen => *before,
                SensorEffect::Offset(by) => value + by,
                SensorEffect::Noisy(by) => value + by * either_way(random),
                SensorEffect::OutOfRange(end) => declared.map_or(value, |declared| match end {
                    Extreme::Low => declared.minimum,
                    Extreme::High => declared.maximum,
                }),
            },
            _ => value,
        })
    }

    /// The fault has just become active.
    pub(super) fn begin_sensor(&mut self, at_ns: u64, number: usize) {
        let Some(What::Sensor { place, .. }) = self.faults.entries.get(number).map(|one| &one.what)
        else {
            return;
        };
        let (device, stimulus) = *place;
        let slot = self.devices.get(device).map(|slot| slot.place);
        let shown = slot.and_then(|place| self.shown(place, at_ns));
        let now = shown.and_then(|(_, values, _)| values.get(stimulus).copied());
        let now = now.unwrap_or_default();
        if let Some(What::Sensor { before, .. }) =
            self.faults.entries.get_mut(number).map(|one| &mut one.what)
        {
            *before = now;
        }
        self.faults.real.entry((device, stimulus)).or_insert(now);
        self.tell_device(at_ns, (device, stimulus));
    }

    /// The fault has just ended: the device is told what is real, or what other faults make of it.
    pub(super) fn end_sensor(&mut self, at_ns: u64, place: (usize, usize)) {
        self.tell_device(at_ns, place);
        let mut entries = self.faults.entries.iter();
        let is_told = entries.any(|entry| {
            let is_own = matches!(entry.what, What::Sensor { place: own, .. } if own == place);
            is_own && entry.state == FaultState::Active
        });
        if !is_told {
            self.faults.real.remove(&place);
        }
    }

    /// Noise is new for every transaction.
    pub(in crate::simulation) fn refresh_noise(&mut self, at_ns: u64) {
        if self.faults.real.is_empty() {
            return;
        }
        let entries = self.faults.entries.iter();
        let noisy = entries.filter_map(|entry| match &entry.what {
            What::Sensor {
                place,
                effect: SensorEffect::Noisy(_),
                ..
            } if entry.state == FaultState::Active => Some(*place),
            _ => None,
        });
        for place in noisy.collect::<Vec<_>>() {
            self.tell_device(at_ns, place);
        }
    }

    fn tell_device(&mut self, at_ns: u64, (device, stimulus): (usize, usize)) {
        let Some(real) = self.faults.real.get(&(device, stimulus)).copied() else {
            return;
        };
        let value = self.told(device, stimulus, real);
        let target = Target::Device { device, stimulus };
        self.reach_device(at_ns, Stimulation { target, value });
    }
}

//! Looks the names of a fault up in the system: which buses, messages and ECUs there are.
//! Knows nothing of what faults do.

use super::{FrameEffect, What};
use crate::{
    can::{ControllerId, Id},
    faults::{CanEffect, Extent, Fault, FaultError, FaultKind, FrameChoice, near},
    simulation::{
        error::SimulationError,
        world::{CanNet, World},
    },
};
use deployment::Partition;

/// Names that a message lists.
const LISTED: usize = 12;

impl World {
    /// A partition knows its messages by their names.
    pub(in crate::simulation) fn name_messages(&mut self, table: &Partition) {
        for pdu in &table.pdus {
            let id = match pdu.extended {
                true => Id::extended(pdu.id),
                false => Id::standard(pdu.id),
            };
            let net = self.cans.iter_mut().find(|net| net.name == pdu.bus);
            if let (Some(net), Ok(id)) = (net, id) {
                net.messages.insert(pdu.name.clone(), id);
            }
        }
    }

    /// Numbers for its names, and what the trace calls it.
    pub(super) fn resolve_fault(&self, fault: &Fault) -> Result<(What, String), SimulationError> {
        Ok(self.looked_up(fault)?)
    }

    fn looked_up(&self, fault: &Fault) -> Result<(What, String), FaultError> {
        match &fault.kind {
            FaultKind::Can { bus, effect } => {
                let names = self.cans.iter().map(|net| net.name.as_str());
                let net = position(fault, "CAN bus", bus, names)?;
                let found = self
                    .cans
                    .get(net)
                    .map(|of| on_can(fault, (net, of, self.faults.seed), effect));
                let what = found.unwrap_or_else(|| Err(unfit(fault, "the bus is not there")))?;
                Ok((what, bus.clone()))
            }
            FaultKind::I2c { bus, effect } => {
                let names = self.i2cs.iter().map(|wire| wire.name());
                let number = position(fault, "I2C bus", bus, names)?;
                let effect = *effect;
                Ok((
                    What::I2c {
                        bus: number,
                        effect,
                    },
                    bus.clone(),
                ))
            }
            FaultKind::Spi { device, effect } => {
                let buses = self.spis.iter().enumerate();
                let places = buses.flat_map(|(bus, wire)| {
                    let names = wire.names().enumerate();
                    names.map(move |(at, name)| ((bus, at), name))
                });
                let places: Vec<((usize, usize), &str)> = places.collect();
                let names = places.iter().map(|(_, name)| *name);
                let number = position(fault, "device on SPI", device, names)?;
                let (place, _) = places.get(number).copied().unwrap_or_default();
                let effect = effect.clone();
                Ok((What::Spi { place, effect }, device.clone()))
            }
            FaultKind::Pin { pin, error } => {
                let names = self.lines.iter().map(|line| line.line.name());
                position(fault, "pin", pin, names)?;
                let error = error.clone();
                Ok((
                    What::Pin {
                        pin: pin.clone(),
                        error,
                    },
                    pin.clone(),
                ))
            }
            FaultKind::Sensor {
                device,
                stimulus,
                effect,
            } => {
                let names = self.devices.iter().map(|slot| slot.name.as_str());
                let number = position(fault, "device", device, names)?;
                let declared = self
                    .devices
                    .get(number)
                    .map_or(&[][..], |slot| slot.stimuli);
                let names = declared.iter().map(|declared| declared.name);
                let place = (number, position(fault, "stimulus", stimulus, names)?);
                let what = What::Sensor {
                    place,
                    effect: *effect,
                    before: 0.0,
                    random: self.faults.seed ^ (place.0 as u64) << 32 ^ place.1 as u64,
                };
                Ok((what, format!("{device}.{stimulus}")))
            }
            FaultKind::EcuReset { ecu } => {
                let names = self.faults.ecus.iter().map(String::as_str);
                position(fault, "ECU", ecu, names)?;
                once(fault)?;
                Ok((What::Reset { ecu: ecu.clone() }, ecu.clone()))
            }
        }
    }
}

fn on_can(
    fault: &Fault,
    (net, of, seed_of_run): (usize, &CanNet, u64),
    effect: &CanEffect,
) -> Result<What, FaultError> {
    let (frame, effect) = match effect {
        CanEffect::Lose { frame, to } => {
            let to = to.as_ref().map(|to| receiver(fault, of, to)).transpose()?;
            (frame, FrameEffect::Lose(to))
        }
        CanEffect::Delay { frame, by_ns } => (frame, FrameEffect::DelayNs(*by_ns)),
        CanEffect::Duplicate { frame } => (frame, FrameEffect::Duplicate),
        CanEffect::Corrupt { frame, bit } => (frame, FrameEffect::Corrupt(*bit)),
        CanEffect::ErrorFrame => {
            once(fault)?;
            return Ok(What::ErrorFrame { net });
        }
        CanEffect::BusOff { node } => {
            once(fault)?;
            let node = receiver(fault, of, node)?;
            return Ok(What::BusOff { net, node });
        }
        CanEffect::Random { per_s, seed } => {
            if let Extent::Times(_) = fault.extent {
                return Err(unfit(
                    fault,
                    "what comes at random is not counted; leave `times` out",
                ));
            }
            let (per_s, state) = (*per_s, seed.rotate_left(32) ^ seed_of_run);
            return Ok(What::Random { net, per_s, state });
        }
    };
    let id = chosen(fault, of, frame)?;
    Ok(What::Frame { net, id, effect })
}

/// The identifier that is meant; `None`: any.
fn chosen(fault: &Fault, net: &CanNet, frame: &FrameChoice) -> Result<Option<Id>, FaultError> {
    match frame {
        FrameChoice::Any => Ok(None),
        FrameChoice::Id(id) => Ok(Some(*id)),
        FrameChoice::Message(name) => {
            let names = net.messages.keys().map(String::as_str);
            let number = position(fault, "message", name, names)?;
            Ok(net.messages.values().nth(number).copied())
        }
    }
}

fn receiver(fault: &Fault, net: &CanNet, name: &str) -> Result<ControllerId, FaultError> {
    let ecus = net.bus.controllers().iter().zip(&net.ecus).enumerate();
    let ecus = ecus.filter(|(_, (_, ecu))| ecu.is_some());
    let ecus: Vec<(usize, &str)> = ecus.map(|(at, (one, _))| (at, one.name())).collect();
    let names = ecus.iter().map(|(_, name)| *name);
    let number = position(fault, "ECU on the bus", name, names)?;
    let (at, _) = ecus.get(number).copied().unwrap_or_default();
    Ok(ControllerId(at as u32))
}

fn position<'a>(
    fault: &Fault,
    what: &'static str,
    name: &str,
    names: impl Iterator<Item = &'a str> + Clone,
) -> Result<usize, FaultError> {
    let mut places = names.clone();
    places
        .position(|one| one == name)
        .ok_or_else(|| FaultError::Unknown {
            text: fault.to_string(),
            what,
            name: name.to_owned(),
            near: near(name, names.clone()),
            known: listed(names),
        })
}

fn listed<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let mut names: Vec<&str> = names.collect();
    names.sort_unstable();
    names.dedup();
    let shown: Vec<String> = names
        .iter()
        .take(LISTED)
        .map(|one| format!("`{one}`"))
        .collect();
    match names.len() {
        0 => "none".to_owned(),
        all if all > LISTED => format!("{} and {} more", shown.join(", "), all - LISTED),
        _ => shown.join(", "),
    }
}

/// Of what is at an instant.
fn once(fault: &Fault) -> Result<(), FaultError> {
    match fault.extent {
        Extent::Times(1) => Ok(()),
        _ => Err(unfit(
            fault,
            "this comes once; leave `for`, `times` and `always` out, or give a fault for each",
        )),
    }
}

fn unfit(fault: &Fault, reason: &str) -> FaultError {
    FaultError::Unfit {
        text: fault.to_string(),
        reason: reason.to_owned(),
    }
}

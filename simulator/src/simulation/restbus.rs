//! The restbus: messages of nodes that are not there. Each is sent by its cycle time with what its
//! signals are set to, protected end to end where that is said; one without a cycle time is sent
//! when a signal of it is set. Knows nothing of who receives them.

use super::{
    Simulation,
    error::{SimulationError, listed},
    options::StimulusChange,
    world::{FrameRequest, Stimulation, Target, World},
};
use crate::{
    can::{Attempts, ControllerId, Frame, Id, QueueOrder},
    trace::{Kind, SubjectId},
};
use autosar_wit::dbc::{Message, Raw, Signal};
use protection::{Configuration, Sender};
use serde::Serialize;

/// A message that a node sends which is not there.
#[derive(Debug, Clone, PartialEq)]
pub struct RestMessage {
    pub bus: String,
    pub node: String,
    pub message: Message,
    /// Period and offset; `None`: sent when a signal is set.
    pub cycle_ns: Option<(u64, u64)>,
    pub protection: Option<Configuration>,
}

/// Such a message in a run.
#[derive(Debug)]
pub(super) struct Rest {
    said: RestMessage,
    /// `can0:FanStatus`
    name: String,
    net: usize,
    controller: ControllerId,
    id: Id,
    /// What is sent, without counter and checksum.
    data: Vec<u8>,
    sender: Sender,
    next_ns: Option<u64>,
    /// By signal.
    subjects: Vec<SubjectId>,
}

/// A message of the restbus and what its signals are set to now.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RestView {
    /// `can0:FanStatus`
    pub name: String,
    pub bus: String,
    pub node: String,
    pub signals: Vec<RestSignal>,
}

/// A signal that can be set.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RestSignal {
    pub name: String,
    pub unit: String,
    pub minimum: f64,
    pub maximum: f64,
    pub step: f64,
    pub value: f64,
}

impl World {
    /// A controller for each node, in the order of the messages.
    pub(super) fn add_restbus(&mut self, messages: &[RestMessage]) -> Result<(), SimulationError> {
        let mut nodes: Vec<(usize, &str, ControllerId)> = Vec::new();
        for said in messages {
            let net = self.can_named(&said.bus)?;
            let known = nodes
                .iter()
                .find(|one| (one.0, one.1) == (net, &*said.node));
            let controller = match known {
                Some((_, _, controller)) => *controller,
                None => self.attach(net, &said.node, None, QueueOrder::Priority),
            };
            nodes.push((net, &said.node, controller));
            let message = &said.message;
            let id = match message.extended {
                true => Id::extended(message.id)?,
                false => Id::standard(message.id)?,
            };
            let name = format!("{}:{}", said.bus, message.name);
            let signals = message.signals.iter();
            let subjects = signals.map(|one| self.trace.subject(&format!("{name}.{}", one.name)));
            let subjects = subjects.collect();
            self.rests.push(Rest {
                said: said.clone(),
                name,
                net,
                controller,
                id,
                data: start(message),
                sender: Sender::new(),
                next_ns: said.cycle_ns.map(|(_, offset_ns)| offset_ns),
                subjects,
            });
        }
        Ok(())
    }

    /// The next message that is due by its cycle time: of several the first.
    pub(super) fn next_rest(&self) -> Option<(u64, usize)> {
        let rests = self.rests.iter().enumerate();
        rests
            .filter_map(|(number, rest)| Some((rest.next_ns?, number)))
            .min()
    }

    pub(super) fn send_rest(&mut self, at_ns: u64, number: usize) {
        let Some(rest) = self.rests.get_mut(number) else {
            return;
        };
        if let Some((period_ns, _)) = rest.said.cycle_ns {
            rest.next_ns = Some(at_ns.saturating_add(period_ns.max(1)));
        }
        let mut data = rest.data.clone();
        if let Some(protection) = &rest.said.protection {
            // What cannot be protected so is a finding of the checks; it goes out as it is.
            let _ = rest.sender.protect(protection, &mut data);
        }
        let Ok(frame) = Frame::data(rest.id, &data) else {
            return;
        };
        let request = FrameRequest {
            net: rest.net,
            controller: rest.controller,
            frame,
            token: 0,
            attempts: Attempts::UntilSent,
        };
        self.request(at_ns, request);
    }

    /// A signal of the restbus by its name; `None` where no message is called like the device.
    pub(super) fn resolve_signal(
        &self,
        change: &StimulusChange,
    ) -> Option<Result<Stimulation, SimulationError>> {
        let mut rests = self.rests.iter().enumerate();
        let (message, rest) = rests.find(|(_, rest)| rest.name == change.device)?;
        let mut settable = rest.settable();
        let found = settable.find(|(_, signal)| signal.name == change.stimulus);
        let Some((number, signal)) = found else {
            return Some(Err(SimulationError::UnknownStimulus {
                device: change.device.clone(),
                stimulus: change.stimulus.clone(),
                known: listed(rest.settable().map(|(_, signal)| signal.name.as_str())),
            }));
        };
        let (minimum, maximum) = range(signal);
        if !(minimum..=maximum).contains(&change.value) {
            return Some(Err(SimulationError::SignalRange {
                signal: format!("{}.{}", rest.name, signal.name),
                value: change.value,
                minimum,
                maximum,
            }));
        }
        Some(Ok(Stimulation {
            target: Target::Signal {
                message,
                signal: number,
            },
            value: change.value,
        }))
    }

    pub(super) fn set_signal(&mut self, at_ns: u64, (number, signal): (usize, usize), value: f64) {
        let Some(rest) = self.rests.get_mut(number) else {
            return;
        };
        let Some(described) = rest.said.message.signals.get(signal) else {
            return;
        };
        let bits = described.bits(described.raw_of_physical(value));
        // Signals outside of the message are not among those that can be set.
        let _ = described.insert(&mut rest.data, bits);
        let is_event = rest.said.cycle_ns.is_none();
        if let Some(subject) = rest.subjects.get(signal) {
            self.trace
                .record(at_ns, Kind::Stimulus, *subject, format_args!("{value}"));
        }
        if is_event {
            self.send_rest(at_ns, number);
        }
    }

    pub(super) fn rest_names(&self) -> impl Iterator<Item = &str> {
        self.rests.iter().map(|rest| rest.name.as_str())
    }
}

impl Rest {
    /// Signals that are in every frame, and are not counter or checksum.
    fn settable(&self) -> impl Iterator<Item = (usize, &Signal)> {
        let length = self.data.len();
        let signals = self.said.message.signals.iter().enumerate();
        signals.filter(move |(_, signal)| {
            let mut bits = vec![0; length];
            let is_inside = signal.insert(&mut bits, u64::MAX).is_some();
            let is_set = |bit: &usize| {
                let byte = bits.get(bit / 8);
                byte.is_some_and(|byte| byte >> (bit % 8) & 1 == 1)
            };
            let protection = self.said.protection.as_ref();
            let is_header = protection.is_some_and(|protection| {
                (0..length * 8)
                    .filter(is_set)
                    .any(|bit| protection.writes(bit))
            });
            signal.presence.is_none() && signal.factor != 0.0 && is_inside && !is_header
        })
    }
}

/// Start values of the signals that are in every frame, else zeros.
fn start(message: &Message) -> Vec<u8> {
    let mut data = vec![0; message.length_bytes as usize];
    let signals = message.signals.iter();
    for signal in signals.filter(|signal| signal.presence.is_none()) {
        if let Some(start) = signal.start_value {
            let _ = signal.insert(&mut data, signal.bits(Raw::Float(start)));
        }
    }
    data
}

/// The physical range that the description gives, else that of the bits.
fn range(signal: &Signal) -> (f64, f64) {
    if signal.minimum < signal.maximum {
        return (signal.minimum, signal.maximum);
    }
    if signal.float {
        return (f64::from(f32::MIN), f64::from(f32::MAX));
    }
    let bits = signal.length_bits.clamp(1, 64) as i32;
    let (low, high) = match signal.signed {
        true => (-(2_f64.powi(bits - 1)), 2_f64.powi(bits - 1) - 1.0),
        false => (0.0, 2_f64.powi(bits) - 1.0),
    };
    let physical = |raw: f64| raw * signal.factor + signal.offset;
    let (one, other) = (physical(low), physical(high));
    (one.min(other), one.max(other))
}

impl Simulation {
    /// The messages of the restbus, in the order in which they were given.
    pub fn restbus(&self) -> Vec<RestView> {
        let signal = |rest: &Rest, signal: &Signal| {
            let (minimum, maximum) = range(signal);
            RestSignal {
                name: signal.name.clone(),
                unit: signal.unit.clone(),
                minimum,
                maximum,
                step: if signal.float {
                    0.1
                } else {
                    signal.factor.abs()
                },
                value: signal.decode(&rest.data).map_or(0.0, |one| one.physical),
            }
        };
        let rests = self.world().rests.iter();
        rests
            .map(|rest| RestView {
                name: rest.name.clone(),
                bus: rest.said.bus.clone(),
                node: rest.said.node.clone(),
                signals: rest.settable().map(|(_, one)| signal(rest, one)).collect(),
            })
            .collect()
    }
}

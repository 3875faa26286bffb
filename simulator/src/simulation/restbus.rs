//! The restbus in a run of virtual time: a controller for each node, frames when they are due, changes
//! in the trace. Knows nothing of what is in a frame.

use super::{
    Simulation,
    error::SimulationError,
    options::StimulusChange,
    world::{FrameRequest, Stimulation, Target, World},
};
use crate::{
    can::{Attempts, ControllerId, Frame, QueueOrder},
    restbus::{AbsentMessage, RestMessage, RestView, resolve},
    trace::{Kind, SubjectId},
};

/// A message of a node that is not there, and where it is sent.
#[derive(Debug)]
pub(super) struct Rest {
    message: AbsentMessage,
    net: usize,
    controller: ControllerId,
    /// By signal.
    subjects: Vec<SubjectId>,
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
            let message = AbsentMessage::new(said.clone())?;
            let name = message.name();
            if let Some(net) = self.cans.get_mut(net) {
                net.messages.insert(said.message.name.clone(), message.id());
            }
            let signals = said.message.signals.iter();
            let subjects = signals.map(|one| self.trace.subject(&format!("{name}.{}", one.name)));
            let subjects = subjects.collect();
            self.rests.push(Rest {
                message,
                net,
                controller,
                subjects,
            });
        }
        Ok(())
    }

    /// The next message that is due by its cycle time: of several the first.
    pub(super) fn next_rest(&self) -> Option<(u64, usize)> {
        let rests = self.rests.iter().enumerate();
        rests
            .filter_map(|(number, rest)| Some((rest.message.next_ns()?, number)))
            .min()
    }

    pub(super) fn send_rest(&mut self, at_ns: u64, number: usize) {
        let rest = self.rests.get_mut(number);
        if let Some(frame) = rest.and_then(|rest| rest.message.next_frame(at_ns)) {
            self.request_rest(at_ns, number, frame);
        }
    }

    fn request_rest(&mut self, at_ns: u64, number: usize, frame: Frame) {
        let Some(rest) = self.rests.get(number) else {
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
        let messages = self.rests.iter().map(|rest| &rest.message);
        let names = (change.device.as_str(), change.stimulus.as_str());
        let resolved = resolve(messages, names, change.value)?;
        let stimulation = resolved.map(|(message, signal)| Stimulation {
            target: Target::Signal { message, signal },
            value: change.value,
        });
        Some(stimulation.map_err(SimulationError::from))
    }

    pub(super) fn set_signal(&mut self, at_ns: u64, (number, signal): (usize, usize), value: f64) {
        let Some(rest) = self.rests.get_mut(number) else {
            return;
        };
        if let Some(subject) = rest.subjects.get(signal) {
            self.trace
                .record(at_ns, Kind::Stimulus, *subject, format_args!("{value}"));
        }
        if let Some(frame) = rest.message.set(at_ns, signal, value) {
            self.request_rest(at_ns, number, frame);
        }
    }

    pub(super) fn rest_names(&self) -> impl Iterator<Item = &str> {
        self.rests.iter().map(|rest| rest.message.name())
    }
}

impl Simulation {
    /// The messages of the restbus, in the order in which they were given.
    pub fn restbus(&self) -> Vec<RestView> {
        let rests = self.world().rests.iter();
        rests.map(|rest| rest.message.view()).collect()
    }
}

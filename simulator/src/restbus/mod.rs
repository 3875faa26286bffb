//! Messages of nodes that are not there: what their signals are set to, which frame is next and when,
//! protected end to end where that is said. Knows nothing of buses, and of what runs them.

mod groups;

use crate::can::{Flexible, Frame, FrameError, Id};
use autosar_wit::dbc::{self, Message, Raw, Signal};
use groups::Groups;
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
    /// Of one without a cycle: how often it is sent again, and how far apart.
    pub repetition: Option<(u32, u64)>,
    pub protection: Option<Configuration>,
}

/// Such a message in a run.
#[derive(Debug)]
pub struct AbsentMessage {
    said: RestMessage,
    /// `can0:FanStatus`
    name: String,
    id: Id,
    /// What is in every frame, without counter and checksum; as long as a frame.
    data: Vec<u8>,
    groups: Groups,
    sender: Sender,
    next_ns: Option<u64>,
    /// How often the signal that was set last is still to be sent again.
    left: u32,
    set_last: usize,
}

/// Why a signal is not set.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum RestError {
    #[error("message `{message}` has no signal `{signal}` that can be set; it has {known}")]
    UnknownSignal {
        message: String,
        signal: String,
        known: String,
    },
    #[error("{value} is out of range for `{signal}`; give {minimum} to {maximum}")]
    Range {
        signal: String,
        value: f64,
        minimum: f64,
        maximum: f64,
    },
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

impl AbsentMessage {
    /// With the start values of its signals.
    ///
    /// # Errors
    /// No frame has such an identifier.
    pub fn new(said: RestMessage) -> Result<AbsentMessage, FrameError> {
        let message = &said.message;
        let id = match message.extended {
            true => Id::extended(message.id)?,
            false => Id::standard(message.id)?,
        };
        Ok(AbsentMessage {
            name: format!("{}:{}", said.bus, message.name),
            id,
            data: start(message),
            groups: Groups::of(message),
            sender: Sender::new(),
            next_ns: said.cycle_ns.map(|(_, offset_ns)| offset_ns),
            left: 0,
            set_last: 0,
            said,
        })
    }

    pub fn id(&self) -> Id {
        self.id
    }

    pub fn said(&self) -> &RestMessage {
        &self.said
    }

    /// `can0:FanStatus`
    pub fn name(&self) -> &str {
        &self.name
    }

    /// When the next frame is due by the cycle time, or as a repetition.
    pub fn next_ns(&self) -> Option<u64> {
        self.next_ns
    }

    /// The frame that is due, and from then on the next one is, a cycle later; cycles that have passed
    /// meanwhile are left out. Of multiplexed signals it has those whose turn it is.
    pub fn next_frame(&mut self, at_ns: u64) -> Option<Frame> {
        if self.said.cycle_ns.is_none() {
            self.left = self.left.saturating_sub(1);
            return self.event(at_ns);
        }
        if let (Some(due_ns), Some((period_ns, _))) = (self.next_ns, self.said.cycle_ns) {
            let period_ns = period_ns.max(1);
            let passed = at_ns.saturating_sub(due_ns) / period_ns;
            let ahead_ns = period_ns.saturating_mul(passed.saturating_add(1));
            self.next_ns = Some(due_ns.saturating_add(ahead_ns));
        }
        let data = self.groups.next(&self.said.message, &self.data);
        self.framed(data)
    }

    /// Sets a signal, by its position in the message, to a physical value. Gives the frame that this
    /// asks for: of a message without a cycle time, with that signal in it.
    pub fn set(&mut self, at_ns: u64, signal: usize, value: f64) -> Option<Frame> {
        let message = &self.said.message;
        let described = message.signals.get(signal)?;
        let bits = described.bits(described.raw_of_physical(value));
        if !self.groups.set(signal, bits) {
            // Signals outside of the message are not among those that can be set.
            let _ = described.insert(&mut self.data, bits);
        }
        if self.said.cycle_ns.is_some() {
            return None;
        }
        self.left = self.said.repetition.map_or(0, |(count, _)| count);
        self.set_last = signal;
        self.event(at_ns)
    }

    /// The frame of what was set last; from now on its next repetition is due.
    fn event(&mut self, at_ns: u64) -> Option<Frame> {
        let period_ns = self.said.repetition.map(|(_, period_ns)| period_ns.max(1));
        let period_ns = period_ns.filter(|_| self.left > 0);
        self.next_ns = period_ns.map(|period_ns| at_ns.saturating_add(period_ns));
        let data = self
            .groups
            .with(&self.said.message, &self.data, self.set_last);
        self.framed(data)
    }

    /// Signals that can be set, with their positions: not counter and checksum.
    pub fn settable(&self) -> impl Iterator<Item = (usize, &Signal)> {
        let signals = self.said.message.signals.iter().enumerate();
        signals.filter(|(number, signal)| {
            let mut bits = vec![0; self.data.len()];
            let is_inside = signal.insert(&mut bits, u64::MAX).is_some();
            let is_set = |bit: &usize| {
                let byte = bits.get(bit / 8);
                byte.is_some_and(|byte| byte >> (bit % 8) & 1 == 1)
            };
            let protection = self.said.protection.as_ref();
            let is_header = protection.is_some_and(|protection| {
                (0..bits.len() * 8)
                    .filter(is_set)
                    .any(|bit| protection.writes(bit))
            });
            let is_ever = signal.presence.is_none() || self.groups.is_ever_there(*number);
            is_ever && signal.factor != 0.0 && is_inside && !is_header
        })
    }

    pub fn view(&self) -> RestView {
        let signal = |number: usize, signal: &Signal| {
            let (minimum, maximum) = range(signal);
            let in_group = self.groups.bits(number).map(|bits| signal.raw(bits));
            let value = match in_group {
                Some(raw) => signal.physical(raw),
                None => signal.decode(&self.data).map_or(0.0, |one| one.physical),
            };
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
                value,
            }
        };
        RestView {
            name: self.name.clone(),
            bus: self.said.bus.clone(),
            node: self.said.node.clone(),
            signals: self
                .settable()
                .map(|(number, one)| signal(number, one))
                .collect(),
        }
    }

    /// With counter and checksum, as a frame of its length has it.
    fn framed(&mut self, mut data: Vec<u8>) -> Option<Frame> {
        if let Some(protection) = &self.said.protection {
            // What cannot be protected so is a finding of the checks; it goes out as it is.
            let _ = self.sender.protect(protection, &mut data);
        }
        if data.len() <= dbc::CLASSIC_BYTES as usize {
            return Frame::data(self.id, &data).ok();
        }
        // As ECUs send theirs.
        let flexible = Flexible {
            bit_rate_switch: true,
            error_state_indicator: false,
        };
        Frame::flexible(self.id, &data, flexible).ok()
    }
}

/// A message, by its position, and a signal of it that gets a value; `None` where no message has the
/// name.
///
/// # Errors
/// It has no such signal, or the value is out of its range.
pub fn resolve<'a>(
    messages: impl Iterator<Item = &'a AbsentMessage>,
    (name, signal): (&str, &str),
    value: f64,
) -> Option<Result<(usize, usize), RestError>> {
    let mut messages = messages.enumerate();
    let (number, message) = messages.find(|(_, message)| message.name == name)?;
    let found = message.settable().find(|(_, known)| known.name == signal);
    let Some((position, described)) = found else {
        let known: Vec<String> = message
            .settable()
            .map(|(_, known)| format!("`{}`", known.name))
            .collect();
        return Some(Err(RestError::UnknownSignal {
            message: name.to_owned(),
            signal: signal.to_owned(),
            known: match known.is_empty() {
                true => "none".to_owned(),
                false => known.join(", "),
            },
        }));
    };
    let (minimum, maximum) = range(described);
    if !(minimum..=maximum).contains(&value) {
        return Some(Err(RestError::Range {
            signal: format!("{name}.{signal}"),
            value,
            minimum,
            maximum,
        }));
    }
    Some(Ok((number, position)))
}

/// Start values of the signals that are in every frame, else zeros.
fn start(message: &Message) -> Vec<u8> {
    let length = dbc::frame_bytes(message.length_bytes).map_or(message.length_bytes, u32::from);
    let mut data = vec![0; length as usize];
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

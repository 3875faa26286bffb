//! The parsed file into our database.

use super::statements::{About, Statement, lines};
use super::tables::Tables;
use super::{ByteOrder, Database, Defect, Message, Multiplexing, Presence, Signal};
use can_dbc::{
    AttributeValue, Dbc, MessageId, MultiplexIndicator, NumericValue, SignalExtendedValueType,
};
use std::collections::{HashMap, HashSet};

/// The name under which CANdb++ keeps signals that no message has.
pub(super) const NO_MESSAGE: &str = "VECTOR__INDEPENDENT_SIG_MSG";
/// The longest CAN FD frame.
pub(super) const LONGEST_BYTES: u64 = 64;

pub(super) fn database(
    dbc: &Dbc,
    statements: &[Statement<'_>],
    defects: &mut Vec<Defect>,
) -> Database {
    let mut build = Build {
        tables: Tables::of(dbc),
        lines: lines(statements),
        defects,
    };
    let mut ids = HashSet::new();
    let mut messages = Vec::new();
    for message in dbc
        .messages
        .iter()
        .filter(|message| message.name != NO_MESSAGE)
    {
        if !ids.insert(message.id) {
            build.defect(
                About::Message(message.id.raw()),
                format!(
                    "two messages have the identifier of `{}`; the first counts",
                    message.name
                ),
            );
            continue;
        }
        messages.push(build.message(message));
    }
    build.identifiers(statements);
    build.references(dbc, &messages);
    Database { messages }
}

pub(super) struct Build<'a, 'd> {
    pub(super) tables: Tables<'a>,
    lines: HashMap<About, u32>,
    pub(super) defects: &'d mut Vec<Defect>,
}

impl Build<'_, '_> {
    pub(super) fn defect(&mut self, about: About, message: String) {
        let line = self.lines.get(&about).copied().unwrap_or(1);
        self.defects.push(Defect { line, message });
    }

    fn message(&mut self, message: &can_dbc::Message) -> Message {
        let (id, extended) = match message.id {
            MessageId::Standard(id) => (u32::from(id), false),
            MessageId::Extended(id) => (id, true),
        };
        let about = || About::Message(message.id.raw());
        if message.size > LONGEST_BYTES {
            self.defect(
                about(),
                format!(
                    "message `{}` has {} bytes, a CAN frame up to {LONGEST_BYTES}; correct its length",
                    message.name, message.size
                ),
            );
        }
        let cycle = self
            .tables
            .cycles
            .get(&message.id)
            .copied()
            .or(self.tables.default_cycle);
        let mut names = HashSet::new();
        let mut signals = Vec::new();
        for signal in &message.signals {
            if !names.insert(signal.name.as_str()) {
                let text = format!(
                    "message `{}` has two signals `{}`; the first counts",
                    message.name, signal.name
                );
                self.defect(About::Signal(message.id.raw(), signal.name.clone()), text);
                continue;
            }
            signals.push(self.signal(message, signal));
        }
        self.check_overlaps(message, &signals);
        let comment = self.tables.comments.get(&(message.id, "")).copied();
        Message {
            name: message.name.clone(),
            id,
            extended,
            length_bytes: u32::try_from(message.size.min(LONGEST_BYTES)).unwrap_or_default(),
            sender: message.transmitter.clone(),
            cycle_time_ms: cycle
                .and_then(number)
                .map(|ms| ms as u32)
                .filter(|ms| *ms > 0),
            signals,
            comment: comment.unwrap_or_default().to_owned(),
        }
    }

    fn signal(&mut self, message: &can_dbc::Message, signal: &can_dbc::Signal) -> Signal {
        let key = (message.id, signal.name.as_str());
        let multiplexing = match signal.multiplexer_indicator {
            MultiplexIndicator::Plain => Multiplexing::Plain,
            MultiplexIndicator::Multiplexor => Multiplexing::Multiplexor,
            MultiplexIndicator::MultiplexedSignal(value) => Multiplexing::Multiplexed(value),
            MultiplexIndicator::MultiplexorAndMultiplexedSignal(value) => Multiplexing::Both(value),
        };
        let start = self
            .tables
            .starts
            .get(&key)
            .copied()
            .or(self.tables.default_start);
        let float = self.tables.floats.get(&key).copied();
        let built = Signal {
            name: signal.name.clone(),
            start_bit: u32::try_from(signal.start_bit).unwrap_or(u32::MAX),
            length_bits: u32::try_from(signal.size).unwrap_or(u32::MAX),
            byte_order: match signal.byte_order {
                can_dbc::ByteOrder::LittleEndian => ByteOrder::Intel,
                can_dbc::ByteOrder::BigEndian => ByteOrder::Motorola,
            },
            signed: signal.value_type == can_dbc::ValueType::Signed,
            float: matches!(
                (float, signal.size),
                (Some(SignalExtendedValueType::IEEEfloat32Bit), 32)
                    | (Some(SignalExtendedValueType::IEEEdouble64bit), 64)
            ),
            factor: signal.factor,
            offset: signal.offset,
            minimum: numeric(signal.min),
            maximum: numeric(signal.max),
            unit: signal.unit.clone(),
            receivers: signal.receivers.clone(),
            values: self.tables.values.get(&key).cloned().unwrap_or_default(),
            presence: self.presence(message, signal, &multiplexing),
            multiplexing,
            comment: self
                .tables
                .comments
                .get(&key)
                .copied()
                .unwrap_or_default()
                .to_owned(),
            start_value: start.and_then(number),
        };
        self.check_signal(message, &built, float);
        built
    }

    /// By extended multiplexing, else by the message's only multiplexor.
    fn presence(
        &mut self,
        message: &can_dbc::Message,
        signal: &can_dbc::Signal,
        multiplexing: &Multiplexing,
    ) -> Option<Presence> {
        let (Multiplexing::Multiplexed(value) | Multiplexing::Both(value)) = multiplexing else {
            return None;
        };
        if let Some(presence) = self
            .tables
            .presences
            .get(&(message.id, signal.name.as_str()))
        {
            return Some(presence.clone());
        }
        let about = About::Signal(message.id.raw(), signal.name.clone());
        let is_top = |other: &&can_dbc::Signal| {
            other.multiplexer_indicator == MultiplexIndicator::Multiplexor
        };
        let mut tops = message.signals.iter().filter(is_top);
        let presence = match (tops.next(), tops.next()) {
            (Some(top), None) => Presence {
                multiplexor: top.name.clone(),
                ranges: vec![(*value, *value)],
            },
            (None, _) => {
                let text = format!(
                    "signal `{}` is multiplexed and message `{}` has no multiplexor; it is never decoded, mark one `M`",
                    signal.name, message.name
                );
                self.defect(about, text);
                Presence {
                    multiplexor: String::new(),
                    ranges: Vec::new(),
                }
            }
            (Some(top), Some(_)) => {
                let text = format!(
                    "message `{}` has several multiplexors and `{}` does not say which; `{}` is taken, add `SG_MUL_VAL_`",
                    message.name, signal.name, top.name
                );
                self.defect(about, text);
                Presence {
                    multiplexor: top.name.clone(),
                    ranges: vec![(*value, *value)],
                }
            }
        };
        Some(presence)
    }
}

fn numeric(value: NumericValue) -> f64 {
    match value {
        NumericValue::Uint(value) => value as f64,
        NumericValue::Int(value) => value as f64,
        NumericValue::Double(value) => value,
    }
}

fn number(value: &AttributeValue) -> Option<f64> {
    match value {
        AttributeValue::Uint(value) => Some(*value as f64),
        AttributeValue::Int(value) => Some(*value as f64),
        AttributeValue::Double(value) => Some(*value),
        AttributeValue::String(text) => text.trim().parse().ok(),
    }
}

//! A look at a file's sense: the parser checks none.

use super::build::{Build, LONGEST_BYTES, NO_MESSAGE};
use super::statements::{About, Statement};
use super::{Defect, Message, Signal};
use can_dbc::{Dbc, MessageId, SignalExtendedValueType};
use std::collections::{HashMap, HashSet};

impl Build<'_, '_> {
    pub(super) fn check_signal(
        &mut self,
        message: &can_dbc::Message,
        signal: &Signal,
        float: Option<SignalExtendedValueType>,
    ) {
        let place = format!("signal `{}` of `{}`", signal.name, message.name);
        let length_bytes = message.size.min(LONGEST_BYTES) as u32;
        let mut wrong = Vec::new();
        if signal.length_bits == 0 || signal.length_bits > 64 {
            wrong.push(format!(
                "{place} has {} bits, 1 to 64 are allowed; it is never decoded",
                signal.length_bits
            ));
        } else if !signal.fits(length_bytes) {
            wrong.push(format!(
                "{place} does not lie within its {length_bytes} bytes; correct start bit, length or the message's length"
            ));
        }
        if signal.factor == 0.0 {
            wrong.push(format!(
                "{place} has the factor 0, so every value is its offset; correct it"
            ));
        }
        if signal.minimum > signal.maximum {
            wrong.push(format!(
                "{place} has the minimum {} above its maximum {}; correct them",
                signal.minimum, signal.maximum
            ));
        }
        let wants_float =
            matches!(float, Some(kind) if kind != SignalExtendedValueType::SignedOrUnsignedInteger);
        if wants_float && !signal.float {
            wrong.push(format!(
                "{place} has {} bits and cannot be that float; it is read as an integer",
                signal.length_bits
            ));
        }
        for text in wrong {
            self.defect(About::Signal(message.id.raw(), signal.name.clone()), text);
        }
    }

    /// Signals that share bits and can be there at once.
    pub(super) fn check_overlaps(&mut self, message: &can_dbc::Message, signals: &[Signal]) {
        let bits: Vec<[u64; 8]> = signals.iter().map(occupied).collect();
        for (index, (signal, mine)) in signals.iter().zip(&bits).enumerate() {
            for (other, theirs) in signals.iter().zip(&bits).take(index) {
                let at_once = signal.presence.is_none()
                    || other.presence.is_none()
                    || signal.presence == other.presence;
                if at_once && mine.iter().zip(theirs).any(|(a, b)| a & b != 0) {
                    let text = format!(
                        "signals `{}` and `{}` of `{}` share bits; both are decoded, correct one",
                        other.name, signal.name, message.name
                    );
                    self.defect(About::Signal(message.id.raw(), signal.name.clone()), text);
                }
            }
        }
    }

    /// Identifiers that do not fit: the parser cuts them.
    pub(super) fn identifiers(&mut self, statements: &[Statement<'_>]) {
        for statement in statements
            .iter()
            .filter(|statement| statement.keyword == "BO_")
        {
            let mut words = statement.text.split_whitespace().skip(1);
            let id = words.next().and_then(|word| word.parse::<u64>().ok());
            let name = words.next().unwrap_or_default().trim_end_matches(':');
            if let Some(id) = id
                && (0x800..0x8000_0000).contains(&id)
            {
                let message = format!(
                    "message `{name}` has the standard identifier {id:#x}, above 0x7ff; add 0x80000000 for an extended one"
                );
                self.defects.push(Defect {
                    line: statement.line,
                    message,
                });
            }
        }
    }

    /// Statements about messages and signals that are not there.
    pub(super) fn references(&mut self, dbc: &Dbc, messages: &[Message]) {
        let orphans = dbc
            .messages
            .iter()
            .filter(|message| message.name == NO_MESSAGE);
        let kept: HashMap<(u32, bool), HashSet<&str>> = messages
            .iter()
            .map(|message| {
                let names = message
                    .signals
                    .iter()
                    .map(|signal| signal.name.as_str())
                    .collect();
                ((message.id, message.extended), names)
            })
            .collect();
        let ignored: HashSet<MessageId> = orphans.map(|message| message.id).collect();
        let mut missing = Vec::new();
        let mut refer = |keyword: &'static str, id: MessageId, signal: &str| {
            let key = match id {
                MessageId::Standard(id) => (u32::from(id), false),
                MessageId::Extended(id) => (id, true),
            };
            let what = match kept.get(&key) {
                _ if ignored.contains(&id) => return,
                None => format!("message {:#x}", key.0),
                Some(names) if signal.is_empty() || names.contains(signal) => return,
                Some(_) => format!("signal `{signal}` in message {:#x}", key.0),
            };
            let text = format!("`{keyword}` is about a {what}, which is not there; remove it");
            missing.push((About::Refers(keyword, id.raw(), signal.to_owned()), text));
        };
        for (id, signal) in self.tables.comments.keys() {
            refer("CM_", *id, signal);
        }
        for (id, signal) in self.tables.values.keys() {
            refer("VAL_", *id, signal);
        }
        for (id, signal) in self.tables.floats.keys() {
            refer("SIG_VALTYPE_", *id, signal);
        }
        for (id, signal) in self.tables.presences.keys() {
            refer("SG_MUL_VAL_", *id, signal);
        }
        for value in &dbc.attribute_values_message {
            refer("BA_", value.message_id, "");
        }
        for value in &dbc.attribute_values_signal {
            refer("BA_", value.message_id, &value.signal_name);
        }
        for (about, text) in missing {
            self.defect(about, text);
        }
    }
}

/// One bit for each bit of the longest frame.
fn occupied(signal: &Signal) -> [u64; 8] {
    let mut bits = [0; 8];
    for position in signal.positions().into_iter().flatten() {
        if let Some(word) = bits.get_mut((position / 64) as usize) {
            *word |= 1 << (position % 64);
        }
    }
    bits
}

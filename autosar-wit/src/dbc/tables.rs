//! What a DBC file says of messages and signals outside of them, found by their names.

use super::Presence;
use can_dbc::{AttributeValue, Comment, Dbc, MessageId, SignalExtendedValueType, ValueDescription};
use std::collections::HashMap;

/// What stands outside of messages, by message and signal; the first entry counts.
pub(super) struct Tables<'a> {
    pub comments: HashMap<(MessageId, &'a str), &'a str>,
    pub values: HashMap<(MessageId, &'a str), Vec<(i64, String)>>,
    pub floats: HashMap<(MessageId, &'a str), SignalExtendedValueType>,
    pub presences: HashMap<(MessageId, &'a str), Presence>,
    pub cycles: HashMap<MessageId, &'a AttributeValue>,
    pub starts: HashMap<(MessageId, &'a str), &'a AttributeValue>,
    pub default_cycle: Option<&'a AttributeValue>,
    pub default_start: Option<&'a AttributeValue>,
}

impl<'a> Tables<'a> {
    pub(super) fn of(dbc: &'a Dbc) -> Tables<'a> {
        let mut tables = Tables {
            comments: HashMap::new(),
            values: HashMap::new(),
            floats: HashMap::new(),
            presences: HashMap::new(),
            cycles: HashMap::new(),
            starts: HashMap::new(),
            default_cycle: dbc.attribute_default("GenMsgCycleTime"),
            default_start: dbc.attribute_default("GenSigStartValue"),
        };
        for comment in &dbc.comments {
            let (key, text) = match comment {
                Comment::Message { id, comment } => ((*id, ""), comment),
                Comment::Signal {
                    message_id,
                    name,
                    comment,
                } => ((*message_id, name.as_str()), comment),
                _ => continue,
            };
            tables.comments.entry(key).or_insert(text);
        }
        for description in &dbc.value_descriptions {
            if let ValueDescription::Signal {
                message_id,
                name,
                value_descriptions,
            } = description
            {
                let values = value_descriptions
                    .iter()
                    .map(|entry| (entry.id, entry.description.clone()));
                tables
                    .values
                    .entry((*message_id, name))
                    .or_insert_with(|| values.collect());
            }
        }
        for entry in &dbc.signal_extended_value_type_list {
            let key = (entry.message_id, entry.signal_name.as_str());
            tables
                .floats
                .entry(key)
                .or_insert(entry.signal_extended_value_type);
        }
        for entry in &dbc.extended_multiplex {
            let ranges = entry
                .mappings
                .iter()
                .map(|range| (range.min_value, range.max_value));
            let presence = Presence {
                multiplexor: entry.multiplexor_signal_name.clone(),
                ranges: ranges.collect(),
            };
            tables
                .presences
                .entry((entry.message_id, &entry.signal_name))
                .or_insert(presence);
        }
        for value in dbc
            .attribute_values_message
            .iter()
            .filter(|value| value.name == "GenMsgCycleTime")
        {
            tables
                .cycles
                .entry(value.message_id)
                .or_insert(&value.value);
        }
        for value in dbc
            .attribute_values_signal
            .iter()
            .filter(|value| value.name == "GenSigStartValue")
        {
            tables
                .starts
                .entry((value.message_id, &value.signal_name))
                .or_insert(&value.value);
        }
        tables
    }
}

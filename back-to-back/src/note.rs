//! What an ECU tells its board of an activation, owned. Plain data.

#![expect(missing_docs, reason = "fields are those of `ecu_host::board::Record`")]

use alloc::{string::String, vec::Vec};

use ecu_host::board::Record;
use serde::{Deserialize, Serialize};

/// [`Record`] with its time, owned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Note {
    Published {
        at_ns: u64,
        partition: String,
        element: u32,
        #[serde(with = "ecu_host::hexadecimal")]
        value: Vec<u8>,
    },
    Refused {
        at_ns: u64,
        partition: String,
        element: u32,
    },
    Called {
        at_ns: u64,
        partition: String,
        probe: u32,
        function: u32,
        #[serde(with = "ecu_host::hexadecimal")]
        arguments: Vec<u8>,
    },
    Returned {
        at_ns: u64,
        partition: String,
        probe: u32,
        function: u32,
        #[serde(with = "ecu_host::hexadecimal")]
        outcome: Vec<u8>,
    },
    Entered {
        at_ns: u64,
        partition: String,
        runnable: u32,
    },
    Left {
        at_ns: u64,
        partition: String,
        runnable: u32,
        fuel: u64,
    },
    Printed {
        at_ns: u64,
        partition: String,
        instance: Option<u32>,
        is_error: bool,
        #[serde(with = "ecu_host::hexadecimal")]
        text: Vec<u8>,
    },
}

impl Note {
    /// A copy; none for a kind of record that this version does not know.
    pub fn of(at_ns: u64, record: &Record<'_>) -> Option<Note> {
        Some(match *record {
            Record::Published {
                partition,
                element,
                value,
            } => Note::Published {
                at_ns,
                partition: partition.into(),
                element,
                value: value.into(),
            },
            Record::Refused { partition, element } => Note::Refused {
                at_ns,
                partition: partition.into(),
                element,
            },
            Record::Called {
                partition,
                probe,
                function,
                arguments,
            } => Note::Called {
                at_ns,
                partition: partition.into(),
                probe,
                function,
                arguments: arguments.into(),
            },
            Record::Returned {
                partition,
                probe,
                function,
                outcome,
            } => Note::Returned {
                at_ns,
                partition: partition.into(),
                probe,
                function,
                outcome: outcome.into(),
            },
            Record::Entered {
                partition,
                runnable,
            } => Note::Entered {
                at_ns,
                partition: partition.into(),
                runnable,
            },
            Record::Left {
                partition,
                runnable,
                fuel,
            } => Note::Left {
                at_ns,
                partition: partition.into(),
                runnable,
                fuel,
            },
            Record::Printed {
                partition,
                instance,
                is_error,
                text,
            } => Note::Printed {
                at_ns,
                partition: partition.into(),
                instance,
                is_error,
                text: text.into(),
            },
            _ => return None,
        })
    }
}

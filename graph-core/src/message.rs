//! How a message is communicated: what the project says, and where it says nothing its description.
//! Knows nothing of who sends and receives it.

use crate::{
    document::{BusId, BusKind, Document, End, Pdu, TransmissionMode},
    library::Library,
};
use autosar_wit::dbc::{self, SendType};
use rte::Repetition;
use std::collections::BTreeSet;

const NS_PER_MS: u64 = 1_000_000;

/// What holds for a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Communication {
    pub mode: TransmissionMode,
    /// At least so long from one frame to the next.
    pub minimum_delay_ns: Option<u64>,
    /// Of each change.
    pub repetition: Option<Repetition>,
    /// For receivers without an alive timeout of their own.
    pub timeout_ns: Option<u64>,
    pub protection: Option<protection::Configuration>,
}

impl Communication {
    /// How long a receiver waits for the next frame, where frames come by a clock.
    pub fn cycle_ns(&self) -> Option<u64> {
        match self.mode {
            TransmissionMode::Cyclic { period_ns, .. }
            | TransmissionMode::Mixed { period_ns, .. } => Some(period_ns),
            TransmissionMode::OnChange => None,
        }
    }
}

/// By the project, else by the description. A time of 0 is none: so a project takes away what a
/// description has.
pub fn communication(document: &Document, bus: BusId, message: &dbc::Message) -> Communication {
    let mut pdus = document.pdus.values();
    let said = pdus.find(|pdu| pdu.bus == bus && pdu.message == message.name);
    let described = described(message);
    let time = |said: Option<u64>, described: Option<u64>| said.or(described).filter(|ns| *ns > 0);
    Communication {
        mode: said.and_then(|pdu| pdu.mode).unwrap_or(described.mode),
        minimum_delay_ns: time(
            said.and_then(|pdu| pdu.minimum_delay_ns),
            described.minimum_delay_ns,
        ),
        repetition: repetition(said, message),
        timeout_ns: time(said.and_then(|pdu| pdu.timeout_ns), described.timeout_ns),
        protection: said.and_then(|pdu| pdu.protection),
    }
}

/// What the description proposes: by its send type, else cyclic if it has a cycle time, else on
/// change.
pub fn described(message: &dbc::Message) -> Communication {
    let ns = |ms: Option<u32>| ms.map(|ms| u64::from(ms) * NS_PER_MS);
    let period = ns(message.cycle_time_ms).filter(|period_ns| *period_ns > 0);
    let offset_ns = 0;
    let timing = &message.timing;
    let mode = match (timing.send_type, period) {
        (Some(SendType::OnChange), _) | (_, None) => TransmissionMode::OnChange,
        (Some(SendType::Mixed), Some(period_ns)) => TransmissionMode::Mixed {
            period_ns,
            offset_ns,
        },
        (Some(SendType::Cyclic) | None, Some(period_ns)) => TransmissionMode::Cyclic {
            period_ns,
            offset_ns,
        },
    };
    Communication {
        mode,
        minimum_delay_ns: ns(timing.delay_time_ms),
        repetition: repetition(None, message),
        timeout_ns: ns(timing.timeout_ms),
        protection: None,
    }
}

/// How often and how far apart; without a period of its own as far as frames are apart at least.
fn repetition(said: Option<&Pdu>, message: &dbc::Message) -> Option<Repetition> {
    let ns = |ms: Option<u32>| ms.map(|ms| u64::from(ms) * NS_PER_MS);
    let timing = &message.timing;
    let said_ns = said.and_then(|pdu| pdu.repetition_period_ns);
    let delay_ns = said.and_then(|pdu| pdu.minimum_delay_ns);
    let period_ns = said_ns
        .or(ns(timing.fast_cycle_ms))
        .or(delay_ns)
        .or(ns(timing.delay_time_ms));
    let count = said.and_then(|pdu| pdu.repetitions).or(timing.repetitions);
    Some(Repetition {
        count: count.filter(|count| *count > 0)?,
        period_ns: period_ns.filter(|period_ns| *period_ns > 0)?,
    })
}

/// A message that the simulation sends for a node that is not there.
#[derive(Debug, Clone, Copy)]
pub struct Absent<'a> {
    pub bus: &'a str,
    pub node: &'a str,
    pub message: &'a dbc::Message,
    pub said: Communication,
}

/// The messages of the nodes that buses name as their restbus, by bus and identifier; without those
/// that the project itself sends, and those that no frame of their bus holds.
pub fn absent<'a>(document: &'a Document, library: &'a Library) -> Vec<Absent<'a>> {
    let connectors = document.connectors.values();
    let sent: BTreeSet<(BusId, &str)> = connectors
        .filter_map(|connector| match &connector.to {
            End::Signal { bus, message, .. } => Some((*bus, message.as_str())),
            _ => None,
        })
        .collect();
    let mut found = Vec::new();
    for (id, bus) in &document.buses {
        let (BusKind::Can { restbus, .. }, Some(database)) =
            (&bus.kind, library.descriptions.get(id))
        else {
            continue;
        };
        for message in &database.messages {
            let mut senders = message.senders();
            let node = senders.find_map(|sender| restbus.get(sender));
            let is_ours = sent.contains(&(*id, message.name.as_str()));
            let Some(node) = node.filter(|_| !is_ours && is_carried(&bus.kind, message)) else {
                continue;
            };
            found.push(Absent {
                bus: &bus.name,
                node,
                message,
                said: communication(document, *id, message),
            });
        }
    }
    found.sort_by_key(|one| (one.bus, one.message.extended, one.message.id));
    found
}

/// Whether frames of the bus hold the message.
pub fn is_carried(bus: &BusKind, message: &dbc::Message) -> bool {
    let length = dbc::frame_bytes(message.length_bytes).map(u32::from);
    length.is_some_and(|length| bus.most_frame_bytes() >= Some(length))
}

/// The 16 data IDs of profiles 2 and 22, from hexadecimal digits.
pub fn data_ids(digits: &str) -> Option<[u8; 16]> {
    if digits.len() != 32 || !digits.is_ascii() {
        return None;
    }
    let mut ids = [0; 16];
    for (at, id) in ids.iter_mut().enumerate() {
        *id = u8::from_str_radix(digits.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    Some(ids)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panics")]
mod tests {
    use super::*;
    use autosar_wit::dbc::Database;

    const DESCRIPTION: &str = r#"BU_: X Y
BO_ 1 Both: 8 X
 SG_ S : 0|8@1+ (1,0) [0|0] "" Y
BO_ 2 Event: 8 X
 SG_ S : 0|8@1+ (1,0) [0|0] "" Y
BO_ 3 Clock: 8 X
 SG_ S : 0|8@1+ (1,0) [0|0] "" Y
BO_ 4 Silent: 8 X
 SG_ S : 0|8@1+ (1,0) [0|0] "" Y
BA_DEF_ BO_ "GenMsgSendType" ENUM "cyclicX","spontanX","cyclicAndSpontanX","NotUsed";
BA_DEF_DEF_ "GenMsgSendType" "NotUsed";
BA_ "GenMsgSendType" BO_ 1 2;
BA_ "GenMsgSendType" BO_ 2 1;
BA_ "GenMsgCycleTime" BO_ 1 50;
BA_ "GenMsgCycleTime" BO_ 2 50;
BA_ "GenMsgCycleTime" BO_ 3 20;
BA_ "GenMsgDelayTime" BO_ 1 10;
BA_ "GenSigTimeoutTime" SG_ 1 S 200;
BA_ "GenMsgNrOfRepetition" BO_ 1 3;
BA_ "GenMsgNrOfRepetition" BO_ 2 2;
BA_ "GenMsgCycleTimeFast" BO_ 2 5;
BA_ "GenMsgNrOfRepetition" BO_ 4 2;
"#;

    fn database() -> Database {
        let loaded = dbc::read(DESCRIPTION.as_bytes());
        assert_eq!(loaded.defects, []);
        loaded.database
    }

    #[test]
    fn a_description_proposes_when_messages_are_sent() {
        let database = database();
        let of = |name| described(database.message_by_name(name).unwrap());
        let offset_ns = 0;
        let both = of("Both");
        let mixed = TransmissionMode::Mixed {
            period_ns: 50_000_000,
            offset_ns,
        };
        assert_eq!(both.mode, mixed);
        assert_eq!(both.minimum_delay_ns, Some(10_000_000));
        assert_eq!(both.timeout_ns, Some(200_000_000));
        assert_eq!(both.cycle_ns(), Some(50_000_000));
        assert_eq!(of("Event").mode, TransmissionMode::OnChange);
        let cyclic = TransmissionMode::Cyclic {
            period_ns: 20_000_000,
            offset_ns,
        };
        assert_eq!(of("Clock").mode, cyclic);
        assert_eq!(of("Silent").mode, TransmissionMode::OnChange);
        assert_eq!(of("Silent").cycle_ns(), None);
        let repetition = |count, ms| {
            Some(Repetition {
                count,
                period_ns: ms * NS_PER_MS,
            })
        };
        assert_eq!(
            both.repetition,
            repetition(3, 10),
            "as far apart as its delay"
        );
        assert_eq!(of("Event").repetition, repetition(2, 5));
        assert_eq!(of("Silent").repetition, None, "nothing says how far apart");
    }

    #[test]
    fn what_a_project_says_counts_before_the_description() {
        let database = database();
        let both = database.message_by_name("Both").unwrap();
        let mut document = Document::default();
        let bus = BusId(1);
        let said = Pdu {
            minimum_delay_ns: Some(0),
            repetitions: Some(0),
            timeout_ns: Some(7),
            ..Pdu::new(bus, "Both".to_owned())
        };
        document.pdus.insert(crate::document::PduId(2), said);
        let one = communication(&document, bus, both);
        assert_eq!(one.mode, described(both).mode);
        assert_eq!((one.minimum_delay_ns, one.timeout_ns), (None, Some(7)));
        assert_eq!(one.repetition, None);
        let other = communication(&document, BusId(3), both);
        assert_eq!(other, described(both));
    }

    #[test]
    fn ids_are_16_bytes_of_digits() {
        let ids = data_ids("000102030405060708090a0b0c0d0e0F").unwrap();
        assert_eq!(ids, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);
        for digits in ["", "00", "000102030405060708090a0b0c0d0e0g", "ä"] {
            assert_eq!(data_ids(digits), None, "{digits}");
        }
    }
}

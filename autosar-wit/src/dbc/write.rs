//! A database as the text of a DBC file: what [`super::read`] takes in again without a loss.
//! Attributes of other tools, which a database does not hold, are not in it.

use super::{
    ByteOrder, CLASSIC_BYTES, Database, Message, Multiplexing, SendType, Signal, Timing, format,
};
use std::{collections::BTreeSet, fmt::Write};

/// DBC's word for nobody.
const NOBODY: &str = "Vector__XXX";
/// Set in identifiers of the extended format.
const EXTENDED: u32 = 1 << 31;
const SEND_TYPES: [SendType; 3] = [SendType::Cyclic, SendType::OnChange, SendType::Mixed];

/// The text of a DBC file with these messages, in their order. The same database gives the same
/// text.
pub fn write(database: &Database) -> String {
    let nodes = nodes(database);
    let mut text = format!("VERSION \"\"\n\nNS_ :\n\nBS_:\n\nBU_:{nodes}\n");
    // Writing to a string cannot fail.
    for message in &database.messages {
        let sender = message.sender.as_deref().unwrap_or(NOBODY);
        let (name, length) = (&message.name, message.length_bytes);
        let _ = writeln!(text, "\nBO_ {} {name}: {length} {sender}", id(message));
        for signal in &message.signals {
            let _ = writeln!(text, " {}", definition(signal));
        }
    }
    text.push_str(
        "\nBA_DEF_ BO_ \"GenMsgCycleTime\" INT 0 4294967295;\n\
         BA_DEF_ SG_ \"GenSigStartValue\" FLOAT -1.8E+308 1.8E+308;\n\
         BA_DEF_DEF_ \"GenMsgCycleTime\" 0;\n",
    );
    text.push_str(&timing_definitions(database));
    write_formats(&mut text, database);
    for message in &database.messages {
        write_message(&mut text, message);
    }
    text
}

/// Where there are frames of CAN FD, or messages that length alone would make such ones.
fn write_formats(text: &mut String, database: &Database) {
    let messages = &database.messages;
    let is_special = |one: &Message| one.flexible || one.length_bytes > CLASSIC_BYTES;
    if !messages.iter().any(is_special) {
        return;
    }
    let words = format::words();
    let _ = write!(
        text,
        "BA_DEF_ BO_ \"VFrameFormat\" ENUM {words};\n\
         BA_DEF_DEF_ \"VFrameFormat\" \"StandardCAN\";\n"
    );
    let is_bus = messages.iter().any(|one| one.flexible);
    if is_bus {
        text.push_str(
            "BA_DEF_ \"BusType\" STRING;\n\
             BA_DEF_ BO_ \"CANFD_BRS\" ENUM \"0\",\"1\";\n\
             BA_DEF_DEF_ \"BusType\" \"CAN\";\n\
             BA_DEF_DEF_ \"CANFD_BRS\" \"1\";\n\
             BA_ \"BusType\" \"CAN FD\";\n",
        );
    }
    for message in messages {
        let number = format::number(message.extended, message.flexible);
        if number > 0 {
            let id = id(message);
            let _ = writeln!(text, "BA_ \"VFrameFormat\" BO_ {id} {number};");
        }
    }
}

/// Of attributes that messages have; most have none of them.
fn timing_definitions(database: &Database) -> String {
    let has = |given: fn(&Timing) -> bool| database.messages.iter().any(|one| given(&one.timing));
    let mut text = String::new();
    if has(|timing| timing.send_type.is_some()) {
        let words = SEND_TYPES
            .map(|kind| format!("\"{}\"", kind.word()))
            .join(",");
        text.push_str(&format!(
            "BA_DEF_ BO_ \"GenMsgSendType\" ENUM {words},\"NoMsgSendType\";\n\
             BA_DEF_DEF_ \"GenMsgSendType\" \"NoMsgSendType\";\n"
        ));
    }
    if has(|timing| timing.delay_time_ms.is_some()) {
        text.push_str("BA_DEF_ BO_ \"GenMsgDelayTime\" INT 0 4294967295;\n");
        text.push_str("BA_DEF_DEF_ \"GenMsgDelayTime\" 0;\n");
    }
    if has(|timing| timing.repetitions.is_some()) {
        text.push_str("BA_DEF_ BO_ \"GenMsgNrOfRepetition\" INT 0 4294967295;\n");
        text.push_str("BA_DEF_DEF_ \"GenMsgNrOfRepetition\" 0;\n");
    }
    if has(|timing| timing.fast_cycle_ms.is_some()) {
        text.push_str("BA_DEF_ BO_ \"GenMsgCycleTimeFast\" INT 0 4294967295;\n");
        text.push_str("BA_DEF_DEF_ \"GenMsgCycleTimeFast\" 0;\n");
    }
    if has(|timing| timing.timeout_ms.is_some()) {
        text.push_str("BA_DEF_ SG_ \"GenSigTimeoutTime\" INT 0 4294967295;\n");
        text.push_str("BA_DEF_DEF_ \"GenSigTimeoutTime\" 0;\n");
    }
    text
}

fn write_timing(text: &mut String, message: &Message) {
    let (id, timing) = (id(message), &message.timing);
    let number = |kind| SEND_TYPES.iter().position(|one| *one == kind);
    if let Some(number) = timing.send_type.and_then(number) {
        let _ = writeln!(text, "BA_ \"GenMsgSendType\" BO_ {id} {number};");
    }
    if let Some(delay_ms) = timing.delay_time_ms {
        let _ = writeln!(text, "BA_ \"GenMsgDelayTime\" BO_ {id} {delay_ms};");
    }
    if let Some(count) = timing.repetitions {
        let _ = writeln!(text, "BA_ \"GenMsgNrOfRepetition\" BO_ {id} {count};");
    }
    if let Some(fast_ms) = timing.fast_cycle_ms {
        let _ = writeln!(text, "BA_ \"GenMsgCycleTimeFast\" BO_ {id} {fast_ms};");
    }
    if let (Some(timeout_ms), Some(signal)) = (timing.timeout_ms, message.signals.first()) {
        let name = &signal.name;
        let _ = writeln!(
            text,
            "BA_ \"GenSigTimeoutTime\" SG_ {id} {name} {timeout_ms};"
        );
    }
}

/// Those of the database, then those that only messages name.
fn nodes(database: &Database) -> String {
    let mut others = BTreeSet::new();
    for message in &database.messages {
        let receivers = message.signals.iter().flat_map(|signal| &signal.receivers);
        others.extend(receivers.map(String::as_str).chain(message.senders()));
    }
    others.remove(NOBODY);
    others.retain(|node| !database.nodes.iter().any(|known| known == node));
    let nodes = database.nodes.iter().map(String::as_str).chain(others);
    nodes.map(|node| format!(" {node}")).collect()
}

fn id(message: &Message) -> u32 {
    match message.extended {
        true => message.id | EXTENDED,
        false => message.id,
    }
}

/// `SG_ Speed m1 : 0|16@1+ (0.5,0) [0|100] "km/h" Dash`.
fn definition(signal: &Signal) -> String {
    let multiplexing = match signal.multiplexing {
        Multiplexing::Plain => String::new(),
        Multiplexing::Multiplexor => " M".to_owned(),
        Multiplexing::Multiplexed(value) => format!(" m{value}"),
        Multiplexing::Both(value) => format!(" m{value}M"),
    };
    let order = match signal.byte_order {
        ByteOrder::Intel => 1,
        ByteOrder::Motorola => 0,
    };
    let sign = if signal.signed { '-' } else { '+' };
    let receivers = match signal.receivers.is_empty() {
        true => NOBODY.to_owned(),
        false => signal.receivers.join(","),
    };
    format!(
        "SG_ {}{multiplexing} : {}|{}@{order}{sign} ({},{}) [{}|{}] \"{}\" {receivers}",
        signal.name,
        signal.start_bit,
        signal.length_bits,
        signal.factor,
        signal.offset,
        signal.minimum,
        signal.maximum,
        escaped(&signal.unit),
    )
}

/// What stands outside of a message's definition.
fn write_message(text: &mut String, message: &Message) {
    let id = id(message);
    if !message.other_senders.is_empty() {
        let senders: Vec<&str> = message.senders().collect();
        let _ = writeln!(text, "BO_TX_BU_ {id} : {};", senders.join(","));
    }
    if !message.comment.is_empty() {
        let _ = writeln!(text, "CM_ BO_ {id} \"{}\";", escaped(&message.comment));
    }
    if let Some(cycle_time_ms) = message.cycle_time_ms {
        let _ = writeln!(text, "BA_ \"GenMsgCycleTime\" BO_ {id} {cycle_time_ms};");
    }
    write_timing(text, message);
    for signal in &message.signals {
        let name = &signal.name;
        if !signal.comment.is_empty() {
            let _ = writeln!(
                text,
                "CM_ SG_ {id} {name} \"{}\";",
                escaped(&signal.comment)
            );
        }
        if let Some(start) = signal.start_value {
            let _ = writeln!(text, "BA_ \"GenSigStartValue\" SG_ {id} {name} {start};");
        }
        if !signal.values.is_empty() {
            let _ = write!(text, "VAL_ {id} {name}");
            for (value, words) in &signal.values {
                let _ = write!(text, " {value} \"{}\"", escaped(words));
            }
            text.push_str(" ;\n");
        }
        if signal.float {
            let kind = if signal.length_bits == 64 { 2 } else { 1 };
            let _ = writeln!(text, "SIG_VALTYPE_ {id} {name} : {kind};");
        }
        if let Some(presence) = &signal.presence {
            let ranges = presence.ranges.iter();
            let ranges: Vec<String> = ranges.map(|(from, to)| format!("{from}-{to}")).collect();
            if !ranges.is_empty() {
                let ranges = ranges.join(", ");
                let multiplexor = message.signals.get(presence.multiplexor);
                let multiplexor = multiplexor.map_or("", |signal| &signal.name);
                let _ = writeln!(text, "SG_MUL_VAL_ {id} {name} {multiplexor} {ranges};");
            }
        }
    }
}

fn escaped(text: &str) -> String {
    text.replace('"', "\\\"")
}

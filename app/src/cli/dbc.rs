//! `wireloom dbc check FILE` and `wireloom dbc decode --dbc FILE LOG`.

use super::outcome::{Outcome, Status};
use crate::files;
use autosar_wit::dbc::{self, Database, Decoded, Loaded, Message, Raw};
use serde_json::{Value, json};
use simulator::can::recorded::{self, Recorded};
use std::{
    collections::HashMap,
    fmt::Write,
    path::{Path, PathBuf},
};

#[derive(Debug, clap::Subcommand)]
pub(super) enum DbcAction {
    /// Tell everything that is wrong with a CAN description
    Check(CheckArguments),
    /// Tell what the frames of a log say
    Decode(DecodeArguments),
}

#[derive(Debug, clap::Args)]
pub(super) struct CheckArguments {
    /// DBC file, UTF-8 or Windows-1252
    file: PathBuf,
}

#[derive(Debug, clap::Args)]
pub(super) struct DecodeArguments {
    /// DBC file that describes the frames
    #[arg(long, value_name = "FILE")]
    dbc: PathBuf,
    /// Log of candump, classic CAN or CAN FD, by `-l` or as it prints
    log: PathBuf,
}

pub(super) fn dbc(action: &DbcAction) -> Outcome {
    match action {
        DbcAction::Check(arguments) => check(arguments),
        DbcAction::Decode(arguments) => decode(arguments),
    }
}

fn read(path: &Path) -> Result<Loaded, Box<Outcome>> {
    let bytes = files::read_limited(path).map_err(|error| Box::new(Outcome::failed(error)))?;
    Ok(dbc::read(&bytes))
}

fn check(arguments: &CheckArguments) -> Outcome {
    let Loaded { database, defects } = match read(&arguments.file) {
        Ok(loaded) => loaded,
        Err(outcome) => return *outcome,
    };
    let messages = database.messages.len();
    let signals = database.messages.iter();
    let signals: usize = signals.map(|message| message.signals.len()).sum();
    let mut text = String::new();
    for defect in &defects {
        let file = arguments.file.display();
        let _ = writeln!(text, "{file}:{}: {}", defect.line, defect.message);
    }
    let _ = writeln!(
        text,
        "{messages} messages, {signals} signals, {} defects",
        defects.len()
    );
    let told = defects
        .iter()
        .map(|defect| json!({ "line": defect.line, "message": defect.message }));
    let json = json!({
        "messages": messages,
        "signals": signals,
        "nodes": database.nodes,
        "defects": told.collect::<Vec<_>>(),
    });
    let status = match defects.is_empty() {
        true => Status::Fine,
        false => Status::ModelWrong,
    };
    Outcome { status, json, text }
}

/// Messages by their identifier.
type Messages<'a> = HashMap<(u32, bool), &'a Message>;

fn decode(arguments: &DecodeArguments) -> Outcome {
    let loaded = match read(&arguments.dbc) {
        Ok(loaded) => loaded,
        Err(outcome) => return *outcome,
    };
    if let ([], [first, ..]) = (
        loaded.database.messages.as_slice(),
        loaded.defects.as_slice(),
    ) {
        let file = arguments.dbc.display();
        return Outcome::wrong(format!("{file}:{}: {}", first.line, first.message));
    }
    let log = match files::read_text(&arguments.log) {
        Ok(log) => log,
        Err(error) => return Outcome::failed(error),
    };
    let messages = by_identifier(&loaded.database);
    let (mut records, mut text, mut lost) = (Vec::new(), String::new(), String::new());
    for (index, line) in log.lines().enumerate() {
        match recorded::line(line) {
            Ok(None) => {}
            Ok(Some(frame)) => {
                let found = found(&frame, &messages);
                records.push(record(index + 1, &frame, &found));
                tell(&mut text, &frame, &found);
            }
            Err(error) => {
                let line = index + 1;
                records.push(json!({ "line": line, "error": error.to_string() }));
                let _ = writeln!(lost, "line {line}: {error}");
            }
        }
    }
    if text.is_empty() {
        let log = arguments.log.display();
        let first = lost.lines().next().unwrap_or("it is empty");
        return Outcome::failed(format!("`{log}` has no frame of a candump log; {first}"));
    }
    Outcome::fine(Value::Array(records), text + &lost)
}

fn by_identifier(database: &Database) -> Messages<'_> {
    let messages = database.messages.iter();
    messages
        .map(|message| ((message.id, message.extended), message))
        .collect()
}

/// What a frame says, or why it says nothing.
enum Found<'a> {
    Decoded(&'a Message, Vec<Decoded<'a>>),
    Undecoded(&'static str),
}

fn found<'a>(frame: &Recorded, messages: &Messages<'a>) -> Found<'a> {
    if frame.is_remote {
        return Found::Undecoded("a remote frame has no data");
    }
    let key = (frame.id.value(), frame.id.is_extended());
    let Some(message) = messages.get(&key) else {
        return Found::Undecoded("no message has this identifier");
    };
    let signals = message.decode(&frame.data);
    match signals.is_empty() && !message.signals.is_empty() {
        true => Found::Undecoded("the data are too short for every signal of the message"),
        false => Found::Decoded(message, signals),
    }
}

fn record(line: usize, frame: &Recorded, found: &Found) -> Value {
    let (message, signals, undecoded) = match found {
        Found::Decoded(message, signals) => {
            let signals = signals.iter().map(|signal| {
                json!({
                    "name": signal.name,
                    "raw": number(signal.raw),
                    "value": signal.physical,
                    "unit": signal.unit,
                    "label": signal.label,
                })
            });
            (Some(&message.name), signals.collect(), None)
        }
        Found::Undecoded(reason) => (None, Vec::new(), Some(reason)),
    };
    json!({
        "line": line,
        "time_ns": frame.time_ns,
        "bus": frame.bus,
        "id": frame.id.value(),
        "extended": frame.id.is_extended(),
        "data": hexadecimal(&frame.data),
        "message": message,
        "signals": signals,
        "undecoded": undecoded,
    })
}

fn number(raw: Raw) -> Value {
    match raw {
        Raw::Unsigned(value) => value.into(),
        Raw::Signed(value) => value.into(),
        Raw::Float(value) => value.into(),
    }
}

/// `(1.500000) can0 123 FanStatus: Duty 0.3 %, Mode on`
fn tell(text: &mut String, frame: &Recorded, found: &Found) {
    let (seconds, micros) = (
        frame.time_ns / 1_000_000_000,
        frame.time_ns % 1_000_000_000 / 1_000,
    );
    let Recorded { bus, id, .. } = frame;
    let _ = write!(text, "({seconds}.{micros:06}) {bus} {id} ");
    match found {
        Found::Undecoded(reason) => {
            let _ = write!(text, "undecoded, {reason}");
            if !frame.data.is_empty() {
                let _ = write!(text, ": {}", hexadecimal(&frame.data));
            }
        }
        Found::Decoded(message, signals) => {
            let _ = write!(text, "{}", message.name);
            for (number, signal) in signals.iter().enumerate() {
                let mark = if number == 0 { ':' } else { ',' };
                let _ = write!(text, "{mark} {}", simulator::can::SignalText::from(*signal));
            }
        }
    }
    text.push('\n');
}

fn hexadecimal(data: &[u8]) -> String {
    let mut text = String::with_capacity(2 * data.len());
    for byte in data {
        let _ = write!(text, "{byte:02X}");
    }
    text
}

//! What the docs of generated WIT say of messages and signals.

use crate::dbc::{Message, Signal};
use std::fmt::Write;

/// The docs of a message's interface.
pub(super) fn message(message: &Message) -> String {
    let Message {
        name,
        id,
        extended,
        length_bytes,
        ..
    } = message;
    let format = if *extended { "extended" } else { "standard" };
    let mut text =
        format!("CAN message `{name}`: {format} identifier {id:#x}, {length_bytes} bytes");
    // Writing to a string cannot fail.
    if let Some(cycle) = message.cycle_time_ms {
        let _ = write!(text, ", every {cycle} ms");
    }
    let senders: Vec<String> = message.senders().map(|node| format!("`{node}`")).collect();
    if !senders.is_empty() {
        let _ = write!(text, ", sent by {}", senders.join(", "));
    }
    with_comment(text + ".", &message.comment)
}

/// ``Signal `Duty` in %, from 0 to 100: raw × 0.4 - 40.``
pub(super) fn signal(signal: &Signal) -> String {
    let mut text = format!("Signal `{}`", signal.name);
    if !signal.unit.is_empty() {
        let _ = write!(text, " in {}", signal.unit);
    }
    if signal.minimum < signal.maximum {
        let _ = write!(text, ", from {} to {}", signal.minimum, signal.maximum);
    }
    if signal.factor != 1.0 || signal.offset != 0.0 {
        let _ = write!(text, ": raw × {}", signal.factor);
        let sign = if signal.offset < 0.0 { '-' } else { '+' };
        if signal.offset != 0.0 {
            let _ = write!(text, " {sign} {}", signal.offset.abs());
        }
    }
    with_comment(text + ".", &signal.comment)
}

/// A line for each text of a value table, by value.
pub(super) fn texts(values: &[(i64, String)]) -> String {
    let mut sorted: Vec<&(i64, String)> = values.iter().collect();
    sorted.sort_by_key(|(value, _)| *value);
    let lines = sorted.into_iter();
    lines
        .map(|(value, text)| format!("\n{value}: {text}"))
        .collect()
}

/// ``While `Mode` is 1, or 3 to 5.``
pub(super) fn ranges(multiplexor: &Signal, ranges: &[(u64, u64)]) -> String {
    let ranges = ranges.iter().map(|(low, high)| match low == high {
        true => low.to_string(),
        false => format!("{low} to {high}"),
    });
    let ranges: Vec<String> = ranges.collect();
    format!("While `{}` is {}.", multiplexor.name, ranges.join(", or "))
}

/// As lines of WIT text.
pub(super) fn lines(docs: &str) -> String {
    let lines = sound(docs);
    lines.lines().map(|line| format!("/// {line}\n")).collect()
}

/// Without the characters that WIT refuses, also in comments.
pub(super) fn sound(text: &str) -> String {
    let letter = |letter: char| match letter {
        '\n' => '\n',
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => ' ',
        '\u{149}' | '\u{673}' | '\u{f77}' | '\u{f79}' | '\u{17a3}' | '\u{17a4}' | '\u{17b4}'
        | '\u{17b5}' => ' ',
        letter if letter.is_control() => ' ',
        letter => letter,
    };
    text.chars().map(letter).collect()
}

fn with_comment(text: String, comment: &str) -> String {
    match comment.trim() {
        "" => text,
        comment => format!("{text}\n\n{comment}"),
    }
}

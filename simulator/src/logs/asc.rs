//! ASC, the text logs of Vector's tools: hexadecimal or decimal, absolute or relative times, classic
//! frames and CAN FD. Which bus a channel is stands in comments, which our reader understands.
//! Events that are no frames are passed over.
//!
//! Source: Vector, CAN ASC logging files format description, version 9.

use super::channels;
use crate::can::{
    Flexible, Frame, Id,
    log::{Defect, Entry, LineError, Log, LogError, Place},
};
use std::{collections::HashMap, fmt::Write};

/// In the head of a log: `// channel 1: can0`.
const CHANNEL: &str = "// channel ";

struct Reader {
    radix: u32,
    is_relative: bool,
    now_ns: u64,
    names: HashMap<String, String>,
}

pub(super) fn read(text: &str) -> Result<Log, LogError> {
    let mut reader = Reader {
        radix: 16,
        is_relative: false,
        now_ns: 0,
        names: HashMap::new(),
    };
    let mut log = Log::default();
    for (index, line) in text.lines().enumerate() {
        match reader.line(line.trim()) {
            Ok(entry) => log.entries.extend(entry),
            Err(error) => log.defects.push(Defect {
                place: Place::Line(index + 1),
                error,
            }),
        }
    }
    log.unless_empty()
}

impl Reader {
    fn line(&mut self, line: &str) -> Result<Option<Entry>, LineError> {
        let words: Vec<&str> = line.split_ascii_whitespace().collect();
        let lower: Vec<String> = words.iter().map(|word| word.to_ascii_lowercase()).collect();
        let lower: Vec<&str> = lower.iter().map(String::as_str).collect();
        match lower.as_slice() {
            [] | ["date" | "begin" | "end" | "internal" | "no", ..] => Ok(None),
            ["base", base, rest @ ..] => {
                self.radix = if *base == "dec" { 10 } else { 16 };
                self.is_relative = rest == ["timestamps", "relative"];
                Ok(None)
            }
            [first, ..] if first.starts_with("//") => {
                let channel = line.strip_prefix(CHANNEL);
                if let Some((number, name)) = channel.and_then(|rest| rest.split_once(": ")) {
                    self.names.insert(number.to_owned(), name.to_owned());
                }
                Ok(None)
            }
            [time, rest @ ..] => {
                let time_ns = seconds(time)?;
                self.now_ns = match self.is_relative {
                    true => self.now_ns.saturating_add(time_ns),
                    false => time_ns,
                };
                self.event(rest)
            }
        }
    }

    fn event(&self, words: &[&str]) -> Result<Option<Entry>, LineError> {
        let is_channel = |word: &str| word.bytes().all(|byte| byte.is_ascii_digit());
        match words {
            ["canfd", channel, _, rest @ ..] if is_channel(channel) => {
                let frame = self.flexible(rest)?;
                Ok(frame.map(|frame| self.entry(channel, frame)))
            }
            [channel, id, "rx" | "tx", kind @ ("d" | "r"), rest @ ..] if is_channel(channel) => {
                let frame = self.classic(id, *kind == "r", rest)?;
                Ok(Some(self.entry(channel, frame)))
            }
            // Error frames, statistics, triggers, variables.
            _ => Ok(None),
        }
    }

    fn entry(&self, channel: &str, frame: Frame) -> Entry {
        let name = self.names.get(channel).map_or(channel, String::as_str);
        Entry {
            time_ns: self.now_ns,
            bus: name.to_owned(),
            frame,
        }
    }

    /// `id dir d length bytes…`, or `id dir r [length]`.
    fn classic(&self, id: &str, is_remote: bool, rest: &[&str]) -> Result<Frame, LineError> {
        let id = self.id(id)?;
        let length = match rest.first() {
            Some(word) => self.number(word, "length")?,
            None if is_remote => 0,
            None => return Err(field("length", "")),
        };
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        if is_remote {
            return Ok(Frame::remote(id, length)?);
        }
        // A length code above 8 is 8 bytes.
        let bytes = self.bytes(rest.get(1..).unwrap_or(&[]), length.min(8))?;
        Ok(Frame::data(id, &bytes)?)
    }

    /// `id [name] brs esi code length bytes…`; none for an error frame.
    fn flexible(&self, rest: &[&str]) -> Result<Option<Frame>, LineError> {
        let (id, rest) = match rest {
            [first, ..] if first.starts_with("errorframe") => return Ok(None),
            [id, brs @ ("0" | "1"), rest @ ..] => (id, [&[*brs], rest].concat()),
            [id, _name, rest @ ..] => (id, rest.to_vec()),
            _ => return Err(field("CAN FD frame", &rest.join(" "))),
        };
        let [
            brs @ ("0" | "1"),
            esi @ ("0" | "1"),
            _code,
            length,
            bytes @ ..,
        ] = rest.as_slice()
        else {
            return Err(field("CAN FD frame", &rest.join(" ")));
        };
        // In decimal, whatever the base.
        let length = length.parse().map_err(|_| field("length", length))?;
        let bytes = self.bytes(bytes, length)?;
        // FDF is bit 12 of the flags, the third word behind the bytes.
        let flags = rest.get(4 + length + 2);
        let flags = flags.and_then(|flags| u32::from_str_radix(flags, 16).ok());
        if flags.is_some_and(|flags| flags & 1 << 12 == 0) {
            return Ok(Some(Frame::data(self.id(id)?, &bytes)?));
        }
        let flexible = Flexible {
            bit_rate_switch: *brs == "1",
            error_state_indicator: *esi == "1",
        };
        Ok(Some(Frame::flexible(self.id(id)?, &bytes, flexible)?))
    }

    fn id(&self, word: &str) -> Result<Id, LineError> {
        Ok(match word.strip_suffix('x') {
            Some(digits) => Id::extended(self.number(digits, "identifier")?)?,
            None => Id::standard(self.number(word, "identifier")?)?,
        })
    }

    fn bytes(&self, words: &[&str], length: usize) -> Result<Vec<u8>, LineError> {
        let words = words.get(..length).ok_or_else(|| {
            let what = "row of as many bytes as its length says";
            field(what, &words.join(" "))
        })?;
        let byte = |word: &&str| {
            let number = self.number(word, "byte")?;
            u8::try_from(number).map_err(|_| field("byte", word))
        };
        words.iter().map(byte).collect()
    }

    fn number(&self, word: &str, what: &'static str) -> Result<u32, LineError> {
        u32::from_str_radix(word, self.radix).map_err(|_| field(what, word))
    }
}

fn field(what: &'static str, text: &str) -> LineError {
    LineError::Field {
        what,
        text: text.to_owned(),
    }
}

/// `12.345678`, with up to nine digits of a fraction.
fn seconds(word: &str) -> Result<u64, LineError> {
    let (whole, fraction) = word.split_once('.').unwrap_or((word, "0"));
    let is_short = fraction.len() <= 9 && fraction.bytes().all(|byte| byte.is_ascii_digit());
    let whole: Option<u64> = whole.parse().ok().filter(|_| is_short);
    let fraction: Option<u64> = format!("{fraction:0<9}").parse().ok();
    let time_ns = whole.zip(fraction).and_then(|(whole, fraction)| {
        let whole_ns = whole.checked_mul(1_000_000_000)?;
        whole_ns.checked_add(fraction)
    });
    time_ns.ok_or_else(|| field("time in seconds", word))
}

/// Times have nine digits of a fraction: nothing is rounded.
pub(super) fn write(entries: &[Entry]) -> String {
    let channels = channels(entries);
    // A run has no date; the format wants one.
    let mut out = String::from("date Thu Jan 1 00:00:00.000 1970\n");
    out.push_str("base hex  timestamps absolute\ninternal events logged\n// version 9.0.0\n");
    for (number, name) in (1..).zip(&channels) {
        // Writing to a string does not fail.
        let _ = writeln!(out, "{CHANNEL}{number}: {name}");
    }
    out.push_str("Begin Triggerblock Thu Jan 1 00:00:00.000 1970\n");
    out.push_str("   0.000000000 Start of measurement\n");
    for entry in entries {
        let number = channels.iter().position(|name| *name == entry.bus);
        let _ = line(&mut out, number.unwrap_or(0) + 1, entry);
    }
    out.push_str("End TriggerBlock\n");
    out
}

fn line(out: &mut String, channel: usize, entry: &Entry) -> std::fmt::Result {
    let Entry { time_ns, frame, .. } = entry;
    let (seconds, nanos) = (time_ns / 1_000_000_000, time_ns % 1_000_000_000);
    let mark = if frame.id().is_extended() { "x" } else { "" };
    let id = format!("{:X}{mark}", frame.id().value());
    write!(out, "{seconds:4}.{nanos:09} ")?;
    match frame.as_flexible() {
        Some(flexible) => {
            let (brs, esi) = (flexible.bit_rate_switch, flexible.error_state_indicator);
            let (brs, esi) = (u32::from(brs), u32::from(esi));
            let code = frame.length_code();
            write!(
                out,
                "CANFD {channel:3} Rx {id:>8}  {brs} {esi} {code:x} {:2}",
                frame.length()
            )?;
            frame
                .bytes()
                .iter()
                .try_for_each(|byte| write!(out, " {byte:02X}"))?;
            let flags = 1 << 12 | brs << 13 | esi << 14;
            // Duration and length of the message are not told; bit timings neither.
            writeln!(
                out,
                "        0    0 {flags:8X}        0        0        0        0        0"
            )
        }
        None if frame.is_remote() => {
            writeln!(out, "{channel}  {id:<15} Rx   r {:x}", frame.length())
        }
        None => {
            write!(out, "{channel}  {id:<15} Rx   d {:x}", frame.length())?;
            frame
                .bytes()
                .iter()
                .try_for_each(|byte| write!(out, " {byte:02X}"))?;
            out.push('\n');
            Ok(())
        }
    }
}

//! A fault's line, read and written: what is written reads the same. Knows no system.

use super::{CanEffect, Extent, Fault, FaultError, FaultKind, FrameChoice, error::near, wire_text};
use crate::{can::frame::parse_id, simulation::parse_duration_ns};
use std::{fmt, str::FromStr};

pub(super) const PLACES: [&str; 6] = ["can", "i2c", "spi", "pin", "sensor", "ecu"];
pub(super) const CAN_EFFECTS: [&str; 7] = [
    "lose",
    "delay",
    "duplicate",
    "corrupt",
    "error",
    "bus-off",
    "random",
];

impl Fault {
    /// Reads a line: `[at TIME] [for TIME | N times | always] WHERE WHAT`.
    pub fn parse(text: &str) -> Result<Fault, FaultError> {
        let mut words = Words {
            text: text.trim(),
            rest: text.split_whitespace().collect::<Vec<_>>().into_iter(),
        };
        let at_ns = match words.take_if("at") {
            true => words.time()?,
            false => 0,
        };
        let extent = words.extent()?;
        let kind = match words.one_of("a place", &PLACES)? {
            "can" => words.can()?,
            "i2c" => words.i2c()?,
            "spi" => words.spi()?,
            "pin" => words.pin()?,
            "sensor" => words.sensor()?,
            _ => {
                let ecu = words.name("an ECU")?;
                words.word("reset")?;
                FaultKind::EcuReset { ecu }
            }
        };
        words.end()?;
        Ok(Fault {
            at_ns,
            extent: extent.unwrap_or(kind.usual_extent()),
            kind,
        })
    }
}

impl FromStr for Fault {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Fault, FaultError> {
        Fault::parse(text)
    }
}

/// What is still to be read of a line.
pub(super) struct Words<'a> {
    text: &'a str,
    rest: std::vec::IntoIter<&'a str>,
}

impl<'a> Words<'a> {
    fn peek(&self) -> Option<&'a str> {
        self.rest.as_slice().first().copied()
    }

    pub(super) fn take_if(&mut self, word: &str) -> bool {
        let is_it = self.peek() == Some(word);
        if is_it {
            self.rest.next();
        }
        is_it
    }

    fn next(&mut self, expected: &str) -> Result<&'a str, FaultError> {
        self.rest.next().ok_or_else(|| FaultError::Ends {
            text: self.text.to_owned(),
            expected: expected.to_owned(),
        })
    }

    pub(super) fn wrong(&self, found: &str, expected: &str) -> FaultError {
        FaultError::Expected {
            text: self.text.to_owned(),
            found: found.to_owned(),
            expected: expected.to_owned(),
            near: None,
        }
    }

    pub(super) fn one_of(
        &mut self,
        what: &str,
        words: &[&'static str],
    ) -> Result<&'static str, FaultError> {
        let listed: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
        let expected = format!("{what} ({})", listed.join(", "));
        let found = self.next(&expected)?;
        let known = words.iter().find(|word| **word == found);
        known.copied().ok_or_else(|| FaultError::Expected {
            near: near(found, words.iter().copied()),
            text: self.text.to_owned(),
            found: found.to_owned(),
            expected,
        })
    }

    pub(super) fn word(&mut self, word: &str) -> Result<(), FaultError> {
        let expected = format!("`{word}`");
        let found = self.next(&expected)?;
        match found == word {
            true => Ok(()),
            false => Err(self.wrong(found, &expected)),
        }
    }

    pub(super) fn name(&mut self, what: &str) -> Result<String, FaultError> {
        Ok(self.next(what)?.to_owned())
    }

    pub(super) fn number<N: FromStr>(&mut self, what: &str) -> Result<N, FaultError> {
        let found = self.next(what)?;
        found.parse().map_err(|_| self.wrong(found, what))
    }

    /// `200 ms` or `200ms`.
    pub(super) fn time(&mut self) -> Result<u64, FaultError> {
        let expected = "a time such as `200 ms`";
        let number = self.next(expected)?;
        let is_whole = number.ends_with(|last: char| last.is_ascii_alphabetic());
        let unit = match is_whole {
            true => "",
            false => self.next("ns, us, ms, s or min")?,
        };
        parse_duration_ns(&format!("{number}{unit}"))
            .map_err(|_| self.wrong(format!("{number} {unit}").trim(), expected))
    }

    /// `for TIME`, `N times`, `always`.
    fn extent(&mut self) -> Result<Option<Extent>, FaultError> {
        if self.take_if("always") {
            return Ok(Some(Extent::Always));
        }
        if self.take_if("for") {
            return Ok(Some(Extent::ForNs(self.time()?)));
        }
        let starts_with_digit = |word: &str| word.starts_with(|first: char| first.is_ascii_digit());
        if !self.peek().is_some_and(starts_with_digit) {
            return Ok(None);
        }
        let times = self.number("a number of times")?;
        self.word("times")?;
        match times {
            0 => Err(self.wrong("0 times", "a number of times from 1 on")),
            times => Ok(Some(Extent::Times(times))),
        }
    }

    fn can(&mut self) -> Result<FaultKind, FaultError> {
        let bus = self.name("a CAN bus")?;
        let effect = match self.one_of("an effect on a CAN bus", &CAN_EFFECTS)? {
            "lose" => CanEffect::Lose {
                frame: self.frame()?,
                to: match self.take_if("to") {
                    true => Some(self.name("an ECU")?),
                    false => None,
                },
            },
            "delay" => CanEffect::Delay {
                frame: self.frame()?,
                by_ns: self.time()?,
            },
            "duplicate" => CanEffect::Duplicate {
                frame: self.frame()?,
            },
            "corrupt" => {
                let frame = self.frame()?;
                self.word("bit")?;
                let bit = self.number("the number of a bit")?;
                CanEffect::Corrupt { frame, bit }
            }
            "error" => {
                self.word("frame")?;
                CanEffect::ErrorFrame
            }
            "bus-off" => CanEffect::BusOff {
                node: self.name("an ECU")?,
            },
            _ => {
                let per_s = self.number("how many a second")?;
                ["per", "s", "seed"]
                    .iter()
                    .try_for_each(|word| self.word(word))?;
                let seed = self.number("a seed")?;
                match per_s {
                    0 => return Err(self.wrong("0", "how many a second, from 1 on")),
                    per_s => CanEffect::Random { per_s, seed },
                }
            }
        };
        Ok(FaultKind::Can { bus, effect })
    }

    fn frame(&mut self) -> Result<FrameChoice, FaultError> {
        let expected = "a message, an id such as `0x123` or `0x18DAF110`, or `any`";
        let found = self.next(expected)?;
        if found == "any" {
            return Ok(FrameChoice::Any);
        }
        match found.strip_prefix("0x") {
            Some(digits) => match parse_id(digits) {
                Ok(id) => Ok(FrameChoice::Id(id)),
                Err(_) => Err(self.wrong(found, expected)),
            },
            None => Ok(FrameChoice::Message(found.to_owned())),
        }
    }

    fn end(&mut self) -> Result<(), FaultError> {
        match self.rest.next() {
            Some(found) => Err(self.wrong(found, "the end")),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.at_ns > 0 {
            write!(f, "at {} ", Time(self.at_ns))?;
        }
        match self.extent {
            extent if extent == self.kind.usual_extent() => {}
            Extent::Times(times) => write!(f, "{times} times ")?,
            Extent::ForNs(time_ns) => write!(f, "for {} ", Time(time_ns))?,
            Extent::Always => f.write_str("always ")?,
        }
        self.kind.fmt(f)
    }
}

impl fmt::Display for FaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FaultKind::Can { bus, effect } => write!(f, "can {bus} {effect}"),
            other => wire_text::write(f, other),
        }
    }
}

impl fmt::Display for CanEffect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CanEffect::Lose { frame, to: None } => write!(f, "lose {frame}"),
            CanEffect::Lose {
                frame,
                to: Some(to),
            } => write!(f, "lose {frame} to {to}"),
            CanEffect::Delay { frame, by_ns } => write!(f, "delay {frame} {}", Time(*by_ns)),
            CanEffect::Duplicate { frame } => write!(f, "duplicate {frame}"),
            CanEffect::Corrupt { frame, bit } => write!(f, "corrupt {frame} bit {bit}"),
            CanEffect::ErrorFrame => f.write_str("error frame"),
            CanEffect::BusOff { node } => write!(f, "bus-off {node}"),
            CanEffect::Random { per_s, seed } => write!(f, "random {per_s} per s seed {seed}"),
        }
    }
}

impl fmt::Display for FrameChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FrameChoice::Any => f.write_str("any"),
            FrameChoice::Id(id) => write!(f, "0x{id}"),
            FrameChoice::Message(name) => f.write_str(name),
        }
    }
}

/// Nanoseconds in the largest unit that has no fraction.
pub(super) struct Time(pub(super) u64);

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let units = [
            (1_000_000_000, "s"),
            (1_000_000, "ms"),
            (1_000, "us"),
            (1, "ns"),
        ];
        let whole = units
            .into_iter()
            .find(|(unit_ns, _)| self.0.is_multiple_of(*unit_ns));
        let (unit_ns, unit) = whole.unwrap_or((1, "ns"));
        write!(f, "{} {unit}", self.0 / unit_ns)
    }
}

#[cfg(test)]
#[path = "text_tests.rs"]
mod tests;

//! What a run is given besides its system: seed, stimuli, logs to replay; and their text on a
//! command line. Knows nothing of the engine.

use super::nodes::Wiring;
use crate::{
    can::log::{Entry, Log},
    faults::Fault,
    nv::NvContent,
    restbus::RestMessage,
};
use std::str::FromStr;

/// Rows of the trace are dropped, oldest first, above this many bytes.
pub const ROWS_BYTES_MAX: usize = 256 << 20;

/// What a run depends on besides its system. The same options give the same trace.
#[derive(Debug, Clone)]
pub struct Options {
    /// Of everything random.
    pub seed: u64,
    pub stimuli: Vec<StimulusChange>,
    pub parameters: Vec<ParameterChange>,
    pub replays: Vec<Replay>,
    /// What runs before have left in non-volatile blocks; others begin with their first content.
    pub nv: Vec<NvContent>,
    /// Messages of nodes that are not there.
    pub restbus: Vec<RestMessage>,
    pub faults: Vec<Fault>,
    /// Of virtual devices that are on more than their own bus.
    pub wirings: Vec<Wiring>,
    /// Name of the ECU whose board is recorded; see [`crate::Simulation::recording`].
    pub record: Option<String>,
    /// Memory for the rows of the trace; the hash does not depend on it.
    pub rows_bytes_max: usize,
}

/// A stimulus of a device, or a signal of the restbus, gets a value: `DEVICE.STIMULUS=VALUE@TIME`,
/// `BUS:MESSAGE.SIGNAL=VALUE@TIME`.
#[derive(Debug, Clone, PartialEq)]
pub struct StimulusChange {
    pub device: String,
    pub stimulus: String,
    /// In the unit that the device declares.
    pub value: f64,
    pub at_ns: u64,
}

/// A calibration parameter gets a value: an element of a partition that nobody in the system sends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParameterChange {
    pub ecu: String,
    pub partition: String,
    /// Position in [`deployment::Partition::elements`].
    pub element: u32,
    /// Packed.
    pub value: Vec<u8>,
    pub at_ns: u64,
}

/// A capture that is sent on a bus, relative to its first line: `LOG:BUS`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replay {
    pub bus: String,
    pub entries: Vec<Entry>,
    pub timing: ReplayTiming,
    /// When its first line is sent.
    pub start_ns: u64,
}

/// What is done with the times of a capture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ReplayTiming {
    /// Spread evenly over each second when the capture has whole seconds only, else as recorded.
    #[default]
    Automatic,
    AsRecorded,
}

/// Why an option's text is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OptionError {
    #[error(
        "stimulus `{text}` needs the form `DEVICE.STIMULUS=VALUE@TIME`, as `cabin.temperature=35@10s`"
    )]
    Stimulus { text: String },
    #[error("value `{text}` is no finite number; write one such as `21.5`")]
    Value { text: String },
    #[error("time `{text}` needs a number and one of ns, us, ms, s, min, as `10s` or `2.5ms`")]
    Time { text: String },
    #[error("replay `{text}` needs the form `LOG:BUS`, as `drive.log:can0`")]
    Replay { text: String },
}

impl Default for Options {
    fn default() -> Options {
        Options {
            seed: 0,
            stimuli: Vec::new(),
            parameters: Vec::new(),
            replays: Vec::new(),
            nv: Vec::new(),
            restbus: Vec::new(),
            faults: Vec::new(),
            wirings: Vec::new(),
            record: None,
            rows_bytes_max: ROWS_BYTES_MAX,
        }
    }
}

impl FromStr for StimulusChange {
    type Err = OptionError;

    fn from_str(text: &str) -> Result<StimulusChange, OptionError> {
        let wrong = || OptionError::Stimulus {
            text: text.to_owned(),
        };
        let (target, setting) = text.split_once('=').ok_or_else(wrong)?;
        let (device, stimulus) = target.split_once('.').ok_or_else(wrong)?;
        if device.is_empty() || stimulus.is_empty() {
            return Err(wrong());
        }
        let (value, at_ns) = match setting.split_once('@') {
            Some((value, time)) => (value, parse_duration_ns(time)?),
            None => (setting, 0),
        };
        Ok(StimulusChange {
            device: device.to_owned(),
            stimulus: stimulus.to_owned(),
            value: parse_value(value)?,
            at_ns,
        })
    }
}

fn parse_value(text: &str) -> Result<f64, OptionError> {
    match text.trim().parse::<f64>() {
        Ok(value) if value.is_finite() => Ok(value),
        _ => Err(OptionError::Value {
            text: text.to_owned(),
        }),
    }
}

/// Reads `60s`, `2.5ms`, `100us`, `7ns`, `1min` exactly (no floating point).
pub fn parse_duration_ns(text: &str) -> Result<u64, OptionError> {
    let wrong = || OptionError::Time {
        text: text.to_owned(),
    };
    let trimmed = text.trim();
    let split = trimmed
        .find(|c: char| c.is_ascii_alphabetic())
        .ok_or_else(wrong)?;
    let (number, unit) = trimmed.split_at(split);
    let unit_ns: u128 = match unit {
        "ns" => 1,
        "us" => 1_000,
        "ms" => 1_000_000,
        "s" => 1_000_000_000,
        "min" => 60_000_000_000,
        _ => return Err(wrong()),
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    let is_number = |digits: &str| {
        (1..=18).contains(&digits.len()) && digits.bytes().all(|digit| digit.is_ascii_digit())
    };
    if !is_number(whole) || !is_number(fraction) {
        return Err(wrong());
    }
    let whole: u128 = whole.parse().map_err(|_| wrong())?;
    let scale = 10u128.pow(fraction.len() as u32);
    let fraction: u128 = fraction.parse().map_err(|_| wrong())?;
    u64::try_from(whole * unit_ns + fraction * unit_ns / scale).map_err(|_| wrong())
}

/// Splits `LOG:BUS` at its last colon, so that a path may have some.
pub fn split_replay(text: &str) -> Result<(&str, &str), OptionError> {
    match text.rsplit_once(':') {
        Some((log, bus)) if !log.is_empty() && !bus.is_empty() && !bus.contains(['/', '\\']) => {
            Ok((log, bus))
        }
        _ => Err(OptionError::Replay {
            text: text.to_owned(),
        }),
    }
}

impl Replay {
    /// All frames of a log, whatever its buses are called there.
    pub fn new(log: Log, bus: &str, timing: ReplayTiming) -> Replay {
        Replay {
            bus: bus.to_owned(),
            entries: log.entries,
            timing,
            start_ns: 0,
        }
    }

    /// When each frame asks for the bus, from its start; in the order of the times, then of the lines.
    pub fn schedule_ns(&self) -> Vec<u64> {
        let first_ns = self
            .entries
            .iter()
            .map(|entry| entry.time_ns)
            .min()
            .unwrap_or(0);
        let relative: Vec<u64> = self
            .entries
            .iter()
            .map(|entry| entry.time_ns - first_ns)
            .collect();
        let is_coarse = self
            .entries
            .iter()
            .all(|entry| entry.time_ns % SECOND_NS == 0);
        let times = match self.timing {
            ReplayTiming::Automatic if is_coarse => spread(&relative),
            _ => relative,
        };
        let later = |at_ns: u64| at_ns.saturating_add(self.start_ns);
        times.into_iter().map(later).collect()
    }
}

const SECOND_NS: u64 = 1_000_000_000;

/// The frames of one second keep their order and share that second evenly.
fn spread(seconds_ns: &[u64]) -> Vec<u64> {
    let mut count: std::collections::BTreeMap<u64, (u64, u64)> = Default::default();
    seconds_ns
        .iter()
        .for_each(|second| count.entry(*second).or_default().1 += 1);
    let place = |second: &u64| {
        let Some((taken, all)) = count.get_mut(second) else {
            return *second;
        };
        let at_ns = second + *taken * SECOND_NS / *all;
        *taken += 1;
        at_ns
    };
    seconds_ns.iter().map(place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_stimuli() {
        let change: StimulusChange = "cabin.temperature=-3.5@2.5s".parse().unwrap();
        assert_eq!(
            (change.device.as_str(), change.stimulus.as_str()),
            ("cabin", "temperature")
        );
        assert_eq!((change.value, change.at_ns), (-3.5, 2_500_000_000));
        assert_eq!("a.b=1".parse::<StimulusChange>().unwrap().at_ns, 0);
    }

    #[test]
    fn refuses_what_is_no_stimulus() {
        let refusal = |text: &str| text.parse::<StimulusChange>().unwrap_err().to_string();
        for text in ["", "cabin", "cabin=1", ".t=1", "cabin.=1"] {
            assert_eq!(
                refusal(text),
                format!(
                    "stimulus `{text}` needs the form `DEVICE.STIMULUS=VALUE@TIME`, as `cabin.temperature=35@10s`"
                )
            );
        }
        assert_eq!(
            refusal("a.b=warm"),
            "value `warm` is no finite number; write one such as `21.5`"
        );
        assert_eq!(
            refusal("a.b=NaN"),
            "value `NaN` is no finite number; write one such as `21.5`"
        );
        assert_eq!(
            refusal("a.b=1@soon"),
            "time `soon` needs a number and one of ns, us, ms, s, min, as `10s` or `2.5ms`"
        );
    }

    #[test]
    fn reads_durations_exactly() {
        let cases = [
            ("60s", 60_000_000_000),
            ("0.1s", 100_000_000),
            ("2.5ms", 2_500_000),
            ("100us", 100_000),
            ("7ns", 7),
            ("1min", 60_000_000_000),
        ];
        for (text, expected) in cases {
            assert_eq!(parse_duration_ns(text), Ok(expected), "{text}");
        }
        for text in [
            "",
            "s",
            "60",
            "-1s",
            "1h",
            "1e3s",
            "1.s",
            "99999999999999999999s",
            "600000000000s",
            "é",
        ] {
            assert!(parse_duration_ns(text).is_err(), "{text}");
        }
    }

    #[test]
    fn splits_a_replay_at_its_last_colon() {
        assert_eq!(
            split_replay("C:\\drive.log:can0"),
            Ok(("C:\\drive.log", "can0"))
        );
        for text in ["drive.log", ":can0", "drive.log:", "C:\\drive.log"] {
            assert!(split_replay(text).is_err(), "{text}");
        }
    }

    fn replay(times_ns: &[u64], timing: ReplayTiming) -> Vec<u64> {
        let entry = |time_ns: &u64| Entry {
            time_ns: *time_ns,
            bus: "x".into(),
            frame: "123#".parse().unwrap(),
        };
        let entries = times_ns.iter().map(entry).collect();
        Replay {
            bus: "can0".into(),
            entries,
            timing,
            start_ns: 0,
        }
        .schedule_ns()
    }

    #[test]
    fn whole_seconds_are_spread_and_others_kept() {
        let coarse = [5, 5, 5, 5, 6, 6].map(|second| second * SECOND_NS);
        let spread = [0, 250, 500, 750, 1000, 1500].map(|ms| ms * 1_000_000);
        assert_eq!(replay(&coarse, ReplayTiming::Automatic), spread);
        assert_eq!(
            replay(&coarse[3..], ReplayTiming::AsRecorded),
            [0, SECOND_NS, SECOND_NS]
        );
        assert_eq!(
            replay(&[5 * SECOND_NS, 5 * SECOND_NS + 7], ReplayTiming::Automatic),
            [0, 7]
        );
        assert_eq!(replay(&[], ReplayTiming::Automatic), [0u64; 0]);
    }

    #[test]
    fn a_replay_may_begin_later() {
        let log = Log::parse("(5.000000) can0 123#\n(5.000007) can0 124#\n").unwrap();
        let mut replay = Replay::new(log, "can0", ReplayTiming::Automatic);
        replay.start_ns = 100;
        assert_eq!(replay.schedule_ns(), [100, 7100]);
    }
}

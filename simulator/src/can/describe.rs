//! Frames in words: decoded by a description (DBC), or shown as undecoded. Knows nothing of where
//! descriptions come from and of packing.

use super::frame::Frame;
use autosar_wit::dbc::{Database, Decoded};
use serde::Serialize;
use std::fmt;

/// What a frame says.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Description<'a> {
    Decoded {
        message: &'a str,
        signals: Vec<SignalText<'a>>,
    },
    /// No message of that identifier, a remote frame, or data too short for any signal.
    Undecoded,
}

/// A signal's value as people read it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SignalText<'a> {
    pub name: &'a str,
    /// Physical value.
    pub value: f64,
    pub unit: &'a str,
    /// The text of the value table, if it has one.
    pub label: Option<&'a str>,
}

/// Decodes a frame.
pub fn describe<'a>(frame: &Frame, database: &'a Database) -> Description<'a> {
    let message = database.message(frame.id().value(), frame.id().is_extended());
    let Some(message) = message.filter(|_| !frame.is_remote()) else {
        return Description::Undecoded;
    };
    let signals: Vec<SignalText<'a>> = message
        .decode(frame.bytes())
        .into_iter()
        .map(SignalText::from)
        .collect();
    if signals.is_empty() && !message.signals.is_empty() {
        return Description::Undecoded;
    }
    Description::Decoded {
        message: &message.name,
        signals,
    }
}

impl<'a> From<Decoded<'a>> for SignalText<'a> {
    fn from(decoded: Decoded<'a>) -> Self {
        SignalText {
            name: decoded.name,
            value: decoded.physical,
            unit: decoded.unit,
            label: decoded.label,
        }
    }
}

impl fmt::Display for Description<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Description::Decoded { message, signals } = self else {
            return f.write_str("undecoded");
        };
        f.write_str(message)?;
        for (number, signal) in signals.iter().enumerate() {
            write!(f, "{} {signal}", if number == 0 { ":" } else { "," })?;
        }
        Ok(())
    }
}

impl fmt::Display for SignalText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let SignalText {
            name,
            value,
            unit,
            label,
        } = self;
        match label {
            Some(label) => write!(f, "{name} {label}"),
            None if unit.is_empty() => write!(f, "{name} {}", nine_digits(*value)),
            None => write!(f, "{name} {} {unit}", nine_digits(*value)),
        }
    }
}

/// Without the noise of binary fractions (0.1 × 3).
fn nine_digits(value: f64) -> f64 {
    format!("{value:.8e}").parse().unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use autosar_wit::dbc;

    const DBC: &str = "VERSION \"\"\n\nBU_: Climate Cockpit\n
BO_ 291 FanStatus: 3 Climate\n SG_ Duty : 0|8@1+ (0.1,0) [0|25.5] \"%\" Cockpit\n SG_ Mode : 8|2@1+ (1,0) [0|3] \"\" Cockpit\n SG_ Offset : 23|8@0- (1,0) [-128|127] \"\" Cockpit\n
BO_ 2564485397 Long: 1 Climate\n SG_ Flag : 0|1@1+ (1,0) [0|1] \"\" Cockpit\n
VAL_ 291 Mode 0 \"off\" 1 \"on\" ;\n";

    fn described(frame: &str) -> String {
        let loaded = dbc::read(DBC.as_bytes());
        describe(&frame.parse().unwrap(), &loaded.database).to_string()
    }

    #[test]
    fn known_frames_are_decoded() {
        assert_eq!(
            described("123#0301FF"),
            "FanStatus: Duty 0.3 %, Mode on, Offset -1"
        );
        assert_eq!(
            described("123#030380"),
            "FanStatus: Duty 0.3 %, Mode 3, Offset -128"
        );
        assert_eq!(described("18DAF115#01"), "Long: Flag 1");
    }

    #[test]
    fn others_are_undecoded() {
        for frame in ["124#0301FF", "00000123#0301FF", "123#R3", "123#", "115#01"] {
            assert_eq!(described(frame), "undecoded", "{frame}");
        }
    }

    #[test]
    fn as_json() {
        let loaded = dbc::read(DBC.as_bytes());
        let frame = "18DAF115#01".parse().unwrap();
        assert_eq!(
            serde_json::to_string(&describe(&frame, &loaded.database)).unwrap(),
            r#"{"decoded":{"message":"Long","signals":[{"name":"Flag","value":1.0,"unit":"","label":null}]}}"#
        );
    }
}

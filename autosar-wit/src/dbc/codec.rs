//! Frames to values and back.

use super::bits::Content;
use super::{Message, Signal};

/// A raw value as the signal's type has it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Raw {
    Unsigned(u64),
    Signed(i64),
    /// IEEE 754 on the bus (32 bits are widened).
    Float(f64),
}

/// One signal of a frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Decoded<'a> {
    pub name: &'a str,
    pub raw: Raw,
    /// raw × factor + offset.
    pub physical: f64,
    pub unit: &'a str,
    /// The text of the value table.
    pub label: Option<&'a str>,
}

/// Values cannot be packed into that message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EncodeError {
    #[error("message `{message}` has no signal `{signal}`; there are {known}")]
    UnknownSignal {
        message: String,
        signal: String,
        known: String,
    },
    #[error(
        "signal `{signal}` does not lie within the {length_bytes} bytes of message `{message}`; correct its start bit or length in the DBC"
    )]
    OutsideMessage {
        message: String,
        signal: String,
        length_bytes: u32,
    },
}

impl Message {
    /// The signals that are in these data: all that fit, multiplexed ones as their multiplexor says.
    /// In the order of the file.
    pub fn decode(&self, data: &[u8]) -> Vec<Decoded<'_>> {
        let content = Content::of(data);
        let mut decoded = Vec::with_capacity(self.signals.len());
        for signal in &self.signals {
            if let (true, Some(bits)) = (
                self.is_present(signal, &content),
                signal.extract_from(&content),
            ) {
                decoded.push(signal.decoded(bits));
            }
        }
        decoded
    }

    /// The message with these raw values; bits that no value covers are 0.
    pub fn encode(&self, values: &[(&str, Raw)]) -> Result<Vec<u8>, EncodeError> {
        let mut data = vec![0; self.length_bytes as usize];
        for (name, raw) in values {
            let signal = self.signal(name).ok_or_else(|| self.unknown(name))?;
            signal.insert(&mut data, signal.bits(*raw)).ok_or_else(|| {
                EncodeError::OutsideMessage {
                    message: self.name.clone(),
                    signal: signal.name.clone(),
                    length_bytes: self.length_bytes,
                }
            })?;
        }
        Ok(data)
    }

    /// By the chain of multiplexors; one that depends on itself is never there.
    fn is_present(&self, signal: &Signal, content: &Content) -> bool {
        let mut signal = signal;
        for _ in 0..self.signals.len() {
            let Some(presence) = &signal.presence else {
                return true;
            };
            let Some(multiplexor) = self.signals.get(presence.multiplexor) else {
                return false;
            };
            let Some(value) = multiplexor.extract_from(content) else {
                return false;
            };
            let mut ranges = presence.ranges.iter();
            if !ranges.any(|(low, high)| (*low..=*high).contains(&value)) {
                return false;
            }
            signal = multiplexor;
        }
        signal.presence.is_none()
    }

    fn unknown(&self, signal: &str) -> EncodeError {
        let known: Vec<String> = self
            .signals
            .iter()
            .map(|signal| format!("`{}`", signal.name))
            .collect();
        EncodeError::UnknownSignal {
            message: self.name.clone(),
            signal: signal.to_owned(),
            known: if known.is_empty() {
                "none".to_owned()
            } else {
                known.join(", ")
            },
        }
    }
}

impl Signal {
    /// Raw value, physical value and label; `None` where the data are too short.
    pub fn decode(&self, data: &[u8]) -> Option<Decoded<'_>> {
        self.extract(data).map(|bits| self.decoded(bits))
    }

    fn decoded(&self, bits: u64) -> Decoded<'_> {
        let raw = self.raw(bits);
        Decoded {
            name: &self.name,
            raw,
            physical: self.physical(raw),
            unit: &self.unit,
            label: self.label(raw),
        }
    }

    /// The value that right-aligned bits mean.
    pub fn raw(&self, bits: u64) -> Raw {
        match (self.float, self.length_bits) {
            (true, 32) => Raw::Float(f64::from(f32::from_bits(bits as u32))),
            (true, 64) => Raw::Float(f64::from_bits(bits)),
            _ if self.signed => {
                let unused = 64_u32.saturating_sub(self.length_bits).min(63);
                Raw::Signed(((bits << unused) as i64) >> unused)
            }
            _ => Raw::Unsigned(bits),
        }
    }

    /// The bits of a raw value; integers keep their low bits.
    pub fn bits(&self, raw: Raw) -> u64 {
        match (raw, self.float, self.length_bits) {
            (Raw::Float(value), true, 32) => u64::from((value as f32).to_bits()),
            (Raw::Float(value), true, 64) => value.to_bits(),
            (Raw::Float(value), ..) => self.bits(self.saturated(value)),
            (Raw::Unsigned(value), true, 32 | 64) => self.bits(Raw::Float(value as f64)),
            (Raw::Signed(value), true, 32 | 64) => self.bits(Raw::Float(value as f64)),
            (Raw::Unsigned(value), ..) => value,
            (Raw::Signed(value), ..) => value as u64,
        }
    }

    /// raw × factor + offset.
    pub fn physical(&self, raw: Raw) -> f64 {
        let raw = match raw {
            Raw::Unsigned(value) => value as f64,
            Raw::Signed(value) => value as f64,
            Raw::Float(value) => value,
        };
        raw * self.factor + self.offset
    }

    /// (physical − offset) / factor; for integers rounded half to even and saturated to what the
    /// bits can hold. Not a number gives 0.
    pub fn raw_of_physical(&self, physical: f64) -> Raw {
        let value = (physical - self.offset) / self.factor;
        match (self.float, self.length_bits) {
            (true, 32 | 64) => Raw::Float(value),
            _ => self.saturated(value.round_ties_even()),
        }
    }

    /// The text of the value table for a raw value.
    pub fn label(&self, raw: Raw) -> Option<&str> {
        let value = match raw {
            Raw::Unsigned(value) => i64::try_from(value).ok()?,
            Raw::Signed(value) => value,
            Raw::Float(_) => return None,
        };
        let entry = self.values.iter().find(|(known, _)| *known == value);
        entry.map(|(_, text)| text.as_str())
    }

    fn saturated(&self, value: f64) -> Raw {
        let unused = 64_u32.saturating_sub(self.length_bits).min(63);
        // `as` saturates and takes not-a-number to 0.
        match self.signed {
            true => Raw::Signed((value as i64).clamp(i64::MIN >> unused, i64::MAX >> unused)),
            false => Raw::Unsigned((value as u64).min(u64::MAX >> unused)),
        }
    }
}

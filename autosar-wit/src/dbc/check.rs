//! What single messages and signals make no sense by: names, lengths, places, ranges.

use super::build::Built;
use super::defects::Defects;
use super::multiplex::{are_exclusive, chain};
use super::read::shown;
use super::{Message, Presence, Signal};
use std::collections::HashSet;

/// Lengths that a frame can have (ISO 11898-1: the DLC of classic CAN and CAN FD).
const LONGEST_CLASSIC_BYTES: u64 = 8;
const FD_BYTES: [u64; 7] = [12, 16, 20, 24, 32, 48, 64];

/// What is wrong with a name: it is a C identifier.
pub(super) fn name(name: &str) -> Option<&'static str> {
    let is_word = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    if name.starts_with(|letter: char| letter.is_ascii_digit()) {
        return Some("has a name that begins with a digit, which other tools refuse");
    }
    (!name.chars().all(is_word)).then_some(
        "has a name with other than letters, digits and underscores, which other tools refuse",
    )
}

pub(super) fn length(name: &str, length_bytes: u64) -> Option<String> {
    if length_bytes <= LONGEST_CLASSIC_BYTES || FD_BYTES.contains(&length_bytes) {
        return None;
    }
    Some(format!(
        "message `{name}` has {length_bytes} bytes; a CAN frame has 0 to 8, a CAN FD frame also 12, 16, 20, 24, 32, 48 or 64; correct its length"
    ))
}

pub(super) fn message(built: &Built, defects: &mut Defects) {
    let message = &built.message;
    for (index, (signal, line)) in message.signals.iter().zip(&built.lines).enumerate() {
        for fault in faults(message, signal) {
            let text = format!("signal `{}` of `{}` {fault}", signal.name, message.name);
            defects.push(*line, text);
        }
        if let (Some(line), 1..=64) = (built.text_lines.get(&index), signal.length_bits) {
            texts(message, signal, *line, defects);
        }
    }
    overlaps(built, defects);
}

fn faults(message: &Message, signal: &Signal) -> Vec<String> {
    let mut faults = Vec::new();
    if signal.length_bits == 0 || signal.length_bits > 64 {
        faults.push(format!(
            "has {} bits, 1 to 64 are allowed; it is never decoded, correct its length",
            signal.length_bits
        ));
    } else if !signal.fits(message.length_bytes) {
        faults.push(format!(
            "does not lie within the {} bytes; correct start bit, length or the message's length",
            message.length_bytes
        ));
    }
    if signal.factor == 0.0 {
        faults.push("has the factor 0, so every value is its offset; correct it".to_owned());
    }
    if signal.minimum > signal.maximum {
        faults.push(format!(
            "has the minimum {} above its maximum {}; correct them",
            signal.minimum, signal.maximum
        ));
    }
    faults
}

/// Values with a text that the signal never has, and those that have two.
fn texts(message: &Message, signal: &Signal, line: u32, defects: &mut Defects) {
    let mut known = HashSet::new();
    for (value, text) in &signal.values {
        let fault = match (holds(signal, *value), known.insert(value)) {
            (false, _) => format!("which its {} bits never hold", signal.length_bits),
            (true, false) => "which has a text already".to_owned(),
            (true, true) => continue,
        };
        let (name, message, text) = (&signal.name, &message.name, shown(text));
        let told = format!(
            "`VAL_` gives signal `{name}` of `{message}` the text `{text}` for {value}, {fault}; correct it"
        );
        defects.push(line, told);
    }
}

/// Whether a signal can have that raw value.
pub(super) fn holds(signal: &Signal, value: i64) -> bool {
    if signal.float {
        return true;
    }
    let unused = 64_u32.saturating_sub(signal.length_bits).min(63);
    match signal.signed {
        true => (i64::MIN >> unused..=i64::MAX >> unused).contains(&value),
        false => u64::try_from(value).is_ok_and(|value| value <= u64::MAX >> unused),
    }
}

/// Signals that share bits and can be there at once; of each the first that it meets.
fn overlaps(built: &Built, defects: &mut Defects) {
    let message = &built.message;
    let chains: Vec<Vec<&Presence>> = (0..message.signals.len())
        .map(|at| chain(message, at).unwrap_or_default())
        .collect();
    let bits: Vec<Bits> = message.signals.iter().map(Bits::of).collect();
    let all = || message.signals.iter().zip(&bits).zip(&chains);
    for (index, ((signal, mine), conditions)) in all().enumerate() {
        let meets = all()
            .take(index)
            .find(|((_, theirs), others)| mine.meets(theirs) && !are_exclusive(conditions, others));
        if let (Some(((other, _), _)), Some(line)) = (meets, built.lines.get(index)) {
            let text = format!(
                "signals `{}` and `{}` of `{}` share bits; both are decoded, correct one",
                other.name, signal.name, message.name
            );
            defects.push(*line, text);
        }
    }
}

/// Where a signal lies: its first byte, and its bits from there on. A signal of 64 bits lies in
/// at most nine bytes, which follow one another in both byte orders.
struct Bits {
    first_byte: u64,
    mask: u128,
}

impl Bits {
    fn of(signal: &Signal) -> Bits {
        let positions = || signal.positions().into_iter().flatten();
        let first_byte = positions().map(|position| position / 8).min().unwrap_or(0);
        let mask = positions().fold(0, |mask, position| {
            mask | 1_u128 << (position - first_byte * 8).min(127)
        });
        Bits { first_byte, mask }
    }

    fn meets(&self, other: &Bits) -> bool {
        let (low, high) = match self.first_byte <= other.first_byte {
            true => (self, other),
            false => (other, self),
        };
        let distance = high.first_byte - low.first_byte;
        distance < 16 && (low.mask >> (distance * 8)) & high.mask != 0
    }
}

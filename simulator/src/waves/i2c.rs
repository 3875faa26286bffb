//! SCL and SDA of a transaction. Knows nothing of devices.
//!
//! Source: NXP UM10204, I2C-bus specification, 3.1.4 to 3.1.11.

use crate::{can::bits::duration_ns, trace::bytes_of};

const SHORT_ADDRESS_MAX: u16 = 0x7f;

/// What takes one clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Clock {
    Start,
    RepeatedStart,
    Bit(bool),
    Stop,
}

/// Draws a row `i2c` of the trace.
pub(super) fn draw(
    detail: &str,
    (end_ns, clock_hz): (u64, u32),
    set: &mut impl FnMut(&str, u64, u32),
) {
    let Some(transaction) = Transaction::parse(detail) else {
        return;
    };
    let start_ns = transaction.start_ns;
    let at = |clock: u32| start_ns + duration_ns(clock, clock_hz);
    let clocks = transaction.clocks(end_ns - start_ns.min(end_ns), clock_hz);
    for (clock, what) in (0..).zip(clocks) {
        let (from, to) = (at(clock), at(clock + 1));
        let part = |eighths: u64| from + (to - from) * eighths / 8;
        match what {
            Clock::Start => {
                set("sda", part(4), 0);
                set("scl", to, 0);
            }
            Clock::RepeatedStart => {
                set("sda", part(1), 1);
                set("scl", part(2), 1);
                set("sda", part(5), 0);
                set("scl", to, 0);
            }
            Clock::Bit(level) => {
                set("sda", part(2), level.into());
                set("scl", part(4), 1);
                set("scl", to, 0);
            }
            Clock::Stop => {
                set("sda", part(2), 0);
                set("scl", part(4), 1);
                set("sda", to, 1);
            }
        }
    }
}

struct Transaction {
    address: u16,
    /// Whether it reads, and its bytes.
    operations: Vec<(bool, Vec<u8>)>,
    is_ok: bool,
    start_ns: u64,
}

impl Transaction {
    /// `ecu address operations result start`.
    fn parse(detail: &str) -> Option<Transaction> {
        let mut words = detail.split(' ').skip(1);
        let address = words.next()?.strip_prefix("0x")?;
        let mut words: Vec<&str> = words.collect();
        let start_ns = words.pop()?.parse().ok()?;
        let is_ok = words.pop()? == "ok";
        let operation = |word: &&str| {
            let (kind, bytes) = word.split_at_checked(1)?;
            Some((kind == "r", bytes_of(bytes)?))
        };
        Some(Transaction {
            address: u16::from_str_radix(address, 16).ok()?,
            operations: words.iter().map(operation).collect::<Option<_>>()?,
            is_ok,
            start_ns,
        })
    }

    /// What each clock of it is. One that failed ends behind the bit that was not acknowledged,
    /// which its time tells.
    fn clocks(&self, duration_ns: u64, clock_hz: u32) -> Vec<Clock> {
        let mut clocks = self.undisturbed();
        if !self.is_ok {
            let taken = u128::from(duration_ns) * u128::from(clock_hz);
            let taken = (taken + 500_000_000) / 1_000_000_000;
            clocks.truncate(usize::try_from(taken).unwrap_or(0).saturating_sub(1));
            if let Some(last) = clocks.last_mut() {
                *last = Clock::Bit(true);
                clocks.push(Clock::Stop);
            }
        }
        clocks
    }

    fn undisturbed(&self) -> Vec<Clock> {
        let mut clocks = Vec::new();
        let mut was_read = None;
        let mut operations = self.operations.iter().peekable();
        while let Some((is_read, bytes)) = operations.next() {
            if was_read != Some(*is_read) {
                self.address(&mut clocks, *is_read, was_read.is_none());
            }
            was_read = Some(*is_read);
            let goes_on = operations.peek().is_some_and(|(next, _)| next == is_read);
            for (place, byte) in (1..).zip(bytes) {
                // The controller does not acknowledge the last byte that it reads.
                let is_last = *is_read && place == bytes.len() && !goes_on;
                push(&mut clocks, *byte, is_last);
            }
        }
        clocks.push(Clock::Stop);
        clocks
    }

    fn address(&self, clocks: &mut Vec<Clock>, is_read: bool, is_first: bool) {
        let start = |is_first: bool| {
            if is_first {
                Clock::Start
            } else {
                Clock::RepeatedStart
            }
        };
        clocks.push(start(is_first));
        let [high, low] = self.address.to_be_bytes();
        if self.address <= SHORT_ADDRESS_MAX {
            push(clocks, low << 1 | u8::from(is_read), false);
            return;
        }
        let prefix = 0b1111_0000 | high << 1;
        if !is_read || is_first {
            push(clocks, prefix, false);
            push(clocks, low, false);
        }
        if is_read {
            if is_first {
                clocks.push(Clock::RepeatedStart);
            }
            push(clocks, prefix | 1, false);
        }
    }
}

/// Eight bits and the acknowledge bit, which is low where there is one.
fn push(clocks: &mut Vec<Clock>, byte: u8, is_refused: bool) {
    clocks.extend((0..8).rev().map(|bit| Clock::Bit(byte >> bit & 1 != 0)));
    clocks.push(Clock::Bit(is_refused));
}

//! What the temperature sensors of one family have in common: conversions over time, the
//! comparator with its fault queue, the ALERT pin. Knows nothing of register layouts.
//!
//! Source: Texas Instruments, TMP105 (SLLS648) and TMP102 (SBOS397), "Fault queue", "High and low
//! limit registers", "Thermostat mode".

/// One register step in degrees Celsius, of all of the family.
pub(super) const STEP_CELSIUS: f64 = 0.0625;

/// A temperature in steps of 1/16 °C, cut to the range of that many bits. The converter rounds down.
pub(super) fn steps(celsius: f64, bits: u32) -> i16 {
    let limit = 1i32 << (bits - 1);
    let steps = (celsius / STEP_CELSIUS).floor();
    // `as` saturates, and NaN is 0.
    (steps as i32).clamp(-limit, limit - 1) as i16
}

/// How conversions follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Converting {
    /// One result every `period_ns`; the next at `next_ns`.
    Continuous {
        next_ns: u64,
        period_ns: u64,
    },
    /// One result, then shutdown.
    Once {
        at_ns: u64,
    },
    Shutdown,
}

impl Converting {
    /// How many results there are up to `now_ns`; moves on behind them.
    pub(super) fn results_until(&mut self, now_ns: u64) -> u64 {
        match *self {
            Converting::Continuous { next_ns, period_ns } if next_ns <= now_ns => {
                let count = (now_ns - next_ns) / period_ns + 1;
                *self = Converting::Continuous {
                    next_ns: next_ns + count * period_ns,
                    period_ns,
                };
                count
            }
            Converting::Once { at_ns } if at_ns <= now_ns => {
                *self = Converting::Shutdown;
                1
            }
            _ => 0,
        }
    }
}

/// TM: what the ALERT pin does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Thermostat {
    Comparator,
    Interrupt,
}

/// Comparator with fault queue, and ALERT pin.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Alert {
    /// Above the high limit, and not yet below the low one again.
    is_high: bool,
    /// Conversions in a row that speak for the other state.
    faults: u64,
    /// In interrupt mode: changed, and not yet read.
    is_pending: bool,
}

impl Alert {
    /// `count` conversions with one result.
    pub(super) fn compare(&mut self, result: i16, low: i16, high: i16, queue: u64, count: u64) {
        for _ in 0..count.min(2 * queue) {
            let speaks = if self.is_high {
                result < low
            } else {
                result >= high
            };
            self.faults = if speaks { self.faults + 1 } else { 0 };
            if self.faults >= queue {
                self.is_high = !self.is_high;
                self.is_pending = true;
                self.faults = 0;
            }
        }
    }

    /// The comparator, whatever the mode.
    pub(super) fn is_high(&self) -> bool {
        self.is_high
    }

    /// Whether the ALERT pin is active.
    pub(super) fn is_active(&self, mode: Thermostat) -> bool {
        match mode {
            Thermostat::Comparator => self.is_high,
            Thermostat::Interrupt => self.is_pending,
        }
    }

    /// A register was read, or the device went to shutdown.
    pub(super) fn clear(&mut self) {
        self.is_pending = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of both data sheets: "Temperature data format", 12 bits.
    #[test]
    fn worked_numbers_of_twelve_bits() {
        let table = [
            (128.0, 0x7ff),
            (127.9375, 0x7ff),
            (100.0, 0x640),
            (80.0, 0x500),
            (75.0, 0x4b0),
            (50.0, 0x320),
            (25.0, 0x190),
            (0.25, 0x004),
            (0.0, 0x000),
            (-0.25, 0xffc),
            (-25.0, 0xe70),
            (-55.0, 0xc90),
        ];
        for (celsius, expected) in table {
            assert_eq!(steps(celsius, 12) as u16 & 0xfff, expected, "{celsius}");
        }
    }

    /// Of the TMP102's data sheet: "13-bit temperature data format".
    #[test]
    fn worked_numbers_of_thirteen_bits() {
        let table = [
            (150.0, 0x960),
            (128.0, 0x800),
            (127.9375, 0x7ff),
            (-0.25, 0x1ffc),
            (-25.0, 0x1e70),
            (-55.0, 0x1c90),
        ];
        for (celsius, expected) in table {
            assert_eq!(steps(celsius, 13) as u16 & 0x1fff, expected, "{celsius}");
        }
    }

    #[test]
    fn garbage_saturates() {
        assert_eq!(steps(f64::INFINITY, 12), 0x7ff);
        assert_eq!(steps(f64::NEG_INFINITY, 12), -0x800);
        assert_eq!(steps(f64::NAN, 12), 0);
        assert_eq!(steps(-300.0, 12), -0x800);
    }

    #[test]
    fn the_fault_queue_wants_faults_in_a_row() {
        let mut alert = Alert::default();
        alert.compare(100, 10, 50, 4, 3);
        alert.compare(20, 10, 50, 4, 1);
        alert.compare(100, 10, 50, 4, 3);
        assert!(!alert.is_high());
        alert.compare(100, 10, 50, 4, 1);
        assert!(alert.is_high());
        alert.compare(9, 10, 50, 4, 1_000_000_000_000);
        assert!(!alert.is_high());
    }

    #[test]
    fn results_are_counted_once() {
        let mut converting = Converting::Continuous {
            next_ns: 10,
            period_ns: 10,
        };
        assert_eq!(
            [9, 10, 39, 40].map(|now_ns| converting.results_until(now_ns)),
            [0, 1, 2, 1]
        );
        let mut once = Converting::Once { at_ns: 10 };
        assert_eq!(
            [9, 10, 11].map(|now_ns| once.results_until(now_ns)),
            [0, 1, 0]
        );
    }
}

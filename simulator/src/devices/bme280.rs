//! BME280, humidity, pressure and temperature.
//!
//! The trimming values are those of the worked example for pressure and temperature, the same in
//! every device. What the converters give is found by searching the code that the data sheet's
//! compensation turns into the stimulus.
//!
//! Source: Bosch Sensortec, BME280 data sheet, BST-BME280-DS002; 3 (modes, oversampling, filter),
//! 4.2.3 (compensation), 5.4 (memory map), 9.1 (measurement time); the worked example stands in the
//! BMP280's, BST-BMP280-DS001, 3.12.

use super::{Acknowledge, Device, Model, Register, Stimulus, shared::Converting};

pub(super) const MODEL: Model = Model {
    name: "bme280",
    title: "BME280 humidity, pressure and temperature",
    addresses: &[0x76, 0x77],
    stimuli: &[
        Stimulus {
            name: "temperature",
            unit: "°C",
            minimum: -40.0,
            maximum: 85.0,
            step: 0.01,
            default: 25.0,
        },
        Stimulus {
            name: "pressure",
            unit: "hPa",
            minimum: 300.0,
            maximum: 1100.0,
            step: 0.01,
            default: 1013.25,
        },
        Stimulus {
            name: "humidity",
            unit: "%",
            minimum: 0.0,
            maximum: 100.0,
            step: 0.1,
            default: 50.0,
        },
    ],
    make: || Box::new(Bme280::new()),
};

/// Registers.
const CALIB00: u8 = 0x88;
const CALIB25: u8 = 0xa1;
const ID: u8 = 0xd0;
const RESET: u8 = 0xe0;
const CALIB26: u8 = 0xe1;
const CALIB41: u8 = 0xf0;
const CTRL_HUM: u8 = 0xf2;
const STATUS: u8 = 0xf3;
const CTRL_MEAS: u8 = 0xf4;
const CONFIG: u8 = 0xf5;
const PRESS_MSB: u8 = 0xf7;
const HUM_LSB: u8 = 0xfe;

const CHIP_ID: u8 = 0x60;
const RESET_WORD: u8 = 0xb6;
/// Of STATUS.
const MEASURING: u8 = 1 << 3;

/// What an output says that was not measured.
const NO_RESULT: u32 = 0x80000;
const NO_HUMIDITY: u32 = 0x8000;
const CODE_BITS: u32 = 20;
const HUMIDITY_BITS: u32 = 16;

/// Trimming values, "Compensation parameter storage".
const T1: f64 = 27_504.0;
const T2: f64 = 26_435.0;
const T3: f64 = -1_000.0;
const P: [f64; 9] = [
    36_477.0, -10_685.0, 3_024.0, 2_855.0, 140.0, -7.0, 15_500.0, -14_600.0, 6_000.0,
];
/// H1 to H6 of a typical device; the example has none.
const H1: u8 = 75;
const H2: i16 = 370;
const H3: u8 = 0;
const H4: i16 = 313;
const H5: i16 = 50;
const H6: i8 = 30;

struct Bme280 {
    /// °C, hPa, %.
    stimuli: [f64; 3],
    ctrl_hum: u8,
    /// Written, and taken with the next write of CTRL_MEAS.
    ctrl_hum_written: u8,
    ctrl_meas: u8,
    config: u8,
    temperature: Output,
    pressure: Output,
    humidity: Output,
    /// The outputs as a burst reads them.
    burst: [u8; 8],
    register: Option<u8>,
    converting: Converting,
    misuse: Vec<String>,
}

/// An output and the memory of its filter.
#[derive(Debug, Clone, Copy)]
struct Output {
    code: u32,
    filtered: Option<f64>,
}

impl Output {
    const fn none(code: u32) -> Output {
        Output {
            code,
            filtered: None,
        }
    }
}

impl Bme280 {
    fn new() -> Bme280 {
        let mut stimuli = [0.0; 3];
        for (value, stimulus) in stimuli.iter_mut().zip(MODEL.stimuli) {
            *value = stimulus.default;
        }
        Bme280 {
            stimuli,
            ctrl_hum: 0,
            ctrl_hum_written: 0,
            ctrl_meas: 0,
            config: 0,
            temperature: Output::none(NO_RESULT),
            pressure: Output::none(NO_RESULT),
            humidity: Output::none(NO_HUMIDITY),
            burst: [0; 8],
            register: None,
            converting: Converting::Shutdown,
            misuse: Vec::new(),
        }
    }

    /// Samples that are averaged: 0 for what is skipped.
    fn oversampling(bits: u8) -> u32 {
        match bits & 0b111 {
            0 => 0,
            bits => 1 << (bits.min(5) - 1),
        }
    }

    fn temperature_samples(&self) -> u32 {
        Self::oversampling(self.ctrl_meas >> 5)
    }

    fn pressure_samples(&self) -> u32 {
        Self::oversampling(self.ctrl_meas >> 2)
    }

    fn humidity_samples(&self) -> u32 {
        Self::oversampling(self.ctrl_hum)
    }

    /// 9.1, typical: 1 ms, 2 ms a sample, and half a millisecond for pressure and humidity each.
    fn measurement_ns(&self) -> u64 {
        let part = |samples: u32, extra_ns: u64| match samples {
            0 => 0,
            _ => u64::from(samples) * 2_000_000 + extra_ns,
        };
        1_000_000
            + part(self.temperature_samples(), 0)
            + part(self.pressure_samples(), 500_000)
            + part(self.humidity_samples(), 500_000)
    }

    fn standby_ns(&self) -> u64 {
        const STANDBY_NS: [u64; 8] = [
            500_000,
            62_500_000,
            125_000_000,
            250_000_000,
            500_000_000,
            1_000_000_000,
            10_000_000,
            20_000_000,
        ];
        let standby = STANDBY_NS.get(usize::from(self.config >> 5));
        standby.copied().unwrap_or(500_000)
    }

    /// Sleep, forced or normal mode.
    fn begin_measuring(&mut self, at_ns: u64) {
        let measurement_ns = self.measurement_ns();
        self.converting = match self.ctrl_meas & 0b11 {
            0 => Converting::Shutdown,
            3 => Converting::Continuous {
                next_ns: at_ns + measurement_ns,
                period_ns: measurement_ns + self.standby_ns(),
            },
            _ => Converting::Once {
                at_ns: at_ns + measurement_ns,
            },
        };
    }

    fn is_measuring(&self, now_ns: u64) -> bool {
        let end_ns = match self.converting {
            Converting::Shutdown => return false,
            Converting::Once { at_ns } => at_ns,
            Converting::Continuous { next_ns, .. } => next_ns,
        };
        now_ns + self.measurement_ns() >= end_ns
    }

    fn advance(&mut self, now_ns: u64) {
        let count = self.converting.results_until(now_ns);
        // The filter has seen one value often enough when its memory is as fine as the code.
        for _ in 0..count.min(400) {
            self.measure();
        }
        if count > 0 && self.converting == Converting::Shutdown {
            // Forced mode ends in sleep mode.
            self.ctrl_meas &= !0b11;
        }
    }

    fn measure(&mut self) {
        let [celsius, hectopascal, percent] = self.stimuli;
        let coefficient = match self.config >> 2 & 0b111 {
            0 => 1.0,
            bits => f64::from(1u16 << bits.min(4)),
        };
        let temperature = code(CODE_BITS, |code| t_fine(code) / 5_120.0 - celsius);
        let fine = t_fine(temperature);
        let pressure = code(CODE_BITS, |code| {
            // The pressure falls while the code rises.
            hectopascal * 100.0 - pascal(code, fine)
        });
        let humidity = code(HUMIDITY_BITS, |code| relative(code, fine) - percent);
        let (t, p, h) = (
            self.temperature_samples(),
            self.pressure_samples(),
            self.humidity_samples(),
        );
        self.temperature.take(temperature, t, coefficient);
        self.pressure.take(pressure, p, coefficient);
        self.humidity = match h {
            0 => Output::none(NO_HUMIDITY),
            _ => Output::none(humidity as u32),
        };
    }

    fn outputs(&self) -> [u8; 8] {
        let [_, p2, p1, p0] = (self.pressure.code << 4).to_be_bytes();
        let [_, t2, t1, t0] = (self.temperature.code << 4).to_be_bytes();
        let [_, _, h1, h0] = self.humidity.code.to_be_bytes();
        [p2, p1, p0, t2, t1, t0, h1, h0]
    }

    fn value(&self, register: u8, now_ns: u64) -> u8 {
        match register {
            CALIB00..=CALIB25 => at(&first_trimming(), register - CALIB00),
            ID => CHIP_ID,
            CALIB26..=CALIB41 => at(&second_trimming(), register - CALIB26),
            CTRL_HUM => self.ctrl_hum_written,
            STATUS if self.is_measuring(now_ns) => MEASURING,
            CTRL_MEAS => self.ctrl_meas,
            CONFIG => self.config,
            PRESS_MSB..=HUM_LSB => at(&self.burst, register - PRESS_MSB),
            _ => 0,
        }
    }

    fn store(&mut self, at_ns: u64, register: u8, byte: u8) {
        match register {
            RESET if byte == RESET_WORD => {
                *self = Bme280 {
                    stimuli: self.stimuli,
                    misuse: std::mem::take(&mut self.misuse),
                    ..Bme280::new()
                };
            }
            RESET => self.misuse.push(format!(
                "{byte:#04x} was written to reset: only 0xb6 resets"
            )),
            CTRL_HUM => self.ctrl_hum_written = byte & 0b111,
            CTRL_MEAS => {
                self.ctrl_hum = self.ctrl_hum_written;
                self.ctrl_meas = byte;
                self.begin_measuring(at_ns);
            }
            CONFIG if self.ctrl_meas & 0b11 == 0b11 => self
                .misuse
                .push("config was written in normal mode: it may be ignored, so it is".to_owned()),
            CONFIG => self.config = byte & !0b10,
            _ => self.misuse.push(format!(
                "register {register:#04x} was written; it is read-only or reserved"
            )),
        }
    }
}

impl Output {
    /// 3.4.4: the filter's memory; its first value is the first measurement. Without filter the
    /// resolution is 16 bits and one more for each doubling of the samples.
    fn take(&mut self, code: f64, samples: u32, coefficient: f64) {
        if samples == 0 {
            *self = Output::none(NO_RESULT);
            return;
        }
        let is_filtered = coefficient > 1.0;
        let before = self.filtered.filter(|_| is_filtered).unwrap_or(code);
        let filtered = (before * (coefficient - 1.0) + code) / coefficient;
        self.filtered = Some(filtered);
        let code = filtered.round() as u32;
        let bits = 16 + samples.trailing_zeros();
        let missing = if is_filtered { 0 } else { CODE_BITS - bits };
        self.code = code >> missing << missing;
    }
}

/// The smallest code of so many bits at which `beyond`, which rises with it, is not negative.
fn code(bits: u32, beyond: impl Fn(f64) -> f64) -> f64 {
    let (mut low, mut high) = (0u32, (1 << bits) - 1);
    while low < high {
        let middle = low + (high - low) / 2;
        if beyond(f64::from(middle)) < 0.0 {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    f64::from(low)
}

/// 8.1, compensation in double precision: the fine temperature, 5120 to a degree Celsius.
fn t_fine(code: f64) -> f64 {
    let slope = (code / 16_384.0 - T1 / 1_024.0) * T2;
    let bend = code / 131_072.0 - T1 / 8_192.0;
    slope + bend * bend * T3
}

fn pascal(code: f64, fine: f64) -> f64 {
    let [p1, p2, p3, p4, p5, p6, p7, p8, p9] = P;
    let half = fine / 2.0 - 64_000.0;
    let offset = (half * half * p6 / 32_768.0 + half * p5 * 2.0) / 4.0 + p4 * 65_536.0;
    let scale = (p3 * half * half / 524_288.0 + p2 * half) / 524_288.0;
    let scale = (1.0 + scale / 32_768.0) * p1;
    let raw = (1_048_576.0 - code - offset / 4_096.0) * 6_250.0 / scale;
    raw + (p9 * raw * raw / 2_147_483_648.0 + raw * p8 / 32_768.0 + p7) / 16.0
}

fn relative(code: f64, fine: f64) -> f64 {
    let (h1, h2, h3) = (f64::from(H1), f64::from(H2), f64::from(H3));
    let (h4, h5, h6) = (f64::from(H4), f64::from(H5), f64::from(H6));
    let warm = fine - 76_800.0;
    let linear = code - (h4 * 64.0 + h5 / 16_384.0 * warm);
    let bend = 1.0 + h6 / 67_108_864.0 * warm * (1.0 + h3 / 67_108_864.0 * warm);
    let humidity = linear * (h2 / 65_536.0 * bend);
    humidity * (1.0 - h1 * humidity / 524_288.0)
}

/// CALIB00 to CALIB25: words, the low byte first; then H1.
fn first_trimming() -> [u8; 26] {
    let mut bytes = [0; 26];
    let words = [T1, T2, T3].into_iter().chain(P);
    for (place, word) in bytes.chunks_exact_mut(2).zip(words) {
        // T1 and P1 are unsigned, the others signed: the low 16 bits are the same.
        place.copy_from_slice(&(word as i32 as u16).to_le_bytes());
    }
    if let Some(last) = bytes.last_mut() {
        *last = H1;
    }
    bytes
}

/// CALIB26 to CALIB41: H4 and H5 share a byte.
fn second_trimming() -> [u8; 16] {
    let [h2_low, h2_high] = H2.to_le_bytes();
    let mut bytes = [0; 16];
    let known = [
        h2_low,
        h2_high,
        H3,
        (H4 >> 4) as u8,
        (H4 & 0xf) as u8 | ((H5 & 0xf) as u8 * 16),
        (H5 >> 4) as u8,
        H6 as u8,
    ];
    for (place, byte) in bytes.iter_mut().zip(known) {
        *place = byte;
    }
    bytes
}

fn at(bytes: &[u8], place: u8) -> u8 {
    bytes.get(usize::from(place)).copied().unwrap_or(0)
}

impl Device for Bme280 {
    fn begin_write(&mut self, at_ns: u64) -> Acknowledge {
        self.advance(at_ns);
        self.register = None;
        Acknowledge::Ack
    }

    /// A burst reads what was measured together (4.1).
    fn begin_read(&mut self, at_ns: u64) -> Acknowledge {
        self.advance(at_ns);
        self.burst = self.outputs();
        Acknowledge::Ack
    }

    /// 6.2.1: pairs of register and content; no auto-increment.
    fn write(&mut self, at_ns: u64, byte: u8) -> Acknowledge {
        self.advance(at_ns);
        match self.register.take() {
            Some(register) => self.store(at_ns, register, byte),
            None => self.register = Some(byte),
        }
        Acknowledge::Ack
    }

    fn read(&mut self, at_ns: u64) -> u8 {
        self.advance(at_ns);
        let register = self.register.unwrap_or(0);
        self.register = Some(register.wrapping_add(1));
        self.value(register, at_ns)
    }

    fn stop(&mut self, at_ns: u64) {
        self.advance(at_ns);
    }

    fn begin_general_call(&mut self, _at_ns: u64) -> Acknowledge {
        Acknowledge::Nack
    }

    fn set_stimulus(&mut self, at_ns: u64, stimulus: usize, value: f64) {
        self.advance(at_ns);
        if let Some(place) = self.stimuli.get_mut(stimulus) {
            *place = value;
        }
    }

    fn stimulus(&self, stimulus: usize) -> Option<f64> {
        self.stimuli.get(stimulus).copied()
    }

    fn registers(&self, at_ns: u64) -> Vec<Register> {
        let word = |code: u32| (code >> 4) as u16;
        [
            ("ctrl_hum", self.ctrl_hum_written.into()),
            ("status", self.value(STATUS, at_ns).into()),
            ("ctrl_meas", self.ctrl_meas.into()),
            ("config", self.config.into()),
            ("press, 16 bits", word(self.pressure.code)),
            ("temp, 16 bits", word(self.temperature.code)),
            ("hum", self.humidity.code as u16),
        ]
        .map(|(name, value)| Register { name, value })
        .into()
    }

    fn take_misuse(&mut self) -> Vec<String> {
        std::mem::take(&mut self.misuse)
    }
}

#[cfg(test)]
mod tests;

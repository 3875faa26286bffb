//! TMP102, a digital temperature sensor with extended range.
//!
//! Source: Texas Instruments, TMP102 data sheet, SBOS397.

use super::{
    Acknowledge, Device, Model, Register, Stimulus,
    shared::{Alert, Converting, Thermostat, steps},
    words::{Pointer, with_byte},
};

pub(super) const MODEL: Model = Model {
    name: "tmp102",
    title: "TMP102 temperature sensor, 12 or 13 bits, ±2 °C",
    addresses: &[0x48, 0x49, 0x4a, 0x4b],
    stimuli: &[Stimulus {
        name: "temperature",
        unit: "°C",
        minimum: -55.0,
        maximum: 150.0,
        step: 0.0625,
        default: 25.0,
    }],
    make: || Box::new(Tmp102::new()),
};

/// Pointer addresses of the registers.
const TEMPERATURE: u8 = 0;
const CONFIGURATION: u8 = 1;
const T_LOW: u8 = 2;

/// Bits of the configuration register.
const OS: u16 = 1 << 15;
const R: u16 = 0b11 << 13;
const F_SHIFT: u32 = 11;
const POL: u16 = 1 << 10;
const TM: u16 = 1 << 9;
const SD: u16 = 1 << 8;
const CR_SHIFT: u32 = 6;
const AL: u16 = 1 << 5;
const EM: u16 = 1 << 4;
/// What can be written.
const WRITABLE: u16 = 0b11 << F_SHIFT | POL | TM | SD | 0b11 << CR_SHIFT | EM;
/// Four conversions a second.
const CONFIGURATION_RESET: u16 = 0b10 << CR_SHIFT;

const CONVERSION_NS: u64 = 26_000_000;
/// By CR1, CR0: 0.25, 1, 4, 8 Hz.
const PERIODS_NS: [u64; 4] = [4_000_000_000, 1_000_000_000, 250_000_000, 125_000_000];
/// The general call byte that resets.
const RESET: u8 = 0x06;

struct Tmp102 {
    temperature_celsius: f64,
    /// In steps of 1/16 °C.
    result: i16,
    /// The writable bits.
    configuration: u16,
    /// As they were written: 12 bits left-justified, or 13 in extended mode.
    low: u16,
    high: u16,
    pointer: Pointer,
    alert: Alert,
    converting: Converting,
    is_general_call: bool,
    misuse: Vec<String>,
}

impl Tmp102 {
    fn new() -> Tmp102 {
        let mut device = Tmp102 {
            temperature_celsius: MODEL
                .stimuli
                .first()
                .map_or(0.0, |stimulus| stimulus.default),
            result: 0,
            configuration: CONFIGURATION_RESET,
            low: 75 << 8,
            high: 80 << 8,
            pointer: Pointer::new(0b11),
            alert: Alert::default(),
            converting: Converting::Shutdown,
            is_general_call: false,
            misuse: Vec::new(),
        };
        device.begin_converting(0);
        device.convert(1);
        device
    }

    fn is_extended(&self) -> bool {
        self.configuration & EM != 0
    }

    /// Bits below the value in a register.
    fn shift(&self) -> u32 {
        if self.is_extended() { 3 } else { 4 }
    }

    /// The first conversion starts at once, the others at the rate.
    fn begin_converting(&mut self, at_ns: u64) {
        let rate = usize::from(self.configuration >> CR_SHIFT & 0b11);
        let period_ns = PERIODS_NS.get(rate).copied().unwrap_or(CONVERSION_NS);
        self.converting = Converting::Continuous {
            next_ns: at_ns + CONVERSION_NS,
            period_ns,
        };
    }

    /// Lets conversions happen up to now; the stimulus has not changed since the last call.
    fn advance(&mut self, now_ns: u64) {
        match self.converting.results_until(now_ns) {
            0 => {}
            count => self.convert(count),
        }
    }

    fn convert(&mut self, count: u64) {
        self.result = steps(self.temperature_celsius, 16 - self.shift());
        let queue = [1, 2, 4, 6]
            .get(usize::from(self.configuration >> F_SHIFT & 0b11))
            .copied();
        let limit = |register: u16| register as i16 >> self.shift();
        self.alert.compare(
            self.result,
            limit(self.low),
            limit(self.high),
            queue.unwrap_or(1),
            count,
        );
    }

    fn mode(&self) -> Thermostat {
        if self.configuration & TM == 0 {
            Thermostat::Comparator
        } else {
            Thermostat::Interrupt
        }
    }

    fn configure(&mut self, at_ns: u64, value: u16, position: u8) {
        let old = self.configuration;
        self.configuration = value & WRITABLE;
        let wants_one = position == 0 && value & OS != 0;
        match (old & SD != 0, value & SD != 0) {
            (true, true) if wants_one => {
                self.converting = Converting::Once {
                    at_ns: at_ns + CONVERSION_NS,
                };
            }
            (false, true) => {
                self.finish_running_conversion(at_ns);
                self.alert.clear();
            }
            (true, false) => self.begin_converting(at_ns),
            (false, false) if (old ^ value) & 0b11 << CR_SHIFT != 0 => self.begin_converting(at_ns),
            _ => {}
        }
    }

    /// Shutdown waits for a conversion that runs.
    fn finish_running_conversion(&mut self, at_ns: u64) {
        self.converting = match self.converting {
            Converting::Continuous { next_ns, .. } if next_ns < at_ns + CONVERSION_NS => {
                Converting::Once { at_ns: next_ns }
            }
            _ => Converting::Shutdown,
        };
    }

    fn store(&mut self, at_ns: u64, register: u8, position: u8, byte: u8) {
        if position > 1 {
            self.misuse.push(format!(
                "byte {position} of register {register} was written; it has fewer"
            ));
            return;
        }
        match register {
            TEMPERATURE => self
                .misuse
                .push("the temperature register was written; it is read-only".into()),
            CONFIGURATION => {
                let value = with_byte(self.configuration, position, byte);
                self.configure(at_ns, value, position);
            }
            T_LOW => self.low = with_byte(self.low, position, byte) & !0b111,
            _ => self.high = with_byte(self.high, position, byte) & !0b111,
        }
    }

    fn value(&self, register: u8) -> u16 {
        match register {
            TEMPERATURE => (self.result as u16) << self.shift() | u16::from(self.is_extended()),
            CONFIGURATION => self.configuration | R | self.one_shot_bit() | self.alert_bit(),
            T_LOW => self.low,
            _ => self.high,
        }
    }

    /// Conversion ready: zero while one runs, and in continuous mode.
    fn one_shot_bit(&self) -> u16 {
        if self.converting == Converting::Shutdown {
            OS
        } else {
            0
        }
    }

    /// With POL = 0 it reads one until the comparator is high.
    fn alert_bit(&self) -> u16 {
        let is_positive = self.configuration & POL != 0;
        if self.alert.is_high() == is_positive {
            AL
        } else {
            0
        }
    }
}

impl Device for Tmp102 {
    fn begin_write(&mut self, at_ns: u64) -> Acknowledge {
        self.advance(at_ns);
        self.is_general_call = false;
        self.pointer.begin_write();
        Acknowledge::Ack
    }

    fn begin_read(&mut self, at_ns: u64) -> Acknowledge {
        self.advance(at_ns);
        self.is_general_call = false;
        self.pointer.begin_read();
        Acknowledge::Ack
    }

    fn write(&mut self, at_ns: u64, byte: u8) -> Acknowledge {
        self.advance(at_ns);
        if self.is_general_call {
            return self.general_call(at_ns, byte);
        }
        if let Some((register, position)) = self.pointer.write(byte) {
            self.store(at_ns, register, position, byte);
        }
        Acknowledge::Ack
    }

    fn read(&mut self, at_ns: u64) -> u8 {
        self.advance(at_ns);
        self.alert.clear();
        let (register, position) = self.pointer.step();
        let [high, low] = self.value(register).to_be_bytes();
        match position {
            0 => high,
            1 => low,
            _ => {
                self.misuse.push(format!(
                    "byte {position} of register {register} was read; it has 2"
                ));
                0xff
            }
        }
    }

    fn stop(&mut self, at_ns: u64) {
        self.advance(at_ns);
    }

    fn answers_general_call(&self) -> bool {
        true
    }

    fn begin_general_call(&mut self, at_ns: u64) -> Acknowledge {
        self.advance(at_ns);
        self.is_general_call = true;
        Acknowledge::Ack
    }

    fn set_stimulus(&mut self, at_ns: u64, stimulus: usize, value: f64) {
        // A value set at the very start has been there before.
        self.advance(at_ns);
        if stimulus == 0 {
            self.temperature_celsius = value;
            if at_ns == 0 {
                self.convert(1);
            }
        }
    }

    fn stimulus(&self, stimulus: usize) -> Option<f64> {
        (stimulus == 0).then_some(self.temperature_celsius)
    }

    fn registers(&self, _at_ns: u64) -> Vec<Register> {
        let named = [
            ("T", TEMPERATURE),
            ("CONF", CONFIGURATION),
            ("TLOW", T_LOW),
            ("THIGH", 3),
        ];
        let mut registers: Vec<Register> = named
            .map(|(name, number)| Register {
                name,
                value: self.value(number),
            })
            .into();
        let is_active = self.alert.is_active(self.mode());
        let level = is_active == (self.configuration & POL != 0);
        registers.push(Register {
            name: "ALERT",
            value: u16::from(level),
        });
        registers
    }

    fn take_misuse(&mut self) -> Vec<String> {
        std::mem::take(&mut self.misuse)
    }
}

impl Tmp102 {
    fn general_call(&mut self, at_ns: u64, byte: u8) -> Acknowledge {
        if byte != RESET {
            self.misuse
                .push(format!("general call {byte:#04x} is none that it knows"));
            return Acknowledge::Nack;
        }
        let fresh = Tmp102::new();
        *self = Tmp102 {
            temperature_celsius: self.temperature_celsius,
            misuse: std::mem::take(&mut self.misuse),
            is_general_call: true,
            // Until the first conversion is complete.
            result: 0,
            alert: Alert::default(),
            ..fresh
        };
        self.begin_converting(at_ns);
        Acknowledge::Ack
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: u64 = 1_000_000;

    fn write(device: &mut Tmp102, at_ns: u64, bytes: &[u8]) {
        device.begin_write(at_ns);
        bytes
            .iter()
            .for_each(|byte| assert_eq!(device.write(at_ns, *byte), Acknowledge::Ack));
        device.stop(at_ns);
    }

    fn read(device: &mut Tmp102, at_ns: u64, register: u8) -> u16 {
        write(device, at_ns, &[register]);
        device.begin_read(at_ns);
        u16::from_be_bytes([device.read(at_ns), device.read(at_ns)])
    }

    #[test]
    fn registers_after_power_up() {
        let mut device = Tmp102::new();
        assert_eq!(
            [0, 1, 2, 3].map(|register| read(&mut device, 0, register)),
            [0x1900, 0x60a0, 0x4b00, 0x5000]
        );
    }

    #[test]
    fn worked_numbers_in_both_formats() {
        let normal = [
            (100.0, 0x6400),
            (0.25, 0x0040),
            (-0.25, 0xffc0),
            (-25.0, 0xe700),
            (-55.0, 0xc900),
            (128.0, 0x7ff0),
        ];
        let extended = [
            (150.0, 0x4b01),
            (128.0, 0x4001),
            (-0.25, 0xffe1),
            (-55.0, 0xe481),
        ];
        for (mode, table) in [(0u8, &normal[..]), (0x10, &extended[..])] {
            for (celsius, expected) in table {
                let mut device = Tmp102::new();
                write(&mut device, 0, &[CONFIGURATION, 0x60, 0xa0 | mode]);
                device.set_stimulus(1, 0, *celsius);
                assert_eq!(
                    read(&mut device, 26 * MS, TEMPERATURE),
                    *expected,
                    "{celsius}"
                );
            }
        }
    }

    #[test]
    fn conversions_come_at_the_rate() {
        for (rate, period_ms) in [(0u8, 4_000), (1, 1_000), (2, 250), (3, 125)] {
            let mut device = Tmp102::new();
            write(&mut device, 0, &[CONFIGURATION, 0x60, 0x20 | rate << 6]);
            device.stop(26 * MS);
            device.set_stimulus(27 * MS, 0, 50.0);
            let next_ns = (26 + period_ms) * MS;
            assert_eq!(
                read(&mut device, next_ns - 1, TEMPERATURE),
                0x1900,
                "{rate}"
            );
            assert_eq!(read(&mut device, next_ns, TEMPERATURE), 0x3200, "{rate}");
        }
    }

    #[test]
    fn one_shot_tells_when_it_is_ready() {
        let mut device = Tmp102::new();
        write(&mut device, 30 * MS, &[CONFIGURATION, 0x61, 0xa0]);
        device.set_stimulus(31 * MS, 0, 50.0);
        assert_eq!(
            read(&mut device, 999 * MS, TEMPERATURE),
            0x1900,
            "shut down"
        );
        write(&mut device, 1_000 * MS, &[CONFIGURATION, 0xe1]);
        assert_eq!(read(&mut device, 1_025 * MS, CONFIGURATION) & OS, 0);
        assert_eq!(read(&mut device, 1_026 * MS, CONFIGURATION) & OS, OS);
        assert_eq!(read(&mut device, 1_026 * MS, TEMPERATURE), 0x3200);
    }

    #[test]
    fn the_alert_bit_follows_the_comparator_and_polarity() {
        let mut device = Tmp102::new();
        device.set_stimulus(1, 0, 80.0);
        assert_eq!(read(&mut device, 0, CONFIGURATION) & AL, AL);
        assert_eq!(read(&mut device, 30 * MS, CONFIGURATION) & AL, 0);
        write(&mut device, 31 * MS, &[CONFIGURATION, 0x64]);
        assert_eq!(read(&mut device, 31 * MS, CONFIGURATION) & AL, AL);
    }

    #[test]
    fn read_only_bits_stay() {
        let mut device = Tmp102::new();
        write(&mut device, 0, &[CONFIGURATION, 0x00, 0x0f]);
        assert_eq!(read(&mut device, 0, CONFIGURATION), 0x6020);
    }

    #[test]
    fn misuse_is_told_and_stops_nothing() {
        let mut device = Tmp102::new();
        write(&mut device, 0, &[TEMPERATURE, 1]);
        write(&mut device, 0, &[T_LOW, 1, 2, 3]);
        device.begin_read(0);
        (0..2).for_each(|_| assert_ne!(device.read(0), 0xff));
        assert_eq!(device.read(0), 0xff);
        assert_eq!(
            device.take_misuse(),
            [
                "the temperature register was written; it is read-only",
                "byte 2 of register 2 was written; it has fewer",
                "byte 2 of register 2 was read; it has 2",
            ]
        );
    }

    #[test]
    fn a_reset_reads_zero_until_the_first_conversion() {
        let mut device = Tmp102::new();
        device.begin_general_call(MS);
        device.write(MS, RESET);
        assert_eq!(device.write(MS, 0x55), Acknowledge::Nack);
        device.stop(MS);
        assert_eq!(read(&mut device, 2 * MS, TEMPERATURE), 0);
        assert_eq!(read(&mut device, 27 * MS, TEMPERATURE), 0x1900);
    }
}

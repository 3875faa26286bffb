//! TMP105, a digital temperature sensor.
//!
//! Source: Texas Instruments, TMP105 data sheet, SLLS648.

use super::{
    Acknowledge, Device, Model, Register, Stimulus,
    shared::{Alert, Converting, Thermostat, steps},
    words::{Pointer, with_byte},
};

pub(super) const MODEL: Model = Model {
    name: "tmp105",
    title: "TMP105 temperature sensor, 9 to 12 bits, ±2 °C",
    addresses: &[0x48, 0x49],
    stimuli: &[Stimulus {
        name: "temperature",
        unit: "°C",
        minimum: -55.0,
        maximum: 128.0,
        step: 0.5,
        default: 25.0,
    }],
    make: || Box::new(Tmp105::new()),
};

/// Pointer addresses of the registers.
const TEMPERATURE: u8 = 0;
const CONFIGURATION: u8 = 1;
const T_LOW: u8 = 2;
const T_HIGH: u8 = 3;

/// Bits of the configuration register.
const OS: u8 = 1 << 7;
const R_SHIFT: u32 = 5;
const F_SHIFT: u32 = 3;
const POL: u8 = 1 << 2;
const TM: u8 = 1 << 1;
const SD: u8 = 1 << 0;

/// Typical conversion time with 9 bits; it doubles with every bit more.
const CONVERSION_9_BITS_NS: u64 = 27_500_000;
/// The general call byte that resets.
const RESET: u8 = 0x06;

struct Tmp105 {
    temperature_celsius: f64,
    /// In steps of 1/16 °C.
    result: i16,
    configuration: u8,
    low: u16,
    high: u16,
    pointer: Pointer,
    alert: Alert,
    converting: Converting,
    is_general_call: bool,
    misuse: Vec<String>,
}

impl Tmp105 {
    fn new() -> Tmp105 {
        let mut device = Tmp105 {
            temperature_celsius: MODEL
                .stimuli
                .first()
                .map_or(0.0, |stimulus| stimulus.default),
            result: 0,
            configuration: 0,
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

    fn bits(&self) -> u32 {
        9 + u32::from(self.configuration >> R_SHIFT & 0b11)
    }

    fn conversion_ns(&self) -> u64 {
        CONVERSION_9_BITS_NS << (self.bits() - 9)
    }

    fn begin_converting(&mut self, at_ns: u64) {
        let period_ns = self.conversion_ns();
        self.converting = Converting::Continuous {
            next_ns: at_ns + period_ns,
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
        let unused = (1i16 << (12 - self.bits())) - 1;
        self.result = steps(self.temperature_celsius, 12) & !unused;
        let queue = [1, 2, 4, 6]
            .get(usize::from(self.configuration >> F_SHIFT & 0b11))
            .copied();
        let limit = |register: u16| register as i16 >> 4;
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

    fn configure(&mut self, at_ns: u64, value: u8) {
        let was_shut_down = self.configuration & SD != 0;
        // OS reads as zero.
        self.configuration = value & !OS;
        let is_shut_down = value & SD != 0;
        match (was_shut_down, is_shut_down) {
            (true, true) if value & OS != 0 => {
                self.converting = Converting::Once {
                    at_ns: at_ns + self.conversion_ns(),
                };
            }
            (false, true) => {
                // The conversion that runs is brought to its end.
                if let Converting::Continuous { next_ns, .. } = self.converting {
                    self.converting = Converting::Once { at_ns: next_ns };
                }
                self.alert.clear();
            }
            (true, true) => {}
            (_, false) => self.begin_converting(at_ns),
        }
    }

    fn store(&mut self, at_ns: u64, register: u8, position: u8, byte: u8) {
        match (register, position) {
            (CONFIGURATION, 0) => self.configure(at_ns, byte),
            (T_LOW, 0 | 1) => self.low = with_byte(self.low, position, byte) & 0xfff0,
            (T_HIGH, 0 | 1) => self.high = with_byte(self.high, position, byte) & 0xfff0,
            (TEMPERATURE, _) => self
                .misuse
                .push("the temperature register was written; it is read-only".into()),
            _ => self.misuse.push(format!(
                "byte {position} of register {register} was written; it has fewer"
            )),
        }
    }

    fn value(&self, register: u8) -> u16 {
        match register {
            TEMPERATURE => (self.result as u16) << 4,
            CONFIGURATION => u16::from(self.configuration) << 8,
            T_LOW => self.low,
            _ => self.high,
        }
    }
}

/// Limits hold 12 bits, left-justified.
impl Device for Tmp105 {
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
        let length = if register == CONFIGURATION { 1 } else { 2 };
        if position >= length {
            self.misuse.push(format!(
                "byte {position} of register {register} was read; it has {length}"
            ));
            return 0xff;
        }
        let [high, low] = self.value(register).to_be_bytes();
        if position == 0 { high } else { low }
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
            ("THIGH", T_HIGH),
        ];
        let mut registers: Vec<Register> = named
            .map(|(name, number)| Register {
                name,
                value: self.value(number),
            })
            .into();
        // The pin's level: POL inverts it.
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

impl Tmp105 {
    fn general_call(&mut self, at_ns: u64, byte: u8) -> Acknowledge {
        if byte != RESET {
            self.misuse
                .push(format!("general call {byte:#04x} is none that it knows"));
            return Acknowledge::Nack;
        }
        let fresh = Tmp105::new();
        *self = Tmp105 {
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

    fn write(device: &mut Tmp105, at_ns: u64, bytes: &[u8]) {
        device.begin_write(at_ns);
        bytes
            .iter()
            .for_each(|byte| assert_eq!(device.write(at_ns, *byte), Acknowledge::Ack));
        device.stop(at_ns);
    }

    fn read(device: &mut Tmp105, at_ns: u64, register: u8) -> u16 {
        write(device, at_ns, &[register]);
        device.begin_read(at_ns);
        let high = device.read(at_ns);
        let low = if register == CONFIGURATION {
            0
        } else {
            device.read(at_ns)
        };
        u16::from_be_bytes([high, low])
    }

    #[test]
    fn registers_after_power_up() {
        let mut device = Tmp105::new();
        assert_eq!(
            [0, 1, 2, 3].map(|register| read(&mut device, 0, register)),
            [0x1900, 0, 0x4b00, 0x5000]
        );
        assert!(device.take_misuse().is_empty());
    }

    #[test]
    fn resolution_masks_bits_and_doubles_the_time() {
        for (bits, expected, conversion_ms) in [
            (0, 0x1980, 27.5),
            (1, 0x19c0, 55.0),
            (2, 0x19e0, 110.0),
            (3, 0x19f0, 220.0),
        ] {
            let mut device = Tmp105::new();
            write(&mut device, 0, &[CONFIGURATION, bits << R_SHIFT]);
            device.set_stimulus(1, 0, 25.9375);
            let end_ns = (conversion_ms * 1e6) as u64;
            assert_eq!(read(&mut device, end_ns - 1, TEMPERATURE), 0x1900, "{bits}");
            assert_eq!(read(&mut device, end_ns, TEMPERATURE), expected, "{bits}");
        }
    }

    #[test]
    fn worked_numbers_through_the_bus() {
        for (celsius, expected) in [
            (128.0, 0x7ff0),
            (100.0, 0x6400),
            (0.25, 0x0040),
            (-0.25, 0xffc0),
            (-55.0, 0xc900),
        ] {
            let mut device = Tmp105::new();
            write(&mut device, 0, &[CONFIGURATION, 3 << R_SHIFT]);
            device.set_stimulus(1, 0, celsius);
            assert_eq!(
                read(&mut device, 220 * MS, TEMPERATURE),
                expected,
                "{celsius}"
            );
        }
    }

    #[test]
    fn shutdown_keeps_the_value_and_one_shot_takes_one() {
        let mut device = Tmp105::new();
        write(&mut device, 0, &[CONFIGURATION, SD]);
        device.set_stimulus(30 * MS, 0, 50.0);
        assert_eq!(read(&mut device, 1_000 * MS, TEMPERATURE), 0x1900);
        write(&mut device, 1_000 * MS, &[CONFIGURATION, SD | OS]);
        assert_eq!(read(&mut device, 1_027 * MS, TEMPERATURE), 0x1900);
        assert_eq!(read(&mut device, 1_028 * MS, TEMPERATURE), 0x3200);
        assert_eq!(
            read(&mut device, 1_028 * MS, CONFIGURATION),
            u16::from(SD) << 8,
            "OS reads zero"
        );
        device.set_stimulus(1_029 * MS, 0, 60.0);
        assert_eq!(read(&mut device, 2_000 * MS, TEMPERATURE), 0x3200);
    }

    fn alert_level(device: &Tmp105) -> u16 {
        device
            .registers(0)
            .iter()
            .find(|register| register.name == "ALERT")
            .unwrap()
            .value
    }

    #[test]
    fn comparator_mode_holds_alert_until_below_the_low_limit() {
        let mut device = Tmp105::new();
        assert_eq!(alert_level(&device), 1, "active low, not active");
        device.set_stimulus(1, 0, 80.0);
        device.stop(28 * MS);
        assert_eq!(alert_level(&device), 0);
        device.set_stimulus(28 * MS, 0, 75.0);
        device.stop(100 * MS);
        assert_eq!(alert_level(&device), 0);
        device.set_stimulus(100 * MS, 0, 74.5);
        device.stop(200 * MS);
        assert_eq!(alert_level(&device), 1);
    }

    #[test]
    fn polarity_and_fault_queue() {
        let mut device = Tmp105::new();
        write(&mut device, 0, &[CONFIGURATION, POL | 3 << F_SHIFT]);
        device.set_stimulus(1, 0, 90.0);
        device.stop(5 * 27_500_000);
        assert_eq!(alert_level(&device), 0);
        device.stop(6 * 27_500_000);
        assert_eq!(alert_level(&device), 1, "active high after six");
    }

    #[test]
    fn interrupt_mode_clears_by_a_read_and_comes_again_below_the_low_limit() {
        let mut device = Tmp105::new();
        write(&mut device, 0, &[CONFIGURATION, TM | POL]);
        device.set_stimulus(1, 0, 90.0);
        device.stop(100 * MS);
        assert_eq!(alert_level(&device), 1);
        read(&mut device, 100 * MS, TEMPERATURE);
        assert_eq!(alert_level(&device), 0);
        device.stop(200 * MS);
        assert_eq!(alert_level(&device), 0, "still high, but told");
        device.set_stimulus(200 * MS, 0, 20.0);
        device.stop(300 * MS);
        assert_eq!(alert_level(&device), 1);
    }

    #[test]
    fn limits_are_written_byte_by_byte() {
        let mut device = Tmp105::new();
        write(&mut device, 0, &[T_HIGH, 0x1e, 0xff]);
        write(&mut device, 0, &[T_LOW, 0xf6]);
        assert_eq!(
            [T_HIGH, T_LOW].map(|register| read(&mut device, 0, register)),
            [0x1ef0, 0xf600]
        );
    }

    #[test]
    fn the_pointer_stays_between_reads() {
        let mut device = Tmp105::new();
        write(&mut device, 0, &[T_HIGH]);
        for _ in 0..2 {
            device.begin_read(0);
            assert_eq!([device.read(0), device.read(0)], [0x50, 0x00]);
        }
    }

    #[test]
    fn misuse_is_told_and_stops_nothing() {
        let mut device = Tmp105::new();
        write(&mut device, 0, &[TEMPERATURE, 1]);
        write(&mut device, 0, &[CONFIGURATION, 0, 1]);
        device.begin_read(0);
        let bytes = [device.read(0), device.read(0)];
        assert_eq!(bytes, [0, 0xff]);
        device.begin_general_call(0);
        assert_eq!(device.write(0, 0x04), Acknowledge::Nack);
        assert_eq!(
            device.take_misuse(),
            [
                "the temperature register was written; it is read-only",
                "byte 1 of register 1 was written; it has fewer",
                "byte 1 of register 1 was read; it has 1",
                "general call 0x04 is none that it knows",
            ]
        );
        assert!(device.take_misuse().is_empty());
    }

    #[test]
    fn a_reset_reads_zero_until_the_first_conversion() {
        let mut device = Tmp105::new();
        write(&mut device, 0, &[T_HIGH, 0x10, 0x00]);
        device.begin_general_call(MS);
        device.write(MS, RESET);
        device.stop(MS);
        assert_eq!(read(&mut device, 2 * MS, T_HIGH), 0x5000);
        assert_eq!(read(&mut device, 2 * MS, TEMPERATURE), 0);
        assert_eq!(read(&mut device, 29 * MS, TEMPERATURE), 0x1900);
    }
}

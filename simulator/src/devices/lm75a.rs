//! LM75A, a digital temperature sensor of 9 bits.
//!
//! Source: Texas Instruments, LM75A data sheet, SNOS808; "Temperature data format", "Fault queue",
//! "Registers".

use super::{
    Acknowledge, Device, Model, Register, Stimulus,
    shared::{Alert, Converting, Thermostat, steps},
    words::{Pointer, with_byte},
};

pub(super) const MODEL: Model = Model {
    name: "lm75a",
    title: "LM75A temperature sensor, 9 bits, ±2 °C",
    addresses: &[0x48, 0x49, 0x4a, 0x4b, 0x4c, 0x4d, 0x4e, 0x4f],
    stimuli: &[Stimulus {
        name: "temperature",
        unit: "°C",
        minimum: -55.0,
        maximum: 125.0,
        step: 0.5,
        default: 25.0,
    }],
    make: || Box::new(Lm75a::new()),
};

/// Pointer addresses of the registers.
const TEMPERATURE: u8 = 0;
const CONFIGURATION: u8 = 1;
const T_HYST: u8 = 2;
const T_OS: u8 = 3;
const PRODUCT_ID: u8 = 7;

/// Bits of the configuration register; the others are kept at 0 for the maker.
const SHUTDOWN: u8 = 1;
const INTERRUPT: u8 = 1 << 1;
const POLARITY: u8 = 1 << 2;
const QUEUE_SHIFT: u32 = 3;
const WRITABLE: u8 = 0b1_1111;

const PRODUCT_ID_VALUE: u8 = 0xa1;
/// Nine bits, left-justified.
const LIMIT_BITS: u16 = 0xff80;
const CONVERSION_NS: u64 = 100_000_000;

struct Lm75a {
    temperature_celsius: f64,
    /// In steps of 1/16 °C, of which this device has every eighth.
    result: i16,
    configuration: u8,
    /// As they were written.
    hysteresis: u16,
    limit: u16,
    pointer: Pointer,
    alert: Alert,
    converting: Converting,
    misuse: Vec<String>,
}

impl Lm75a {
    fn new() -> Lm75a {
        let mut device = Lm75a {
            temperature_celsius: MODEL
                .stimuli
                .first()
                .map_or(0.0, |stimulus| stimulus.default),
            result: 0,
            configuration: 0,
            hysteresis: 75 << 8,
            limit: 80 << 8,
            pointer: Pointer::new(0b111),
            alert: Alert::default(),
            converting: continuous(0),
            misuse: Vec::new(),
        };
        device.convert(1);
        device
    }

    fn advance(&mut self, now_ns: u64) {
        match self.converting.results_until(now_ns) {
            0 => {}
            count => self.convert(count),
        }
    }

    fn convert(&mut self, count: u64) {
        self.result = steps(self.temperature_celsius, 12) & !0b111;
        let in_steps = |register: u16| register as i16 >> 4;
        let queue = usize::from(self.configuration >> QUEUE_SHIFT & 0b11);
        let queue = [1, 2, 4, 6].get(queue).copied().unwrap_or(1);
        // Above the limit, and not at it.
        let high = in_steps(self.limit).saturating_add(1);
        let low = in_steps(self.hysteresis);
        self.alert.compare(self.result, low, high, queue, count);
    }

    fn mode(&self) -> Thermostat {
        match self.configuration & INTERRUPT {
            0 => Thermostat::Comparator,
            _ => Thermostat::Interrupt,
        }
    }

    fn configure(&mut self, at_ns: u64, value: u8) {
        let was_off = self.configuration & SHUTDOWN != 0;
        self.configuration = value & WRITABLE;
        match (was_off, value & SHUTDOWN != 0) {
            (false, true) => {
                self.converting = Converting::Shutdown;
                self.alert.clear();
            }
            (true, false) => self.converting = continuous(at_ns),
            _ => {}
        }
    }

    fn store(&mut self, at_ns: u64, register: u8, position: u8, byte: u8) {
        match (register, position) {
            (CONFIGURATION, 0) => self.configure(at_ns, byte),
            (T_HYST, 0 | 1) => {
                self.hysteresis = with_byte(self.hysteresis, position, byte) & LIMIT_BITS;
            }
            (T_OS, 0 | 1) => self.limit = with_byte(self.limit, position, byte) & LIMIT_BITS,
            (CONFIGURATION | T_HYST | T_OS, _) => self.misuse.push(format!(
                "byte {position} of register {register} was written; it has fewer"
            )),
            _ => self.misuse.push(format!(
                "register {register} was written; it is read-only or reserved"
            )),
        }
    }

    fn byte(&self, register: u8, position: u8) -> Option<u8> {
        let word = match register {
            TEMPERATURE => (self.result as u16) << 4,
            T_HYST => self.hysteresis,
            T_OS => self.limit,
            CONFIGURATION => return Some(self.configuration),
            PRODUCT_ID => return Some(PRODUCT_ID_VALUE),
            _ => return None,
        };
        word.to_be_bytes().get(usize::from(position)).copied()
    }
}

fn continuous(at_ns: u64) -> Converting {
    Converting::Continuous {
        next_ns: at_ns + CONVERSION_NS,
        period_ns: CONVERSION_NS,
    }
}

impl Device for Lm75a {
    fn begin_write(&mut self, at_ns: u64) -> Acknowledge {
        self.advance(at_ns);
        self.pointer.begin_write();
        Acknowledge::Ack
    }

    fn begin_read(&mut self, at_ns: u64) -> Acknowledge {
        self.advance(at_ns);
        self.pointer.begin_read();
        Acknowledge::Ack
    }

    fn write(&mut self, at_ns: u64, byte: u8) -> Acknowledge {
        self.advance(at_ns);
        if let Some((register, position)) = self.pointer.write(byte) {
            self.store(at_ns, register, position, byte);
        }
        Acknowledge::Ack
    }

    fn read(&mut self, at_ns: u64) -> u8 {
        self.advance(at_ns);
        self.alert.clear();
        let (register, position) = self.pointer.step();
        self.byte(register, position).unwrap_or_else(|| {
            self.misuse.push(format!(
                "byte {position} of register {register} was read; it has fewer"
            ));
            0xff
        })
    }

    fn stop(&mut self, at_ns: u64) {
        self.advance(at_ns);
    }

    fn begin_general_call(&mut self, _at_ns: u64) -> Acknowledge {
        Acknowledge::Nack
    }

    fn set_stimulus(&mut self, at_ns: u64, stimulus: usize, value: f64) {
        self.advance(at_ns);
        if stimulus == 0 {
            self.temperature_celsius = value;
            // A value set at the very start has been there before.
            if at_ns == 0 {
                self.convert(1);
            }
        }
    }

    fn stimulus(&self, stimulus: usize) -> Option<f64> {
        (stimulus == 0).then_some(self.temperature_celsius)
    }

    fn registers(&self, _at_ns: u64) -> Vec<Register> {
        let is_active = self.alert.is_active(self.mode());
        let level = is_active == (self.configuration & POLARITY != 0);
        [
            ("Temperature", (self.result as u16) << 4),
            ("Configuration", self.configuration.into()),
            ("THYST", self.hysteresis),
            ("TOS", self.limit),
            ("O.S.", u16::from(level)),
        ]
        .map(|(name, value)| Register { name, value })
        .into()
    }

    fn take_misuse(&mut self) -> Vec<String> {
        std::mem::take(&mut self.misuse)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: u64 = 1_000_000;

    fn write(device: &mut Lm75a, at_ns: u64, bytes: &[u8]) {
        device.begin_write(at_ns);
        bytes
            .iter()
            .for_each(|byte| assert_eq!(device.write(at_ns, *byte), Acknowledge::Ack));
        device.stop(at_ns);
    }

    fn read(device: &mut Lm75a, at_ns: u64, register: u8) -> u16 {
        write(device, at_ns, &[register]);
        device.begin_read(at_ns);
        u16::from_be_bytes([device.read(at_ns), device.read(at_ns)])
    }

    fn output(device: &Lm75a) -> u16 {
        device.registers(0).last().unwrap().value
    }

    /// "Temperature data format": nine bits of half a degree.
    #[test]
    fn worked_numbers() {
        let table = [
            (125.0, 0x0fa),
            (25.0, 0x032),
            (0.5, 0x001),
            (0.0, 0x000),
            (-0.5, 0x1ff),
            (-25.0, 0x1ce),
            (-55.0, 0x192),
        ];
        for (celsius, expected) in table {
            let mut device = Lm75a::new();
            device.set_stimulus(1, 0, celsius);
            let word = read(&mut device, 100 * MS, TEMPERATURE);
            assert_eq!((word >> 7, word & 0x7f), (expected, 0), "{celsius}");
        }
    }

    #[test]
    fn registers_after_power_up() {
        let mut device = Lm75a::new();
        let words = [TEMPERATURE, T_HYST, T_OS].map(|register| read(&mut device, 0, register));
        assert_eq!(words, [0x1900, 0x4b00, 0x5000]);
        write(&mut device, 0, &[PRODUCT_ID]);
        device.begin_read(0);
        assert_eq!(device.read(0), 0xa1);
    }

    #[test]
    fn the_output_is_active_above_the_limit_until_below_the_hysteresis() {
        let mut device = Lm75a::new();
        assert_eq!(output(&device), 1, "active is low");
        for (at, celsius, expected) in [(1, 80.0, 1), (2, 80.5, 0), (3, 75.0, 0), (4, 74.5, 1)] {
            device.set_stimulus(at * 100 * MS - 1, 0, celsius);
            device.stop(at * 100 * MS);
            assert_eq!(output(&device), expected, "{celsius}");
        }
    }

    #[test]
    fn the_fault_queue_and_the_interrupt_mode() {
        let mut device = Lm75a::new();
        // Six faults, interrupt, active is high.
        write(&mut device, 0, &[CONFIGURATION, 0b1_1110]);
        device.set_stimulus(1, 0, 100.0);
        device.stop(500 * MS);
        assert_eq!(output(&device), 0);
        device.stop(600 * MS);
        assert_eq!(output(&device), 1);
        read(&mut device, 600 * MS, TEMPERATURE);
        assert_eq!(output(&device), 0, "read");
    }

    #[test]
    fn shutdown_keeps_the_last_result() {
        let mut device = Lm75a::new();
        write(&mut device, 0, &[CONFIGURATION, SHUTDOWN]);
        device.set_stimulus(1, 0, 50.0);
        assert_eq!(read(&mut device, 999 * MS, TEMPERATURE), 0x1900);
        write(&mut device, 1_000 * MS, &[CONFIGURATION, 0]);
        assert_eq!(read(&mut device, 1_100 * MS, TEMPERATURE), 0x3200);
    }

    #[test]
    fn misuse_is_told_and_stops_nothing() {
        let mut device = Lm75a::new();
        write(&mut device, 0, &[TEMPERATURE, 1]);
        write(&mut device, 0, &[T_OS, 1, 2, 3]);
        read(&mut device, 0, 5);
        assert_eq!(device.take_misuse().len(), 4);
    }
}

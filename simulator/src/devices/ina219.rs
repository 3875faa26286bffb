//! INA219, a current and power monitor: shunt and bus voltage, and what it calculates of them.
//!
//! A resolution below 12 bits shortens a conversion, and is not seen in its result.
//!
//! Source: Texas Instruments, INA219 data sheet, SBOS448; "Programming" (tables of ADC settings, of
//! operating modes and the worked example), "Register maps".

use super::{
    Acknowledge, Device, Model, Register, Stimulus,
    shared::Converting,
    words::{Pointer, with_byte},
};

pub(super) const MODEL: Model = Model {
    name: "ina219",
    title: "INA219 current and power monitor, 26 V, 12 bits",
    addresses: &[
        0x40, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49, 0x4a, 0x4b, 0x4c, 0x4d, 0x4e,
        0x4f,
    ],
    stimuli: &[
        Stimulus {
            name: "current",
            unit: "A",
            minimum: -20.0,
            maximum: 20.0,
            step: 0.001,
            default: 0.0,
        },
        Stimulus {
            name: "bus-voltage",
            unit: "V",
            minimum: 0.0,
            maximum: 26.0,
            step: 0.004,
            default: 12.0,
        },
        Stimulus {
            name: "shunt",
            unit: "mΩ",
            minimum: 0.1,
            maximum: 1000.0,
            step: 0.1,
            default: 100.0,
        },
    ],
    make: || Box::new(Ina219::new()),
};

/// Register pointers.
const CONFIGURATION: u8 = 0;
const SHUNT_VOLTAGE: u8 = 1;
const BUS_VOLTAGE: u8 = 2;
const POWER: u8 = 3;
const CURRENT: u8 = 4;
const CALIBRATION: u8 = 5;
const NAMES: [&str; 6] = [
    "Configuration",
    "Shunt Voltage",
    "Bus Voltage",
    "Power",
    "Current",
    "Calibration",
];

/// Bits of the configuration register.
const RST: u16 = 1 << 15;
const BRNG: u16 = 1 << 13;
const PG_SHIFT: u32 = 11;
const BADC_SHIFT: u32 = 7;
const SADC_SHIFT: u32 = 3;
const MODE: u16 = 0b111;
const CONFIGURATION_RESET: u16 = 0x399f;
/// Bit 14 is not used.
const WRITABLE: u16 = 0x3fff;

/// Bits of the bus voltage register.
const CNVR: u16 = 1 << 1;
const OVF: u16 = 1;

/// Parts of the mode.
const CONTINUOUS: u16 = 0b100;
const BUS: u16 = 0b010;
const SHUNT: u16 = 0b001;

/// Counts of the shunt voltage, 10 µV each, at a gain of 1: ±40 mV.
const SHUNT_RANGE: f64 = 4000.0;
const SHUNT_STEP_MV: f64 = 0.01;
const BUS_STEP_V: f64 = 0.004;
/// By BRNG: 16 V and 32 V, which is as much as the register holds.
const BUS_RANGES: [f64; 2] = [4000.0, 8000.0];

struct Ina219 {
    current_a: f64,
    bus_v: f64,
    shunt_mohm: f64,
    configuration: u16,
    calibration: u16,
    /// Counts of the last conversions.
    shunt: i16,
    bus: u16,
    is_ready: bool,
    pointer: Pointer,
    converting: Converting,
    misuse: Vec<String>,
}

impl Ina219 {
    fn new() -> Ina219 {
        let default = |position: usize| {
            let stimulus = MODEL.stimuli.get(position);
            stimulus.map_or(0.0, |stimulus| stimulus.default)
        };
        let mut device = Ina219 {
            current_a: default(0),
            bus_v: default(1),
            shunt_mohm: default(2),
            configuration: CONFIGURATION_RESET,
            calibration: 0,
            shunt: 0,
            bus: 0,
            is_ready: false,
            pointer: Pointer::new(0xff),
            converting: Converting::Shutdown,
            misuse: Vec::new(),
        };
        device.begin_converting(0);
        device.convert();
        device
    }

    fn mode(&self) -> u16 {
        self.configuration & MODE
    }

    /// What the conversions of the mode take, one after the other.
    fn conversion_ns(&self) -> u64 {
        let of = |part: u16, shift: u32| match self.mode() & part {
            0 => 0,
            _ => adc_ns(self.configuration >> shift & 0b1111),
        };
        of(SHUNT, SADC_SHIFT) + of(BUS, BADC_SHIFT)
    }

    /// By the mode; none in power-down, and with the ADC off.
    fn begin_converting(&mut self, at_ns: u64) {
        let period_ns = self.conversion_ns();
        self.converting = match (period_ns, self.mode() & CONTINUOUS) {
            (0, _) => Converting::Shutdown,
            (_, 0) => Converting::Once {
                at_ns: at_ns + period_ns,
            },
            _ => Converting::Continuous {
                next_ns: at_ns + period_ns,
                period_ns,
            },
        };
    }

    fn advance(&mut self, now_ns: u64) {
        if self.converting.results_until(now_ns) > 0 {
            self.convert();
        }
    }

    fn convert(&mut self) {
        if self.mode() & SHUNT != 0 {
            let gain = f64::from(1u16 << (self.configuration >> PG_SHIFT & 0b11));
            let range = SHUNT_RANGE * gain;
            let counts = self.current_a * self.shunt_mohm / SHUNT_STEP_MV;
            // `as` saturates, and NaN is 0.
            self.shunt = counts.round().clamp(-range, range) as i16;
        }
        if self.mode() & BUS != 0 {
            let range = BUS_RANGES.get(usize::from(self.configuration & BRNG != 0));
            let counts = self.bus_v / BUS_STEP_V;
            self.bus = counts.round().clamp(0.0, range.copied().unwrap_or(0.0)) as u16;
        }
        self.is_ready = true;
    }

    /// Equation 4: the shunt voltage by the calibration.
    fn current(&self) -> i64 {
        i64::from(self.shunt) * i64::from(self.calibration) / 4096
    }

    /// Equation 5: current by bus voltage.
    fn power(&self) -> i64 {
        self.current().abs() * i64::from(self.bus) / 5000
    }

    fn has_overflow(&self) -> bool {
        i16::try_from(self.current()).is_err() || u16::try_from(self.power()).is_err()
    }

    fn value(&self, register: u8) -> u16 {
        match register {
            CONFIGURATION => self.configuration,
            SHUNT_VOLTAGE => self.shunt as u16,
            BUS_VOLTAGE => {
                let flag = |is_set: bool, bit: u16| if is_set { bit } else { 0 };
                self.bus << 3 | flag(self.is_ready, CNVR) | flag(self.has_overflow(), OVF)
            }
            // Cut to its low bits where it does not fit, which OVF tells.
            POWER => self.power() as u16,
            CURRENT => self.current() as u16,
            _ => self.calibration,
        }
    }

    fn store(&mut self, at_ns: u64, register: u8, position: u8, byte: u8) {
        let name = NAMES.get(usize::from(register));
        let Some(name) = name.filter(|_| position <= 1) else {
            self.misuse.push(match name {
                Some(name) => format!("byte {position} of {name} was written; it has 2"),
                None => format!("register {register:#04x} was written; the last is 0x05"),
            });
            return;
        };
        match register {
            CONFIGURATION => {
                let value = with_byte(self.configuration, position, byte);
                self.configure(at_ns, value, position);
            }
            // FS0 is always 0.
            CALIBRATION => self.calibration = with_byte(self.calibration, position, byte) & !1,
            _ if position == 0 => self
                .misuse
                .push(format!("{name} was written; it is read-only")),
            _ => {}
        }
    }

    /// Takes effect with the second byte, as the whole word.
    fn configure(&mut self, at_ns: u64, value: u16, position: u8) {
        if position == 0 && value & RST != 0 {
            *self = Ina219 {
                current_a: self.current_a,
                bus_v: self.bus_v,
                shunt_mohm: self.shunt_mohm,
                shunt: 0,
                bus: 0,
                is_ready: false,
                misuse: std::mem::take(&mut self.misuse),
                ..Ina219::new()
            };
            self.pointer.ignore_rest();
            self.begin_converting(at_ns);
            return;
        }
        self.configuration = value & WRITABLE;
        if position == 1 {
            self.begin_converting(at_ns);
            self.is_ready &= self.mode() & (BUS | SHUNT) == 0;
        }
    }
}

/// By the four bits of a resolution or of averaging ("ADC settings").
fn adc_ns(setting: u16) -> u64 {
    const AVERAGED_NS: [u64; 8] = [
        532_000, 1_060_000, 2_130_000, 4_260_000, 8_510_000, 17_020_000, 34_050_000, 68_100_000,
    ];
    const SINGLE_NS: [u64; 4] = [84_000, 148_000, 276_000, 532_000];
    let times = match setting & 0b1000 {
        // ADC3 does not matter then.
        0 => SINGLE_NS.get(usize::from(setting & 0b11)),
        _ => AVERAGED_NS.get(usize::from(setting & 0b111)),
    };
    times.copied().unwrap_or(532_000)
}

impl Device for Ina219 {
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
        let (register, position) = self.pointer.step();
        if usize::from(register) >= NAMES.len() || position > 1 {
            self.misuse.push(format!(
                "byte {position} of register {register:#04x} was read; there are two each, up to 0x05"
            ));
            return 0xff;
        }
        let [high, low] = self.value(register).to_be_bytes();
        if register == POWER && position == 1 {
            self.is_ready = false;
        }
        if position == 0 { high } else { low }
    }

    fn stop(&mut self, at_ns: u64) {
        self.advance(at_ns);
    }

    fn begin_general_call(&mut self, _at_ns: u64) -> Acknowledge {
        Acknowledge::Nack
    }

    fn set_stimulus(&mut self, at_ns: u64, stimulus: usize, value: f64) {
        self.advance(at_ns);
        match stimulus {
            0 => self.current_a = value,
            1 => self.bus_v = value,
            2 => self.shunt_mohm = value,
            _ => return,
        }
        // A value set at the very start has been there before.
        if at_ns == 0 {
            self.convert();
        }
    }

    fn stimulus(&self, stimulus: usize) -> Option<f64> {
        [self.current_a, self.bus_v, self.shunt_mohm]
            .get(stimulus)
            .copied()
    }

    fn registers(&self, _at_ns: u64) -> Vec<Register> {
        let named = (0u8..).zip(NAMES);
        named
            .map(|(number, name)| Register {
                name,
                value: self.value(number),
            })
            .collect()
    }

    fn take_misuse(&mut self) -> Vec<String> {
        std::mem::take(&mut self.misuse)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const US: u64 = 1_000;

    fn write(device: &mut Ina219, at_ns: u64, register: u8, value: u16) {
        device.begin_write(at_ns);
        let [high, low] = value.to_be_bytes();
        for byte in [register, high, low] {
            assert_eq!(device.write(at_ns, byte), Acknowledge::Ack);
        }
        device.stop(at_ns);
    }

    fn read(device: &mut Ina219, at_ns: u64, register: u8) -> u16 {
        device.begin_write(at_ns);
        device.write(at_ns, register);
        device.begin_read(at_ns);
        u16::from_be_bytes([device.read(at_ns), device.read(at_ns)])
    }

    /// "Programming the INA219 power measurement engine": 10 A through 2 mΩ at 11.98 V.
    #[test]
    fn the_worked_example() {
        let mut device = Ina219::new();
        device.set_stimulus(0, 0, 10.0);
        device.set_stimulus(0, 1, 11.98);
        device.set_stimulus(0, 2, 2.0);
        write(&mut device, 0, CONFIGURATION, 0x019f);
        write(&mut device, 0, CALIBRATION, 0x5000);
        let later = 1_064 * US;
        assert_eq!(read(&mut device, later, SHUNT_VOLTAGE), 0x07d0);
        assert_eq!(read(&mut device, later, BUS_VOLTAGE), 0x5d98 | CNVR);
        assert_eq!(read(&mut device, later, CURRENT), 0x2710);
        assert_eq!(read(&mut device, later, POWER), 0x1766);
        assert_eq!(
            read(&mut device, later, BUS_VOLTAGE),
            0x5d98,
            "CNVR is read"
        );
    }

    /// "Shunt voltage register": −320 mV is 0x8300, and what is beyond a range is cut to it.
    #[test]
    fn negative_voltages_and_ranges() {
        let table = [(0u16, 0xf060), (1, 0xe0c0), (2, 0xc180), (3, 0x8300)];
        for (gain, expected) in table {
            let mut device = Ina219::new();
            device.set_stimulus(0, 0, -5.0);
            let configuration = CONFIGURATION_RESET & !(0b11 << PG_SHIFT) | gain << PG_SHIFT;
            write(&mut device, 0, CONFIGURATION, configuration);
            assert_eq!(read(&mut device, 1_064 * US, SHUNT_VOLTAGE), expected);
        }
        let mut device = Ina219::new();
        device.set_stimulus(0, 1, 26.0);
        assert_eq!(read(&mut device, 0, BUS_VOLTAGE) >> 3, 6500);
        write(&mut device, 0, CONFIGURATION, CONFIGURATION_RESET & !BRNG);
        assert_eq!(read(&mut device, 1_064 * US, BUS_VOLTAGE) >> 3, 4000);
    }

    #[test]
    fn conversions_take_their_time_one_after_the_other() {
        // 128 samples of the shunt, 9 bits of the bus.
        let mut device = Ina219::new();
        write(
            &mut device,
            0,
            CONFIGURATION,
            0x2000 | 0xf << SADC_SHIFT | 7,
        );
        device.set_stimulus(1, 1, 5.0);
        let end_ns = 68_184 * US;
        assert_eq!(read(&mut device, end_ns - 1, BUS_VOLTAGE), 3000 << 3);
        assert_eq!(read(&mut device, end_ns, BUS_VOLTAGE), 1250 << 3 | CNVR);
    }

    #[test]
    fn triggered_conversions_happen_once_and_only_what_was_asked() {
        let mut device = Ina219::new();
        write(&mut device, 0, CONFIGURATION, 0x399a);
        device.set_stimulus(1, 0, 1.0);
        device.set_stimulus(1, 1, 5.0);
        assert_eq!(read(&mut device, 532 * US, BUS_VOLTAGE), 1250 << 3 | CNVR);
        assert_eq!(read(&mut device, 532 * US, SHUNT_VOLTAGE), 0, "not asked");
        device.set_stimulus(600 * US, 1, 6.0);
        assert_eq!(read(&mut device, 9_000 * US, BUS_VOLTAGE) >> 3, 1250);
        write(&mut device, 9_000 * US, CONFIGURATION, 0x3998);
        assert_eq!(
            read(&mut device, 99_000 * US, BUS_VOLTAGE) >> 3,
            1250,
            "off"
        );
    }

    #[test]
    fn overflow_is_told() {
        let mut device = Ina219::new();
        device.set_stimulus(0, 0, 3.2);
        write(&mut device, 0, CALIBRATION, 0xffff);
        assert_eq!(read(&mut device, 0, CALIBRATION), 0xfffe, "FS0 is 0");
        assert_eq!(read(&mut device, 0, BUS_VOLTAGE) & OVF, OVF);
    }

    #[test]
    fn reset_brings_the_values_of_power_up() {
        let mut device = Ina219::new();
        write(&mut device, 0, CALIBRATION, 0x5000);
        write(&mut device, 0, CONFIGURATION, 0x8000);
        assert_eq!(read(&mut device, 0, CONFIGURATION), CONFIGURATION_RESET);
        assert_eq!(read(&mut device, 0, CALIBRATION), 0);
        assert_eq!(
            read(&mut device, 0, BUS_VOLTAGE),
            0,
            "nothing converted yet"
        );
        assert_eq!(read(&mut device, 1_064 * US, BUS_VOLTAGE) >> 3, 3000);
        assert_eq!(device.take_misuse(), Vec::<String>::new());
    }

    #[test]
    fn misuse_is_told_and_stops_nothing() {
        let mut device = Ina219::new();
        write(&mut device, 0, CURRENT, 1);
        write(&mut device, 0, 9, 1);
        read(&mut device, 0, 6);
        let told = device.take_misuse();
        assert_eq!(
            told.first().unwrap(),
            "Current was written; it is read-only"
        );
        assert_eq!(told.len(), 5, "{told:?}");
    }
}

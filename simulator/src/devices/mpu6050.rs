//! MPU-6050, accelerometer and gyroscope of three axes each, with a thermometer.
//!
//! Its filter delays nothing here. FIFO, auxiliary bus and motion detection are not modelled: who
//! turns them on is told.
//!
//! Source: InvenSense, MPU-6000 and MPU-6050 register map, RM-MPU-6000A-00, revision 4.2, and
//! product specification, PS-MPU-6000A-00 (7-bit address, start-up).

use super::{Acknowledge, Device, Model, Register, Stimulus, shared::Converting};

pub(super) const MODEL: Model = Model {
    name: "mpu6050",
    title: "MPU-6050 accelerometer and gyroscope, 16 bits",
    addresses: &[0x68, 0x69],
    stimuli: &[
        acceleration("accel-x", 0.0),
        acceleration("accel-y", 0.0),
        acceleration("accel-z", 1.0),
        rate("gyro-x"),
        rate("gyro-y"),
        rate("gyro-z"),
        Stimulus {
            name: "temperature",
            unit: "°C",
            minimum: -40.0,
            maximum: 85.0,
            step: 0.1,
            default: 25.0,
        },
    ],
    make: || Box::new(Mpu6050::new()),
};

const fn acceleration(name: &'static str, default: f64) -> Stimulus {
    Stimulus {
        name,
        unit: "g",
        minimum: -16.0,
        maximum: 16.0,
        step: 0.001,
        default,
    }
}

const fn rate(name: &'static str) -> Stimulus {
    Stimulus {
        name,
        unit: "°/s",
        minimum: -2000.0,
        maximum: 2000.0,
        step: 0.1,
        default: 0.0,
    }
}

/// Registers.
const SELF_TEST: u8 = 0x0d;
const SMPLRT_DIV: u8 = 0x19;
const CONFIG: u8 = 0x1a;
const GYRO_CONFIG: u8 = 0x1b;
const ACCEL_CONFIG: u8 = 0x1c;
const FIFO_EN: u8 = 0x23;
const INT_STATUS: u8 = 0x3a;
const ACCEL_XOUT_H: u8 = 0x3b;
const GYRO_ZOUT_L: u8 = 0x48;
const EXT_SENS_DATA_23: u8 = 0x60;
const USER_CTRL: u8 = 0x6a;
const PWR_MGMT_1: u8 = 0x6b;
const PWR_MGMT_2: u8 = 0x6c;
const WHO_AM_I: u8 = 0x75;
const LAST: u8 = WHO_AM_I;

const WHO_AM_I_VALUE: u8 = 0x68;
/// Bits of PWR_MGMT_1.
const DEVICE_RESET: u8 = 1 << 7;
const SLEEP: u8 = 1 << 6;
const TEMP_DIS: u8 = 1 << 3;
/// Of INT_STATUS.
const DATA_RDY_INT: u8 = 1;
/// Of USER_CTRL: FIFO_EN, I2C_MST_EN.
const NOT_MODELLED: u8 = 1 << 6 | 1 << 5;

/// Sensitivity at the smallest range: counts a g, counts a °/s, counts a °C.
const COUNTS_PER_G: f64 = 16_384.0;
const COUNTS_PER_DPS: f64 = 131.0;
const COUNTS_PER_CELSIUS: f64 = 340.0;
/// Where the thermometer says 0.
const ZERO_CELSIUS: f64 = 36.53;

const VALUES: usize = 7;
const TEMPERATURE: usize = 6;
const SAMPLE_BYTES: usize = 2 * VALUES;

struct Mpu6050 {
    /// In the order of [`MODEL`].
    stimuli: [f64; VALUES],
    registers: [u8; LAST as usize + 1],
    /// ACCEL_XOUT_H to GYRO_ZOUT_L as they would be read now, and as a burst reads them.
    sample: [u8; SAMPLE_BYTES],
    burst: [u8; SAMPLE_BYTES],
    register: u8,
    is_addressed: bool,
    converting: Converting,
    misuse: Vec<String>,
}

impl Mpu6050 {
    fn new() -> Mpu6050 {
        let mut stimuli = [0.0; VALUES];
        for (value, stimulus) in stimuli.iter_mut().zip(MODEL.stimuli) {
            *value = stimulus.default;
        }
        let mut device = Mpu6050 {
            stimuli,
            registers: [0; LAST as usize + 1],
            sample: [0; SAMPLE_BYTES],
            burst: [0; SAMPLE_BYTES],
            register: 0,
            is_addressed: false,
            converting: Converting::Shutdown,
            misuse: Vec::new(),
        };
        device.reset();
        device
    }

    /// Asleep, as after power-up.
    fn reset(&mut self) {
        self.registers = [0; LAST as usize + 1];
        self.set(PWR_MGMT_1, SLEEP);
        self.set(WHO_AM_I, WHO_AM_I_VALUE);
        self.sample = [0; SAMPLE_BYTES];
        self.converting = Converting::Shutdown;
    }

    fn get(&self, register: u8) -> u8 {
        let value = self.registers.get(usize::from(register));
        value.copied().unwrap_or(0)
    }

    fn set(&mut self, register: u8, value: u8) {
        if let Some(place) = self.registers.get_mut(usize::from(register)) {
            *place = value;
        }
    }

    /// Sample rate = gyroscope output rate / (1 + SMPLRT_DIV); 8 kHz without filter, else 1 kHz.
    fn period_ns(&self) -> u64 {
        let output_ns = match self.get(CONFIG) & 0b111 {
            0 | 7 => 125_000,
            _ => 1_000_000,
        };
        output_ns * (1 + u64::from(self.get(SMPLRT_DIV)))
    }

    fn begin_sampling(&mut self, at_ns: u64) {
        let period_ns = self.period_ns();
        self.converting = match self.get(PWR_MGMT_1) & SLEEP {
            0 => Converting::Continuous {
                next_ns: at_ns + period_ns,
                period_ns,
            },
            _ => Converting::Shutdown,
        };
    }

    fn advance(&mut self, now_ns: u64) {
        if self.converting.results_until(now_ns) > 0 {
            self.convert();
        }
    }

    /// A sample of all that is not on standby.
    fn convert(&mut self) {
        let range = |register: u8| f64::from(1u8 << (self.get(register) >> 3 & 0b11));
        let (accel, gyro) = (range(ACCEL_CONFIG), range(GYRO_CONFIG));
        let standby = self.get(PWR_MGMT_2);
        let is_warm = self.get(PWR_MGMT_1) & TEMP_DIS == 0;
        // The thermometer stands between accelerometer and gyroscope.
        let order = [0, 1, 2, TEMPERATURE, 3, 4, 5];
        for (value, place) in order.into_iter().zip(self.sample.chunks_exact_mut(2)) {
            let stimulus = self.stimuli.get(value).copied().unwrap_or(0.0);
            let (counts, is_on) = match value {
                TEMPERATURE => ((stimulus - ZERO_CELSIUS) * COUNTS_PER_CELSIUS, is_warm),
                0..=2 => (
                    stimulus * COUNTS_PER_G / accel,
                    standby >> (5 - value) & 1 == 0,
                ),
                _ => (
                    stimulus * COUNTS_PER_DPS / gyro,
                    standby >> (5 - value) & 1 == 0,
                ),
            };
            if is_on {
                // `as` saturates, and NaN is 0.
                place.copy_from_slice(&(counts.round() as i16).to_be_bytes());
            }
        }
        self.set(INT_STATUS, self.get(INT_STATUS) | DATA_RDY_INT);
    }

    fn store(&mut self, at_ns: u64, register: u8, byte: u8) {
        let is_read_only = matches!(
            register,
            INT_STATUS..=EXT_SENS_DATA_23 | WHO_AM_I | ..SELF_TEST
        );
        if is_read_only || register > LAST {
            self.misuse.push(format!(
                "register {register:#04x} was written; it is read-only or reserved"
            ));
            return;
        }
        if register == PWR_MGMT_1 && byte & DEVICE_RESET != 0 {
            self.reset();
            return;
        }
        if register == FIFO_EN && byte != 0 || register == USER_CTRL && byte & NOT_MODELLED != 0 {
            self.misuse.push(format!(
                "register {register:#04x} turns on the FIFO or the auxiliary bus, which this model does not have"
            ));
        }
        let before = (self.period_ns(), self.get(PWR_MGMT_1) & SLEEP);
        self.set(register, byte);
        if before != (self.period_ns(), self.get(PWR_MGMT_1) & SLEEP) {
            self.begin_sampling(at_ns);
        }
    }
}

impl Device for Mpu6050 {
    fn begin_write(&mut self, at_ns: u64) -> Acknowledge {
        self.advance(at_ns);
        self.is_addressed = false;
        Acknowledge::Ack
    }

    /// A burst reads one sample, whatever comes meanwhile ("Sensor registers").
    fn begin_read(&mut self, at_ns: u64) -> Acknowledge {
        self.advance(at_ns);
        self.burst = self.sample;
        Acknowledge::Ack
    }

    fn write(&mut self, at_ns: u64, byte: u8) -> Acknowledge {
        self.advance(at_ns);
        if self.is_addressed {
            self.store(at_ns, self.register, byte);
            self.register = self.register.wrapping_add(1);
        } else {
            (self.register, self.is_addressed) = (byte, true);
        }
        Acknowledge::Ack
    }

    fn read(&mut self, at_ns: u64) -> u8 {
        self.advance(at_ns);
        let register = self.register;
        self.register = self.register.wrapping_add(1);
        match register {
            ACCEL_XOUT_H..=GYRO_ZOUT_L => {
                let place = usize::from(register - ACCEL_XOUT_H);
                self.burst.get(place).copied().unwrap_or(0)
            }
            INT_STATUS => {
                let status = self.get(INT_STATUS);
                self.set(INT_STATUS, 0);
                status
            }
            ..=LAST => self.get(register),
            _ => {
                self.misuse.push(format!(
                    "register {register:#04x} was read; the last is {LAST:#04x}"
                ));
                0xff
            }
        }
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

    fn registers(&self, _at_ns: u64) -> Vec<Register> {
        let own = [
            ("SMPLRT_DIV", SMPLRT_DIV),
            ("CONFIG", CONFIG),
            ("GYRO_CONFIG", GYRO_CONFIG),
            ("ACCEL_CONFIG", ACCEL_CONFIG),
            ("INT_STATUS", INT_STATUS),
            ("PWR_MGMT_1", PWR_MGMT_1),
            ("PWR_MGMT_2", PWR_MGMT_2),
        ];
        let own = own.map(|(name, register)| Register {
            name,
            value: self.get(register).into(),
        });
        let names = [
            "ACCEL_XOUT",
            "ACCEL_YOUT",
            "ACCEL_ZOUT",
            "TEMP_OUT",
            "GYRO_XOUT",
            "GYRO_YOUT",
            "GYRO_ZOUT",
        ];
        let words = self.sample.chunks_exact(2).map(|bytes| {
            let bytes = bytes.iter();
            bytes.fold(0, |word, byte| word << 8 | u16::from(*byte))
        });
        let outputs = names.into_iter().zip(words);
        own.into_iter()
            .chain(outputs.map(|(name, value)| Register { name, value }))
            .collect()
    }

    fn take_misuse(&mut self) -> Vec<String> {
        std::mem::take(&mut self.misuse)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: u64 = 1_000_000;

    fn write(device: &mut Mpu6050, at_ns: u64, bytes: &[u8]) {
        device.begin_write(at_ns);
        bytes.iter().for_each(|byte| {
            device.write(at_ns, *byte);
        });
        device.stop(at_ns);
    }

    fn read(device: &mut Mpu6050, at_ns: u64, register: u8, count: usize) -> Vec<u8> {
        write(device, at_ns, &[register]);
        device.begin_read(at_ns);
        (0..count).map(|_| device.read(at_ns)).collect()
    }

    fn words(device: &mut Mpu6050, at_ns: u64) -> Vec<i16> {
        let bytes = read(device, at_ns, ACCEL_XOUT_H, SAMPLE_BYTES);
        let word = |bytes: &[u8]| i16::from_be_bytes([bytes[0], bytes[1]]);
        bytes.chunks_exact(2).map(word).collect()
    }

    #[test]
    fn it_sleeps_after_power_up() {
        let mut device = Mpu6050::new();
        assert_eq!(read(&mut device, 0, WHO_AM_I, 1), [0x68]);
        assert_eq!(read(&mut device, 0, PWR_MGMT_1, 1), [0x40]);
        assert_eq!(words(&mut device, 99 * MS), [0; VALUES]);
    }

    /// Registers 59 to 72: sensitivity by range; TEMP_OUT / 340 + 36.53 °C.
    #[test]
    fn sensitivities_of_all_ranges() {
        let table = [
            (0u8, 16_384, 131.0),
            (1, 8_192, 65.5),
            (2, 4_096, 32.8),
            (3, 2_048, 16.4),
        ];
        for (range, per_g, per_dps) in table {
            let mut device = Mpu6050::new();
            write(&mut device, 0, &[GYRO_CONFIG, range << 3, range << 3]);
            device.set_stimulus(0, 0, -1.0);
            device.set_stimulus(0, 3, 100.0);
            device.set_stimulus(0, TEMPERATURE, 36.53 + 1.0);
            write(&mut device, 0, &[PWR_MGMT_1, 0]);
            let words = words(&mut device, MS);
            assert_eq!(words[..3], [-per_g, 0, per_g], "{range}");
            assert_eq!(words[3], 340);
            let rate = f64::from(words[4]);
            assert!((rate - 100.0 * per_dps).abs() <= 5.0, "{range}: {rate}");
        }
    }

    #[test]
    fn what_is_beyond_a_range_stays_at_its_end() {
        let mut device = Mpu6050::new();
        device.set_stimulus(0, 0, 3.0);
        device.set_stimulus(0, 1, -3.0);
        write(&mut device, 0, &[PWR_MGMT_1, 0]);
        assert_eq!(words(&mut device, MS)[..2], [i16::MAX, i16::MIN]);
    }

    /// Register 25: 1 kHz / (1 + 9) with the filter, 8 kHz / (1 + 9) without.
    #[test]
    fn samples_come_at_the_rate() {
        for (filter, period_ns) in [(1u8, 10 * MS), (0, 1_250_000), (7, 1_250_000)] {
            let mut device = Mpu6050::new();
            write(&mut device, 0, &[SMPLRT_DIV, 9, filter]);
            write(&mut device, 0, &[PWR_MGMT_1, 0]);
            assert_eq!(read(&mut device, period_ns - 1, INT_STATUS, 1), [0]);
            assert_eq!(read(&mut device, period_ns, INT_STATUS, 1), [1]);
            assert_eq!(read(&mut device, period_ns, INT_STATUS, 1), [0], "read");
            device.set_stimulus(period_ns, 2, 0.5);
            assert_eq!(words(&mut device, 2 * period_ns - 1)[2], 16_384);
            assert_eq!(words(&mut device, 2 * period_ns)[2], 8_192);
        }
    }

    #[test]
    fn a_burst_reads_one_sample() {
        let mut device = Mpu6050::new();
        write(&mut device, 0, &[PWR_MGMT_1, 0]);
        write(&mut device, MS, &[ACCEL_XOUT_H + 4]);
        device.begin_read(MS);
        assert_eq!(device.read(MS), 0x40);
        device.set_stimulus(MS, 2, -1.0);
        assert_eq!(device.read(9 * MS), 0x00, "0x4000, not 0xc000");
        assert_eq!(words(&mut device, 9 * MS)[2], -16_384);
    }

    #[test]
    fn standby_keeps_what_was() {
        let mut device = Mpu6050::new();
        write(&mut device, 0, &[PWR_MGMT_1, 0, 0b10_0001]);
        device.set_stimulus(0, 0, 1.0);
        device.set_stimulus(0, 5, 10.0);
        device.set_stimulus(0, 4, 10.0);
        let words = words(&mut device, MS);
        assert_eq!((words[0], words[5], words[6]), (0, 1310, 0));
    }

    #[test]
    fn reset_sleeps_again() {
        let mut device = Mpu6050::new();
        write(&mut device, 0, &[PWR_MGMT_1, 0]);
        write(&mut device, MS, &[PWR_MGMT_1, 0x80]);
        assert_eq!(read(&mut device, MS, PWR_MGMT_1, 1), [0x40]);
    }

    #[test]
    fn misuse_is_told_and_stops_nothing() {
        let mut device = Mpu6050::new();
        write(&mut device, 0, &[WHO_AM_I, 1]);
        write(&mut device, 0, &[ACCEL_XOUT_H, 1]);
        write(&mut device, 0, &[USER_CTRL, 0x40]);
        read(&mut device, 0, 0x76, 1);
        assert_eq!(device.take_misuse().len(), 4);
        assert_eq!(read(&mut device, 0, WHO_AM_I, 1), [0x68]);
    }
}

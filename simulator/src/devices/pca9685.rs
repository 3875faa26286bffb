//! PCA9685, sixteen PWM outputs of 12 bits.
//!
//! It answers its own address and the general call; the All Call and sub-addresses are registers
//! here, and nothing more: who sends to them is not acknowledged.
//!
//! Source: NXP, PCA9685 data sheet, revision 4; 7.3 (registers, example of LED0), 7.3.5 (PWM
//! frequency), 7.6 (software reset).

use super::{Acknowledge, Device, Model, Register, Stimulus};

pub(super) const MODEL: Model = Model {
    name: "pca9685",
    title: "PCA9685, 16 PWM outputs, 12 bits",
    addresses: &ADDRESSES,
    stimuli: &[Stimulus {
        name: "output-disable",
        unit: "",
        minimum: 0.0,
        maximum: 1.0,
        step: 1.0,
        default: 0.0,
    }],
    make: || Box::new(Pca9685::new()),
};

/// 0x40 to 0x7f, without All Call.
const ADDRESSES: [u16; 63] = addresses();

#[expect(clippy::indexing_slicing, reason = "it would not compile")]
const fn addresses() -> [u16; 63] {
    let mut addresses = [0; 63];
    let (mut place, mut address) = (0, 0x40);
    while place < addresses.len() {
        if address == ALL_CALL {
            address += 1;
        }
        addresses[place] = address;
        place += 1;
        address += 1;
    }
    addresses
}

const ALL_CALL: u16 = 0x70;

/// Registers.
const MODE1: u8 = 0x00;
const MODE2: u8 = 0x01;
const LED0_ON_L: u8 = 0x06;
const LED15_OFF_H: u8 = 0x45;
const ALL_LED_ON_L: u8 = 0xfa;
const ALL_LED_OFF_H: u8 = 0xfd;
const PRE_SCALE: u8 = 0xfe;

/// Bits of MODE1.
const RESTART: u8 = 1 << 7;
const EXTCLK: u8 = 1 << 6;
const AI: u8 = 1 << 5;
const SLEEP: u8 = 1 << 4;
/// Of MODE2: inverted; outputs change on STOP (0) or on acknowledge (1).
const INVRT: u8 = 1 << 4;
/// Of LEDn_ON_H and LEDn_OFF_H: always.
const FULL: u16 = 1 << 12;

const MODE1_RESET: u8 = 0x11;
const MODE2_RESET: u8 = 0x04;
const PRE_SCALE_RESET: u8 = 0x1e;
const PRE_SCALE_MIN: u8 = 3;
const SUBADDRESSES_RESET: [u8; 4] = [0xe2, 0xe4, 0xe8, 0xe0];

const OUTPUTS: usize = 16;
const COUNTS: u16 = 4096;
/// The byte of a general call that resets.
const SWRST: u8 = 0x06;

const DUTY_NAMES: [&str; OUTPUTS] = [
    "LED0 duty",
    "LED1 duty",
    "LED2 duty",
    "LED3 duty",
    "LED4 duty",
    "LED5 duty",
    "LED6 duty",
    "LED7 duty",
    "LED8 duty",
    "LED9 duty",
    "LED10 duty",
    "LED11 duty",
    "LED12 duty",
    "LED13 duty",
    "LED14 duty",
    "LED15 duty",
];

/// ON and OFF, as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Channel {
    on: u16,
    off: u16,
}

/// Fully off.
const CHANNEL_RESET: Channel = Channel { on: 0, off: FULL };

struct Pca9685 {
    is_disabled: bool,
    mode1: u8,
    mode2: u8,
    /// SUBADR1 to SUBADR3, ALLCALLADR.
    subaddresses: [u8; 4],
    pre_scale: u8,
    channels: [Channel; OUTPUTS],
    register: u8,
    is_addressed: bool,
    is_general_call: bool,
    misuse: Vec<String>,
}

impl Pca9685 {
    fn new() -> Pca9685 {
        Pca9685 {
            is_disabled: false,
            mode1: MODE1_RESET,
            mode2: MODE2_RESET,
            subaddresses: SUBADDRESSES_RESET,
            pre_scale: PRE_SCALE_RESET,
            channels: [CHANNEL_RESET; OUTPUTS],
            register: 0,
            is_addressed: false,
            is_general_call: false,
            misuse: Vec::new(),
        }
    }

    /// Counts of 4096 that an output is on. OFF wins over ON.
    fn duty(&self, output: usize) -> u16 {
        let Some(Channel { on, off }) = self.channels.get(output) else {
            return 0;
        };
        let counts = match (off & FULL != 0, on & FULL != 0) {
            (true, _) => 0,
            (false, true) => COUNTS,
            _ => off.wrapping_sub(*on) % COUNTS,
        };
        let is_running = self.mode1 & SLEEP == 0 && !self.is_disabled;
        match (is_running, self.mode2 & INVRT != 0) {
            (false, _) => 0,
            (true, true) => COUNTS - counts,
            (true, false) => counts,
        }
    }

    /// Equation 1, solved for the rate, of the oscillator of 25 MHz.
    fn rate_hz(&self) -> f64 {
        25e6 / (f64::from(COUNTS) * (f64::from(self.pre_scale) + 1.0))
    }

    fn value(&self, register: u8) -> Option<u8> {
        match register {
            MODE1 => Some(self.mode1),
            MODE2 => Some(self.mode2),
            2..LED0_ON_L => self.subaddresses.get(usize::from(register - 2)).copied(),
            LED0_ON_L..=LED15_OFF_H => {
                let place = register - LED0_ON_L;
                let channel = self.channels.get(usize::from(place / 4))?;
                let word = if place & 2 == 0 {
                    channel.on
                } else {
                    channel.off
                };
                let [low, high] = word.to_le_bytes();
                Some(if place & 1 == 0 { low } else { high })
            }
            ALL_LED_ON_L..=ALL_LED_OFF_H => Some(0),
            PRE_SCALE => Some(self.pre_scale),
            _ => None,
        }
    }

    fn store(&mut self, register: u8, byte: u8) {
        match register {
            MODE1 => self.restart_or_sleep(byte),
            MODE2 => self.mode2 = byte & 0b1_1111,
            2..LED0_ON_L => {
                if let Some(place) = self.subaddresses.get_mut(usize::from(register - 2)) {
                    // The lowest bit is read-only.
                    *place = byte & !1;
                }
            }
            LED0_ON_L..=LED15_OFF_H => {
                let place = register - LED0_ON_L;
                let channel = self.channels.get_mut(usize::from(place / 4));
                channel.into_iter().for_each(|it| it.store(place & 3, byte));
            }
            ALL_LED_ON_L..=ALL_LED_OFF_H => {
                let place = register - ALL_LED_ON_L;
                self.channels
                    .iter_mut()
                    .for_each(|it| it.store(place, byte));
            }
            PRE_SCALE if self.mode1 & SLEEP == 0 => self
                .misuse
                .push("PRE_SCALE was written while SLEEP is 0: it is blocked then".to_owned()),
            PRE_SCALE => self.pre_scale = byte.max(PRE_SCALE_MIN),
            _ => self.misuse.push(format!(
                "register {register:#04x} was written; it is reserved"
            )),
        }
    }

    /// RESTART is set by sleep with outputs on, and cleared by writing 1 to it, awake.
    fn restart_or_sleep(&mut self, byte: u8) {
        let was_asleep = self.mode1 & SLEEP != 0;
        let is_asleep = byte & SLEEP != 0;
        let is_running = (0..OUTPUTS).any(|output| self.duty(output) != 0);
        let restart = match (was_asleep, is_asleep) {
            (false, true) if is_running => RESTART,
            _ if byte & RESTART != 0 && !is_asleep => 0,
            _ => self.mode1 & RESTART,
        };
        // EXTCLK is left by a reset only.
        let sticky = self.mode1 & EXTCLK;
        self.mode1 = byte & !RESTART | sticky | restart;
    }

    /// With AI the pointer goes on; behind LED15_OFF_H, and behind ALL_LED_OFF_H, from the start.
    fn step(&mut self) {
        if self.mode1 & AI != 0 {
            self.register = match self.register {
                LED15_OFF_H | PRE_SCALE.. => MODE1,
                register => register + 1,
            };
        }
    }
}

impl Channel {
    /// ON_L, ON_H, OFF_L, OFF_H. Bits 7 to 5 of the high bytes are not writable.
    fn store(&mut self, place: u8, byte: u8) {
        let word = if place & 2 == 0 {
            &mut self.on
        } else {
            &mut self.off
        };
        let [low, high] = word.to_le_bytes();
        *word = u16::from_le_bytes(match place & 1 {
            0 => [byte, high],
            _ => [low, byte & 0b1_1111],
        });
    }
}

impl Device for Pca9685 {
    fn begin_write(&mut self, _at_ns: u64) -> Acknowledge {
        self.is_addressed = false;
        self.is_general_call = false;
        Acknowledge::Ack
    }

    fn begin_read(&mut self, _at_ns: u64) -> Acknowledge {
        self.is_general_call = false;
        Acknowledge::Ack
    }

    fn write(&mut self, _at_ns: u64, byte: u8) -> Acknowledge {
        if self.is_general_call {
            return self.general_call(byte);
        }
        if self.is_addressed {
            self.store(self.register, byte);
            self.step();
        } else {
            (self.register, self.is_addressed) = (byte, true);
        }
        Acknowledge::Ack
    }

    fn read(&mut self, _at_ns: u64) -> u8 {
        let register = self.register;
        self.step();
        self.value(register).unwrap_or_else(|| {
            self.misuse
                .push(format!("register {register:#04x} was read; it is reserved"));
            0xff
        })
    }

    fn stop(&mut self, _at_ns: u64) {}

    fn answers_general_call(&self) -> bool {
        true
    }

    fn begin_general_call(&mut self, _at_ns: u64) -> Acknowledge {
        self.is_general_call = true;
        Acknowledge::Ack
    }

    fn set_stimulus(&mut self, _at_ns: u64, stimulus: usize, value: f64) {
        if stimulus == 0 {
            self.is_disabled = value != 0.0;
        }
    }

    fn stimulus(&self, stimulus: usize) -> Option<f64> {
        (stimulus == 0).then(|| f64::from(u8::from(self.is_disabled)))
    }

    fn registers(&self, _at_ns: u64) -> Vec<Register> {
        let own = [
            ("MODE1", self.mode1.into()),
            ("MODE2", self.mode2.into()),
            ("PRE_SCALE", self.pre_scale.into()),
            // `as` saturates.
            ("rate in Hz", self.rate_hz().round() as u16),
        ];
        let duties = DUTY_NAMES.into_iter().zip(0..);
        let duties = duties.map(|(name, output)| (name, self.duty(output)));
        own.into_iter()
            .chain(duties)
            .map(|(name, value)| Register { name, value })
            .collect()
    }

    fn take_misuse(&mut self) -> Vec<String> {
        std::mem::take(&mut self.misuse)
    }
}

impl Pca9685 {
    fn general_call(&mut self, byte: u8) -> Acknowledge {
        if byte != SWRST {
            self.misuse
                .push(format!("general call {byte:#04x} is none that it knows"));
            return Acknowledge::Nack;
        }
        *self = Pca9685 {
            is_disabled: self.is_disabled,
            is_general_call: true,
            misuse: std::mem::take(&mut self.misuse),
            ..Pca9685::new()
        };
        Acknowledge::Ack
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(device: &mut Pca9685, bytes: &[u8]) {
        device.begin_write(0);
        bytes
            .iter()
            .for_each(|byte| assert_eq!(device.write(0, *byte), Acknowledge::Ack));
        device.stop(0);
    }

    fn read(device: &mut Pca9685, register: u8, count: usize) -> Vec<u8> {
        write(device, &[register]);
        device.begin_read(0);
        (0..count).map(|_| device.read(0)).collect()
    }

    fn awake() -> Pca9685 {
        let mut device = Pca9685::new();
        write(&mut device, &[MODE1, AI]);
        device
    }

    #[test]
    fn registers_after_power_up() {
        let mut device = Pca9685::new();
        write(&mut device, &[MODE1, AI | SLEEP | 1]);
        assert_eq!(
            read(&mut device, MODE1, 10),
            [0x31, 0x04, 0xe2, 0xe4, 0xe8, 0xe0, 0x00, 0x00, 0x00, 0x10]
        );
        assert_eq!(read(&mut device, PRE_SCALE, 1), [0x1e]);
    }

    /// 7.3.5: 200 Hz of 25 MHz is a prescale of 30; the highest rate is 1526 Hz, the lowest 24 Hz.
    #[test]
    fn the_worked_example_of_the_rate() {
        let table = [(30u8, 197.0), (3, 1526.0), (0, 1526.0), (0xff, 24.0)];
        for (pre_scale, rate_hz) in table {
            let mut device = Pca9685::new();
            write(&mut device, &[PRE_SCALE, pre_scale]);
            assert_eq!(device.rate_hz().round(), rate_hz, "{pre_scale}");
        }
    }

    /// 7.3.3, examples 1 and 2: a delay of 10 % and a duty of 20 %; a delay of 90 % and a duty of
    /// 90 %, so that the pulse ends in the next cycle.
    #[test]
    fn the_worked_examples_of_an_output() {
        let mut device = awake();
        write(&mut device, &[LED0_ON_L, 0x99, 0x01, 0xcc, 0x04]);
        assert_eq!(device.duty(0), 819);
        write(&mut device, &[LED0_ON_L + 16, 0x65, 0x0e, 0xcb, 0x0c]);
        assert_eq!(device.duty(4), 3686);
        assert_eq!(device.duty(1), 0, "untouched");
    }

    #[test]
    fn full_off_wins_over_full_on() {
        let mut device = awake();
        write(&mut device, &[LED0_ON_L, 0, 0x10, 0, 0]);
        assert_eq!(device.duty(0), 4096);
        write(&mut device, &[LED0_ON_L + 3, 0x10]);
        assert_eq!(device.duty(0), 0);
        write(&mut device, &[ALL_LED_ON_L, 0, 0x10, 0, 0]);
        assert!((0..OUTPUTS).all(|output| device.duty(output) == 4096));
        write(&mut device, &[MODE2, INVRT]);
        assert_eq!(device.duty(7), 0, "inverted");
    }

    #[test]
    fn sleep_and_the_pin_oe_turn_outputs_off() {
        let mut device = awake();
        write(&mut device, &[LED0_ON_L, 0, 0x10, 0, 0]);
        device.set_stimulus(0, 0, 1.0);
        assert_eq!(device.duty(0), 0);
        device.set_stimulus(0, 0, 0.0);
        write(&mut device, &[MODE1, AI | SLEEP]);
        assert_eq!(device.duty(0), 0);
        assert_eq!(read(&mut device, MODE1, 1), [AI | SLEEP | RESTART]);
        write(&mut device, &[MODE1, AI]);
        write(&mut device, &[MODE1, AI | RESTART]);
        assert_eq!(read(&mut device, MODE1, 1), [AI]);
        assert_eq!(device.duty(0), 4096);
    }

    #[test]
    fn without_auto_increment_the_pointer_stays() {
        let mut device = Pca9685::new();
        write(&mut device, &[LED0_ON_L, 1, 2]);
        assert_eq!(read(&mut device, LED0_ON_L, 2), [2, 2]);
    }

    #[test]
    fn the_pointer_rolls_over_behind_the_last_output() {
        let mut device = awake();
        assert_eq!(read(&mut device, LED15_OFF_H, 2), [0x10, AI]);
    }

    #[test]
    fn a_software_reset_is_a_general_call() {
        let mut device = awake();
        device.begin_general_call(0);
        assert_eq!(device.write(0, SWRST), Acknowledge::Ack);
        assert_eq!(device.write(0, 0x55), Acknowledge::Nack);
        assert_eq!(read(&mut device, MODE1, 1), [MODE1_RESET]);
        assert_eq!(device.take_misuse().len(), 1);
    }

    #[test]
    fn misuse_is_told_and_stops_nothing() {
        let mut device = awake();
        write(&mut device, &[PRE_SCALE, 100]);
        write(&mut device, &[0x46, 1]);
        read(&mut device, 0x46, 1);
        assert_eq!(device.take_misuse().len(), 3);
        assert_eq!(device.pre_scale, PRE_SCALE_RESET);
    }

    #[test]
    fn all_addresses_but_all_call() {
        assert_eq!((ADDRESSES[0], ADDRESSES[62]), (0x40, 0x7f));
        assert!(!ADDRESSES.contains(&ALL_CALL));
    }
}

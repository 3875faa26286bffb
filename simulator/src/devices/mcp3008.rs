//! MCP3008, an analog-to-digital converter of 10 bits with eight inputs, on SPI.
//!
//! Every bit of the serial protocol is its own step, so that a driver may pad and split its bytes as
//! it likes. Before the null bit the output is high impedance and reads as ones: a driver that does
//! not mask them shows.
//!
//! Source: Microchip, MCP3004/3008 data sheet, DS21295; sections 4.2 (transfer function), 5.0
//! (serial communication, table 5-2), 6.1 (bytes).

use super::{Register, SpiDevice, SpiModel, Stimulus};
use deployment::SpiMode;

pub(super) const MODEL: SpiModel = SpiModel {
    name: "mcp3008",
    title: "MCP3008 converter, 8 inputs, 10 bits",
    modes: &[SpiMode::Mode0, SpiMode::Mode3],
    clock_hz: CLOCK_MIN_HZ..=CLOCK_MAX_HZ,
    stimuli: &[
        input("ch0"),
        input("ch1"),
        input("ch2"),
        input("ch3"),
        input("ch4"),
        input("ch5"),
        input("ch6"),
        input("ch7"),
        Stimulus {
            name: "vref",
            unit: "V",
            minimum: 0.25,
            maximum: 5.5,
            step: 0.01,
            default: 5.0,
        },
    ],
    make: || Box::new(Mcp3008::new()),
};

/// Below, the sampled charge leaks away during the conversion ("Effective sample rate").
const CLOCK_MIN_HZ: u32 = 10_000;
/// Clock frequency at 5 V ("Timing parameters").
const CLOCK_MAX_HZ: u32 = 3_600_000;

const INPUTS: usize = 8;
const VREF: usize = INPUTS;
const BITS: u32 = 10;
const CODE_MAX: u16 = (1 << BITS) - 1;

/// Clocks after the one with the start bit: SGL/DIFF, D2, D1, D0, the end of sampling, null bit,
/// B9 to B0, then B1 to B9.
const SAMPLED: u32 = 5;
const NULL_BIT: u32 = 6;
const LAST_BIT: u32 = NULL_BIT + BITS;
const LAST_REPEATED: u32 = LAST_BIT + BITS - 1;

struct Mcp3008 {
    /// The inputs, then the reference.
    volts: [f64; INPUTS + 1],
    /// Clocks since the start bit; none before it.
    clocks: Option<u32>,
    /// SGL/DIFF, D2, D1, D0.
    configuration: u8,
    code: u16,
    /// Clocks since the falling edge of chip select.
    selected_clocks: u32,
    misuse: Vec<String>,
}

const fn input(name: &'static str) -> Stimulus {
    Stimulus {
        name,
        unit: "V",
        minimum: 0.0,
        maximum: 5.5,
        step: 0.01,
        default: 0.0,
    }
}

impl Mcp3008 {
    fn new() -> Mcp3008 {
        let mut volts = [0.0; INPUTS + 1];
        for (volts, stimulus) in volts.iter_mut().zip(MODEL.stimuli) {
            *volts = stimulus.default;
        }
        Mcp3008 {
            volts,
            clocks: None,
            configuration: 0,
            code: 0,
            selected_clocks: 0,
            misuse: Vec::new(),
        }
    }

    fn volts(&self, input: usize) -> f64 {
        self.volts.get(input).copied().unwrap_or(0.0)
    }

    /// Table 5-2, then equation 4-2. The converter rounds down.
    fn convert(&self) -> u16 {
        let (is_single, selected) = (
            self.configuration & 8 != 0,
            usize::from(self.configuration & 7),
        );
        let difference = match is_single {
            true => self.volts(selected),
            // The other one of the pair is IN−.
            false => self.volts(selected) - self.volts(selected ^ 1),
        };
        let code = (f64::from(CODE_MAX) + 1.0) * difference / self.volts(VREF);
        // `as` saturates, and NaN is 0.
        (code.floor() as u16).min(CODE_MAX)
    }

    /// One clock: a bit is taken, a bit given.
    fn clock(&mut self, din: bool) -> bool {
        self.selected_clocks = self.selected_clocks.saturating_add(1);
        let Some(before) = self.clocks else {
            if din {
                self.clocks = Some(0);
                self.configuration = 0;
            }
            return true;
        };
        let clock = before.saturating_add(1);
        self.clocks = Some(clock);
        let bit = |number: u32| self.code >> number & 1 != 0;
        match clock {
            ..SAMPLED => {
                self.configuration = self.configuration << 1 | u8::from(din);
                true
            }
            SAMPLED => {
                self.code = self.convert();
                true
            }
            NULL_BIT => false,
            _ if clock <= LAST_BIT => bit(LAST_BIT - clock),
            _ if clock <= LAST_REPEATED => bit(clock - LAST_BIT),
            _ => false,
        }
    }
}

impl SpiDevice for Mcp3008 {
    fn select(&mut self, _at_ns: u64) {
        self.clocks = None;
        self.selected_clocks = 0;
    }

    fn exchange(&mut self, _at_ns: u64, byte: u8) -> u8 {
        (0..8).rev().fold(0, |answer, number| {
            let bit = self.clock(byte >> number & 1 != 0);
            answer << 1 | u8::from(bit)
        })
    }

    fn deselect(&mut self, _at_ns: u64) {
        match self.clocks {
            None if self.selected_clocks > 0 => self
                .misuse
                .push("chip select rose without a start bit before it".to_owned()),
            Some(clocks) if clocks < LAST_BIT => {
                let given = clocks.saturating_sub(NULL_BIT);
                self.misuse.push(format!(
                    "chip select rose when {given} of {BITS} bits had been read"
                ));
            }
            _ => {}
        }
        self.clocks = None;
    }

    fn set_stimulus(&mut self, _at_ns: u64, stimulus: usize, value: f64) {
        if let Some(volts) = self.volts.get_mut(stimulus) {
            *volts = value;
        }
    }

    fn stimulus(&self, stimulus: usize) -> Option<f64> {
        self.volts.get(stimulus).copied()
    }

    fn registers(&self, _at_ns: u64) -> Vec<Register> {
        vec![
            Register {
                name: "SGL/DIFF D2:D0",
                value: self.configuration.into(),
            },
            Register {
                name: "B9:B0",
                value: self.code,
            },
        ]
    }

    fn take_misuse(&mut self) -> Vec<String> {
        std::mem::take(&mut self.misuse)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SINGLE: u8 = 0x80;
    const DIFFERENTIAL: u8 = 0;

    /// The three bytes of figure 6-1.
    fn read(device: &mut Mcp3008, kind: u8, input: u8) -> u16 {
        let [_, high, low] = exchange(device, [1, kind | input << 4, 0]);
        assert_eq!(high & 4, 0, "the null bit");
        u16::from(high & 3) << 8 | u16::from(low)
    }

    fn exchange<const N: usize>(device: &mut Mcp3008, bytes: [u8; N]) -> [u8; N] {
        device.select(0);
        let answer = bytes.map(|byte| device.exchange(0, byte));
        device.deselect(0);
        answer
    }

    fn with(volts: &[(usize, f64)]) -> Mcp3008 {
        let mut device = Mcp3008::new();
        for (input, volts) in volts {
            device.set_stimulus(0, *input, *volts);
        }
        device
    }

    /// Equation 4-2 with V_REF = 5 V, where one step is 4.8828125 mV (equation 4-1).
    #[test]
    fn worked_numbers_of_the_transfer_function() {
        let table = [
            (0.0, 0),
            (0.004_882, 0),
            (0.004_882_812_5, 1),
            (1.25, 256),
            (2.5, 512),
            (3.75, 768),
            // V_REF less one step is the full scale; above it the code stays.
            (4.995_117_187_5, 1023),
            (5.0, 1023),
            (5.5, 1023),
        ];
        for (volts, code) in table {
            let mut device = with(&[(3, volts)]);
            assert_eq!(read(&mut device, SINGLE, 3), code, "{volts} V");
            assert_eq!(device.take_misuse(), [""; 0]);
        }
    }

    #[test]
    fn the_reference_scales() {
        let mut device = with(&[(0, 1.65), (VREF, 3.3)]);
        assert_eq!(read(&mut device, SINGLE, 0), 512);
        let mut device = with(&[(0, 0.25), (VREF, 0.25)]);
        assert_eq!(read(&mut device, SINGLE, 0), 1023);
    }

    /// Table 5-2: which input is IN+ and which IN−; IN+ at or below IN− is 0.
    #[test]
    fn differential_inputs_are_pairs() {
        let mut device = with(&[(0, 3.0), (1, 1.75), (6, 0.5), (7, 3.0)]);
        for (selected, code) in [(0, 256), (1, 0), (6, 0), (7, 512), (2, 0)] {
            assert_eq!(
                read(&mut device, DIFFERENTIAL, selected),
                code,
                "{selected}"
            );
        }
    }

    #[test]
    fn every_input_is_its_own() {
        let inputs: Vec<(usize, f64)> = (0..8).map(|input| (input, input as f64 * 0.5)).collect();
        let mut device = with(&inputs);
        for input in 0..8_u8 {
            assert_eq!(
                read(&mut device, SINGLE, input),
                u16::from(input) * 1024 / 10
            );
        }
    }

    /// Figures 5-1 and 5-2: after B0 the bits come again, lowest first, then zeros.
    #[test]
    fn more_clocks_give_the_bits_the_other_way() {
        // 683 is 0b10_1010_1011.
        let mut device = with(&[(0, 683.5 * 5.0 / 1024.0)]);
        let answer = exchange(&mut device, [1, SINGLE, 0, 0, 0]);
        assert_eq!(answer[1] & 7, 0b010);
        assert_eq!(answer[2..], [0b1010_1011, 0b1010_1010, 0b1000_0000]);
    }

    /// Leading zeros only shift the answer: section 5.0.
    #[test]
    fn the_start_bit_may_come_anywhere() {
        let mut device = with(&[(5, 2.5)]);
        // Start bit, SGL, D2 to D0 as the first bits of the word: 1 1 101.
        let answer = exchange(&mut device, [0, 0b1110_1000, 0, 0]);
        let bits = u32::from_be_bytes(answer);
        assert_eq!(bits >> 7 & 0x3ff, 512);
    }

    #[test]
    fn what_is_not_driven_reads_as_ones() {
        let [first, second, _] = exchange(&mut with(&[]), [1, SINGLE, 0]);
        assert_eq!((first, second), (0xff, 0xf8));
    }

    #[test]
    fn misuse_is_told_once() {
        let mut device = with(&[(0, 2.5)]);
        exchange(&mut device, [0, 0]);
        exchange(&mut device, [1, SINGLE]);
        device.select(0);
        device.deselect(0);
        assert_eq!(
            device.take_misuse(),
            [
                "chip select rose without a start bit before it",
                "chip select rose when 2 of 10 bits had been read"
            ]
        );
        assert_eq!(device.take_misuse(), [""; 0]);
    }

    #[test]
    fn a_new_selection_begins_anew() {
        let mut device = with(&[(0, 2.5)]);
        exchange(&mut device, [1, SINGLE]);
        assert_eq!(read(&mut device, SINGLE, 0), 512);
        assert_eq!(
            device.registers(0),
            [("SGL/DIFF D2:D0", 8), ("B9:B0", 512)].map(|(name, value)| Register { name, value })
        );
    }
}

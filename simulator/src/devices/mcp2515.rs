//! MCP2515, a stand-alone CAN controller with SPI: here its instructions; the controller behind them
//! is in the folder of this file's name.
//!
//! On its bus it is a controller as any other: frames, errors and arbitration are the simulator's.
//! What it does at the bus follows what was written over SPI at the instant of the byte.
//!
//! Source: Microchip, MCP2515 data sheet, DS20001801; section 12.0 (SPI interface).

mod buffers;
mod controller;
mod registers;
mod timing;

use super::{CanNode, NodeOrder, NodeStatus, Register, SpiDevice, SpiModel, Stimulus};
use crate::can::{Frame, SetbackCause};
use controller::Controller;
use deployment::SpiMode;
use registers::*;

pub(super) const MODEL: SpiModel = SpiModel {
    name: "mcp2515",
    title: "MCP2515 CAN controller",
    modes: &[SpiMode::Mode0, SpiMode::Mode3],
    clock_hz: 1..=CLOCK_MAX_HZ,
    stimuli: &[Stimulus {
        name: "oscillator",
        unit: "MHz",
        minimum: 1.0,
        maximum: 40.0,
        step: 0.1,
        default: OSCILLATOR_MHZ,
    }],
    make: || Box::new(Mcp2515::new()),
};

/// "SPI interface AC characteristics".
const CLOCK_MAX_HZ: u32 = 10_000_000;
const OSCILLATOR_MHZ: f64 = 16.0;

struct Mcp2515 {
    controller: Controller,
    instruction: Option<Instruction>,
    /// Bytes of the instruction before the present one.
    position: usize,
    address: u8,
    mask: u8,
}

/// Table 12-1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Instruction {
    Reset,
    Read,
    /// With the number of the buffer whose flag it clears.
    ReadReceiveBuffer(u8),
    Write,
    LoadTransmitBuffer,
    /// With a bit for each of the three buffers.
    RequestToSend(u8),
    ReadStatus,
    ReceiveStatus,
    BitModify,
    Unknown,
}

impl Mcp2515 {
    fn new() -> Mcp2515 {
        Mcp2515 {
            controller: Controller::new(OSCILLATOR_MHZ),
            instruction: None,
            position: 0,
            address: 0,
            mask: 0,
        }
    }

    /// The first byte of a transaction.
    fn begin(&mut self, at_ns: u64, byte: u8) {
        self.position = 0;
        let instruction = match byte {
            0xc0 => Instruction::Reset,
            0x03 => Instruction::Read,
            0x02 => Instruction::Write,
            0xa0 => Instruction::ReadStatus,
            0xb0 => Instruction::ReceiveStatus,
            0x05 => Instruction::BitModify,
            0x80..=0x87 => Instruction::RequestToSend(byte & 7),
            0x90 | 0x92 | 0x94 | 0x96 => {
                let number = byte >> 2 & 1;
                let from_data = if byte & 2 != 0 { 6 } else { 1 };
                self.address = 0x60 | number << 4 | from_data;
                Instruction::ReadReceiveBuffer(number)
            }
            0x40..=0x45 => {
                let from_data = if byte & 1 != 0 { 6 } else { 1 };
                self.address = 0x30 + (byte >> 1 & 3) * 0x10 + from_data;
                Instruction::LoadTransmitBuffer
            }
            _ => Instruction::Unknown,
        };
        match instruction {
            Instruction::Reset => self.controller.reset(at_ns),
            Instruction::Unknown => {
                let text = format!("{byte:#04x} is no instruction");
                self.controller.misuse.push(text);
            }
            _ => {}
        }
        self.instruction = Some(instruction);
    }

    fn go_on(&mut self, at_ns: u64, instruction: Instruction, byte: u8) -> u8 {
        let position = self.position;
        self.position = position.saturating_add(1);
        match (instruction, position) {
            (Instruction::Read | Instruction::Write | Instruction::BitModify, 0) => {
                self.address = byte & ADDRESS_MASK;
                UNDRIVEN
            }
            (Instruction::Read | Instruction::ReadReceiveBuffer(_), _) => {
                let read = self.controller.read(self.address);
                self.step();
                read
            }
            (Instruction::Write | Instruction::LoadTransmitBuffer, _) => {
                self.controller.write(at_ns, self.address, byte, 0xff);
                self.step();
                UNDRIVEN
            }
            (Instruction::BitModify, 1) => {
                self.mask = byte;
                UNDRIVEN
            }
            (Instruction::BitModify, 2) => {
                let mask = match has_bit_modify(self.address) {
                    true => self.mask,
                    false => 0xff,
                };
                self.controller.write(at_ns, self.address, byte, mask);
                UNDRIVEN
            }
            (Instruction::ReadStatus, _) => self.status(),
            (Instruction::ReceiveStatus, _) => self.receive_status(),
            _ => UNDRIVEN,
        }
    }

    /// The next address; behind the last one comes the first.
    fn step(&mut self) {
        self.address = (self.address + 1) & ADDRESS_MASK;
    }

    /// Figure 12-8.
    fn status(&self) -> u8 {
        let flags = self.controller.read(CANINTF);
        let sending = (0..3_u8).fold(0, |status, number| {
            let asked = u8::from(self.controller.is_asked(number.into()));
            let done = u8::from(flags & TX0IF << number != 0);
            status | asked << (2 + 2 * number) | done << (3 + 2 * number)
        });
        sending | flags & (RX0IF | RX1IF)
    }

    /// Figure 12-9: of both buffers the first is told.
    fn receive_status(&self) -> u8 {
        let flags = self.controller.read(CANINTF) & (RX0IF | RX1IF);
        let (control, filter) = match (flags & RX0IF != 0, flags) {
            (_, 0) => return 0,
            (true, _) => (RECEIVE[0], self.controller.read(RECEIVE[0]) & 1),
            (false, _) => match self.controller.read(RECEIVE[1]) & 7 {
                // Rolled over from the first buffer.
                filter @ 0..=1 => (RECEIVE[1], 6 + filter),
                filter => (RECEIVE[1], filter),
            },
        };
        let is_extended = self.controller.read(control + 2) & IDE != 0;
        let is_remote = self.controller.read(control) & RXRTR != 0;
        flags << 6 | u8::from(is_extended) << 4 | u8::from(is_remote) << 3 | filter
    }

    /// Bytes that an instruction needs behind the first.
    fn missing(&self, instruction: Instruction) -> Option<&'static str> {
        let (name, needed) = match instruction {
            Instruction::Read => ("READ", 1),
            Instruction::Write => ("WRITE", 2),
            Instruction::BitModify => ("BIT MODIFY", 3),
            _ => return None,
        };
        (self.position < needed).then_some(name)
    }
}

/// The output while nothing is told.
const UNDRIVEN: u8 = 0xff;

impl SpiDevice for Mcp2515 {
    fn select(&mut self, _at_ns: u64) {
        self.instruction = None;
    }

    fn exchange(&mut self, at_ns: u64, byte: u8) -> u8 {
        match self.instruction {
            None => {
                self.begin(at_ns, byte);
                UNDRIVEN
            }
            Some(instruction) => self.go_on(at_ns, instruction, byte),
        }
    }

    fn deselect(&mut self, at_ns: u64) {
        let Some(instruction) = self.instruction.take() else {
            return;
        };
        if let Some(name) = self.missing(instruction) {
            let text = format!("chip select rose within the instruction {name}");
            self.controller.misuse.push(text);
        }
        match instruction {
            Instruction::ReadReceiveBuffer(number) => self.controller.clear_flags(RX0IF << number),
            Instruction::RequestToSend(buffers) => (0..3)
                .filter(|number| buffers >> number & 1 != 0)
                .for_each(|number| self.controller.request(at_ns, number)),
            _ => {}
        }
    }

    fn set_stimulus(&mut self, at_ns: u64, stimulus: usize, value: f64) {
        if stimulus == 0 {
            self.controller.oscillator_mhz = value;
            self.controller.retime(at_ns);
        }
    }

    fn stimulus(&self, stimulus: usize) -> Option<f64> {
        (stimulus == 0).then_some(self.controller.oscillator_mhz)
    }

    fn registers(&self, _at_ns: u64) -> Vec<Register> {
        let shown = SHOWN.iter().map(|(name, address)| Register {
            name,
            value: self.controller.read(*address).into(),
        });
        shown.collect()
    }

    fn take_misuse(&mut self) -> Vec<String> {
        std::mem::take(&mut self.controller.misuse)
    }

    fn can_node(&mut self) -> Option<&mut dyn CanNode> {
        Some(self)
    }
}

impl CanNode for Mcp2515 {
    fn join(&mut self, bitrate_bps: u32) {
        self.controller.bus_bps = Some(bitrate_bps);
    }

    fn take_orders(&mut self) -> Vec<(u64, NodeOrder)> {
        std::mem::take(&mut self.controller.orders)
    }

    fn wake(&mut self, at_ns: u64) {
        self.controller.return_due(at_ns);
    }

    fn received(&mut self, _at_ns: u64, frame: &Frame) {
        self.controller.accept(frame);
    }

    fn sent(&mut self, at_ns: u64, token: u64) {
        self.controller.sent(at_ns, Controller::numbered(token));
    }

    fn withdrawn(&mut self, at_ns: u64, token: u64) {
        self.controller.given_up(at_ns, Controller::numbered(token));
    }

    fn set_back(&mut self, at_ns: u64, token: u64, cause: SetbackCause, is_given_up: bool) {
        let number = Controller::numbered(token);
        let flag = match cause {
            SetbackCause::ArbitrationLost { .. } => MLOA,
            SetbackCause::Error(_) => TXERR,
        };
        self.controller.note_setback(number, flag);
        if is_given_up {
            self.controller.given_up(at_ns, number);
        }
    }

    fn disturbed(&mut self, _at_ns: u64) {
        self.controller.disturbed();
    }

    fn observe(&mut self, at_ns: u64, status: NodeStatus) {
        self.controller.observe(at_ns, status);
    }

    fn is_interrupting(&self) -> bool {
        self.controller.is_interrupting()
    }
}

#[cfg(test)]
mod tests;

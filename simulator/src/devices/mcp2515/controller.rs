//! The controller in an MCP2515: its modes, what waits to be sent and what has come, flags. Knows
//! nothing of SPI.
//!
//! Source: DS20001801, sections 3.0 (transmission), 4.0 (reception), 6.0 and 7.0 (errors and
//! interrupts), 10.0 (modes).

use super::{
    buffers::{self, Acceptance, Buffer},
    registers::*,
    timing::BitTiming,
};
use crate::{
    can::{Attempts, ErrorState, Frame, Mode, bits},
    devices::can_node::{NodeOrder, NodeStatus},
};

/// See the file's head.
pub(super) struct Controller {
    registers: [u8; REGISTERS],
    operation: Operation,
    pub(super) oscillator_mhz: f64,
    /// Of the bus that it is on.
    pub(super) bus_bps: Option<u32>,
    /// Transmit buffers whose frame shall not go out any more.
    aborted: [bool; 3],
    /// In loopback mode: when which transmit buffer comes back.
    returning: Vec<(u64, usize)>,
    pub(super) orders: Vec<(u64, NodeOrder)>,
    pub(super) misuse: Vec<String>,
}

impl Controller {
    pub(super) fn new(oscillator_mhz: f64) -> Controller {
        let mut made = Controller {
            registers: [0; REGISTERS],
            operation: Operation::Configuration,
            oscillator_mhz,
            bus_bps: None,
            aborted: [false; 3],
            returning: Vec::new(),
            orders: Vec::new(),
            misuse: Vec::new(),
        };
        made.set(CANCTRL, CANCTRL_RESET);
        made
    }

    /// As after power-up; the frame that is on the bus ends without it.
    pub(super) fn reset(&mut self, at_ns: u64) {
        self.registers = [0; REGISTERS];
        self.set(CANCTRL, CANCTRL_RESET);
        self.operation = Operation::Configuration;
        self.aborted = [false; 3];
        self.returning.clear();
        self.order(at_ns, NodeOrder::Reset);
        self.order(at_ns, NodeOrder::Mode(Mode::Off));
    }

    /// CANSTAT and CANCTRL stand in every row.
    pub(super) fn read(&self, address: u8) -> u8 {
        match address & 0x0f {
            CANSTAT => (self.operation as u8) << MODE_SHIFT | self.interrupt_code() << 1,
            CANCTRL => self.get(CANCTRL),
            _ => self.get(address),
        }
    }

    /// Those bits of the mask that the register lets be written.
    pub(super) fn write(&mut self, at_ns: u64, address: u8, value: u8, mask: u8) {
        if address & 0x0f == CANCTRL {
            let kept = self.get(CANCTRL) & !mask;
            return self.control(at_ns, kept | value & mask);
        }
        let allowed = match access(address) {
            Access::Always(bits) => bits,
            Access::Configuration(bits) => {
                if self.operation != Operation::Configuration {
                    return self.misused(format!(
                        "register {address:#04x} is written outside of configuration mode, which changes nothing"
                    ));
                }
                bits
            }
            Access::Buffer(bits, number) => {
                if self.is_asked(number) {
                    return self.misused(format!(
                        "TXB{number} is written while its frame waits, which changes nothing"
                    ));
                }
                bits
            }
            Access::Never => return,
        };
        let before = self.get(address);
        let mask = mask & allowed;
        let now = before & !mask | value & mask;
        let transmit = TRANSMIT.iter().position(|control| *control == address);
        match transmit {
            Some(number) => self.write_request(at_ns, number, now),
            None => self.set(address, now),
        }
        if address == RECEIVE[0] {
            let copy = if now & BUKT != 0 { BUKT1 } else { 0 };
            self.set(address, now & !BUKT1 | copy);
        }
        if address == CANINTF && now & WAKIF != 0 && self.operation == Operation::Sleep {
            self.wake_up(at_ns);
        }
        self.keep_error_flag();
    }

    /// The instruction RTS, or TXREQ.
    pub(super) fn request(&mut self, at_ns: u64, number: usize) {
        let Some(control) = TRANSMIT.get(number).copied() else {
            return;
        };
        if self.is_asked(number) {
            return;
        }
        let kept = self.get(control) & TXP;
        self.set(control, kept | TXREQ);
        self.send(at_ns, number);
    }

    pub(super) fn clear_flags(&mut self, flags: u8) {
        self.set(CANINTF, self.get(CANINTF) & !flags);
    }

    pub(super) fn is_interrupting(&self) -> bool {
        self.get(CANINTE) & self.get(CANINTF) != 0
    }

    pub(super) fn is_asked(&self, number: usize) -> bool {
        let control = TRANSMIT.get(number).copied();
        control.is_some_and(|control| self.get(control) & TXREQ != 0)
    }

    /// The oscillator, or the bus, is another one now.
    pub(super) fn retime(&mut self, at_ns: u64) {
        let mode = self.bus_mode();
        self.order(at_ns, NodeOrder::Mode(mode));
    }

    /// A frame has come, over the bus or back from itself.
    pub(super) fn accept(&mut self, frame: &Frame) {
        let buffer = buffers::received(frame);
        if let Some(filter) = self.hit(&buffer, 0) {
            let rolls_over = self.get(RECEIVE[0]) & BUKT != 0;
            match (self.get(CANINTF) & RX0IF, rolls_over) {
                (0, _) => self.keep(0, frame, &buffer, filter),
                (_, false) => self.raise(RX0OVR),
                // The filter is told as it is, 0 or 1.
                (_, true) => self.keep_second(frame, &buffer, filter),
            }
        } else if let Some(filter) = self.hit(&buffer, 1) {
            self.keep_second(frame, &buffer, filter);
        }
    }

    /// The frame of a transmit buffer is out.
    pub(super) fn sent(&mut self, at_ns: u64, number: usize) {
        // After a reset nobody asks any more.
        if !self.is_asked(number) {
            return;
        }
        self.release(number, 0);
        self.set(CANINTF, self.get(CANINTF) | TX0IF << number);
        self.turn(at_ns);
    }

    /// The frame of a transmit buffer will not go out; it was aborted, or had one attempt.
    pub(super) fn given_up(&mut self, at_ns: u64, number: usize) {
        if !self.is_asked(number) {
            return;
        }
        let aborted = self.aborted.get(number).copied().unwrap_or(false);
        self.release(number, if aborted { ABTF } else { 0 });
        self.turn(at_ns);
    }

    pub(super) fn note_setback(&mut self, number: usize, flag: u8) {
        if let Some(control) = TRANSMIT.get(number) {
            self.set(*control, self.get(*control) | flag);
        }
    }

    /// An error frame was on the bus.
    pub(super) fn disturbed(&mut self) {
        if matches!(self.operation, Operation::Normal | Operation::ListenOnly) {
            self.set(CANINTF, self.get(CANINTF) | MERRF);
        }
    }

    /// Something was on the bus: error counters, and who sleeps lightly wakes.
    pub(super) fn observe(&mut self, at_ns: u64, status: NodeStatus) {
        if self.operation == Operation::Sleep && self.get(CANINTE) & WAKIF != 0 {
            self.set(CANINTF, self.get(CANINTF) | WAKIF);
            self.wake_up(at_ns);
        }
        if self.operation != Operation::Normal {
            return;
        }
        let (tec, rec) = (status.transmit_errors, status.receive_errors);
        self.set(TEC, tec.min(255) as u8);
        self.set(REC, rec.min(255) as u8);
        let bit = |is_so: bool, bit: u8| if is_so { bit } else { 0 };
        let is_bus_off = status.state == ErrorState::BusOff;
        let errors = bit(is_bus_off, TXBO)
            | bit(tec > 127, TXEP)
            | bit(rec > 127, RXEP)
            | bit(tec >= 96, TXWAR)
            | bit(rec >= 96, RXWAR)
            | bit(tec >= 96 || rec >= 96, EWARN);
        let before = self.get(EFLG);
        self.set(EFLG, before & (RX0OVR | RX1OVR) | errors);
        if errors & !before != 0 {
            self.set(CANINTF, self.get(CANINTF) | ERRIF);
        }
    }

    /// Frames of loopback mode that have come back.
    pub(super) fn return_due(&mut self, at_ns: u64) {
        let is_due = |(due_ns, _): &(u64, usize)| *due_ns <= at_ns;
        let due: Vec<_> = self.returning.iter().copied().filter(is_due).collect();
        self.returning.retain(|one| !is_due(one));
        for (due_ns, number) in due {
            if let Some(frame) = self.frame(number) {
                self.sent(due_ns, number);
                self.accept(&frame);
            }
        }
    }

    /// The number of a transmit buffer in its token: the highest priority first, of equal ones the
    /// highest buffer.
    pub(super) fn numbered(token: u64) -> usize {
        2_usize.saturating_sub((token & 3) as usize)
    }

    fn token(&self, number: usize) -> u64 {
        let control = TRANSMIT.get(number).map_or(0, |one| self.get(*one));
        u64::from(3 - (control & TXP)) << 2 | 2_u64.saturating_sub(number as u64)
    }

    fn control(&mut self, at_ns: u64, value: u8) {
        self.set(CANCTRL, value);
        if value & ABAT != 0 {
            (0..TRANSMIT.len()).for_each(|number| self.abort(at_ns, number));
        }
        if Operation::numbered(value >> MODE_SHIFT).is_none() {
            let asked = value >> MODE_SHIFT;
            self.misused(format!("CANCTRL asks for mode {asked}, which there is not"));
        }
        // Only what wakes it up ends its sleep.
        if self.operation != Operation::Sleep {
            self.turn(at_ns);
        }
    }

    /// TXBnCTRL gets a value: a request is made, or taken back.
    fn write_request(&mut self, at_ns: u64, number: usize, value: u8) {
        let Some(control) = TRANSMIT.get(number).copied() else {
            return;
        };
        match (self.is_asked(number), value & TXREQ != 0) {
            (false, true) => {
                self.set(control, value & TXP);
                self.request(at_ns, number);
            }
            (true, false) => self.abort(at_ns, number),
            // The priority of a frame that waits stays what it was.
            (true, true) => {}
            (false, false) => self.set(control, value),
        }
    }

    fn send(&mut self, at_ns: u64, number: usize) {
        let Some(frame) = self.frame(number) else {
            return;
        };
        match self.operation {
            Operation::Normal => {
                let attempts = match self.get(CANCTRL) & OSM {
                    0 => Attempts::UntilSent,
                    _ => Attempts::Once,
                };
                let token = self.token(number);
                let send = NodeOrder::Send {
                    token,
                    frame,
                    attempts,
                };
                self.order(at_ns, send);
            }
            Operation::Loopback => {
                let before_ns = self.returning.iter().map(|(due_ns, _)| *due_ns).max();
                let bits = bits::BitSequence::of(&frame).length();
                let lasts_ns = bits::duration_ns(bits, self.own_bps());
                let due_ns = at_ns.max(before_ns.unwrap_or(0)) + lasts_ns;
                self.returning.push((due_ns, number));
                self.order(due_ns, NodeOrder::Wake);
            }
            Operation::Sleep | Operation::ListenOnly | Operation::Configuration => {}
        }
    }

    fn abort(&mut self, at_ns: u64, number: usize) {
        if !self.is_asked(number) {
            return;
        }
        if let Some(aborted) = self.aborted.get_mut(number) {
            *aborted = true;
        }
        match (self.operation, self.bus_bps) {
            (Operation::Normal, Some(_)) => {
                let token = self.token(number);
                self.order(at_ns, NodeOrder::GiveUp { token });
            }
            _ => {
                self.returning.retain(|(_, other)| *other != number);
                self.given_up(at_ns, number);
            }
        }
    }

    /// TXREQ is clear again.
    fn release(&mut self, number: usize, flags: u8) {
        if let Some(control) = TRANSMIT.get(number) {
            self.set(*control, self.get(*control) & !TXREQ | flags);
        }
        if let Some(aborted) = self.aborted.get_mut(number) {
            *aborted = false;
        }
    }

    /// To the mode that was asked for, once nothing waits to be sent.
    fn turn(&mut self, at_ns: u64) {
        let asked = Operation::numbered(self.get(CANCTRL) >> MODE_SHIFT);
        let Some(asked) = asked.filter(|asked| *asked != self.operation) else {
            return;
        };
        let is_sending = matches!(self.operation, Operation::Normal | Operation::Loopback);
        if is_sending && (0..TRANSMIT.len()).any(|number| self.is_asked(number)) {
            return;
        }
        self.enter(at_ns, asked);
    }

    fn wake_up(&mut self, at_ns: u64) {
        let kept = self.get(CANCTRL) & !(7 << MODE_SHIFT);
        self.set(CANCTRL, kept | (Operation::ListenOnly as u8) << MODE_SHIFT);
        self.enter(at_ns, Operation::ListenOnly);
    }

    fn enter(&mut self, at_ns: u64, operation: Operation) {
        if self.operation == Operation::Configuration
            && let Some(rule) = self.timing().broken_rule()
        {
            self.misused(format!("CNF1 to CNF3 give no bit timing: {rule}"));
        }
        self.operation = operation;
        if operation == Operation::ListenOnly {
            self.order(at_ns, NodeOrder::Reset);
            self.set(TEC, 0);
            self.set(REC, 0);
        }
        let mode = self.bus_mode();
        self.order(at_ns, NodeOrder::Mode(mode));
        for number in 0..TRANSMIT.len() {
            if self.is_asked(number) {
                self.send(at_ns, number);
            }
        }
    }

    /// How it takes part on the bus.
    fn bus_mode(&self) -> Mode {
        let own_bps = self.own_bps();
        let keeps_step = |bus_bps| self.timing().keeps_step(own_bps, bus_bps);
        let fits = self.bus_bps.is_some_and(keeps_step);
        match (self.operation, fits) {
            (Operation::Normal, true) => Mode::Normal,
            (Operation::Normal, false) => Mode::Mistimed {
                bitrate_bps: own_bps,
            },
            (Operation::ListenOnly, true) => Mode::ListenOnly,
            _ => Mode::Off,
        }
    }

    fn timing(&self) -> BitTiming {
        BitTiming::of(self.get(CNF1), self.get(CNF2), self.get(CNF3))
    }

    fn own_bps(&self) -> u32 {
        self.timing().bitrate_bps(self.oscillator_mhz * 1e6)
    }

    fn frame(&self, number: usize) -> Option<Frame> {
        let first = usize::from(*TRANSMIT.get(number)?) + 1;
        let bytes = self.registers.get(first..)?.first_chunk::<13>()?;
        buffers::frame(bytes)
    }

    /// The filter of a receive buffer that lets the frame pass.
    fn hit(&self, buffer: &Buffer, number: usize) -> Option<u8> {
        let acceptance = Acceptance::of(self.get(*RECEIVE.get(number)?) >> RXM_SHIFT);
        let mask = self.four(*MASKS.get(number)?);
        let filters = FILTERS.iter().zip(0..);
        let own = filters.filter(|(_, filter)| (*filter < 2) == (number == 0));
        let mut own = own.map(|(first, filter)| (self.four(*first), filter));
        own.find(|(bits, _)| buffers::passes(buffer, *bits, mask, acceptance))
            .map(|(_, filter)| filter)
    }

    fn four(&self, first: u8) -> [u8; 4] {
        let registers = self.registers.get(usize::from(first)..);
        let found = registers.and_then(|from| from.first_chunk::<4>());
        found.copied().unwrap_or_default()
    }

    fn keep_second(&mut self, frame: &Frame, buffer: &Buffer, filter: u8) {
        match self.get(CANINTF) & RX1IF {
            0 => self.keep(1, frame, buffer, filter),
            _ => self.raise(RX1OVR),
        }
    }

    fn keep(&mut self, number: usize, frame: &Frame, buffer: &Buffer, filter: u8) {
        let Some(control) = RECEIVE.get(number).copied() else {
            return;
        };
        let remote = if frame.is_remote() { RXRTR } else { 0 };
        // RXB0CTRL has one bit of it.
        let (kept, hit) = match number {
            0 => (RXM | BUKT | BUKT1, filter & 1),
            _ => (RXM, filter),
        };
        self.set(control, self.get(control) & kept | remote | hit);
        for (offset, byte) in buffer.iter().enumerate() {
            self.set(control + 1 + offset as u8, *byte);
        }
        self.set(CANINTF, self.get(CANINTF) | RX0IF << number);
    }

    fn raise(&mut self, overflow: u8) {
        self.set(EFLG, self.get(EFLG) | overflow);
        self.keep_error_flag();
    }

    /// Section 7.7: a flag stays as long as its condition does.
    fn keep_error_flag(&mut self) {
        if self.get(EFLG) & !EWARN != 0 {
            self.set(CANINTF, self.get(CANINTF) | ERRIF);
        }
    }

    /// ICOD, table 7-1: the first of those that are enabled and pending.
    fn interrupt_code(&self) -> u8 {
        let pending = self.get(CANINTE) & self.get(CANINTF);
        let codes = [ERRIF, WAKIF, TX0IF, TX0IF << 1, TX0IF << 2, RX0IF, RX1IF];
        let first = codes
            .iter()
            .zip(1..)
            .find(|(flag, _)| pending & **flag != 0);
        first.map_or(0, |(_, code)| code)
    }

    fn order(&mut self, at_ns: u64, order: NodeOrder) {
        self.orders.push((at_ns, order));
    }

    fn misused(&mut self, text: String) {
        // One line for a transaction of many bytes.
        if self.misuse.last() != Some(&text) {
            self.misuse.push(text);
        }
    }

    fn get(&self, address: u8) -> u8 {
        let register = self.registers.get(usize::from(address));
        register.copied().unwrap_or_default()
    }

    fn set(&mut self, address: u8, value: u8) {
        if let Some(register) = self.registers.get_mut(usize::from(address)) {
            *register = value;
        }
    }
}

//! One bxCAN controller: initialisation, sending from three mailboxes, receiving, error state.
//! Knows no pins, no clock and no interrupts' numbers; who calls from a handler and who from the
//! loop is the board's matter.

use stm32f4::stm32f469::can1::RegisterBlock;

use super::{
    filter::{BANKS, Bank},
    mailbox::{Mailbox, NoFrame, REQUEST},
    queue::Waiting,
    timing::BitTiming,
};
use crate::wait;

/// Polls until the controller must have entered or left initialisation: that takes 11 recessive
/// bits, 2.2 ms at 5 kbit/s.
const TIMES_OUT: u32 = 1_000_000;

/// CAN_MCR.
mod mcr {
    pub(super) const INRQ: u32 = 1 << 0;
    /// Comes back from bus-off by itself. Not set are NART (so a frame is sent until it is
    /// acknowledged) and TXFP (so frames leave by their identifiers, not in the order of requests).
    pub(super) const ABOM: u32 = 1 << 6;
}
/// CAN_IER: a mailbox is empty; FIFO 0 has a message; error state, by warning, passive, bus-off.
mod ier {
    pub(super) const TMEIE: u32 = 1 << 0;
    pub(super) const FMPIE0: u32 = 1 << 1;
    pub(super) const EWGIE: u32 = 1 << 8;
    pub(super) const EPVIE: u32 = 1 << 9;
    pub(super) const BOFIE: u32 = 1 << 10;
    pub(super) const ERRIE: u32 = 1 << 15;
}
/// CAN_TSR, of mailbox 0; that of the others is 8 and 16 bits higher, but for TME.
mod tsr {
    pub(super) const RQCP: u32 = 1 << 0;
    pub(super) const TXOK: u32 = 1 << 1;
    pub(super) const ABRQ: u32 = 1 << 7;
    pub(super) const TME: u32 = 1 << 26;
}
/// CAN_RF0R.
mod rfr {
    pub(super) const FMP: u32 = 3;
    pub(super) const FOVR: u32 = 1 << 4;
    pub(super) const RFOM: u32 = 1 << 5;
}
/// CAN_ESR and CAN_MSR.
mod esr {
    pub(super) const EPVF: u32 = 1 << 1;
    pub(super) const BOFF: u32 = 1 << 2;
    pub(super) const LEC_SHIFT: u32 = 4;
    /// What software writes into LEC, so that the next error shows.
    pub(super) const LEC_SEEN: u32 = 7;
    pub(super) const TEC_SHIFT: u32 = 16;
    pub(super) const REC_SHIFT: u32 = 24;
    pub(super) const MSR_ERRI: u32 = 1 << 2;
}
const FMR_FINIT: u32 = 1 << 0;
/// Messages that a FIFO holds.
const FIFO_MESSAGES: usize = 3;
/// Polls until the controller has released a message: that takes a few of its clocks.
const RELEASES_WITHIN: u32 = 100;

/// How the start of a controller went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Started {
    /// It takes part in the bus.
    Yes,
    /// It is not clocked, or the bus is dominant all the time: it does not leave initialisation.
    Stuck,
}

/// What became of a frame that was in a mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finished {
    /// Acknowledged on the bus.
    Sent(u64),
    /// Withdrawn before it was sent.
    Withdrawn(u64),
}

/// Fault confinement (ISO 11898-1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorState {
    Active,
    Passive,
    BusOff,
}

/// CAN_ESR in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Status {
    pub state: ErrorState,
    /// TEC.
    pub transmit_errors: u8,
    /// REC.
    pub receive_errors: u8,
}

/// One controller, and what its mailboxes hold.
#[derive(Debug)]
pub struct Controller {
    registers: &'static RegisterBlock,
    held: [Option<Waiting>; 3],
}

/// Divides the banks that both controllers share; `first` is CAN1, which has the registers.
pub fn split_banks(first: &RegisterBlock, of_first: usize) {
    let start = (of_first.min(BANKS) as u32) << 8;
    // SAFETY: a number of a bank and the bit of initialisation.
    first
        .fmr()
        .write(|fmr| unsafe { fmr.bits(FMR_RESET | start | FMR_FINIT) });
    first
        .fmr()
        .write(|fmr| unsafe { fmr.bits(FMR_RESET | start) });
}

/// The reserved bits of CAN_FMR keep their reset value.
const FMR_RESET: u32 = 0x2a1c_0000;

impl Controller {
    /// One that is not started yet.
    pub const fn new(registers: &'static RegisterBlock) -> Controller {
        Controller {
            registers,
            held: [None; 3],
        }
    }

    /// Enters initialisation, sets the bit timing, takes part in the bus. The controller comes back
    /// from bus-off by itself after 128 times 11 recessive bits.
    pub fn start(&mut self, timing: BitTiming) -> Started {
        self.held = [None; 3];
        let registers = self.registers;
        // SAFETY, here and below: bits that the manual names.
        registers
            .mcr()
            .write(|mcr| unsafe { mcr.bits(mcr::INRQ | mcr::ABOM) });
        if !wait(TIMES_OUT, || registers.msr().read().inak().bit_is_set()) {
            return Started::Stuck;
        }
        registers
            .btr()
            .write(|btr| unsafe { btr.bits(timing.register()) });
        let enabled = ier::TMEIE | ier::FMPIE0 | ier::EWGIE | ier::EPVIE | ier::BOFIE | ier::ERRIE;
        registers.ier().write(|ier| unsafe { ier.bits(enabled) });
        registers.mcr().write(|mcr| unsafe { mcr.bits(mcr::ABOM) });
        match wait(TIMES_OUT, || registers.msr().read().inak().bit_is_clear()) {
            true => Started::Yes,
            false => Started::Stuck,
        }
    }

    /// Sets filter banks from `at` on, of `room` that belong to this controller; `first` is CAN1,
    /// which has them. All go to FIFO 0, so that frames stay in their order.
    pub fn set_filters(first: &RegisterBlock, at: usize, room: usize, banks: &[Bank]) {
        let all = (at..at + room).fold(0, |bits, number| bits | 1_u32 << number);
        first
            .fmr()
            .modify(|fmr, write| unsafe { write.bits(fmr.bits() | FMR_FINIT) });
        first
            .fa1r()
            .modify(|active, write| unsafe { write.bits(active.bits() & !all) });
        first
            .fs1r()
            .modify(|scale, write| unsafe { write.bits(scale.bits() | all) });
        first
            .ffa1r()
            .modify(|fifo, write| unsafe { write.bits(fifo.bits() & !all) });
        for (number, bank) in (at..at + room).zip(banks) {
            let bit = 1_u32 << number;
            let (mode, one, other) = match *bank {
                Bank::Mask { identifier, mask } => (0, identifier, mask),
                Bank::List(one, other) => (bit, one, other),
            };
            first
                .fm1r()
                .modify(|modes, write| unsafe { write.bits(modes.bits() & !bit | mode) });
            first.fb(number).fr1().write(|fr1| unsafe { fr1.bits(one) });
            first
                .fb(number)
                .fr2()
                .write(|fr2| unsafe { fr2.bits(other) });
            first
                .fa1r()
                .modify(|active, write| unsafe { write.bits(active.bits() | bit) });
        }
        first
            .fmr()
            .modify(|fmr, write| unsafe { write.bits(fmr.bits() & !FMR_FINIT) });
    }

    /// What the mailboxes hold.
    pub fn held(&self) -> &[Option<Waiting>] {
        &self.held
    }

    /// Whether a mailbox is free.
    pub fn has_room(&self) -> bool {
        self.free().is_some()
    }

    /// A mailbox that holds nothing and that the controller is done with.
    fn free(&self) -> Option<usize> {
        let status = self.registers.tsr().read().bits();
        let empty = |number: usize| status & tsr::TME << number != 0;
        let mut places = self.held.iter().enumerate();
        let free = places.find(|(number, held)| held.is_none() && empty(*number))?;
        Some(free.0)
    }

    /// Puts a frame into a free mailbox; false where there is none.
    pub fn send(&mut self, waiting: Waiting) -> Result<bool, NoFrame> {
        let mailbox = Mailbox::of(&waiting.frame)?;
        let Some(number) = self.free() else {
            return Ok(false);
        };
        let Some(place) = self.held.get_mut(number) else {
            return Ok(false);
        };
        *place = Some(waiting);
        let registers = self.registers.tx(number);
        // SAFETY: registers of a mailbox take any number; the request comes last.
        registers
            .tdtr()
            .write(|tdtr| unsafe { tdtr.bits(mailbox.length) });
        registers
            .tdlr()
            .write(|tdlr| unsafe { tdlr.bits(mailbox.low) });
        registers
            .tdhr()
            .write(|tdhr| unsafe { tdhr.bits(mailbox.high) });
        registers
            .tir()
            .write(|tir| unsafe { tir.bits(mailbox.identifier | REQUEST) });
        Ok(true)
    }

    /// Asks for a frame in a mailbox not to be sent; false where no mailbox holds it. What became
    /// of it [`Controller::finished`] tells.
    pub fn withdraw(&mut self, request: u64) -> bool {
        let mut held = self.held.iter().map(|held| held.map(|held| held.request));
        let Some(number) = held.position(|held| held == Some(request)) else {
            return false;
        };
        // SAFETY: ABRQ of that mailbox; zeroes change nothing in CAN_TSR.
        self.registers
            .tsr()
            .write(|tsr| unsafe { tsr.bits(tsr::ABRQ << (8 * number)) });
        true
    }

    /// The next frame that a mailbox is done with.
    pub fn finished(&mut self) -> Option<Finished> {
        let status = self.registers.tsr().read().bits();
        let done = |number: usize| status >> (8 * number) & tsr::RQCP != 0;
        let number = (0..self.held.len()).find(|number| done(*number))?;
        let sent = status >> (8 * number) & tsr::TXOK != 0;
        // SAFETY: writing RQCP clears it and what it says.
        self.registers
            .tsr()
            .write(|tsr| unsafe { tsr.bits(tsr::RQCP << (8 * number)) });
        let held = self.held.get_mut(number).and_then(Option::take)?;
        Some(match sent {
            true => Finished::Sent(held.request),
            false => Finished::Withdrawn(held.request),
        })
    }

    /// The last error on the bus, once.
    pub fn take_error(&mut self) -> Option<embedded_can::ErrorKind> {
        let esr = self.registers.esr().read().bits();
        let met = error(esr >> esr::LEC_SHIFT & 7)?;
        // SAFETY: LEC is the only field that can be written.
        let seen = esr::LEC_SEEN << esr::LEC_SHIFT;
        self.registers.esr().write(|esr| unsafe { esr.bits(seen) });
        Some(met)
    }

    /// The error state.
    pub fn status(&self) -> Status {
        let esr = self.registers.esr().read().bits();
        Status {
            state: match esr {
                esr if esr & esr::BOFF != 0 => ErrorState::BusOff,
                esr if esr & esr::EPVF != 0 => ErrorState::Passive,
                _ => ErrorState::Active,
            },
            transmit_errors: (esr >> esr::TEC_SHIFT) as u8,
            receive_errors: (esr >> esr::REC_SHIFT) as u8,
        }
    }

    /// For the handler of the receive interrupt: empties FIFO 0. True where the controller has lost
    /// a frame before.
    pub fn receive(registers: &RegisterBlock, mut take: impl FnMut(&Mailbox)) -> bool {
        let mut lost = false;
        // What comes meanwhile interrupts again.
        for _ in 0..FIFO_MESSAGES {
            let fifo = registers.rfr(0).read().bits();
            lost |= fifo & rfr::FOVR != 0;
            if fifo & rfr::FMP == 0 {
                break;
            }
            let message = registers.rx(0);
            take(&Mailbox {
                identifier: message.rir().read().bits(),
                length: message.rdtr().read().bits(),
                low: message.rdlr().read().bits(),
                high: message.rdhr().read().bits(),
            });
            // SAFETY: releases the message, and clears the overrun.
            registers
                .rfr(0)
                .write(|rfr| unsafe { rfr.bits(rfr::RFOM | rfr::FOVR) });
            wait(RELEASES_WITHIN, || {
                registers.rfr(0).read().bits() & rfr::RFOM == 0
            });
        }
        lost
    }

    /// For a handler: whether a mailbox is done with, or the error state has changed.
    pub fn has_news(registers: &RegisterBlock) -> bool {
        let done = tsr::RQCP | tsr::RQCP << 8 | tsr::RQCP << 16;
        registers.tsr().read().bits() & done != 0
            || registers.msr().read().bits() & esr::MSR_ERRI != 0
    }

    /// For the handlers of the other interrupts: no further one until something changes. What has
    /// changed [`Controller::finished`], [`Controller::status`] and [`Controller::take_error`] tell.
    pub fn quieten(registers: &RegisterBlock) {
        // SAFETY: the flag of the error interrupt is cleared by writing it.
        registers
            .msr()
            .write(|msr| unsafe { msr.bits(esr::MSR_ERRI) });
        // An empty mailbox keeps its interrupt up until `listen`.
        registers
            .ier()
            .modify(|ier, write| unsafe { write.bits(ier.bits() & !ier::TMEIE) });
    }

    /// From now on a mailbox that gets empty interrupts again.
    pub fn listen(&self) {
        self.registers
            .ier()
            .modify(|ier, write| unsafe { write.bits(ier.bits() | ier::TMEIE) });
    }
}

/// LEC, bits 6 to 4 of CAN_ESR.
fn error(code: u32) -> Option<embedded_can::ErrorKind> {
    use embedded_can::ErrorKind;
    match code {
        1 => Some(ErrorKind::Stuff),
        2 => Some(ErrorKind::Form),
        3 => Some(ErrorKind::Acknowledge),
        4 | 5 => Some(ErrorKind::Bit),
        6 => Some(ErrorKind::Crc),
        _ => None,
    }
}

#[cfg(test)]
mod tests;

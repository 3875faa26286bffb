//! The board's two CAN buses: a controller with its queue of frames that wait, and what its
//! interrupts have left. Handlers only fill rings and note that there is something.

use alloc::vec::Vec;
use core::sync::atomic::{AtomicBool, Ordering};

use ecu_host::{
    Transmission,
    board::{CanBusError, CanError, CanErrorState, CanEvent, CanStatus},
};
use firmware_core::{CanTaken, CanTold, Frame, Ring};
use stm32f4_drivers::{
    can::{
        Accept, BitTiming, Controller, ErrorState, Finished, Mailbox, Queue, Started, Waiting,
        banks, split_banks,
    },
    gpio::{Pull, Use},
    pac::{self, can1},
};

use crate::pins;

/// Frames that wait for a mailbox.
const WAITING: usize = 32;
/// Filter banks of each controller.
const BANKS: usize = 14;

/// What the handlers of one controller leave.
pub(crate) struct Heard {
    pub(crate) frames: Ring<64, Frame>,
    /// A frame was lost, in the controller or in the ring.
    lost: AtomicBool,
    /// A mailbox is done with, or the error state has changed.
    something: AtomicBool,
}

/// By the number of the bus: the board's first one is CAN2, whose pins nothing else has.
pub(crate) static HEARD: [Heard; 2] = [const {
    Heard {
        frames: Ring::new(),
        lost: AtomicBool::new(false),
        something: AtomicBool::new(false),
    }
}; 2];

fn registers(bus: usize) -> Option<&'static can1::RegisterBlock> {
    // SAFETY: the PAC says where they stand, and their clock runs.
    match bus {
        0 => Some(unsafe { &*pac::CAN2::ptr() }),
        1 => Some(unsafe { &*pac::CAN1::ptr() }),
        _ => None,
    }
}

/// For every interrupt.
pub(crate) fn interrupt() {
    for (bus, heard) in HEARD.iter().enumerate() {
        let Some(registers) = registers(bus) else {
            continue;
        };
        let lost_before = heard.frames.lost();
        let overrun = Controller::receive(registers, |mailbox: &Mailbox| {
            heard.frames.put(mailbox.frame())
        });
        if overrun || heard.frames.lost() != lost_before {
            heard.lost.store(true, Ordering::Relaxed);
        }
        if Controller::has_news(registers) {
            Controller::quieten(registers);
            heard.something.store(true, Ordering::Relaxed);
        }
    }
}

impl Heard {
    /// Whether the loop has something to look at.
    pub(crate) fn waits(&self) -> bool {
        !self.frames.is_empty() || self.something.load(Ordering::Relaxed)
    }
}

/// One bus.
pub(crate) struct Bus {
    controller: Controller,
    queue: Queue<WAITING>,
    heard: &'static Heard,
    /// Withdrawn before it had a mailbox, to be told.
    withdrawn: Vec<u64>,
    told_state: ErrorState,
}

impl Bus {
    /// Takes the pins, and part in the bus.
    pub(crate) fn start(
        number: usize,
        clock_hz: u32,
        bit_rate_hz: u32,
    ) -> Result<Bus, &'static str> {
        let (registers, heard) = registers(number)
            .zip(HEARD.get(number))
            .ok_or("the board has no such bus")?;
        let timing = BitTiming::for_rate(clock_hz, bit_rate_hz)
            .ok_or("the board's clock does not give this bit rate exactly; choose another one")?;
        let [receive, transmit] = match number {
            0 => pins::CAN_2,
            _ => pins::CAN_1,
        };
        receive.set_up(pins::CAN, Pull::Up);
        transmit.set_up(pins::CAN, Pull::None);
        // SAFETY: CAN1 has the filters of both.
        let first = unsafe { &*pac::CAN1::ptr() };
        split_banks(first, BANKS);
        let at = if number == 0 { BANKS } else { 0 };
        // What a partition wants of a bus it says at run time, and `ecu-host` looks at it.
        Controller::set_filters(first, at, BANKS, &banks(Accept::All, BANKS));
        let mut controller = Controller::new(registers);
        if controller.start(timing) == Started::Stuck {
            transmit.set_up(Use::Input, Pull::Up);
            return Err("the controller does not get onto the bus; check transceiver and wiring");
        }
        Ok(Bus {
            controller,
            queue: Queue::new(),
            heard,
            withdrawn: Vec::new(),
            told_state: ErrorState::Active,
        })
    }

    pub(crate) fn transmit(&mut self, request: u64, frame: &Frame) -> Result<CanTaken, CanError> {
        if self.controller.status().state == ErrorState::BusOff {
            return Err(CanError::BusOff);
        }
        Mailbox::of(frame).map_err(|_| CanError::Unsupported)?;
        let waiting = Waiting {
            request,
            frame: *frame,
        };
        if !self.queue.put(waiting) {
            return Err(CanError::QueueFull);
        }
        self.fill_mailboxes();
        Ok(CanTaken::Waits)
    }

    fn fill_mailboxes(&mut self) {
        while self.controller.has_room() {
            let Some(next) = self.queue.take_next(self.controller.held()) else {
                return;
            };
            // It has room, and the frame was looked at when it was taken.
            let _sent = self.controller.send(next);
        }
    }

    pub(crate) fn abort(&mut self, request: u64) {
        match self.queue.withdraw(request) {
            Some(_) => self.withdrawn.push(request),
            // A frame that is in no mailbox either has been sent, which was told.
            None => {
                let _asked = self.controller.withdraw(request);
            }
        }
    }

    /// The next thing to tell.
    pub(crate) fn told(&mut self) -> Option<CanTold> {
        self.heard.something.store(false, Ordering::Relaxed);
        if let Some(request) = self.withdrawn.pop() {
            return Some(CanTold::Done(request, Transmission::Aborted));
        }
        if let Some(finished) = self.controller.finished() {
            self.fill_mailboxes();
            return Some(match finished {
                Finished::Sent(request) => CanTold::Done(request, Transmission::Sent),
                Finished::Withdrawn(request) => CanTold::Done(request, Transmission::Aborted),
            });
        }
        self.fill_mailboxes();
        self.controller.listen();
        if self.heard.lost.swap(false, Ordering::Relaxed) {
            return Some(CanTold::Met(CanEvent::Overrun));
        }
        let state = self.controller.status().state;
        if state != self.told_state {
            self.told_state = state;
            return Some(CanTold::Met(CanEvent::ErrorState(named(state))));
        }
        let error = bus_error(self.controller.take_error()?)?;
        Some(CanTold::Met(CanEvent::BusError(error)))
    }

    pub(crate) fn status(&self) -> CanStatus {
        let status = self.controller.status();
        CanStatus {
            state: named(status.state),
            transmit_errors: u16::from(status.transmit_errors),
            receive_errors: u16::from(status.receive_errors),
        }
    }
}

fn named(state: ErrorState) -> CanErrorState {
    match state {
        ErrorState::Active => CanErrorState::ErrorActive,
        ErrorState::Passive => CanErrorState::ErrorPassive,
        ErrorState::BusOff => CanErrorState::BusOff,
    }
}

fn bus_error(kind: embedded_can::ErrorKind) -> Option<CanBusError> {
    use embedded_can::ErrorKind;
    match kind {
        ErrorKind::Bit => Some(CanBusError::Bit),
        ErrorKind::Stuff => Some(CanBusError::Stuff),
        ErrorKind::Form => Some(CanBusError::Form),
        ErrorKind::Crc => Some(CanBusError::Crc),
        ErrorKind::Acknowledge => Some(CanBusError::Acknowledge),
        _ => None,
    }
}

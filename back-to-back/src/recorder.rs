//! Writes down what passes between an ECU and its board, and what is put into the ECU. Knows
//! nothing of who does that.

use alloc::vec::Vec;
use core::cell::RefCell;

use ecu_host::{
    Completion, Confirmation, DeliverError, Ecu, PartitionId,
    board::{Board, CanError, CanEvent, CanFrame, CanStatus, I2cOperation, I2cTransfer, Record},
};

use crate::{Answer, Call, Ended, Entry, Input, Note};

/// A board with a recorder around it; while the recorder is off it costs a comparison a call.
#[derive(Debug)]
pub struct Recorder<B> {
    /// The platform.
    pub board: B,
    // Some calls of a board take it shared.
    entries: RefCell<Option<Vec<Entry>>>,
}

impl<B> Recorder<B> {
    /// Records nothing.
    pub fn off(board: B) -> Recorder<B> {
        Recorder {
            board,
            entries: RefCell::new(None),
        }
    }

    /// Records from now on; for a whole recording, before the ECU first runs.
    pub fn on(board: B) -> Recorder<B> {
        Recorder {
            board,
            entries: RefCell::new(Some(Vec::new())),
        }
    }

    /// What was recorded so far; none while it is off.
    pub fn entries(&self) -> Option<Vec<Entry>> {
        self.entries.borrow().clone()
    }

    fn note(&self, entry: impl FnOnce() -> Entry) {
        if let Some(entries) = &mut *self.entries.borrow_mut() {
            entries.push(entry());
        }
    }

    fn is_off(&self) -> bool {
        self.entries.borrow().is_none()
    }

    fn taken(
        &self,
        call: impl FnOnce() -> Call,
        taken: Result<(), CanError>,
    ) -> Result<(), CanError> {
        self.note(|| Entry::Call {
            call: call(),
            answer: Answer::Taken(taken),
        });
        taken
    }
}

/// [`Ecu::receive`], recorded.
pub fn receive<B: Board + 'static>(ecu: &mut Ecu<Recorder<B>>, at_ns: u64, frame: &CanFrame) {
    let input = || Input::Receive {
        at_ns,
        frame: frame.clone(),
    };
    put_in(ecu, input, |ecu| ecu.receive(at_ns, frame));
}

/// [`Ecu::confirm`], recorded.
pub fn confirm<B: Board + 'static>(ecu: &mut Ecu<Recorder<B>>, confirmation: Confirmation) {
    let input = || Input::Confirm(confirmation);
    put_in(ecu, input, |ecu| ecu.confirm(confirmation));
}

/// [`Ecu::can_event`], recorded.
pub fn can_event<B: Board + 'static>(
    ecu: &mut Ecu<Recorder<B>>,
    at_ns: u64,
    bus: &str,
    event: CanEvent,
) {
    let input = || Input::CanEvent {
        at_ns,
        bus: bus.into(),
        event,
    };
    put_in(ecu, input, |ecu| ecu.can_event(at_ns, bus, event));
}

/// [`Ecu::deliver`], recorded.
pub fn deliver<B: Board + 'static>(
    ecu: &mut Ecu<Recorder<B>>,
    at_ns: u64,
    (partition, element): (PartitionId, u32),
    value: &[u8],
) -> Result<(), DeliverError> {
    let input = || Input::Deliver {
        at_ns,
        partition,
        element,
        value: value.into(),
    };
    put_in(ecu, input, |ecu| {
        ecu.deliver(at_ns, partition, element, value)
    })
}

/// [`Ecu::run`], recorded.
pub fn run<B: Board + 'static>(ecu: &mut Ecu<Recorder<B>>, at_ns: u64) -> Option<Completion> {
    put_in(
        ecu,
        || Input::Run { at_ns },
        |ecu| {
            let completion = ecu.run(at_ns);
            if let Some(completion) = &completion {
                ecu.board().note(|| Entry::Ended(Ended::from(completion)));
            }
            completion
        },
    )
}

fn put_in<B: Board + 'static, R>(
    ecu: &mut Ecu<Recorder<B>>,
    input: impl FnOnce() -> Input,
    act: impl FnOnce(&mut Ecu<Recorder<B>>) -> R,
) -> R {
    if ecu.board().is_off() {
        return act(ecu);
    }
    ecu.board().note(|| Entry::Input(input()));
    let result = act(ecu);
    let next_ns = ecu.next_activation().map(|next| next.at_ns);
    ecu.board().note(|| Entry::Idle { next_ns });
    result
}

impl<B: Board> Board for Recorder<B> {
    fn now_ns(&mut self, modelled_ns: u64) -> u64 {
        self.board.now_ns(modelled_ns)
    }

    fn transmit(&mut self, at_ns: u64, request: u64, frame: &CanFrame) -> Result<(), CanError> {
        let taken = self.board.transmit(at_ns, request, frame);
        let call = || Call::Transmit {
            at_ns,
            request,
            frame: frame.clone(),
        };
        self.taken(call, taken)
    }

    fn transmit_once(
        &mut self,
        at_ns: u64,
        request: u64,
        frame: &CanFrame,
    ) -> Result<(), CanError> {
        let taken = self.board.transmit_once(at_ns, request, frame);
        let call = || Call::TransmitOnce {
            at_ns,
            request,
            frame: frame.clone(),
        };
        self.taken(call, taken)
    }

    fn abort(&mut self, at_ns: u64, bus: &str, request: u64) -> Result<(), CanError> {
        let taken = self.board.abort(at_ns, bus, request);
        let call = || Call::Abort {
            at_ns,
            bus: bus.into(),
            request,
        };
        self.taken(call, taken)
    }

    fn can_bit_rate_hz(&self, bus: &str) -> Option<u32> {
        let rate = self.board.can_bit_rate_hz(bus);
        self.note(|| Entry::Call {
            call: Call::CanBitRate { bus: bus.into() },
            answer: Answer::BitRateHz(rate),
        });
        rate
    }

    fn can_status(&self, at_ns: u64, bus: &str) -> Option<CanStatus> {
        let status = self.board.can_status(at_ns, bus);
        self.note(|| Entry::Call {
            call: Call::CanStatus {
                at_ns,
                bus: bus.into(),
            },
            answer: Answer::CanStatus(status),
        });
        status
    }

    fn has_can(&self, bus: &str) -> bool {
        let is_attached = self.board.has_can(bus);
        self.note(|| Entry::Call {
            call: Call::HasCan { bus: bus.into() },
            answer: Answer::IsAttached(is_attached),
        });
        is_attached
    }

    fn has_i2c(&self, bus: &str) -> bool {
        let is_attached = self.board.has_i2c(bus);
        self.note(|| Entry::Call {
            call: Call::HasI2c { bus: bus.into() },
            answer: Answer::IsAttached(is_attached),
        });
        is_attached
    }

    fn i2c(
        &mut self,
        at_ns: u64,
        bus: &str,
        address: u16,
        operations: &mut [I2cOperation],
    ) -> I2cTransfer {
        if self.is_off() {
            return self.board.i2c(at_ns, bus, address, operations);
        }
        let call = Call::I2c {
            at_ns,
            bus: bus.into(),
            address,
            operations: operations.to_vec(),
        };
        let transfer = self.board.i2c(at_ns, bus, address, operations);
        let answer = Answer::i2c(transfer, operations);
        self.note(|| Entry::Call { call, answer });
        transfer
    }

    fn record(&mut self, at_ns: u64, record: Record<'_>) {
        if let Some(entries) = self.entries.get_mut() {
            entries.extend(Note::of(at_ns, &record).map(Entry::Note));
        }
        self.board.record(at_ns, record);
    }

    fn random(&mut self) -> u64 {
        let number = self.board.random();
        self.note(|| Entry::Call {
            call: Call::Random,
            answer: Answer::Random(number),
        });
        number
    }
}

//! The calls of an [`Ecu`] that put something in, written down by its recorder.

use ecu_host::{
    Completion, Confirmation, DeliverError, Ecu, PartitionId,
    board::{Board, CanEvent, CanFrame},
};

use crate::{Ended, Entry, Input, Recorder};

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

//! The ECU's side: does what the tester says, one message at a time. Knows nothing of recordings.

use alloc::{format, string::ToString};

use ecu_host::{Ecu, board::Board};

use crate::{
    Ended, FromEcu, Input, LinkBoard, LinkError, Output, PROTOCOL, Port, ToEcu,
    board::partition_names,
};

/// A board whose calls go over a link: [`LinkBoard`], or one that holds it beside others, so that a
/// device with little flash has one kind of ECU for all its modes.
pub trait Linked: Board {
    /// What carries the bytes.
    type Port: Port;

    /// The link; none where the board is in another mode, which ends the test at once.
    fn link(&self) -> Option<&LinkBoard<Self::Port>>;
}

impl<P: Port> Linked for LinkBoard<P> {
    type Port = P;

    fn link(&self) -> Option<&LinkBoard<P>> {
        Some(self)
    }
}

/// Drives the ECU until the tester ends it. The ECU has its partitions and has not run.
///
/// # Errors
/// When the link fails or the tester says what it may not; the tester is told where it can be.
pub fn serve<B: Linked + 'static>(ecu: &mut Ecu<B>) -> Result<(), LinkError> {
    let served = begin(ecu).and_then(|()| turns(ecu));
    match &served {
        Ok(()) | Err(LinkError::Closed) => {}
        Err(error) => {
            let reason = error.to_string();
            // Whether or not it arrives: this end is over.
            let _told = link(ecu).and_then(|link| link.say(&FromEcu::Refused { reason }));
        }
    }
    served
}

fn link<B: Linked + 'static>(ecu: &Ecu<B>) -> Result<&LinkBoard<B::Port>, LinkError> {
    ecu.board().link().ok_or(LinkError::Closed)
}

fn begin<B: Linked + 'static>(ecu: &Ecu<B>) -> Result<(), LinkError> {
    match link(ecu)?.receive()? {
        ToEcu::Begin { protocol: PROTOCOL } => link(ecu)?.say(&FromEcu::Ready {
            protocol: PROTOCOL,
            partitions: partition_names(ecu),
        }),
        ToEcu::Begin { protocol } => Err(LinkError::Protocol {
            expected: protocol,
            found: PROTOCOL,
        }),
        other => Err(unexpected("the beginning", &other)),
    }
}

fn turns<B: Linked + 'static>(ecu: &mut Ecu<B>) -> Result<(), LinkError> {
    loop {
        let input = match link(ecu)?.receive()? {
            ToEcu::Input(input) => input,
            ToEcu::End => return Ok(()),
            other => return Err(unexpected("an input", &other)),
        };
        let ended = apply(ecu, &input);
        if let Some(error) = link(ecu)?.failed() {
            return Err(error);
        }
        let next_ns = ecu.next_activation().map(|next| next.at_ns);
        let outputs = ended.map(Output::Ended).into_iter();
        for output in outputs.chain([Output::Idle { next_ns }]) {
            link(ecu)?.say(&FromEcu::Output(output))?;
        }
    }
}

fn unexpected(expected: &'static str, found: &ToEcu) -> LinkError {
    LinkError::Unexpected {
        expected,
        found: format!("{found:?}"),
    }
}

/// Puts one input in; what ran of it, if something did.
pub(crate) fn apply<B: Board + 'static>(ecu: &mut Ecu<B>, input: &Input) -> Option<Ended> {
    match input {
        Input::Receive { at_ns, frame } => ecu.receive(*at_ns, frame),
        Input::Confirm(confirmation) => ecu.confirm(*confirmation),
        Input::CanEvent { at_ns, bus, event } => ecu.can_event(*at_ns, bus, *event),
        Input::Deliver {
            at_ns,
            partition,
            element,
            value,
        } => {
            // What is not taken shows in what follows, on both sides.
            let _taken = ecu.deliver(*at_ns, *partition, *element, value);
        }
        Input::Run { at_ns } => return ecu.run(*at_ns).as_ref().map(Ended::from),
    }
    None
}

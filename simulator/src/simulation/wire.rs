//! What happens on a CAN bus reaches the trace and the ECUs: frames, confirmations, events of
//! controllers. Knows nothing of the order of events.

use super::{
    Happened, Simulation,
    board::VirtualEcu,
    faults::DUPLICATE,
    frames::board_frame,
    world::{CanNet, RequestId},
};
use crate::{
    can::{
        BusError, BusEvent, ControllerId, ErrorState, Failed, Frame, Sent, Setback, SetbackCause,
    },
    trace::Kind,
};
use ecu_host::{
    Confirmation, Transmission,
    board::{CanBusError, CanErrorState, CanEvent},
};

impl Simulation {
    /// The ECU behind a controller, if it is one's.
    fn owner(&mut self, net: usize, controller: ControllerId) -> Option<&mut VirtualEcu> {
        let net = self.world().cans.get(net)?;
        let number = (*net.ecus.get(controller.0 as usize)?)?;
        self.ecus.get_mut(number).map(|(_, ecu)| ecu)
    }

    /// Tells who asked what became of it.
    pub(super) fn confirm(&mut self, id: RequestId, outcome: Transmission, at_ns: u64) {
        self.world_mut().forget_request(id);
        if let Some(ecu) = self.owner(id.net, id.controller) {
            let confirmation = Confirmation {
                request: id.token,
                outcome,
                at_ns,
            };
            back_to_back::confirm(ecu, confirmation);
        }
    }

    fn tell(&mut self, net: usize, controller: ControllerId, at_ns: u64, event: CanEvent) {
        let Some(bus) = self.world().cans.get(net).map(|net| net.name.clone()) else {
            return;
        };
        if let Some(ecu) = self.owner(net, controller) {
            back_to_back::can_event(ecu, at_ns, &bus, event);
        }
    }

    fn set_back(&mut self, net: usize, setback: &Setback) {
        let Setback {
            at_ns,
            controller,
            cause,
            token,
            is_given_up,
        } = *setback;
        let (event, outcome) = match cause {
            SetbackCause::ArbitrationLost { bit } => (
                CanEvent::ArbitrationLost(bit),
                Transmission::ArbitrationLost,
            ),
            SetbackCause::Error(error) => {
                let error = bus_error(error);
                (CanEvent::BusError(error), Transmission::Failed(error))
            }
        };
        // An arbitration that is not tried again is told by the confirmation alone.
        if !is_given_up || matches!(event, CanEvent::BusError(_)) {
            self.tell(net, controller, at_ns, event);
        }
        if is_given_up {
            let id = RequestId {
                net,
                controller,
                token,
            };
            self.confirm(id, outcome, at_ns);
        }
    }

    pub(super) fn end_frame(&mut self, at_ns: u64, number: usize) -> Happened {
        let mut events = Vec::new();
        let Some(net) = self.world_mut().cans.get_mut(number) else {
            return Happened::BusError;
        };
        net.bus.advance(at_ns, &mut events);
        let mut happened = Happened::BusError;
        for event in events {
            if matches!(event, BusEvent::Sent(_)) {
                happened = Happened::Frame;
            }
            self.tell_of(number, event);
        }
        self.world_mut().observe_nodes(at_ns, number);
        happened
    }

    /// The trace and the ECUs are told of what has happened on a bus.
    pub(super) fn tell_of(&mut self, number: usize, event: BusEvent) {
        self.world_mut().tell_nodes(number, &event);
        if let Some(net) = self.world_mut().cans.get_mut(number) {
            net.expected.see(net.bus.controllers(), &event);
        }
        match event {
            BusEvent::Sent(sent) => self.frame_sent(number, &sent),
            BusEvent::Failed(failed) => {
                self.frame_failed(number, &failed);
                let Failed { frame, end_ns, .. } = failed;
                self.hand_on((end_ns, number), &frame, &failed.receivers);
            }
            BusEvent::Flagged { start_ns, end_ns } => self.flagged(number, start_ns, end_ns),
            BusEvent::Setback(setback) => self.set_back(number, &setback),
            BusEvent::StateChanged {
                at_ns,
                controller,
                state,
            } => {
                self.trace_state(number, (at_ns, controller, state));
                let event = CanEvent::ErrorState(error_state(state));
                self.tell(number, controller, at_ns, event);
            }
        }
    }

    fn trace_state(
        &mut self,
        number: usize,
        (at_ns, controller, state): (u64, ControllerId, ErrorState),
    ) {
        let world = self.world_mut();
        let subjects = world.cans.get(number).map(|net| &net.controller_subjects);
        let subject = subjects.and_then(|all| all.get(controller.0 as usize));
        if let Some(subject) = subject.copied() {
            let state = state_word(state);
            world
                .trace
                .record(at_ns, Kind::State, subject, format_args!("{state}"));
        }
    }

    fn frame_sent(&mut self, number: usize, sent: &Sent) {
        let Some(world) = self.world.as_deref_mut() else {
            return;
        };
        let Some(net) = world.cans.get(number) else {
            return;
        };
        let senders = names(net, sent.senders.iter().map(|(sender, _)| *sender));
        let asked_ns = sent.senders.iter().map(|(controller, token)| {
            let id = RequestId {
                net: number,
                controller: *controller,
                token: *token,
            };
            world.asked_ns(id)
        });
        let asked_ns: Vec<Option<u64>> = asked_ns.collect();
        let Sent {
            frame,
            start_ns,
            end_ns,
            ..
        } = sent;
        world.trace.record_frame(
            *end_ns,
            net.subject,
            format_args!("{frame} {senders} {start_ns}"),
            &asked_ns,
        );
        world.duplicate(number, sent);
        self.hand_on((*end_ns, number), frame, &sent.receivers);
        let asked = sent.senders.iter().filter(|(_, token)| *token != DUPLICATE);
        for (controller, token) in asked {
            let id = RequestId {
                net: number,
                controller: *controller,
                token: *token,
            };
            self.confirm(id, Transmission::Sent, sent.end_ns);
        }
    }

    /// Receivers are given a frame, as far as no fault loses it.
    fn hand_on(
        &mut self,
        (at_ns, number): (u64, usize),
        frame: &Frame,
        receivers: &[ControllerId],
    ) {
        let Some(world) = self.world.as_deref_mut().filter(|_| !receivers.is_empty()) else {
            return;
        };
        let given = world.who_is_given((at_ns, number), frame, receivers);
        let Some(net) = world.cans.get(number) else {
            return;
        };
        let frame = board_frame(&net.name, frame);
        let ecus = given.iter();
        for receiver in ecus.filter_map(|one| *net.ecus.get(one.0 as usize)?) {
            if let Some((_, ecu)) = self.ecus.get_mut(receiver) {
                back_to_back::receive(ecu, at_ns, &frame);
            }
        }
    }

    fn flagged(&mut self, number: usize, start_ns: u64, end_ns: u64) {
        let world = self.world_mut();
        if let Some(subject) = world.cans.get(number).map(|net| net.subject) {
            let detail = format_args!("flag - - {start_ns}");
            world.trace.record(end_ns, Kind::Error, subject, detail);
        }
    }

    fn frame_failed(&mut self, number: usize, failed: &Failed) {
        let world = self.world_mut();
        let Some(net) = world.cans.get(number) else {
            return;
        };
        let senders = names(net, failed.senders.iter().copied());
        let Failed {
            kind,
            frame,
            start_ns,
            end_ns,
            ..
        } = failed;
        let kind = match kind {
            BusError::Bit => "bit",
            BusError::Acknowledge => "acknowledge",
        };
        world.trace.record(
            *end_ns,
            Kind::Error,
            net.subject,
            format_args!("{kind} {frame} {senders} {start_ns}"),
        );
    }
}

fn names(net: &CanNet, controllers: impl Iterator<Item = ControllerId>) -> String {
    let names: Vec<&str> = controllers
        .filter_map(|controller| net.bus.controller(controller))
        .map(|controller| controller.name())
        .collect();
    names.join("+")
}

fn state_word(state: ErrorState) -> &'static str {
    match state {
        ErrorState::ErrorActive => "error-active",
        ErrorState::ErrorPassive => "error-passive",
        ErrorState::BusOff => "bus-off",
    }
}

pub(super) fn error_state(state: ErrorState) -> CanErrorState {
    match state {
        ErrorState::ErrorActive => CanErrorState::ErrorActive,
        ErrorState::ErrorPassive => CanErrorState::ErrorPassive,
        ErrorState::BusOff => CanErrorState::BusOff,
    }
}

fn bus_error(error: BusError) -> CanBusError {
    match error {
        BusError::Bit => CanBusError::Bit,
        BusError::Acknowledge => CanBusError::Acknowledge,
    }
}

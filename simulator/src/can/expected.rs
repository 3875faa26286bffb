//! What the error counters of a bus's controllers should be by what was seen on the wire: the rules of
//! fault confinement once more, beside the controllers' own code. Knows nothing of queues and bits.
//!
//! It holds for buses whose controllers know the same frames.
//!
//! Source: ISO 11898-1, "Fault confinement", rules a to h.

use super::{
    bus::ControllerId,
    controller::{Controller, ErrorState, Mode},
    event::{BusError, BusEvent, Failed},
    setback::SetbackCause,
};
use std::collections::BTreeMap;

/// Counters of one controller.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counters {
    /// TEC.
    pub transmit_errors: u32,
    /// REC.
    pub receive_errors: u32,
}

impl Counters {
    fn is_passive(self) -> bool {
        self.transmit_errors > 127 || self.receive_errors > 127
    }

    fn receive(&mut self) {
        self.receive_errors = match self.receive_errors {
            0 => 0,
            1..=127 => self.receive_errors - 1,
            _ => 119,
        };
    }

    fn miss(&mut self) {
        self.receive_errors = (self.receive_errors + 1).min(255);
    }
}

/// Counters of all controllers of a bus.
#[derive(Debug, Clone, Default)]
pub struct Expected {
    /// By controller.
    nodes: Vec<Counters>,
    /// Who was error active when it was switched off last, and when, in nanoseconds.
    switched_off: BTreeMap<u32, u64>,
    /// The last error was an acknowledgement that was missing, and nobody flagged it but the sender.
    is_silent: bool,
}

impl Expected {
    pub fn of(&self, controller: ControllerId) -> Counters {
        let counters = self.nodes.get(controller.0 as usize);
        counters.copied().unwrap_or_default()
    }

    /// Takes what the bus tells, in its order.
    pub fn see(&mut self, controllers: &[Controller], event: &BusEvent) {
        self.nodes.resize(controllers.len(), Counters::default());
        match event {
            BusEvent::Sent(sent) => {
                let senders = sent.senders.iter().map(|(sender, _)| *sender);
                self.each(senders, |one| {
                    one.transmit_errors = one.transmit_errors.saturating_sub(1);
                });
                self.each(sent.receivers.iter().copied(), Counters::receive);
            }
            BusEvent::Failed(failed) => self.fail(controllers, failed),
            BusEvent::Flagged { .. } => {
                let on = controllers.iter().enumerate();
                let on = on.filter(|(_, one)| one.state() != ErrorState::BusOff);
                self.each(on.map(|(at, _)| ControllerId(at as u32)), Counters::miss);
            }
            BusEvent::Setback(setback) => {
                let is_silent = self.is_silent;
                let is_unheard =
                    matches!(setback.cause, SetbackCause::Error(BusError::Acknowledge));
                if let SetbackCause::Error(_) = setback.cause {
                    self.each([setback.controller].into_iter(), |one| {
                        // The exception for who is alone: it stops at passive.
                        if !(is_silent && is_unheard && one.transmit_errors > 127) {
                            one.transmit_errors += 8;
                        }
                    });
                }
            }
            BusEvent::StateChanged {
                controller,
                state,
                at_ns,
            } => {
                if *state == ErrorState::BusOff && !self.of(*controller).is_passive() {
                    self.switched_off.insert(controller.0, *at_ns);
                }
                self.change([*controller].into_iter(), *state);
            }
        }
    }

    /// The controller has begun anew.
    pub fn reset(&mut self, controller: ControllerId) {
        self.each([controller].into_iter(), |one| *one = Counters::default());
    }

    fn fail(&mut self, controllers: &[Controller], failed: &Failed) {
        let flags = |one: &ControllerId| {
            let is_normal = controllers
                .get(one.0 as usize)
                .is_some_and(|one| one.settings.mode == Mode::Normal);
            // Who is switched off within a frame takes part in it to its end.
            let was_active = self.switched_off.get(&one.0);
            let was_active = was_active.is_some_and(|at_ns| *at_ns > failed.start_ns);
            is_normal && (was_active || !self.of(*one).is_passive())
        };
        self.is_silent = !failed.listeners.iter().any(flags);
        let listeners = failed.listeners.iter().copied();
        match failed.receivers.is_empty() {
            true => self.each(listeners, Counters::miss),
            false => self.each(failed.receivers.iter().copied(), Counters::receive),
        }
    }

    /// Off by its own count or by a fault; back with counters of 0.
    fn change(&mut self, nodes: impl Iterator<Item = ControllerId>, state: ErrorState) {
        self.each(nodes, |one| match state {
            ErrorState::BusOff => one.transmit_errors = one.transmit_errors.max(256),
            ErrorState::ErrorActive if one.transmit_errors > 254 => *one = Counters::default(),
            _ => {}
        });
    }

    fn each(&mut self, nodes: impl Iterator<Item = ControllerId>, act: impl Fn(&mut Counters)) {
        for node in nodes {
            self.nodes.get_mut(node.0 as usize).map(&act);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::can::{Attempts, Bus, ControllerSettings, QueueOrder};
    use proptest::prelude::*;

    fn bus(nodes: u32) -> Bus {
        let mut bus = Bus::new(500_000);
        for node in 0..nodes {
            bus.attach(ControllerSettings {
                name: format!("node{node}"),
                order: QueueOrder::Priority,
                capacity: 1_000,
                mode: Mode::Normal,
                is_flexible: false,
            });
        }
        bus
    }

    /// Runs to a time and holds both counts together after each event.
    fn run(bus: &mut Bus, expected: &mut Expected, until_ns: u64) {
        loop {
            let mut events = Vec::new();
            let is_any = bus.advance(until_ns, &mut events);
            for event in &events {
                expected.see(bus.controllers(), event);
            }
            for (at, one) in bus.controllers().iter().enumerate() {
                let real = Counters {
                    transmit_errors: one.transmit_errors(),
                    receive_errors: one.receive_errors(),
                };
                assert_eq!(expected.of(ControllerId(at as u32)), real, "{events:?}");
            }
            if !is_any {
                return;
            }
        }
    }

    /// Frames of four nodes, some with one id and other data; bits that are turned over; error flags
    /// at any time; controllers that are switched off.
    #[derive(Debug, Clone)]
    enum Act {
        Send(u32, u32, u8),
        Flip(u32),
        Flag,
        Off(u32),
    }

    fn acts() -> impl Strategy<Value = Vec<(u64, Act)>> {
        let act = prop_oneof![
            4 => (0..4_u32, 0..3_u32, any::<u8>()).prop_map(|(node, id, data)| Act::Send(node, id, data)),
            6 => (0..90_u32).prop_map(Act::Flip),
            2 => Just(Act::Flag),
            1 => (0..4_u32).prop_map(Act::Off),
        ];
        proptest::collection::vec((0..300_000_u64, act), 1..200)
    }

    proptest! {
        #[test]
        fn the_controllers_count_what_is_expected(nodes in 1..5_u32, acts in acts()) {
            let (mut bus, mut expected) = (bus(nodes), Expected::default());
            let mut now_ns = 0;
            for (after_ns, act) in acts {
                now_ns += after_ns;
                run(&mut bus, &mut expected, now_ns);
                match act {
                    Act::Send(node, id, data) => {
                        let id = crate::can::Id::standard(0x100 + id).unwrap();
                        let frame = crate::can::Frame::data(id, &[data]).unwrap();
                        let node = ControllerId(node % nodes);
                        // Who is bus-off takes none.
                        let _ = bus.request(now_ns, node, frame, 0, Attempts::UntilSent);
                    }
                    Act::Flip(bit) => bus.disturb(bit),
                    Act::Flag => bus.flag(now_ns),
                    Act::Off(node) => {
                        let mut events = Vec::new();
                        bus.switch_off(now_ns, ControllerId(node % nodes), &mut events);
                        events.iter().for_each(|event| expected.see(bus.controllers(), event));
                    }
                }
            }
            run(&mut bus, &mut expected, now_ns + 100_000_000);
        }
    }
}

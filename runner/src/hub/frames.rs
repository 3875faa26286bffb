//! Frames on the hub's buses: offered by ECUs and by nodes that are not there, withdrawn, passed on
//! and confirmed when their last bit has gone by.

use super::Run;
use crate::{
    bus::Sent,
    hub_options::{HubEvent, LoggedFrame},
    protocol::{ToEcu, WireFrame, WireOutcome},
};

/// The line of nodes that are not there: none, so that nobody is told.
const ABSENT: usize = usize::MAX;

impl Run<'_> {
    pub(super) fn offer(&mut self, (from, request): (usize, u64), ecu: String, frame: WireFrame) {
        let (bus, id) = (frame.bus.clone(), frame.id);
        let now_ns = self.clock.now_ns();
        let place = self.buses.get_mut(&bus).zip(frame.checked());
        let is_taken = place.is_some_and(|(bus, frame)| {
            let sent = Sent {
                from,
                request,
                frame,
            };
            bus.offer(now_ns, sent)
        });
        if !is_taken {
            self.confirm((from, request), WireOutcome::Aborted);
            (self.on_event)(HubEvent::Dropped { ecu, bus, id });
        }
    }

    pub(super) fn withdraw(&mut self, (from, request): (usize, u64), bus: &str) {
        // What has ended by now has been sent, also if it was not looked at yet.
        self.pass_frames(self.clock.now_ns());
        let bus = self.buses.get_mut(bus);
        if bus.is_some_and(|bus| bus.withdraw(from, request)) {
            self.confirm((from, request), WireOutcome::Aborted);
        }
    }

    fn confirm(&mut self, (line, request): (usize, u64), outcome: WireOutcome) {
        self.tell(line, &ToEcu::Confirmed { request, outcome });
    }

    /// Frames of nodes that are not there; one that the bus does not take is left out.
    pub(super) fn offer_absent(&mut self, now_ns: u64) {
        for frame in self.devices.frames(now_ns) {
            let bus = self.buses.get_mut(&frame.bus);
            let sent = Sent {
                from: ABSENT,
                request: 0,
                frame,
            };
            let (name, id) = (sent.frame.bus.clone(), sent.frame.id);
            if !bus.is_some_and(|bus| bus.offer(now_ns, sent)) {
                (self.on_event)(HubEvent::Dropped {
                    ecu: String::new(),
                    bus: name,
                    id,
                });
            }
        }
    }

    pub(super) fn pass_frames(&mut self, now_ns: u64) {
        let ended = self
            .buses
            .values_mut()
            .flat_map(|bus| std::iter::from_fn(|| bus.finish(now_ns)));
        let mut ended: Vec<_> = ended.collect();
        ended.sort_by_key(|(_, end_ns)| *end_ns);
        for (sent, at_ns) in ended {
            let message = ToEcu::Frame {
                frame: (&sent.frame).into(),
            };
            for line in (0..self.lines.len()).filter(|line| *line != sent.from) {
                self.tell(line, &message);
            }
            self.confirm((sent.from, sent.request), WireOutcome::Sent);
            let ecu = self.ecu(sent.from).unwrap_or_default();
            (self.on_event)(HubEvent::Frame(LoggedFrame {
                at_ns,
                ecu,
                frame: sent.frame,
            }));
        }
    }
}

//! Faults that frames meet: at the request (late), at their start (corrupted), at their end (lost,
//! duplicated); and error frames from nowhere. Knows nothing of receivers' insides.

use super::{FrameEffect, What};
use crate::{
    can::{Attempts, ControllerId, Frame, Sent},
    simulation::world::{FrameRequest, World},
};

/// The request of a frame that a fault sends a second time: nobody waits for its confirmation.
pub(in crate::simulation) const DUPLICATE: u64 = u64::MAX;

/// An effect on the frame, with the words of the trace.
fn on<R>(
    what: &What,
    (at, frame): (usize, &Frame),
    effect: impl Fn(FrameEffect) -> Option<(R, String)>,
) -> Option<(R, String)> {
    match what {
        What::Frame {
            net,
            id,
            effect: own,
        } if *net == at && id.is_none_or(|id| id == frame.id()) => effect(*own),
        _ => None,
    }
}

impl World {
    /// By how much a frame is asked for later.
    pub(in crate::simulation) fn delay_ns(
        &mut self,
        at_ns: u64,
        net: usize,
        frame: &Frame,
    ) -> Option<u64> {
        let late = |effect| match effect {
            FrameEffect::DelayNs(by_ns) => Some((by_ns, format!("delay {frame} {by_ns}"))),
            _ => None,
        };
        let meets = |what: &What| on(what, (net, frame), late);
        self.faults.strike(&mut self.trace, at_ns, meets)
    }

    /// A frame is about to start.
    pub(in crate::simulation) fn corrupt_next(&mut self, at_ns: u64, net: usize) {
        let Some(bus) = self.cans.get_mut(net).map(|net| &mut net.bus) else {
            return;
        };
        let Some(frame) = self.faults.is_any().then(|| bus.upcoming(at_ns)).flatten() else {
            return;
        };
        let corrupt = |effect| match effect {
            FrameEffect::Corrupt(bit) => Some((bit, format!("corrupt {frame} {bit}"))),
            _ => None,
        };
        let meets = |what: &What| on(what, (net, &frame), corrupt);
        if let Some(bit) = self.faults.strike(&mut self.trace, at_ns, meets) {
            bus.disturb(bit);
        }
    }

    /// Those of the receivers that are given the frame.
    pub(in crate::simulation) fn who_is_given(
        &mut self,
        (at_ns, net): (u64, usize),
        frame: &Frame,
        receivers: &[ControllerId],
    ) -> Vec<ControllerId> {
        let mut given = receivers.to_vec();
        let lose = |effect| match effect {
            FrameEffect::Lose(to) if to.is_none_or(|to| receivers.contains(&to)) => {
                Some((to, format!("lose {frame}")))
            }
            _ => None,
        };
        let meets = |what: &What| on(what, (net, frame), lose);
        if let Some(to) = self.faults.strike(&mut self.trace, at_ns, meets) {
            given.retain(|one| to.is_some_and(|to| to != *one));
        }
        given
    }

    /// The sender of a frame that has just ended asks for it again.
    pub(in crate::simulation) fn duplicate(&mut self, net: usize, sent: &Sent) {
        let Some((controller, token)) = sent.senders.first().copied() else {
            return;
        };
        if token == DUPLICATE {
            return;
        }
        let frame = sent.frame;
        let twice = |effect| match effect {
            FrameEffect::Duplicate => Some(((), format!("duplicate {frame}"))),
            _ => None,
        };
        let meets = |what: &What| on(what, (net, &frame), twice);
        if self
            .faults
            .strike(&mut self.trace, sent.end_ns, meets)
            .is_some()
        {
            let request = FrameRequest {
                net,
                controller,
                frame,
                token: DUPLICATE,
                attempts: Attempts::UntilSent,
            };
            self.request_now(sent.end_ns, request);
        }
    }

    pub(super) fn flag_error(&mut self, at_ns: u64, net: usize) {
        let error_frame = |what: &What| match what {
            What::ErrorFrame { net: own } if *own == net => Some(((), "error frame".to_owned())),
            _ => None,
        };
        self.faults.strike(&mut self.trace, at_ns, error_frame);
        if let Some(net) = self.cans.get_mut(net) {
            net.bus.flag(at_ns);
        }
    }
}

impl super::Faults {
    /// Whether one is active.
    fn is_any(&self) -> bool {
        self.active > 0
    }
}

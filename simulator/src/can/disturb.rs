//! What something outside does to the bits of a bus. Knows nothing of who wants it.
//!
//! Source: ISO 11898-1, "Error detection", "Error frame".

use super::{
    arbitration::End,
    bits::{BitSequence, Level, arbitration_key},
    bus::{Bus, ControllerId, OnWire, Transmission},
    controller::{Controller, ErrorState},
    event::BusEvent,
    frame::Frame,
    rates::Span,
};

/// An error flag, the flags that answer it, the delimiter.
const FLAG_BITS: u32 = 6;
const DELIMITER_BITS: u32 = 8;

impl Bus {
    /// The frame that would start at that instant.
    pub fn upcoming(&self, at_ns: u64) -> Option<Frame> {
        let contenders = self.contenders(at_ns).into_iter();
        let frames = contenders.map(|(_, frame)| frame);
        frames.min_by_key(arbitration_key)
    }

    /// Turns bit `bit` of the next frame over, as a disturbance would; a bit of the arbitration
    /// field counts as the first after it, one behind the frame as its last. Calls queue, one a frame.
    pub fn disturb(&mut self, bit: u32) {
        self.flips.push(bit);
    }

    /// A controller is bus-off from now on; a frame of its that is on the bus goes out.
    pub fn switch_off(&mut self, now_ns: u64, id: ControllerId, events: &mut Vec<BusEvent>) {
        self.now_ns = self.now_ns.max(now_ns);
        if self.current.is_none() {
            // Its recovery begins here.
            self.count_recessive_bits(now_ns);
            self.idle_ns = self.idle_ns.max(now_ns);
        }
        let before = self.states();
        self.each(&[id.0 as usize], Controller::switch_off);
        self.report_changes(now_ns, &before, events);
    }

    /// A controller as it was at the start, but for a frame of its that is on the bus.
    pub fn reset(&mut self, id: ControllerId) {
        self.each(&[id.0 as usize], Controller::reset);
    }

    /// Six dominant bits from now on. An error frame that is on the bus swallows them.
    pub fn flag(&mut self, now_ns: u64) {
        self.now_ns = self.now_ns.max(now_ns);
        match self.current.take() {
            Some(OnWire::Frame(frame)) if frame.course.end != End::BitError => {
                self.current = Some(OnWire::Frame(self.flagged(now_ns, frame)));
            }
            Some(other) => self.current = Some(other),
            None => self.flag_idle(now_ns),
        }
    }

    /// The first recessive bit from now on becomes dominant.
    fn flagged(&mut self, now_ns: u64, frame: Transmission) -> Transmission {
        let Some((_, sent)) = frame.senders.first() else {
            return frame;
        };
        let sequence = BitSequence::of(sent);
        let ends = |bit: u32| {
            let bits = bit + 1;
            frame.start_ns
                + self.rates().duration_ns(Span {
                    bits,
                    ..sequence.span()
                })
        };
        let slot = sequence.acknowledge_slot();
        let levels = (0..).zip(sequence.levels());
        let mut later = levels.skip_while(|(bit, _)| ends(*bit) <= now_ns);
        let met = later.find(|(bit, level)| **level == Level::Recessive && *bit != slot);
        let Some((bit, _)) = met else {
            return frame;
        };
        self.flips.insert(0, bit);
        let setbacks = frame.setbacks;
        Transmission {
            setbacks,
            ..self.transmission(frame.start_ns, *sent, frame.senders.clone())
        }
    }

    /// The first bit is a start of frame, the sixth a stuff error for everybody.
    fn flag_idle(&mut self, now_ns: u64) {
        self.count_recessive_bits(now_ns);
        let states = self.controllers().iter().map(|one| one.state());
        let is_answered = states.into_iter().any(|state| state != ErrorState::BusOff);
        let flags = if is_answered {
            2 * FLAG_BITS
        } else {
            FLAG_BITS
        };
        self.current = Some(OnWire::Flag {
            start_ns: now_ns,
            end_ns: now_ns + self.duration_ns(flags + DELIMITER_BITS),
        });
    }
}

#[cfg(test)]
#[path = "disturb_tests.rs"]
mod tests;

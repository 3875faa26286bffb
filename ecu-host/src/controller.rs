//! CAN controllers as drivers and gateways see them (`autosar:can`): filters, state, bounded
//! queues of received frames, confirmations and events. Knows no wire: the board is the bus.

use alloc::{collections::VecDeque, string::String, vec::Vec};

use crate::{
    HANDLES,
    board::{CanEvent, CanFrame},
    outcome::Confirmation,
};

/// Frames, confirmations and events that wait at most, of each.
const WAITING: usize = 64;

/// AUTOSAR: Can_ControllerStateType, as far as an opened controller goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Stopped,
    Started,
    Sleep,
}

/// One opened controller.
#[derive(Debug)]
pub(crate) struct Controller {
    pub(crate) bus: String,
    pub(crate) state: State,
    /// What `configure` set; none: the bus's own.
    pub(crate) timing: Option<BitTiming>,
    #[cfg(feature = "can-fd")]
    pub(crate) data_timing: Option<BitTiming>,
    pub(crate) filters: Vec<Filter>,
    received: VecDeque<Received>,
    lost: u32,
    /// Requests whose confirmation is still to come.
    requests: Vec<u64>,
    pub(crate) confirmations: VecDeque<Confirmation>,
    /// With their times.
    pub(crate) events: VecDeque<(u64, CanEvent)>,
}

/// One bit is 1 + `segment_1` + `segment_2` time quanta.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BitTiming {
    pub(crate) bit_rate_hz: u32,
    pub(crate) segment_1: u16,
    pub(crate) segment_2: u16,
    pub(crate) synchronisation_jump_width: u16,
}

impl BitTiming {
    /// 16 quanta sampled at 87.5 %, as CiA recommends: a board knows the rate of its bus only.
    pub(crate) fn at_rate(bit_rate_hz: u32) -> BitTiming {
        BitTiming {
            bit_rate_hz,
            segment_1: 13,
            segment_2: 2,
            synchronisation_jump_width: 1,
        }
    }

    /// Which rule for classic frames the timing breaks.
    pub(crate) fn broken_rule(&self) -> Option<&'static str> {
        let width = self.synchronisation_jump_width;
        if !(1..=1_000_000).contains(&self.bit_rate_hz) {
            Some("a classic bit rate is 1 to 1000000 bit/s")
        } else if self.segment_1 < 2 {
            Some("segment 1 has one quantum of propagation and one of phase at least")
        } else if self.segment_2 < 1 {
            Some("segment 2 has one quantum at least")
        } else if width < 1 || width > self.segment_2 || width >= self.segment_1 {
            Some(
                "the synchronisation jump width is 1 quantum at least, no more than a phase segment",
            )
        } else {
            None
        }
    }
}

/// A frame passes when its identifier equals this one in all bits of the mask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Filter {
    pub(crate) id: u32,
    pub(crate) extended: bool,
    pub(crate) mask: u32,
}

/// A frame with its time, and how many were lost before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Received {
    pub(crate) frame: CanFrame,
    pub(crate) at_ns: u64,
    pub(crate) lost: u32,
}

impl Controller {
    pub(crate) fn new(bus: String) -> Controller {
        Controller {
            bus,
            state: State::Stopped,
            timing: None,
            #[cfg(feature = "can-fd")]
            data_timing: None,
            filters: Vec::new(),
            received: VecDeque::new(),
            lost: 0,
            requests: Vec::new(),
            confirmations: VecDeque::new(),
            events: VecDeque::new(),
        }
    }

    /// What `configure` set for the data of CAN FD; none: the bus's own.
    pub(crate) fn data_timing(&self) -> Option<BitTiming> {
        #[cfg(feature = "can-fd")]
        return self.data_timing;
        #[cfg(not(feature = "can-fd"))]
        None
    }

    fn receive(&mut self, at_ns: u64, frame: &CanFrame) {
        let matches = |filter: &Filter| {
            filter.extended == frame.extended && (filter.id ^ frame.id) & filter.mask == 0
        };
        let passes = self.filters.is_empty() || self.filters.iter().any(matches);
        if self.state != State::Started || frame.bus != self.bus || !passes {
            return;
        }
        if self.received.len() >= WAITING {
            // One event tells of all that are lost in a row; their number comes with a frame.
            if self.lost == 0 {
                self.note(at_ns, CanEvent::Overrun);
            }
            self.lost = self.lost.saturating_add(1);
            return;
        }
        let lost = core::mem::take(&mut self.lost);
        self.received.push_back(Received {
            frame: frame.clone(),
            at_ns,
            lost,
        });
    }

    pub(crate) fn take(&mut self) -> Option<Received> {
        self.received.pop_front()
    }

    fn note(&mut self, at_ns: u64, event: CanEvent) {
        if self.events.len() >= WAITING {
            self.events.pop_front();
        }
        self.events.push_back((at_ns, event));
    }

    /// Requests whose confirmation is still to come, oldest first.
    pub(crate) fn requests(&self) -> &[u64] {
        &self.requests
    }

    /// A request was handed to the board; the oldest is forgotten when too many wait.
    pub(crate) fn requested(&mut self, request: u64) {
        if self.requests.len() >= WAITING {
            self.requests.remove(0);
        }
        self.requests.push(request);
    }

    fn confirm(&mut self, confirmation: Confirmation) -> bool {
        let waits = self
            .requests
            .iter()
            .position(|request| *request == confirmation.request);
        let Some(position) = waits else { return false };
        self.requests.remove(position);
        if self.confirmations.len() >= WAITING {
            self.confirmations.pop_front();
        }
        self.confirmations.push_back(confirmation);
        true
    }
}

/// All controllers that a partition has opened; a handle is a position.
#[derive(Debug, Default)]
pub(crate) struct Controllers {
    places: Vec<Option<Controller>>,
}

impl Controllers {
    /// A handle; none when too many are open.
    pub(crate) fn open(&mut self, bus: String) -> Option<u32> {
        let free = self
            .places
            .iter()
            .position(Option::is_none)
            .unwrap_or(self.places.len());
        let controller = Some(Controller::new(bus));
        match self.places.get_mut(free) {
            Some(place) => *place = controller,
            None if free < HANDLES => self.places.push(controller),
            None => return None,
        }
        Some(free as u32)
    }

    pub(crate) fn close(&mut self, handle: u32) {
        if let Some(place) = self.places.get_mut(handle as usize) {
            *place = None;
        }
    }

    pub(crate) fn get_mut(&mut self, handle: u32) -> Option<&mut Controller> {
        self.places.get_mut(handle as usize)?.as_mut()
    }

    pub(crate) fn receive(&mut self, at_ns: u64, frame: &CanFrame) {
        self.places
            .iter_mut()
            .flatten()
            .for_each(|controller| controller.receive(at_ns, frame));
    }

    pub(crate) fn note(&mut self, at_ns: u64, bus: &str, event: CanEvent) {
        let takes = |one: &&mut Controller| one.state == State::Started && one.bus == bus;
        let open = self.places.iter_mut().flatten();
        open.filter(takes).for_each(|one| one.note(at_ns, event));
    }

    pub(crate) fn confirm(&mut self, confirmation: Confirmation) {
        let mut open = self.places.iter_mut().flatten();
        let _known = open.any(|controller| controller.confirm(confirmation));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::Transmission;

    fn frame(id: u32) -> CanFrame {
        CanFrame {
            bus: "can0".into(),
            id,
            ..CanFrame::default()
        }
    }

    fn started(filters: &[Filter]) -> Controller {
        let mut controller = Controller::new("can0".into());
        controller.state = State::Started;
        controller.filters = filters.to_vec();
        controller
    }

    #[test]
    fn filters_compare_masked_bits_of_the_same_format() {
        let mut controller = started(&[Filter {
            id: 0x120,
            extended: false,
            mask: 0x7f0,
        }]);
        for id in [0x12f, 0x130, 0x120] {
            controller.receive(5, &frame(id));
        }
        controller.receive(
            5,
            &CanFrame {
                extended: true,
                ..frame(0x120)
            },
        );
        controller.receive(
            5,
            &CanFrame {
                bus: "can1".into(),
                ..frame(0x120)
            },
        );
        let ids: Vec<_> = core::iter::from_fn(|| controller.take())
            .map(|one| one.frame.id)
            .collect();
        assert_eq!(ids, [0x12f, 0x120]);
    }

    #[test]
    fn nothing_arrives_at_a_controller_that_does_not_run() {
        for state in [State::Stopped, State::Sleep] {
            let mut controller = started(&[]);
            controller.state = state;
            controller.receive(0, &frame(1));
            assert_eq!(controller.take(), None);
        }
    }

    #[test]
    fn lost_frames_are_told_with_the_next() {
        let mut controller = started(&[]);
        for id in 0..WAITING as u32 + 3 {
            controller.receive(0, &frame(id));
        }
        while let Some(received) = controller.take() {
            assert_eq!(received.lost, 0);
        }
        controller.receive(9, &frame(1));
        assert_eq!(
            controller.take().map(|one| (one.at_ns, one.lost)),
            Some((9, 3))
        );
    }

    #[test]
    fn events_are_bounded_and_reach_who_runs() {
        let mut controllers = Controllers::default();
        let [stopped, running, other] =
            ["can0", "can0", "can1"].map(|bus| controllers.open(bus.into()).unwrap());
        for handle in [running, other] {
            controllers.get_mut(handle).unwrap().state = State::Started;
        }
        for bit in 0..WAITING as u8 + 2 {
            controllers.note(u64::from(bit), "can0", CanEvent::ArbitrationLost(bit));
        }
        let mut events = |handle| core::mem::take(&mut controllers.get_mut(handle).unwrap().events);
        assert!(events(stopped).is_empty() && events(other).is_empty());
        let waiting = events(running);
        assert_eq!(waiting.len(), WAITING);
        assert_eq!(waiting[0], (2, CanEvent::ArbitrationLost(2)));
    }

    #[test]
    fn an_overrun_is_one_event() {
        let mut controller = started(&[]);
        for id in 0..WAITING as u32 + 3 {
            controller.receive(7, &frame(id));
        }
        assert_eq!(controller.events, [(7, CanEvent::Overrun)]);
    }

    #[test]
    fn timings_keep_the_rules() {
        let good = BitTiming::at_rate(500_000);
        assert_eq!(good.broken_rule(), None);
        let width = |width| BitTiming {
            synchronisation_jump_width: width,
            ..good
        };
        for (timing, words) in [
            (BitTiming::at_rate(0), "bit rate"),
            (BitTiming::at_rate(1_000_001), "bit rate"),
            (
                BitTiming {
                    segment_1: 1,
                    ..good
                },
                "segment 1",
            ),
            (
                BitTiming {
                    segment_2: 0,
                    ..good
                },
                "segment 2",
            ),
            (width(0), "jump width"),
            (width(3), "jump width"),
        ] {
            let rule = timing.broken_rule().unwrap();
            assert!(rule.contains(words), "{rule}");
        }
    }

    #[test]
    fn only_own_requests_are_confirmed() {
        let mut controllers = Controllers::default();
        let [first, second] = [0, 1].map(|_| controllers.open("can0".into()).unwrap());
        controllers.get_mut(second).unwrap().requested(7);
        let confirmation = |request| Confirmation {
            request,
            outcome: Transmission::Sent,
            at_ns: 3,
        };
        controllers.confirm(confirmation(8));
        controllers.confirm(confirmation(7));
        controllers.confirm(confirmation(7));
        assert!(controllers.get_mut(first).unwrap().confirmations.is_empty());
        assert_eq!(
            controllers.get_mut(second).unwrap().confirmations,
            [confirmation(7)]
        );
        controllers.close(first);
        assert!(controllers.get_mut(first).is_none());
        assert_eq!(controllers.open("can0".into()), Some(first));
    }
}

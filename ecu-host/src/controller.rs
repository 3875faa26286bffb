//! CAN controllers as drivers and gateways see them (`autosar:can`): filters, state, bounded
//! queues of received frames and confirmations. Knows no wire: the board is the bus.

use alloc::{collections::VecDeque, string::String, vec::Vec};

use crate::{HANDLES, board::CanFrame, outcome::Confirmation};

/// Frames and confirmations that wait at most.
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
    pub(crate) filters: Vec<Filter>,
    received: VecDeque<Received>,
    lost: u32,
    /// Requests whose confirmation is still to come.
    requests: Vec<u64>,
    pub(crate) confirmations: VecDeque<Confirmation>,
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
            filters: Vec::new(),
            received: VecDeque::new(),
            lost: 0,
            requests: Vec::new(),
            confirmations: VecDeque::new(),
        }
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

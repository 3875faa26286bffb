//! One CAN controller: its transmit queue, error counters and state.
//! Knows nothing of time on the bus and of other controllers.
//!
//! Source: ISO 11898-1, "Fault confinement".

use super::{bits::arbitration_key, frame::Frame};
use serde::Serialize;
use std::collections::VecDeque;

/// Above it a controller warns (it changes nothing on the bus).
pub const WARNING_ERRORS: u32 = 96;
/// Above it a controller is error passive.
pub const ACTIVE_ERRORS_MAX: u32 = 127;
/// Above it a controller is bus-off.
pub const PASSIVE_ERRORS_MAX: u32 = 255;
/// Sequences of 11 recessive bits that end bus-off.
pub const RECOVERY_SEQUENCES: u32 = 128;

/// What a controller is set to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ControllerSettings {
    pub name: String,
    pub order: QueueOrder,
    /// Frames that wait or are on the bus at most.
    pub capacity: usize,
    pub mode: Mode,
    /// Whether it knows CAN FD frames; one that does not answers them by error flags.
    pub is_flexible: bool,
}

/// Which of the waiting frames goes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QueueOrder {
    /// The one that would win arbitration; of equal ones the first.
    Priority,
    Fifo,
    /// The one with the lowest number.
    Token,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    Normal,
    /// Sends nothing: no frame, no ACK, no error flag.
    ListenOnly,
    /// It is not on the bus: sends nothing, hears nothing.
    Off,
    /// Takes part with bits of another length than the bus has.
    Mistimed {
        bitrate_bps: u32,
    },
}

/// Fault confinement state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ErrorState {
    ErrorActive,
    ErrorPassive,
    BusOff,
}

/// Why a frame is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    #[error("the transmit queue is full")]
    QueueFull,
    #[error("the controller is bus-off")]
    BusOff,
    #[error("the controller only listens")]
    ListenOnly,
    #[error("the controller is not on the bus")]
    Off,
    #[error("the controller knows classic frames only")]
    Classic,
}

/// How often a frame is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attempts {
    UntilSent,
    Once,
}

/// A frame that waits, with the sender's number for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Request {
    pub(super) frame: Frame,
    pub(super) token: u64,
    pub(super) attempts: Attempts,
}

/// See the file's head.
#[derive(Debug, Clone)]
pub struct Controller {
    pub(super) settings: ControllerSettings,
    queue: VecDeque<Request>,
    /// On the bus right now.
    in_flight: Option<Request>,
    transmit_errors: u32,
    receive_errors: u32,
    is_bus_off: bool,
    /// Of 11 recessive bits, seen since bus-off.
    pub(super) recessive_sequences: u32,
    /// Suspended until then, after a transmission in error passive state.
    pub(super) ready_ns: u64,
    arbitration_losses: u64,
}

impl Controller {
    pub(super) fn new(settings: ControllerSettings) -> Controller {
        Controller {
            settings,
            queue: VecDeque::new(),
            in_flight: None,
            transmit_errors: 0,
            receive_errors: 0,
            is_bus_off: false,
            recessive_sequences: 0,
            ready_ns: 0,
            arbitration_losses: 0,
        }
    }

    pub fn name(&self) -> &str {
        &self.settings.name
    }

    /// TEC.
    pub fn transmit_errors(&self) -> u32 {
        self.transmit_errors
    }

    /// REC.
    pub fn receive_errors(&self) -> u32 {
        self.receive_errors
    }

    /// How often another frame won.
    pub fn arbitration_losses(&self) -> u64 {
        self.arbitration_losses
    }

    /// Frames that wait or are on the bus.
    pub fn pending(&self) -> usize {
        self.queue.len() + usize::from(self.in_flight.is_some())
    }

    /// Frames that may wait or be on the bus at most.
    pub fn capacity(&self) -> usize {
        self.settings.capacity
    }

    pub fn state(&self) -> ErrorState {
        if self.is_bus_off {
            ErrorState::BusOff
        } else if self.transmit_errors.max(self.receive_errors) > ACTIVE_ERRORS_MAX {
            ErrorState::ErrorPassive
        } else {
            ErrorState::ErrorActive
        }
    }

    /// Whether a counter has reached the warning limit.
    pub fn is_warning(&self) -> bool {
        self.transmit_errors.max(self.receive_errors) >= WARNING_ERRORS
    }

    /// Whether it understands the frame.
    pub(super) fn knows(&self, frame: &Frame) -> bool {
        let is_mistimed = matches!(self.settings.mode, Mode::Mistimed { .. });
        self.can_send(frame) && !is_mistimed
    }

    fn can_send(&self, frame: &Frame) -> bool {
        self.settings.is_flexible || frame.as_flexible().is_none()
    }

    pub(super) fn push(&mut self, request: Request) -> Result<(), RequestError> {
        match self.settings.mode {
            Mode::Normal | Mode::Mistimed { .. } => {}
            Mode::ListenOnly => return Err(RequestError::ListenOnly),
            Mode::Off => return Err(RequestError::Off),
        }
        if !self.can_send(&request.frame) {
            return Err(RequestError::Classic);
        }
        // The buffers of a chip keep their frames until it is back.
        if self.is_bus_off && self.settings.order != QueueOrder::Token {
            return Err(RequestError::BusOff);
        }
        if self.pending() >= self.settings.capacity {
            return Err(RequestError::QueueFull);
        }
        self.queue.push_back(request);
        Ok(())
    }

    pub(super) fn wants_to_send(&self) -> bool {
        let is_there = matches!(self.settings.mode, Mode::Normal | Mode::Mistimed { .. });
        is_there && !self.is_bus_off && !self.queue.is_empty()
    }

    /// The frame that it sends next.
    pub(super) fn head(&self) -> Option<Frame> {
        self.head_position()
            .and_then(|position| self.queue.get(position))
            .map(|head| head.frame)
    }

    fn head_position(&self) -> Option<usize> {
        let waiting = self.queue.iter().enumerate();
        match self.settings.order {
            QueueOrder::Fifo => (!self.queue.is_empty()).then_some(0),
            QueueOrder::Priority => waiting
                .min_by_key(|(_, request)| arbitration_key(&request.frame))
                .map(|(position, _)| position),
            QueueOrder::Token => waiting
                .min_by_key(|(_, request)| request.token)
                .map(|(position, _)| position),
        }
    }

    pub(super) fn begin_sending(&mut self) {
        self.in_flight = self
            .head_position()
            .and_then(|position| self.queue.remove(position));
    }

    /// The token of the frame, and whether it is not tried again.
    pub(super) fn lose_arbitration(&mut self) -> Option<(u64, bool)> {
        self.arbitration_losses += 1;
        let position = self.head_position()?;
        let head = *self.queue.get(position)?;
        let is_given_up = head.attempts == Attempts::Once;
        if is_given_up {
            self.queue.remove(position);
        }
        Some((head.token, is_given_up))
    }

    /// Takes a frame out of the queue; false when it does not wait there.
    pub(super) fn withdraw(&mut self, token: u64) -> bool {
        let before = self.queue.len();
        self.queue.retain(|request| request.token != token);
        self.queue.len() < before
    }

    /// The frame on the bus is not tried again; only if it is that one, where one is named.
    pub(super) fn try_no_more(&mut self, token: Option<u64>) {
        let on_bus = self.in_flight.as_mut();
        if let Some(request) = on_bus.filter(|one| token.is_none_or(|token| one.token == token)) {
            request.attempts = Attempts::Once;
        }
    }

    /// The frame is out; its token.
    pub(super) fn succeed_sending(&mut self) -> Option<u64> {
        self.transmit_errors = self.transmit_errors.saturating_sub(1);
        self.in_flight.take().map(|request| request.token)
    }

    /// The frame goes back to where it came from; its token, and whether it is not tried again.
    pub(super) fn fail_sending(&mut self, error: TransmitError) -> Option<(u64, bool)> {
        let failed = self.in_flight.take();
        let is_given_up = |request: Request| request.attempts == Attempts::Once;
        if let Some(request) = failed.filter(|one| !is_given_up(*one)) {
            self.queue.push_front(request);
        }
        let stays = error == TransmitError::Acknowledge && self.transmit_errors > ACTIVE_ERRORS_MAX;
        if !stays {
            self.transmit_errors += 8;
        }
        if self.transmit_errors > PASSIVE_ERRORS_MAX {
            self.is_bus_off = true;
            self.recessive_sequences = 0;
        }
        failed.map(|request| (request.token, is_given_up(request)))
    }

    pub(super) fn succeed_receiving(&mut self) {
        self.receive_errors = match self.receive_errors {
            // Between 119 and 127, says the standard.
            errors if errors > ACTIVE_ERRORS_MAX => 119,
            errors => errors.saturating_sub(1),
        };
    }

    pub(super) fn fail_receiving(&mut self) {
        self.receive_errors = (self.receive_errors + 1).min(PASSIVE_ERRORS_MAX);
    }

    /// Others flag after its own flag: it was the first to see the error.
    pub(super) fn see_other_flags(&mut self) {
        self.receive_errors = (self.receive_errors + 8).min(PASSIVE_ERRORS_MAX);
    }

    /// Bus-off whatever its counters were; one that is off already goes on recovering.
    pub(super) fn switch_off(&mut self) {
        if self.is_bus_off {
            return;
        }
        self.transmit_errors = self.transmit_errors.max(PASSIVE_ERRORS_MAX + 1);
        self.is_bus_off = true;
        self.recessive_sequences = 0;
    }

    /// It knows nothing of what was, and has nothing to send.
    pub(super) fn reset(&mut self) {
        self.recover();
        self.queue.clear();
        self.ready_ns = 0;
    }

    pub(super) fn recover(&mut self) {
        self.is_bus_off = false;
        self.transmit_errors = 0;
        self.receive_errors = 0;
    }
}

/// What a transmitter met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TransmitError {
    Bit,
    Acknowledge,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn controller(order: QueueOrder, capacity: usize) -> Controller {
        let name = "node".to_owned();
        Controller::new(ControllerSettings {
            name,
            order,
            capacity,
            mode: Mode::Normal,
            is_flexible: false,
        })
    }

    fn push(controller: &mut Controller, text: &str, token: u64) -> Result<(), RequestError> {
        controller.push(Request {
            frame: text.parse().unwrap(),
            token,
            attempts: Attempts::UntilSent,
        })
    }

    fn drain(mut controller: Controller) -> Vec<u64> {
        std::iter::from_fn(|| {
            controller.begin_sending();
            controller.succeed_sending()
        })
        .collect()
    }

    #[test]
    fn queues_by_priority_or_in_order() {
        for (order, expected) in [
            (QueueOrder::Priority, [3, 2, 1]),
            (QueueOrder::Fifo, [3, 2, 1]),
            (QueueOrder::Token, [1, 2, 3]),
        ] {
            let mut controller = controller(order, 8);
            for (token, text) in [(3, "100#01"), (2, "100#"), (1, "300#")] {
                push(&mut controller, text, token).unwrap();
            }
            assert_eq!(drain(controller), expected);
        }
    }

    #[test]
    fn a_failed_frame_keeps_its_place() {
        let mut controller = controller(QueueOrder::Fifo, 8);
        push(&mut controller, "300#", 1).unwrap();
        push(&mut controller, "100#", 2).unwrap();
        controller.begin_sending();
        controller.fail_sending(TransmitError::Bit);
        assert_eq!(drain(controller), [1, 2]);
    }

    #[test]
    fn a_frame_of_one_attempt_does_not_come_back() {
        let mut controller = controller(QueueOrder::Fifo, 8);
        for token in [1, 2] {
            let frame = "300#".parse().unwrap();
            let attempts = Attempts::Once;
            let request = Request {
                frame,
                token,
                attempts,
            };
            controller.push(request).unwrap();
        }
        push(&mut controller, "300#", 3).unwrap();
        assert_eq!(controller.lose_arbitration(), Some((1, true)));
        controller.begin_sending();
        let failed = controller.fail_sending(TransmitError::Bit);
        assert_eq!(failed, Some((2, true)));
        assert_eq!(controller.lose_arbitration(), Some((3, false)));
        assert_eq!(drain(controller), [3]);
    }

    #[test]
    fn a_frame_on_the_bus_can_be_tried_for_the_last_time() {
        let mut controller = controller(QueueOrder::Fifo, 8);
        push(&mut controller, "300#", 1).unwrap();
        controller.begin_sending();
        controller.try_no_more(Some(2));
        controller.fail_sending(TransmitError::Bit);
        controller.begin_sending();
        controller.try_no_more(Some(1));
        let failed = controller.fail_sending(TransmitError::Bit);
        assert_eq!(failed, Some((1, true)));
        assert!(!controller.wants_to_send());
    }

    #[test]
    fn what_is_on_the_bus_is_not_withdrawn() {
        let mut controller = controller(QueueOrder::Fifo, 8);
        for token in [1, 2, 3] {
            push(&mut controller, "300#", token).unwrap();
        }
        controller.begin_sending();
        assert_eq!(
            [1, 2, 9].map(|token| controller.withdraw(token)),
            [false, true, false]
        );
        assert_eq!(controller.succeed_sending(), Some(1));
        assert_eq!(drain(controller), [3]);
    }

    #[test]
    fn a_full_queue_counts_the_frame_on_the_bus() {
        let mut controller = controller(QueueOrder::Fifo, 1);
        push(&mut controller, "300#", 1).unwrap();
        controller.begin_sending();
        let refusal = push(&mut controller, "100#", 2).unwrap_err();
        assert_eq!(refusal.to_string(), "the transmit queue is full");
    }

    #[test]
    fn thirty_two_bit_errors_end_in_bus_off() {
        let mut controller = controller(QueueOrder::Fifo, 1);
        push(&mut controller, "300#", 1).unwrap();
        let states: Vec<ErrorState> = (0..32)
            .map(|_| {
                controller.begin_sending();
                controller.fail_sending(TransmitError::Bit);
                controller.state()
            })
            .collect();
        assert_eq!(states[14], ErrorState::ErrorActive);
        assert_eq!(states[15], ErrorState::ErrorPassive);
        assert_eq!(states[30], ErrorState::ErrorPassive);
        assert_eq!(states[31], ErrorState::BusOff);
        assert_eq!(push(&mut controller, "300#", 2), Err(RequestError::BusOff));
        controller.recover();
        assert_eq!(controller.state(), ErrorState::ErrorActive);
    }

    #[test]
    fn a_receiver_goes_passive_and_comes_back_with_one_good_frame() {
        let mut controller = controller(QueueOrder::Fifo, 1);
        (0..128).for_each(|_| controller.fail_receiving());
        assert_eq!(controller.state(), ErrorState::ErrorPassive);
        controller.succeed_receiving();
        assert_eq!(
            (controller.state(), controller.receive_errors()),
            (ErrorState::ErrorActive, 119)
        );
    }

    #[test]
    fn who_only_listens_takes_no_frame() {
        let mut settings = controller(QueueOrder::Fifo, 1).settings;
        settings.mode = Mode::ListenOnly;
        let refusal = push(&mut Controller::new(settings), "300#", 1);
        assert_eq!(refusal, Err(RequestError::ListenOnly));
    }
}

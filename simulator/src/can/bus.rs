//! A CAN or CAN FD bus with its controllers in virtual time: arbitration, ACK, error frames, fault
//! confinement. A state machine that is told what time it is; knows nothing of ECUs, of what the
//! data mean, and of a queue of events beside its own.
//!
//! Times are exact to the bit: a frame starts when the bus is idle and somebody asks (there is no
//! grid of bits while it is idle), ends with its last bit of end of frame, and three bits later the
//! bus is idle. Times of a frame are rounded to a nanosecond from its start, so they never drift
//! within a frame. A controller that asks during the intermission starts after it.
//!
//! Source: ISO 11898-1.

use super::{
    arbitration::{self, Course, End, Party, Sender},
    bits::{INTERMISSION_BITS, arbitration_key},
    controller::{
        Attempts, Controller, ControllerSettings, ErrorState, Mode, Request, RequestError,
        TransmitError,
    },
    event::{BusError, BusEvent, Failed, Sent},
    frame::Frame,
    rates::{BitRates, Span},
    setback::{Setback, SetbackCause, lost_bit},
    statistics::Statistics,
};

/// Position of a controller on its bus, in the order of attaching.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ControllerId(pub u32);

/// See the file's head.
#[derive(Debug, Clone)]
pub struct Bus {
    pub(super) rates: BitRates,
    pub(super) controllers: Vec<Controller>,
    /// Nothing starts before.
    pub(super) idle_ns: u64,
    /// The latest instant that it was told.
    pub(super) now_ns: u64,
    pub(super) current: Option<OnWire>,
    pub(super) flips: Vec<u32>,
    statistics: Statistics,
}

/// What the bus is busy with.
#[derive(Debug, Clone)]
pub(super) enum OnWire {
    Frame(Transmission),
    /// An error flag from outside while nothing else is on the bus, and the frame that answers it.
    Flag {
        start_ns: u64,
        end_ns: u64,
    },
}

#[derive(Debug, Clone)]
pub(super) struct Transmission {
    pub(super) frame: Frame,
    pub(super) start_ns: u64,
    pub(super) end_ns: u64,
    pub(super) course: Course,
    pub(super) senders: Vec<(usize, Frame)>,
    pub(super) receivers: Vec<usize>,
    /// Who lost arbitration against it; told at its end.
    pub(super) setbacks: Vec<Setback>,
}

/// What is to happen next, in the order in which it happens at one instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// A frame or an error frame ends, or a controller comes back from bus-off.
    End,
    /// A frame starts: all that is asked for at this instant must have been asked for before.
    Start,
}

impl Bus {
    /// A classic bus.
    pub fn new(bitrate_bps: u32) -> Bus {
        Bus::with(BitRates::classic(bitrate_bps))
    }

    pub fn with(rates: BitRates) -> Bus {
        Bus {
            rates: BitRates {
                bitrate_bps: rates.bitrate_bps.max(1),
                ..rates
            },
            controllers: Vec::new(),
            idle_ns: 0,
            now_ns: 0,
            current: None,
            flips: Vec::new(),
            statistics: Statistics::default(),
        }
    }

    pub fn rates(&self) -> &BitRates {
        &self.rates
    }

    pub fn statistics(&self) -> &Statistics {
        &self.statistics
    }

    /// From the next frame on it takes part.
    pub fn attach(&mut self, settings: ControllerSettings) -> ControllerId {
        self.controllers.push(Controller::new(settings));
        ControllerId(self.controllers.len() as u32 - 1)
    }

    pub fn controller(&self, id: ControllerId) -> Option<&Controller> {
        self.controllers.get(id.0 as usize)
    }

    pub fn controllers(&self) -> &[Controller] {
        &self.controllers
    }

    /// At `now_ns` a controller gets a frame to send; `token` comes back with [`Sent`].
    pub fn request(
        &mut self,
        now_ns: u64,
        controller: ControllerId,
        frame: Frame,
        token: u64,
        attempts: Attempts,
    ) -> Result<(), RequestError> {
        self.now_ns = self.now_ns.max(now_ns);
        match self.controllers.get_mut(controller.0 as usize) {
            Some(controller) => controller.push(Request {
                frame,
                token,
                attempts,
            }),
            None => unreachable!(
                "a controller id is given by the bus that it is used on: this is a bug"
            ),
        }
    }

    /// Takes a frame back that waits; false when it is on the bus or has been.
    pub fn withdraw(&mut self, now_ns: u64, controller: ControllerId, token: u64) -> bool {
        self.now_ns = self.now_ns.max(now_ns);
        let controller = self.controllers.get_mut(controller.0 as usize);
        controller.is_some_and(|controller| controller.withdraw(token))
    }

    /// When something happens next, if nobody asks for more until then.
    pub fn next_event(&self) -> Option<(u64, Phase)> {
        if let Some(current) = &self.current {
            return Some((current.end_ns(), Phase::End));
        }
        let start = self.next_start_ns().map(|at_ns| (at_ns, Phase::Start));
        let recovery = self.next_recovery_ns().map(|at_ns| (at_ns, Phase::End));
        start.into_iter().chain(recovery).min()
    }

    fn next_start_ns(&self) -> Option<u64> {
        let waiting = self
            .controllers
            .iter()
            .filter(|controller| controller.wants_to_send());
        let earliest_ns = waiting.map(|controller| controller.ready_ns).min()?;
        Some(earliest_ns.max(self.idle_ns).max(self.now_ns))
    }

    /// Lets the next event happen if it is due at `now_ns`; false when none is.
    pub fn advance(&mut self, now_ns: u64, events: &mut Vec<BusEvent>) -> bool {
        match self.next_event() {
            Some((at_ns, phase)) if at_ns <= now_ns => {
                self.now_ns = self.now_ns.max(at_ns);
                match (phase, self.current.take()) {
                    (Phase::Start, _) => self.start(at_ns),
                    (Phase::End, Some(OnWire::Frame(current))) => self.end(current, events),
                    (Phase::End, Some(OnWire::Flag { start_ns, end_ns })) => {
                        self.end_flag((start_ns, end_ns), events);
                    }
                    (Phase::End, None) => self.recover(at_ns, events),
                }
                true
            }
            _ => false,
        }
    }

    /// Who starts at that instant, and with what.
    pub(super) fn contenders(&self, at_ns: u64) -> Vec<(usize, Frame)> {
        self.controllers
            .iter()
            .enumerate()
            .filter(|(_, one)| one.wants_to_send() && one.ready_ns <= at_ns)
            .filter_map(|(position, one)| Some((position, one.head()?, one.state())))
            .map(|(position, frame, state)| match state {
                ErrorState::ErrorPassive => (position, frame.with_error_passive_sender()),
                _ => (position, frame),
            })
            .collect()
    }

    fn start(&mut self, at_ns: u64) {
        let contenders = self.contenders(at_ns);
        let key = |(_, frame): &(usize, Frame)| arbitration_key(frame);
        let Some(winner) = contenders
            .iter()
            .min_by_key(|contender| key(contender))
            .copied()
        else {
            return;
        };
        self.count_recessive_bits(at_ns);
        let (senders, losers): (Vec<_>, Vec<_>) = contenders
            .into_iter()
            .partition(|contender| key(contender) == key(&winner));
        let setbacks = losers
            .iter()
            .filter_map(|(position, frame)| {
                let (bit, bits) = lost_bit(&winner.1, frame);
                let loser = self.controllers.get_mut(*position)?;
                let (token, is_given_up) = loser.lose_arbitration()?;
                Some(Setback {
                    at_ns: at_ns + self.duration_ns(bits),
                    controller: ControllerId(*position as u32),
                    cause: SetbackCause::ArbitrationLost { bit },
                    token,
                    is_given_up,
                })
            })
            .collect();
        let mut current = self.transmission(at_ns, winner.1, senders);
        current.setbacks = setbacks;
        let senders: Vec<usize> = current.senders.iter().map(|(one, _)| *one).collect();
        self.current = Some(OnWire::Frame(current));
        self.each(&senders, Controller::begin_sending);
    }

    pub(super) fn transmission(
        &mut self,
        start_ns: u64,
        frame: Frame,
        senders: Vec<(usize, Frame)>,
    ) -> Transmission {
        let sending: Vec<usize> = senders.iter().map(|(position, _)| *position).collect();
        let others = |(position, one): &(usize, &Controller)| {
            let is_there = one.settings.mode != Mode::Off;
            !sending.contains(position) && is_there && one.state() != ErrorState::BusOff
        };
        let receivers: Vec<(usize, &Controller)> =
            self.controllers.iter().enumerate().filter(others).collect();
        let talking = receivers
            .iter()
            .filter(|(_, one)| one.settings.mode == Mode::Normal);
        let parties: Vec<Party> = talking
            .map(|(position, one)| Party {
                position: *position,
                state: one.state(),
                is_classic: !one.settings.is_flexible,
            })
            .collect();
        let receivers: Vec<usize> = receivers.iter().map(|(position, _)| *position).collect();
        let refused = self.mistimed_flag(&frame, &sending, &receivers);
        let outside = match self.flips.is_empty() {
            true => None,
            false => Some(self.flips.remove(0)),
        };
        let past_arbitration = if frame.id().is_extended() { 33 } else { 13 };
        let flipped = outside.into_iter().chain(refused).min();
        let flipped = flipped.map(|bit| bit.max(past_arbitration));
        let party = |position: usize| Party {
            position,
            state: self
                .controllers
                .get(position)
                .map_or(ErrorState::BusOff, Controller::state),
            is_classic: false,
        };
        let sending = senders.iter().map(|(position, frame)| Sender {
            party: party(*position),
            frame: *frame,
        });
        let is_flexible = frame.as_flexible().is_some();
        let heard = parties.iter().any(|one| !(is_flexible && one.is_classic));
        let mut course = arbitration::course(sending.collect(), &parties, heard, flipped);
        course.refused |= refused.is_some();
        Transmission {
            // Of senders that differ, one that stays names the frame.
            frame: senders
                .iter()
                .find(|(position, _)| !course.dropped.contains(position))
                .map_or(frame, |(_, frame)| *frame),
            start_ns,
            end_ns: start_ns + self.rates.duration_ns(course.span),
            course,
            senders,
            receivers,
            setbacks: Vec::new(),
        }
    }

    fn end(&mut self, current: Transmission, events: &mut Vec<BusEvent>) {
        let Transmission {
            frame,
            start_ns,
            end_ns,
            course,
            senders,
            receivers,
            mut setbacks,
        } = current;
        let before = self.states();
        self.idle_ns = start_ns + self.rates.duration_ns(course.span.and(INTERMISSION_BITS));
        let senders: Vec<usize> = senders.into_iter().map(|(position, _)| position).collect();
        let (dropped, staying): (Vec<usize>, Vec<usize>) = senders
            .iter()
            .partition(|position| course.dropped.contains(position));
        setbacks.extend(self.fail(&dropped, (BusError::Bit, TransmitError::Bit), end_ns));
        let event = match course.end {
            End::Sent => {
                let (receivers, deaf) = self.who_know(&frame, &receivers);
                self.each(&receivers, Controller::succeed_receiving);
                self.each(&deaf, Controller::fail_receiving);
                self.statistics
                    .add_frame(frame.id(), start_ns, self.idle_ns);
                let senders = staying.iter().filter_map(|position| {
                    let token = self.controllers.get_mut(*position)?.succeed_sending()?;
                    Some((ControllerId(*position as u32), token))
                });
                let senders = senders.collect();
                BusEvent::Sent(Sent {
                    frame,
                    start_ns,
                    end_ns,
                    senders,
                    receivers: ids(&receivers),
                })
            }
            End::BitError | End::NoAcknowledge => {
                let kind = match course.end {
                    End::NoAcknowledge => BusError::Acknowledge,
                    _ => BusError::Bit,
                };
                let counted = match (course.end, course.flagged) {
                    (End::NoAcknowledge, false) => TransmitError::Acknowledge,
                    _ => TransmitError::Bit,
                };
                setbacks.extend(self.fail(&staying, (kind, counted), end_ns));
                let taken = match course.taken {
                    true => self.who_know(&frame, &receivers).0,
                    false => Vec::new(),
                };
                match course.taken {
                    true => self.each(&taken, Controller::succeed_receiving),
                    false => self.each(&receivers, Controller::fail_receiving),
                }
                if course.refused {
                    let (_, first) = self.who_know(&frame, &receivers);
                    self.each(&first, Controller::see_other_flags);
                }
                self.statistics.add_error(start_ns, self.idle_ns);
                BusEvent::Failed(Failed {
                    kind,
                    frame,
                    start_ns,
                    end_ns,
                    senders: ids(&staying),
                    listeners: ids(&receivers),
                    receivers: ids(&taken),
                })
            }
        };
        events.push(event);
        events.extend(setbacks.into_iter().map(BusEvent::Setback));
        self.suspend_passive(&senders);
        self.see_delimiter();
        self.report_changes(end_ns, &before, events);
    }

    /// An error frame that no controller has begun: all of them receive it.
    fn end_flag(&mut self, (start_ns, end_ns): (u64, u64), events: &mut Vec<BusEvent>) {
        let before = self.states();
        self.idle_ns = end_ns + self.duration_ns(INTERMISSION_BITS);
        for one in &mut self.controllers {
            if one.state() != ErrorState::BusOff {
                one.fail_receiving();
            }
        }
        self.statistics.add_error(start_ns, self.idle_ns);
        events.push(BusEvent::Flagged { start_ns, end_ns });
        self.see_delimiter();
        self.report_changes(end_ns, &before, events);
    }

    /// Those who know the format of the frame, and the others.
    fn who_know(&self, frame: &Frame, positions: &[usize]) -> (Vec<usize>, Vec<usize>) {
        let knows = |position: &usize| {
            let controller = self.controllers.get(*position);
            controller.is_some_and(|one| one.knows(frame))
        };
        positions.iter().partition(|position| knows(position))
    }

    fn fail(
        &mut self,
        positions: &[usize],
        (kind, counted): (BusError, TransmitError),
        at_ns: u64,
    ) -> Vec<Setback> {
        let failed = positions.iter().filter_map(|position| {
            let sender = self.controllers.get_mut(*position)?;
            let (token, is_given_up) = sender.fail_sending(counted)?;
            Some(Setback {
                at_ns,
                controller: ControllerId(*position as u32),
                cause: SetbackCause::Error(kind),
                token,
                is_given_up,
            })
        });
        failed.collect()
    }

    pub(super) fn states(&self) -> Vec<ErrorState> {
        self.controllers.iter().map(Controller::state).collect()
    }

    pub(super) fn report_changes(
        &self,
        at_ns: u64,
        before: &[ErrorState],
        events: &mut Vec<BusEvent>,
    ) {
        for (position, (one, before)) in self.controllers.iter().zip(before).enumerate() {
            let state = one.state();
            if state != *before {
                let controller = ControllerId(position as u32);
                events.push(BusEvent::StateChanged {
                    at_ns,
                    controller,
                    state,
                });
            }
        }
    }

    pub(super) fn each(&mut self, positions: &[usize], mut act: impl FnMut(&mut Controller)) {
        for position in positions {
            self.controllers.get_mut(*position).map(&mut act);
        }
    }

    pub(super) fn duration_ns(&self, bits: u32) -> u64 {
        self.rates.duration_ns(Span::nominal(bits))
    }
}

impl OnWire {
    fn end_ns(&self) -> u64 {
        match self {
            OnWire::Frame(frame) => frame.end_ns,
            OnWire::Flag { end_ns, .. } => *end_ns,
        }
    }
}

fn ids(positions: &[usize]) -> Vec<ControllerId> {
    positions
        .iter()
        .map(|position| ControllerId(*position as u32))
        .collect()
}

#[cfg(test)]
#[path = "bus_tests.rs"]
pub(super) mod tests;

#[cfg(test)]
#[path = "flexible_tests.rs"]
mod flexible_tests;

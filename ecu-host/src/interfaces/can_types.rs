//! The types of `autosar:can/types` as they cross the border to a guest, and what of the board's
//! and the controllers' own words they stand for. Knows no function.

use alloc::{string::String, vec::Vec};

use wasmtime::component::{ComponentType, Lift, Lower, flags};

use crate::{
    board::{CanBusError, CanError, CanErrorState, CanEvent},
    controller::{BitTiming, State},
    outcome::Transmission,
};

#[derive(Clone, Copy, ComponentType, Lift, Lower)]
#[component(variant)]
pub(crate) enum Identifier {
    #[component(name = "standard")]
    Standard(u16),
    #[component(name = "extended")]
    Extended(u32),
}

flags! {
    Format {
        #[component(name = "remote")]
        const REMOTE;
        #[component(name = "flexible-data-rate")]
        const FLEXIBLE_DATA_RATE;
        #[component(name = "bit-rate-switch")]
        const BIT_RATE_SWITCH;
        #[component(name = "error-state-indicator")]
        const ERROR_STATE_INDICATOR;
    }
}

#[derive(Clone, ComponentType, Lift, Lower)]
#[component(record)]
pub(crate) struct Frame {
    pub(crate) id: Identifier,
    pub(crate) format: Format,
    pub(crate) dlc: u8,
    pub(crate) data: Vec<u8>,
}

#[derive(ComponentType, Lower)]
#[component(record)]
pub(crate) struct ReceivedFrame {
    pub(crate) frame: Frame,
    #[component(name = "timestamp-ns")]
    pub(crate) timestamp_ns: u64,
    pub(crate) lost: u32,
}

#[derive(Clone, Copy, ComponentType, Lift)]
#[component(record)]
pub(crate) struct FilterEntry {
    pub(crate) id: Identifier,
    pub(crate) mask: u32,
}

#[derive(ComponentType, Lower)]
#[component(record)]
pub(crate) struct ConfirmationEntry {
    pub(crate) request: u64,
    pub(crate) outcome: TransmitOutcome,
    #[component(name = "timestamp-ns")]
    pub(crate) timestamp_ns: u64,
}

#[derive(ComponentType, Lower)]
#[component(variant)]
pub(crate) enum TransmitOutcome {
    #[component(name = "sent")]
    Sent,
    #[component(name = "aborted")]
    Aborted,
    #[component(name = "arbitration-lost")]
    ArbitrationLost,
    #[component(name = "failed")]
    Failed(BusError),
}

#[derive(Clone, Copy, PartialEq, Eq, ComponentType, Lift)]
#[component(enum)]
#[repr(u8)]
pub(crate) enum Attempts {
    #[component(name = "until-sent")]
    #[expect(dead_code, reason = "it comes from guests only")]
    UntilSent,
    #[component(name = "one-shot")]
    #[expect(dead_code, reason = "it comes from guests only")]
    OneShot,
}

#[derive(Clone, Copy, ComponentType, Lower)]
#[component(enum)]
#[repr(u8)]
pub(crate) enum ControllerState {
    #[component(name = "uninit")]
    #[expect(dead_code, reason = "an opened controller is initialised")]
    Uninit,
    #[component(name = "stopped")]
    Stopped,
    #[component(name = "started")]
    Started,
    #[component(name = "sleep")]
    Sleep,
}

#[derive(Clone, Copy, ComponentType, Lower)]
#[component(enum)]
#[repr(u8)]
pub(crate) enum BusError {
    #[component(name = "bit")]
    Bit,
    #[component(name = "stuff")]
    Stuff,
    #[component(name = "form")]
    Form,
    #[component(name = "crc")]
    Crc,
    #[component(name = "ack")]
    Ack,
}

#[derive(ComponentType, Lower)]
#[component(variant)]
pub(crate) enum Error {
    #[component(name = "unknown-bus")]
    UnknownBus,
    #[component(name = "wrong-state")]
    WrongState(ControllerState),
    #[component(name = "queue-full")]
    QueueFull,
    #[component(name = "invalid")]
    Invalid(String),
    #[component(name = "unsupported")]
    Unsupported,
    #[component(name = "bus-off")]
    BusOff,
}

impl From<State> for ControllerState {
    fn from(state: State) -> ControllerState {
        match state {
            State::Stopped => ControllerState::Stopped,
            State::Started => ControllerState::Started,
            State::Sleep => ControllerState::Sleep,
        }
    }
}

#[derive(Clone, Copy, ComponentType, Lower)]
#[component(enum)]
#[repr(u8)]
pub(crate) enum ErrorState {
    #[component(name = "error-active")]
    ErrorActive,
    #[component(name = "error-passive")]
    ErrorPassive,
    #[component(name = "bus-off")]
    BusOff,
}

#[derive(ComponentType, Lower)]
#[component(record)]
pub(crate) struct Counters {
    #[component(name = "transmit-errors")]
    pub(crate) transmit_errors: u16,
    #[component(name = "receive-errors")]
    pub(crate) receive_errors: u16,
}

#[derive(ComponentType, Lower)]
#[component(variant)]
pub(crate) enum Event {
    #[component(name = "error-state")]
    ErrorState(ErrorState),
    #[component(name = "bus-error")]
    BusError(BusError),
    #[component(name = "arbitration-lost")]
    ArbitrationLost(u8),
    #[component(name = "overrun")]
    Overrun,
}

#[derive(ComponentType, Lower)]
#[component(record)]
pub(crate) struct TimedEvent {
    pub(crate) event: Event,
    #[component(name = "timestamp-ns")]
    pub(crate) timestamp_ns: u64,
}

#[derive(Clone, Copy, ComponentType, Lift, Lower)]
#[component(record)]
pub(crate) struct Timing {
    #[component(name = "bit-rate-hz")]
    bit_rate_hz: u32,
    #[component(name = "segment-1")]
    segment_1: u16,
    #[component(name = "segment-2")]
    segment_2: u16,
    #[component(name = "synchronisation-jump-width")]
    synchronisation_jump_width: u16,
}

impl From<Timing> for BitTiming {
    fn from(timing: Timing) -> BitTiming {
        BitTiming {
            bit_rate_hz: timing.bit_rate_hz,
            segment_1: timing.segment_1,
            segment_2: timing.segment_2,
            synchronisation_jump_width: timing.synchronisation_jump_width,
        }
    }
}

impl From<BitTiming> for Timing {
    fn from(timing: BitTiming) -> Timing {
        Timing {
            bit_rate_hz: timing.bit_rate_hz,
            segment_1: timing.segment_1,
            segment_2: timing.segment_2,
            synchronisation_jump_width: timing.synchronisation_jump_width,
        }
    }
}

impl From<CanErrorState> for ErrorState {
    fn from(state: CanErrorState) -> ErrorState {
        match state {
            CanErrorState::ErrorActive => ErrorState::ErrorActive,
            CanErrorState::ErrorPassive => ErrorState::ErrorPassive,
            CanErrorState::BusOff => ErrorState::BusOff,
        }
    }
}

impl From<CanBusError> for BusError {
    fn from(error: CanBusError) -> BusError {
        match error {
            CanBusError::Bit => BusError::Bit,
            CanBusError::Stuff => BusError::Stuff,
            CanBusError::Form => BusError::Form,
            CanBusError::Crc => BusError::Crc,
            CanBusError::Acknowledge => BusError::Ack,
        }
    }
}

impl From<CanEvent> for Event {
    fn from(event: CanEvent) -> Event {
        match event {
            CanEvent::ErrorState(state) => Event::ErrorState(state.into()),
            CanEvent::BusError(error) => Event::BusError(error.into()),
            CanEvent::ArbitrationLost(bit) => Event::ArbitrationLost(bit),
            CanEvent::Overrun => Event::Overrun,
        }
    }
}

impl From<Transmission> for TransmitOutcome {
    fn from(outcome: Transmission) -> TransmitOutcome {
        match outcome {
            Transmission::Sent => TransmitOutcome::Sent,
            Transmission::Aborted => TransmitOutcome::Aborted,
            Transmission::ArbitrationLost => TransmitOutcome::ArbitrationLost,
            Transmission::Failed(error) => TransmitOutcome::Failed(error.into()),
        }
    }
}

impl From<CanError> for Error {
    fn from(error: CanError) -> Error {
        match error {
            CanError::NoBus => Error::UnknownBus,
            CanError::QueueFull => Error::QueueFull,
            CanError::BusOff => Error::BusOff,
            CanError::Unsupported => Error::Unsupported,
        }
    }
}

//! The types of `autosar:can/types` as they cross the border to a guest, and what of the board's
//! and the controllers' own words they stand for. Knows no function.

use alloc::{string::String, vec::Vec};

use crate::{
    board::{CanBusError, CanError, CanErrorState, CanEvent},
    controller::{BitTiming, State},
    outcome::Transmission,
    wit::wit,
};

wit! {
    #[derive(Clone, Copy)]
    pub(crate) variant Identifier: [Lift Lower] {
        "standard" Standard(u16),
        "extended" Extended(u32),
    }
}

wit! {
    pub(crate) flags Format {
        "remote" REMOTE,
        "flexible-data-rate" FLEXIBLE_DATA_RATE,
        "bit-rate-switch" BIT_RATE_SWITCH,
        "error-state-indicator" ERROR_STATE_INDICATOR,
    }
}

wit! {
    #[derive(Clone)]
    pub(crate) record Frame: [Lift Lower] {
        "id" pub(crate) id: Identifier,
        "format" pub(crate) format: Format,
        "dlc" pub(crate) dlc: u8,
        "data" pub(crate) data: Vec<u8>,
    }
}

wit! {
    pub(crate) record ReceivedFrame: [Lower] {
        "frame" pub(crate) frame: Frame,
        "timestamp-ns" pub(crate) timestamp_ns: u64,
        "lost" pub(crate) lost: u32,
    }
}

wit! {
    #[derive(Clone, Copy)]
    pub(crate) record FilterEntry: [Lift] {
        "id" pub(crate) id: Identifier,
        "mask" pub(crate) mask: u32,
    }
}

wit! {
    pub(crate) record ConfirmationEntry: [Lower] {
        "request" pub(crate) request: u64,
        "outcome" pub(crate) outcome: TransmitOutcome,
        "timestamp-ns" pub(crate) timestamp_ns: u64,
    }
}

wit! {
    pub(crate) variant TransmitOutcome: [Lower] {
        "sent" Sent,
        "aborted" Aborted,
        "arbitration-lost" ArbitrationLost,
        "failed" Failed(BusError),
    }
}

wit! {
    #[derive(PartialEq, Eq)]
    pub(crate) enumeration Attempts: [Lift] {
        "until-sent" UntilSent,
        "one-shot" OneShot,
    }
}

wit! {
    pub(crate) enumeration ControllerState: [Lower] {
        "uninit" Uninit,
        "stopped" Stopped,
        "started" Started,
        "sleep" Sleep,
    }
}

wit! {
    pub(crate) enumeration BusError: [Lower] {
        "bit" Bit,
        "stuff" Stuff,
        "form" Form,
        "crc" Crc,
        "ack" Ack,
    }
}

wit! {
    pub(crate) variant Error: [Lower] {
        "unknown-bus" UnknownBus,
        "wrong-state" WrongState(ControllerState),
        "queue-full" QueueFull,
        "invalid" Invalid(String),
        "unsupported" Unsupported,
        "bus-off" BusOff,
    }
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

wit! {
    pub(crate) enumeration ErrorState: [Lower] {
        "error-active" ErrorActive,
        "error-passive" ErrorPassive,
        "bus-off" BusOff,
    }
}

wit! {
    pub(crate) record Counters: [Lower] {
        "transmit-errors" pub(crate) transmit_errors: u16,
        "receive-errors" pub(crate) receive_errors: u16,
    }
}

wit! {
    pub(crate) variant Event: [Lower] {
        "error-state" ErrorState(ErrorState),
        "bus-error" BusError(BusError),
        "arbitration-lost" ArbitrationLost(u8),
        "overrun" Overrun,
    }
}

wit! {
    pub(crate) record TimedEvent: [Lower] {
        "event" pub(crate) event: Event,
        "timestamp-ns" pub(crate) timestamp_ns: u64,
    }
}

wit! {
    #[derive(Clone, Copy)]
    pub(crate) record Timing: [Lift Lower] {
        "bit-rate-hz" bit_rate_hz: u32,
        "segment-1" segment_1: u16,
        "segment-2" segment_2: u16,
        "synchronisation-jump-width" synchronisation_jump_width: u16,
    }
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

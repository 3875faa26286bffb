//! The gateway as a component: its controller on the body bus, its ports. Knows nothing of chips.

use crate::{DOORS_ID, SPEED_ID, doors, speed_bytes};
use autosar::{
    can::{
        controllers::Controller,
        types::{Attempts, BitTiming, Filter, Format, Frame, Identifier},
    },
    rte::types::RxError,
};
use core::mem::ManuallyDrop;
use exports::wireloom::gateway::{doors as port, transfer};
use guest_runtime::State;
use wireloom::gateway::vehicle;

wit_bindgen::generate!({ path: "../wit", world: "gateway", generate_all });
export!(Component);

struct Component;

/// 125 kbit/s in 16 time quanta, sampled at 62.5 %.
const TIMING: BitTiming = BitTiming {
    bit_rate_hz: 125_000,
    segment_1: 9,
    segment_2: 6,
    synchronisation_jump_width: 1,
};
/// Frames that are handed on in one step at most.
const FRAMES_AT_ONCE: usize = 16;

/// The controller's handle, which stays open.
static BODY: State<Option<u32>> = State::new(None);
static DOORS: State<Result<u8, RxError>> = State::new(Err(RxError::NeverReceived));

impl transfer::Guest for Component {
    fn initialize() {
        BODY.store(None);
        DOORS.store(Err(RxError::NeverReceived));
        let Ok(body) = Controller::open("body") else {
            return;
        };
        let filter = Filter {
            id: Identifier::Standard(DOORS_ID),
            mask: 0x7ff,
        };
        let is_ready = body.configure(TIMING, None).is_ok()
            && body.set_filters(&[filter]).is_ok()
            && body.start().is_ok();
        if is_ready {
            BODY.store(Some(body.take_handle()));
        }
    }

    fn step() {
        let Some(handle) = BODY.load() else { return };
        let body = ManuallyDrop::new(unsafe { Controller::from_handle(handle) });
        for _ in 0..FRAMES_AT_ONCE {
            let Some(received) = body.receive() else {
                break;
            };
            if let Some(open) = doors(&received.frame.data) {
                DOORS.store(Ok(open));
            }
        }
        // What became of older ones is of no interest: the next one says more.
        while body.confirmed().is_some() {}
        let data = speed_bytes(vehicle::speed().ok());
        let frame = Frame {
            id: Identifier::Standard(SPEED_ID),
            format: Format::empty(),
            dlc: data.len() as u8,
            data: data.as_slice().into(),
        };
        let _dropped = body.transmit(&frame, Attempts::UntilSent);
    }
}

impl port::Guest for Component {
    fn open() -> Result<u8, RxError> {
        DOORS.load()
    }
}

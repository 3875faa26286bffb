//! The pedal's driver as a component: its converter, its button, its block. Knows nothing of percent.

use crate::{Calibration, code, command};
use autosar::rte::types::RxError;
use core::mem::ManuallyDrop;
use exports::wireloom::pedal::{position, sensor};
use guest_runtime::State;
use wasi::io::poll::Pollable;
use wasi::spi::spi::{Config, Mode};
use wireloom::ecu::nv;

wit_bindgen::generate!({ path: "../wit", world: "pedal-sensor", generate_all });
export!(Component);

struct Component;

const BLOCK: &str = "calibration";
const INPUT: u8 = 0;
const CLOCK_HZ: u32 = 1_000_000;

static CALIBRATION: State<Calibration> = State::new(Calibration::DEFAULT);
static POSITION: State<Result<f32, RxError>> = State::new(Err(RxError::NeverReceived));
/// The converter, and what is ready once the button was pressed: handles that stay open.
static ADC: State<Option<u32>> = State::new(None);
static PRESSED: State<Option<u32>> = State::new(None);

impl sensor::Guest for Component {
    fn initialize() {
        let adc = get_adc();
        let config = Config {
            frequency: CLOCK_HZ,
            mode: Mode::Mode0,
            lsb_first: false,
        };
        // An ECU whose devices are set up once and for all refuses; then its own set-up counts.
        let _kept = adc.configure(config);
        ADC.store(Some(adc.take_handle()));
        let kept = nv::read(BLOCK).ok();
        let kept = kept.and_then(|bytes| Calibration::read(&bytes));
        CALIBRATION.store(kept.unwrap_or(Calibration::DEFAULT));
        watch();
    }

    fn sample() {
        let found = read();
        if let Some(code) = found {
            learn(code);
        }
        let percent = found.and_then(|code| CALIBRATION.load().percent(code));
        POSITION.store(percent.ok_or(RxError::Invalid));
    }
}

impl position::Guest for Component {
    fn get() -> Result<f32, RxError> {
        POSITION.load()
    }
}

fn read() -> Option<u16> {
    // The handle stays the component's.
    let adc = ManuallyDrop::new(unsafe { SpiDevice::from_handle(ADC.load()?) });
    code(&adc.transfer(&command(INPUT)).ok()?)
}

/// The next press of the button; none on an ECU that does not watch.
fn watch() {
    let pressed = get_learn_button().watch_falling_edge().ok();
    PRESSED.store(pressed.map(|pressed| pressed.take_handle()));
}

/// Keeps the position as the rest one if the button was pressed since the last time.
fn learn(code: u16) {
    let Some(handle) = PRESSED.load() else { return };
    let pressed = ManuallyDrop::new(unsafe { Pollable::from_handle(handle) });
    if !pressed.ready() {
        return;
    }
    drop(ManuallyDrop::into_inner(pressed));
    watch();
    if let Some(learned) = CALIBRATION.load().learned(code) {
        CALIBRATION.store(learned);
        // A block that is not taken leaves the old calibration for the next start.
        let _taken = nv::write(BLOCK, &learned.to_bytes());
    }
}

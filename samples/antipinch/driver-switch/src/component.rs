//! The switch as a component. Knows nothing of when it is pressed.

use crate::{PERIOD_MS, is_up};
use exports::wireloom::antipinch::driver_switch::{Guest, StepOutput};
use guest_runtime::State;

wit_bindgen::generate!({ path: "../wit", world: "driver-switch-stimulus" });
export!(Component);

struct Component;

static TIME_MS: State<u32> = State::new(0);

impl Guest for Component {
    fn initialize() {
        TIME_MS.store(0);
    }

    fn step() -> StepOutput {
        let time_ms = TIME_MS.load();
        TIME_MS.store(time_ms.saturating_add(PERIOD_MS));
        StepOutput {
            up: is_up(time_ms),
            down: false,
        }
    }

    fn terminate() {}
}

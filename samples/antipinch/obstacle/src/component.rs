//! The obstacle as a component. Knows nothing of when it is there.

use crate::{PERIOD_MS, height_mm};
use exports::wireloom::antipinch::obstacle::{Guest, StepOutput};
use guest_runtime::State;

wit_bindgen::generate!({ path: "../wit", world: "obstacle-stimulus" });
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
            height: height_mm(time_ms),
        }
    }

    fn terminate() {}
}

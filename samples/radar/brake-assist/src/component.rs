//! The brake assistant as a component. Knows nothing of how hard it brakes.

use crate::demand;
use exports::wireloom::radar::{assist, brake_demand};
use guest_runtime::State;
use wireloom::radar::hazard;

wit_bindgen::generate!({ path: "../wit", world: "brake-assist", generate_all });
export!(Component);

struct Component;

static DEMAND: State<f32> = State::new(0.0);

impl assist::Guest for Component {
    fn initialize() {
        DEMAND.store(0.0);
    }

    fn step() {
        let known = hazard::time_to_collision()
            .ok()
            .zip(hazard::distance().ok());
        DEMAND.store(demand(known));
    }
}

impl brake_demand::Guest for Component {
    fn get() -> f32 {
        DEMAND.load()
    }
}

//! The controller as a component. Knows nothing of control.

use crate::{Controller, Reading};
use autosar::rte::types::RxError;
use exports::wireloom::thermal::{control, fan_demand};
use guest_runtime::State;
use wireloom::thermal::temperature;

wit_bindgen::generate!({ path: "../wit", world: "controller", generate_all });
export!(Component);

struct Component;

static CONTROLLER: State<Controller> = State::new(Controller::new());

impl control::Guest for Component {
    fn initialize() {
        CONTROLLER.store(Controller::new());
    }

    fn step() {
        let reading = match temperature::get() {
            Ok(celsius) => Reading::Celsius(celsius),
            Err(RxError::NeverReceived) => Reading::Never,
            Err(_) => Reading::Lost,
        };
        CONTROLLER.store(CONTROLLER.load().step(reading));
    }
}

impl fan_demand::Guest for Component {
    fn get() -> Result<f32, RxError> {
        Ok(CONTROLLER.load().demand)
    }
}

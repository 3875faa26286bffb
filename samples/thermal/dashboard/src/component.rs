//! The dashboard as a component. Knows nothing of text.

extern crate alloc;

use crate::{Fan, Inputs, Warning};
use alloc::string::String;
use exports::wireloom::thermal::{
    display::{self, Screen, WarningLevel},
    panel,
};
use guest_runtime::State;
use wireloom::thermal::{
    fan_status::{self, FanState},
    temperature,
};

wit_bindgen::generate!({ path: "../wit", world: "dashboard", generate_all });
export!(Component);

struct Component;

const NOTHING: Inputs = Inputs {
    celsius: None,
    duty_percent: None,
    fan: None,
};

static INPUTS: State<Inputs> = State::new(NOTHING);

impl panel::Guest for Component {
    fn initialize() {
        INPUTS.store(NOTHING);
    }

    fn refresh() {
        INPUTS.store(Inputs {
            celsius: temperature::get().ok(),
            duty_percent: fan_status::duty().ok(),
            fan: fan_status::state().ok().map(|state| match state {
                FanState::Off => Fan::Off,
                FanState::Ramping => Fan::Ramping,
                FanState::Running => Fan::Running,
                FanState::Fault => Fan::Fault,
            }),
        });
    }
}

impl display::Guest for Component {
    fn shown() -> Screen {
        let inputs = INPUTS.load();
        Screen {
            text: String::from(crate::text(&inputs).as_str()),
            warning: match crate::warning(&inputs) {
                Warning::None => WarningLevel::None,
                Warning::Caution => WarningLevel::Caution,
                Warning::Alarm => WarningLevel::Alarm,
            },
        }
    }
}

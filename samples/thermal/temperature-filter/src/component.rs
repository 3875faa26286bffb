//! The moving average as a component. Knows nothing of averages.

use crate::Window;
use autosar::rte::types::RxError;
use exports::wireloom::thermal::{filter, temperature as filtered};
use guest_runtime::State;
use wireloom::thermal::temperature;

wit_bindgen::generate!({ path: "../wit", world: "temperature-filter", generate_all });
export!(Component);

struct Component;

static WINDOW: State<Window> = State::new(Window::new());
/// Why there is no temperature at present.
static STATUS: State<Option<RxError>> = State::new(Some(RxError::NeverReceived));

impl filter::Guest for Component {
    fn initialize() {
        WINDOW.store(Window::new());
        STATUS.store(Some(RxError::NeverReceived));
    }

    fn step() {
        match temperature::get() {
            Ok(celsius) => {
                WINDOW.store(WINDOW.load().with(celsius));
                STATUS.store(None);
            }
            Err(error) => STATUS.store(Some(error)),
        }
    }
}

impl filtered::Guest for Component {
    fn get() -> Result<f32, RxError> {
        match (STATUS.load(), WINDOW.load().average()) {
            (Some(error), _) => Err(error),
            (None, Some(celsius)) => Ok(celsius),
            (None, None) => Err(RxError::Invalid),
        }
    }
}

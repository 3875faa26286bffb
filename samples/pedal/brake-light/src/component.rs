//! The brake light as a component: its lamp. Knows nothing of limits.

use crate::shines;
use core::mem::ManuallyDrop;
use exports::wireloom::pedal::light;
use guest_runtime::State;
use wireloom::pedal::position;

wit_bindgen::generate!({ path: "../wit", world: "brake-light", generate_all });
export!(Component);

struct Component;

/// The lamp's handle, which stays open.
static LAMP: State<Option<u32>> = State::new(None);
static SHINES: State<bool> = State::new(false);

impl light::Guest for Component {
    fn initialize() {
        LAMP.store(Some(get_lamp().take_handle()));
        show(false);
    }

    fn step() {
        show(shines(SHINES.load(), position::get().ok()));
    }
}

fn show(shines: bool) {
    let Some(handle) = LAMP.load() else { return };
    let lamp = ManuallyDrop::new(unsafe { DigitalOutPin::from_handle(handle) });
    let done = match shines {
        true => lamp.set_active(),
        false => lamp.set_inactive(),
    };
    if done.is_ok() {
        SHINES.store(shines);
    }
}

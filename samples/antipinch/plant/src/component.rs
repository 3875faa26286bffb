//! The window as a component. Knows nothing of physics.

use crate::{Drive, Window};
use exports::wireloom::antipinch::plant::{Guest, StepInput, StepOutput};
use guest_runtime::State;

wit_bindgen::generate!({ path: "../wit", world: "window-plant" });
export!(Component);

struct Component;

static WINDOW: State<Window> = State::new(Window::open());

impl Guest for Component {
    fn initialize() {
        WINDOW.store(Window::open());
    }

    fn step(input: StepInput) -> StepOutput {
        let drive = Drive {
            right_pwm: input.right_pwm,
            left_pwm: input.left_pwm,
            obstacle_mm: input.obstacle,
        };
        let window = WINDOW.load().after(&drive);
        WINDOW.store(window);
        StepOutput {
            position: window.position_mm,
            motor_speed: window.speed_rps(),
            motor_current: f64::from(window.current_a),
            pinch_force: window.pinch_n,
            stalled: window.is_stalled(),
        }
    }

    fn terminate() {}
}

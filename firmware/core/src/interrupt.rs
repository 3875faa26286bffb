//! One handler for all interrupts of the board: the board's function looks at its devices. It only
//! fills rings; the engine never runs here.

use core::cell::Cell;

use cortex_m_rt::exception;
use critical_section::Mutex;

/// Takes what its devices have received, and quietens them. Gets the interrupt's number.
pub type Handler = fn(i16);

static HANDLER: Mutex<Cell<Option<Handler>>> = Mutex::new(Cell::new(None));

/// From now on interrupts go there.
pub fn install(handler: Handler) {
    critical_section::with(|section| HANDLER.borrow(section).set(Some(handler)));
}

#[exception]
#[allow(unsafe_code, reason = "a handler of the vector table is declared so")]
unsafe fn DefaultHandler(number: i16) {
    let handler = critical_section::with(|section| HANDLER.borrow(section).get());
    match handler {
        Some(handler) => handler(number),
        None => panic!("interrupt {number} without a handler: this is a bug"),
    }
}

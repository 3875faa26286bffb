//! A counter as one was written in 2024: bindings of wit-bindgen 0.30, WASI 0.2.0 imported by name.
//! Knows nothing of who reads it.

wit_bindgen::generate!({ path: "../wit", world: "year2024", generate_all });

use exports::test::aged::{counter, work};
use std::sync::atomic::{AtomicU32, Ordering};

static COUNT: AtomicU32 = AtomicU32::new(0);

struct Component;

impl counter::Guest for Component {
    fn count() -> u32 {
        COUNT.load(Ordering::Relaxed)
    }
}

impl work::Guest for Component {
    fn step() {
        let count = COUNT.fetch_add(1, Ordering::Relaxed) + 1;
        let now_ns = wasi::clocks::monotonic_clock::now();
        let line = format!("step {count} at {now_ns}\n");
        let output = wasi::cli::stdout::get_stdout();
        // Nobody can be told that nobody can be told.
        let _ = output.blocking_write_and_flush(line.as_bytes());
    }
}

export!(Component);

//! A core module of wasm32-wasip1 with its world in it: prints, reads both clocks, draws random
//! numbers, and finds neither arguments nor files. Knows nothing of components.

wit_bindgen::generate!({ path: "../wit", world: "preview1" });

use std::{
    hash::{BuildHasher, RandomState},
    sync::atomic::{AtomicU32, Ordering},
    time::{Instant, SystemTime, UNIX_EPOCH},
};

struct Component;

static STEPS: AtomicU32 = AtomicU32::new(0);

impl exports::test::aged::work::Guest for Component {
    fn step() {
        let steps = STEPS.fetch_add(1, Ordering::Relaxed);
        let begun = Instant::now();
        let seconds = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| since.as_secs());
        let random = RandomState::new().hash_one(0_u8);
        println!(
            "step {steps} in second {seconds}, {} ns later, random {random:016x}",
            begun.elapsed().as_nanos()
        );
        if steps == 0 {
            let arguments = std::env::args().count();
            let file = std::fs::read("/etc/passwd").map_err(|error| error.kind());
            eprintln!("{arguments} arguments, file {file:?}");
        }
    }
}

impl exports::test::aged::counter::Guest for Component {
    fn count() -> u32 {
        STEPS.load(Ordering::Relaxed)
    }
}

export!(Component);

//! An ordinary Rust library for wasm32-wasip2: prints, reads both clocks, and lets the standard
//! library draw random numbers. Knows nothing of vehicles.

wit_bindgen::generate!({ path: "../wit", world: "standard" });

use std::{
    hash::{BuildHasher, RandomState},
    time::{SystemTime, UNIX_EPOCH},
};

struct Component;

impl exports::test::aged::work::Guest for Component {
    fn step() {
        let seconds = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| since.as_secs());
        let random = RandomState::new().hash_one(0_u8);
        println!(
            "count {} in second {seconds}, random {random:016x}",
            test::aged::counter::count()
        );
        if std::env::args().count() > 1 {
            eprintln!("nobody gives arguments here");
        }
    }
}

export!(Component);

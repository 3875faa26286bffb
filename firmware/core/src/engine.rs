//! The engine as this device runs it, and the two words that it keeps.
#![allow(
    unsafe_code,
    reason = "the engine asks for two symbols of the platform"
)]

use core::sync::atomic::{AtomicPtr, Ordering};

use wasmtime::{Config, Engine, Result};

/// Stack of one partition's guest code; deeper calls trap.
pub(crate) const GUEST_STACK_BYTES: usize = 8 << 10;

/// An engine that loads what was compiled for microcontrollers. Never a part of its caller: what the
/// settings take of the stack is free again before code is read.
#[inline(never)]
pub(crate) fn engine() -> Result<Engine> {
    let mut config: Config = ecu_host::microcontroller::engine_config()?;
    config.max_wasm_stack(GUEST_STACK_BYTES);
    Engine::new(&config)
}

/// There is one thread, so these are plain words.
static WORDS: [AtomicPtr<u8>; 2] = [const { AtomicPtr::new(core::ptr::null_mut()) }; 2];

#[unsafe(no_mangle)]
extern "C" fn wasmtime_tls_get(slot: usize) -> *mut u8 {
    WORDS
        .get(slot)
        .map_or(core::ptr::null_mut(), |word| word.load(Ordering::Relaxed))
}

#[unsafe(no_mangle)]
extern "C" fn wasmtime_tls_set(slot: usize, value: *mut u8) {
    if let Some(word) = WORDS.get(slot) {
        word.store(value, Ordering::Relaxed);
    }
}

//! Why an activation failed, as data and in words.

use alloc::{format, string::String};

use wasmtime::Trap;

use crate::{
    Cause,
    host::Host,
    misuse::{Exit, Misuse},
};

/// Cause and reason of a failed call.
pub(crate) fn explain<B>(error: &wasmtime::Error, host: &Host<B>) -> (Cause, String) {
    if let Some(exit) = error.downcast_ref::<Exit>() {
        return (Cause::Exit, format!("{exit}"));
    }
    if let Some(misuse) = error.downcast_ref::<Misuse>() {
        return (Cause::Misuse, format!("{misuse}"));
    }
    let trap = error.downcast_ref::<Trap>();
    if trap == Some(&Trap::OutOfFuel) {
        return (Cause::Fuel, out_of_fuel(host));
    }
    if host.memory.has_refused() {
        return (Cause::Memory, out_of_memory(host));
    }
    match trap {
        #[cfg(feature = "concurrency")]
        Some(Trap::AsyncDeadlock) => (Cause::Trap, waits_for_nothing()),
        Some(trap) => (Cause::Trap, format!("{trap}")),
        // A host function's argument that could not be lifted: out of bounds, not UTF-8, too long.
        None => (Cause::Misuse, format!("{}", error.root_cause())),
    }
}

#[cfg(feature = "concurrency")]
fn waits_for_nothing() -> String {
    String::from(
        "the function waits for what nothing in its partition gives within this activation; take what is there and end",
    )
}

fn out_of_fuel<B>(host: &Host<B>) -> String {
    let fuel = host.table.limits.fuel;
    format!(
        "the activation has spent its {fuel} units of fuel; look for an endless loop or raise the limit"
    )
}

fn out_of_memory<B>(host: &Host<B>) -> String {
    let bytes = host.memory.limit_bytes();
    format!(
        "the partition needs more than its {bytes} bytes of memory; raise the limit or use less"
    )
}

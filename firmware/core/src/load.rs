//! From a verified payload to an ECU that is ready to run. Knows nothing of slots and signatures.
#![allow(unsafe_code, reason = "the engine believes compiled code")]

use alloc::{format, string::String};
use core::ptr::NonNull;

use deployment::{RouteEnd, System};
use ecu_host::{CALL_BYTES, Code, Ecu, EcuSettings, LoadError, PartitionId, board::Board};
use payload::{PartitionImage, Refusal, Verified};

use crate::engine::engine;

/// One call may make the host copy this part of the heap at most: what is larger is a trap of the
/// partition, where it would else be the end of the device.
const CALLS_IN_HEAP: usize = 16;

/// A payload that was verified and still does not run: it was not made by this version.
/// Never a part of its caller: the stack that it takes is free again before the loop begins.
#[inline(never)]
pub(crate) fn load<B: Board + 'static>(
    payload: &Verified<'static>,
    system: &System,
    heap_bytes: u32,
    board: B,
) -> Result<Ecu<B>, String> {
    let engine = engine().map_err(|error| format!("the engine does not start: {error:#}"))?;
    let [entry] = system.ecus.as_slice() else {
        return Err(String::from(
            "the payload is not for one ECU; export it again",
        ));
    };
    let settings = EcuSettings {
        call_bytes: CALL_BYTES.min(heap_bytes as usize / CALLS_IN_HEAP),
        ..EcuSettings::of(entry)
    };
    let mut ecu = Ecu::new(&engine, settings, board);
    for image in payload.partitions() {
        let table = image
            .table()
            .map_err(|refusal: Refusal| format!("{refusal}"))?;
        let name = table.name.clone();
        let code = code(&engine, &image).map_err(|error| {
            format!("partition `{name}` can not be loaded: {error:#}; export it again")
        })?;
        ecu.add(&code, table)
            .map_err(|error: LoadError| format!("{error}"))?;
    }
    connect(&mut ecu, system)?;
    Ok(ecu)
}

/// The code runs where it lies in flash.
fn code(engine: &wasmtime::Engine, image: &PartitionImage<'static>) -> wasmtime::Result<Code> {
    // SAFETY: the bytes were signed by the holder of the key that this device trusts, who makes
    // them by the compiler of this version; they lie in flash, which does not change.
    unsafe { Code::deserialize_raw(engine, NonNull::from(image.code)) }
}

fn connect<B: Board + 'static>(ecu: &mut Ecu<B>, system: &System) -> Result<(), String> {
    for route in &system.routes {
        let (from, to) = (end(ecu, &route.from)?, end(ecu, &route.to)?);
        ecu.connect(from, to)
            .map_err(|error: LoadError| format!("{error}"))?;
    }
    Ok(())
}

fn end<B: Board + 'static>(ecu: &Ecu<B>, end: &RouteEnd) -> Result<(PartitionId, u32), String> {
    match ecu.partition_named(&end.partition) {
        Some(partition) => Ok((partition, end.element)),
        None => Err(format!(
            "a connector names partition `{}`, which is not in the payload; export it again",
            end.partition
        )),
    }
}

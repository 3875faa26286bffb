//! The functions of `wireloom:ecu` as core imports. Knows their signatures only.

use crate::{
    code::{Callee, Module},
    handle::Handle,
};
use wasm_encoder::ValType::{self, I32, I64};

fn import(
    module: &mut Module,
    interface: &str,
    name: &str,
    parameters: &[ValType],
    results: &[ValType],
) -> Callee {
    module.import(
        &format!("wireloom:ecu/{interface}@0.1.0"),
        name,
        parameters,
        results,
    )
}

/// `() -> time in nanoseconds`
pub(crate) fn now(module: &mut Module) -> Callee {
    import(module, "clock", "now", &[], &[I64])
}

/// `(runnable)`
pub(crate) fn enter(module: &mut Module) -> Callee {
    import(module, "meter", "enter", &[I32], &[])
}

pub(crate) fn leave(module: &mut Module) -> Callee {
    import(module, "meter", "leave", &[], &[])
}

/// `(element, address, bytes)`
pub(crate) fn publish(module: &mut Module) -> Callee {
    import(module, "elements", "publish", &[I32; 3], &[])
}

/// `(element)`
pub(crate) fn refuse(module: &mut Module) -> Callee {
    import(module, "elements", "refuse", &[I32], &[])
}

/// `(element, address of an option<list<u8>>)`
pub(crate) fn take_element(module: &mut Module) -> Callee {
    import(module, "elements", "take", &[I32; 2], &[])
}

/// `(pdu, address, bytes)`
pub(crate) fn transmit(module: &mut Module) -> Callee {
    import(module, "frames", "transmit", &[I32; 3], &[])
}

/// `(pdu, address of an option<list<u8>>)`
pub(crate) fn take_frame(module: &mut Module) -> Callee {
    import(module, "frames", "take", &[I32; 2], &[])
}

/// `(address, bytes) -> handle`
pub(crate) fn open(module: &mut Module, handle: Handle) -> Callee {
    import(module, "buses", handle.opener(), &[I32; 2], &[I32])
}

/// `() -> handle`
pub(crate) fn open_delay(module: &mut Module) -> Callee {
    import(module, "buses", "open-delay", &[], &[I32])
}

/// `(probe, function, address, bytes)`
pub(crate) fn called(module: &mut Module) -> Callee {
    import(module, "probes", "called", &[I32; 4], &[])
}

/// `(probe, function, address, bytes)`
pub(crate) fn returned(module: &mut Module) -> Callee {
    import(module, "probes", "returned", &[I32; 4], &[])
}

pub(crate) fn pause(module: &mut Module) -> Callee {
    import(module, "probes", "pause", &[], &[])
}

pub(crate) fn resume(module: &mut Module) -> Callee {
    import(module, "probes", "resume", &[], &[])
}

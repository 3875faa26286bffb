//! `wasi:clocks/monotonic-clock`: the ECU's time in nanoseconds.

use wasmtime::Result;

use super::poll::Pollable;
use crate::{
    binding::LinkerInstance,
    board::Board,
    handles::push,
    host::{Call, Host, now_ns},
};

pub(crate) fn define<B: Board + 'static>(linker: &mut LinkerInstance<'_, Host<B>>) -> Result<()> {
    linker.func_wrap("now", |mut call: Call<'_, B>, (): ()| {
        Ok((now_ns(&mut call)?,))
    })?;
    linker.func_wrap("resolution", |_: Call<'_, B>, (): ()| Ok((1_u64,)))?;
    linker.func_wrap(
        "subscribe-instant",
        |mut call: Call<'_, B>, (ready_ns,): (u64,)| {
            Ok((push(&mut call, Pollable::At { ready_ns })?,))
        },
    )?;
    linker.func_wrap(
        "subscribe-duration",
        |mut call: Call<'_, B>, (wait_ns,): (u64,)| {
            let ready_ns = now_ns(&mut call)?.saturating_add(wait_ns);
            Ok((push(&mut call, Pollable::At { ready_ns })?,))
        },
    )
}

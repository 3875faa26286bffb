//! `wasi:clocks/wall-clock`: an ECU's calendar begins when the ECU begins, at 1970-01-01.

use wasmtime::Result;

use crate::{
    binding::LinkerInstance,
    board::Board,
    host::{Call, Host, now_ns},
    wit::wit,
};

wit! {
    record Datetime: [Lower] {
        "seconds" seconds: u64,
        "nanoseconds" nanoseconds: u32,
    }
}

const SECOND_NS: u64 = 1_000_000_000;

pub(crate) fn define<B: Board + 'static>(linker: &mut LinkerInstance<'_, Host<B>>) -> Result<()> {
    linker.func_wrap("now", |mut call: Call<'_, B>, (): ()| {
        let now_ns = now_ns(&mut call)?;
        let nanoseconds = (now_ns % SECOND_NS) as u32;
        Ok((Datetime {
            seconds: now_ns / SECOND_NS,
            nanoseconds,
        },))
    })?;
    linker.func_wrap("resolution", |_: Call<'_, B>, (): ()| {
        Ok((Datetime {
            seconds: 0,
            nanoseconds: 1,
        },))
    })
}

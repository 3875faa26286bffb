//! `wireloom:ecu/clock`.

use wasmtime::Result;

use crate::{
    binding::LinkerInstance,
    board::Board,
    host::{Call, Host, now_ns},
};

pub(crate) fn define<B: Board + 'static>(linker: &mut LinkerInstance<'_, Host<B>>) -> Result<()> {
    linker.func_wrap("now", |mut call: Call<'_, B>, (): ()| {
        Ok((now_ns(&mut call)?,))
    })
}

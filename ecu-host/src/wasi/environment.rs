//! `wasi:cli/environment`: empty.

use alloc::{string::String, vec::Vec};

use wasmtime::Result;

use crate::{
    binding::LinkerInstance,
    host::{Call, Host},
};

pub(crate) fn define<B: 'static>(linker: &mut LinkerInstance<'_, Host<B>>) -> Result<()> {
    linker.func_wrap("get-environment", |_: Call<'_, B>, (): ()| {
        Ok((Vec::<(String, String)>::new(),))
    })?;
    linker.func_wrap("get-arguments", |_: Call<'_, B>, (): ()| {
        Ok((Vec::<String>::new(),))
    })?;
    linker.func_wrap("initial-cwd", |_: Call<'_, B>, (): ()| {
        Ok((None::<String>,))
    })
}

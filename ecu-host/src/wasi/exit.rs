//! `wasi:cli/exit`: ends the activation like a trap.

use wasmtime::Result;

use crate::{
    binding::LinkerInstance,
    host::{Call, Host},
    misuse::Exit,
};

pub(crate) fn define<B: 'static>(linker: &mut LinkerInstance<'_, Host<B>>) -> Result<()> {
    linker.func_wrap("exit", |_: Call<'_, B>, (status,): (Result<(), ()>,)| {
        let status = u8::from(status.is_err());
        Err::<(), _>(Exit { status }.into())
    })?;
    linker.func_wrap("exit-with-code", |_: Call<'_, B>, (status,): (u8,)| {
        Err::<(), _>(Exit { status }.into())
    })
}

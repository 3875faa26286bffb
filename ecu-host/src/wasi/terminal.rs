//! `wasi:cli/terminal-*`: an ECU has no terminal.

use wasmtime::Result;

use crate::{
    absent::Absent,
    binding::{LinkerInstance, Resource},
    host::{Call, Host},
};

pub(crate) fn define_stdin<B: 'static>(linker: &mut LinkerInstance<'_, Host<B>>) -> Result<()> {
    define(linker, "get-terminal-stdin")
}

pub(crate) fn define_stdout<B: 'static>(linker: &mut LinkerInstance<'_, Host<B>>) -> Result<()> {
    define(linker, "get-terminal-stdout")
}

pub(crate) fn define_stderr<B: 'static>(linker: &mut LinkerInstance<'_, Host<B>>) -> Result<()> {
    define(linker, "get-terminal-stderr")
}

fn define<B: 'static>(linker: &mut LinkerInstance<'_, Host<B>>, name: &str) -> Result<()> {
    linker.func_wrap(name, |_: Call<'_, B>, (): ()| {
        Ok((None::<Resource<Absent>>,))
    })
}

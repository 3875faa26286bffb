//! `wasi:cli/stdin`, `stdout`, `stderr`: handles of the three streams.

use wasmtime::Result;

use super::streams::{InputStream, OutputStream};
use crate::{
    binding::LinkerInstance,
    board::{Board, Record},
    handles::push,
    host::{Call, Host, with_board},
};

pub(crate) fn define_stdin<B: 'static>(linker: &mut LinkerInstance<'_, Host<B>>) -> Result<()> {
    linker.func_wrap("get-stdin", |mut call: Call<'_, B>, (): ()| {
        Ok((push(&mut call, InputStream)?,))
    })
}

pub(crate) fn define_stdout<B: 'static>(linker: &mut LinkerInstance<'_, Host<B>>) -> Result<()> {
    linker.func_wrap("get-stdout", |mut call: Call<'_, B>, (): ()| {
        Ok((push(&mut call, OutputStream::Output)?,))
    })
}

pub(crate) fn define_stderr<B: 'static>(linker: &mut LinkerInstance<'_, Host<B>>) -> Result<()> {
    linker.func_wrap("get-stderr", |mut call: Call<'_, B>, (): ()| {
        Ok((push(&mut call, OutputStream::Error)?,))
    })
}

/// Records output that is not in the guest's memory.
pub(super) fn print<B: Board>(
    call: &mut Call<'_, B>,
    instance: Option<u32>,
    is_error: bool,
    text: &[u8],
) -> Result<()> {
    with_board(call, |call, board, at_ns| {
        let partition = call.data().table.name.as_str();
        board.record(
            at_ns,
            Record::Printed {
                partition,
                instance,
                is_error,
                text,
            },
        );
    })
}

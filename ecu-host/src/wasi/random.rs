//! `wasi:random`: all of it from the board.

use alloc::vec::Vec;

use wasmtime::Result;

use crate::{
    binding::LinkerInstance,
    board::Board,
    host::{Call, Host, with_board},
    misuse::Misuse,
};

pub(crate) fn define<B: Board + 'static>(linker: &mut LinkerInstance<'_, Host<B>>) -> Result<()> {
    linker.func_wrap("get-random-bytes", bytes::<B>)?;
    linker.func_wrap("get-random-u64", number::<B>)
}

pub(crate) fn define_insecure<B: Board + 'static>(
    linker: &mut LinkerInstance<'_, Host<B>>,
) -> Result<()> {
    linker.func_wrap("get-insecure-random-bytes", bytes::<B>)?;
    linker.func_wrap("get-insecure-random-u64", number::<B>)
}

pub(crate) fn define_seed<B: Board + 'static>(
    linker: &mut LinkerInstance<'_, Host<B>>,
) -> Result<()> {
    linker.func_wrap("insecure-seed", |mut call: Call<'_, B>, (): ()| {
        let seed = with_board(&mut call, |_, board, _| (board.random(), board.random()))?;
        Ok((seed,))
    })
}

fn number<B: Board>(mut call: Call<'_, B>, (): ()) -> Result<(u64,)> {
    Ok((with_board(&mut call, |_, board, _| board.random())?,))
}

fn bytes<B: Board>(mut call: Call<'_, B>, (length,): (u64,)) -> Result<(Vec<u8>,)> {
    let limit = call.data().settings.call_bytes as u64;
    if length > limit {
        let function = "wasi:random/random#get-random-bytes";
        return Err(Misuse::TooMany {
            function,
            asked: length,
            limit,
        }
        .into());
    }
    let mut bytes = Vec::with_capacity(length as usize);
    with_board(&mut call, |_, board, _| {
        while bytes.len() < length as usize {
            let eight = board.random().to_le_bytes();
            bytes.extend(eight.into_iter().take(length as usize - bytes.len()));
        }
    })?;
    Ok((bytes,))
}

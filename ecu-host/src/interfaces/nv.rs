//! `wireloom:ecu/nv`: non-volatile blocks of the partition.

use alloc::{string::String, vec::Vec};

use wasmtime::Result;

use crate::{
    binding::{LinkerInstance, WasmList, WasmStr},
    board::{Board, NV_BLOCK_BYTES, NV_NAME_BYTES, NvBlock, NvError, NvStatus},
    handles,
    host::{Call, Host, with_board},
    wit::wit,
};

wit! {
    enumeration Error: [Lower] {
        "not-ok" NotOk,
        "integrity-failed" IntegrityFailed,
        "nv-invalidated" NvInvalidated,
        "full" Full,
        "wrong-block" WrongBlock,
        "not-served" NotServed,
    }
}

wit! {
    #[derive(Clone, Copy)]
    variant RequestResult: [Lower] {
        "ok" Ok,
        "pending" Pending,
        "failed" Failed(Error),
    }
}

impl From<NvError> for Error {
    fn from(error: NvError) -> Error {
        match error {
            NvError::NotOk => Error::NotOk,
            NvError::IntegrityFailed => Error::IntegrityFailed,
            NvError::NvInvalidated => Error::NvInvalidated,
            NvError::Full => Error::Full,
            NvError::WrongBlock => Error::WrongBlock,
            NvError::NotServed => Error::NotServed,
        }
    }
}

type Answer<T> = (Result<T, Error>,);

pub(crate) fn define<B: Board + 'static>(linker: &mut LinkerInstance<'_, Host<B>>) -> Result<()> {
    linker.func_wrap("read", read::<B>)?;
    linker.func_wrap("write", write::<B>)?;
    linker.func_wrap(
        "invalidate",
        |mut call: Call<'_, B>, (block,): (WasmStr,)| -> Result<Answer<()>> {
            Ok((with_block(&mut call, &block, Board::nv_invalidate)?,))
        },
    )?;
    linker.func_wrap("status", |mut call: Call<'_, B>, (block,): (WasmStr,)| {
        let status = with_block(&mut call, &block, |board: &mut B, at_ns, block| {
            Ok(board.nv_status(at_ns, block))
        })?;
        Ok((match status {
            Ok(NvStatus::Ok) => RequestResult::Ok,
            Ok(NvStatus::Pending) => RequestResult::Pending,
            Ok(NvStatus::Failed(error)) => RequestResult::Failed(error.into()),
            Err(error) => RequestResult::Failed(error),
        },))
    })
}

fn read<B: Board>(mut call: Call<'_, B>, (block,): (WasmStr,)) -> Result<Answer<Vec<u8>>> {
    Ok((with_block(&mut call, &block, Board::nv_read)?,))
}

fn write<B: Board>(
    mut call: Call<'_, B>,
    (block, data): (WasmStr, WasmList<u8>),
) -> Result<Answer<()>> {
    if data.len() > NV_BLOCK_BYTES {
        return Ok((Err(Error::WrongBlock),));
    }
    let bytes = data.as_le_slice(&call).to_vec();
    let written = with_block(&mut call, &block, |board: &mut B, at_ns, block| {
        board.nv_write(at_ns, block, &bytes)
    })?;
    Ok((written,))
}

/// Lends the board for a block whose name is one.
fn with_block<B: Board, T>(
    call: &mut Call<'_, B>,
    block: &WasmStr,
    act: impl FnOnce(&mut B, u64, NvBlock<'_>) -> Result<T, NvError>,
) -> Result<Result<T, Error>> {
    let name: String = handles::text(call, block)?;
    if !is_name(&name) {
        return Ok(Err(Error::WrongBlock));
    }
    let done = with_board(call, |call, board, at_ns| {
        let partition = call.data().table.name.as_str();
        let name = name.as_str();
        act(board, at_ns, NvBlock { partition, name })
    })?;
    Ok(done.map_err(Error::from))
}

fn is_name(name: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=NV_NAME_BYTES).contains(&name.len()) && name.bytes().all(fits)
}

//! `wasi:io/streams`: output goes to the board's records at once, input is at its end.

use alloc::vec::Vec;

use wasmtime::Result;

use super::{error::IoError, poll::Pollable};
use crate::{
    binding::{LinkerInstance, Resource, ResourceType, WasmList},
    board::{Board, Record},
    handles::push,
    host::{Call, Host, record},
    misuse::Misuse,
    wit::wit,
};

/// What a handle `input-stream` stands for.
pub(crate) struct InputStream;

/// What a handle `output-stream` stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum OutputStream {
    Output,
    Error,
}

wit! {
    variant StreamError: [Lower] {
        "last-operation-failed" LastOperationFailed(Resource<IoError>),
        "closed" Closed,
    }
}

/// What may be written in one call.
const WRITE_BYTES: u64 = 65_536;

type Input = Resource<InputStream>;
type Output = Resource<OutputStream>;

pub(crate) fn define<B: Board + 'static>(linker: &mut LinkerInstance<'_, Host<B>>) -> Result<()> {
    define_input(linker)?;
    define_output(linker)
}

fn define_input<B: Board + 'static>(linker: &mut LinkerInstance<'_, Host<B>>) -> Result<()> {
    linker.resource(
        "input-stream",
        ResourceType::host::<InputStream>(),
        |mut call, handle| {
            call.data_mut().resources.delete(Input::new_own(handle))?;
            Ok(())
        },
    )?;
    for name in [
        "[method]input-stream.read",
        "[method]input-stream.blocking-read",
    ] {
        linker.func_wrap(name, |_: Call<'_, B>, _: (Input, u64)| {
            Ok((Err::<Vec<u8>, _>(StreamError::Closed),))
        })?;
    }
    for name in [
        "[method]input-stream.skip",
        "[method]input-stream.blocking-skip",
    ] {
        linker.func_wrap(name, |_: Call<'_, B>, _: (Input, u64)| {
            Ok((Err::<u64, _>(StreamError::Closed),))
        })?;
    }
    linker.func_wrap(
        "[method]input-stream.subscribe",
        |mut call: Call<'_, B>, _: (Input,)| Ok((push(&mut call, Pollable::At { ready_ns: 0 })?,)),
    )
}

fn define_output<B: Board + 'static>(linker: &mut LinkerInstance<'_, Host<B>>) -> Result<()> {
    linker.resource(
        "output-stream",
        ResourceType::host::<OutputStream>(),
        |mut call, handle| {
            call.data_mut().resources.delete(Output::new_own(handle))?;
            Ok(())
        },
    )?;
    linker.func_wrap(
        "[method]output-stream.check-write",
        |_: Call<'_, B>, _: (Output,)| Ok((Ok::<_, StreamError>(WRITE_BYTES),)),
    )?;
    for name in [
        "[method]output-stream.write",
        "[method]output-stream.blocking-write-and-flush",
    ] {
        linker.func_wrap(name, write::<B>)?;
    }
    for name in [
        "[method]output-stream.write-zeroes",
        "[method]output-stream.blocking-write-zeroes-and-flush",
    ] {
        linker.func_wrap(name, write_zeroes::<B>)?;
    }
    for name in [
        "[method]output-stream.flush",
        "[method]output-stream.blocking-flush",
    ] {
        linker.func_wrap(name, |_: Call<'_, B>, _: (Output,)| {
            Ok((Ok::<_, StreamError>(()),))
        })?;
    }
    for name in [
        "[method]output-stream.splice",
        "[method]output-stream.blocking-splice",
    ] {
        linker.func_wrap(name, |_: Call<'_, B>, _: (Output, Input, u64)| {
            Ok((Err::<u64, _>(StreamError::Closed),))
        })?;
    }
    linker.func_wrap(
        "[method]output-stream.subscribe",
        |mut call: Call<'_, B>, _: (Output,)| Ok((push(&mut call, Pollable::At { ready_ns: 0 })?,)),
    )
}

type Written = (Result<(), StreamError>,);

fn write<B: Board>(
    mut call: Call<'_, B>,
    (stream, contents): (Output, WasmList<u8>),
) -> Result<Written> {
    let is_error = *call.data().resources.get(&stream)? == OutputStream::Error;
    let instance = call.data().instance();
    record(&mut call, |partition, call| {
        let text = contents.as_le_slice(call);
        Record::Printed {
            partition,
            instance,
            is_error,
            text,
        }
    })?;
    Ok((Ok(()),))
}

fn write_zeroes<B: Board>(
    mut call: Call<'_, B>,
    (stream, length): (Output, u64),
) -> Result<Written> {
    let limit = call.data().settings.call_bytes as u64;
    if length > limit {
        let function = "wasi:io/streams#write-zeroes";
        return Err(Misuse::TooMany {
            function,
            asked: length,
            limit,
        }
        .into());
    }
    let is_error = *call.data().resources.get(&stream)? == OutputStream::Error;
    let instance = call.data().instance();
    let zeroes = alloc::vec![0; length as usize];
    super::stdio::print(&mut call, instance, is_error, &zeroes)?;
    Ok((Ok(()),))
}

//! `wasi:io/error`: the type; no stream of an ECU gives one out.

use alloc::string::String;

use wasmtime::Result;

use crate::{
    binding::{LinkerInstance, Resource, ResourceType},
    host::{Call, Host},
};

/// What a handle `error` stands for.
pub(crate) struct IoError;

pub(crate) fn define<B: 'static>(linker: &mut LinkerInstance<'_, Host<B>>) -> Result<()> {
    linker.resource("error", ResourceType::host::<IoError>(), |_, _| Ok(()))?;
    linker.func_wrap(
        "[method]error.to-debug-string",
        |_: Call<'_, B>, (_,): (Resource<IoError>,)| Ok((String::from("error"),)),
    )
}

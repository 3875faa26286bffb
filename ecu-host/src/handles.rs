//! Handles and texts that pass between guest and host.

use alloc::string::{String, ToString};

use wasmtime::Result;

use crate::{
    HANDLES,
    binding::{Resource, WasmStr},
    host::Call,
    misuse::Misuse,
};

/// A new handle of the guest's.
pub(crate) fn push<B, T: Send + 'static>(call: &mut Call<'_, B>, entry: T) -> Result<Resource<T>> {
    let pushed = call.data_mut().resources.push(entry);
    pushed.map_err(|_| Misuse::Handles { limit: HANDLES }.into())
}

/// A copy of a guest's text.
pub(crate) fn text<B: 'static>(call: &Call<'_, B>, text: &WasmStr) -> Result<String> {
    Ok(text.to_str(call)?.to_string())
}

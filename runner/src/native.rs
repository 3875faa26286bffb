//! Native code of partitions: compiled ahead of time for a processor, and loaded only where engine,
//! settings and hash are the ones that it was made for.

use deployment::NativeEngine;
use ecu_host::ENGINE_SETTINGS;
#[cfg(feature = "compile")]
use ecu_host::engine_config;
use sha2::{Digest, Sha256};
use wasmtime::{Engine, component::Component};

use crate::files::hexadecimal;

/// The version of wasmtime that this program is built with.
pub const WASMTIME: &str = "48.0.8";

/// What native code for that architecture has to be made for to run in this version.
pub fn engine_for(architecture: &str) -> NativeEngine {
    NativeEngine {
        architecture: architecture.to_owned(),
        wasmtime: WASMTIME.to_owned(),
        settings_sha256: hexadecimal(&Sha256::digest(ENGINE_SETTINGS)),
    }
}

/// The component of native code whose hash was checked against what its maker wrote down.
///
/// # Errors
/// In the engine's words.
#[expect(
    unsafe_code,
    reason = "native code is trusted by its hash; wasmtime has no other way to load it"
)]
pub(crate) fn load(engine: &Engine, code: &[u8]) -> Result<Component, String> {
    // SAFETY: the bytes are those that an export made by `compile` with this version and these
    // settings: the bundle's hash, version and settings were compared before.
    let loaded = unsafe { Component::deserialize(engine, code) };
    loaded.map_err(|error| format!("{error:#}"))
}

/// The native code of a composed partition for an architecture of Linux: `x86_64`, `aarch64`.
///
/// # Errors
/// In words: an architecture that this build has no compiler for, or a component that does not
/// compile.
#[cfg(feature = "compile")]
pub fn compile(component: &[u8], architecture: &str) -> Result<Vec<u8>, String> {
    if ecu_host::needs_concurrency(component) {
        return Err(
            "its components wait for each other, and a Linux ECU does not serve concurrency; offer plain functions"
                .to_owned(),
        );
    }
    let mut config = engine_config();
    let triple = format!("{architecture}-unknown-linux-musl");
    config
        .target(&triple)
        .map_err(|error| format!("this build has no compiler for `{architecture}`: {error:#}"))?;
    let engine = Engine::new(&config).map_err(|error| format!("{error:#}"))?;
    engine
        .precompile_component(component)
        .map_err(|error| format!("{error:#}"))
}

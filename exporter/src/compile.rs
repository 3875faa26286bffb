//! Ahead of time: from a lowered partition to the code that microcontrollers run. Knows nothing of
//! boards: Pulley's instructions are the same on all of them.

use crate::{
    lower::{self, LowerError},
    strip::without_symbols,
};
use std::panic::{AssertUnwindSafe, catch_unwind};
use wasmtime::Engine;

/// Why a partition could not be compiled.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CompileError {
    #[error("the compiler for microcontrollers did not start: {reason}")]
    Engine { reason: String },
    #[error("`{file}` can not be compiled for microcontrollers: {reason}")]
    Compile { file: String, reason: String },
    #[error("`{file}` can not be read: {source}")]
    Read { file: String, source: LowerError },
    #[error(
        "the compiler gave up on `{file}`; it may have more than 90 instances: divide it into more partitions"
    )]
    Panic { file: String },
}

/// The code of a lowered partition; the file's name is for messages. The same partition gives the
/// same bytes.
pub fn compile(file: &str, lowered: &[u8]) -> Result<Vec<u8>, CompileError> {
    let engine = |error: wasmtime::Error| CompileError::Engine {
        reason: format!("{error:#}"),
    };
    let config = ecu_host::microcontroller::engine_config().map_err(engine)?;
    let engine = Engine::new(&config).map_err(engine)?;
    let plain = lower::without_names(lowered).map_err(|source| CompileError::Read {
        file: file.to_owned(),
        source,
    })?;
    // The compiler panics where one adapter joins about a hundred memories; nothing of the engine
    // is kept then.
    let compiled = catch_unwind(AssertUnwindSafe(|| engine.precompile_component(&plain)));
    match compiled {
        Ok(Ok(code)) => Ok(without_symbols(code)),
        Ok(Err(error)) => Err(CompileError::Compile {
            file: file.to_owned(),
            reason: format!("{error:#}"),
        }),
        Err(_) => Err(CompileError::Panic {
            file: file.to_owned(),
        }),
    }
}

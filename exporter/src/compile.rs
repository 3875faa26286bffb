//! Ahead of time: from a lowered partition, flattened into one core module, to the code that
//! microcontrollers run. A component would cost a device the engine's support of components: a third
//! of the flash and of the heap. Knows nothing of boards: Pulley's instructions are the same on all of them.

use crate::{
    lower::{self, LowerError},
    native::{NativeFinding, flatten_for_engine},
    strip::without_symbols,
};
use std::panic::{AssertUnwindSafe, catch_unwind};
use wasmtime::Engine;

/// Why a partition could not be compiled.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CompileError {
    #[error(
        "the compiler for microcontrollers did not start: {reason}; check the memory of this machine, and export again"
    )]
    Engine { reason: String },
    #[error("`{file}` can not be compiled for microcontrollers: {reason}")]
    Compile { file: String, reason: String },
    #[error("`{file}` can not be compiled for microcontrollers: {}", words(source))]
    Flatten { file: String, source: NativeFinding },
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
    let compiled = catch_unwind(AssertUnwindSafe(|| {
        let module = flatten_for_engine(file, &plain).map_err(|source| CompileError::Flatten {
            file: file.to_owned(),
            source,
        })?;
        let compiled = engine.precompile_module(&module);
        compiled.map_err(|error| CompileError::Compile {
            file: file.to_owned(),
            reason: format!("{error:#}"),
        })
    }));
    match compiled {
        Ok(code) => Ok(without_symbols(code?)),
        Err(_) => Err(CompileError::Panic {
            file: file.to_owned(),
        }),
    }
}

/// What stands in the way of one module, and what to do.
fn words(finding: &NativeFinding) -> String {
    match finding {
        NativeFinding::Invalid { reason, .. } => reason.clone(),
        NativeFinding::Async { construct, .. } => {
            format!("it uses `{construct}`; make the function synchronous")
        }
        NativeFinding::Resource { construct, .. } => format!(
            "a component defines a resource of its own ({construct}); pass values instead of handles"
        ),
        NativeFinding::Transcoding { transcoding, .. } => format!(
            "it joins components with different string encodings ({transcoding}); build both with UTF-8 strings"
        ),
        NativeFinding::Import {
            interface,
            function,
            ..
        } => {
            format!("it imports `{interface}#{function}`, which is not served; leave the call out")
        }
        NativeFinding::Construct { construct, .. } => {
            format!("it uses {construct}; build its components for the mcu profile")
        }
    }
}

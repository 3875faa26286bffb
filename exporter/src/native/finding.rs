//! What the native path does not cover, by name. Knows nothing of how the rest is built.

/// Why a partition cannot be flattened and translated to C. Each says what was met, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NativeFinding {
    /// The bytes are no component, or use a feature of WebAssembly that is switched off here.
    #[error(
        "partition `{partition}` cannot be flattened: {reason}; build its components for the mcu profile"
    )]
    Invalid { partition: String, reason: String },
    /// Threads, streams, futures, waitable sets, `async` functions.
    #[error(
        "partition `{partition}` uses `{construct}`: microcontrollers run no asynchronous functions; make the function synchronous"
    )]
    Async {
        partition: String,
        construct: &'static str,
    },
    /// A component defines a resource of its own.
    #[error(
        "partition `{partition}` defines a resource ({construct}): microcontrollers have handles of buses only; pass values instead of handles"
    )]
    Resource {
        partition: String,
        construct: &'static str,
    },
    /// Two components with different string encodings.
    #[error(
        "partition `{partition}` joins components with different string encodings ({transcoding}): the native path covers UTF-8 on both sides; build both with UTF-8 strings"
    )]
    Transcoding {
        partition: String,
        transcoding: &'static str,
    },
    /// An import that no file of the native runtime serves.
    #[error(
        "partition `{partition}` imports `{interface}#{function}`, which the native path does not serve; use the Pulley image, or leave the call out"
    )]
    Import {
        partition: String,
        interface: String,
        function: String,
    },
    /// Something of core WebAssembly that the translation to C does not take.
    #[error(
        "partition `{partition}` uses {construct}, which the native path does not cover; build its components for the mcu profile"
    )]
    Construct {
        partition: String,
        construct: String,
    },
}

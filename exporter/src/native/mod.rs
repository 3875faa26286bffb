//! The native path for microcontrollers: a partition becomes one core module, then C, then an
//! image. One concern a file. Knows nothing of the graph, the engine, the window.

mod finding;
mod flatten;
mod glue;
mod helper;
mod host;
mod image;
mod merge;
mod rewrite;
mod runtime;
mod scan;
mod tools;

pub use finding::NativeFinding;
pub use flatten::{Call, Caller, Does, Flattened, Value, flatten};
pub use glue::{NativePartition, partition_source, system_source};
pub use host::{SERVED, Served, serve};
pub use image::{
    BOARDS, NativeBoard, NativeError, NativeImage, NativeInput, native_board, native_image,
};
pub use tools::ToolError;

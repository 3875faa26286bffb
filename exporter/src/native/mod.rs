//! The native path for microcontrollers: a partition becomes one core module, then C, then an
//! image. One concern a file. Knows nothing of the graph, the engine, the window.

mod asynchronous;
mod engine;
mod finding;
mod flatten;
mod flattened;
mod glue;
mod helper;
mod host;
mod image;
mod merge;
mod rewrite;
mod runtime;
mod scan;
mod system;
mod tables;
mod tools;
mod translated;

pub use finding::NativeFinding;
pub use flatten::{flatten, flatten_for_engine};
pub use flattened::{Call, Caller, Does, Flattened, Value};
pub use glue::{NativePartition, partition_source};
pub use host::{SERVED, Served, serve};
pub use image::{
    BOARDS, NativeBoard, NativeError, NativeImage, NativeInput, missing_tools, native_board,
    native_image,
};
pub use system::system_source;
pub use tools::ToolError;

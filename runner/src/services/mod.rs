//! What surrounds the loop and must never hold it up: what it counts goes out by a snapshot, what it
//! says by a channel; HTTP and OTLP run on threads of the ordinary class.

mod http;
mod lines;
mod metrics;
mod otlp;
mod snapshot;

pub(crate) use http::serve;
pub use lines::write_whole;
pub(crate) use lines::{Line, Log, Severity};
pub(crate) use otlp::Export;
pub use otlp::post as post_otlp;
pub(crate) use snapshot::{Published, Snapshot};

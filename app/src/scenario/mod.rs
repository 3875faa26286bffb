//! The scenarios of a project: read against its names, run in virtual time, judged while they run,
//! and told as JUnit XML and as a page. Grammar and judging are the crate `scenario`'s; this knows
//! the project and the simulator, no window, and files only by a function that reads them.

mod junit;
mod names;
mod page;
mod run;
mod values;

pub use junit::junit;
pub use page::page;
pub use run::{Bench, BenchError, Curve, Judged, Read, Tested, Text, run_all};

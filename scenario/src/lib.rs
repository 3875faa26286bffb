//! Scenarios: what happens to a system over virtual time, and what must be true of it, as lines of
//! text. Reading, printing, checking against the names of a system, and judging a run while it goes
//! on. Knows nothing of engines, projects, files and windows: names come in as a [`Catalogue`],
//! values one by one as a run gives them. Grammar and semantics: docs/scenarios.md.

mod catalogue;
mod check;
mod judge;
mod parse;
mod plan;
mod print;
mod table;
mod text;
mod time;

pub use catalogue::{Catalogue, Kind, Settable};
pub use check::check;
pub use judge::{Failure, Judge, Value, Verdict};
pub use parse::parse;
pub use plan::{Change, Disturbance, Envelope, Given, Log, Plan, Planned, Watched};
pub use text::{
    Against, Assertion, Claim, Comparison, Condition, Exercise, Literal, Moment, Name, Problem,
    Scenario, Spot, Statement, Timing, Validity, What,
};
pub use time::Time;

//! What differs between two versions of a project, by meaning and not by line, and the merge of two
//! versions that come from one. Works on the canonical project file as a tree, whose lists are keyed
//! by what they are about: a wire by its ends, an activation by its runnable.

mod compare;
mod merge;
mod rename;
mod tree;

pub use compare::{Change, Kind, Section, compare};
pub use merge::{Conflict, Merged, Outcome, merge};

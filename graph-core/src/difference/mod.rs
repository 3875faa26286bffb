//! What differs between two versions of a project, by meaning and not by line, and the merge of two
//! versions that come from one. Works on the canonical project file as a tree, whose lists are keyed
//! by what they are about: a wire by its ends, an activation by its runnable. What comes of it reaches
//! a document as edits.

mod compare;
mod merge;
mod naming;
mod references;
mod rename;
mod subject;
mod take;
mod transition;
mod tree;

pub use compare::{Change, Kind, Section, compare};
pub use merge::{Conflict, Merged, Outcome, Place, merge, merge_choosing};
pub use naming::{Names, Naming};
pub use rename::renamed;
pub use subject::Subjects;
pub use take::{Difference, differences, take};
pub use transition::transition;

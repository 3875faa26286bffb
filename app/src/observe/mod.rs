//! What a simulation's trace means to a user: rows in words, values by their types, signals by
//! the DBC, points for plots. Knows the model and the simulator; knows no window.

pub mod cause;
mod checked;
mod meaning;
mod modes;
mod received;

pub use checked::{Checked, checked, last_checks};
pub use meaning::{Meaning, Observed};
pub use modes::{ModeFollower, ModeGroup, ModeSwitch, ModeUser, mode_groups};

use graph_core::{compose::Composed, document::Document, library::Library};
use simulator::SystemFiles;

/// What the simulator runs of a composed project.
pub fn system_files(composed: &Composed) -> SystemFiles {
    let partitions = composed.partitions.iter();
    SystemFiles {
        system: composed.system.clone(),
        partitions: partitions
            .map(|partition| (partition.file_name.clone(), partition.bytes.clone()))
            .collect(),
    }
}

/// How to read the trace of a composed project.
pub fn meaning(document: &Document, library: &Library, composed: &Composed) -> Meaning {
    Meaning::new(document, library, composed)
}

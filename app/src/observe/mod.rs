//! What a simulation's trace means to a user: rows in words, values by their types, signals by
//! the DBC, points for plots. Knows the model and the simulator; knows no window.

mod breakpoint;
pub mod cause;
mod checked;
mod meaning;
mod modes;
mod probes;
mod received;
mod run_difference;
pub mod spans;

pub use breakpoint::{Breakpoint, BreakpointError, Hit, Running};
pub use checked::{Checked, checked, last_checks};
pub use meaning::{Meaning, Observed};
pub(crate) use received::cases as received_cases;

pub use modes::{ModeFollower, ModeGroup, ModeSwitch, ModeUser, mode_groups};
pub use probes::{ProbeFollower, ProbedFunction};
pub use run_difference::{BrokenLine, RunDifference, first_difference};

use graph_core::{
    compose::Composed,
    document::{BusKind, Document, TransmissionMode},
    hierarchy,
    library::Library,
    message,
};
use simulator::{Options, RestMessage, SystemFiles, Wiring};

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

/// Gives a run what is round the ECUs of a project and in no system file.
pub fn surround(options: &mut Options, document: &Document, library: &Library) {
    options.restbus = restbus(document, library);
    options.wirings = wirings(document);
}

/// What the simulator sends for nodes that are not there.
pub fn restbus(document: &Document, library: &Library) -> Vec<RestMessage> {
    let flat = hierarchy::flattened(document);
    let absent = message::absent(&flat.document, library).into_iter();
    let cycle = |mode| match mode {
        TransmissionMode::Cyclic {
            period_ns,
            offset_ns,
        }
        | TransmissionMode::Mixed {
            period_ns,
            offset_ns,
        } => Some((period_ns, offset_ns)),
        TransmissionMode::OnChange => None,
    };
    absent
        .map(|one| RestMessage {
            bus: one.bus.to_owned(),
            node: one.node.to_owned(),
            message: one.message.clone(),
            cycle_ns: cycle(one.said.mode),
            repetition: one.said.repetition.map(|one| (one.count, one.period_ns)),
            protection: one.said.protection,
        })
        .collect()
}

/// What virtual devices are wired to besides their own bus.
pub fn wirings(document: &Document) -> Vec<Wiring> {
    let devices = document.buses.values().flat_map(|bus| match &bus.kind {
        BusKind::Spi { devices, .. } => devices.as_slice(),
        _ => &[],
    });
    let wired = devices.filter(|device| device.can.is_some() || device.interrupt.is_some());
    wired
        .map(|device| Wiring {
            device: device.name.clone(),
            can: device.can.clone(),
            interrupt: device.interrupt.clone(),
        })
        .collect()
}

/// How to read the trace of a composed project.
pub fn meaning(document: &Document, library: &Library, composed: &Composed) -> Meaning {
    Meaning::new(document, library, composed)
}

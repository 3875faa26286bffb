//! What a project can be exported for: one list for the command line and the window, with what each
//! target writes and needs. `make` makes the files of one, `machine` says what this machine lacks.
//! Knows neither of the two.

mod machine;
mod make;

pub use machine::lacks;
pub use make::{MakeError, files, files_of_product, write};

use crate::session::{Destination, Target};
use exporter::{
    boards::{self, Board, Execution, Kind},
    native,
};

/// Something that a project can be exported for.
#[derive(Debug, Clone, PartialEq)]
pub struct ExportTarget {
    pub destination: Destination,
    /// As the command line names it; a native form has the board's.
    pub id: &'static str,
    /// As people name it.
    pub name: String,
    pub form: Form,
    /// `None`: portable files.
    pub board: Option<Board>,
}

/// What leaves the studio.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Wasm,
    OciLayout,
    Wac,
    /// Descriptions of CAN buses.
    Dbc,
    Arxml,
    /// A prebuilt firmware and a signed payload.
    Pulley,
    /// The board's own code, by way of C.
    Native,
    /// C for the vendor's build.
    CProject,
    LinuxBundle,
}

impl Form {
    /// In one sentence: what is written.
    pub fn writes(self) -> &'static str {
        match self {
            Form::Wasm => {
                "One .wasm a partition, the system file and a report; any WebAssembly host runs it"
            }
            Form::OciLayout => "A folder that registries and fleet tools take as it is",
            Form::Wac => "One .wac document a partition with its components; stock wac composes it",
            Form::Dbc => {
                "One DBC file a CAN bus, and frames for what leads from one ECU to another, with their reasons"
            }
            Form::Arxml => {
                "One .arxml of AUTOSAR 4 for other tools, and a list of what it cannot say"
            }
            Form::Pulley => {
                "ELF, Intel HEX and BIN: the board's prebuilt firmware with a signed payload; no compiler is needed"
            }
            Form::Native => {
                "ELF, Intel HEX, BIN and their C: faster and smaller, not signed, one image a slot"
            }
            Form::CProject => "A C project for the vendor's build",
            Form::LinuxBundle => {
                "A folder and an archive an ECU: program, native code, service, installer with two slots"
            }
        }
    }

    /// In a word or two, beside a board's name.
    pub fn word(self) -> &'static str {
        match self {
            Form::Wasm | Form::OciLayout | Form::Wac | Form::Dbc => "portable",
            Form::Arxml => "for other tools",
            Form::Pulley => "interpreted (Pulley)",
            Form::Native => "native code",
            Form::CProject => "C sources for the vendor's build",
            Form::LinuxBundle => "folder with runner and services",
        }
    }

    /// Whether a key signs it.
    pub fn is_signed(self) -> bool {
        self == Form::Pulley
    }
}

/// The one that takes projects with errors: frames mend the usual one of them.
pub const DBC: &str = "dbc";
/// A description for other tools of AUTOSAR.
pub const ARXML: &str = "arxml";

/// Files for any host, by the name that the command line has for them.
const PORTABLE: [(&str, &str, Target, Form); 5] = [
    ("wasm", "Composed components", Target::Wasm, Form::Wasm),
    (
        "oci-layout",
        "OCI image layout",
        Target::OciLayout,
        Form::OciLayout,
    ),
    ("wac", "Composition documents", Target::Wac, Form::Wac),
    (DBC, "CAN descriptions", Target::Dbc, Form::Dbc),
    (ARXML, "AUTOSAR description", Target::Arxml, Form::Arxml),
];

/// All of them: portable files, boards in their default form, boards by C where that is not their
/// default.
pub fn targets() -> Vec<ExportTarget> {
    let portable = PORTABLE.map(|(id, name, target, form)| ExportTarget {
        destination: Destination::Portable(target),
        id,
        name: name.to_owned(),
        form,
        board: None,
    });
    let known: Vec<(&'static str, Board)> = boards::ids()
        .filter_map(|id| Some((id, boards::board(id).ok()?)))
        .collect();
    let by_default = known.iter().map(|(id, board)| ExportTarget {
        destination: Destination::Board(id),
        id,
        name: board.name.clone(),
        form: default_form(board),
        board: Some(board.clone()),
    });
    let by_c = known
        .iter()
        .filter(|(id, board)| {
            default_form(board) == Form::Pulley && native::native_board(id).is_some()
        })
        .map(|(id, board)| ExportTarget {
            destination: Destination::Native(id),
            id,
            name: board.name.clone(),
            form: Form::Native,
            board: Some(board.clone()),
        });
    portable.into_iter().chain(by_default).chain(by_c).collect()
}

fn default_form(board: &Board) -> Form {
    match (board.kind, board.execution) {
        (Kind::Linux, _) | (_, Execution::LinuxBundle) => Form::LinuxBundle,
        (_, Execution::Pulley) => Form::Pulley,
        (_, Execution::Native) => Form::Native,
        (_, Execution::CProject) => Form::CProject,
    }
}

/// What the command line calls its targets.
pub fn ids() -> impl Iterator<Item = &'static str> {
    let portable = PORTABLE.iter().map(|(id, _, _, _)| *id);
    portable.chain(boards::ids())
}

/// The target of that id in its default form.
pub fn named(id: &str) -> Option<ExportTarget> {
    targets().into_iter().find(|target| target.id == id)
}

/// The target of a destination.
pub fn target(destination: Destination) -> Option<ExportTarget> {
    let mut all = targets().into_iter();
    all.find(|target| target.destination == destination)
}

/// The target of that id by C: for some boards that is their default.
pub fn native_named(id: &str) -> Result<ExportTarget, MakeError> {
    let is_by_c = |target: &ExportTarget| matches!(target.form, Form::Native | Form::CProject);
    let mut all = targets().into_iter();
    all.find(|target| target.id == id && is_by_c(target))
        .ok_or_else(|| MakeError::NoNative {
            board: id.to_owned(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_board_is_a_target_once_and_by_c_where_there_is_a_way() {
        let all = targets();
        for id in boards::ids() {
            let forms: Vec<Form> = all
                .iter()
                .filter(|target| target.id == id)
                .map(|target| target.form)
                .collect();
            let has_c = native::native_board(id).is_some();
            assert_eq!(
                forms
                    .iter()
                    .any(|form| matches!(form, Form::Native | Form::CProject)),
                has_c,
                "{id}"
            );
            assert_eq!(
                forms.len(),
                1 + usize::from(forms.first() == Some(&Form::Pulley) && has_c)
            );
        }
        let mut destinations: Vec<_> = all.iter().map(|target| target.destination).collect();
        destinations.sort();
        destinations.dedup();
        assert_eq!(destinations.len(), all.len(), "each is one target");
    }

    #[test]
    fn what_has_no_native_path_says_so() {
        let due = native_named("arduino-due").unwrap();
        assert_eq!(due.destination, Destination::Board("arduino-due"));
        let an385 = native_named("qemu-mps2-an385").unwrap();
        assert_eq!(an385.destination, Destination::Native("qemu-mps2-an385"));
        let error = native_named("stm32f469-disco").unwrap_err().to_string();
        assert_eq!(
            error,
            "board `stm32f469-disco` has no native path; leave `--native` out"
        );
        assert!(native_named("wasm").is_err());
    }
}

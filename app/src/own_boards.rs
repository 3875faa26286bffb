//! Which board each ECU of a project is, where the project says it: what `export` and `verify` take
//! when no target is named. Knows no command line and no window.

use crate::{
    budget::{self, Placed},
    session::Destination,
};
use exporter::boards::BoardError;
use graph_core::document::Document;

/// Why the project does not say what an ECU is.
#[derive(Debug, thiserror::Error)]
pub enum OwnBoardError {
    #[error(transparent)]
    Board(#[from] BoardError),
    #[error(
        "no ECU has a board; name one by `--target`, or write `target = \"BOARD\"` under `[ecus.NAME]`"
    )]
    None,
    #[error(
        "ECU `{ecu}` has no board, and others have; write `target = \"BOARD\"` under `[ecus.{ecu}]`, choose ECUs by `--ecu`, or name one board for all by `--target`"
    )]
    Some { ecu: String },
    #[error("the project has no ECU `{ecu}` with partitions; choose one of `{known}`")]
    NoEcu { ecu: String, known: String },
}

/// Whether the project gives any ECU a board.
pub fn are_given(document: &Document) -> bool {
    document.ecus.values().any(|ecu| ecu.target.is_some())
}

/// Each ECU with partitions, or those of them that are named, on its own board.
pub fn own_boards(document: &Document, ecus: &[String]) -> Result<Vec<Placed>, OwnBoardError> {
    if !are_given(document) {
        return Err(OwnBoardError::None);
    }
    let with_partitions = document
        .ecus
        .values()
        .filter(|ecu| !ecu.partitions.is_empty());
    let known: Vec<&str> = with_partitions.map(|ecu| ecu.name.as_str()).collect();
    if let Some(ecu) = ecus.iter().find(|ecu| !known.contains(&ecu.as_str())) {
        let (ecu, known) = (ecu.clone(), known.join("`, `"));
        return Err(OwnBoardError::NoEcu { ecu, known });
    }
    let is_chosen = |name: &str| ecus.is_empty() || ecus.iter().any(|ecu| ecu == name);
    let placed = budget::placed_by_project(document)?;
    let chosen = known.into_iter().filter(|name| is_chosen(name));
    let own = chosen.map(|name| {
        let own = placed.iter().find(|placed| placed.ecu == name);
        own.cloned().ok_or_else(|| OwnBoardError::Some {
            ecu: name.to_owned(),
        })
    });
    own.collect()
}

/// The folder of an ECU in an export for several boards; none for bundles, which bring one.
pub fn folder(placed: &Placed) -> Option<&str> {
    let has_folder = match placed.target.destination {
        Destination::Board(_) => placed.target.form == crate::targets::Form::LinuxBundle,
        Destination::Native(_) | Destination::Portable(_) => false,
    };
    (!has_folder).then_some(placed.ecu.as_str())
}

//! The files of an export, for every target: gathers firmware, key and programs from the disk and
//! hands them to what makes images. The same for the command line, the window and a rebuild.

use super::{ExportTarget, Form, target};
use crate::{
    boards::{self, ImageOrder},
    concurrency,
    export::{self, ExportError},
    files::{self, FilesError},
    linux::{self, LinuxError},
    native,
    session::{Destination, ExportOrder},
};
use exporter::{Files, Product, boards::BoardError};
use graph_core::{document::Document, library::Library};
use std::path::Path;

/// Why there are no files.
#[derive(Debug, thiserror::Error)]
pub enum MakeError {
    #[error(transparent)]
    Export(#[from] ExportError),
    #[error(transparent)]
    Linux(#[from] LinuxError),
    #[error(transparent)]
    Files(#[from] FilesError),
    #[error(transparent)]
    Board(#[from] BoardError),
    #[error("board `{board}` has no native path; leave `--native` out")]
    NoNative { board: String },
    #[error("`{id}` is made of the project itself, not of a bundle; export it from the project")]
    OfProject { id: &'static str },
}

impl MakeError {
    /// Whether the user's model is wrong, not the call or the machine.
    pub fn is_of_the_model(&self) -> bool {
        matches!(self, MakeError::Export(_) | MakeError::Linux(_))
    }
}

/// All files of an export of a project.
pub fn files(
    document: &Document,
    library: &Library,
    order: &ExportOrder,
) -> Result<Files, MakeError> {
    if let Destination::Portable(portable) = order.destination {
        return Ok(export::contents(document, library, portable)?);
    }
    let product = export::checked_product(document, library)?;
    if let Some(ExportTarget {
        board: Some(board),
        form: Form::LinuxBundle,
        ..
    }) = target(order.destination)
    {
        let ecus = boards::selected(&product.system, &order.ecus)?;
        let ecus = ecus.iter().map(String::as_str);
        concurrency::refuse((document, library), ecus, &board.id)?;
    }
    if let Some(ExportTarget {
        board: Some(board),
        form: form @ (Form::Pulley | Form::Native | Form::CProject),
        ..
    }) = target(order.destination)
    {
        // A board that has no firmware here is not worth a look at the components.
        if form == Form::Pulley {
            files::read_firmware(&board.id)?;
        }
        for ecu in boards::selected(&product.system, &order.ecus)? {
            boards::refuse_unfit(document, library, &product, &ecu, &board)?;
        }
    }
    files_of_product(&product, order)
}

/// The same of what was composed before.
pub fn files_of_product(product: &Product, order: &ExportOrder) -> Result<Files, MakeError> {
    let Some(ExportTarget {
        board, form, id, ..
    }) = target(order.destination)
    else {
        unreachable!("a destination comes from the list: this is a bug")
    };
    let Some(board) = board else {
        return match form {
            Form::OciLayout => Ok(exporter::oci::layout(product).map_err(ExportError::from)?),
            Form::Wasm => Ok(
                exporter::wasm::export_with(product, Files::new()).map_err(ExportError::from)?
            ),
            _ => Err(MakeError::OfProject { id }),
        };
    };
    match form {
        Form::LinuxBundle => Ok(linux::bundles(
            product,
            &board,
            &order.ecus,
            &linux::programs(),
        )?),
        Form::Native | Form::CProject => {
            let native_board = exporter::native::native_board(id).ok_or(MakeError::NoNative {
                board: id.to_owned(),
            })?;
            Ok(native::images(product, native_board, &order.ecus)?)
        }
        _ => signed(product, order, &board),
    }
}

fn signed(
    product: &Product,
    order: &ExportOrder,
    board: &exporter::boards::Board,
) -> Result<Files, MakeError> {
    let firmware = files::read_firmware(&board.id)?;
    let key = match &order.key {
        Some(path) => files::read_signing_key(path)?,
        None => payload::SigningKey::development(),
    };
    let order = ImageOrder {
        board,
        firmware: &firmware,
        ecus: &order.ecus,
        key: &key,
        counter: order.counter,
    };
    Ok(boards::images_of_product(product, &order)?)
}

/// Writes an export, whole or not at all; what of it is started can be.
pub fn write(directory: &Path, contents: &Files) -> Result<(), FilesError> {
    files::write_all(directory, contents)?;
    let is_started = |name: &&String| match name.rsplit_once('/') {
        Some((_, file)) => exporter::linux::EXECUTABLE.contains(&file),
        None => false,
    };
    let mut started = contents.keys().filter(is_started);
    started.try_for_each(|name| files::make_executable(&directory.join(name)))
}

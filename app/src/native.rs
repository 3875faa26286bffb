//! From a checked project to native images: C, and what a compiler on this machine makes of it.
//! Writes nothing.

use crate::{
    boards::{refuse_unfit, selected},
    export::{self, ExportError},
};
use exporter::{
    Files,
    boards::Board,
    native::{NativeBoard, NativeImage, NativeInput, native_image},
};
use graph_core::{
    compose::{self, Composed},
    document::Document,
    library::Library,
};

/// The files of an export with one native image an ECU, each in a folder of the ECU's name, beside
/// the portable parts.
pub fn images(
    document: &Document,
    library: &Library,
    board: &Board,
    native: &NativeBoard,
    ecus: &[String],
) -> Result<Files, ExportError> {
    export::refuse_errors(document, library)?;
    let composed = compose::compose(document, library)?;
    let product = export::product(document, library, &composed)?;
    let mut files = Files::new();
    for ecu in selected(&composed, ecus)? {
        refuse_unfit(document, library, &product, &ecu, board)?;
        let image = image(&composed, &ecu, native)?;
        let image = image.files.into_iter();
        files.extend(image.map(|(path, bytes)| (format!("{ecu}/{path}"), bytes)));
    }
    Ok(exporter::wasm::export_with(&product, files)?)
}

fn image(composed: &Composed, ecu: &str, board: &NativeBoard) -> Result<NativeImage, ExportError> {
    let partitions = composed.partitions.iter().filter(|one| one.ecu == ecu);
    let partitions: Vec<_> = partitions
        .map(|one| (one.deployment.clone(), one.bytes.as_slice()))
        .collect();
    Ok(native_image(
        board,
        &NativeInput {
            system: &composed.system,
            partitions: &partitions,
            trace: false,
        },
    )?)
}

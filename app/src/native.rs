//! From a composed product to native images: C, and what a compiler on this machine makes of it.
//! Writes nothing.

use crate::{boards::selected, export::ExportError};
use exporter::{
    Files, MadeFor, MadeForm, Product,
    microcontroller::MicrocontrollerError,
    native::{NativeBoard, NativeImage, NativeInput, native_image},
};

/// The files of an export with one native image an ECU, each in a folder of the ECU's name, beside
/// the portable parts.
pub fn images(
    product: &Product,
    board: &NativeBoard,
    ecus: &[String],
) -> Result<Files, ExportError> {
    let ecus = selected(&product.system, ecus)?;
    let mut files = Files::new();
    for ecu in &ecus {
        let image = image(product, ecu, board)?;
        let image = image.files.into_iter();
        files.extend(image.map(|(path, bytes)| (format!("{ecu}/{path}"), bytes)));
    }
    let made_for = MadeFor {
        board: board.id.to_owned(),
        form: MadeForm::Native,
        ecus,
        counter: 0,
    };
    Ok(exporter::wasm::export_for(product, files, made_for)?)
}

/// The native image of one ECU.
pub fn image(
    product: &Product,
    ecu: &str,
    board: &NativeBoard,
) -> Result<NativeImage, ExportError> {
    let named = product.system.ecus.iter().filter(|one| one.name == ecu);
    let files = named.flat_map(|ecu| &ecu.partitions);
    let mut partitions = Vec::new();
    for file in files {
        let made = product.partitions.iter();
        let found = made.filter(|one| one.file_name == file.file);
        for partition in found {
            let table = (partition.table()).ok_or_else(|| MicrocontrollerError::NoDeployment {
                file: file.file.clone(),
            })?;
            partitions.push((table, partition.bytes.as_slice()));
        }
    }
    Ok(native_image(
        board,
        &NativeInput {
            system: &product.system,
            partitions: &partitions,
            trace: false,
        },
    )?)
}

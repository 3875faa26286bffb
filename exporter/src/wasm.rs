//! Target `wasm`: the partitions with everything that makes them usable in decades: system file,
//! WIT, bill of materials, recipe, manifest. Knows nothing of registries and images.

use crate::{
    ExportError, Files, MadeFor, Product, component::outside, manifest,
    microcontroller::ImageEntry, product::Partition, recipe, sbom,
};
use autosar_wit::packages;

/// The files of the export; the same product gives the same bytes.
pub fn export(product: &Product) -> Result<Files, ExportError> {
    export_with(product, Files::new())
}

/// The same with further files (a report, commands), which the manifest lists too.
pub fn export_with(product: &Product, further: Files) -> Result<Files, ExportError> {
    export_of(product, further, None, Vec::new())
}

/// The same where the further files are those of a board.
pub fn export_for(
    product: &Product,
    further: Files,
    made_for: MadeFor,
) -> Result<Files, ExportError> {
    export_of(product, further, Some(made_for), Vec::new())
}

/// The same with what the manifest says of images for microcontrollers.
pub(crate) fn export_of(
    product: &Product,
    further: Files,
    made_for: Option<MadeFor>,
    images: Vec<ImageEntry>,
) -> Result<Files, ExportError> {
    product.check()?;
    let mut files = further;
    for partition in &product.partitions {
        add_wit(partition, &mut files)?;
        files.insert(partition.file_name.clone(), partition.bytes.clone());
    }
    files.insert(
        deployment::SYSTEM_FILE.to_owned(),
        product.system.to_text().into_bytes(),
    );
    files.insert(sbom::FILE.to_owned(), sbom::sbom(product)?);
    files.insert(recipe::FILE.to_owned(), recipe::recipe(product));
    manifest::add_for(product, made_for, images, &mut files)?;
    Ok(files)
}

/// The partition's world, and the packages of ours that it imports from.
fn add_wit(partition: &Partition, files: &mut Files) -> Result<(), ExportError> {
    let stem = partition.file_name.trim_end_matches(".wasm");
    files.insert(
        format!("wit/{stem}.wit"),
        partition.wit.clone().into_bytes(),
    );
    let mut used = outside(&partition.file_name, &partition.bytes)?.imports;
    // Users before used ones, so that one round is enough.
    for package in packages::ALL.iter().rev() {
        let name = package.name();
        let uses = |text: &String| text.contains(&format!("{name}/"));
        if used.iter().any(uses) {
            let file = package.path.rsplit('/').next().unwrap_or(package.path);
            files.insert(format!("wit/deps/{file}"), package.text.as_bytes().to_vec());
            used.push(package.text.to_owned());
        }
    }
    Ok(())
}

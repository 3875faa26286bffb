//! `wireloom import FILE.arxml… -o PROJECT`.

use super::{
    arxml::read,
    import::{ImportArguments, taken},
    outcome::Outcome,
};
use crate::{
    files,
    import::arxml::{Made, project, project_name},
};
use arxml::Model;
use graph_core::file;
use serde_json::json;
use std::fmt::Write;

pub(super) fn import(arguments: &ImportArguments) -> Outcome {
    if let Some(outcome) = taken(&arguments.output) {
        return outcome;
    }
    let name = project_name(&arguments.output);
    let model = match read(&arguments.files, &name) {
        Ok(model) => model,
        Err(outcome) => return *outcome,
    };
    let mut made = project(&model, &name);
    if let Err(error) = write(arguments, &mut made, &name) {
        return Outcome::failed(error);
    }
    told(arguments, &model, &made)
}

/// The WIT first: the arrangement needs to know the ports.
fn write(
    arguments: &ImportArguments,
    made: &mut Made,
    name: &str,
) -> Result<(), files::FilesError> {
    let folder = &arguments.output;
    files::write_all(folder, &made.files)?;
    let path = folder.join(format!("{name}.{}", file::EXTENSION));
    files::lay_out(&mut made.document, &path);
    for (extension, text) in [
        (file::EXTENSION, file::write(&made.document)),
        (file::LAYOUT_EXTENSION, file::write_layout(&made.document)),
    ] {
        let path = folder.join(format!("{name}.{extension}"));
        files::write_atomically(&path, text.as_bytes())?;
        made.files
            .insert(format!("{name}.{extension}"), text.into_bytes());
    }
    Ok(())
}

fn told(arguments: &ImportArguments, model: &Model, made: &Made) -> Outcome {
    let document = &made.document;
    let (instances, connectors) = (document.instances.len(), document.connectors.len());
    let mut text = super::arxml::told(model);
    for note in &made.notes {
        let _ = writeln!(text, "note: {note}");
    }
    let _ = writeln!(
        text,
        "made {} ({} components, {instances} instances, {connectors} connectors, {} elements not taken over)",
        arguments.output.display(),
        document.components.len(),
        model.unmapped.len(),
    );
    Outcome::fine(
        json!({
            "directory": arguments.output,
            "files": made.files.keys().collect::<Vec<_>>(),
            "components": document.components.len(),
            "instances": instances,
            "connectors": connectors,
            "notes": made.notes,
            "unmapped": model.unmapped,
            "defects": model.defects,
        }),
        text,
    )
}

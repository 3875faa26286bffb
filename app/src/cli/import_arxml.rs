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
use std::{collections::BTreeMap, fmt::Write};

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

fn write(
    arguments: &ImportArguments,
    made: &mut Made,
    name: &str,
) -> Result<(), files::FilesError> {
    let texts = [
        (file::EXTENSION, file::write(&made.document)),
        (file::LAYOUT_EXTENSION, file::write_layout(&made.document)),
    ];
    let named =
        |(extension, text): (&str, String)| (format!("{name}.{extension}"), text.into_bytes());
    let project: BTreeMap<String, Vec<u8>> = texts.into_iter().map(named).collect();
    files::write_new(&arguments.output, &made.files, &project)?;
    made.files.extend(project);
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

//! `wireloom export PROJECT [--target wasm|oci-layout|wac|dbc|BOARD] -o DIR`.

use super::{
    outcome::{Outcome, has_errors, untold},
    progress,
};
use crate::{
    export as product, files, own_boards,
    session::{Destination, ExportOrder, Target},
    targets::{self, ExportTarget},
};
use clap::builder::PossibleValuesParser;
use exporter::Files;
use graph_core::document::Document;
use serde_json::json;
use std::{
    collections::BTreeMap,
    fmt::Write,
    path::{Path, PathBuf},
};

/// What is written of a project that gives no ECU a board.
const PORTABLE: &str = "wasm";

#[derive(Debug, clap::Args)]
pub(super) struct ExportArguments {
    /// Folder or `.wireloom` file
    project: PathBuf,
    /// What to write: `wasm` (composed components, system file, WIT, bill of materials, report),
    /// `oci-layout` (image layout folder, one image a partition), `wac` (documents for stock wac),
    /// `dbc` (descriptions of CAN buses, with frames for what leads from one ECU to another), `arxml`
    /// (an AUTOSAR description for other tools), or the id of a board; `wireloom targets` lists them
    /// with what each needs. Without it each ECU
    /// is exported for the board that the project gives it, and `wasm` where it gives none
    #[arg(long, value_name = "TARGET", value_parser = known_targets())]
    target: Option<String>,
    /// Folder for the files; made if it is not there. With `oci-layout` a name that ends in `.tar`
    /// is one archive of them
    #[arg(short, long)]
    output: PathBuf,
    /// Also write each partition as a command for stock `wasmtime run`, which calls its tasks for
    /// so long and prints its frames: `10s`
    #[arg(long, value_name = "TIME")]
    command: Option<String>,
    #[command(flatten)]
    image: ImageArguments,
}

/// What only images for microcontrollers need.
#[derive(Debug, clap::Args)]
struct ImageArguments {
    /// For boards: the private key that signs (PEM, of `wireloom keygen` or openssl); without it
    /// the development key, which everybody has
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// For boards: the ECU to make an image of; several are fine, none means all
    #[arg(long = "ecu", value_name = "NAME")]
    ecus: Vec<String>,
    /// For boards: the anti-rollback counter; a device takes none that is lower than the highest
    /// it has confirmed
    #[arg(long, value_name = "N", default_value_t = 0)]
    counter: u32,
    /// For boards: translate to C and compile, also where Pulley is the default
    #[arg(long, requires = "target")]
    native: bool,
}

pub(super) fn known_targets() -> PossibleValuesParser {
    PossibleValuesParser::new(targets::ids().collect::<Vec<_>>())
}

pub(super) fn export(arguments: &ExportArguments) -> Outcome {
    let project = match files::open_project(&arguments.project) {
        Ok(project) => project,
        Err(error) => return Outcome::failed(error),
    };
    let diagnostics = graph_core::check::check(&project.document, &project.library);
    let warnings = untold(&project.warnings, &diagnostics);
    let is_packed = arguments.target.as_deref() == Some(targets::DBC);
    // What is described need not run yet, and it has compositions.
    let is_described = arguments.target.as_deref() == Some(targets::ARXML);
    if has_errors(&diagnostics) && !is_packed && !is_described {
        return Outcome::diagnosed(&project.document, &diagnostics).with_warnings(&warnings);
    }
    let project = match is_described {
        true => project,
        false => project.flattened(),
    };
    let parts = match parts(arguments, &project.document) {
        Ok(parts) => parts,
        Err(outcome) => return *outcome,
    };
    let bar = progress::spinner("Exporting");
    let made = parts.iter().map(|part| part.files(&project));
    let made: Result<Vec<Files>, _> = made.collect();
    bar.finish_and_clear();
    let mut contents: Files = match made {
        Ok(contents) => contents.into_iter().flatten().collect(),
        Err(error) if error.is_of_the_model() => return Outcome::wrong(error),
        Err(error) => return Outcome::failed(error),
    };
    let refused = match add_commands(arguments, &project, &mut contents) {
        Ok(refused) => refused,
        Err(outcome) => return *outcome,
    };
    if let Err(outcome) = write(&arguments.output, &parts, &contents) {
        return *outcome;
    }
    let mut text = String::new();
    for (name, bytes) in &contents {
        let _ = writeln!(
            text,
            "{:>9} bytes  {}",
            bytes.len(),
            arguments.output.join(name).display()
        );
    }
    for reason in &refused {
        let _ = writeln!(text, "no command: {reason}");
    }
    if let Some(left_out) = contents.get(product::arxml::LEFT_OUT_FILE) {
        for line in String::from_utf8_lossy(left_out).lines() {
            let _ = writeln!(text, "not exported: {line}");
        }
    }
    // Native images boot without a check: they are not signed.
    let is_signed = parts.iter().any(|part| part.target.form.is_signed());
    if is_signed && arguments.image.key.is_none() {
        let _ = writeln!(text, "signed with the {}", payload::DEVELOPMENT_MARK);
    }
    let listed = contents
        .iter()
        .map(|(name, bytes)| json!({ "path": name, "size_bytes": bytes.len() }));
    let mut json = json!({ "directory": arguments.output, "files": listed.collect::<Vec<_>>() });
    if let (true, Some(fields)) = (arguments.command.is_some(), json.as_object_mut()) {
        fields.insert("no_command".to_string(), json!(refused));
    }
    Outcome::fine(json, text).with_warnings(&warnings)
}

/// What of an export is for one target.
struct Part {
    target: ExportTarget,
    order: ExportOrder,
    /// In which folder of the output, where it is not the output itself.
    folder: Option<String>,
}

impl Part {
    fn files(&self, project: &files::Project) -> Result<Files, targets::MakeError> {
        let files = targets::files(&project.document, &project.library, &self.order)?;
        let Some(folder) = &self.folder else {
            return Ok(files);
        };
        let inside = |(path, bytes)| (format!("{folder}/{path}"), bytes);
        Ok(files.into_iter().map(inside).collect())
    }
}

/// All for one target, or each ECU for its own.
fn parts(arguments: &ExportArguments, document: &Document) -> Result<Vec<Part>, Box<Outcome>> {
    let failed = |error: &dyn std::fmt::Display| Box::new(Outcome::failed(error));
    let part = |target: ExportTarget, ecus: Vec<String>, folder| Part {
        order: ExportOrder {
            destination: target.destination,
            directory: arguments.output.clone(),
            ecus,
            key: arguments.image.key.clone(),
            counter: arguments.image.counter,
        },
        target,
        folder,
    };
    let ecus = &arguments.image.ecus;
    let id = match &arguments.target {
        Some(id) => id.as_str(),
        None if own_boards::are_given(document) => {
            let placed = own_boards::own_boards(document, ecus).map_err(|error| failed(&error))?;
            let own = placed.into_iter().map(|placed| {
                let folder = own_boards::folder(&placed).map(str::to_owned);
                part(placed.target, vec![placed.ecu], folder)
            });
            return Ok(own.collect());
        }
        None => PORTABLE,
    };
    let target = match arguments.image.native {
        true => targets::native_named(id).map_err(|error| failed(&error))?,
        false => targets::named(id).unwrap_or_else(|| {
            unreachable!("the parser takes names of the list only: this is a bug")
        }),
    };
    Ok(vec![part(target, ecus.clone(), None)])
}

/// A folder, or an archive where that was asked for.
fn write(directory: &Path, parts: &[Part], contents: &Files) -> Result<(), Box<Outcome>> {
    let is_layout =
        |part: &Part| part.order.destination == Destination::Portable(Target::OciLayout);
    let is_tar = directory.extension().is_some_and(|ending| ending == "tar");
    let is_archive = is_tar && parts.iter().any(is_layout);
    let written = match is_archive {
        true => {
            let bytes = exporter::archive::tar(contents)
                .map_err(|error| Box::new(Outcome::wrong(error)))?;
            files::write_atomically(directory, &bytes)
        }
        false => targets::write(directory, contents),
    };
    written.map_err(|error| Box::new(Outcome::failed(error)))
}

/// Adds the commands that were asked for; the partitions that cannot be one say why.
fn add_commands(
    arguments: &ExportArguments,
    project: &files::Project,
    contents: &mut BTreeMap<String, Vec<u8>>,
) -> Result<Vec<String>, Box<Outcome>> {
    let Some(text) = &arguments.command else {
        return Ok(Vec::new());
    };
    let until_ns =
        simulator::parse_duration_ns(text).map_err(|error| Box::new(Outcome::failed(error)))?;
    let commands = product::commands(&project.document, &project.library, until_ns)
        .map_err(|error| Box::new(Outcome::wrong(error)))?;
    let mut refused = Vec::new();
    for (file, command) in commands {
        match command {
            Ok(bytes) => {
                contents.insert(file, bytes);
            }
            Err(error) => refused.push(error.to_string()),
        }
    }
    Ok(refused)
}

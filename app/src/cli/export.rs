//! `wireloom export PROJECT --target wasm|oci-layout|wac|BOARD -o DIR`.

use super::{
    outcome::{Outcome, has_errors, untold},
    progress,
};
use crate::{boards::ImageOrder, export as product, files, linux, session::Target};
use clap::builder::PossibleValuesParser;
use exporter::boards::{self, Execution};
use serde_json::json;
use std::{collections::BTreeMap, fmt::Write, path::PathBuf};

#[derive(Debug, clap::Args)]
pub(super) struct ExportArguments {
    /// Folder or `.wireloom` file
    project: PathBuf,
    /// What to write: `wasm` (composed components, system file, WIT, bill of materials, report),
    /// `oci-layout` (image layout folder, one image a partition), or the id of a board
    #[arg(long, value_name = "TARGET", value_parser = targets(), default_value = "wasm")]
    target: String,
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
    #[arg(long)]
    native: bool,
}

const WASM: &str = "wasm";
const OCI_LAYOUT: &str = "oci-layout";
const WAC: &str = "wac";

fn targets() -> PossibleValuesParser {
    let names = [WASM, OCI_LAYOUT, WAC].into_iter().chain(boards::ids());
    PossibleValuesParser::new(names.collect::<Vec<_>>())
}

pub(super) fn export(arguments: &ExportArguments) -> Outcome {
    let project = match files::open_project(&arguments.project) {
        Ok(project) => project,
        Err(error) => return Outcome::failed(error),
    };
    let diagnostics = graph_core::check::check(&project.document, &project.library);
    let warnings = untold(&project.warnings, &diagnostics);
    if has_errors(&diagnostics) {
        return Outcome::diagnosed(&project.document, &diagnostics).with_warnings(&warnings);
    }
    let bar = progress::spinner("Exporting");
    let contents = contents(arguments, &project);
    bar.finish_and_clear();
    let mut contents = match contents {
        Ok(contents) => contents,
        Err(outcome) => return *outcome,
    };
    let refused = match add_commands(arguments, &project, &mut contents) {
        Ok(refused) => refused,
        Err(outcome) => return *outcome,
    };
    if let Err(outcome) = write(arguments, &contents) {
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
    // Native images boot without a check: they are not signed.
    let is_signed = boards::board(&arguments.target)
        .is_ok_and(|board| board.execution == Execution::Pulley && !arguments.image.native);
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

/// A folder, or an archive where that was asked for.
fn write(
    arguments: &ExportArguments,
    contents: &BTreeMap<String, Vec<u8>>,
) -> Result<(), Box<Outcome>> {
    let ends_in_tar = arguments
        .output
        .extension()
        .is_some_and(|ending| ending == "tar");
    let written = match ends_in_tar && arguments.target == OCI_LAYOUT {
        true => {
            let bytes = exporter::archive::tar(contents)
                .map_err(|error| Box::new(Outcome::wrong(error)))?;
            files::write_atomically(&arguments.output, &bytes)
        }
        false => files::write_all(&arguments.output, contents)
            .and_then(|()| make_executable(arguments, contents)),
    };
    written.map_err(|error| Box::new(Outcome::failed(error)))
}

fn contents(
    arguments: &ExportArguments,
    project: &files::Project,
) -> Result<exporter::Files, Box<Outcome>> {
    let (document, library) = (&project.document, &project.library);
    let made = match arguments.target.as_str() {
        WASM => product::contents(document, library, Target::Wasm),
        OCI_LAYOUT => product::contents(document, library, Target::OciLayout),
        WAC => product::documents(document, library),
        board => return image(board, &arguments.image, project),
    };
    made.map_err(|error| Box::new(Outcome::wrong(error)))
}

fn image(
    id: &str,
    arguments: &ImageArguments,
    project: &files::Project,
) -> Result<exporter::Files, Box<Outcome>> {
    let failed = |error: &dyn std::fmt::Display| Box::new(Outcome::failed(error));
    let board = boards::board(id).map_err(|error| failed(&error))?;
    if board.kind == boards::Kind::Linux {
        let made = linux::bundles(
            &project.document,
            &project.library,
            &board,
            &linux::programs(),
        );
        return made.map_err(|error| Box::new(Outcome::wrong(error)));
    }
    let is_native = matches!(board.execution, Execution::Native | Execution::CProject);
    if is_native || arguments.native {
        let native = exporter::native::native_board(id).ok_or_else(|| {
            failed(&format!(
                "board `{id}` has no native path; leave `--native` out"
            ))
        })?;
        let (document, library) = (&project.document, &project.library);
        let made = crate::native::images(document, library, &board, native, &arguments.ecus);
        return made.map_err(|error| Box::new(Outcome::wrong(error)));
    }
    let key = match &arguments.key {
        Some(path) => files::read_signing_key(path).map_err(|error| failed(&error))?,
        None => payload::SigningKey::development(),
    };
    let firmware = files::read_firmware(id).map_err(|error| failed(&error))?;
    let order = ImageOrder {
        board: &board,
        firmware: &firmware,
        ecus: &arguments.ecus,
        key: &key,
        counter: arguments.counter,
    };
    let made = crate::boards::images(&project.document, &project.library, &order);
    made.map_err(|error| Box::new(Outcome::wrong(error)))
}

/// What of a bundle is started.
fn make_executable(
    arguments: &ExportArguments,
    contents: &BTreeMap<String, Vec<u8>>,
) -> Result<(), files::FilesError> {
    let is_started = |name: &&String| match name.rsplit_once('/') {
        Some((_, file)) => exporter::linux::EXECUTABLE.contains(&file),
        None => false,
    };
    let mut started = contents.keys().filter(is_started);
    started.try_for_each(|name| files::make_executable(&arguments.output.join(name)))
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

//! `wireloom import FILE -o PROJECT`: by the file's kind, and a composition in the language of wac.
//! AUTOSAR descriptions stand in `import_arxml.rs`, CAN descriptions in `import_dbc.rs`.

use super::outcome::Outcome;
use crate::files::{self, FilesError};
use graph_core::wac::{self, Composition, Fault, Made, Package, WacError};
use serde_json::json;
use std::{
    collections::BTreeMap,
    fmt::Write,
    path::{Path, PathBuf},
};

#[derive(Debug, clap::Args)]
pub(super) struct ImportArguments {
    /// CAN description (`.dbc`), `.arxml` files that make one model together, or a document in the
    /// language of wac
    #[arg(required = true)]
    pub(super) files: Vec<PathBuf>,
    /// Folder for the project; made if it is not there
    #[arg(short, long)]
    pub(super) output: PathBuf,
    /// Component of a package, where it is not at `deps/namespace/name.wasm` beside the document
    #[arg(short, long, value_name = "PACKAGE=FILE")]
    dep: Vec<String>,
}

/// Folder of the components in the project.
const COMPONENTS: &str = "components";

pub(super) fn import(arguments: &ImportArguments) -> Outcome {
    let are = |kind: &str| {
        let extensions = arguments.files.iter().map(|path| path.extension());
        let mut are = extensions.map(|one| one.is_some_and(|one| one.eq_ignore_ascii_case(kind)));
        are.all(|is| is)
    };
    match arguments.files.as_slice() {
        _ if are("arxml") => super::import_arxml::import(arguments),
        [file] if are("dbc") => super::import_dbc::import(arguments, file),
        [file] => composition(arguments, file),
        _ => Outcome::failed(
            "several files are given that are not all `.arxml`; import one composition or CAN description, or AUTOSAR descriptions alone",
        ),
    }
}

fn composition(arguments: &ImportArguments, file: &Path) -> Outcome {
    match imported(arguments, file) {
        Ok(imported) => write(arguments, &imported),
        Err(outcome) => *outcome,
    }
}

/// A project that is ready to be written.
struct Imported {
    composition: Composition,
    connectors: usize,
    files: BTreeMap<String, Vec<u8>>,
}

fn imported(arguments: &ImportArguments, document: &Path) -> Result<Imported, Box<Outcome>> {
    let failed = |error: &FilesError| Box::new(Outcome::failed(error));
    let wrong = |error: WacError| Box::new(Outcome::wrong(error));
    let file = document.display().to_string();
    let text = files::read_text(document).map_err(|error| failed(&error))?;
    let is_wac = document
        .extension()
        .is_some_and(|one| one.eq_ignore_ascii_case("wac"));
    let composition = match wac::read(&text, &file) {
        Err(_) if !is_wac => return Err(Box::new(unknown(&file))),
        read => read.map_err(wrong)?,
    };
    let places = places(&arguments.dep)?;
    let mut packages = BTreeMap::new();
    let mut contents = BTreeMap::new();
    for made in &composition.instances {
        if packages.contains_key(&made.package) {
            continue;
        }
        let path = place(document, &places, &composition, made).map_err(wrong)?;
        let (component_type, bytes) =
            files::read_component(&path).map_err(|error| failed(&error))?;
        let file = format!("{COMPONENTS}/{}.wasm", made.package.replace(':', "-"));
        contents.insert(file.clone(), bytes);
        let package = Package {
            file,
            component_type,
        };
        packages.insert(made.package.clone(), package);
    }
    let document = wac::project(&composition, &packages).map_err(wrong)?;
    let name = format!("{}.wireloom", document.name);
    contents.insert(name, graph_core::file::write(&document).into_bytes());
    Ok(Imported {
        composition,
        connectors: document.connectors.len(),
        files: contents,
    })
}

/// What a file of any other name may have been is told, not why it is no composition.
fn unknown(file: &str) -> Outcome {
    Outcome::failed(format!(
        "`{file}` is of no kind that is imported: AUTOSAR descriptions (`.arxml`), a CAN description (`.dbc`), a composition in the language of wac (`.wac`); give the file its ending if it is one of them"
    ))
}

/// `PACKAGE=FILE`.
fn places(texts: &[String]) -> Result<BTreeMap<&str, PathBuf>, Box<Outcome>> {
    let mut places = BTreeMap::new();
    for text in texts {
        let (package, file) = text.split_once('=').ok_or_else(|| {
            Box::new(Outcome::failed(format!(
                "`{text}` names no package; write `--dep namespace:name=component.wasm`"
            )))
        })?;
        places.insert(package, PathBuf::from(file));
    }
    Ok(places)
}

/// The file of an instance's package.
fn place(
    document: &Path,
    places: &BTreeMap<&str, PathBuf>,
    composition: &Composition,
    made: &Made,
) -> Result<PathBuf, WacError> {
    if let Some(path) = places.get(made.package.as_str()) {
        return Ok(path.clone());
    }
    let folder = document.parent().unwrap_or(Path::new(""));
    let path = folder
        .join("deps")
        .join(format!("{}.wasm", made.package.replace(':', "/")));
    match path.is_file() {
        true => Ok(path),
        false => Err(WacError {
            file: composition.file.clone(),
            line: made.line,
            fault: Box::new(Fault::NoPackage {
                package: made.package.clone(),
                help: format!(
                    "put it at `{}`, or name it with `--dep {}=component.wasm`",
                    path.display(),
                    made.package
                ),
            }),
        }),
    }
}

/// Another project is there already.
pub(super) fn taken(folder: &Path) -> Option<Outcome> {
    files::project_file(folder).is_ok().then(|| {
        Outcome::failed(format!(
            "there is a project in `{}` already; choose another folder",
            folder.display()
        ))
    })
}

fn write(arguments: &ImportArguments, imported: &Imported) -> Outcome {
    if let Some(outcome) = taken(&arguments.output) {
        return outcome;
    }
    if let Err(error) = files::write_all(&arguments.output, &imported.files) {
        return Outcome::failed(error);
    }
    let instances = imported.composition.instances.len();
    let mut text = String::new();
    for note in &imported.composition.notes {
        let _ = writeln!(text, "note: {note}");
    }
    let _ = writeln!(
        text,
        "made {} ({instances} instances, {} connectors)",
        arguments.output.display(),
        imported.connectors
    );
    Outcome::fine(
        json!({
            "directory": arguments.output,
            "files": imported.files.keys().collect::<Vec<_>>(),
            "instances": instances,
            "connectors": imported.connectors,
            "notes": imported.composition.notes,
        }),
        text,
    )
}

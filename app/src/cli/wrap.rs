//! `wireloom wrap --c model.h --step NAME -o DIR`.

use super::outcome::Outcome;
use crate::{files, scaffold, wrap};
use serde_json::json;
use std::{
    collections::BTreeMap,
    fmt::Write,
    path::{Path, PathBuf},
    process::Command,
};

#[derive(Debug, clap::Args)]
pub(super) struct WrapArguments {
    /// Header that declares the controller; headers and sources beside it are taken along
    #[arg(long, value_name = "HEADER")]
    c: PathBuf,
    /// The function that is called once a period, or its name before `_step`
    #[arg(long, value_name = "NAME")]
    step: String,
    /// Name of the component and of its folder; without it the controller's
    #[arg(long)]
    name: Option<String>,
    /// WIT package; without it `model:NAME@0.1.0`
    #[arg(long)]
    package: Option<String>,
    /// Variable that the controller reads, if it is not called NAME_U; can be repeated
    #[arg(long = "input-variable", value_name = "VARIABLE")]
    input_variables: Vec<String>,
    /// Variable that the controller writes, if it is not called NAME_Y; can be repeated
    #[arg(long = "output-variable", value_name = "VARIABLE")]
    output_variables: Vec<String>,
    /// `mcu`: fixed arena, small stack, memory that never grows, so that it fits microcontrollers
    #[arg(long, value_enum, default_value = "default")]
    profile: super::new::Profile,
    /// Write the files and build nothing
    #[arg(long)]
    no_build: bool,
    /// Folder in which the component's folder is made
    #[arg(short, long, default_value = ".")]
    output: PathBuf,
}

/// What generated code calls the header of its types.
const TYPES_HEADER: &str = "rtwtypes.h";
const GLUE: &str = "wireloom_glue.c";

pub(super) fn wrap(arguments: &WrapArguments) -> Outcome {
    let mut beside = match files::read_c_folder(&arguments.c) {
        Ok(beside) => beside,
        Err(error) => return Outcome::failed(error),
    };
    let text = |bytes: &Vec<u8>| String::from_utf8_lossy(bytes).into_owned();
    let headers = beside.iter().filter(|(name, _)| name.ends_with(".h"));
    let request = wrap::Request {
        header: file_name(&arguments.c),
        files: headers
            .map(|(name, bytes)| (name.clone(), text(bytes)))
            .collect(),
        step: arguments.step.clone(),
        inputs: arguments.input_variables.clone(),
        outputs: arguments.output_variables.clone(),
    };
    let wrapped = wrap::wrap(
        &request,
        arguments.name.as_deref(),
        arguments.package.as_deref(),
    );
    let wrapped = match wrapped {
        Ok(wrapped) => wrapped,
        Err(error) => return Outcome::wrong(error),
    };
    let folder = arguments.output.join(&wrapped.name);
    if folder.exists() {
        return Outcome::failed(format!(
            "`{}` is there already; choose another name",
            folder.display()
        ));
    }
    let mut notes: Vec<String> = wrapped.notes.iter().map(ToString::to_string).collect();
    notes.extend(prepared(&mut beside));
    beside.insert(GLUE.to_owned(), wrapped.glue.clone().into_bytes());
    let texts = [(format!("{}.wit", wrapped.name), wrapped.wit.clone())];
    let contents = scaffold::around(
        &wrapped.name,
        &texts,
        beside,
        &wrapped.meaning,
        arguments.profile.into(),
    );
    let contents = match contents {
        Ok(contents) => contents,
        Err(error) => return Outcome::failed(error),
    };
    let written = files::write_all(&folder, &contents)
        .and_then(|()| files::make_executable(&folder.join("build")));
    if let Err(error) = written {
        return Outcome::failed(error);
    }
    let mut told = made(&folder, &wrapped, &notes, contents.keys());
    if arguments.no_build {
        return told;
    }
    let (field, value) = match built(&folder, &wrapped.name) {
        Ok(component) => {
            let _ = writeln!(told.text, "built {}", component.display());
            ("component", json!(component))
        }
        Err(message) => {
            let _ = writeln!(told.text, "not built: {message}");
            ("not_built", json!(message))
        }
    };
    if let Some(fields) = told.json.as_object_mut() {
        fields.insert(field.to_owned(), value);
    }
    told
}

/// What the sources lack or have too much; the notes say it.
fn prepared(beside: &mut BTreeMap<String, Vec<u8>>) -> Vec<String> {
    let mut notes = Vec::new();
    beside.retain(|name, bytes| {
        let has_main = name.ends_with(".c") && wrap::has_main(&String::from_utf8_lossy(bytes));
        if has_main {
            notes.push(format!(
                "{name}: has a function `main` and is left out; a component is called by its tasks"
            ));
        }
        !has_main
    });
    if !beside.keys().any(|name| name.ends_with(".c")) {
        notes.push(
            "there is no source (`.c`) beside the header; put the controller's into `src` before `build`"
                .to_owned(),
        );
    }
    if !beside.contains_key(TYPES_HEADER) {
        let text = scaffold::RTWTYPES.as_bytes().to_vec();
        beside.insert(TYPES_HEADER.to_owned(), text);
    }
    notes
}

fn made<'a>(
    folder: &Path,
    wrapped: &wrap::Wrapped,
    notes: &[String],
    names: impl Iterator<Item = &'a String> + Clone,
) -> Outcome {
    let mut text: String = notes.iter().map(|note| format!("note: {note}\n")).collect();
    // Writing to a string cannot fail.
    let _ = writeln!(
        text,
        "made {} ({} inputs, {} outputs)",
        folder.display(),
        wrapped.inputs,
        wrapped.outputs
    );
    for name in names.clone() {
        let _ = writeln!(text, "  {name}");
    }
    Outcome::fine(
        json!({
            "directory": folder,
            "world": wrapped.world,
            "files": names.collect::<Vec<_>>(),
            "inputs": wrapped.inputs,
            "outputs": wrapped.outputs,
            "notes": notes,
        }),
        text,
    )
}

/// Runs the project's build script; what it lacks stands in the message.
fn built(folder: &Path, name: &str) -> Result<PathBuf, String> {
    let wireloom = std::env::current_exe().map_err(|error| error.to_string())?;
    let script = folder.join("build");
    let later = |what: &str| format!("{what}; then run {}", script.display());
    let output = Command::new("bash")
        .arg(&script)
        .env("WIRELOOM", wireloom)
        .output()
        .map_err(|_| later("bash is missing"))?;
    if !output.status.success() {
        let told = String::from_utf8_lossy(&output.stderr);
        let told = told.trim().trim_start_matches("error: ");
        return Err(later(told));
    }
    Ok(folder.join(format!("{name}.wasm")))
}

fn file_name(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

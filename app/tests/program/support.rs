//! The program as a process, copies of the samples, and simulations with readable values.

use serde_json::Value;
use simulator::{
    Halt, Options, Simulation,
    can::log::{Entry, Log},
};
use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
    process::Command,
};
use tempfile::TempDir;
use wireloom::{
    files::open_project,
    observe::{self, Meaning, Observed},
};

pub(crate) const MS: u64 = 1_000_000;
pub(crate) const SECOND: u64 = 1_000 * MS;

/// What a process of the program left behind.
pub(crate) struct Ran {
    pub(crate) status: i32,
    /// Of standard output; null where that is no JSON.
    pub(crate) json: Value,
    pub(crate) output: String,
    pub(crate) errors: String,
}

/// Runs the program with exactly these arguments: that of this build, or the one that
/// WIRELOOM_UNDER_TEST names (scripts/test-windows).
pub(crate) fn plain<S: AsRef<OsStr>>(arguments: &[S]) -> Ran {
    let ours = || env!("CARGO_BIN_EXE_wireloom").into();
    let output = Command::new(std::env::var_os("WIRELOOM_UNDER_TEST").unwrap_or_else(ours))
        .args(arguments)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    Ran {
        status: output.status.code().unwrap(),
        json: serde_json::from_str(&text).unwrap_or(Value::Null),
        output: text,
        errors: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Runs the program with `--json`: whatever the exit status, standard output is one JSON value.
pub(crate) fn program<S: AsRef<OsStr>>(arguments: &[S]) -> Ran {
    let mut all: Vec<&OsStr> = arguments.iter().map(AsRef::as_ref).collect();
    all.push(OsStr::new("--json"));
    let ran = plain(&all);
    assert!(
        !ran.json.is_null(),
        "{all:?}: {} {}",
        ran.output,
        ran.errors
    );
    ran
}

/// Runs the program and holds it against exit status 0.
pub(crate) fn fine<S: AsRef<OsStr>>(arguments: &[S]) -> Value {
    let ran = program(arguments);
    assert_eq!(ran.status, 0, "{} {}", ran.json, ran.errors);
    ran.json
}

pub(crate) fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Path of a sample project.
pub(crate) fn sample(name: &str) -> String {
    text_of(&workspace().join("samples").join(name))
}

pub(crate) fn text_of(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}

/// A copy of a sample project, changed; its components are the built ones.
pub(crate) fn changed_sample(name: &str, change: impl FnOnce(String) -> String) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let origin = workspace().join("samples").join(name);
    let components = text_of(&workspace().join("assets/components"));
    let text = std::fs::read_to_string(origin.join(format!("{name}.wireloom"))).unwrap();
    let text = change(text.replace("../../assets/components", &components));
    std::fs::write(folder.path().join(format!("{name}.wireloom")), text).unwrap();
    let description = format!("{name}.dbc");
    if origin.join(&description).exists() {
        std::fs::copy(origin.join(&description), folder.path().join(&description)).unwrap();
    }
    folder
}

/// A project's text without the connector that has this line.
pub(crate) fn without_connector(text: &str, line: &str) -> String {
    let parts: Vec<&str> = text.split("[[connectors]]\n").collect();
    let kept: Vec<&str> = parts
        .iter()
        .copied()
        .filter(|part| !part.contains(line))
        .collect();
    assert_eq!(kept.len() + 1, parts.len(), "one connector has `{line}`");
    kept.join("[[connectors]]\n")
}

/// The frames of a candump log.
pub(crate) fn frames(path: &Path) -> Vec<Entry> {
    let log = Log::parse(&std::fs::read_to_string(path).unwrap()).unwrap();
    assert_eq!(log.defects, []);
    log.entries
}

/// A simulation of a project with what makes its trace readable.
pub(crate) struct Watched {
    pub(crate) simulation: Simulation,
    meaning: Meaning,
}

/// Opens, composes and runs a project.
pub(crate) fn simulated(project: &Path, options: Options, until_ns: u64) -> Watched {
    let project = open_project(project).unwrap();
    let composed = graph_core::compose::compose(&project.document, &project.library).unwrap();
    let meaning = observe::meaning(&project.document, &project.library, &composed);
    let mut simulation = Simulation::new(&observe::system_files(&composed), options).unwrap();
    let halt = simulation.run_until(until_ns, &mut |_| true);
    assert_eq!(halt, Halt::Reached);
    Watched {
        simulation,
        meaning,
    }
}

impl Watched {
    pub(crate) fn observed(&self) -> impl Iterator<Item = Observed> {
        let rows = self.simulation.trace().rows_from(0);
        rows.map(|row| self.meaning.observe(&row))
    }

    /// Seconds and numbers of an element, as a plot would draw it.
    pub(crate) fn series(&self, name: &str) -> Vec<[f64; 2]> {
        let points = self.observed().flat_map(|observed| observed.points);
        points
            .filter(|(known, _, _)| known == name)
            .map(|(_, _, point)| point)
            .collect()
    }
}

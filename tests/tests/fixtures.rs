//! One trial a folder: `fixtures/<command>/<case>/` holds a project (or a file) and `expected.txt`,
//! what the command line answers with its exit status. `BLESS=1` rewrites the expectations; read
//! the diff then. An `arguments` file replaces the default arguments; `{case}` in it is the folder.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panics"
)]

use libtest_mimic::{Arguments, Failed, Trial};
use std::{
    ffi::OsString,
    path::{Path, PathBuf},
};
use wireloom::cli::{self, Status};

fn main() {
    let arguments = Arguments::from_args();
    let root = e2e::root().join("tests/fixtures");
    let mut trials = Vec::new();
    for kind in folders(&root) {
        for case in folders(&kind) {
            let name = format!("{}/{}", file_name(&kind), file_name(&case));
            let command = file_name(&kind);
            trials.push(Trial::test(name, move || hold(&command, &case)));
        }
    }
    assert!(!trials.is_empty(), "no fixtures were found");
    libtest_mimic::run(&arguments, trials).exit();
}

fn hold(command: &str, case: &Path) -> Result<(), Failed> {
    let found = answer(command, case)?;
    let path = case.join("expected.txt");
    if std::env::var("BLESS").is_ok_and(|value| value == "1") {
        return Ok(std::fs::write(path, found)?);
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    match expected == found {
        true => Ok(()),
        false => Err(format!("expected:\n{expected}\nfound:\n{found}").into()),
    }
}

/// Exit status and text, with the case's folder written as `{case}`.
fn answer(command: &str, case: &Path) -> Result<String, Failed> {
    let folder = case.to_string_lossy().into_owned();
    let listed = std::fs::read_to_string(case.join("arguments"))
        .unwrap_or_else(|_| format!("{command} {{case}}"));
    let words = listed
        .split_whitespace()
        .map(|word| OsString::from(word.replace("{case}", &folder)));
    let outcome = cli::outcome(std::iter::once(OsString::from("wireloom")).chain(words));
    let status = match outcome.status {
        Status::Fine => 0,
        Status::ModelWrong => 1,
        Status::Failed => 2,
    };
    Ok(format!("exit status {status}\n{}", outcome.text).replace(&folder, "{case}"))
}

fn folders(path: &Path) -> Vec<PathBuf> {
    let entries =
        std::fs::read_dir(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut found: Vec<PathBuf> = entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    found.sort();
    found
}

fn file_name(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

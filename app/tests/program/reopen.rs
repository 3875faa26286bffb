//! Composed components as projects again, from the command line: what is written composes, and runs
//! the same.

use crate::support::{fine, plain, sample, text_of, workspace};
use std::path::{Path, PathBuf};

/// The partitions of a sample as files.
fn composed(name: &str, folder: &Path) -> Vec<PathBuf> {
    let out = folder.join("composed");
    let composed = fine(&["compose", &sample(name), "-o", &text_of(&out)]);
    let partitions = composed["partitions"].as_array().unwrap();
    let files = partitions.iter().map(|one| one["file"].as_str().unwrap());
    files.map(|file| out.join(file)).collect()
}

fn trace(project: &str) -> String {
    let ran = fine(&["simulate", project, "--for", "2s"]);
    ran["trace_hash"].as_str().unwrap().to_owned()
}

#[test]
fn what_was_composed_comes_back_and_runs_the_same() {
    for name in ["thermal", "antipinch", "pedal"] {
        let folder = tempfile::tempdir().unwrap();
        let back = text_of(&folder.path().join("back"));
        let files = composed(name, folder.path());
        let mut words = vec!["reopen".to_owned()];
        words.extend(files.iter().map(|file| text_of(file)));
        words.extend(["-o".to_owned(), back.clone()]);
        let reopened = fine(&words);
        assert_eq!(reopened["notes"].as_array().unwrap().len(), 0);
        let written: Vec<&str> = reopened["files"]
            .as_array()
            .unwrap()
            .iter()
            .map(|file| file.as_str().unwrap())
            .collect();
        for file in [format!("{name}.wireloom"), format!("{name}.layout")] {
            assert!(written.contains(&file.as_str()), "{written:?}");
        }
        for file in written {
            assert!(Path::new(&back).join(file).is_file(), "{file}");
        }
        assert_eq!(trace(&back), trace(&sample(name)), "{name}");
        // Not again over a project that is there.
        let again = plain(&words);
        assert_eq!(again.status, 2);
        assert!(
            again.errors.contains("there is a project in"),
            "{}",
            again.errors
        );
    }
}

#[test]
fn what_has_no_parts_says_who_made_it_and_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let back = text_of(&folder.path().join("back"));
    let fan = text_of(&workspace().join("assets/components/fan.wasm"));
    let ran = plain(&["reopen", &fan, "-o", &back]);
    assert_eq!(ran.status, 2);
    assert!(
        ran.errors.starts_with("error: `fan.wasm` was made by C 17"),
        "{}",
        ran.errors
    );
    assert!(
        ran.errors
            .ends_with("; it has no parts that can be edited: drag it in as one component\n"),
        "{}",
        ran.errors
    );
    assert!(!Path::new(&back).exists(), "nothing is left");
}

//! Exit status 1 for a wrong model, 2 for a wrong call or a failing system; always with `error`.

use crate::support::{changed_sample, plain, program, sample, text_of, without_connector};
use tempfile::TempDir;

/// `thermal` with a controller that nothing gives a temperature.
fn unconnected() -> TempDir {
    changed_sample("thermal", |text| {
        without_connector(
            &text,
            "to = \"controller.wireloom:thermal/temperature@0.1.0\"",
        )
    })
}

/// The call fails with this status and a message with these words.
fn refused(arguments: &[&str], status: i32, words: &str) {
    let ran = program(arguments);
    let error = ran.json["error"].as_str().unwrap();
    assert!(error.contains(words), "{arguments:?}: {error}");
    assert_eq!(ran.status, status, "{arguments:?}: {error}");
}

#[test]
fn what_is_not_there_is_a_wrong_call() {
    let folder = tempfile::tempdir().unwrap();
    let missing = text_of(&folder.path().join("missing"));
    let output = text_of(&folder.path().join("output"));
    for call in [
        vec!["check", &missing],
        vec!["inspect", &missing],
        vec!["compose", &missing, "-o", &output],
        vec!["simulate", &missing],
        vec!["run", &missing],
        vec!["export", &missing, "-o", &output],
        vec!["picture", &missing, "-o", &output],
    ] {
        refused(&call, 2, "cannot read `");
    }
    let empty = text_of(folder.path());
    refused(&["check", &empty], 2, "there is no `.wireloom` file in");
    assert!(!folder.path().join("output").exists());
}

#[test]
fn wrong_options_are_wrong_calls() {
    let project = sample("thermal");
    for (call, words) in [
        (vec!["check"], "required arguments were not provided"),
        (vec!["inspect"], "required arguments were not provided"),
        (vec!["compose", &project], "--output"),
        (vec!["picture", &project], "--output"),
        (
            vec!["picture", &project, "-o", "x.png", "--width", "1"],
            "--width",
        ),
        (vec!["simulate", &project, "--fast"], "--fast"),
        (vec!["simulate", &project, "--set", "hot"], "--set"),
        (vec!["simulate", &project, "--seed", "x"], "--seed"),
        (vec!["run", &project, "--seed", "1"], "--seed"),
        (
            vec!["export", &project, "-o", "x", "--target", "elf"],
            "oci-layout",
        ),
        (vec!["can", "bits"], "required arguments were not provided"),
        (vec!["weave", &project], "cannot be used"),
    ] {
        refused(&call, 2, words);
    }
}

#[test]
fn options_that_do_not_fit_the_project_are_wrong_calls() {
    let project = sample("thermal");
    for command in ["simulate", "run"] {
        for (option, value, words) in [
            ("--for", "soon", "time `soon` needs a number"),
            ("--set", "attic.temperature=1", "no device `attic`"),
            ("--set", "cabin.light=1", "no stimulus `light`"),
            ("--set", "cabin.temperature=999", "out of range"),
        ] {
            let call = [command, &project, option, value, "--for", "1ms"];
            let call = if option == "--for" {
                &call[..4]
            } else {
                &call[..]
            };
            refused(call, 2, words);
        }
    }
}

#[test]
fn a_replay_needs_a_log_and_a_bus() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("drive.log");
    std::fs::write(&log, "(1.000000) can0 123#01\n").unwrap();
    let letter = folder.path().join("letter.log");
    std::fs::write(&letter, "dear reader\n").unwrap();
    let replay = |text: String, words: &str| {
        let call = ["simulate", &sample("thermal"), "--for", "1ms", "--replay"];
        refused(&[&call[..], &[text.as_str()]].concat(), 2, words);
    };
    replay(text_of(&log), "LOG:BUS");
    replay(format!("{}:can9", text_of(&log)), "no CAN bus `can9`");
    replay(format!("{}:i2c0", text_of(&log)), "no CAN bus `i2c0`");
    replay(format!("{}:can0", text_of(&letter)), "nothing in the log");
    replay("nothing.log:can0".to_owned(), "cannot read `nothing.log`");
}

#[test]
fn a_wrong_model_is_told_by_every_command_that_needs_a_right_one() {
    let project = unconnected();
    let path = text_of(project.path());
    let checked = program(&["check", &path]);
    assert_eq!(checked.status, 1);
    let errors = |json: &serde_json::Value| -> Vec<String> {
        let diagnostics = json["diagnostics"].as_array().unwrap().iter();
        let errors = diagnostics.filter(|diagnostic| diagnostic["severity"] == "error");
        errors
            .map(|diagnostic| diagnostic["code"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(errors(&checked.json), ["unconnected-port"]);
    let output = project.path().join("output");
    let name = text_of(&output);
    for call in [
        vec!["compose", &path, "-o", &name],
        vec!["simulate", &path],
        vec!["run", &path],
        vec!["export", &path, "-o", &name],
    ] {
        let ran = program(&call);
        assert_eq!(ran.status, 1, "{call:?}");
        assert_eq!(ran.json["error"], "the project has errors");
        assert_eq!(errors(&ran.json), ["unconnected-port"]);
    }
    assert!(!output.exists(), "nothing is written of a wrong model");
}

#[test]
fn a_wrong_model_can_be_drawn() {
    let project = unconnected();
    let file = text_of(&project.path().join("wrong.png"));
    let ran = program(&["picture", &text_of(project.path()), "-o", &file]);
    assert_eq!(ran.status, 0);
}

#[test]
fn a_text_that_is_no_project_names_file_and_line() {
    let project = changed_sample("thermal", |text| {
        text.replace("priority = 4", "priority = \"high\"")
    });
    refused(&["check", &text_of(project.path())], 2, "thermal.wireloom");
}

#[test]
fn a_place_that_cannot_be_written_is_a_failing_system() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "here first").unwrap();
    let below = text_of(&file.join("below"));
    let project = sample("thermal");
    for call in [
        vec!["compose", &project, "-o", &below],
        vec!["export", &project, "-o", &below],
        vec!["picture", &project, "-o", &below],
        vec!["simulate", &project, "--for", "1ms", "--trace", &below],
        vec!["run", &project, "--for", "1ms", "--trace", &below],
    ] {
        refused(&call, 2, "cannot write `");
    }
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "here first");
}

#[test]
fn help_is_no_failure() {
    for call in [
        vec!["--help"],
        vec!["--version"],
        vec!["simulate", "--help"],
    ] {
        let ran = plain(&call);
        assert_eq!((ran.status, ran.errors.as_str()), (0, ""));
        assert!(ran.output.contains("ireloom"), "{}", ran.output);
    }
}

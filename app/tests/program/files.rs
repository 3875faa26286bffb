//! Files that are no components: each is refused by name, with what to do.

use crate::support::{changed_sample, plain, program, sample, text_of, workspace};
use std::{fs::File, path::Path};

fn refused(path: &Path) -> String {
    let ran = program(&["inspect", &text_of(path)]);
    let error = ran.json["error"].as_str().unwrap();
    assert_eq!(ran.status, 2, "{error}");
    let name = path.file_name().unwrap().to_str().unwrap();
    assert!(error.contains(name), "{error}");
    error.to_owned()
}

fn written(bytes: &[u8], judge: impl FnOnce(String)) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("strange.wasm");
    std::fs::write(&path, bytes).unwrap();
    judge(refused(&path));
}

fn fan() -> Vec<u8> {
    std::fs::read(workspace().join("assets/components/fan.wasm")).unwrap()
}

#[test]
fn a_core_module_is_told_from_a_component() {
    let module = wat::parse_str("(module (func (export \"run\")))").unwrap();
    written(&module, |error| {
        assert!(error.contains("core module"), "{error}");
    });
}

#[test]
fn a_component_that_is_cut_off_anywhere_is_refused() {
    let whole = fan();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cut.wasm");
    // The first 8 bytes alone are a component without anything in it.
    for cut in [0, 3, 7, 9, 100, whole.len() / 2, whole.len() - 1] {
        std::fs::write(&path, &whole[..cut]).unwrap();
        let error = refused(&path);
        let words = if cut == 0 {
            "is empty"
        } else {
            "is cut off at"
        };
        assert!(error.contains(words), "{cut} bytes: {error}");
    }
}

#[test]
fn a_text_is_no_component() {
    written(b"Dear reader,\nthis is no component.\n", |error| {
        assert!(error.contains("text"), "{error}");
    });
}

#[test]
fn two_hundred_megabytes_are_refused_unread() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("huge.wasm");
    File::create(&path).unwrap().set_len(200_000_000).unwrap();
    let error = refused(&path);
    assert!(error.contains("200000000 bytes"), "{error}");
}

#[test]
fn a_folder_without_wit_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let error = refused(folder.path());
    assert!(error.contains("no WIT file"), "{error}");
}

/// The same files behind a project's component: the project opens, and the check says what is
/// wrong with which component.
#[test]
fn a_project_with_a_broken_component_is_diagnosed() {
    let whole = fan();
    let module = wat::parse_str("(module)").unwrap();
    let cases: [(&str, &[u8]); 3] = [
        ("core module", &module),
        ("cut", &whole[..whole.len() / 2]),
        ("text", b"Dear reader"),
    ];
    for (case, bytes) in cases {
        let project = changed_sample("thermal", |text| {
            let line = text
                .lines()
                .find(|line| line.ends_with("/fan.wasm\""))
                .unwrap();
            text.replace(line, "file = \"fan.wasm\"")
        });
        std::fs::write(project.path().join("fan.wasm"), bytes).unwrap();
        let ran = program(&["check", &text_of(project.path())]);
        assert_eq!(ran.status, 1, "{case}");
        let diagnostics = ran.json["diagnostics"].as_array().unwrap();
        let told = diagnostics.iter().any(|diagnostic| {
            diagnostic["severity"] == "error"
                && diagnostic["message"].as_str().unwrap().contains("`fan`")
        });
        assert!(told, "{case}: {}", ran.json);
    }
}

#[test]
fn a_huge_project_file_is_refused_unread() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("huge.wireloom");
    File::create(&path).unwrap().set_len(200_000_000).unwrap();
    let ran = program(&["check", &text_of(folder.path())]);
    assert_eq!(ran.status, 2, "{}", ran.json);
    let error = ran.json["error"].as_str().unwrap();
    assert!(
        error.contains("huge.wireloom") && error.contains("200000000 bytes"),
        "{error}"
    );
}

#[test]
fn a_component_is_no_project() {
    let component = text_of(&workspace().join("assets/components/fan.wasm"));
    let ran = program(&["check", &component]);
    assert_eq!(ran.status, 2, "{}", ran.json);
    assert!(ran.json["error"].as_str().unwrap().contains("fan.wasm"));
    assert_eq!(program(&["inspect", &sample("thermal")]).status, 2);
}

#[test]
fn binary_files_in_place_of_text_are_refused() {
    let component = text_of(&workspace().join("assets/components/fan.wasm"));
    let folder = tempfile::tempdir().unwrap();
    let wit = folder.path().join("strange.wit");
    std::fs::copy(&component, &wit).unwrap();
    assert!(refused(&wit).contains("is not UTF-8 text"));
    let replay = format!("{component}:can0");
    let ran = program(&["simulate", &sample("thermal"), "--replay", &replay]);
    assert_eq!(ran.status, 2, "{}", ran.json);
    let error = ran.json["error"].as_str().unwrap();
    assert!(error.contains("is not UTF-8 text"), "{error}");
}

#[cfg(unix)]
#[test]
fn a_file_without_end_is_not_read_to_its_end() {
    let ran = program(&["inspect", "/dev/zero"]);
    assert_eq!(ran.status, 2, "{}", ran.json);
    assert!(ran.json["error"].as_str().unwrap().contains("are not read"));
}

#[test]
fn a_huge_description_is_diagnosed_and_the_reason_told() {
    let project = changed_sample("thermal", |text| text);
    let file = File::create(project.path().join("thermal.dbc")).unwrap();
    file.set_len(200_000_000).unwrap();
    let ran = program(&["check", &text_of(project.path())]);
    assert_eq!(ran.status, 1, "{}", ran.json);
    let diagnostics = ran.json["diagnostics"].as_array().unwrap();
    let mut errors = diagnostics.iter().filter(|one| one["severity"] == "error");
    assert_eq!(errors.next().unwrap()["code"], "missing-file");
    let warnings = ran.json["warnings"].as_array().unwrap();
    let reason = warnings[0].as_str().unwrap();
    assert!(reason.contains("200000000 bytes"), "{reason}");
}

#[test]
fn defects_of_a_description_are_told_with_their_line() {
    let project = changed_sample("thermal", |text| text);
    let path = project.path().join("thermal.dbc");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, format!("{text}\nBO_ 1 X: what\n")).unwrap();
    let line = text.lines().count() + 2;
    let project = text_of(project.path());
    let told = program(&["check", &project]).json["warnings"].clone();
    assert_eq!(told.as_array().unwrap().len(), 1, "{told}");
    let words = format!("thermal.dbc:{line}: ");
    assert!(told[0].as_str().unwrap().contains(&words), "{told}");
    assert!(plain(&["check", &project]).output.contains(&words));
}

//! Files that are no components: each is refused by name, with what to do.

use crate::support::{changed_sample, program, sample, text_of, workspace};
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
    assert!(
        ran.json["error"]
            .as_str()
            .unwrap()
            .contains("huge.wireloom")
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

//! `.wac` out and in again.

use crate::support::{fine, plain, sample, text_of};
use std::path::Path;

fn connectors(project: &Path) -> Vec<String> {
    let project = wireloom::files::open_project(project).unwrap();
    let document = &project.document;
    let direct = document
        .connectors
        .values()
        .filter(|connector| connector.kind.is_direct());
    let mut found: Vec<String> = direct
        .map(|connector| {
            let [from, to] =
                [&connector.from, &connector.to].map(|end| graph_core::end::text(document, end));
            format!("{from} -> {to}")
        })
        .collect();
    found.sort();
    found
}

#[test]
fn a_partition_that_left_as_wac_comes_back_with_its_instances_and_connectors() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let exported = fine(&[
        "export",
        &sample("thermal"),
        "--target",
        "wac",
        "-o",
        &text_of(&out),
    ]);
    let files: Vec<&str> = exported["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| file["path"].as_str().unwrap())
        .collect();
    assert!(files.contains(&"climate-main.wac"), "{files:?}");
    assert!(files.contains(&"deps/thermal/fan.wasm"), "{files:?}");

    let back = folder.path().join("back");
    let document = text_of(&out.join("climate-main.wac"));
    let imported = fine(&["import", &document, "-o", &text_of(&back)]);
    assert_eq!(imported["instances"], 3);
    let original = connectors(Path::new(&sample("thermal")));
    assert!(!original.is_empty());
    assert_eq!(connectors(&back), original);
    assert_eq!(imported["connectors"], original.len());
    // The project stands alone: its components came with it.
    assert_eq!(
        std::fs::read(back.join("components/thermal-fan.wasm")).unwrap(),
        std::fs::read(out.join("deps/thermal/fan.wasm")).unwrap()
    );
    // Not again over a project that is there.
    let again = plain(&["import", &document, "-o", &text_of(&back)]);
    assert_eq!(again.status, 2);
    assert!(
        again.errors.contains("there is a project in"),
        "{}",
        again.errors
    );
}

#[test]
fn a_package_without_a_file_is_told_with_its_line_and_place() {
    let folder = tempfile::tempdir().unwrap();
    let document = folder.path().join("a.wac");
    std::fs::write(
        &document,
        "package a:b;\n\nlet fan = new acme:fan { ... };\n",
    )
    .unwrap();
    let (document, back) = (text_of(&document), text_of(&folder.path().join("back")));
    let ran = plain(&["import", &document, "-o", &back]);
    assert_eq!(ran.status, 1);
    let place = text_of(&folder.path().join("deps/acme/fan.wasm"));
    assert_eq!(
        ran.errors,
        format!(
            "error: {document}:3: there is no component for package `acme:fan`; put it at `{place}`, or name it with `--dep acme:fan=component.wasm`\n"
        )
    );
    let fan = text_of(&crate::support::workspace().join("assets/components/fan.wasm"));
    let dep = format!("acme:fan={fan}");
    let imported = fine(&["import", &document, "-o", &back, "--dep", &dep]);
    assert_eq!(imported["instances"], 1);
    let wrong = plain(&["import", &document, "-o", &back, "--dep", "fan.wasm"]);
    assert!(
        wrong
            .errors
            .contains("`fan.wasm` names no package; write `--dep namespace:name=component.wasm`"),
        "{}",
        wrong.errors
    );
}

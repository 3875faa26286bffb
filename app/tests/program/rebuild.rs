//! `wireloom rebuild`: an export from its bundle alone.

use crate::support::{fine, plain, sample, text_of};
use std::{collections::BTreeMap, path::Path};

fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(next) = open.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => open.push(path),
                false => {
                    let name = text_of(path.strip_prefix(folder).unwrap());
                    found.insert(name, std::fs::read(&path).unwrap());
                }
            }
        }
    }
    found
}

#[test]
fn a_bundle_alone_gives_the_same_exports_byte_for_byte() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["thermal", "antipinch"] {
        let place = |end: &str| folder.path().join(format!("{name}-{end}"));
        let [bundle, again, layout, again_layout] =
            ["bundle", "again", "layout", "again-layout"].map(place);
        let (sample, bundle_text) = (sample(name), text_of(&bundle));
        fine(&["export", &sample, "-o", &bundle_text]);
        fine(&[
            "export",
            &sample,
            "--target",
            "oci-layout",
            "-o",
            &text_of(&layout),
        ]);

        let rebuilt = fine(&["rebuild", &bundle_text, "-o", &text_of(&again)]);
        assert_eq!(contents(&again), contents(&bundle), "{name}");
        let files = rebuilt["files"].as_array().unwrap();
        assert!(files.iter().all(|file| file["same"] == true));
        assert_eq!(rebuilt["made_by"], rebuilt["rebuilt_by"]);

        let target = ["--target", "oci-layout", "-o", &text_of(&again_layout)];
        fine(&[&["rebuild", bundle_text.as_str()][..], &target].concat());
        assert_eq!(contents(&again_layout), contents(&layout), "{name}");
    }
}

/// What was made for a board is made again for it: images are not read, they come of the portable
/// parts.
#[test]
fn images_of_boards_are_made_again_byte_for_byte() {
    let folder = tempfile::tempdir().unwrap();
    for (number, target) in [
        &["qemu-mps2-an385", "--ecu", "climate", "--counter", "7"][..],
        &["arduino-due", "--ecu", "climate"],
        &["qemu-mps2-an385", "--native", "--ecu", "climate"],
    ]
    .into_iter()
    .enumerate()
    {
        let place = |end: &str| folder.path().join(format!("{number}-{end}"));
        let [bundle, again] = ["bundle", "again"].map(place);
        let (sample, bundle_text) = (sample("thermal"), text_of(&bundle));
        let export = ["export", &sample, "-o", &bundle_text, "--target"];
        fine(&[&export[..], target].concat());
        let rebuilt = fine(&["rebuild", &bundle_text, "-o", &text_of(&again)]);
        let files = rebuilt["files"].as_array().unwrap();
        let others: Vec<_> = files.iter().filter(|file| file["same"] != true).collect();
        assert!(others.is_empty(), "{target:?}: {others:?}");
        assert_eq!(contents(&again), contents(&bundle), "{target:?}");
    }
}

#[test]
fn a_bundle_of_one_target_gives_images_of_another() {
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| text_of(&folder.path().join(name));
    let [bundle, again, direct] = ["bundle", "again", "direct"].map(place);
    fine(&["export", &sample("antipinch"), "-o", &bundle]);
    let target = ["--target", "qemu-mps2-an505"];
    fine(&[&["rebuild", &bundle, "-o", &again][..], &target].concat());
    fine(
        &[
            &["export", &sample("antipinch"), "-o", &direct][..],
            &target,
        ]
        .concat(),
    );
    assert_eq!(contents(Path::new(&again)), contents(Path::new(&direct)));

    let refused = plain(&["rebuild", &bundle, "-o", &again, "--target", "wac"]);
    assert_eq!(refused.status, 2);
    assert_eq!(
        refused.errors,
        "error: `wac` is made of the project itself, not of a bundle; export it from the project\n"
    );
    let refused = plain(&["rebuild", &bundle, "-o", &again, "--target", "imxrt700-evk"]);
    assert_eq!(refused.status, 2, "{}", refused.errors);
    assert!(
        refused.errors.contains("imxrt700-evk"),
        "{}",
        refused.errors
    );
}

#[test]
fn a_bundle_that_was_changed_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let [bundle, again] = ["bundle", "again"].map(|name| folder.path().join(name));
    fine(&["export", &sample("thermal"), "-o", &text_of(&bundle)]);
    let partition = bundle.join("climate-main.wasm");
    let mut bytes = std::fs::read(&partition).unwrap();
    bytes[1000] ^= 1;
    std::fs::write(&partition, bytes).unwrap();
    let ran = plain(&["rebuild", &text_of(&bundle), "-o", &text_of(&again)]);
    assert_eq!(ran.status, 2);
    assert!(
        ran.errors
            .starts_with("error: `climate-main.wasm` is not what the manifest lists (SHA-256 "),
        "{}",
        ran.errors
    );
    assert!(!again.exists(), "nothing is written");
    let ran = plain(&["rebuild", &sample("thermal"), "-o", &text_of(&again)]);
    assert_eq!(ran.status, 2);
    assert!(ran.errors.contains("manifest.json"), "{}", ran.errors);
}

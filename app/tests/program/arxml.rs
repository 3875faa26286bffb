//! AUTOSAR descriptions on the command line.

use crate::support::{fine, plain, program, text_of};
use std::path::Path;

fn fixture(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../arxml/tests/fixtures");
    text_of(&folder.join(name))
}

#[test]
fn a_check_tells_what_files_hold_what_is_wrong_and_what_is_not_taken_over() {
    let call = [
        "arxml",
        "check",
        &fixture("types.arxml"),
        &fixture("ports.arxml"),
        &fixture("components.arxml"),
    ];
    let ran = program(&call);
    assert_eq!(ran.status, 1);
    let worlds: Vec<&str> = ran.json["components"]
        .as_array()
        .unwrap()
        .iter()
        .map(|component| component["world"].as_str().unwrap())
        .collect();
    assert_eq!(worlds, ["brake-controller", "tuning", "wheel"]);
    let unmapped = ran.json["unmapped"].as_array().unwrap();
    assert!(unmapped.iter().any(|one| one["path"] == "/Types/Curve_T"));
    let text = plain(&call).errors;
    for words in [
        "components.arxml:46: /Components/Brake_Controller/Lost: `REQUIRED-INTERFACE-TREF` leads to",
        "not taken over: UNIT: nothing in these files uses it (/Meaning/Forgotten)",
        "4 WIT packages, 3 components, 2 defects,",
    ] {
        assert!(text.contains(words), "{text}");
    }
}

#[test]
fn a_file_without_a_defect_is_fine() {
    let folder = tempfile::tempdir().unwrap();
    let crash = folder.path().join("crash.arxml");
    let text = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n\
         <AUTOSAR xmlns=\"http://autosar.org/schema/r4.0\" \
         xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" \
         xsi:schemaLocation=\"http://autosar.org/schema/r4.0 AUTOSAR_00051.xsd\">\
         <AR-PACKAGES><AR-PACKAGE><SHORT-NAME>Ports</SHORT-NAME><ELEMENTS>\
         <TRIGGER-INTERFACE><SHORT-NAME>Crash_I</SHORT-NAME><TRIGGERS><TRIGGER>\
         <SHORT-NAME>Crashed</SHORT-NAME></TRIGGER></TRIGGERS></TRIGGER-INTERFACE>\
         </ELEMENTS></AR-PACKAGE></AR-PACKAGES></AUTOSAR>";
    std::fs::write(&crash, text).unwrap();
    let json = fine(&["arxml", "check", &text_of(&crash)]);
    let wit = json["packages"][1]["text"].as_str().unwrap();
    assert!(wit.contains("crashed: func();"), "{wit}");
}

#[test]
fn what_is_no_description_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let old = folder.path().join("old.arxml");
    std::fs::write(&old, "<AUTOSAR xmlns=\"http://autosar.org/2.1.4\"/>").unwrap();
    let ran = program(&["arxml", "check", &text_of(&old)]);
    assert_eq!(ran.status, 1);
    let error = ran.json["error"].as_str().unwrap();
    assert!(
        error.contains("old.arxml:1: this is AUTOSAR 2.1.4; only AUTOSAR 4 is read"),
        "{error}"
    );
    let missing = program(&["arxml", "check", &text_of(&folder.path().join("no.arxml"))]);
    assert_eq!(missing.status, 2);
}

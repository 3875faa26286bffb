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
        "components.arxml:56: /Components/Brake_Controller/Lost: `REQUIRED-INTERFACE-TREF` leads to",
        "not taken over: UNIT: nothing in these files uses it (/Meaning/Forgotten)",
        "4 WIT packages, 3 components, 3 defects,",
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

#[test]
fn a_system_becomes_a_project_with_compositions_ecus_and_com_specs() {
    let folder = tempfile::tempdir().unwrap();
    let car = folder.path().join("My Car");
    let call = ["import", &fixture("system.arxml"), "-o", &text_of(&car)];
    let made = fine(&call);
    // Three of the system and the two parts of the axle, which stands there twice.
    assert_eq!(made["instances"], 6);
    let notes = made["notes"].to_string();
    assert!(notes.contains("/Sw/Vehicle/Outside: left out"), "{notes}");
    let project = wireloom::files::open_project(&car).unwrap();
    assert_eq!(project.warnings, Vec::<String>::new());
    let text = std::fs::read_to_string(car.join("my-car.wireloom")).unwrap();
    insta::assert_snapshot!("system", text);
    let document = &project.document;
    let placed = |id| document.layout.positions.contains_key(id);
    assert!(document.instances.keys().all(placed));
    assert!(document.ports.keys().all(placed));
    // Names and kinds of AUTOSAR came along.
    let brake = document.component_named("brake").unwrap();
    let graph_core::library::Entry::Loaded { component_type, .. } =
        &project.library.components[&brake]
    else {
        panic!("no stub");
    };
    assert_eq!(
        component_type.metadata.autosar_name.as_deref(),
        Some("Brake")
    );
    // Not again over a project that is there.
    assert_eq!(plain(&call).status, 2);
}

#[test]
fn an_imported_project_has_no_errors_but_those_of_its_description() {
    let folder = tempfile::tempdir().unwrap();
    let car = folder.path().join("car");
    fine(&["import", &fixture("system.arxml"), "-o", &text_of(&car)]);
    let checked = program(&["check", &text_of(&car)]);
    let diagnostics = checked.json["diagnostics"].as_array().unwrap();
    let errors: Vec<String> = diagnostics
        .iter()
        .filter(|one| one["severity"] == "error")
        .map(|one| format!("{}: {}", one["code"], one["message"]))
        .collect();
    insta::assert_snapshot!("errors", errors.join("\n"));
}

#[test]
fn compositions_without_a_system_run_on_one_ecu() {
    let shared = shared_folder();
    if !shared.is_dir() {
        eprintln!("skipped: there is no {}", shared.display());
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("cogu");
    let names = [
        "platform",
        "portinterfaces",
        "constants",
        "ReceiverComponent",
        "SenderComponent",
        "CompositionComponent",
    ];
    let files = names.map(|name| text_of(&shared.join(format!("cogu_{name}.arxml"))));
    let mut call: Vec<&str> = vec!["import"];
    call.extend(files.iter().map(String::as_str));
    let output = text_of(&out);
    call.extend(["-o", &output]);
    let made = fine(&call);
    // The timer's component type is in none of the files.
    assert_eq!(made["components"], 3);
    assert_eq!(made["instances"], 2);
    let defects = made["defects"].to_string();
    assert!(
        defects.contains("/ComponentTypes/TimerComponent"),
        "{defects}"
    );
    let project = wireloom::files::open_project(&out).unwrap();
    let flat = project.flattened().document;
    let receiver = flat.instances.values().next().unwrap();
    assert_eq!(receiver.name, "composition-component-receiver-component");
    assert_eq!(receiver.activations.len(), 2);
    assert!(receiver.partition.is_some());
}

/// Real files, which lie beside the project.
fn shared_folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/arxml")
}

#[test]
fn a_can_cluster_becomes_a_bus_whose_signals_carry_what_crosses_ecus() {
    let folder = tempfile::tempdir().unwrap();
    let car = folder.path().join("car");
    let made = fine(&["import", &fixture("network.arxml"), "-o", &text_of(&car)]);
    assert_eq!(
        made["notes"].as_array().unwrap().len(),
        0,
        "{}",
        made["notes"]
    );
    let text = std::fs::read_to_string(car.join("car.wireloom")).unwrap();
    let (_, connectors) = text.split_once("[[connectors]]").unwrap();
    insta::assert_snapshot!("network", connectors);
    assert!(text.contains("[buses.body-can]\nkind = \"can\"\nbitrate_bps = 250000\ndescription = \"networks/body-can.dbc\""));
    let checked = program(&["check", &text_of(&car)]);
    let diagnostics = checked.json["diagnostics"].as_array().unwrap();
    let errors: Vec<_> = diagnostics
        .iter()
        .filter(|one| one["severity"] == "error")
        .collect();
    // The gear crosses to another ECU, and is no signal: its text table has no place in an enum.
    let [error] = errors.as_slice() else {
        panic!("{errors:?}");
    };
    assert_eq!(error["code"], "across-partitions");
}

#[test]
fn non_volatile_data_begin_with_their_com_spec_and_need_no_block_component() {
    let folder = tempfile::tempdir().unwrap();
    let car = text_of(&folder.path().join("car"));
    let made = fine(&["import", &fixture("nv.arxml"), "-o", &car]);
    let told = made["unmapped"].to_string();
    for path in ["/Sw/Keeper", "/Sw/Cockpit/Keeper", "/Sw/Cockpit/c1"] {
        assert!(told.contains(&format!("\"{path}\"")), "{path}: {told}");
    }
    let project = wireloom::files::open_project(Path::new(&car)).unwrap();
    let flat = project.flattened();
    let ports = graph_core::nv_data::nv_ports(&flat.document, &flat.library);
    let elements: Vec<_> = ports.iter().flat_map(|port| &port.elements).collect();
    let [mileage] = elements[..] else {
        panic!("{elements:?}")
    };
    assert_eq!((mileage.port, mileage.element), ("trip", "mileage"));
    assert_eq!(mileage.text, Some("7"));
    assert_eq!(mileage.block, "cockpit-odometer-trip-mileage");
    let checked = program(&["check", &car]);
    assert_eq!(checked.status, 0, "{}", checked.json);
}

//! CAN descriptions from outside: what is wrong with them, and what the frames of a log say.

use crate::support::{fine, plain, program, sample, text_of};
use graph_core::library::Entry;
use serde_json::{Value, json};
use std::path::PathBuf;

const DBC: &str = "VERSION \"\"\n\nBU_: Climate Cockpit\n\nBO_ 291 FanStatus: 3 Climate\n SG_ Duty : 0|8@1+ (0.5,0) [0|100] \"%\" Cockpit\n SG_ Mode : 8|2@1+ (1,0) [0|3] \"\" Cockpit\n\nBO_ 2147483939 Long: 64 Climate\n SG_ Last : 504|8@1- (1,0) [-128|127] \"\" Cockpit\n\nVAL_ 291 Mode 0 \"off\" 1 \"on\" ;\n";

fn shared(path: &str) -> Option<PathBuf> {
    let path = crate::support::workspace()
        .join("../shared/data")
        .join(path);
    if !path.exists() {
        println!("skipped: {} is not there", path.display());
        return None;
    }
    Some(path)
}

#[test]
fn a_sound_description_has_no_defects() {
    let told = fine(&["dbc", "check", &sample("thermal/thermal.dbc")]);
    assert_eq!(
        (&told["messages"], &told["defects"]),
        (&json!(1), &json!([]))
    );
    assert_eq!(told["signals"], 3, "{told}");
}

#[test]
fn defects_are_told_with_their_lines_and_the_rest_counts() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("broken.dbc");
    std::fs::write(
        &file,
        DBC.replace("(0.5,0)", "(0.5;0)").replace("8|2@", "30|2@"),
    )
    .unwrap();
    let told = program(&["dbc", "check", &text_of(&file)]);
    assert_eq!(told.status, 1);
    assert_eq!(
        (&told.json["messages"], &told.json["signals"]),
        (&json!(2), &json!(2))
    );
    let lines: Vec<&Value> = told.json["defects"]
        .as_array()
        .unwrap()
        .iter()
        .map(|defect| &defect["line"])
        .collect();
    assert_eq!(lines, [6, 7]);
    let text = plain(&["dbc", "check", &text_of(&file)]).errors;
    assert!(
        text.contains("broken.dbc:6: `SG_` is not written as DBC has it"),
        "{text}"
    );
    assert!(
        text.ends_with("2 messages, 2 signals, 2 defects\n"),
        "{text}"
    );
}

#[test]
fn every_frame_of_a_log_has_a_record() {
    let folder = tempfile::tempdir().unwrap();
    let (dbc, log) = (folder.path().join("a.dbc"), folder.path().join("a.log"));
    std::fs::write(&dbc, DBC).unwrap();
    let last = "00".repeat(63);
    let lines = format!(
        "(1.500000) can0 123#0301FF\n(1.6) can0 124#00\n(1.7) can0 123#R3\nnonsense\n(1.8) can0 00000123##1{last}FE\n can0  123   [2]  04 03\n(1.9) can0 123#\n"
    );
    std::fs::write(&log, lines).unwrap();
    let arguments = ["dbc", "decode", "--dbc", &text_of(&dbc), &text_of(&log)];
    let records = fine(&arguments);
    assert_eq!(
        records[0],
        json!({
            "line": 1, "time_ns": 1_500_000_000_u64, "bus": "can0", "id": 291, "extended": false,
            "data": "0301FF", "message": "FanStatus", "undecoded": null, "signals": [
                { "name": "Duty", "raw": 3, "value": 1.5, "unit": "%", "label": null },
                { "name": "Mode", "raw": 1, "value": 1.0, "unit": "", "label": "on" },
            ],
        })
    );
    assert_eq!(records[1]["undecoded"], "no message has this identifier");
    assert_eq!(records[2]["undecoded"], "a remote frame has no data");
    assert_eq!(
        records[3]["error"],
        "the line needs `(seconds.fraction) bus frame`"
    );
    assert_eq!(records[4]["signals"][0]["value"], -2.0);
    assert_eq!(records[5]["signals"][1]["raw"], 3);
    assert_eq!(
        records[6]["undecoded"],
        "the data are too short for every signal of the message"
    );
    insta::assert_snapshot!(plain(&arguments).output.replace(&last, "…"), @r#"
(1.500000) can0 123 FanStatus: Duty 1.5 %, Mode on
(1.600000) can0 124 undecoded, no message has this identifier: 00
(1.700000) can0 123 undecoded, a remote frame has no data
(1.800000) can0 00000123 Long: Last -2
(0.000000) can0 123 FanStatus: Duty 2 %, Mode 3
(1.900000) can0 123 undecoded, the data are too short for every signal of the message
line 4: the line needs `(seconds.fraction) bus frame`
"#);
}

#[test]
fn what_is_no_description_and_no_log_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let empty = folder.path().join("empty");
    std::fs::write(&empty, "").unwrap();
    let empty = text_of(&empty);
    let told = program(&["dbc", "check", &empty]);
    assert_eq!(
        (told.status, &told.json["defects"][0]["message"]),
        (
            1,
            &json!("the file has no DBC statement; choose a `.dbc` file")
        )
    );
    let dbc = sample("thermal/thermal.dbc");
    let told = program(&["dbc", "decode", "--dbc", &empty, &dbc]);
    assert_eq!(told.status, 1);
    for log in [&empty, &dbc] {
        let told = program(&["dbc", "decode", "--dbc", &dbc, log]);
        assert_eq!(told.status, 2);
        let error = told.json["error"].as_str().unwrap();
        assert!(error.contains("has no frame of a candump log"), "{error}");
    }
    let told = program(&["dbc", "check", &text_of(&folder.path().join("missing"))]);
    assert_eq!(told.status, 2);
}

#[test]
fn a_real_log_is_decoded() {
    let (Some(log), Some(dbc)) = (
        shared("log/savvycan_candump.log"),
        shared("dbc/opendbc_tesla_can.dbc"),
    ) else {
        return;
    };
    let records = fine(&["dbc", "decode", "--dbc", &text_of(&dbc), &text_of(&log)]);
    let records = records.as_array().unwrap();
    assert_eq!(records.len(), 12_974);
    let undecoded = records.iter().filter(|one| one["message"].is_null());
    let decoded = records.len() - undecoded.clone().count();
    assert!(undecoded.clone().all(|one| one["undecoded"].is_string()));
    assert!(decoded > 100, "{decoded}");
}

#[test]
fn a_description_becomes_a_project_with_a_stub_for_each_node() {
    let folder = tempfile::tempdir().unwrap();
    let (dbc, project) = (folder.path().join("My Car.dbc"), folder.path().join("out"));
    let text = DBC.replace("Climate Cockpit\n\n", "Climate Cockpit Silent\n\n");
    std::fs::write(&dbc, &text).unwrap();
    let made = fine(&["import", &text_of(&dbc), "-o", &text_of(&project)]);
    assert_eq!(
        (
            &made["messages"],
            &made["signals"],
            &made["components"],
            &made["notes"]
        ),
        (&json!(2), &json!(3), &json!(2), &json!([]))
    );
    assert_eq!(
        std::fs::read_to_string(project.join("my-car.dbc")).unwrap(),
        text
    );
    let checked = fine(&["check", &text_of(&project)]);
    assert_eq!(
        (&checked["warnings"], &checked["instances"]),
        (&json!([]), &json!(0))
    );
    let opened = wireloom::files::open_project(&project).unwrap();
    assert_eq!(opened.warnings, [""; 0]);
    let id = opened.document.component_named("climate").unwrap();
    let Entry::Loaded { component_type, .. } = &opened.library.components[&id] else {
        panic!("{:?}", opened.library);
    };
    let ports = &component_type.ports;
    let names: Vec<&str> = ports.iter().map(|port| port.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "autosar:rte/types@0.1.0",
            "dbc:my-car/fan-status@0.1.0",
            "dbc:my-car/long@0.1.0"
        ]
    );
    assert_eq!(
        component_type.units(),
        ["provided `dbc:my-car/fan-status@0.1.0`: `duty` in %"]
    );
    assert_eq!(opened.library.components.len(), 2);
    // The same again, and not over a project that is there.
    let again = folder.path().join("again");
    fine(&["import", &text_of(&dbc), "-o", &text_of(&again)]);
    for file in made["files"].as_array().unwrap() {
        let file = file.as_str().unwrap();
        assert_eq!(
            std::fs::read(project.join(file)).unwrap(),
            std::fs::read(again.join(file)).unwrap(),
            "{file}"
        );
    }
    let refused = program(&["import", &text_of(&dbc), "-o", &text_of(&again)]);
    assert_eq!(refused.status, 2);
}

#[test]
fn a_description_without_nodes_becomes_wit_alone() {
    let folder = tempfile::tempdir().unwrap();
    let (dbc, project) = (folder.path().join("a.dbc"), folder.path().join("out"));
    let text = DBC.replace("Climate", "").replace("Cockpit", "Vector__XXX");
    std::fs::write(&dbc, text.replace("BU_:  Vector__XXX", "BU_:")).unwrap();
    let made = fine(&["import", &text_of(&dbc), "-o", &text_of(&project)]);
    assert_eq!(
        (&made["components"], &made["notes"]),
        (&json!(0), &json!([]))
    );
    assert_eq!(fine(&["check", &text_of(&project)])["warnings"], json!([]));
    let wit = std::fs::read_to_string(project.join("wit/a.wit")).unwrap();
    assert!(wit.contains("interface fan-status {"), "{wit}");
}

#[test]
fn what_is_wrong_with_a_description_is_noted_and_nothing_of_it_stops_the_import() {
    let folder = tempfile::tempdir().unwrap();
    let (dbc, project) = (folder.path().join("a.dbc"), folder.path().join("out"));
    std::fs::write(&dbc, DBC.replace("(0.5,0)", "(0.5;0)")).unwrap();
    let made = fine(&["import", &text_of(&dbc), "-o", &text_of(&project)]);
    let note = made["notes"][0].as_str().unwrap();
    assert!(note.contains("a.dbc:6: `SG_` is not written"), "{note}");
    std::fs::write(&dbc, "nonsense").unwrap();
    let other = folder.path().join("other");
    let refused = program(&["import", &text_of(&dbc), "-o", &text_of(&other)]);
    assert_eq!(refused.status, 1);
    assert!(!other.exists());
}

#[test]
fn real_descriptions_become_projects() {
    let Some(files) = shared("dbc") else {
        return;
    };
    for file in std::fs::read_dir(files).unwrap() {
        let file = file.unwrap().path();
        let folder = tempfile::tempdir().unwrap();
        if file.ends_with("cantools_cp1252.dbc") {
            // One node and no message.
            let made = fine(&["import", &text_of(&file), "-o", &text_of(folder.path())]);
            assert_eq!(made["messages"], 0);
            continue;
        }
        fine(&["import", &text_of(&file), "-o", &text_of(folder.path())]);
        let opened = wireloom::files::open_project(folder.path()).unwrap();
        let untold = opened
            .warnings
            .iter()
            .filter(|told| !told.contains(".dbc:"));
        assert_eq!(untold.collect::<Vec<_>>(), [""; 0], "{}", file.display());
    }
}

//! `wireloom test`: the scenarios of the samples hold, broken ones are told with instant, expected
//! and actual value, and other tools read the results.

use crate::support::{changed_sample, plain, program, sample, text_of, workspace};
use serde_json::Value;
use std::path::Path;

fn tested(project: &str) -> Value {
    let ran = program(&["test", project]);
    assert_eq!(ran.status, 0, "{:#} {}", ran.json, ran.errors);
    ran.json
}

#[test]
fn the_samples_scenarios_hold() {
    for (name, scenarios) in [("thermal", 2), ("antipinch", 2)] {
        let told = tested(&sample(name));
        assert_eq!(told["passed"], scenarios, "{told:#}");
        for scenario in told["scenarios"].as_array().unwrap() {
            for assertion in scenario["assertions"].as_array().unwrap() {
                assert_eq!(assertion["verdict"], "passed", "{assertion:#}");
            }
        }
    }
}

/// A copy of `thermal` with one scenario.
fn with_scenario(text: &str) -> tempfile::TempDir {
    let folder = changed_sample("thermal", |text| text);
    let scenarios = folder.path().join("scenarios");
    std::fs::create_dir(&scenarios).unwrap();
    std::fs::write(scenarios.join("broken.scenario"), text).unwrap();
    folder
}

fn broken() -> String {
    let path = workspace().join("tests/fixtures/test/what-cannot-hold/broken.scenario");
    std::fs::read_to_string(path).unwrap()
}

#[test]
fn results_are_the_same_whatever_the_number_of_threads() {
    let results = ["1", "2", "7"].map(|jobs| {
        let ran = program(&["test", &sample("thermal"), "--jobs", jobs]);
        ran.json
    });
    assert_eq!(results[0], results[1]);
    assert_eq!(results[0], results[2]);
}

#[test]
fn scenarios_are_chosen_by_name_or_file_and_others_refused() {
    let path = sample("thermal");
    let one = program(&["test", &path, "heat-soak"]);
    assert_eq!((one.status, &one.json["passed"]), (0, &Value::from(1)));
    let file = workspace().join("samples/thermal/scenarios/heat-soak.scenario");
    let by_file = program(&["test", &path, &text_of(&file)]);
    assert_eq!(
        by_file.json["scenarios"][0]["trace_hash"],
        one.json["scenarios"][0]["trace_hash"]
    );
    let unknown = program(&["test", &path, "heat-soke"]);
    assert_eq!(unknown.status, 2);
    assert_eq!(
        unknown.json["error"],
        "there is no scenario `heat-soke`; there are `fan-follows`, `heat-soak`"
    );
    let none = changed_sample("thermal", |text| text);
    let none = program(&["test", &text_of(none.path())]);
    assert_eq!(none.status, 2);
    assert_eq!(
        none.json["error"],
        "the project has no scenarios; write one into `scenarios/NAME.scenario` beside it"
    );
}

#[test]
fn a_page_stands_alone_with_curves_limits_and_the_failing_instant() {
    let folder = with_scenario(&broken());
    let page = folder.path().join("report.html");
    let ran = plain(&["test", &text_of(folder.path()), "--html", &text_of(&page)]);
    assert_eq!(ran.status, 1);
    let text = std::fs::read_to_string(&page).unwrap();
    for part in [
        "<!DOCTYPE html>",
        "prefers-color-scheme: dark",
        "<svg",
        "class=\"mark\"",
        "Scenarios of thermal",
        "1 of 1 have failed",
    ] {
        assert!(text.contains(part), "{part}");
    }
    for part in ["<script", "http://", "https://", "@import", "url("] {
        assert!(!text.contains(part), "{part}");
    }
    let soak = folder.path().join("soak.html");
    let ran = plain(&[
        "test",
        &sample("thermal"),
        "heat-soak",
        "--html",
        &text_of(&soak),
    ]);
    assert_eq!(ran.status, 0);
    let text = std::fs::read_to_string(&soak).unwrap();
    assert!(text.contains("class=\"curve limit\"") && text.contains("upper limit"));
}

#[test]
fn faults_of_a_scenario_happen_and_wrong_ones_are_told_with_their_place() {
    let fault = "at 1 s for 1 s fault can can0 corrupt FanStatus bit 30\n";
    for (fault, status) in [(fault, 0), ("", 1)] {
        let text = format!(
            "scenario \"disturbed\"\nrun 4 s\n{fault}\
             assert from 0 s to 1 s never errors(can0) > 0\n\
             assert at end errors(can0) > 0\n"
        );
        let folder = with_scenario(&text);
        let ran = plain(&["test", &text_of(folder.path())]);
        assert_eq!(ran.status, status, "{fault}: {} {}", ran.output, ran.errors);
    }
    for wrong in ["nonsense", "can can9 lose FanStatus", "ecu nobody reset"] {
        let text = format!(
            "scenario \"x\"\nrun 1 s\nassert always fan.duty < 200 %\nat 0 s fault {wrong}\n"
        );
        let folder = with_scenario(&text);
        let ran = program(&["test", &text_of(folder.path())]);
        assert_eq!(ran.status, 1);
        let problem = &ran.json["scenarios"][0]["problems"][0];
        assert_eq!(
            (&problem["line"], &problem["column"]),
            (&4.into(), &14.into()),
            "{problem}"
        );
    }
}

/// What an independent reader of JUnit XML finds, line by line.
const READ: &str = "\
import sys
from junitparser import JUnitXml
xml = JUnitXml.fromfile(sys.argv[1])
print(xml.name, xml.tests, xml.failures, xml.errors)
for suite in xml:
    print(suite.name, suite.tests, suite.failures, suite.errors, suite.skipped)
    for case in suite:
        results = [(type(one).__name__, one.message, one.type) for one in case.result]
        print(case.classname, '|', case.name, '|', results, '|', case.system_out)
";

fn read_junit(file: &Path) -> String {
    let Some(python) = std::env::var_os("WIRELOOM_PYTHON") else {
        panic!("WIRELOOM_PYTHON is not set: `./check` sets it to a Python");
    };
    let output = std::process::Command::new(python)
        .args(["-c", READ])
        .arg(file)
        .env("PYTHONIOENCODING", "utf-8")
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{errors}");
    String::from_utf8(output.stdout)
        .unwrap()
        .replace("\r\n", "\n")
}

#[test]
fn another_reader_of_junit_finds_what_was_written() {
    let folder = with_scenario(&broken());
    let file = folder.path().join("results.xml");
    let ran = plain(&["test", &text_of(folder.path()), "--junit", &text_of(&file)]);
    assert_eq!(ran.status, 1);
    insta::assert_snapshot!("broken-scenario-junit", read_junit(&file));
    let folder = with_scenario("scenario \"<&>\"\nrun 1 s\nassert always no.thing > 3\n");
    let file = folder.path().join("results.xml");
    let ran = plain(&["test", &text_of(folder.path()), "--junit", &text_of(&file)]);
    assert_eq!(ran.status, 1);
    let expected = "thermal 1 0 1\nbroken 1 0 1 0\n\
        thermal.broken | runs to its end | [('Error', 'scenarios/broken.scenario:3:15: there is no signal `no.thing`', None)] | None\n";
    assert_eq!(read_junit(&file), expected);
}

const PAGE: &str = include_str!("../../../docs/scenarios.md");

/// The example of the page is a scenario that holds, and each of its forms reads.
#[test]
fn the_pages_example_holds() {
    let blocks: Vec<&str> = PAGE.split("```scenario\n").skip(1).collect();
    let blocks = blocks
        .iter()
        .map(|block| block.split("```").next().unwrap());
    let blocks: Vec<&str> = blocks.collect();
    assert!(blocks.len() >= 2, "the whole example, and the forms");
    let folder = with_scenario(blocks[0]);
    let ran = plain(&["test", &text_of(folder.path())]);
    assert_eq!(ran.status, 0, "{}", ran.errors);
    for block in &blocks[1..] {
        let text = format!("scenario \"forms\"\nrun 10 s\n{block}");
        let read = scenario::parse(&text);
        assert!(read.is_ok(), "{read:?}");
    }
}

//! A message that is protected end to end, from the project file to what a run tells of it, on a good
//! bus and on one with another sender.

use crate::support::{changed_sample, fine, text_of};
use serde_json::json;
use std::fs;
use tempfile::TempDir;

/// Counter and checksum in three more bytes of the fan's message.
const E2E: &str = "\n[[transmissions]]\nmessage = \"can0:FanStatus\"\n\n[transmissions.e2e]\n\
                   profile = 5\ndata_id = 4660\noffset_bytes = 4\n";

pub(crate) fn protected() -> TempDir {
    let folder = changed_sample("thermal", |text| text + E2E);
    let description = folder.path().join("thermal.dbc");
    let text = fs::read_to_string(&description).unwrap();
    let longer = text.replace("FanStatus: 4 climate", "FanStatus: 7 climate");
    assert_ne!(longer, text);
    fs::write(description, longer).unwrap();
    folder
}

#[test]
fn a_good_bus_has_good_checks_only() {
    let folder = protected();
    let path = text_of(folder.path());
    let json = fine(&["simulate", &path, "--for", "5060ms"]);
    let checks = &json["e2e"][0];
    assert_eq!(checks["message"], "can0:FanStatus");
    assert_eq!(checks["partition"], "cockpit/main");
    assert_eq!(
        (&checks["status"], &checks["state"]),
        (&json!("ok"), &json!("valid"))
    );
    let counts = checks["checks"].as_object().unwrap();
    assert_eq!(counts.keys().collect::<Vec<_>>(), ["ok"]);
    let frames = json["frames"].as_u64().unwrap();
    assert_eq!(counts["ok"], json!(frames));
    assert!(frames >= 49, "{frames}");
}

#[test]
fn frames_of_another_sender_are_errors_and_make_the_state_invalid() {
    let folder = protected();
    let log = folder.path().join("forged.log");
    // The first is before all others; two within five checks are one too many.
    let line = |time: &str, data: &str| format!("({time}) can0 120#{data}\n");
    let lines = [
        line("0.010000", "00000000000000"),
        line("4.760000", "14000000000000"),
        line("4.860000", "14000000000001"),
    ];
    fs::write(&log, lines.concat()).unwrap();
    let path = text_of(folder.path());
    let replay = format!("{}:can0", text_of(&log));
    let json = fine(&["simulate", &path, "--for", "5060ms", "--replay", &replay]);
    let checks = &json["e2e"][0];
    assert_eq!(checks["checks"]["error"], 3);
    assert_eq!(checks["state"], "invalid");
    let again = fine(&["simulate", &path, "--for", "5060ms", "--replay", &replay]);
    assert_eq!(json["trace_hash"], again["trace_hash"]);
    // Five good checks later it is trusted again.
    let json = fine(&["simulate", &path, "--for", "6s", "--replay", &replay]);
    assert_eq!(json["e2e"][0]["state"], "valid");
}

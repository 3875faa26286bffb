//! A system with messages that are protected end to end on every target: interpreted and compiled, on
//! virtual boards, as native images, and in real time.

use crate::{
    protected::protected,
    run::{PATIENT, by_id, same_frames},
    support::{fine, frames, text_of},
};
use wireloom::verify;

/// Has no I2C; the cockpit alone fits.
const SMALL: &str = "qemu-netduinoplus2";

/// What `verify` says, without the target's name.
fn verified(more: &[&str]) -> serde_json::Value {
    let folder = protected();
    let path = text_of(folder.path());
    let call = ["verify", &path, "--for", "1500ms"];
    let mut report = fine(&[&call[..], more].concat());
    report["target"].take();
    for ecu in report["ecus"].as_array().unwrap() {
        assert_eq!(ecu["verdict"], "same", "{more:?}: {ecu}");
        assert_eq!(ecu["entries"], ecu["agreed"]);
        assert!(ecu["activations"].as_u64().unwrap() > 7, "{ecu}");
    }
    report
}

#[test]
fn protected_messages_are_the_same_on_every_target() {
    let targets = verify::TARGETS.iter().map(|target| target.id);
    let whole: Vec<_> = targets.filter(|target| *target != SMALL).collect();
    assert!(whole.iter().any(|target| target.starts_with("qemu-")));
    let reports: Vec<_> = whole
        .iter()
        .map(|target| verified(&["--target", target]))
        .collect();
    for (target, report) in whole.iter().zip(&reports) {
        assert_eq!(report, &reports[0], "{target}");
    }
    assert_eq!(reports[0]["ecus"].as_array().unwrap().len(), 2);
}

#[test]
fn protected_messages_are_checked_on_a_small_board() {
    let report = verified(&["--target", SMALL, "--ecu", "cockpit"]);
    assert_eq!(report["ecus"].as_array().unwrap().len(), 1);
}

#[test]
fn protected_messages_are_the_same_on_a_native_image() {
    let report = verified(&["--target", "qemu-mps2-an385", "--native"]);
    assert_eq!(report["ecus"].as_array().unwrap().len(), 2);
}

#[test]
fn protected_messages_go_out_in_real_time_as_in_the_simulation() {
    let folder = protected();
    let path = text_of(folder.path());
    let frames_of = |command: &str, more: &[&str]| {
        let log = folder.path().join(format!("{command}.log"));
        let trace = text_of(&log);
        let call = [command, &path, "--for", "2s", "--trace", &trace];
        fine(&[&call[..], more].concat());
        by_id(frames(&log))
    };
    let simulated = frames_of("simulate", &[]);
    let real = frames_of("run", &PATIENT);
    // Byte for byte, counters and checksums too.
    same_frames(&simulated, &real);
    let sent = &simulated[&("can0".to_owned(), 0x120)];
    assert!(sent.iter().all(|(data, _)| data.len() == 7));
    assert_ne!(sent[0].0[4..], sent[1].0[4..], "counters grow");
}

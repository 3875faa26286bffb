//! A real capture on the bus while `thermal` runs.

use crate::support::{SECOND, fine, frames, sample, simulated, text_of, workspace};
use simulator::{Options, Replay, ReplayTiming, can::log::Log};
use std::{collections::BTreeMap, path::Path};
use wireloom::session::TraceKind;

const CAPTURED: usize = 12_974;

/// The capture, unless it is not there.
fn capture() -> Option<String> {
    let path = workspace().join("../shared/data/log/savvycan_candump.log");
    match path.exists() {
        true => Some(text_of(&path)),
        false => {
            println!("skipped: {} is not there", path.display());
            None
        }
    }
}

fn counted(frames: impl Iterator<Item = String>) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for frame in frames {
        *counts.entry(frame).or_default() += 1;
    }
    counts
}

#[test]
fn every_captured_frame_stands_in_the_trace_beside_ours() {
    let Some(capture) = capture() else { return };
    let folder = tempfile::tempdir().unwrap();
    let trace = folder.path().join("trace.log");
    let project = sample("thermal");
    let replay = format!("{capture}:can0");
    let summary = fine(&[
        "simulate",
        &project,
        "--for",
        "12s",
        "--replay",
        &replay,
        "--trace",
        &text_of(&trace),
    ]);
    assert_eq!(summary["buses"][0]["error_frames"], 0);
    let mut found = counted(frames(&trace).iter().map(|entry| entry.frame.to_string()));
    for (frame, count) in counted(
        frames(Path::new(&capture))
            .iter()
            .map(|entry| entry.frame.to_string()),
    ) {
        let left = found.get_mut(&frame).unwrap();
        assert!(*left >= count, "{frame}: {left} of {count}");
        *left -= count;
    }
    found.retain(|_, count| *count > 0);
    let ours: usize = found.values().sum();
    assert_eq!(ours, 120, "FanStatus every 100 ms");
    assert!(found.keys().all(|frame| frame.starts_with("120#")));
    assert_eq!(summary["frames"], CAPTURED + ours);
}

#[test]
fn frames_are_decoded_or_said_to_be_undecoded() {
    let Some(capture) = capture() else { return };
    let log = Log::parse(&std::fs::read_to_string(capture).unwrap()).unwrap();
    let captured_120 = log
        .entries
        .iter()
        .filter(|entry| entry.frame.id().value() == 0x120)
        .count();
    let options = Options {
        replays: vec![Replay::new(log, "can0", ReplayTiming::Automatic)],
        ..Options::default()
    };
    let watched = simulated(Path::new(&sample("thermal")), options, 12 * SECOND);
    let rows = watched
        .observed()
        .map(|observed| observed.row)
        .filter(|row| row.kind == TraceKind::Frame);
    let (mut decoded, mut undecoded) = (0, 0);
    for row in rows {
        match row.decoded.as_str() {
            "undecoded" => undecoded += 1,
            words => {
                assert!(words.starts_with("FanStatus  Duty "), "{words}");
                decoded += 1;
            }
        }
    }
    assert_eq!(
        (decoded, undecoded),
        (120 + captured_120, CAPTURED - captured_120)
    );
}

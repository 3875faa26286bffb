//! `run` against `simulate`: one run-time environment on two hosts.

use crate::support::{MS, fine, frames, sample, text_of};
use simulator::can::log::Entry;
use std::collections::BTreeMap;

/// A frame may stand this much elsewhere than in the simulation, by the ECUs' clocks: processes
/// start one after the other, and a loaded machine wakes them late.
const TOLERANCE_NS: u64 = 50 * MS;
/// So that the same lateness is a fourth of it by these clocks: tests share the machine.
pub(crate) const PATIENT: [&str; 2] = ["--slower", "4"];
/// This much of what the simulation sends has to be there when the time is up, in percent.
const EXPECTED_PERCENT: usize = 80;

/// Data and times of the frames of each id, in their order.
pub(crate) type ById = BTreeMap<(String, u32), Vec<(Vec<u8>, u64)>>;

pub(crate) fn by_id(entries: Vec<Entry>) -> ById {
    let mut ids = ById::new();
    for entry in entries {
        let key = (entry.bus, entry.frame.id().value());
        let data = entry.frame.bytes().to_vec();
        ids.entry(key).or_default().push((data, entry.time_ns));
    }
    ids
}

#[test]
fn real_time_gives_the_frames_of_the_simulation() {
    let folder = tempfile::tempdir().unwrap();
    let frames_of = |command: &str, more: &[&str]| {
        let trace = folder.path().join(command);
        let (project, path) = (sample("thermal"), text_of(&trace));
        let call = [command, &project, "--for", "3s", "--trace", &path];
        let report = fine(&[&call[..], more].concat());
        (report, by_id(frames(&trace)))
    };
    let (_, simulated) = frames_of("simulate", &[]);
    let (report, real) = frames_of("run", &PATIENT);
    assert!(report["time_ns"].as_u64().unwrap() >= 3_000 * MS);
    assert_eq!(report["ecus"].as_array().unwrap().len(), 2);
    same_frames(&simulated, &real);
}

/// The same ids with the same data in the same order, about as many and about as late.
pub(crate) fn same_frames(simulated: &ById, real: &ById) {
    same_frames_within(TOLERANCE_NS, simulated, real);
}

/// The same, where a frame may stand that much elsewhere.
pub(crate) fn same_frames_within(tolerance_ns: u64, simulated: &ById, real: &ById) {
    assert!(
        simulated.keys().eq(real.keys()),
        "the same ids on the same buses"
    );
    for (id, expected) in simulated {
        let found = &real[id];
        assert!(
            found.len() * 100 >= expected.len() * EXPECTED_PERCENT,
            "{id:?}: {} of {} frames",
            found.len(),
            expected.len()
        );
        for (position, (expected, found)) in expected.iter().zip(found).enumerate() {
            assert_eq!(expected.0, found.0, "{id:?}, frame {position}");
            let apart_ns = expected.1.abs_diff(found.1);
            assert!(
                apart_ns <= tolerance_ns,
                "{id:?}, frame {position}: {apart_ns} ns apart"
            );
        }
    }
}

#[test]
fn a_stimulus_reaches_the_real_time_system() {
    let folder = tempfile::tempdir().unwrap();
    let trace = folder.path().join("trace.log");
    let set = ["--set", "cabin.temperature=40@300ms"];
    let project = sample("thermal");
    let call = [
        "run",
        &project,
        "--for",
        "800ms",
        "--trace",
        &text_of(&trace),
    ];
    let report = fine(&[&call[..], &set[..]].concat());
    let frames = frames(&trace);
    assert_eq!(report["frames"], frames.len());
    let data: Vec<&[u8]> = frames.iter().map(|entry| entry.frame.bytes()).collect();
    assert_ne!(
        data.first().unwrap()[2..],
        data.last().unwrap()[2..],
        "the temperature on the bus follows"
    );
}

//! A real capture on the bus while a system runs.

use crate::support::*;
use simulator::{Options, Replay, ReplayTiming, can::log::Log};
use std::collections::BTreeMap;

const LOG: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../shared/data/log/savvycan_candump.log"
);

fn by_id<'a>(frames: impl Iterator<Item = &'a str>) -> BTreeMap<String, Vec<String>> {
    let mut ids: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for frame in frames {
        let (id, _) = frame.split_once('#').unwrap();
        ids.entry(id.to_owned()).or_default().push(frame.to_owned());
    }
    ids
}

#[test]
fn every_frame_of_a_real_capture_arrives() {
    let Ok(text) = std::fs::read_to_string(LOG) else {
        println!("skipped: {LOG} is not there");
        return;
    };
    let log = Log::parse(&text).unwrap();
    assert_eq!((log.entries.len(), log.defects.len()), (12_974, 0));
    for timing in [ReplayTiming::Automatic, ReplayTiming::AsRecorded] {
        let replays = vec![Replay::new(log.clone(), "can0", timing)];
        let files = system(&[sender("climate"), receiver("cockpit")]);
        let mut simulation = try_start(
            &files,
            Options {
                replays,
                ..Options::default()
            },
        )
        .unwrap();
        run(&mut simulation, 12 * SECOND - 1);
        let summary = simulation.summary();
        assert_eq!(summary.frames, 12_974 + 12_000, "{timing:?}");
        assert!(summary.buses[0].load < 1.0);
        // Frames of one id keep their order, whoever they are arbitrated against.
        let rows: Vec<String> = simulation
            .trace()
            .rows_from(0)
            .filter(|row| row.kind.word() == "frame" && row.detail.contains(" replay0 "))
            .map(|row| row.frame().unwrap().to_string())
            .collect();
        let expected: Vec<String> = log
            .entries
            .iter()
            .map(|entry| entry.frame.to_string())
            .collect();
        assert!(
            by_id(rows.iter().map(String::as_str)) == by_id(expected.iter().map(String::as_str))
        );
    }
}

#[test]
fn a_log_written_by_a_run_replays_with_the_same_frames() {
    let mut first = start(&system(&[sender("climate"), receiver("cockpit")]));
    run(&mut first, 20 * MS);
    let log = Log::parse(&first.candump()).unwrap();
    assert_eq!(log.entries.len(), 20);
    let replays = vec![Replay::new(log, "can0", ReplayTiming::Automatic)];
    let files = system(&[receiver("cockpit")]);
    let mut second = try_start(
        &files,
        Options {
            replays,
            ..Options::default()
        },
    )
    .unwrap();
    run(&mut second, 30 * MS);
    let values = |simulation| -> Vec<String> {
        lines(simulation, "publish")
            .iter()
            .map(|line| line.rsplit('\t').next().unwrap().to_owned())
            .collect()
    };
    assert_eq!(values(&first), values(&second));
}

//! Recorder, link and replay around a real ECU.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panics"
)]

mod support;

use back_to_back::*;
use ecu_host::board::{CanError, I2cOperation};
use std::thread;
use support::*;

#[test]
fn a_recording_has_what_went_in_and_what_came_out() {
    let recording = recorded();
    let count = |is: fn(&Entry) -> bool| recording.entries.iter().filter(|one| is(one)).count();
    assert_eq!(
        count(|one| matches!(one, Entry::Input(Input::Receive { .. }))),
        4
    );
    assert_eq!(
        count(|one| matches!(one, Entry::Input(_))),
        count(|one| matches!(one, Entry::Idle { .. }))
    );
    let refused = |one: &Entry| {
        let answer = Answer::Taken(Err(CanError::QueueFull));
        matches!(one, Entry::Call { call: Call::Transmit { .. }, answer: found } if *found == answer)
    };
    assert!(recording.entries.iter().any(refused));
    let traps = |one: &Entry| matches!(one, Entry::Ended(ended) if ended.trap.is_some());
    assert!(recording.entries.iter().any(traps));
    assert_eq!(recorded(), recording, "the same twice");
    assert_eq!(Recording::from_text(&recording.to_text()), Ok(recording));
}

#[test]
fn reads_are_zeros_in_the_call_and_bytes_in_the_answer() {
    let recording = recorded();
    let first = recording.entries.iter().find_map(|entry| match entry {
        Entry::Call {
            call: Call::I2c { operations, .. },
            answer: Answer::I2c(_, done),
        } => Some((operations.clone(), done.clone())),
        _ => None,
    });
    let read = |byte| vec![I2cOperation::Read(vec![byte; 2])];
    assert_eq!(first, Some((read(0), read(1))));
}

#[test]
fn the_same_partition_does_the_same_over_the_link() {
    let recording = recorded();
    let (here, there) = pipe();
    let target = thread::spawn(move || serve(&mut ecu(LinkBoard::new(there), MODULE)));
    let mut agreed = 0;
    let verdict = replay(here, &recording, &mut |count| agreed = count);
    assert_eq!(verdict, Ok(Verdict::Same));
    let last_output = recording.entries.len();
    assert_eq!(agreed, last_output);
    assert_eq!(target.join().unwrap(), Ok(()));
}

#[test]
fn the_first_difference_is_shown_with_its_place() {
    let recording = recorded();
    // The driver addresses its sensor wrongly, from the start.
    let wrong: &str = Box::leak(
        MODULE
            .replace("(i32.const 0x48)", "(i32.const 0x49)")
            .into(),
    );
    let (verdict, target) = replayed(wrong, &recording);
    let Ok(Verdict::Different(difference)) = verdict else {
        unreachable!("{verdict:?}")
    };
    assert_eq!(target, Err(LinkError::Closed));
    let place = difference.place(&recording);
    assert_eq!(place.activation.as_deref(), Some("main/measure"));
    assert_eq!(place.runnable.as_deref(), Some("sensor.measure"));
    assert_eq!(place.at_ns, Some(10));
    assert_eq!(place.before.last().unwrap(), "open I2C i2c0 -> attached");
    assert!(
        place.expected[0].contains("I2C i2c0 0x48 r0000 -> r0101"),
        "{place:?}"
    );
    assert_eq!(place.found.len(), 1);
    assert!(place.found[0].contains("I2C i2c0 0x49 r0000"), "{place:?}");
}

#[test]
fn one_more_instruction_shows_in_the_fuel() {
    let recording = recorded();
    let wrong: &str = Box::leak(
        MODULE
            .replace("(call $drop (local.get $bus))", "(call $drop (local.get $bus)) (drop (i32.const 1)) (nop) (global.set $heap (global.get $heap))")
            .into(),
    );
    let (verdict, _) = replayed(wrong, &recording);
    let Ok(Verdict::Different(difference)) = verdict else {
        unreachable!("{verdict:?}")
    };
    let place = difference.place(&recording);
    assert!(
        place.expected[0].contains("leaves sensor.measure (fuel"),
        "{place:?}"
    );
    assert!(
        place.found[0].contains("leaves sensor.measure (fuel"),
        "{place:?}"
    );
    assert_ne!(place.expected[0], place.found[0]);
    // What the target says by itself behind it: it waits when it publishes no more but sends.
    assert!(
        place.found.last().unwrap().contains("transmit"),
        "{place:?}"
    );
}

#[test]
fn another_system_is_refused_before_it_runs() {
    let mut recording = recorded();
    recording.head.partitions[0].table.name = "other".into();
    let (verdict, _) = replayed(MODULE, &recording);
    assert_eq!(
        verdict.unwrap_err().to_string(),
        "the target holds the partitions `main`, the recording is of `other`; build the image from the same project"
    );
}

/// What a target does with these bytes, and what it says.
fn said(bytes: &[u8]) -> (Result<(), LinkError>, Vec<u8>) {
    let (mut here, there) = pipe();
    let target = thread::spawn(move || serve(&mut ecu(LinkBoard::new(there), MODULE)));
    here.write(bytes).unwrap();
    let mut heard = Vec::new();
    while let Ok(byte) = here.read() {
        heard.push(byte);
    }
    (target.join().unwrap(), heard)
}

#[test]
fn noise_on_the_line_is_refused() {
    let (served, heard) = said(&[0, 0, 3, 1, 2, 0]);
    let Err(LinkError::Broken { what }) = served else {
        unreachable!("{served:?}")
    };
    assert!(what.contains("checksum"), "{what}");
    assert_eq!(heard.last(), Some(&0), "the tester is told");
}

#[test]
fn a_target_that_goes_away_is_told_with_the_place() {
    let recording = recorded();
    let (here, mut there) = pipe();
    let target = thread::spawn(move || {
        let mut byte = 1;
        while byte != 0 {
            byte = there.read().unwrap();
        }
    });
    let verdict = replay(here, &recording, &mut |_| {});
    target.join().unwrap();
    assert_eq!(verdict, Err(LinkError::Closed));

    struct Cut(PipeEnd, usize);
    impl Port for Cut {
        fn read(&mut self) -> Result<u8, Closed> {
            self.1 = self.1.checked_sub(1).ok_or(Closed)?;
            self.0.read()
        }
        fn write(&mut self, bytes: &[u8]) -> Result<(), Closed> {
            self.0.write(bytes)
        }
    }
    let (here, there) = pipe();
    let target = thread::spawn(move || serve(&mut ecu(LinkBoard::new(there), MODULE)));
    let verdict = replay(Cut(here, 200), &recording, &mut |_| {});
    let Ok(Verdict::Broken {
        position,
        error: LinkError::Closed,
    }) = verdict
    else {
        unreachable!("{verdict:?}")
    };
    let place = Activated::at(&recording, position);
    assert!(position > 5 && !place.expected.is_empty(), "{place:?}");
    assert_eq!(target.join().unwrap(), Err(LinkError::Closed));
}

//! A bus of CAN FD: messages that no classic frame holds, frames of logs and of users.

use crate::support::*;
use deployment::{BusKind, Direction, Event};
use simulator::{
    Options, Replay, ReplayTiming, SystemFiles,
    can::{BitRates, FlexibleRates, Frame, bits, log::Log},
};

const LONG: u8 = 64;

/// `climate` sends 64 bytes each millisecond, `cockpit` takes them and publishes the last two.
fn guests() -> [Guest; 2] {
    let mut sender = guest("climate", "app")
        .pdu("Long", Direction::Out, 0x123)
        .task(
            "send",
            every(MS),
            "i32.const 127 i32.const 0xa5 i32.store8
             i32.const 0 i32.const 64 i32.const 64 call $transmit",
        );
    let mut receiver = guest("cockpit", "app")
        .pdu("Long", Direction::In, 0x123)
        .element("end", Direction::Out)
        .task(
            "receive",
            Event::DataReceived {
                elements: vec![],
                pdus: vec![0],
            },
            "i32.const 0 i32.const 16 call $take_frame
             i32.const 0 i32.const 20 i32.load i32.const 62 i32.add i32.const 2 call $publish",
        );
    for guest in [&mut sender, &mut receiver] {
        guest.table.pdus[0].length_bytes = LONG;
    }
    [sender, receiver]
}

fn on_can_fd(guests: &[Guest]) -> SystemFiles {
    let mut files = system(guests);
    files.system.buses[0].kind = BusKind::CanFd {
        bitrate_bps: 500_000,
        sample_point_permille: 800,
        data_bitrate_bps: 2_000_000,
        data_sample_point_permille: 700,
    };
    files
}

fn rates() -> BitRates {
    BitRates {
        bitrate_bps: 500_000,
        flexible: Some(FlexibleRates {
            sample_point_permille: 800,
            data_bitrate_bps: 2_000_000,
            data_sample_point_permille: 700,
        }),
    }
}

#[test]
fn a_long_message_goes_in_one_frame() {
    let mut simulation = start(&on_can_fd(&guests()));
    run(&mut simulation, 10 * MS);
    let text = format!("123##1{}A5", "00".repeat(63));
    let frame: Frame = text.parse().unwrap();
    let end_ns = 2 * ACTIVATION_NS + rates().duration_ns(bits::BitSequence::of(&frame).span());
    assert_eq!(
        lines(&simulation, "frame")[0],
        format!(
            "{end_ns}\tframe\tcan0\t{text} climate {}",
            2 * ACTIVATION_NS
        )
    );
    let published = lines(&simulation, "publish");
    let at_ns = end_ns + ACTIVATION_NS;
    assert_eq!(
        published[0],
        format!("{at_ns}\tpublish\tcockpit/app/end\t00a5")
    );
    assert_eq!(published.len(), 10);
    // Three bits of interframe space belong to each frame.
    let busy_ns = end_ns - 2 * ACTIVATION_NS + 3 * 2_000;
    let bus = &simulation.summary().buses[0];
    let expected = (10 * busy_ns) as f64 / (10 * MS) as f64;
    assert!((bus.load - expected).abs() < 0.001, "{}", bus.load);
    assert_eq!((bus.ids[0].id.as_str(), bus.ids[0].frames), ("123", 10));
}

#[test]
fn a_log_of_both_kinds_is_replayed_as_it_was_recorded() {
    let mut simulation = start(&on_can_fd(&guests()));
    for text in ["100#01", "101##0AB", "18DAF110##10102030405060708090A0B0C"] {
        let frame = text.parse().unwrap();
        simulation.inject_frame("can0", frame).unwrap();
    }
    run(&mut simulation, 10 * MS);
    let recorded = simulation.candump();
    let log = Log::parse(&recorded).unwrap();
    assert_eq!((log.entries.len(), log.defects.len()), (13, 0));
    let replay = |files: &SystemFiles| {
        let replays = vec![Replay::new(log.clone(), "can0", ReplayTiming::AsRecorded)];
        try_start(
            files,
            Options {
                replays,
                ..Options::default()
            },
        )
    };
    let [_, receiver] = guests();
    let mut simulation = replay(&on_can_fd(&[receiver])).unwrap();
    run(&mut simulation, 20 * MS);
    let again = Log::parse(&simulation.candump()).unwrap();
    let frames = |log: &Log| {
        log.entries
            .iter()
            .map(|entry| entry.frame)
            .collect::<Vec<_>>()
    };
    assert_eq!(frames(&again), frames(&log));
    assert_eq!(lines(&simulation, "publish").len(), 10);
    let Err(refused) = replay(&system(&[receiver_of_classic()])) else {
        panic!("a classic bus carries it")
    };
    let words = refused.to_string();
    assert!(
        words.contains("which a classic bus does not carry"),
        "{words}"
    );
}

fn receiver_of_classic() -> Guest {
    receiver("cockpit")
}

#[test]
fn a_classic_bus_takes_no_such_frame_from_users() {
    let mut simulation = start(&system(&[sender("climate"), receiver("cockpit")]));
    let refused = simulation.inject_frame("can0", "123##1AB".parse().unwrap());
    assert_eq!(
        refused.unwrap_err().to_string(),
        "frame `123##1AB` is CAN FD (`##`), which a classic bus does not carry; give the bus a data bit rate, or use one `#`"
    );
}

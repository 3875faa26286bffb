//! Faults of a run: what each does on a bus of two ECUs, by options and by hand, and what is refused.

use crate::support::*;
use simulator::{Fault, FaultState, Options, Simulation, SystemFiles};

/// `climate` sends 0x123 every millisecond from 2 µs on; `cockpit` publishes what it is given.
fn files() -> SystemFiles {
    system(&[sender("climate"), receiver("cockpit")])
}

fn options(faults: &[&str]) -> Options {
    let faults = faults.iter().map(|text| Fault::parse(text).unwrap());
    Options {
        faults: faults.collect(),
        ..Options::default()
    }
}

fn ran(faults: &[&str], until_ns: u64) -> Simulation {
    let mut simulation = try_start(&files(), options(faults)).unwrap();
    run(&mut simulation, until_ns);
    simulation
}

/// The values that the receiver has published.
fn published(simulation: &Simulation) -> Vec<String> {
    let value = |line: &String| line.rsplit('\t').next().unwrap().to_owned();
    lines(simulation, "publish").iter().map(value).collect()
}

/// Times of the rows `fault` in µs, and what they say.
fn rows(simulation: &Simulation) -> Vec<(u64, String)> {
    let row = |line: &String| {
        let fields: Vec<&str> = line.split('\t').collect();
        (
            fields[0].parse::<u64>().unwrap() / 1_000,
            fields[3].to_owned(),
        )
    };
    lines(simulation, "fault").iter().map(row).collect()
}

fn refusal(fault: &str) -> String {
    let refused = try_start(&files(), options(&[fault]));
    refused.err().unwrap().to_string()
}

#[test]
fn a_lost_frame_is_sent_and_not_given_to_receivers() {
    let simulation = ran(&["at 1 ms can can0 lose Count"], 4 * MS - 1);
    assert_eq!(simulation.summary().frames, 4);
    assert_eq!(published(&simulation), ["0100", "0300", "0400"]);
    let [begin, lose, end] = &rows(&simulation)[..] else {
        panic!("{:?}", rows(&simulation))
    };
    assert_eq!(begin, &(1_000, "begin at 1 ms can can0 lose Count".into()));
    assert_eq!(lose.1, "lose 123#0200");
    assert_eq!(end, &(lose.0, "end at 1 ms can can0 lose Count".into()));
}

#[test]
fn a_fault_of_a_time_ends_with_it() {
    let fault = "at 1 ms for 2 ms can can0 lose 0x123 to cockpit";
    let simulation = ran(&[fault], 5 * MS - 1);
    assert_eq!(published(&simulation), ["0100", "0400", "0500"]);
    let last = rows(&simulation).pop().unwrap();
    assert_eq!(last, (3_000, format!("end {fault}")));
    let shown = &simulation.faults()[0];
    assert_eq!((shown.state, shown.effects), (FaultState::Over, 2));
    assert_eq!(simulation.summary().faults, simulation.faults());
}

#[test]
fn a_late_frame_takes_the_bus_later_and_arrives() {
    let simulation = ran(&["at 1 ms can can0 delay Count 300 us"], 3 * MS - 1);
    let start = |line: &String| line.rsplit(' ').next().unwrap().parse::<u64>().unwrap();
    let starts: Vec<u64> = lines(&simulation, "frame").iter().map(start).collect();
    let usual_ns = MS + ACTIVATION_NS;
    assert_eq!(starts[1..], [usual_ns + 300_000, usual_ns + MS]);
    assert_eq!(published(&simulation), ["0100", "0200", "0300"]);
}

#[test]
fn a_duplicate_is_a_second_frame() {
    let simulation = ran(&["at 1 ms can can0 duplicate Count"], 3 * MS - 1);
    assert_eq!(published(&simulation), ["0100", "0200", "0200", "0300"]);
    assert_eq!(simulation.summary().frames, 4);
}

#[test]
fn a_corrupted_frame_is_an_error_frame_and_comes_again() {
    let simulation = ran(
        &["at 1 ms 2 times can can0 corrupt Count bit 37"],
        3 * MS - 1,
    );
    assert_eq!(published(&simulation), ["0100", "0200", "0300"]);
    let bus = &simulation.summary().buses[0];
    assert_eq!((bus.error_frames, bus.frames), (2, 3));
    let errors = lines(&simulation, "error");
    assert!(errors[0].contains("\tbit 123#0200 climate "), "{errors:?}");
}

#[test]
fn an_error_frame_meets_what_is_on_the_bus_then() {
    // 1,001 µs is the start of a frame, 1,500 µs between two.
    for (at, kind) in [
        ("1050 us", "bit 123#0200 climate 1001000"),
        ("1500 us", "flag - - 1500000"),
    ] {
        let simulation = ran(&[&format!("at {at} can can0 error frame")], 3 * MS - 1);
        let errors = lines(&simulation, "error");
        assert_eq!(errors.len(), 1, "{errors:?}");
        assert!(errors[0].ends_with(kind), "{errors:?}");
        assert_eq!(published(&simulation), ["0100", "0200", "0300"]);
    }
}

#[test]
fn faults_are_part_of_the_hash_and_repeat() {
    let faults = [
        "always can can0 corrupt any bit 20",
        "at 2 ms can can0 lose any",
    ];
    let hash = |faults: &[&str]| ran(faults, 20 * MS).summary().trace_hash;
    assert_eq!(hash(&faults), hash(&faults));
    assert_ne!(hash(&faults), hash(&faults[..1]));
    assert_ne!(hash(&faults[..1]), hash(&[]));
}

#[test]
fn by_hand_a_fault_begins_now_is_removed_and_comes_again_after_going_back() {
    let mut simulation = start(&files());
    run(&mut simulation, 1_500_000);
    let fault = Fault::parse("always can can0 lose Count").unwrap();
    simulation.inject_fault(fault).unwrap();
    run(&mut simulation, 3_500_000);
    simulation.remove_fault(0);
    run(&mut simulation, 5 * MS - 1);
    assert_eq!(published(&simulation), ["0100", "0200", "0500"]);
    let hash = simulation.summary().trace_hash;
    simulation.go_to(2 * MS, &mut |_| true).unwrap();
    let shown = &simulation.faults()[0];
    assert_eq!((shown.state, shown.effects), (FaultState::Active, 0));
    run(&mut simulation, 5 * MS - 1);
    assert_eq!(simulation.summary().trace_hash, hash);
}

#[test]
fn names_that_are_not_there_are_refused_with_what_is() {
    for (fault, expected) in [
        (
            "can can1 lose any",
            "fault `can can1 lose any`: there is no CAN bus `can1`; there are `can0`; did you mean `can0`?",
        ),
        (
            "can can0 lose Coutn",
            "fault `can can0 lose Coutn`: there is no message `Coutn`; there are `Count`; did you mean `Count`?",
        ),
        (
            "can can0 lose any to dashboard",
            "fault `can can0 lose any to dashboard`: there is no ECU on the bus `dashboard`; there are `climate`, `cockpit`",
        ),
        (
            "for 1 s can can0 error frame",
            "fault `for 1 s can can0 error frame`: this comes once; leave `for`, `times` and `always` out, or give a fault for each",
        ),
    ] {
        assert_eq!(refusal(fault), expected);
    }
    let mut simulation = start(&files());
    let fault = Fault::parse("can can9 lose any").unwrap();
    assert!(simulation.inject_fault(fault).is_err());
    assert!(simulation.faults().is_empty());
}

#[test]
fn a_controller_that_is_switched_off_comes_back_after_128_times_11_bits() {
    let simulation = ran(&["at 1500 us can can0 bus-off climate"], 10 * MS - 1);
    let states = lines(&simulation, "state");
    let recovery_ns = 1_500_000 + 128 * 11 * 2_000;
    assert_eq!(
        states,
        [
            "1500000\tstate\tcan0/climate\tbus-off".to_owned(),
            format!("{recovery_ns}\tstate\tcan0/climate\terror-active"),
        ]
    );
    // What the ECU asks for meanwhile is refused: the values of 2, 3 and 4 ms.
    let published = published(&simulation);
    assert_eq!(published[..4], ["0100", "0200", "0600", "0700"]);
}

#[test]
fn an_ecu_that_is_reset_begins_anew() {
    let simulation = ran(&["at 2500 us ecu climate reset"], 5 * MS - 1);
    assert_eq!(
        published(&simulation)[..4],
        ["0100", "0200", "0300", "0100"]
    );
    assert_eq!(
        refusal("ecu climat reset"),
        "fault `ecu climat reset`: there is no ECU `climat`; there are `climate`, `cockpit`; did you mean `climate`?"
    );
}

#[test]
fn faults_at_random_repeat_by_their_seed() {
    let bus = |fault: &str| {
        let simulation = ran(&[fault], 2 * SECOND);
        let bus = simulation.summary().buses[0].clone();
        (bus.error_frames, simulation.summary().trace_hash)
    };
    let (errors, hash) = bus("can can0 random 20 per s seed 3");
    // Some bits lie behind their frame and are its last.
    assert!((25..=60).contains(&errors), "{errors}");
    assert_eq!(bus("can can0 random 20 per s seed 3").1, hash);
    assert_ne!(bus("can can0 random 20 per s seed 4").1, hash);
}

#[test]
fn counters_stand_beside_the_expected_ones() {
    let faults = [
        "at 1 ms 3 times can can0 corrupt Count bit 37",
        "at 5500 us can can0 error frame",
        "at 7500 us can can0 bus-off cockpit",
    ];
    let simulation = ran(&faults, 9 * MS);
    let controllers = &simulation.summary().buses[0].controllers;
    let names: Vec<&str> = controllers
        .iter()
        .map(|one| one.controller.as_str())
        .collect();
    assert_eq!(names, ["climate", "cockpit"]);
    for one in controllers {
        let expected = (one.expected_transmit_errors, one.expected_receive_errors);
        assert_eq!(
            (one.transmit_errors, one.receive_errors),
            expected,
            "{one:?}"
        );
    }
    // Three errors and the seven frames from 1 ms on; then nobody acknowledges any more.
    let errors = lines(&simulation, "error");
    let alone = errors.iter().filter(|line| line.contains("\tacknowledge "));
    let alone = alone.count() as u32;
    assert!(alone > 3, "{errors:?}");
    assert_eq!(controllers[0].transmit_errors, 3 * 8 - 7 + alone * 8);
    assert!(start(&files()).summary().buses[0].controllers.is_empty());
}

#[test]
fn of_399_frames_that_are_injected_while_paused_and_stepping_399_arrive() {
    let mut simulation = start(&files());
    for number in 0..399_u64 {
        let frame = format!("{:03X}#{:02X}", 0x200 + number, number % 256);
        simulation
            .inject_frame("can0", frame.parse().unwrap())
            .unwrap();
        match number % 3 {
            0 => {}
            1 => drop(simulation.step_until(SECOND, simulator::Step::Event)),
            _ => drop(simulation.step_until(SECOND, simulator::Step::Frame)),
        }
    }
    run(&mut simulation, SECOND);
    let mut injected: Vec<String> = lines(&simulation, "frame")
        .iter()
        .filter(|line| line.contains(" tester "))
        .map(|line| line.split('\t').nth(3).unwrap()[..3].to_owned())
        .collect();
    injected.sort();
    let all: Vec<String> = (0..399)
        .map(|number| format!("{:03X}", 0x200 + number))
        .collect();
    assert_eq!(injected, all);
}

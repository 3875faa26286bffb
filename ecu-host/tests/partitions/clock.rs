//! What an activation costs, what its calls see of time, and the frames it sends.

use deployment::Direction;
use ecu_host::Code;
use ecu_host::{Ecu, EcuSettings, board::CanError};

use crate::support::*;

const IMPORTS: &[&str] = &[
    "wireloom:ecu/clock@0.1.0",
    "wireloom:ecu/meter@0.1.0",
    "wireloom:ecu/elements@0.1.0",
    "wireloom:ecu/frames@0.1.0",
    "wireloom:ecu/probes@0.1.0",
];

const FUNCTIONS: &str = r#"
    (import "wireloom:ecu/clock@0.1.0" "now" (func $now (result i64)))
    (import "wireloom:ecu/meter@0.1.0" "enter" (func $enter (param i32)))
    (import "wireloom:ecu/meter@0.1.0" "leave" (func $leave))
    (import "wireloom:ecu/elements@0.1.0" "publish" (func $publish (param i32 i32 i32)))
    (import "wireloom:ecu/elements@0.1.0" "refuse" (func $refuse (param i32)))
    (import "wireloom:ecu/frames@0.1.0" "transmit" (func $transmit (param i32 i32 i32)))
    (import "wireloom:ecu/frames@0.1.0" "take" (func $take (param i32 i32)))
    (import "wireloom:ecu/probes@0.1.0" "called" (func $called (param i32 i32 i32 i32)))
    (import "wireloom:ecu/probes@0.1.0" "returned" (func $returned (param i32 i32 i32 i32)))
    (import "wireloom:ecu/probes@0.1.0" "pause" (func $pause))
    (import "wireloom:ecu/probes@0.1.0" "resume" (func $resume))
    (data (i32.const 8) "\01\02")
    (func $work (local $n i32)
        i32.const 1000 local.set $n
        loop $again
            local.get $n i32.const 1 i32.sub local.tee $n br_if $again
        end)
    (func $time
        i32.const 64 call $now i64.store
        i32.const 0 i32.const 64 i32.const 8 call $publish)
"#;

/// One task `t` of this body; a unit of fuel takes 1 ns.
fn metered(body: &str) -> Ecu<Desk> {
    let component = one_task(body);
    let settings = EcuSettings {
        fuel_ps: 1_000,
        ..settings()
    };
    let mut ecu = Ecu::new(&engine(), settings, Desk::default());
    let mut table = table("p", vec![task("t", every(1_000_000), 0)]);
    table.elements = vec![element("time", Direction::Out, 1)];
    table.pdus = vec![
        pdu("Out", Direction::Out, 0x55, 1),
        pdu("In", Direction::In, 0x56, 2),
    ];
    ecu.add(&component, table).unwrap();
    ecu.run(0).unwrap();
    ecu
}

fn one_task(body: &str) -> Code {
    component(
        IMPORTS,
        &["t"],
        &format!("{FUNCTIONS} (func (export \"t\") {body})"),
    )
}

#[test]
fn only_users_code_costs() {
    let mut ecu = metered("call $work call $time");
    let done = ecu.run(100).unwrap();
    assert_eq!((done.cost_ns, done.fuel), (10, 0));
    assert_eq!(ecu.board().lines.len(), 1);
    assert!(ecu.board().lines[0].starts_with("110 published 0 [6e, 00"));
}

#[test]
fn the_same_work_costs_the_same_fuel_and_time_passes_with_it() {
    let body = "i32.const 0 call $enter call $time call $work call $time call $leave call $time";
    let mut ecu = metered(body);
    let first = ecu.run(100).unwrap();
    assert!((5_000..8_000).contains(&first.fuel), "{}", first.fuel);
    assert_eq!(first.cost_ns, 10 + first.fuel);
    let second = ecu.run(1_000_000).unwrap();
    assert_eq!((second.fuel, second.cost_ns), (first.fuel, first.cost_ns));
    let times: Vec<u64> = ecu
        .board()
        .lines
        .iter()
        .map(|line| line.split(' ').next().unwrap().parse().unwrap())
        .collect();
    assert_eq!(times[0], 110);
    assert!(
        times[1] < times[2] && times[2] < times[3] && times[3] <= first.ended_ns(),
        "{times:?}"
    );
}

#[test]
fn a_paused_meter_stands_still() {
    let plain = "i32.const 0 call $enter call $work call $leave";
    let probed = "i32.const 0 call $enter call $pause call $work
        i32.const 0 i32.const 0 i32.const 8 i32.const 2 call $called
        i32.const 0 i32.const 0 i32.const 8 i32.const 1 call $returned
        call $resume call $work call $leave";
    let plain = metered(plain).run(100).unwrap();
    let mut ecu = metered(probed);
    let done = ecu.run(100).unwrap();
    // The two calls of the meter are all that is left of the probe.
    assert!(done.fuel - plain.fuel < 10, "{} {}", done.fuel, plain.fuel);
    let lines = ecu.board().lines.join("\n");
    assert!(
        lines.contains("Called { partition: \"p\", probe: 0, function: 0, arguments: [1, 2] }"),
        "{lines}"
    );
    assert!(
        lines.contains("Returned { partition: \"p\", probe: 0, function: 0, outcome: [1] }"),
        "{lines}"
    );
}

#[test]
fn frames_leave_at_the_time_so_far() {
    let mut ecu = metered("i32.const 0 i32.const 8 i32.const 2 call $transmit");
    ecu.run(100).unwrap();
    ecu.run(1_000_000).unwrap();
    let lines = &ecu.board().lines;
    assert_eq!(
        lines,
        &[
            "110 can0 55#[01, 02] request 1",
            "1000010 can0 55#[01, 02] request 2"
        ]
    );
}

#[test]
fn a_frame_that_the_board_refuses_is_counted() {
    let mut ecu = metered("i32.const 0 i32.const 8 i32.const 2 call $transmit");
    for error in [CanError::NoBus, CanError::QueueFull, CanError::BusOff] {
        ecu.board_mut().transmit_error = Some(error);
        let at_ns = ecu.next_activation().unwrap().at_ns;
        ecu.run(at_ns).unwrap();
    }
    assert_eq!(ecu.partition_counters(FIRST).unwrap().frames_refused, 3);
}

#[test]
fn a_waiting_frame_is_taken_once() {
    let body = "i32.const 1 i32.const 32 call $take
        i32.const 0 i32.const 32 i32.const 1 call $publish
        i32.const 32 i32.load8_u
        if i32.const 0 i32.const 36 i32.load i32.const 40 i32.load call $publish end";
    let mut ecu = metered(body);
    let bus = "can0".into();
    let data = vec![7, 8, 9];
    let frame = ecu_host::board::CanFrame {
        bus,
        id: 0x56,
        data,
        ..ecu_host::board::CanFrame::default()
    };
    ecu.receive(20, &frame);
    ecu.run(100).unwrap();
    ecu.run(1_000_000).unwrap();
    let expected = [
        "110 published 0 [01]",
        "110 published 0 [07, 08]",
        "1000010 published 0 [00]",
    ];
    assert_eq!(ecu.board().lines, expected);
}

#[test]
fn refused_values_are_counted_and_told() {
    let mut ecu = metered("i32.const 0 call $refuse");
    ecu.run(100).unwrap();
    assert_eq!(
        ecu.board().lines,
        ["110 Refused { partition: \"p\", element: 0 }"]
    );
    assert_eq!(ecu.partition_counters(FIRST).unwrap().values_refused, 1);
}

#[test]
fn garbage_from_a_guest_is_named() {
    for (body, words) in [
        (
            "i32.const 7 call $enter",
            "`meter.enter` was called with number 7, the partition's table has 1",
        ),
        (
            "i32.const 9 i32.const 8 i32.const 2 call $transmit",
            "`frames.transmit` was called with number 9",
        ),
        (
            "i32.const 1 i32.const 8 i32.const 2 call $transmit",
            "`frames.transmit` was called for `In`, which goes the other way",
        ),
        (
            "i32.const 0 i32.const 8 i32.const 3 call $transmit",
            "a frame for `Out` has 3 bytes, the message has 2",
        ),
        (
            "i32.const 0 i32.const 32 call $take",
            "`frames.take` was called for `Out`",
        ),
        (
            "i32.const -1 i32.const 32 call $take",
            "`frames.take` was called with number 4294967295",
        ),
        (
            "i32.const 5 i32.const 8 i32.const 2 call $publish",
            "`elements.publish` was called with number 5",
        ),
        (
            "i32.const 0 i32.const 8 i32.const -1 call $publish",
            "out of bounds",
        ),
        (
            "i32.const 0 i32.const 65535 i32.const 2 call $publish",
            "out of bounds",
        ),
        (
            "i32.const 5 call $refuse",
            "`elements.refuse` was called with number 5",
        ),
        (
            "i32.const 1 i32.const 0 i32.const 8 i32.const 2 call $called",
            "`probes.called` was called with number 1",
        ),
        (
            "i32.const 0 i32.const 1 i32.const 8 i32.const 2 call $returned",
            "`probes.returned` was called with number 1",
        ),
    ] {
        let trapped = first_trap(&mut metered(body), 1_000);
        assert_eq!(
            trapped.cause,
            ecu_host::Cause::Misuse,
            "{body}: {trapped:?}"
        );
        assert!(trapped.reason.contains(words), "{body}: {}", trapped.reason);
    }
}

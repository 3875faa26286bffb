//! `autosar:can` on the native path: a driver that asks for everything a controller answers, and a
//! gateway that sends on what it receives. Each answer and each frame is held against the
//! simulation's.

use super::{
    machine::{self, Machine},
    qemu::{Part, Port, image, talk},
    simulated::frames,
    written::{MS, Written, every, native_notes, notes, simulated, system},
};
use deployment::Event;
use simulator::{Options, Replay, ReplayTiming, can::log::Log};

const CONTROLLERS: &str = "autosar:can/controllers@0.1.0";
/// Core signatures of the functions, by the canonical ABI.
const FUNCTIONS: [(&str, &str); 15] = [
    ("abort", "(param i32 i64 i32)"),
    (
        "configure",
        "(param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32)",
    ),
    ("confirmed", "(param i32 i32)"),
    ("counters", "(param i32 i32)"),
    ("error-state", "(param i32) (result i32)"),
    ("next-event", "(param i32 i32)"),
    ("receive", "(param i32 i32)"),
    ("set-filters", "(param i32 i32 i32 i32)"),
    ("sleep", "(param i32 i32)"),
    ("start", "(param i32 i32)"),
    ("state", "(param i32) (result i32)"),
    ("stop", "(param i32 i32)"),
    ("timing", "(param i32 i32)"),
    ("transmit", "(param i32 i32 i32 i32 i32 i32 i32 i32 i32)"),
    ("wake", "(param i32 i32)"),
];

fn driver() -> Written {
    let mut written = Written::new("", "import autosar:can/controllers@0.1.0;");
    for (name, ty) in FUNCTIONS {
        let function = format!("[method]controller.{name}");
        written = written.import(name, CONTROLLERS, &function, ty);
    }
    written
        .import(
            "open",
            CONTROLLERS,
            "[static]controller.open",
            "(param i32 i32 i32)",
        )
        .import(
            "drop",
            CONTROLLERS,
            "[resource-drop]controller",
            "(param i32)",
        )
        .text(
            r#"
            (data (i32.const 16) "can0") (data (i32.const 24) "can7")
            (data (i32.const 32) "\01\02\03\04\05\06\07\08")
            (global $can (mut i32) (i32.const 0))
            (func $open_can0
                (call $open (i32.const 16) (i32.const 4) (call $answer))
                (global.set $can (i32.load (i32.const 1028)))
                ;; The number of a handle is the host's matter.
                (i32.store (i32.const 1028) (i32.const 0))
                (call $note (i32.const 16)))
            ;; `result<_, error>`, with the text where there is one.
            (func $done
                (if (i32.eq (i32.load (i32.const 1028)) (i32.const 3))
                    (then (call $content (i32.const 8))))
                (call $note (i32.const 16)))
            (func $begin (call $start (global.get $can) (call $answer)) (call $done))
            (func $send (param $kind i32) (param $id i32) (param $format i32) (param $code i32)
                    (param $bytes i32)
                (call $transmit (global.get $can) (local.get $kind) (local.get $id)
                    (local.get $format) (local.get $code) (i32.const 32) (local.get $bytes)
                    (i32.const 0) (call $answer))
                (if (i32.and (call $is (i32.const 1))
                        (i32.eq (i32.load (i32.const 1032)) (i32.const 3)))
                    (then (call $content (i32.const 12))))
                (call $note (i32.const 24)))
            (func $set_timing (param $rate i32) (param $one i32) (param $two i32) (param $width i32)
                    (param $data i32)
                (call $configure (global.get $can) (local.get $rate) (local.get $one)
                    (local.get $two) (local.get $width) (local.get $data) (i32.const 0)
                    (i32.const 0) (i32.const 0) (i32.const 0) (call $answer))
                (call $done))
            (func $filter (param $at i32) (param $kind i32) (param $id i32) (param $mask i32)
                (i32.store (local.get $at) (local.get $kind))
                (i32.store offset=4 (local.get $at) (local.get $id))
                (i32.store offset=8 (local.get $at) (local.get $mask)))
            (func $set (param $count i32)
                (call $set-filters (global.get $can) (i32.const 512) (local.get $count)
                    (call $answer))
                (call $done))
            ;; All that has come and was confirmed, without its times.
            (func $look
                (loop $next
                    (call $confirmed (global.get $can) (call $answer))
                    (i64.store (i32.const 1048) (i64.const 0))
                    (call $note (i32.const 32))
                    (br_if $next (call $is (i32.const 1))))
                (loop $next
                    (call $receive (global.get $can) (call $answer))
                    (i64.store (i32.const 1056) (i64.const 0))
                    (if (call $is (i32.const 1)) (then (call $content (i32.const 20))))
                    (call $note (i32.const 48))
                    (br_if $next (call $is (i32.const 1))))
                (call $next-event (global.get $can) (call $answer))
                (i64.store (i32.const 1040) (i64.const 0))
                (call $note (i32.const 24)))
            "#,
        )
}

/// Everything that can be asked, in an order in which each error is met; the most urgent frame is
/// sent first, as a virtual controller would do.
const ASK: &str = r#"
    (call $open (i32.const 24) (i32.const 4) (call $answer)) (call $note (i32.const 16))
    (call $open_can0)
    (call $number (call $state (global.get $can)))
    (call $send (i32.const 0) (i32.const 0x100) (i32.const 0) (i32.const 1) (i32.const 1))
    (call $timing (global.get $can) (call $answer)) (call $note (i32.const 28))
    (call $set_timing (i32.const 0) (i32.const 13) (i32.const 2) (i32.const 1) (i32.const 0))
    (call $set_timing (i32.const 500000) (i32.const 1) (i32.const 2) (i32.const 1) (i32.const 0))
    (call $set_timing (i32.const 500000) (i32.const 13) (i32.const 0) (i32.const 1) (i32.const 0))
    (call $set_timing (i32.const 500000) (i32.const 13) (i32.const 2) (i32.const 3) (i32.const 0))
    (call $set_timing (i32.const 250000) (i32.const 13) (i32.const 2) (i32.const 1) (i32.const 0))
    (call $set_timing (i32.const 500000) (i32.const 13) (i32.const 2) (i32.const 1) (i32.const 1))
    (call $set_timing (i32.const 500000) (i32.const 11) (i32.const 4) (i32.const 2) (i32.const 0))
    (call $timing (global.get $can) (call $answer)) (call $note (i32.const 28))
    (call $filter (i32.const 512) (i32.const 0) (i32.const 0x800) (i32.const 0x7ff)) (call $set (i32.const 1))
    (call $filter (i32.const 512) (i32.const 1) (i32.const 0x20000000) (i32.const -1)) (call $set (i32.const 1))
    (call $filter (i32.const 512) (i32.const 0) (i32.const 0x120) (i32.const 0x7f0))
    (call $filter (i32.const 524) (i32.const 1) (i32.const 0x1abcdef0) (i32.const 0x1fffffff))
    (call $set (i32.const 2))
    (call $wake (global.get $can) (call $answer)) (call $done)
    (call $sleep (global.get $can) (call $answer)) (call $done)
    (call $begin)
    (call $number (call $state (global.get $can)))
    (call $wake (global.get $can) (call $answer)) (call $done)
    (call $stop (global.get $can) (call $answer)) (call $done)
    (call $begin) (call $begin) (call $set (i32.const 0))
    (call $send (i32.const 0) (i32.const 0x800) (i32.const 0) (i32.const 0) (i32.const 0))
    (call $send (i32.const 1) (i32.const 0x20000000) (i32.const 0) (i32.const 0) (i32.const 0))
    (call $send (i32.const 0) (i32.const 0x7ff) (i32.const 2) (i32.const 0) (i32.const 0))
    (call $send (i32.const 0) (i32.const 0x7ff) (i32.const 0) (i32.const 16) (i32.const 8))
    (call $send (i32.const 0) (i32.const 0x7ff) (i32.const 0) (i32.const 3) (i32.const 2))
    (call $send (i32.const 0) (i32.const 0x7ff) (i32.const 1) (i32.const 2) (i32.const 2))
    (call $send (i32.const 1) (i32.const 7) (i32.const 1) (i32.const 5) (i32.const 0))
    (call $send (i32.const 0) (i32.const 0x123) (i32.const 0) (i32.const 12) (i32.const 8))
    (call $send (i32.const 0) (i32.const 0x7ff) (i32.const 0) (i32.const 0) (i32.const 0))
    (call $send (i32.const 1) (i32.const 0x1fffffff) (i32.const 0) (i32.const 3) (i32.const 3))
    (call $abort (global.get $can) (i64.const 999) (call $answer)) (call $done)
    (call $number (call $error-state (global.get $can)))
    (call $counters (global.get $can) (call $answer)) (call $note (i32.const 4))
    (call $look) (call $tell)"#;

/// Once everything; then, ten times a second, what has come.
pub(crate) fn asking() -> Part {
    driver()
        .task("ask", Event::Init, ASK)
        .task("look", every(100 * MS), "(call $look) (call $tell)")
        .part("ecu", "driver")
}

/// What passes its filters goes on with the next identifier.
fn gateway(ecu: &str) -> Part {
    driver()
        .task(
            "open",
            Event::Init,
            r#"(call $open_can0)
            (call $filter (i32.const 512) (i32.const 0) (i32.const 0x120) (i32.const 0x7f0))
            (call $filter (i32.const 524) (i32.const 1) (i32.const 0x1abcdef0) (i32.const 0x1fffffff))
            (call $set (i32.const 2)) (call $begin)
            (call $send (i32.const 0) (i32.const 2) (i32.const 0) (i32.const 0) (i32.const 0))"#,
        )
        .task(
            "pass",
            every(10 * MS),
            r#"(loop $next
                (call $receive (global.get $can) (call $answer))
                (if (call $is (i32.const 1)) (then
                    (call $transmit (global.get $can) (i32.load8_u (i32.const 1032))
                        (i32.add (i32.load (i32.const 1036)) (i32.const 0x100))
                        (i32.load8_u (i32.const 1040)) (i32.load8_u (i32.const 1041))
                        (i32.load (i32.const 1044)) (i32.load (i32.const 1048))
                        (i32.const 0) (i32.const 1024))
                    (global.set $room (i32.const 16384))
                    (br $next))))
            (loop $next
                (call $confirmed (global.get $can) (call $answer))
                (br_if $next (call $is (i32.const 1))))"#,
        )
        .part(ecu, "gateway")
}

/// Another controller, so that somebody acknowledges.
fn listener() -> Part {
    driver()
        .task("open", Event::Init, "(call $open_can0) (call $begin)")
        .part("peer", "listener")
}

/// What a gateway says when it is open.
const READY: &str = "t0020";

/// Microseconds, and frames as candump and as SLCAN write them; some pass the filters.
const INPUT: [(u64, &str, &str); 7] = [
    (150_000, "120#1122334455667788", "t12081122334455667788"),
    (170_000, "130#00", "t130100"),
    (190_000, "12F#", "t12F0"),
    (210_000, "1ABCDEF0#A5", "T1ABCDEF01A5"),
    (230_000, "1ABCDEF1#A5", "T1ABCDEF11A5"),
    (250_000, "121#R3", "r1213"),
    (270_000, "125#0102", "t12520102"),
];

/// Replays begin with their first line: one without interest stands there.
pub(crate) fn options() -> Options {
    let mut text = String::from("(0.000000) can0 001#\n");
    for (at_us, frame, _) in INPUT {
        text += &format!("(0.{at_us:06}) can0 {frame}\n");
    }
    let log = Log::parse(&text).unwrap();
    assert_eq!(log.defects, []);
    Options {
        replays: vec![Replay {
            bus: "can0".into(),
            entries: log.entries,
            timing: ReplayTiming::AsRecorded,
            start_ns: 0,
        }],
        ..Options::default()
    }
}

fn script() -> String {
    let lines = INPUT.map(|(at_us, _, line)| format!("{at_us} {line}\n"));
    lines.concat()
}

#[test]
fn a_driver_is_answered_as_in_the_simulation() {
    let (driver, listener) = (asking(), listener());
    let simulation = simulated(&[&driver, &listener], options(), 450 * MS);
    let expected = notes(&simulation, "ecu");
    assert_eq!(expected.len(), 6, "{expected:#?}");
    let machine = Machine::new(&system(&[&driver]), &[driver]);
    let lines = machine.run(450, &script());
    assert_eq!(native_notes(&lines), expected, "{lines:#?}");
    let sent = sent(&frames(&simulation));
    assert_eq!(sent.len(), 4, "{sent:?}");
    assert_eq!(machine::frames(&lines), sent);
}

/// The frames that were not replayed.
fn sent(frames: &[String]) -> Vec<String> {
    let input = INPUT.map(|(_, _, line)| line);
    let sent = frames
        .iter()
        .filter(|line| !input.contains(&line.as_str()) && *line != "t0010");
    sent.cloned().collect()
}

/// What a gateway of the simulation sends on when these frames come.
fn passed_on() -> Vec<String> {
    let (gateway, listener) = (gateway("ecu"), listener());
    let simulation = simulated(&[&gateway, &listener], options(), 450 * MS);
    let sent = sent(&frames(&simulation));
    assert_eq!(
        sent,
        [
            READY,
            "t22081122334455667788",
            "t22F0",
            "T1ABCDFF01A5",
            "r2213",
            "t22520102"
        ]
    );
    sent
}

#[test]
fn a_gateway_sends_on_what_it_does_in_the_simulation() {
    let gateway = gateway("ecu");
    let machine = Machine::new(&system(&[&gateway]), &[gateway]);
    let lines = machine.run(450, &script());
    assert_eq!(machine::frames(&lines), passed_on());
}

/// Frames come in on the board's serial line: those that pass go out again, in their order.
#[test]
fn a_gateway_on_the_virtual_board_sends_on_what_it_does_in_the_simulation() {
    let expected = &passed_on()[1..];
    let gateway = gateway("ecu");
    let image = image(&system(&[&gateway]), &[gateway], false);
    let mut input = String::from("garbage\rt12\rt1203zz\rt8000\r");
    for (_, _, line) in INPUT {
        input += line;
        input += "\r";
    }
    let mut count = 0;
    let got = talk(&image, Port::Can, READY, &input, |_| {
        count += 1;
        count == expected.len()
    });
    assert_eq!(got, expected);
}

#[test]
fn bus_off_is_told_and_recovered_from() {
    let part = driver()
        .task("open", Event::Init, "(call $open_can0) (call $begin)")
        .task(
            "send",
            every(20 * MS),
            r#"(call $send (i32.const 0) (i32.const 0x100) (i32.const 0) (i32.const 0) (i32.const 0))
            (call $next-event (global.get $can) (call $answer))
            (i64.store (i32.const 1040) (i64.const 0))
            (call $note (i32.const 24)) (call $tell)"#,
        )
        .part("ecu", "driver");
    let machine = Machine::new(&system(&[&part]), &[part]);
    let lines = machine.run(110, "50000 off\n");
    let told = native_notes(&lines);
    // An event's case and the state's, behind what `transmit` said.
    let events: Vec<_> = told
        .iter()
        .map(|note| note[note.len() - 32..][..4].to_owned())
        .collect();
    assert!(events.contains(&"0002".to_owned()), "{told:#?}");
    assert_eq!(machine::frames(&lines).len(), 6, "{lines:#?}");
}

/// One attempt needs a controller that gives up: none of these boards'.
#[test]
fn one_attempt_is_not_supported() {
    let part = driver()
        .task(
            "try",
            Event::Init,
            r#"(call $open_can0) (call $begin) (global.set $notes (i32.const 4096))
            (call $transmit (global.get $can) (i32.const 0) (i32.const 1) (i32.const 0)
                (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 1) (call $answer))
            (call $note (i32.const 24)) (call $tell)"#,
        )
        .part("ecu", "driver");
    let machine = Machine::new(&system(&[&part]), &[part]);
    let told = native_notes(&machine.run(10, ""));
    let unsupported = format!("{:0<16}{:0<32}", "01", "04");
    assert_eq!(told, [unsupported]);
}

#[test]
fn a_second_controller_of_a_bus_is_one_too_many_until_the_first_is_dropped() {
    let dropped = "(call $open_can0) (call $drop (global.get $can)) (call $open_can0) (call $tell)";
    let both = "(call $open_can0) (call $open_can0) (call $tell)";
    for (body, traps) in [(dropped, 0), (both, 1)] {
        let part = driver()
            .task("open", Event::Init, body)
            .part("ecu", "driver");
        let machine = Machine::new(&system(&[&part]), &[part]);
        let lines = machine.run(10, "");
        let traps_found = lines
            .iter()
            .filter(|line| line.ends_with(": too many handles; it stops"));
        assert_eq!(traps_found.count(), traps, "{lines:#?}");
    }
}

//! Watches of pins on the native path: pollables that are ready once a level or an edge was there,
//! also a pulse between two looks. Held against the simulation over the drivers of ESP-IDF that
//! `tests/esp-idf` plays, and replayed over the link, where numbers of analog pins are watched too.

use super::{
    asked::{ANALOG, BUSES, DIGITAL, POLL},
    io::with_devices,
    machine::Machine,
    qemu::Part,
    replayed::same,
    written::{MS, Written, every, native_notes, notes, simulated_in},
};
use deployment::Event;
use simulator::Options;

/// Name, interface, function, core signature by the canonical ABI.
const FUNCTIONS: [(&str, &str, &str, &str); 15] = [
    (
        "open-in",
        BUSES,
        "open-digital-in",
        "(param i32 i32) (result i32)",
    ),
    (
        "open-analog",
        BUSES,
        "open-analog-in",
        "(param i32 i32) (result i32)",
    ),
    (
        "active",
        DIGITAL,
        "[method]digital-in-pin.watch-active",
        "(param i32 i32)",
    ),
    (
        "inactive",
        DIGITAL,
        "[method]digital-in-pin.watch-inactive",
        "(param i32 i32)",
    ),
    (
        "state",
        DIGITAL,
        "[method]digital-in-pin.watch-state",
        "(param i32 i32 i32)",
    ),
    (
        "falling",
        DIGITAL,
        "[method]digital-in-pin.watch-falling-edge",
        "(param i32 i32)",
    ),
    (
        "rising",
        DIGITAL,
        "[method]digital-in-pin.watch-rising-edge",
        "(param i32 i32)",
    ),
    (
        "above-raw",
        ANALOG,
        "[method]analog-in-pin.watch-above-raw",
        "(param i32 i32 i32)",
    ),
    (
        "below-raw",
        ANALOG,
        "[method]analog-in-pin.watch-below-raw",
        "(param i32 i32 i32)",
    ),
    (
        "above",
        ANALOG,
        "[method]analog-in-pin.watch-above",
        "(param i32 f32 i32)",
    ),
    (
        "below",
        ANALOG,
        "[method]analog-in-pin.watch-below",
        "(param i32 f32 i32)",
    ),
    (
        "ready",
        POLL,
        "[method]pollable.ready",
        "(param i32) (result i32)",
    ),
    ("block", POLL, "[method]pollable.block", "(param i32)"),
    ("poll", POLL, "poll", "(param i32 i32 i32)"),
    ("drop", POLL, "[resource-drop]pollable", "(param i32)"),
];

/// Five watches of the button, made anew by `$make`, and what each is now.
const HELPERS: &str = r#"
    (data (i32.const 40) "button") (data (i32.const 56) "travel")
    (global $button (mut i32) (i32.const 0))
    (global $a (mut i32) (i32.const 0)) (global $i (mut i32) (i32.const 0))
    (global $s (mut i32) (i32.const 0)) (global $f (mut i32) (i32.const 0))
    (global $r (mut i32) (i32.const 0))
    ;; The pollable that was answered; the case is noted.
    (func $made (result i32) (call $note (i32.const 1)) (i32.load (i32.const 1028)))
    (func $make
        (call $active (global.get $button) (call $answer)) (global.set $a (call $made))
        (call $inactive (global.get $button) (call $answer)) (global.set $i (call $made))
        (call $state (global.get $button) (i32.const 0) (call $answer)) (global.set $s (call $made))
        (call $falling (global.get $button) (call $answer)) (global.set $f (call $made))
        (call $rising (global.get $button) (call $answer)) (global.set $r (call $made))
        (call $tell))
    (func $drop-all
        (call $drop (global.get $a)) (call $drop (global.get $i)) (call $drop (global.get $s))
        (call $drop (global.get $f)) (call $drop (global.get $r)))
    (func $look
        (call $number (call $ready (global.get $a))) (call $number (call $ready (global.get $i)))
        (call $number (call $ready (global.get $s))) (call $number (call $ready (global.get $f)))
        (call $number (call $ready (global.get $r))) (call $tell))
"#;

fn watcher() -> Written {
    let interfaces = "import wasi:gpio/digital@0.2.0; import wasi:gpio/analog@0.2.0;
        import wireloom:ecu/buses@0.1.0;";
    let written = FUNCTIONS.iter().fold(
        Written::new("", interfaces),
        |written, (name, interface, function, ty)| written.import(name, interface, function, ty),
    );
    written.text(HELPERS).task(
        "a-open",
        Event::Init,
        "(global.set $button (call $open-in (i32.const 40) (i32.const 6))) (call $make)",
    )
}

fn later(offset_ns: u64, name: &str, body: &str, written: Written) -> Written {
    let event = Event::Timing {
        period_ns: 1_000 * MS,
        offset_ns,
    };
    written.task(name, event, body)
}

/// Looks ten times, with new watches from 80 ms on; then waits for an edge, and for one of two.
fn watching() -> Part {
    let written = watcher().task("look", every(10 * MS), "(call $look)");
    let written = later(80 * MS, "make", "(call $drop-all) (call $make)", written);
    let wait = r#"(call $rising (global.get $button) (call $answer)) (local.set $n (call $made))
        (call $block (local.get $n)) (call $number (call $ready (local.get $n)))
        (call $drop (local.get $n)) (call $tell)"#;
    let written = later(118 * MS, "wait", wait, written);
    let both = r#"(call $drop-all)
        (call $falling (global.get $button) (call $answer)) (i32.store (i32.const 512) (call $made))
        (call $rising (global.get $button) (call $answer)) (i32.store (i32.const 516) (call $made))
        (call $poll (i32.const 512) (i32.const 2) (call $answer))
        (local.set $n (i32.load (i32.const 1024)))
        (call $number (i32.load (i32.const 1028))) (call $number (i32.load (local.get $n)))
        (call $drop (i32.load (i32.const 512))) (call $drop (i32.load (i32.const 516)))
        (call $make)"#;
    later(142 * MS, "wait-for-both", both, written).part("ecu", "driver")
}

/// The button is pressed, released, pressed for 2 ms between two looks, and pressed twice more.
const PRESSED: [(u64, u8); 8] = [
    (55, 1),
    (75, 0),
    (91, 1),
    (93, 0),
    (110, 1),
    (125, 0),
    (144, 1),
    (165, 0),
];

fn options() -> Options {
    let changes = PRESSED.map(|(at_ms, active)| format!("button.active={active}@{at_ms}ms"));
    Options {
        stimuli: changes.map(|change| change.parse().unwrap()).to_vec(),
        ..Options::default()
    }
}

/// The same at the line of the button, which is active at the low level.
fn script() -> String {
    let lines = PRESSED.map(|(at_ms, active)| format!("{} pin25={}\n", at_ms * 1_000, 1 - active));
    lines.concat()
}

#[test]
fn watches_are_ready_as_in_the_simulation() {
    let part = watching();
    let system = with_devices(&part);
    let simulation = simulated_in(system.clone(), &[&part], options(), 200 * MS);
    let expected = notes(&simulation, "ecu");
    assert!(expected.len() > 20, "{expected:#?}");
    // Made: five. Then only the level that the button has; pressed; released.
    let look = |ready: [u8; 5]| ready.map(|one| format!("0{one}000000")).concat();
    assert_eq!(expected[0], "0000000000");
    for ready in [[0, 1, 0, 0, 0], [1, 1, 1, 1, 0], [1, 1, 1, 1, 1]] {
        assert!(expected.contains(&look(ready)), "{ready:?}: {expected:#?}");
    }
    // Between two looks: the pulse.
    let pulse = [look([0, 1, 0, 0, 0]), look([1; 5])];
    assert!(
        expected.windows(2).any(|pair| pair == pulse),
        "{expected:#?}"
    );
    let lines = Machine::new(&system, &[part]).run(200, &script());
    assert_eq!(native_notes(&lines), expected, "{lines:#?}");
}

/// A wait for a pin of which nothing comes ends after ten seconds; the partition stops.
#[test]
fn a_wait_for_a_pin_that_never_changes_ends() {
    let body = "(call $falling (global.get $button) (call $answer)) (call $block (call $made))";
    let part = later(10 * MS, "wait", body, watcher()).part("ecu", "driver");
    let lines = Machine::new(&with_devices(&part), &[part]).run(11_000, "");
    let traps: Vec<_> = (lines.iter().filter(|line| line.starts_with("trap: "))).collect();
    assert_eq!(
        traps,
        ["trap: partition `driver`, wait: a wait of more than ten seconds; it stops"]
    );
}

#[test]
fn numbers_are_read_where_they_are_not_watched() {
    let body = r#"(local.set $n (call $open-analog (i32.const 56) (i32.const 6)))
        (call $above-raw (local.get $n) (i32.const 5) (call $answer)) (call $note (i32.const 8))
        (call $tell)"#;
    let part = later(10 * MS, "ask", body, watcher()).part("ecu", "driver");
    let told = native_notes(&Machine::new(&with_devices(&part), &[part]).run(50, ""));
    // The error `operation-not-supported`.
    assert_eq!(told.last().unwrap(), "0100000007000000");
}

#[test]
fn watches_are_asked_of_the_tester() {
    let part = watching();
    let system = with_devices(&part);
    let recording = same(&system, &[part], options(), 200 * MS);
    assert!(recording.activations() > 20);
    let watch = r#"(local.set $n (call $open-analog (i32.const 56) (i32.const 6)))
        (call $above-raw (local.get $n) (i32.const 500) (call $answer)) (global.set $a (call $made))
        (call $below-raw (local.get $n) (i32.const 300) (call $answer)) (global.set $i (call $made))
        (call $above (local.get $n) (f32.const 0.4125) (call $answer)) (global.set $s (call $made))
        (call $below (local.get $n) (f32.const 0.1505) (call $answer)) (global.set $f (call $made))
        (call $below (local.get $n) (f32.const -1) (call $answer)) (global.set $r (call $made))
        (call $tell)"#;
    let written = later(5 * MS, "watch", watch, watcher());
    // Each number is asked for on its way up and down.
    let written = written.task("look", every(10 * MS), "(call $look)");
    let part = written.part("ecu", "driver");
    let changes = [
        "travel.level=20",
        "travel.level=60@55ms",
        "travel.level=10@95ms",
    ];
    let options = Options {
        stimuli: changes.map(|change| change.parse().unwrap()).to_vec(),
        ..Options::default()
    };
    let system = with_devices(&part);
    same(&system, &[part], options, 150 * MS);
}

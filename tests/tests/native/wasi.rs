//! WASI on the native path: what a guest prints is on the board's log, clocks and polls are the
//! board's time, random numbers are the board's, and what an ECU does not have is not there; all
//! of it as in the simulation.

use super::{
    machine::Machine,
    qemu::{Part, Port, image, run},
    written::{MS, Written, every, native_notes, notes, simulated, system},
};
use deployment::Event;
use simulator::Options;

const PACKAGES: &str = r#"
    package wasi:io@0.2.6 {
        interface poll {
            resource pollable { ready: func() -> bool; block: func(); }
            poll: func(in: list<borrow<pollable>>) -> list<u32>;
        }
        interface error { resource error { to-debug-string: func() -> string; } }
        interface streams {
            use error.{error};
            use poll.{pollable};
            variant stream-error { last-operation-failed(error), closed }
            resource input-stream {
                read: func(len: u64) -> result<list<u8>, stream-error>;
                blocking-skip: func(len: u64) -> result<u64, stream-error>;
                subscribe: func() -> pollable;
            }
            resource output-stream {
                check-write: func() -> result<u64, stream-error>;
                write: func(contents: list<u8>) -> result<_, stream-error>;
                blocking-write-and-flush: func(contents: list<u8>) -> result<_, stream-error>;
                flush: func() -> result<_, stream-error>;
                write-zeroes: func(len: u64) -> result<_, stream-error>;
                splice: func(src: borrow<input-stream>, len: u64) -> result<u64, stream-error>;
                subscribe: func() -> pollable;
            }
        }
    }
    package wasi:cli@0.2.6 {
        interface stdin { use wasi:io/streams@0.2.6.{input-stream}; get-stdin: func() -> input-stream; }
        interface stdout { use wasi:io/streams@0.2.6.{output-stream}; get-stdout: func() -> output-stream; }
        interface stderr { use wasi:io/streams@0.2.6.{output-stream}; get-stderr: func() -> output-stream; }
        interface terminal-output { resource terminal-output; }
        interface terminal-stdout {
            use terminal-output.{terminal-output};
            get-terminal-stdout: func() -> option<terminal-output>;
        }
        interface exit { exit-with-code: func(status-code: u8); }
    }
    package wasi:clocks@0.2.6 {
        interface monotonic-clock {
            use wasi:io/poll@0.2.6.{pollable};
            now: func() -> u64;
            resolution: func() -> u64;
            subscribe-duration: func(when: u64) -> pollable;
            subscribe-instant: func(when: u64) -> pollable;
        }
        interface wall-clock {
            record datetime { seconds: u64, nanoseconds: u32 }
            now: func() -> datetime;
            resolution: func() -> datetime;
        }
    }
    package wasi:random@0.2.6 {
        interface random { get-random-bytes: func(len: u64) -> list<u8>; get-random-u64: func() -> u64; }
        interface insecure-seed { insecure-seed: func() -> tuple<u64, u64>; }
    }"#;

const INTERFACES: &str = "import wasi:cli/stdin@0.2.6; import wasi:cli/stdout@0.2.6;
    import wasi:cli/stderr@0.2.6; import wasi:cli/terminal-stdout@0.2.6; import wasi:cli/exit@0.2.6;
    import wasi:io/streams@0.2.6; import wasi:io/poll@0.2.6; import wasi:clocks/monotonic-clock@0.2.6;
    import wasi:clocks/wall-clock@0.2.6; import wasi:random/random@0.2.6;
    import wasi:random/insecure-seed@0.2.6;";

/// Name, interface, function, core signature.
const FUNCTIONS: &[(&str, &str, &str, &str)] = &[
    ("stdin", "cli/stdin", "get-stdin", "(result i32)"),
    ("stdout", "cli/stdout", "get-stdout", "(result i32)"),
    ("stderr", "cli/stderr", "get-stderr", "(result i32)"),
    (
        "terminal",
        "cli/terminal-stdout",
        "get-terminal-stdout",
        "(param i32)",
    ),
    ("exit", "cli/exit", "exit-with-code", "(param i32)"),
    (
        "read",
        "io/streams",
        "[method]input-stream.read",
        "(param i32 i64 i32)",
    ),
    (
        "skip",
        "io/streams",
        "[method]input-stream.blocking-skip",
        "(param i32 i64 i32)",
    ),
    (
        "await-input",
        "io/streams",
        "[method]input-stream.subscribe",
        "(param i32) (result i32)",
    ),
    (
        "check",
        "io/streams",
        "[method]output-stream.check-write",
        "(param i32 i32)",
    ),
    (
        "write",
        "io/streams",
        "[method]output-stream.write",
        "(param i32 i32 i32 i32)",
    ),
    (
        "print",
        "io/streams",
        "[method]output-stream.blocking-write-and-flush",
        "(param i32 i32 i32 i32)",
    ),
    (
        "flush",
        "io/streams",
        "[method]output-stream.flush",
        "(param i32 i32)",
    ),
    (
        "zeroes",
        "io/streams",
        "[method]output-stream.write-zeroes",
        "(param i32 i64 i32)",
    ),
    (
        "splice",
        "io/streams",
        "[method]output-stream.splice",
        "(param i32 i32 i64 i32)",
    ),
    (
        "await-output",
        "io/streams",
        "[method]output-stream.subscribe",
        "(param i32) (result i32)",
    ),
    (
        "drop-output",
        "io/streams",
        "[resource-drop]output-stream",
        "(param i32)",
    ),
    (
        "ready",
        "io/poll",
        "[method]pollable.ready",
        "(param i32) (result i32)",
    ),
    ("block", "io/poll", "[method]pollable.block", "(param i32)"),
    ("poll", "io/poll", "poll", "(param i32 i32 i32)"),
    (
        "drop-pollable",
        "io/poll",
        "[resource-drop]pollable",
        "(param i32)",
    ),
    ("now", "clocks/monotonic-clock", "now", "(result i64)"),
    (
        "resolution",
        "clocks/monotonic-clock",
        "resolution",
        "(result i64)",
    ),
    (
        "in",
        "clocks/monotonic-clock",
        "subscribe-duration",
        "(param i64) (result i32)",
    ),
    (
        "at",
        "clocks/monotonic-clock",
        "subscribe-instant",
        "(param i64) (result i32)",
    ),
    ("calendar", "clocks/wall-clock", "now", "(param i32)"),
    (
        "calendar-step",
        "clocks/wall-clock",
        "resolution",
        "(param i32)",
    ),
    ("random", "random/random", "get-random-u64", "(result i64)"),
    (
        "random-bytes",
        "random/random",
        "get-random-bytes",
        "(param i64 i32)",
    ),
    (
        "seed",
        "random/insecure-seed",
        "insecure-seed",
        "(param i32)",
    ),
];

fn guest() -> Written {
    let mut written = Written::new(PACKAGES, INTERFACES);
    for (name, interface, function, ty) in FUNCTIONS {
        written = written.import(name, &format!("wasi:{interface}@0.2.6"), function, ty);
    }
    written.text(
        r#"
        (data (i32.const 16) "speed 42 km/h, 21 \c2\b0C\0a") (data (i32.const 64) "printed to stderr\0a")
        (global $out (mut i32) (i32.const 0)) (global $err (mut i32) (i32.const 0))
        (global $input (mut i32) (i32.const 0)) (global $a (mut i32) (i32.const 0))
        (global $b (mut i32) (i32.const 0)) (global $before (mut i64) (i64.const 0))"#,
    )
}

/// Every kind of call once; what the time and chance decide is turned into what must hold of it.
const CALLS: &str = r#"
    (global.set $out (call $stdout)) (global.set $err (call $stderr)) (global.set $input (call $stdin))
    (call $check (global.get $out) (call $answer)) (call $note (i32.const 16))
    (call $write (global.get $out) (i32.const 16) (i32.const 22) (call $answer)) (call $note (i32.const 12))
    (call $flush (global.get $out) (call $answer)) (call $note (i32.const 12))
    (call $print (global.get $err) (i32.const 64) (i32.const 18) (call $answer)) (call $note (i32.const 12))
    (call $splice (global.get $out) (global.get $input) (i64.const 5) (call $answer)) (call $note (i32.const 16))
    (call $read (global.get $input) (i64.const 5) (call $answer)) (call $note (i32.const 12))
    (call $skip (global.get $input) (i64.const 5) (call $answer)) (call $note (i32.const 16))
    (call $number (call $ready (call $await-output (global.get $out))))
    (call $number (call $ready (call $await-input (global.get $input))))
    (call $terminal (call $answer)) (call $note (i32.const 8))
    ;; Three milliseconds pass while it blocks.
    (global.set $before (call $now))
    (global.set $a (call $in (i64.const 3000000)))
    (call $number (call $ready (global.get $a)))
    (call $block (global.get $a))
    (call $number (call $ready (global.get $a)))
    (call $number (i64.ge_u (i64.sub (call $now) (global.get $before)) (i64.const 3000000)))
    (call $number (i64.lt_u (i64.sub (call $now) (global.get $before)) (i64.const 4000000)))
    ;; The second of two is ready first.
    (global.set $b (call $at (i64.add (call $now) (i64.const 9000000))))
    (i32.store (i32.const 512) (global.get $b)) (i32.store (i32.const 516) (global.get $a))
    (call $poll (i32.const 512) (i32.const 2) (call $answer))
    (i32.store (i32.const 1028) (i32.shl (i32.load (i32.const 1028)) (i32.const 2)))
    (call $content (i32.const 0)) (call $note (i32.const 8))
    (call $drop-pollable (global.get $a))
    (call $poll (i32.const 512) (i32.const 1) (call $answer))
    (i32.store (i32.const 1028) (i32.shl (i32.load (i32.const 1028)) (i32.const 2)))
    (call $content (i32.const 0)) (call $note (i32.const 8))
    (call $number (i32.wrap_i64 (call $resolution)))
    (call $calendar-step (call $answer)) (call $note (i32.const 16))
    (call $calendar (call $answer))
    (call $number (i32.lt_u (i32.load (i32.const 1032)) (i32.const 1000000000)))
    (call $number (i64.ne (call $random) (call $random)))
    (call $random-bytes (i64.const 13) (call $answer))
    (call $number (i32.load (i32.const 1028)))
    (call $number (i32.ne (i32.const 0) (i32.load (i32.load (i32.const 1024)))))
    (call $seed (call $answer))
    (call $number (i64.ne (i64.load (i32.const 1024)) (i64.load (i32.const 1032))))
    (call $tell)"#;

pub(crate) fn printer() -> Part {
    guest()
        .task("call", Event::Init, CALLS)
        .part("ecu", "printer")
}

/// What is printed, line by line.
fn printed(part: &Part) -> (Vec<String>, Vec<String>) {
    let simulation = simulated(&[part], Options::default(), 100 * MS);
    let rows = simulation.trace().rows_from(0).map(|row| row.to_string());
    let printed = rows.filter(|row| row.split('\t').nth(1) == Some("print"));
    (printed.collect(), notes(&simulation, "ecu"))
}

const LINES: [&str; 2] = ["speed 42 km/h, 21 °C", "printed to stderr"];

#[test]
fn a_guest_prints_and_waits_as_in_the_simulation() {
    let part = printer();
    let (rows, expected) = printed(&part);
    assert_eq!(rows.len(), 2, "{rows:?}");
    assert_eq!(expected.len(), 1, "{expected:?}");
    let machine = Machine::new(&system(&[&part]), std::slice::from_ref(&part));
    let lines = machine.run(100, "");
    assert_eq!(native_notes(&lines), expected, "{lines:#?}");
    let image = image(&system(&[&part]), &[part], true);
    let on_board = run(&image, Port::Log, None, |line| line.starts_with("publish "));
    assert_eq!(native_notes(&on_board), expected, "{on_board:#?}");
    for (line, row) in LINES.iter().zip(&rows) {
        assert!(row.contains(line), "{row}");
        assert!(lines.iter().any(|one| one == line), "{lines:#?}");
        assert!(on_board.iter().any(|one| one == line), "{on_board:#?}");
    }
}

#[test]
fn what_a_guest_does_wrong_is_named() {
    let misuse = "a call with arguments that its table does not have";
    let cases = [
        ("(call $exit (i32.const 3))", "exit"),
        (
            "(call $poll (i32.const 512) (i32.const 0) (call $answer))",
            "a poll without a pollable",
        ),
        (
            "(call $block (call $in (i64.const 10100000000)))",
            "a wait of more than ten seconds",
        ),
        (
            "(loop $l (drop (call $stdout)) (br $l))",
            "too many handles",
        ),
        ("(call $block (i32.const 1))", misuse),
        // A handle of another type, and one that was given back.
        ("(call $block (call $stdout))", misuse),
        (
            "(global.set $out (call $stdout)) (call $drop-output (global.get $out))
             (call $flush (global.get $out) (call $answer))",
            misuse,
        ),
        (
            "(call $random-bytes (i64.const 0x100000000) (call $answer))",
            "no memory for an answer",
        ),
        (
            "(call $write (call $stdout) (i32.const 65530) (i32.const 7) (call $answer))",
            "out of bounds",
        ),
    ];
    // Each in a partition of its own.
    let parts: Vec<_> = cases
        .iter()
        .enumerate()
        .map(|(number, (body, _))| {
            let task = guest().task("call", Event::Init, body);
            task.part("ecu", &format!("p{number}"))
        })
        .collect();
    let machine = Machine::new(&system(&parts.iter().collect::<Vec<_>>()), &parts);
    let lines = machine.run(100, "");
    let traps = lines.iter().filter(|line| line.starts_with("trap: "));
    let expected = cases.iter().enumerate();
    let expected = expected.map(|(number, (_, cause))| {
        format!("trap: partition `p{number}`, call: {cause}; it stops")
    });
    assert_eq!(
        traps.cloned().collect::<Vec<_>>(),
        expected.collect::<Vec<_>>()
    );
}

/// The limit of its fuel is 50 ms of this ECU: it waits for longer, and is not ended.
#[test]
fn waiting_is_not_of_the_budget() {
    let part = guest()
        .task(
            "wait",
            every(100 * MS),
            "(global.set $a (call $in (i64.const 60000000))) (call $block (global.get $a))
             (call $drop-pollable (global.get $a)) (call $number (i32.const 1)) (call $tell)",
        )
        .part("ecu", "main");
    let expected = notes(&simulated(&[&part], Options::default(), 390 * MS), "ecu");
    assert_eq!(expected.len(), 4);
    let machine = Machine::new(&system(&[&part]), std::slice::from_ref(&part));
    assert_eq!(native_notes(&machine.run(390, "")), expected);
    let image = image(&system(&[&part]), &[part], true);
    let mut count = 0;
    let on_board = run(&image, Port::Log, None, |line| {
        count += usize::from(line.starts_with("publish ") || line.starts_with("trap: "));
        count == 4
    });
    assert_eq!(native_notes(&on_board), expected, "{on_board:#?}");
}

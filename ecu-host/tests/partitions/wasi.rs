//! WASI 0.2 as guests of Rust's `wasm32-wasip2` and of wasi-libc call it.

use ecu_host::{Cause, Ecu, Outcome};

use crate::support::*;

const IMPORTS: &[&str] = &[
    "wireloom:ecu/meter@0.1.0",
    "wireloom:ecu/elements@0.1.0",
    "wasi:io/error@0.2.3",
    "wasi:io/poll@0.2.3",
    "wasi:io/streams@0.2.3",
    "wasi:cli/environment@0.2.3",
    "wasi:cli/exit@0.2.3",
    "wasi:cli/stdin@0.2.3",
    "wasi:cli/stdout@0.2.3",
    "wasi:cli/terminal-output@0.2.3",
    "wasi:cli/terminal-stdout@0.2.3",
    "wasi:clocks/monotonic-clock@0.2.0",
    "wasi:clocks/wall-clock@0.2.0",
    "wasi:random/random@0.2.12",
    "wasi:random/insecure-seed@0.2.12",
    "wasi:filesystem/types@0.2.3",
    "wasi:filesystem/preopens@0.2.3",
    "wasi:sockets/network@0.2.3",
    "wasi:sockets/instance-network@0.2.3",
];

const FUNCTIONS: &str = r#"
    (import "wireloom:ecu/meter@0.1.0" "enter" (func $enter (param i32)))
    (import "wireloom:ecu/elements@0.1.0" "publish" (func $publish (param i32 i32 i32)))
    (import "wasi:io/poll@0.2.3" "poll" (func $poll (param i32 i32 i32)))
    (import "wasi:io/poll@0.2.3" "[method]pollable.block" (func $block (param i32)))
    (import "wasi:io/poll@0.2.3" "[method]pollable.ready" (func $ready (param i32) (result i32)))
    (import "wasi:io/streams@0.2.3" "[method]input-stream.read" (func $read (param i32 i64 i32)))
    (import "wasi:io/streams@0.2.3" "[method]output-stream.check-write" (func $check (param i32 i32)))
    (import "wasi:io/streams@0.2.3" "[method]output-stream.blocking-write-and-flush" (func $write (param i32 i32 i32 i32)))
    (import "wasi:io/streams@0.2.3" "[method]output-stream.write-zeroes" (func $zeroes (param i32 i64 i32)))
    (import "wasi:io/streams@0.2.3" "[method]output-stream.subscribe" (func $subscribe (param i32) (result i32)))
    (import "wasi:cli/environment@0.2.3" "get-environment" (func $environment (param i32)))
    (import "wasi:cli/exit@0.2.3" "exit" (func $exit (param i32)))
    (import "wasi:cli/exit@0.2.3" "exit-with-code" (func $exit_code (param i32)))
    (import "wasi:cli/stdin@0.2.3" "get-stdin" (func $stdin (result i32)))
    (import "wasi:cli/stdout@0.2.3" "get-stdout" (func $stdout (result i32)))
    (import "wasi:cli/terminal-stdout@0.2.3" "get-terminal-stdout" (func $terminal (param i32)))
    (import "wasi:clocks/monotonic-clock@0.2.0" "now" (func $now (result i64)))
    (import "wasi:clocks/monotonic-clock@0.2.0" "subscribe-duration" (func $after (param i64) (result i32)))
    (import "wasi:clocks/monotonic-clock@0.2.0" "subscribe-instant" (func $at (param i64) (result i32)))
    (import "wasi:clocks/wall-clock@0.2.0" "now" (func $wall (param i32)))
    (import "wasi:random/random@0.2.12" "get-random-bytes" (func $bytes (param i64 i32)))
    (import "wasi:random/random@0.2.12" "get-random-u64" (func $number (result i64)))
    (import "wasi:random/insecure-seed@0.2.12" "insecure-seed" (func $seed (param i32)))
    (import "wasi:filesystem/types@0.2.3" "[method]descriptor.read-via-stream" (func $file (param i32 i64 i32)))
    (import "wasi:filesystem/preopens@0.2.3" "get-directories" (func $directories (param i32)))
    (import "wasi:sockets/instance-network@0.2.3" "instance-network" (func $network (result i32)))
    (data (i32.const 8) "hello")
    (func $show (param i32 i32) i32.const 0 local.get 0 local.get 1 call $publish)
"#;

fn guest(body: &str) -> Ecu<Desk> {
    let text = format!("{FUNCTIONS} (func (export \"t\") {body})");
    let mut table = table("p", vec![task("t", every(1_000_000), 0)]);
    table.elements = vec![element("answer", deployment::Direction::Out, 1)];
    started(&component(IMPORTS, &["t"], &text), table)
}

/// Lines of one activation at 100 that ends well, and its cost.
fn lines(body: &str) -> (Vec<String>, u64) {
    let mut ecu = guest(body);
    let done = ecu.run(100).unwrap();
    assert_eq!(done.outcome, Outcome::Completed, "{body}");
    (ecu.board().lines.clone(), done.cost_ns)
}

#[test]
fn output_is_captured_with_its_instance() {
    let write = "call $stdout i32.const 8 i32.const 5 i32.const 64 call $write";
    assert_eq!(lines(write).0, ["110 p None false hello"]);
    let (inside, _) = lines(&format!("i32.const 0 call $enter {write}"));
    assert_eq!(inside[1], "110 p Some(0) false hello");
}

#[test]
fn zeroes_and_room_are_served() {
    let (lines, _) = lines(
        "call $stdout i64.const 2 i32.const 64 call $zeroes
        call $stdout i32.const 72 call $check i32.const 72 i32.const 16 call $show",
    );
    assert_eq!(lines[0], "110 p None false \0\0");
    assert!(lines[1].ends_with("[00, 00, 00, 00, 00, 00, 00, 00, 00, 00, 01, 00, 00, 00, 00, 00]"));
}

#[test]
fn input_is_at_its_end_and_there_is_no_terminal() {
    let (lines, _) = lines(
        "call $stdin i64.const 5 i32.const 64 call $read i32.const 64 i32.const 5 call $show
        call $terminal_flag i32.const 96 i32.const 1 call $show"
            .replace(
                "call $terminal_flag",
                "i32.const 96 i32.const 9 i32.store8 i32.const 96 call $terminal",
            )
            .as_str(),
    );
    assert_eq!(
        lines,
        [
            "110 published 0 [01, 00, 00, 00, 01]",
            "110 published 0 [00]"
        ]
    );
}

#[test]
fn there_is_no_environment_and_no_directory() {
    let (lines, _) = lines(
        "i32.const 64 i64.const -1 i64.store i32.const 64 call $environment
        i32.const 68 i32.const 4 call $show
        i32.const 64 i64.const -1 i64.store i32.const 64 call $directories
        i32.const 68 i32.const 4 call $show",
    );
    assert_eq!(lines, ["110 published 0 [00, 00, 00, 00]"; 2]);
}

#[test]
fn clocks_show_the_ecus_time() {
    let (seen, _) = lines(
        "i32.const 64 call $now i64.store i32.const 64 i32.const 8 call $show
        i32.const 64 call $wall i32.const 64 i32.const 12 call $show",
    );
    assert_eq!(seen[0], "110 published 0 [6e, 00, 00, 00, 00, 00, 00, 00]");
    assert_eq!(
        seen[1],
        "110 published 0 [00, 00, 00, 00, 00, 00, 00, 00, 6e, 00, 00, 00]"
    );
}

#[test]
fn a_sleep_passes_in_the_ecus_time() {
    assert_eq!(lines("i64.const 5000 call $after call $block").1, 5_010);
    assert_eq!(lines("i64.const 5110 call $at call $block").1, 5_010);
    assert_eq!(lines("i64.const 3 call $at call $block").1, 10);
}

#[test]
fn poll_waits_for_the_first() {
    let (lines, cost_ns) = lines("i32.const 64 i64.const 700 call $after i32.store
        i32.const 68 i64.const 300 call $after i32.store
        i32.const 64 i32.const 2 i32.const 80 call $poll
        i32.const 80 i32.load i32.const 4 call $show
        i32.const 96 i32.const 64 i32.load call $ready i32.store8 i32.const 96 i32.const 1 call $show
        i32.const 96 i32.const 68 i32.load call $ready i32.store8 i32.const 96 i32.const 1 call $show");
    assert_eq!(cost_ns, 310);
    let expected = [
        "410 published 0 [01, 00, 00, 00]",
        "410 published 0 [00]",
        "410 published 0 [01]",
    ];
    assert_eq!(lines, expected);
}

#[test]
fn streams_are_always_ready() {
    assert_eq!(lines("call $stdout call $subscribe call $block").1, 10);
}

#[test]
fn random_numbers_come_from_the_board() {
    let (lines, _) = lines(
        "i64.const 10 i32.const 64 call $bytes
        i32.const 64 i32.load i32.const 68 i32.load call $show
        i32.const 64 call $number i64.store i32.const 64 i32.const 8 call $show
        i32.const 64 call $seed i32.const 64 i32.const 9 call $show",
    );
    assert_eq!(
        lines[0],
        "110 published 0 [01, 00, 00, 00, 00, 00, 00, 00, 02, 00]"
    );
    assert_eq!(lines[1], "110 published 0 [03, 00, 00, 00, 00, 00, 00, 00]");
    assert_eq!(
        lines[2],
        "110 published 0 [04, 00, 00, 00, 00, 00, 00, 00, 05]"
    );
}

#[test]
fn the_end_of_a_program_is_the_end_of_its_partition() {
    for (body, status) in [
        ("i32.const 0 call $exit", "status 0"),
        ("i32.const 1 call $exit", "status 1"),
        ("i32.const 77 call $exit_code", "status 77"),
    ] {
        let trapped = first_trap(&mut guest(body), 200);
        assert_eq!(trapped.cause, Cause::Exit, "{body}");
        assert!(
            trapped.reason.contains(status),
            "{body}: {}",
            trapped.reason
        );
    }
}

#[test]
fn what_an_ecu_has_not_traps_with_its_name() {
    for (body, words) in [
        (
            "call $network drop",
            "`wasi:sockets/instance-network@0.2.3#instance-network` is not served",
        ),
        (
            "i32.const 0 i32.const 0 i32.const 64 call $poll",
            "without a pollable",
        ),
        (
            "i64.const -1 i32.const 64 call $bytes",
            "was asked for 18446744073709551615 bytes",
        ),
        (
            "call $stdout i64.const -1 i32.const 64 call $zeroes",
            "`wasi:io/streams#write-zeroes` was asked",
        ),
        ("i64.const -1 call $after call $block", "waited longer than"),
        (
            "i32.const 5 i64.const 0 i32.const 64 call $file",
            // There are no files: the handle is unknown, or the function that takes it.
            match cfg!(feature = "component") {
                true => "unknown handle index",
                false => "descriptor.read-via-stream` is not served",
            },
        ),
    ] {
        let trapped = first_trap(&mut guest(body), 200);
        assert_eq!(trapped.cause, Cause::Misuse, "{body}: {trapped:?}");
        assert!(trapped.reason.contains(words), "{body}: {}", trapped.reason);
    }
}

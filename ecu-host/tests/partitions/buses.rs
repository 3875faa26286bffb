//! `wasi:i2c` over the board.

use ecu_host::{Cause, Ecu, EcuSettings, Outcome, board::I2cError};

use crate::support::*;

const IMPORTS: &[&str] = &[
    "wireloom:ecu/buses@0.1.0",
    "wireloom:ecu/elements@0.1.0",
    "wasi:i2c/i2c@0.2.0-draft",
    "wasi:i2c/delay@0.2.0-draft",
];

const FUNCTIONS: &str = r#"
    (import "wireloom:ecu/buses@0.1.0" "open-i2c" (func $open (param i32 i32) (result i32)))
    (import "wireloom:ecu/buses@0.1.0" "open-delay" (func $open_delay (result i32)))
    (import "wireloom:ecu/elements@0.1.0" "publish" (func $publish (param i32 i32 i32)))
    (import "wasi:i2c/i2c@0.2.0-draft" "[method]i2c.transaction" (func $transaction (param i32 i32 i32 i32 i32)))
    (import "wasi:i2c/i2c@0.2.0-draft" "[method]i2c.read" (func $read (param i32 i32 i64 i32)))
    (import "wasi:i2c/i2c@0.2.0-draft" "[method]i2c.write" (func $write (param i32 i32 i32 i32 i32)))
    (import "wasi:i2c/i2c@0.2.0-draft" "[method]i2c.write-read" (func $write_read (param i32 i32 i32 i32 i64 i32)))
    (import "wasi:i2c/i2c@0.2.0-draft" "[resource-drop]i2c" (func $drop (param i32)))
    (import "wasi:i2c/delay@0.2.0-draft" "[method]delay.delay-ns" (func $delay_ns (param i32 i32)))
    (data (i32.const 8) "i2c0")
    (data (i32.const 16) "i2c9")
    (data (i32.const 24) "\a1\a2")
    ;; operations: write 2 bytes at 24, read 3
    (data (i32.const 80) "\01\00\00\00\00\00\00\00\18\00\00\00\02\00\00\00")
    (data (i32.const 96) "\00\00\00\00\00\00\00\00\03\00\00\00\00\00\00\00")
    (func $bus (result i32) i32.const 8 i32.const 4 call $open)
    ;; publishes the 12 bytes of a result at 128
    (func $show i32.const 0 i32.const 128 i32.const 3 call $publish)
    (func $show_bytes i32.const 0 i32.const 132 i32.load i32.const 136 i32.load call $publish)
"#;

fn driver(body: &str) -> Ecu<Desk> {
    let (component, table) = partition(body);
    started(&component, table)
}

fn partition(body: &str) -> (ecu_host::Code, deployment::Partition) {
    let text = format!("{FUNCTIONS} (func (export \"t\") {body})");
    let mut table = table("p", vec![task("t", every(1_000_000), 0)]);
    table.elements = vec![element("answer", deployment::Direction::Out, 1)];
    (component(IMPORTS, &["t"], &text), table)
}

#[test]
fn a_read_gives_bytes_and_takes_time() {
    let mut ecu =
        driver("call $bus i32.const 0x48 i64.const 2 i32.const 128 call $read call $show_bytes");
    ecu.board_mut().i2c_time_ns = 500;
    let done = ecu.run(100).unwrap();
    assert_eq!(done.cost_ns, 510);
    let lines = ["110 i2c0 0x48 [Read([01, 02])]", "610 published 0 [01, 02]"];
    assert_eq!(ecu.board().lines, lines);
}

#[test]
fn a_write_read_is_one_transaction() {
    let body = "call $bus i32.const 0x48 i32.const 24 i32.const 2 i64.const 3 i32.const 128 call $write_read call $show_bytes";
    let mut ecu = driver(body);
    ecu.run(100).unwrap();
    let lines = [
        "110 i2c0 0x48 [Write([a1, a2]), Read([01, 02, 03])]",
        "110 published 0 [01, 02, 03]",
    ];
    assert_eq!(ecu.board().lines, lines);
}

#[test]
fn a_transaction_gives_a_list_per_read() {
    let body = "call $bus i32.const 0x3ff i32.const 80 i32.const 2 i32.const 128 call $transaction
        i32.const 0 i32.const 128 i32.const 1 call $publish
        i32.const 0 i32.const 136 i32.const 1 call $publish
        i32.const 0
        i32.const 132 i32.load i32.load
        i32.const 132 i32.load i32.load offset=4
        call $publish";
    let mut ecu = driver(body);
    ecu.run(100).unwrap();
    let lines = [
        "110 i2c0 0x3ff [Write([a1, a2]), Read([01, 02, 03])]",
        "110 published 0 [00]",
        "110 published 0 [01]",
        "110 published 0 [01, 02, 03]",
    ];
    assert_eq!(ecu.board().lines, lines);
}

#[test]
fn every_error_reaches_the_guest() {
    let write =
        "call $bus i32.const 1 i32.const 24 i32.const 1 i32.const 128 call $write call $show";
    for (error, bytes) in [
        (I2cError::Bus, "[01, 00"),
        (I2cError::ArbitrationLoss, "[01, 01"),
        (I2cError::NoAcknowledgeAddress, "[01, 02, 00]"),
        (I2cError::NoAcknowledgeData, "[01, 02, 01]"),
        (I2cError::NoAcknowledgeUnknown, "[01, 02, 02]"),
        (I2cError::Overrun, "[01, 03"),
        (I2cError::Other, "[01, 04"),
    ] {
        let mut ecu = driver(write);
        ecu.board_mut().i2c_error = Some(error);
        ecu.board_mut().i2c_time_ns = 90;
        let done = ecu.run(100).unwrap();
        assert_eq!(
            (done.outcome, done.cost_ns),
            (Outcome::Completed, 100),
            "{error:?}"
        );
        let answer = ecu.board().lines.last().unwrap().clone();
        assert!(
            answer.starts_with(&format!("200 published 0 {bytes}")),
            "{error:?}: {answer}"
        );
    }
}

#[test]
fn what_no_bus_can_carry_is_answered_by_other() {
    for body in [
        "call $bus i32.const 0x48 i64.const -1 i32.const 128 call $read call $show_error",
        "call $bus i32.const 0x48 i64.const 65537 i32.const 128 call $read call $show_error",
        "call $bus i32.const 0x400 i64.const 1 i32.const 128 call $read call $show_error",
    ] {
        let body = body.replace(
            "call $show_error",
            "i32.const 0 i32.const 128 i32.const 5 call $publish",
        );
        let mut ecu = driver(&body);
        ecu.run(100).unwrap();
        assert_eq!(
            ecu.board().lines,
            ["110 published 0 [01, 00, 00, 00, 04]"],
            "{body}"
        );
    }
}

#[test]
fn a_bus_that_is_not_there_is_named() {
    let trapped = first_trap(&mut driver("i32.const 16 i32.const 4 call $open drop"), 500);
    assert_eq!(trapped.cause, Cause::Misuse);
    assert!(
        trapped.reason.contains("no I2C bus `i2c9` is attached"),
        "{}",
        trapped.reason
    );
}

#[test]
fn a_name_that_is_no_text_is_refused() {
    let trapped = first_trap(&mut driver("i32.const 24 i32.const 2 call $open drop"), 500);
    assert_eq!(trapped.cause, Cause::Misuse);
    assert!(trapped.reason.contains("utf-8"), "{}", trapped.reason);
}

#[test]
fn handles_are_given_back_and_bounded() {
    let body = |step: &str| {
        format!(
            "(local $n i32) loop $again call $bus {step}
        local.get $n i32.const 1 i32.add local.tee $n i32.const 3000 i32.lt_u br_if $again end"
        )
    };
    let done = driver(&body("call $drop")).run(100).unwrap();
    assert_eq!(done.outcome, Outcome::Completed);
    let trapped = first_trap(&mut driver(&body("drop")), 500);
    assert!(
        trapped.reason.contains("holds 1024 handles"),
        "{}",
        trapped.reason
    );
}

#[test]
fn a_handle_that_was_dropped_is_no_handle() {
    let body = "(local $bus i32) call $bus local.tee $bus call $drop
        local.get $bus i32.const 1 i64.const 1 i32.const 128 call $read";
    let trapped = first_trap(&mut driver(body), 500);
    assert!(
        trapped.reason.contains("unknown handle index"),
        "{}",
        trapped.reason
    );
}

#[test]
fn a_delay_is_a_cost() {
    let done = driver("call $open_delay i32.const 700 call $delay_ns")
        .run(100)
        .unwrap();
    assert_eq!(done.cost_ns, 710);
}

#[test]
fn an_endless_delay_is_a_trap() {
    let body = "(local $delay i32) call $open_delay local.set $delay
        loop $again local.get $delay i32.const -1 call $delay_ns br $again end";
    let trapped = first_trap(&mut driver(body), 500);
    assert!(
        trapped.reason.contains("waited longer than 10000000000 ns"),
        "{}",
        trapped.reason
    );
}

/// On a device whose calls copy 16 bytes at most.
fn small(body: &str) -> Ecu<Desk> {
    let (component, table) = partition(body);
    let settings = EcuSettings {
        call_bytes: 16,
        ..settings()
    };
    let mut ecu = Ecu::new(&engine(), settings, Desk::default());
    ecu.add(&component, table).unwrap();
    ecu
}

#[test]
fn a_small_device_reads_no_more_than_it_can_copy() {
    for (length, outcome) in [(16, "[00]"), (17, "[01]")] {
        let body = format!(
            "call $bus i32.const 0x48 i64.const {length} i32.const 128 call $read
            i32.const 0 i32.const 128 i32.const 1 call $publish"
        );
        let mut ecu = small(&body);
        completions(&mut ecu, 100);
        let last = ecu.board().lines.last().unwrap();
        assert!(last.ends_with(outcome), "{length}: {last}");
    }
}

#[test]
fn an_argument_that_a_small_device_cannot_copy_is_a_trap_of_the_partition() {
    // Two operations take 32 bytes.
    let body = "call $bus i32.const 0x48 i32.const 80 i32.const 2 i32.const 128 call $transaction";
    let trapped = first_trap(&mut small(body), 100);
    assert_eq!(trapped.cause, Cause::Misuse);
    assert!(
        trapped.reason.contains("fuel allocated for hostcalls"),
        "{}",
        trapped.reason
    );
}

//! `wasi:spi` over the board.

use ecu_host::{Cause, Ecu, Outcome, board::SpiError};

use crate::support::*;

const IMPORTS: &[&str] = &[
    "wireloom:ecu/buses@0.1.0",
    "wireloom:ecu/elements@0.1.0",
    "wasi:spi/spi",
];

const FUNCTIONS: &str = r#"
    (import "wireloom:ecu/buses@0.1.0" "open-spi" (func $open (param i32 i32) (result i32)))
    (import "wireloom:ecu/elements@0.1.0" "publish" (func $publish (param i32 i32 i32)))
    (import "wasi:spi/spi" "open-device" (func $open_device (param i32 i32 i32)))
    (import "wasi:spi/spi" "open" (func $open_old (param i32 i32 i32)))
    (import "wasi:spi/spi" "get-device-names" (func $names (param i32)))
    (import "wasi:spi/spi" "[method]spi-device.configure" (func $configure (param i32 i32 i32 i32 i32)))
    (import "wasi:spi/spi" "[method]spi-device.read" (func $read (param i32 i64 i32)))
    (import "wasi:spi/spi" "[method]spi-device.write" (func $write (param i32 i32 i32 i32)))
    (import "wasi:spi/spi" "[method]spi-device.transfer" (func $transfer (param i32 i32 i32 i32)))
    (import "wasi:spi/spi" "[method]spi-device.transaction" (func $transaction (param i32 i32 i32 i32)))
    (import "wasi:spi/spi" "[resource-drop]spi-device" (func $drop (param i32)))
    (data (i32.const 8) "spi0")
    (data (i32.const 16) "spi9")
    (data (i32.const 24) "\a1\a2")
    ;; operations: write 2 bytes at 24, read 3, transfer the 2 bytes, rest for 700 ns
    (data (i32.const 64) "\01\00\00\00\00\00\00\00\18\00\00\00\02\00\00\00")
    (data (i32.const 80) "\00\00\00\00\00\00\00\00\03\00\00\00\00\00\00\00")
    (data (i32.const 96) "\02\00\00\00\00\00\00\00\18\00\00\00\02\00\00\00")
    (data (i32.const 112) "\03\00\00\00\00\00\00\00\bc\02\00\00\00\00\00\00")
    (func $device (result i32) i32.const 8 i32.const 4 call $open)
    (func $show (param i32) i32.const 0 i32.const 256 local.get 0 call $publish)
    (func $show_bytes i32.const 0 i32.const 260 i32.load i32.const 264 i32.load call $publish)
"#;

fn driver(body: &str) -> Ecu<Desk> {
    let text = format!("{FUNCTIONS} (func (export \"t\") {body})");
    let mut table = table("p", vec![task("t", every(1_000_000), 0)]);
    table.elements = vec![element("answer", deployment::Direction::Out, 1)];
    started(&component(IMPORTS, &["t"], &text), table)
}

fn lines(body: &str) -> Vec<String> {
    let mut ecu = driver(body);
    ecu.run(100).unwrap();
    ecu.board().lines.clone()
}

#[test]
fn a_read_gives_bytes_and_takes_time() {
    let mut ecu = driver("call $device i64.const 2 i32.const 256 call $read call $show_bytes");
    ecu.board_mut().spi_time_ns = 500;
    assert_eq!(ecu.run(100).unwrap().cost_ns, 510);
    let lines = ["110 spi0 [Read([00, 00])]", "610 published 0 [ff, ff]"];
    assert_eq!(ecu.board().lines, lines);
}

#[test]
fn a_transfer_gives_what_came_in_meanwhile() {
    let body =
        "call $device i32.const 24 i32.const 2 i32.const 256 call $transfer call $show_bytes";
    let expected = ["110 spi0 [Transfer([a1, a2])]", "110 published 0 [5e, 5d]"];
    assert_eq!(lines(body), expected);
}

#[test]
fn a_transaction_gives_a_result_per_operation() {
    let body = "call $device i32.const 64 i32.const 4 i32.const 256 call $transaction
        i32.const 0 i32.const 256 i32.const 1 call $publish
        i32.const 0 i32.const 264 i32.const 1 call $publish
        i32.const 0 i32.const 260 i32.load i32.const 1 call $publish
        i32.const 0 i32.const 260 i32.load offset=0 i32.const 12 i32.add i32.const 1 call $publish
        i32.const 0
        i32.const 260 i32.load i32.load offset=16
        i32.const 260 i32.load i32.load offset=20
        call $publish
        i32.const 0
        i32.const 260 i32.load i32.load offset=28
        i32.const 260 i32.load i32.load offset=32
        call $publish
        i32.const 0 i32.const 260 i32.load i32.const 36 i32.add i32.const 1 call $publish";
    let expected = [
        "110 spi0 [Write([a1, a2]), Read([00, 00, 00]), Transfer([a1, a2]), DelayNs(2bc)]",
        "110 published 0 [00]",
        "110 published 0 [04]",
        "110 published 0 [01]",
        "110 published 0 [00]",
        "110 published 0 [ff, ff, ff]",
        "110 published 0 [5e, 5d]",
        "110 published 0 [03]",
    ];
    assert_eq!(lines(body), expected);
}

#[test]
fn a_device_is_configured() {
    let body =
        "call $device i32.const 1000000 i32.const 3 i32.const 1 i32.const 256 call $configure
        i32.const 1 call $show";
    let expected = [
        "110 spi0 SpiConfig { clock_hz: 1000000, mode: Mode3, bit_order: LeastSignificantFirst }",
        "110 published 0 [00]",
    ];
    assert_eq!(lines(body), expected);
}

#[test]
fn every_error_reaches_the_guest() {
    let write =
        "call $device i32.const 24 i32.const 1 i32.const 256 call $write i32.const 5 call $show";
    for (error, code) in [
        (SpiError::Overrun, "00"),
        (SpiError::ModeFault, "01"),
        (SpiError::FrameFormat, "02"),
        (SpiError::ChipSelectFault, "03"),
        (SpiError::Other("unplugged".into()), "04"),
    ] {
        let mut ecu = driver(write);
        ecu.board_mut().spi_error = Some(error.clone());
        ecu.board_mut().spi_time_ns = 90;
        let done = ecu.run(100).unwrap();
        let told = (done.outcome, done.cost_ns);
        assert_eq!(told, (Outcome::Completed, 100), "{error:?}");
        let answer = ecu.board().lines.last().unwrap().clone();
        assert_eq!(answer, format!("200 published 0 [01, 00, 00, 00, {code}]"));
    }
}

#[test]
fn an_error_in_words_is_told_in_words() {
    let body = "call $device i64.const 65537 i32.const 256 call $read
        i32.const 0 i32.const 264 i32.load i32.const 268 i32.load call $publish";
    let words = format!(
        "110 published 0 {:02x?}",
        b"65536 bytes are served at a time"
    );
    assert_eq!(lines(body), [words]);
}

#[test]
fn what_is_too_long_never_reaches_the_board() {
    for length in ["65537", "-1"] {
        let body = format!(
            "call $device i64.const {length} i32.const 256 call $read i32.const 5 call $show"
        );
        assert_eq!(lines(&body), ["110 published 0 [01, 00, 00, 00, 04]"]);
    }
}

#[test]
fn both_names_of_open_give_a_device_or_say_that_there_is_none() {
    for open in ["open_old", "open_device"] {
        let body = |name: u32| {
            format!(
                "i32.const {name} i32.const 4 i32.const 256 call ${open} i32.const 1 call $show"
            )
        };
        assert_eq!(lines(&body(8)), ["110 published 0 [00]"]);
        assert_eq!(lines(&body(16)), ["110 published 0 [01]"]);
    }
}

#[test]
fn the_names_are_listed() {
    let body = "i32.const 256 call $names
        i32.const 0 i32.const 256 i32.load i32.load i32.const 256 i32.load i32.load offset=4 call $publish";
    assert_eq!(lines(body), [format!("110 published 0 {:02x?}", b"spi0")]);
}

#[test]
fn a_device_that_is_not_there_is_named() {
    let trapped = first_trap(&mut driver("i32.const 16 i32.const 4 call $open drop"), 500);
    assert_eq!(trapped.cause, Cause::Misuse);
    assert!(
        trapped.reason.contains("no SPI device `spi9` is attached"),
        "{}",
        trapped.reason
    );
}

#[test]
fn handles_are_given_back_and_bounded() {
    let body = |step: &str| {
        format!(
            "(local $n i32) loop $again call $device {step}
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

//! `wireloom:ecu/nv` over the board.

use ecu_host::{Ecu, board::NvError};

use crate::support::*;

const IMPORTS: &[&str] = &["wireloom:ecu/nv@0.1.0", "wireloom:ecu/elements@0.1.0"];

const FUNCTIONS: &str = r#"
    (import "wireloom:ecu/elements@0.1.0" "publish" (func $publish (param i32 i32 i32)))
    (import "wireloom:ecu/nv@0.1.0" "read" (func $read (param i32 i32 i32)))
    (import "wireloom:ecu/nv@0.1.0" "write" (func $write (param i32 i32 i32 i32 i32)))
    (import "wireloom:ecu/nv@0.1.0" "invalidate" (func $invalidate (param i32 i32 i32)))
    (import "wireloom:ecu/nv@0.1.0" "status" (func $status (param i32 i32 i32)))
    (data (i32.const 8) "odometer-1")
    (data (i32.const 24) "\a1\a2")
    (data (i32.const 32) "../Odometer")
    (data (i32.const 64) "a-name-that-is-longer-than-what-a-block-can-have1")
    (func $show (param i32) i32.const 0 i32.const 256 local.get 0 call $publish)
"#;

fn keeper(body: &str) -> Ecu<Desk> {
    let text = format!("{FUNCTIONS} (func (export \"t\") {body})");
    let mut table = table("p", vec![task("t", every(1_000_000), 0)]);
    table.elements = vec![element("answer", deployment::Direction::Out, 1)];
    started(&component(IMPORTS, &["t"], &text), table)
}

const READ: &str = "i32.const 8 i32.const 10 i32.const 256 call $read";
const WRITE: &str = "i32.const 8 i32.const 10 i32.const 24 i32.const 2 i32.const 256 call $write";
const INVALIDATE: &str = "i32.const 8 i32.const 10 i32.const 256 call $invalidate";
const STATUS: &str = "i32.const 8 i32.const 10 i32.const 256 call $status";

fn lines(body: &str) -> Vec<String> {
    let mut ecu = keeper(body);
    ecu.run(100).unwrap();
    ecu.board().lines.clone()
}

#[test]
fn what_was_written_is_read() {
    let body = format!(
        "{WRITE} {READ} i32.const 0 i32.const 260 i32.load i32.const 264 i32.load call $publish"
    );
    let expected = [
        "110 p/odometer-1 [a1, a2]",
        "110 p/odometer-1 read",
        "110 published 0 [a1, a2]",
    ];
    assert_eq!(lines(&body), expected);
}

#[test]
fn a_block_without_content_is_told() {
    for body in [READ.to_owned(), format!("{WRITE} {INVALIDATE} {READ}")] {
        let told = lines(&format!("{body} i32.const 5 call $show"));
        assert_eq!(told.last().unwrap(), "110 published 0 [01, 00, 00, 00, 02]");
    }
}

#[test]
fn every_error_reaches_the_guest() {
    for (error, code) in [
        (NvError::NotOk, "00"),
        (NvError::IntegrityFailed, "01"),
        (NvError::NvInvalidated, "02"),
        (NvError::Full, "03"),
        (NvError::WrongBlock, "04"),
        (NvError::NotServed, "05"),
    ] {
        for (body, bytes, expected) in [
            (READ, 5, format!("[01, 00, 00, 00, {code}]")),
            (WRITE, 2, format!("[01, {code}]")),
            (INVALIDATE, 2, format!("[01, {code}]")),
            (STATUS, 2, format!("[02, {code}]")),
        ] {
            let mut ecu = keeper(&format!("{body} i32.const {bytes} call $show"));
            ecu.board_mut().nv_error = Some(error);
            ecu.run(100).unwrap();
            let told = ecu.board().lines.last().unwrap().clone();
            assert_eq!(told, format!("110 published 0 {expected}"), "{body}");
        }
    }
}

#[test]
fn pending_and_safe_are_told_apart() {
    for (pending, code) in [(false, "00"), (true, "01")] {
        let mut ecu = keeper(&format!("{STATUS} i32.const 1 call $show"));
        ecu.board_mut().nv_pending = pending;
        ecu.run(100).unwrap();
        assert_eq!(ecu.board().lines, [format!("110 published 0 [{code}]")]);
    }
}

#[test]
fn names_and_lengths_that_no_block_has_never_reach_the_board() {
    for (name, name_bytes, bytes) in [
        (32, 11, 2),
        (8, 0, 2),
        (34, 9, 2),
        (64, 49, 2),
        (8, 10, 4097),
    ] {
        let body = format!(
            "i32.const {name} i32.const {name_bytes} i32.const 24 i32.const {bytes} i32.const 256 call $write
            i32.const 2 call $show"
        );
        assert_eq!(lines(&body), ["110 published 0 [01, 04]"], "{body}");
    }
}

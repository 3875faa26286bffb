//! What a guest asks of SPI devices, pins and blocks: the calls, and the text of its functions.

pub(super) const SPI: &str = "wasi:spi/spi";
pub(super) const DIGITAL: &str = "wasi:gpio/digital@0.2.0";
pub(super) const ANALOG: &str = "wasi:gpio/analog@0.2.0";
pub(super) const BUSES: &str = "wireloom:ecu/buses@0.1.0";
pub(super) const NV: &str = "wireloom:ecu/nv@0.1.0";
pub(super) const POLL: &str = "wasi:io/poll@0.2.4";

/// Name, interface, function, core signature by the canonical ABI.
pub(super) const FUNCTIONS: [(&str, &str, &str, &str); 32] = [
    ("names", SPI, "get-device-names", "(param i32)"),
    ("open", SPI, "open-device", "(param i32 i32 i32)"),
    (
        "configure",
        SPI,
        "[method]spi-device.configure",
        "(param i32 i32 i32 i32 i32)",
    ),
    (
        "spi-read",
        SPI,
        "[method]spi-device.read",
        "(param i32 i64 i32)",
    ),
    (
        "spi-write",
        SPI,
        "[method]spi-device.write",
        "(param i32 i32 i32 i32)",
    ),
    (
        "transfer",
        SPI,
        "[method]spi-device.transfer",
        "(param i32 i32 i32 i32)",
    ),
    (
        "transaction",
        SPI,
        "[method]spi-device.transaction",
        "(param i32 i32 i32 i32)",
    ),
    (
        "open-spi",
        BUSES,
        "open-spi",
        "(param i32 i32) (result i32)",
    ),
    (
        "open-out",
        BUSES,
        "open-digital-out",
        "(param i32 i32) (result i32)",
    ),
    (
        "open-in",
        BUSES,
        "open-digital-in",
        "(param i32 i32) (result i32)",
    ),
    (
        "open-both",
        BUSES,
        "open-digital-in-out",
        "(param i32 i32) (result i32)",
    ),
    (
        "open-analog",
        BUSES,
        "open-analog-in",
        "(param i32 i32) (result i32)",
    ),
    (
        "out-config",
        DIGITAL,
        "[method]digital-out-pin.get-config",
        "(param i32 i32)",
    ),
    (
        "out-ready",
        DIGITAL,
        "[method]digital-out-pin.watch-for-ready",
        "(param i32) (result i32)",
    ),
    (
        "set-active",
        DIGITAL,
        "[method]digital-out-pin.set-active",
        "(param i32 i32)",
    ),
    (
        "set-inactive",
        DIGITAL,
        "[method]digital-out-pin.set-inactive",
        "(param i32 i32)",
    ),
    (
        "set-state",
        DIGITAL,
        "[method]digital-out-pin.set-state",
        "(param i32 i32 i32)",
    ),
    (
        "toggle",
        DIGITAL,
        "[method]digital-out-pin.toggle",
        "(param i32 i32)",
    ),
    (
        "in-config",
        DIGITAL,
        "[method]digital-in-pin.get-config",
        "(param i32 i32)",
    ),
    (
        "in-read",
        DIGITAL,
        "[method]digital-in-pin.read",
        "(param i32 i32)",
    ),
    (
        "in-active",
        DIGITAL,
        "[method]digital-in-pin.is-active",
        "(param i32 i32)",
    ),
    (
        "in-inactive",
        DIGITAL,
        "[method]digital-in-pin.is-inactive",
        "(param i32 i32)",
    ),
    (
        "both-toggle",
        DIGITAL,
        "[method]digital-in-out-pin.toggle",
        "(param i32 i32)",
    ),
    (
        "both-read",
        DIGITAL,
        "[method]digital-in-out-pin.read",
        "(param i32 i32)",
    ),
    (
        "analog-config",
        ANALOG,
        "[method]analog-in-pin.get-config",
        "(param i32 i32)",
    ),
    (
        "read-raw",
        ANALOG,
        "[method]analog-in-pin.read-raw",
        "(param i32 i32)",
    ),
    (
        "read-fraction",
        ANALOG,
        "[method]analog-in-pin.read",
        "(param i32 i32)",
    ),
    (
        "ready",
        POLL,
        "[method]pollable.ready",
        "(param i32) (result i32)",
    ),
    ("nv-read", NV, "read", "(param i32 i32 i32)"),
    ("nv-write", NV, "write", "(param i32 i32 i32 i32 i32)"),
    ("nv-invalidate", NV, "invalidate", "(param i32 i32 i32)"),
    ("nv-status", NV, "status", "(param i32 i32 i32)"),
];

/// Names, bytes to send, and helpers that note an answer without what is the host's matter.
pub(super) const HELPERS: &str = r#"
    (data (i32.const 16) "adc") (data (i32.const 24) "nobody") (data (i32.const 32) "lamp")
    (data (i32.const 40) "button") (data (i32.const 48) "both") (data (i32.const 56) "travel")
    (data (i32.const 96) "\01\80\00")
    (global $adc (mut i32) (i32.const 0)) (global $lamp (mut i32) (i32.const 0))
    (global $button (mut i32) (i32.const 0)) (global $both (mut i32) (i32.const 0))
    (global $travel (mut i32) (i32.const 0))
    ;; `result<_, error>` of SPI and of pins: the last case has words.
    (func $spi-done
        (if (i32.and (call $is (i32.const 1)) (i32.eq (i32.load8_u (i32.const 1028)) (i32.const 4)))
            (then (call $content (i32.const 8))))
        (call $note (i32.const 16)))
    ;; `result<list<u8>, error>` of SPI.
    (func $spi-bytes
        (if (call $is (i32.const 0)) (then (call $content (i32.const 4)) (call $note (i32.const 16)))
            (else (call $spi-done))))
    (func $plain (call $note (i32.const 8)))
    (func $configured (param $hz i32) (param $mode i32)
        (call $configure (global.get $adc) (local.get $hz) (local.get $mode) (i32.const 0) (call $answer))
        (call $spi-done))
    ;; An operation of a transaction: case, and its two words.
    (func $operation (param $at i32) (param $case i32) (param $first i32) (param $second i32)
        (i64.store (local.get $at) (i64.const 0))
        (i32.store8 (local.get $at) (local.get $case))
        (i32.store offset=8 (local.get $at) (local.get $first))
        (i32.store offset=12 (local.get $at) (local.get $second)))
    ;; The bytes that the n-th result of a transaction has.
    (func $result-of (param $list i32) (param $number i32) (local $at i32)
        (local.set $at (i32.add (local.get $list) (i32.mul (i32.const 12) (local.get $number))))
        (call $keep (local.get $at) (i32.const 1))
        (call $keep (i32.load offset=4 (local.get $at)) (i32.load offset=8 (local.get $at))))
"#;

/// The same for blocks alone.
pub(super) const BLOCK_HELPERS: &str = r#"
    (data (i32.const 64) "kept") (data (i32.const 72) "fresh") (data (i32.const 80) "Bad Name")
    (data (i32.const 104) "\01\02\03\04\05")
    (func $read-block (param $name i32) (param $bytes i32)
        (call $nv-read (local.get $name) (local.get $bytes) (call $answer))
        (if (call $is (i32.const 0)) (then (call $content (i32.const 4))))
        (call $note (i32.const 12)))
    (func $write-block (param $name i32) (param $bytes i32) (param $count i32)
        (call $nv-write (local.get $name) (local.get $bytes) (i32.const 104) (local.get $count) (call $answer))
        (call $note (i32.const 2)))
    (func $status-of (param $name i32) (param $bytes i32)
        (call $nv-status (local.get $name) (local.get $bytes) (call $answer))
        (call $note (i32.const 2)))
"#;

pub(super) const ASKS_SPI: &str = r#"
    (call $open (i32.const 24) (i32.const 6) (call $answer)) (call $spi-done)
    (call $open (i32.const 16) (i32.const 3) (call $answer))
    (i32.store (i32.const 1028) (i32.const 0)) (call $plain)
    (global.set $adc (call $open-spi (i32.const 16) (i32.const 3)))
    (call $names (call $answer)) (call $number (i32.load (i32.const 1028)))
    (call $configured (i32.const 0) (i32.const 0)) (call $configured (i32.const 500000) (i32.const 0))
    (call $transfer (global.get $adc) (i32.const 96) (i32.const 3) (call $answer)) (call $spi-bytes)
    (call $spi-read (global.get $adc) (i64.const 2) (call $answer)) (call $spi-bytes)
    (call $spi-write (global.get $adc) (i32.const 96) (i32.const 3) (call $answer)) (call $spi-done)
    (call $operation (i32.const 512) (i32.const 1) (i32.const 96) (i32.const 1))
    (call $operation (i32.const 528) (i32.const 3) (i32.const 2000) (i32.const 0))
    (call $operation (i32.const 544) (i32.const 2) (i32.const 97) (i32.const 2))
    (call $operation (i32.const 560) (i32.const 0) (i32.const 1) (i32.const 0))
    (call $transaction (global.get $adc) (i32.const 512) (i32.const 4) (call $answer))
    (local.set $n (i32.load (i32.const 1028)))
    (call $result-of (local.get $n) (i32.const 2)) (call $result-of (local.get $n) (i32.const 3))
    (call $configured (i32.const 500000) (i32.const 1))
    (call $transfer (global.get $adc) (i32.const 96) (i32.const 3) (call $answer)) (call $spi-bytes)
    (call $configured (i32.const 500000) (i32.const 3))
    (call $transfer (global.get $adc) (i32.const 96) (i32.const 3) (call $answer)) (call $spi-bytes)
    (call $tell)
"#;

pub(super) const ASKS_PINS: &str = r#"
    (global.set $lamp (call $open-out (i32.const 32) (i32.const 4)))
    (global.set $button (call $open-in (i32.const 40) (i32.const 6)))
    (global.set $both (call $open-both (i32.const 48) (i32.const 4)))
    (global.set $travel (call $open-analog (i32.const 56) (i32.const 6)))
    (call $out-config (global.get $lamp) (call $answer)) (call $content (i32.const 0)) (call $note (i32.const 12))
    (call $in-config (global.get $button) (call $answer)) (call $content (i32.const 0)) (call $note (i32.const 12))
    (call $analog-config (global.get $travel) (call $answer)) (call $content (i32.const 0)) (call $note (i32.const 12))
    (call $number (call $ready (call $out-ready (global.get $lamp))))
    (call $set-active (global.get $lamp) (call $answer)) (call $plain)
    (call $set-inactive (global.get $lamp) (call $answer)) (call $plain)
    (call $set-state (global.get $lamp) (i32.const 0) (call $answer)) (call $plain)
    (call $toggle (global.get $lamp) (call $answer)) (call $plain)
    (call $in-read (global.get $button) (call $answer)) (call $plain)
    (call $in-active (global.get $button) (call $answer)) (call $plain)
    (call $in-inactive (global.get $button) (call $answer)) (call $plain)
    (call $both-read (global.get $both) (call $answer)) (call $plain)
    (call $both-toggle (global.get $both) (call $answer)) (call $plain)
    (call $both-read (global.get $both) (call $answer)) (call $plain)
    (call $read-raw (global.get $travel) (call $answer)) (call $plain)
    (call $read-fraction (global.get $travel) (call $answer)) (call $plain)
    (call $tell)
"#;

pub(super) const ASKS_BLOCKS: &str = r#"
    (call $read-block (i32.const 64) (i32.const 4)) (call $read-block (i32.const 72) (i32.const 5))
    (call $read-block (i32.const 32) (i32.const 4)) (call $read-block (i32.const 80) (i32.const 8))
    (call $write-block (i32.const 64) (i32.const 4) (i32.const 5))
    (call $write-block (i32.const 64) (i32.const 4) (i32.const 3))
    (call $read-block (i32.const 64) (i32.const 4))
    (call $write-block (i32.const 72) (i32.const 5) (i32.const 4))
    (call $nv-invalidate (i32.const 72) (i32.const 5) (call $answer)) (call $note (i32.const 2))
    (call $read-block (i32.const 72) (i32.const 5))
    (call $status-of (i32.const 32) (i32.const 4))
    (call $tell)
"#;

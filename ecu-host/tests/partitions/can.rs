//! `autosar:can` over the board.

use ecu_host::{
    Cause, Confirmation, Ecu, Transmission,
    board::{CanBusError, CanError, CanErrorState, CanEvent, CanFrame, CanStatus},
};

use crate::support::*;

const IMPORTS: &[&str] = &[
    "wireloom:ecu/elements@0.1.0",
    "autosar:can/controllers@0.1.0",
];

/// Results stand at 128; `$show` publishes 44 bytes of it.
const FUNCTIONS: &str = r#"
    (import "wireloom:ecu/elements@0.1.0" "publish" (func $publish (param i32 i32 i32)))
    (import "autosar:can/controllers@0.1.0" "[static]controller.open" (func $open (param i32 i32 i32)))
    (import "autosar:can/controllers@0.1.0" "[method]controller.start" (func $start (param i32 i32)))
    (import "autosar:can/controllers@0.1.0" "[method]controller.stop" (func $stop (param i32 i32)))
    (import "autosar:can/controllers@0.1.0" "[method]controller.state" (func $state (param i32) (result i32)))
    (import "autosar:can/controllers@0.1.0" "[method]controller.set-filters" (func $filters (param i32 i32 i32 i32)))
    (import "autosar:can/controllers@0.1.0" "[method]controller.transmit"
        (func $transmit (param i32 i32 i32 i32 i32 i32 i32 i32 i32)))
    (import "autosar:can/controllers@0.1.0" "[method]controller.receive" (func $receive (param i32 i32)))
    (import "autosar:can/controllers@0.1.0" "[method]controller.confirmed" (func $confirmed (param i32 i32)))
    (import "autosar:can/controllers@0.1.0" "[method]controller.error-state" (func $error_state (param i32) (result i32)))
    (import "autosar:can/controllers@0.1.0" "[method]controller.counters" (func $counters (param i32 i32)))
    (import "autosar:can/controllers@0.1.0" "[method]controller.timing" (func $timing (param i32 i32)))
    (import "autosar:can/controllers@0.1.0" "[method]controller.configure"
        (func $configure (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32)))
    (import "autosar:can/controllers@0.1.0" "[method]controller.abort" (func $abort (param i32 i64 i32)))
    (import "autosar:can/controllers@0.1.0" "[method]controller.next-event" (func $next_event (param i32 i32)))
    (data (i32.const 8) "can0")
    (data (i32.const 16) "can9")
    (data (i32.const 24) "\a1\a2")
    ;; one filter: standard 0x120, mask 0x7f0
    (data (i32.const 32) "\00\00\00\00\20\01\00\00\f0\07\00\00")
    (global $can (mut i32) (i32.const 0))
    (func $opened
        i32.const 8 i32.const 4 i32.const 128 call $open
        i32.const 132 i32.load global.set $can)
    (func $started call $opened global.get $can i32.const 128 call $start)
    ;; standard 0x123 with the two bytes at 24, until sent
    (func $send global.get $can i32.const 0 i32.const 0x123 i32.const 0 i32.const 2
        i32.const 24 i32.const 2 i32.const 0 i32.const 128 call $transmit)
    (func $show (param i32) i32.const 0 i32.const 128 local.get 0 call $publish)
"#;

/// Tasks `a`, at 100, and `b`, at 200.
pub(super) fn driver(first: &str, second: &str) -> Ecu<Desk> {
    let text = format!("{FUNCTIONS} (func (export \"a\") {first}) (func (export \"b\") {second})");
    let at = |offset_ns| deployment::Event::Timing {
        period_ns: 1_000_000,
        offset_ns,
    };
    let mut table = table("p", vec![task("a", at(100), 0), task("b", at(200), 0)]);
    table.elements = vec![element("answer", deployment::Direction::Out, 1)];
    started(&component(IMPORTS, &["a", "b"], &text), table)
}

pub(super) fn frame(id: u32, data: &[u8]) -> CanFrame {
    CanFrame {
        bus: "can0".into(),
        id,
        data: data.into(),
        ..CanFrame::default()
    }
}

/// `can0 123#`, with a digit of flags where it is a frame of CAN FD.
pub(super) fn head(frame: &CanFrame) -> String {
    #[cfg(feature = "can-fd")]
    if let Some(flags) = frame.flexible.map(crate::can_fd::flags) {
        return format!("{} {:x}##{flags}", frame.bus, frame.id);
    }
    format!("{} {:x}#", frame.bus, frame.id)
}

#[test]
fn frames_go_out_and_are_confirmed() {
    let mut ecu = driver(
        "call $started call $send i32.const 16 call $show",
        "global.get $can i32.const 128 call $confirmed i32.const 32 call $show",
    );
    run_until(&mut ecu, 150);
    assert_eq!(ecu.board().lines[0], "110 can0 123#[a1, a2] request 1");
    assert!(ecu.board().lines[1].ends_with("01, 00, 00, 00, 00, 00, 00, 00]"));
    ecu.confirm(Confirmation {
        request: 1,
        outcome: Transmission::Sent,
        at_ns: 180,
    });
    ecu.confirm(Confirmation {
        request: 1 << 60,
        outcome: Transmission::Aborted,
        at_ns: 180,
    });
    run_until(&mut ecu, 300);
    let answer = &ecu.board().lines[2];
    assert!(answer.starts_with("210 published 0 [01"), "{answer}");
    assert!(
        answer.ends_with("b4, 00, 00, 00, 00, 00, 00, 00]"),
        "{answer}"
    );
}

#[test]
fn frames_come_in_through_filters() {
    let mut ecu = driver(
        "call $opened global.get $can i32.const 32 i32.const 1 i32.const 128 call $filters
            global.get $can i32.const 128 call $start",
        "global.get $can i32.const 128 call $receive
            i32.const 0 i32.const 128 i32.const 1 call $publish
            i32.const 0 i32.const 140 i32.const 2 call $publish
            i32.const 0 i32.const 148 i32.load i32.const 152 i32.load call $publish
            i32.const 0 i32.const 160 i32.const 8 call $publish
            global.get $can i32.const 128 call $receive
            i32.const 0 i32.const 128 i32.const 1 call $publish",
    );
    run_until(&mut ecu, 150);
    ecu.receive(150, &frame(0x130, &[9]));
    ecu.receive(151, &frame(0x125, &[7, 8]));
    run_until(&mut ecu, 300);
    let expected = [
        "210 published 0 [01]",
        "210 published 0 [25, 01]",
        "210 published 0 [07, 08]",
        "210 published 0 [97, 00, 00, 00, 00, 00, 00, 00]",
        "210 published 0 [00]",
    ];
    assert_eq!(ecu.board().lines, expected);
}

#[test]
fn errors_are_answers() {
    // unknown-bus 0, wrong-state 1 (stopped 1), queue-full 2, invalid 3, unsupported 4, bus-off 5
    let transmit = |format: u32, dlc: u32, bytes: u32, id: u32, attempts: u32| {
        format!(
            "call $started global.get $can i32.const 0 i32.const {id} i32.const {format}
            i32.const {dlc} i32.const 24 i32.const {bytes} i32.const {attempts} i32.const 128 call $transmit
            i32.const 0 i32.const 136 i32.const 1 call $publish"
        )
    };
    let state = "i32.const 0 i32.const 132 i32.const 1 call $publish";
    for (body, code) in [
        (
            format!("i32.const 16 i32.const 4 i32.const 128 call $open {state}"),
            0,
        ),
        (
            format!("call $started global.get $can i32.const 128 call $start {state}"),
            1,
        ),
        (
            format!("call $opened global.get $can i32.const 128 call $stop {state}"),
            1,
        ),
        (
            "call $opened call $send i32.const 0 i32.const 136 i32.const 1 call $publish".into(),
            1,
        ),
        (transmit(0, 3, 2, 1, 0), 3),
        (transmit(1, 2, 2, 1, 0), 3),
        (transmit(0, 16, 2, 1, 0), 3),
        (transmit(0, 2, 2, 0x800, 0), 3),
        (transmit(2, 2, 2, 1, 0), 4),
        (transmit(0, 2, 2, 1, 1), 4),
    ] {
        let mut ecu = driver(&body, "");
        run_until(&mut ecu, 150);
        assert_eq!(
            ecu.board().lines,
            [format!("110 published 0 [{code:02x}]")],
            "{body}"
        );
    }
}

#[test]
fn what_the_board_refuses_is_told() {
    for (error, code) in [
        (CanError::NoBus, 0),
        (CanError::QueueFull, 2),
        (CanError::BusOff, 5),
    ] {
        let mut ecu = driver(
            "call $started call $send i32.const 0 i32.const 136 i32.const 1 call $publish",
            "",
        );
        ecu.board_mut().transmit_error = Some(error);
        run_until(&mut ecu, 150);
        let answer = ecu.board().lines.last().cloned();
        assert_eq!(
            answer,
            Some(format!("110 published 0 [{code:02x}]")),
            "{error:?}"
        );
    }
}

/// A driver on a board that knows all of its controller.
pub(super) fn informed(first: &str, second: &str) -> Ecu<Desk> {
    let mut ecu = driver(first, second);
    ecu.board_mut().can_status = Some(CanStatus {
        state: CanErrorState::ErrorPassive,
        transmit_errors: 0x81,
        receive_errors: 0x17,
    });
    ecu
}

/// Publishes bytes of the answers' place.
pub(super) fn show(from: u32, bytes: u32) -> String {
    format!(" i32.const 0 i32.const {from} i32.const {bytes} call $publish ")
}

/// `configure` with or without a data phase, then the tag of the result and of the error.
pub(super) fn configure(rate: u32, [first, second, width]: [u32; 3], data: u32) -> String {
    format!(
        "global.get $can i32.const {rate} i32.const {first} i32.const {second} i32.const {width}
        i32.const {data} i32.const 0 i32.const 0 i32.const 0 i32.const 0 i32.const 128 call $configure
        {}",
        show(128, 1) + &show(132, 1)
    )
}

#[test]
fn state_and_counters_are_the_boards() {
    let body = "call $opened i32.const 128 global.get $can call $error_state i32.store8".to_owned()
        + &show(128, 1)
        + "global.get $can i32.const 128 call $counters"
        + &show(128, 4);
    let mut ecu = informed(&body, "");
    run_until(&mut ecu, 150);
    let expected = ["110 published 0 [01]", "110 published 0 [81, 00, 17, 00]"];
    assert_eq!(ecu.board().lines, expected);
}

#[test]
fn what_the_board_does_not_know_is_named() {
    for (call, name) in [
        ("call $error_state drop", "error-state"),
        ("i32.const 128 call $counters", "counters"),
        ("i32.const 128 call $timing", "timing"),
    ] {
        let mut ecu = driver(&format!("call $opened global.get $can {call}"), "");
        let trapped = first_trap(&mut ecu, 150);
        assert_eq!(trapped.cause, Cause::Misuse);
        let words = format!(
            "`autosar:can/controllers@0.1.0#[method]controller.{name}` is not served by an ECU"
        );
        assert!(trapped.reason.starts_with(&words), "{}", trapped.reason);
    }
}

#[test]
fn a_timing_of_the_bus_is_set_and_read() {
    let read = "global.get $can i32.const 128 call $timing".to_owned() + &show(128, 13);
    let body = format!(
        "call $opened {read} {} {read}",
        configure(500_000, [5, 2, 2], 0)
    );
    let mut ecu = informed(&body, "");
    run_until(&mut ecu, 150);
    // 500000, segments 13 and 2, width 1, no data phase; then as set.
    let lines = &ecu.board().lines;
    assert_eq!(
        lines[0],
        "110 published 0 [20, a1, 07, 00, 0d, 00, 02, 00, 01, 00, 00, 00, 00]"
    );
    assert_eq!(lines[1], "110 published 0 [00]");
    assert_eq!(
        lines[3],
        "110 published 0 [20, a1, 07, 00, 05, 00, 02, 00, 02, 00, 00, 00, 00]"
    );
}

#[test]
fn other_timings_are_refused() {
    // wrong-state 1, invalid 3, unsupported 4
    for (open, rate, segments, data, code) in [
        ("call $started", 500_000, [13, 2, 1], 0, 1),
        ("call $opened", 500_000, [13, 2, 3], 0, 3),
        ("call $opened", 0, [13, 2, 1], 0, 3),
        ("call $opened", 250_000, [13, 2, 1], 0, 4),
        ("call $opened", 500_000, [13, 2, 1], 1, 4),
    ] {
        let mut ecu = informed(&format!("{open} {}", configure(rate, segments, data)), "");
        run_until(&mut ecu, 150);
        let expected = [
            "110 published 0 [01]".to_owned(),
            format!("110 published 0 [{code:02x}]"),
        ];
        assert_eq!(ecu.board().lines, expected, "{rate} {segments:?} {data}");
    }
    let mut ecu = driver(
        &format!("call $opened {}", configure(500_000, [13, 2, 1], 0)),
        "",
    );
    run_until(&mut ecu, 150);
    assert_eq!(ecu.board().lines[1], "110 published 0 [04]");
}

#[test]
fn requests_are_withdrawn() {
    let abort = |request: u64| {
        format!("global.get $can i64.const {request} i32.const 128 call $abort")
            + &show(128, 1)
            + &show(132, 1)
    };
    let mut ecu = informed(
        &format!("call $started call $send {} {}", abort(1), abort(2)),
        &("global.get $can i32.const 128 call $confirmed".to_owned()
            + &show(128, 1)
            + &show(144, 1)
            + &abort(1)),
    );
    run_until(&mut ecu, 150);
    let lines = &ecu.board().lines;
    assert_eq!(lines[1], "110 can0 abort request 1");
    assert_eq!(lines[2], "110 published 0 [00]");
    // Nobody asked for 2: `invalid`.
    assert_eq!(lines[4..], ["110 published 0 [01]", "110 published 0 [03]"]);
    ecu.confirm(Confirmation {
        request: 1,
        outcome: Transmission::Aborted,
        at_ns: 150,
    });
    run_until(&mut ecu, 300);
    // The outcome is `aborted`, and what is confirmed waits no more.
    let expected = [
        "210 published 0 [01]",
        "210 published 0 [01]",
        "210 published 0 [01]",
        "210 published 0 [03]",
    ];
    assert_eq!(ecu.board().lines[6..], expected);
}

#[test]
fn a_board_that_can_not_withdraw_says_so() {
    let body = "call $started call $send global.get $can i64.const 1 i32.const 128 call $abort"
        .to_owned()
        + &show(132, 1);
    let mut ecu = driver(&body, "");
    run_until(&mut ecu, 150);
    assert_eq!(ecu.board().lines[1..], ["110 published 0 [04]"]);
}

#[test]
fn stopping_withdraws_what_waits() {
    let mut ecu = informed(
        "call $started call $send call $send",
        &("global.get $can i32.const 128 call $stop".to_owned() + &show(128, 1)),
    );
    run_until(&mut ecu, 150);
    ecu.confirm(Confirmation {
        request: 1,
        outcome: Transmission::Sent,
        at_ns: 150,
    });
    run_until(&mut ecu, 300);
    let expected = ["210 can0 abort request 2", "210 published 0 [00]"];
    assert_eq!(ecu.board().lines[2..], expected);
}

#[test]
fn one_attempt_is_confirmed_as_it_ended() {
    // The tags of the outcome and of the bus error in it.
    for (outcome, tags) in [
        (Transmission::Sent, "[00]"),
        (Transmission::ArbitrationLost, "[02]"),
        (Transmission::Failed(CanBusError::Acknowledge), "[03]"),
    ] {
        let mut ecu = informed(
            "call $started global.get $can i32.const 0 i32.const 1 i32.const 0 i32.const 2
                i32.const 24 i32.const 2 i32.const 1 i32.const 128 call $transmit",
            &("global.get $can i32.const 128 call $confirmed".to_owned()
                + &show(144, 1)
                + &show(145, 1)),
        );
        run_until(&mut ecu, 150);
        assert_eq!(ecu.board().lines[0], "110 once");
        ecu.confirm(Confirmation {
            request: 1,
            outcome,
            at_ns: 180,
        });
        run_until(&mut ecu, 300);
        let lines = &ecu.board().lines;
        assert_eq!(lines[2], format!("210 published 0 {tags}"));
        if outcome == Transmission::Failed(CanBusError::Acknowledge) {
            assert_eq!(lines[3], "210 published 0 [04]");
        }
    }
}

#[test]
fn events_come_in_their_order() {
    let next = "global.get $can i32.const 128 call $next_event".to_owned()
        + &show(128, 1)
        + &show(136, 2)
        + &show(144, 8);
    let mut ecu = informed("call $started", &next.repeat(3));
    run_until(&mut ecu, 150);
    ecu.can_event(160, "can0", CanEvent::ArbitrationLost(12));
    ecu.can_event(165, "can1", CanEvent::BusError(CanBusError::Bit));
    ecu.can_event(170, "can0", CanEvent::ErrorState(CanErrorState::BusOff));
    run_until(&mut ecu, 300);
    let expected = [
        "210 published 0 [01]",
        "210 published 0 [02, 0c]",
        "210 published 0 [a0, 00, 00, 00, 00, 00, 00, 00]",
        "210 published 0 [01]",
        "210 published 0 [00, 02]",
        "210 published 0 [aa, 00, 00, 00, 00, 00, 00, 00]",
        "210 published 0 [00]",
    ];
    assert_eq!(ecu.board().lines[..7], expected);
}

//! Drivers that open a CAN controller themselves (`autosar:can`).

use crate::support::*;
use deployment::Direction;

const IMPORTS: &str = r#"
    (import "autosar:can/controllers@0.1.0" "[static]controller.open" (func $can_open (param i32 i32 i32)))
    (import "autosar:can/controllers@0.1.0" "[method]controller.start" (func $can_start (param i32 i32)))
    (import "autosar:can/controllers@0.1.0" "[method]controller.transmit"
        (func $can_transmit (param i32 i32 i32 i32 i32 i32 i32 i32 i32)))
    (import "autosar:can/controllers@0.1.0" "[method]controller.receive" (func $can_receive (param i32 i32)))
    (import "autosar:can/controllers@0.1.0" "[method]controller.confirmed" (func $can_confirmed (param i32 i32)))
    (import "autosar:can/controllers@0.1.0" "[method]controller.stop" (func $can_stop (param i32 i32)))
    (import "autosar:can/controllers@0.1.0" "[method]controller.abort" (func $can_abort (param i32 i64 i32)))
    (import "autosar:can/controllers@0.1.0" "[method]controller.error-state" (func $can_state (param i32) (result i32)))
    (import "autosar:can/controllers@0.1.0" "[method]controller.counters" (func $can_counters (param i32 i32)))
    (import "autosar:can/controllers@0.1.0" "[method]controller.timing" (func $can_timing (param i32 i32)))
    (import "autosar:can/controllers@0.1.0" "[method]controller.next-event" (func $can_event (param i32 i32)))
"#;

const BODY: &str = r#"
    (data (i32.const 16) "can0")
    (global $can (mut i32) (i32.const -1))
    (func $open_once global.get $can i32.const -1 i32.eq
        if i32.const 16 i32.const 4 i32.const 128 call $can_open
            i32.const 132 i32.load global.set $can
            global.get $can i32.const 128 call $can_start end)
    ;; 0x321 with two bytes and so many attempts
    (func $send (param i32)
        global.get $can i32.const 0 i32.const 0x321 i32.const 0 i32.const 2
        i32.const 64 i32.const 2 local.get 0 i32.const 128 call $can_transmit)
    (func $show (param i32 i32) i32.const 0 local.get 0 local.get 1 call $publish)
"#;

/// Every millisecond it publishes what has come and what was confirmed, and sends 0x321.
fn gateway(ecu: &str) -> Guest {
    guest(ecu, "gateway")
        .driver("import autosar:can/controllers@0.1.0;", IMPORTS, BODY)
        .element("received", Direction::Out)
        .element("confirmed", Direction::Out)
        .task(
            "pass",
            every(MS),
            "call $open_once
            global.get $can i32.const 128 call $can_receive
            i32.const 0 i32.const 128 i32.const 4 call $publish
            global.get $can i32.const 256 call $can_confirmed
            i32.const 1 i32.const 256 i32.const 4 call $publish
            global.get $can i32.const 0 i32.const 0x321 i32.const 0 i32.const 2
            i32.const 64 i32.const 2 i32.const 0 i32.const 128 call $can_transmit",
        )
}

#[test]
fn a_gateway_sends_hears_and_is_told() {
    let mut simulation = start(&system(&[gateway("central"), sender("climate")]));
    run(&mut simulation, 5 * MS - 1);
    assert_eq!(simulation.incidents(), []);
    assert_eq!(simulation.summary().frames, 10);
    let published = |element: &str| -> Vec<String> {
        let ends = lines(&simulation, "publish")
            .into_iter()
            .filter(|line| line.contains(element));
        ends.map(|line| line.rsplit('\t').next().unwrap()[..2].to_owned())
            .collect()
    };
    // An option's tag: nothing at first, then one a millisecond.
    assert_eq!(
        published("central/gateway/confirmed"),
        ["00", "01", "01", "01", "01"]
    );
    assert_eq!(
        published("central/gateway/received"),
        ["00", "01", "01", "01", "01"]
    );
}

#[test]
fn who_is_alone_is_never_confirmed() {
    let mut simulation = start(&system(&[gateway("central")]));
    run(&mut simulation, 5 * MS - 1);
    assert_eq!(
        (simulation.incidents().len(), simulation.summary().frames),
        (0, 0)
    );
    let last = simulation
        .trace()
        .latest("central/gateway/confirmed")
        .unwrap();
    assert_eq!(last.bytes[0], 0);
}

/// A driver whose first task runs at 0 ms, the second at 5 ms; what they publish.
fn answers(first: &str, second: &str, others: Vec<Guest>) -> Vec<String> {
    let at = |offset_ns| deployment::Event::Timing {
        period_ns: SECOND,
        offset_ns,
    };
    let driver = guest("central", "gateway")
        .driver("import autosar:can/controllers@0.1.0;", IMPORTS, BODY)
        .element("answer", Direction::Out)
        .task("first", at(0), &format!("call $open_once {first}"))
        .task("second", at(5 * MS), second);
    let mut guests = others;
    guests.push(driver);
    let mut simulation = start(&system(&guests));
    run(&mut simulation, 10 * MS);
    assert_eq!(simulation.incidents(), []);
    let published = lines(&simulation, "publish").into_iter();
    published
        .filter(|line| line.contains("central/gateway/answer"))
        .map(|line| line.rsplit('\t').next().unwrap().to_owned())
        .collect()
}

/// The tag of a confirmation, its request and its outcome.
const CONFIRMED: &str = "global.get $can i32.const 256 call $can_confirmed
    i32.const 256 i32.const 1 call $show
    i32.const 264 i32.const 1 call $show i32.const 272 i32.const 1 call $show ";

#[test]
fn one_attempt_loses_arbitration_and_is_not_repeated() {
    let published = answers(
        "i32.const 1 call $send",
        &(CONFIRMED.to_owned() + "i32.const 280 i32.const 8 call $show"),
        vec![sender("climate")],
    );
    // The second bit of 0x321 is the first that 0x123 wins, after SOF and one; start and task cost.
    let at_ns = 2 * ACTIVATION_NS + 3 * 2_000;
    let time = at_ns
        .to_le_bytes()
        .map(|byte| format!("{byte:02x}"))
        .concat();
    assert_eq!(published, ["01", "01", "02", &time]);
}

#[test]
fn waiting_frames_are_withdrawn() {
    let send = "i32.const 0 call $send i32.const 0 call $send";
    let abort = "global.get $can i64.const 2 i32.const 128 call $can_abort";
    let stop = "global.get $can i32.const 128 call $can_stop";
    let twice = CONFIRMED.repeat(2);
    let published = answers(
        &format!("{send} {abort}"),
        &twice,
        vec![receiver("cockpit")],
    );
    assert_eq!(published, ["01", "02", "01", "01", "01", "00"]);
    let published = answers(&format!("{send} {stop}"), &twice, vec![receiver("cockpit")]);
    assert_eq!(published, ["01", "01", "01", "01", "02", "01"]);
}

#[test]
fn who_is_alone_sees_its_errors() {
    let event = "global.get $can i32.const 256 call $can_event
        i32.const 256 i32.const 1 call $show i32.const 264 i32.const 2 call $show ";
    let second = "i32.const 128 global.get $can call $can_state i32.store8
        i32.const 128 i32.const 1 call $show
        global.get $can i32.const 128 call $can_counters i32.const 128 i32.const 4 call $show
        global.get $can i32.const 128 call $can_timing i32.const 128 i32.const 4 call $show "
        .to_owned()
        + &event.repeat(17);
    let published = answers("i32.const 0 call $send", &second, vec![]);
    // Error passive, TEC 128, REC 0, 500 kbit/s.
    assert_eq!(published[..3], ["01", "80000000", "20a10700"]);
    // Sixteen times nobody acknowledges, then the state changes.
    let events: Vec<&str> = published[3..].iter().map(String::as_str).collect();
    assert_eq!(events[..32], ["01", "0104"].repeat(16));
    assert_eq!(events[32..], ["01", "0001"]);
}

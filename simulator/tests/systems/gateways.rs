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
"#;

const BODY: &str = r#"
    (data (i32.const 16) "can0")
    (global $can (mut i32) (i32.const -1))
    (func $open_once global.get $can i32.const -1 i32.eq
        if i32.const 16 i32.const 4 i32.const 128 call $can_open
            i32.const 132 i32.load global.set $can
            global.get $can i32.const 128 call $can_start end)
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

//! Guests that give the host anything at all: numbers as addresses, lengths and handles, bytes that
//! are no text, more frames than any bus carries. The run goes on, and the incident names its guest.

use crate::support::*;
use deployment::Reaction;
use proptest::prelude::*;
use simulator::Halt;

const CAN_IMPORTS: &str = r#"
    (import "autosar:can/controllers@0.1.0" "[static]controller.open" (func $can_open (param i32 i32 i32)))
    (import "autosar:can/controllers@0.1.0" "[method]controller.start" (func $can_start (param i32 i32)))
    (import "autosar:can/controllers@0.1.0" "[method]controller.transmit"
        (func $can_transmit (param i32 i32 i32 i32 i32 i32 i32 i32 i32)))
    (import "autosar:can/controllers@0.1.0" "[method]controller.receive" (func $can_receive (param i32 i32)))
    (import "autosar:can/controllers@0.1.0" "[method]controller.abort" (func $can_abort (param i32 i64 i32)))
"#;

/// Functions of the host that every guest here imports, and how many numbers each takes; `L` is a
/// number of 64 bits.
const FUNCTIONS: [(&str, &str); 13] = [
    ("$enter", "I"),
    ("$transmit", "III"),
    ("$take_frame", "II"),
    ("$publish", "III"),
    ("$take", "II"),
    ("$open", "II"),
    ("$write_read", "IIIILI"),
    ("$drop", "I"),
    ("$can_open", "III"),
    ("$can_start", "II"),
    ("$can_transmit", "IIIIIIIII"),
    ("$can_receive", "II"),
    ("$can_abort", "ILI"),
];

/// The sender's frames in a run of `milliseconds` beside this guest; the incidents are the guest's.
fn beside(bad: Guest, milliseconds: u64) -> (u64, Vec<String>) {
    let mut simulation = start(&system(&[bad, sender("climate")]));
    assert_eq!(run(&mut simulation, milliseconds * MS - 1), Halt::Reached);
    for incident in simulation.incidents() {
        let whose = (incident.ecu.as_str(), incident.partition.as_str());
        assert_eq!(whose, ("central", "bad"), "{}", incident.message);
    }
    let frames = lines(&simulation, "frame");
    let sent = frames.iter().filter(|line| line.contains("123#")).count();
    let messages = simulation.incidents().iter();
    (
        u64::try_from(sent).unwrap(),
        messages.map(|incident| incident.message.clone()).collect(),
    )
}

fn bad(body: &str) -> Guest {
    guest("central", "bad")
        .driver("import autosar:can/controllers@0.1.0;", CAN_IMPORTS, CAN)
        .element("x", deployment::Direction::Out)
        .on_trap(Reaction::Restart)
        .task(
            "step",
            every(MS),
            &format!("i32.const 0 call $enter {body} call $leave"),
        )
}

/// A controller that is opened once, at 0 ms.
const CAN: &str = r#"
    (data (i32.const 16) "can0")
    (data (i32.const 24) "\ff\fe\c0\80")
    (global $can (mut i32) (i32.const -1))
    (func $open_once global.get $can i32.const -1 i32.eq
        if i32.const 16 i32.const 4 i32.const 128 call $can_open
            i32.const 132 i32.load global.set $can
            global.get $can i32.const 128 call $can_start end)
"#;

/// A hundred frames a millisecond: what the bus cannot take is refused, what is more urgent goes first.
#[test]
fn a_hundred_thousand_frames_a_second_fill_one_queue() {
    let flood = "call $open_once (local.set $a (i32.const 100))
        (loop $again
            global.get $can i32.const 0 i32.const 0x321 i32.const 0 i32.const 2
            i32.const 64 i32.const 2 i32.const 0 i32.const 128 call $can_transmit
            (local.set $a (i32.sub (local.get $a) (i32.const 1)))
            (br_if $again (local.get $a)))
        ;; the answer to the last one: refused, and why
        i32.const 0 i32.const 128 i32.const 2 call $publish";
    let mut files = system(&[bad(flood), sender("climate")]);
    for ecu in &mut files.system.ecus {
        ecu.activation_ns = 10;
    }
    let mut simulation = start(&files);
    assert_eq!(run(&mut simulation, SECOND - 1), Halt::Reached);
    assert_eq!(simulation.incidents(), []);
    let frames = lines(&simulation, "frame");
    let (urgent, flood): (Vec<_>, Vec<_>) = frames.iter().partition(|line| line.contains("123#"));
    assert!((998..=1_000).contains(&urgent.len()), "{}", urgent.len());
    // 500 kbit/s carry some 8,000 frames of two bytes.
    assert!((5_000..8_000).contains(&flood.len()), "{}", flood.len());
    let last = simulation.trace().latest("central/bad/x").unwrap();
    assert_eq!(last.bytes[0], 1, "refused: {:?}", last.bytes);
}

#[test]
fn what_is_outside_the_memory_is_a_trap_of_its_guest() {
    for body in [
        "i32.const 0 i32.const 65535 i32.const 2 call $publish",
        "i32.const 0 i32.const -1 i32.const -1 call $publish",
        "i32.const 0 i32.const 64 i32.const 0x7fffffff call $publish",
        "i32.const 65535 i32.const 2 i32.const 128 call $can_open",
    ] {
        let (sent, messages) = beside(bad(body), 3);
        assert_eq!(sent, 3, "{body}");
        assert!(
            messages[0].contains("`fan`") && messages[0].contains("out of bounds"),
            "{body}: {}",
            messages[0]
        );
    }
}

#[test]
fn a_name_that_is_no_text_is_a_trap_of_its_guest() {
    let (sent, messages) = beside(
        bad("i32.const 24 i32.const 4 i32.const 128 call $can_open"),
        3,
    );
    assert_eq!(sent, 3);
    assert!(messages[0].contains("utf-8"), "{}", messages[0]);
}

#[test]
fn a_handle_that_was_never_given_is_a_trap_of_its_guest() {
    for body in [
        "i32.const 77 call $drop",
        "i32.const 0 i32.const 128 call $can_start",
        "i32.const -1 i32.const 128 call $can_receive",
    ] {
        let (sent, messages) = beside(bad(body), 3);
        assert_eq!(sent, 3, "{body}");
        assert!(messages[0].contains("handle"), "{body}: {}", messages[0]);
    }
}

/// Numbers that break more than others do: near nothing, near the ends of the memory and of the type.
fn number() -> impl Strategy<Value = i32> {
    prop_oneof![
        Just(0),
        Just(-1),
        Just(i32::MAX),
        Just(i32::MIN),
        0..256_i32,
        65_500..65_600_i32,
        any::<i32>(),
    ]
}

fn calls() -> impl Strategy<Value = String> {
    let call = (0..FUNCTIONS.len(), proptest::collection::vec(number(), 9));
    proptest::collection::vec(call, 1..6).prop_map(|calls| {
        let calls = calls.into_iter().map(|(function, numbers)| {
            let (name, takes) = FUNCTIONS[function];
            let arguments = takes.chars().zip(numbers).map(|(kind, number)| match kind {
                'L' => format!("i64.const {number} "),
                _ => format!("i32.const {number} "),
            });
            format!("{}call {name} ", arguments.collect::<String>())
                + if name == "$open" { "drop " } else { "" }
        });
        calls.collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn any_numbers_leave_the_neighbour_alone(body in calls()) {
        let (sent, _) = beside(bad(&format!("call $open_once {body}")), 3);
        prop_assert_eq!(sent, 3);
    }
}

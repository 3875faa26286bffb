//! What a device refuses, each for its own reason, and what it takes.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panics"
)]

mod common;

use common::{device, payload, payload_with, slot};
use payload::{
    ALIGN, Blake3, Content, Device, EngineVersion, HEADER_BYTES, Hash, Label, Refusal,
    SIGNED_BYTES, SigningKey, WriteError, part_of_ecu, verify,
};
use proptest::prelude::*;

#[test]
fn a_payload_gives_back_what_was_put_in() {
    let slot = slot(&payload(7));
    let verified = verify(&slot, &device(), 7).unwrap();
    assert_eq!(verified.header().counter, 7);
    let system = verified.system().unwrap();
    assert_eq!(system, part_of_ecu(&common::system(), "zone").unwrap());
    assert_eq!(system.ecus.len(), 1);
    assert_eq!(
        system.routes.len(),
        1,
        "a route from another ECU is not this ECU's"
    );
    let partitions: Vec<_> = verified.partitions().collect();
    assert_eq!(partitions.len(), 2);
    assert_eq!(
        partitions[0].table().unwrap(),
        common::table("zone", "control")
    );
    assert_eq!(
        partitions[1].table().unwrap(),
        common::table("zone", "monitor")
    );
    assert_eq!(partitions[0].code, [0xc0; 1_001]);
    assert_eq!(partitions[1].code, [0x40; 77]);
    for partition in partitions {
        let offset = partition.code.as_ptr() as usize - slot.as_ptr() as usize;
        assert_eq!(offset % ALIGN, 0, "code lies aligned in the slot");
    }
}

#[test]
fn the_same_content_gives_the_same_bytes() {
    assert_eq!(payload(7), payload(7));
    assert_ne!(payload(7), payload(8));
}

/// Each field of the header, a bit of it flipped: nothing that it says is believed.
#[test]
fn a_flipped_bit_in_any_header_field_is_refused() {
    let device = device();
    let whole = slot(&payload(7));
    for bit in 0..HEADER_BYTES * 8 {
        let mut flipped = whole.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        let refusal = verify(&flipped, &device, 7).unwrap_err();
        let expected = match bit / 8 {
            0..8 => matches!(refusal, Refusal::NotAPayload { .. }),
            8..10 => matches!(refusal, Refusal::Format { .. }),
            // The length says where the end mark lies.
            120..124 => matches!(
                refusal,
                Refusal::Torn | Refusal::Truncated { .. } | Refusal::Signature
            ),
            124..132 => matches!(refusal, Refusal::WrongKey { .. }),
            _ => refusal == Refusal::Signature,
        };
        assert!(expected, "bit {bit}: {refusal:?}");
    }
}

#[test]
fn a_flipped_bit_in_the_body_is_refused() {
    let payload = payload(7);
    let end = payload.len() - 8;
    for byte in (HEADER_BYTES..end).step_by(3) {
        let mut flipped = slot(&payload);
        flipped[byte] ^= 0x10;
        assert_eq!(verify(&flipped, &device(), 7), Err(Refusal::Body), "{byte}");
    }
}

#[test]
fn another_key_is_refused() {
    let key = SigningKey::from_seed([7; 32]).unwrap();
    let device = Device {
        key: key.public(),
        ..device()
    };
    let refusal = verify(&slot(&payload(7)), &device, 7).unwrap_err();
    assert_eq!(
        refusal,
        Refusal::WrongKey {
            found: SigningKey::development().public().id(),
            trusted: key.public().id(),
        }
    );
}

/// Who writes the device's key id into a header of theirs gets no further than the signature.
#[test]
fn the_key_id_alone_opens_nothing() {
    let stranger = SigningKey::from_seed([7; 32]).unwrap();
    let mut forged = slot(&payload(7));
    let id = stranger.public().id();
    forged[124..132].copy_from_slice(&id.0);
    let device = Device {
        key: stranger.public(),
        ..device()
    };
    assert_eq!(verify(&forged, &device, 7), Err(Refusal::Signature));
}

#[test]
fn what_was_signed_for_something_else_is_refused() {
    type Case = (fn(&mut Content<'_>), Refusal);
    let own = device();
    let old = EngineVersion([48, 0, 7]);
    let other = Label::new("stm32f469-disco").unwrap();
    let hash = Hash::of(b"other");
    let cases: [Case; 5] = [
        (
            |content| content.board = Label::new("stm32f469-disco").unwrap(),
            Refusal::Board {
                found: other,
                device: own.board,
            },
        ),
        (
            |content| content.engine = EngineVersion([48, 0, 7]),
            Refusal::Engine {
                found: old,
                device: own.engine,
            },
        ),
        (
            |content| content.config = Hash::of(b"other"),
            Refusal::Config {
                found: hash,
                device: own.config,
            },
        ),
        (
            |content| content.world = Hash::of(b"other"),
            Refusal::World {
                found: hash,
                device: own.world,
            },
        ),
        (
            |content| content.ram_bytes = 100_001,
            Refusal::Ram {
                needed_bytes: 100_001,
                device_bytes: 100_000,
            },
        ),
    ];
    for (change, refusal) in cases {
        let slot = slot(&payload_with(7, change));
        assert_eq!(verify(&slot, &own, 7), Err(refusal));
    }
}

#[test]
fn an_older_counter_is_refused() {
    let slot = slot(&payload(6));
    let refusal = Refusal::Counter {
        found: 6,
        minimum: 7,
    };
    assert_eq!(verify(&slot, &device(), 7), Err(refusal));
    assert!(verify(&slot, &device(), 6).is_ok());
}

#[test]
fn a_slot_that_is_too_short_is_refused() {
    let payload = payload(7);
    let cut = &payload[..payload.len() - 1];
    let truncated = Refusal::Truncated {
        needed_bytes: payload.len() as u32,
        slot_bytes: cut.len() as u32,
    };
    assert_eq!(verify(cut, &device(), 7), Err(truncated));
    for length in 0..HEADER_BYTES {
        let refusal = verify(&payload[..length], &device(), 7);
        assert!(
            matches!(refusal, Err(Refusal::Truncated { .. })),
            "{length}"
        );
    }
}

/// The power fails after each byte of a write into erased flash.
#[test]
fn a_torn_write_is_refused_wherever_it_tears() {
    let payload = payload(7);
    for written in 0..payload.len() {
        let refusal = verify(&slot(&payload[..written]), &device(), 7).unwrap_err();
        let expected = match written {
            0 => refusal == Refusal::Empty,
            1..8 => matches!(refusal, Refusal::NotAPayload { .. }),
            // Part of the signature stands: no longer told from a changed header by the header.
            193..256 => matches!(refusal, Refusal::Torn | Refusal::Signature),
            _ => refusal == Refusal::Torn,
        };
        assert!(expected, "{written}: {refusal:?}");
    }
    assert!(verify(&slot(&payload), &device(), 7).is_ok());
}

#[test]
fn erased_slots_are_empty_and_others_no_payloads() {
    for byte in [0x00, 0xff] {
        assert_eq!(verify(&[byte; 4_096], &device(), 0), Err(Refusal::Empty));
    }
    let refusal = verify(&[0x5a; 4_096], &device(), 0);
    assert_eq!(refusal, Err(Refusal::NotAPayload { found: [0x5a; 8] }));
}

/// Bodies that their maker signed and that are no bodies: the device says so and goes on.
#[test]
fn a_signed_body_that_makes_no_sense_is_refused() {
    let good = payload(7);
    for (at, value) in [
        (0_usize, 0_u32),
        (8, 1 << 20),
        (12, u32::MAX),
        (16, u32::MAX),
        (24, 8),
    ] {
        let mut body = good[HEADER_BYTES..good.len() - 8].to_vec();
        body[at..at + 4].copy_from_slice(&value.to_le_bytes());
        let signed = signed_anew(&good, &body);
        let slot = slot(&signed);
        let refusal = verify(&slot, &device(), 7);
        assert!(
            matches!(refusal, Err(Refusal::Malformed { .. })),
            "{at}: {refusal:?}"
        );
    }
}

/// The header of a payload over another body, signed by the development key: what a wrong exporter
/// would write.
fn signed_anew(payload: &[u8], body: &[u8]) -> Vec<u8> {
    let mut header = payload[..SIGNED_BYTES].to_vec();
    header[132..164].copy_from_slice(&Blake3::of(body).0);
    header[120..124].copy_from_slice(&(body.len() as u32).to_le_bytes());
    let seed = ed25519_compact::Seed::new(*b"wireloom development key, public");
    let signature = ed25519_compact::KeyPair::from_seed(seed)
        .sk
        .sign(&header, None);
    header.extend(*signature);
    header.extend(body);
    header.extend(payload::END_MARK);
    header
}

#[test]
fn every_refusal_says_what_is_wrong_and_what_to_do() {
    let label = |text| Label::new(text).unwrap();
    let key = SigningKey::development().public().id();
    let refusals = [
        Refusal::Empty,
        Refusal::NotAPayload {
            found: *b"\x7fELF\x01\x01\x01\0",
        },
        Refusal::Format { found: 1 },
        Refusal::Truncated {
            needed_bytes: 900,
            slot_bytes: 800,
        },
        Refusal::Torn,
        Refusal::WrongKey {
            found: key,
            trusted: key,
        },
        Refusal::Signature,
        Refusal::Body,
        Refusal::Counter {
            found: 6,
            minimum: 7,
        },
        Refusal::Board {
            found: label("a"),
            device: label("b"),
        },
        Refusal::Engine {
            found: EngineVersion([48, 0, 7]),
            device: EngineVersion([48, 0, 8]),
        },
        Refusal::Config {
            found: Hash([1; 32]),
            device: Hash([2; 32]),
        },
        Refusal::World {
            found: Hash([1; 32]),
            device: Hash([2; 32]),
        },
        Refusal::Ram {
            needed_bytes: 9,
            device_bytes: 8,
        },
        Refusal::Malformed { what: "the system" },
        Refusal::NotConfirmed { boots: 3 },
    ];
    let said: Vec<String> = refusals.iter().map(ToString::to_string).collect();
    let expected = include_str!("refusals.txt");
    assert_eq!(said.join("\n") + "\n", expected);
}

#[test]
fn payloads_that_do_not_fit_their_system_are_not_written() {
    let key = SigningKey::development();
    let whole = common::system();
    let system = part_of_ecu(&whole, "zone").unwrap();
    let device = device();
    let tables = |names: &[&str]| -> Vec<_> {
        names
            .iter()
            .map(|name| (common::table("zone", name), vec![1]))
            .collect()
    };
    let write = |system, partitions: &[_]| {
        let content = Content {
            board: device.board,
            engine: device.engine,
            config: device.config,
            world: device.world,
            counter: 1,
            ram_bytes: 1,
            system,
            partitions,
        };
        payload::write(&content, &key)
    };
    assert_eq!(write(&whole, &[]), Err(WriteError::Ecus { count: 2 }));
    for wrong in [
        &["monitor", "control"][..],
        &["control"],
        &["control", "monitor", "x"],
    ] {
        let refusal = write(&system, &tables(wrong));
        assert!(
            matches!(refusal, Err(WriteError::Order { .. })),
            "{wrong:?}: {refusal:?}"
        );
    }
    assert!(write(&system, &tables(&["control", "monitor"])).is_ok());
    assert!(part_of_ecu(&whole, "nobody").is_none());
}

proptest! {
    /// Whatever lies in a slot: it is refused, nothing panics.
    #[test]
    fn garbage_is_refused(mut bytes in proptest::collection::vec(any::<u8>(), 0..1_000), magic in any::<bool>()) {
        if magic && bytes.len() > 10 {
            bytes[..10].copy_from_slice(b"WIRELOOM\x01\0");
        }
        prop_assert!(verify(&bytes, &device(), 0).is_err());
    }

    /// Bytes changed anywhere in a payload are never taken.
    #[test]
    fn a_changed_payload_is_refused(at in 0_usize..1_400, byte in any::<u8>()) {
        let payload = payload(7);
        let at = at % payload.len();
        prop_assume!(payload[at] != byte);
        let mut changed = slot(&payload);
        changed[at] = byte;
        prop_assert!(verify(&changed, &device(), 7).is_err());
    }

    /// A body that its maker signed may be any garbage.
    #[test]
    fn signed_garbage_does_not_panic(body in proptest::collection::vec(any::<u8>(), 0..300)) {
        let mut body = body;
        if body.len() > 8 {
            body[..8].copy_from_slice(b"WLBODY\r\n");
        }
        let signed = signed_anew(&payload(7), &body);
        if let Ok(verified) = verify(&signed, &device(), 7) {
            let _read = verified.system();
            verified.partitions().for_each(|partition| drop(partition.table()));
        }
    }
}

//! A payload with two partitions, and the device that it is for.
#![allow(dead_code, reason = "not every test uses everything")]

use deployment::{
    Bus, BusKind, Ecu, Limits, Partition, PartitionFile, Reaction, Route, RouteEnd, System,
};
use payload::{Content, Device, EngineVersion, Hash, Label, PublicKey, SigningKey, part_of_ecu};

pub(crate) fn table(ecu: &str, name: &str) -> Partition {
    Partition {
        format: deployment::FORMAT,
        ecu: ecu.into(),
        name: name.into(),
        instances: vec!["sensor".into(), "controller".into()],
        runnables: Vec::new(),
        tasks: Vec::new(),
        elements: Vec::new(),
        pdus: Vec::new(),
        probes: Vec::new(),
        limits: Limits {
            memory_bytes: 65_536,
            fuel: 1_000_000,
        },
        on_trap: Reaction::Restart,
    }
}

pub(crate) fn system() -> System {
    let file = |name: &str| PartitionFile {
        name: name.into(),
        file: format!("zone-{name}.wasm"),
        sha256: "0".repeat(64),
    };
    let ecu = |name: &str, partitions| Ecu {
        name: name.into(),
        fuel_ps: 1_000,
        activation_ns: 1_000,
        partitions,
    };
    let end = |ecu: &str, partition: &str| RouteEnd {
        ecu: ecu.into(),
        partition: partition.into(),
        element: 0,
    };
    System {
        format: deployment::FORMAT,
        name: "car".into(),
        ecus: vec![
            ecu("gateway", vec![file("routing")]),
            ecu("zone", vec![file("control"), file("monitor")]),
        ],
        buses: vec![Bus {
            name: "body".into(),
            kind: BusKind::Can {
                bitrate_bps: 500_000,
            },
        }],
        routes: vec![
            Route {
                from: end("zone", "control"),
                to: end("zone", "monitor"),
            },
            Route {
                from: end("gateway", "routing"),
                to: end("zone", "monitor"),
            },
        ],
        blocks: vec![],
    }
}

pub(crate) fn device() -> Device {
    Device {
        board: Label::new("qemu-mps2-an385").unwrap(),
        engine: EngineVersion([48, 0, 8]),
        config: Hash::of(b"config"),
        world: Hash::of(b"world"),
        ram_bytes: 100_000,
        key: PublicKey::DEVELOPMENT,
    }
}

/// Two partitions with code of odd lengths, for the device above with one thing changed.
pub(crate) fn payload_with(counter: u32, change: impl FnOnce(&mut Content<'_>)) -> Vec<u8> {
    let system = part_of_ecu(&system(), "zone").unwrap();
    let partitions = [
        (table("zone", "control"), vec![0xc0; 1_001]),
        (table("zone", "monitor"), vec![0x40; 77]),
    ];
    let device = device();
    let mut content = Content {
        board: device.board,
        engine: device.engine,
        config: device.config,
        world: device.world,
        counter,
        ram_bytes: 80_000,
        system: &system,
        partitions: &partitions,
    };
    change(&mut content);
    payload::write(&content, &SigningKey::development()).unwrap()
}

pub(crate) fn payload(counter: u32) -> Vec<u8> {
    payload_with(counter, |_| {})
}

/// A slot of erased flash with a payload at its start.
pub(crate) fn slot(payload: &[u8]) -> Vec<u8> {
    let mut slot = vec![0xff; 4_096];
    slot[..payload.len()].copy_from_slice(payload);
    slot
}

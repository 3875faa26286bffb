//! A product to export. Its partitions are as small as partitions can be.
#![allow(dead_code, reason = "not every test uses everything")]

use deployment::{Ecu, Limits, PartitionFile, Reaction, System};
use exporter::{About, Component, EPOCH, MadeBy, Partition, Product};
use sha2::{Digest, Sha256};

pub(crate) fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// A component with one task and one import, with its deployment.
pub(crate) fn component(ecu: &str, name: &str) -> Vec<u8> {
    let mut bytes = wat::parse_str(
        r#"(component
            (import "wireloom:ecu/clock@0.1.0" (instance (export "now" (func (result u64)))))
            (core module $m (func (export "step")))
            (core instance $i (instantiate $m))
            (func $step (canon lift (core func $i "step")))
            (export "fan-step" (func $step)))"#,
    )
    .unwrap();
    let partition = deployment::Partition {
        format: deployment::FORMAT,
        ecu: ecu.to_owned(),
        name: name.to_owned(),
        instances: vec!["fan".to_owned()],
        runnables: Vec::new(),
        tasks: Vec::new(),
        elements: Vec::new(),
        pdus: Vec::new(),
        probes: Vec::new(),
        limits: Limits {
            memory_bytes: 1 << 20,
            fuel: 1_000_000,
        },
        on_trap: Reaction::Restart,
    };
    let section = wasm_encoder::CustomSection {
        name: deployment::SECTION.into(),
        data: partition.to_bytes().into(),
    };
    wasm_encoder::ComponentSection::append_to_component(&section, &mut bytes);
    bytes
}

pub(crate) fn partition(ecu: &str, name: &str, bytes: Vec<u8>) -> Partition {
    Partition {
        ecu: ecu.to_owned(),
        name: name.to_owned(),
        file_name: format!("{ecu}-{name}.wasm"),
        bytes,
        wit: "package root:component;\n\nworld root {\n  export fan-step: func();\n}\n".to_owned(),
        components: vec![Component {
            name: "fan".to_owned(),
            instances: vec!["fan".to_owned()],
            sha256: sha256(b"fan"),
            size_bytes: 3,
            licenses: Some("MIT".to_owned()),
            producers: vec![("language".to_owned(), "C11".to_owned(), String::new())],
        }],
    }
}

/// A product of these partitions, with a system that agrees.
pub(crate) fn product(partitions: Vec<Partition>) -> Product {
    let mut ecus: Vec<Ecu> = Vec::new();
    for partition in &partitions {
        let file = PartitionFile {
            name: partition.name.clone(),
            file: partition.file_name.clone(),
            sha256: sha256(&partition.bytes),
        };
        match ecus.iter_mut().find(|ecu| ecu.name == partition.ecu) {
            Some(ecu) => ecu.partitions.push(file),
            None => ecus.push(Ecu {
                name: partition.ecu.clone(),
                fuel_ps: 1000,
                activation_ns: 500,
                partitions: vec![file],
            }),
        }
    }
    Product {
        system: System {
            format: deployment::FORMAT,
            name: "thermal".to_owned(),
            ecus,
            buses: Vec::new(),
            routes: Vec::new(),
            blocks: Vec::new(),
        },
        partitions,
        about: About {
            version: semver::Version::new(1, 2, 3),
            description: Some("Cools the cabin".to_owned()),
            authors: None,
            licenses: Some("Apache-2.0 OR MIT".to_owned()),
            source: None,
            url: None,
        },
        made_by: MadeBy {
            wireloom: "0.1.0".to_owned(),
            wasmtime: "48.0.8".to_owned(),
        },
        project_sha256: sha256(b"project"),
        created: EPOCH.to_owned(),
    }
}

pub(crate) fn two() -> Product {
    product(vec![
        partition("climate", "main", component("climate", "main")),
        partition("cockpit", "main", component("cockpit", "main")),
    ])
}

pub(crate) fn one() -> Product {
    product(vec![partition(
        "climate",
        "main",
        component("climate", "main"),
    )])
}

/// A firmware as `scripts/build-firmware` would make it, without a program in it: two slots of
/// 256 KiB in the flash of the board, and so much RAM for payloads.
pub(crate) fn firmware(board: &str, ram_bytes: u32) -> Vec<u8> {
    firmware_with(board, |info| info.ram_bytes = ram_bytes)
}

pub(crate) fn firmware_with(
    board: &str,
    change: impl FnOnce(&mut payload::FirmwareInfo),
) -> Vec<u8> {
    use ecu_host::microcontroller::{CONFIG_SHA256, WASMTIME_VERSION, WORLD_SHA256};
    use exporter::image::{Image, Segment};
    let flash = exporter::boards::board(board)
        .unwrap()
        .flash
        .unwrap()
        .address;
    let slot = |number: u32| payload::Region {
        address: flash + 0x4_0000 * number,
        bytes: 0x4_0000,
    };
    let mut info = payload::FirmwareInfo {
        engine: payload::EngineVersion::parse(WASMTIME_VERSION).unwrap(),
        board: payload::Label::new(board).unwrap(),
        config: payload::Hash(CONFIG_SHA256),
        world: payload::Hash(WORLD_SHA256),
        ram_bytes: 200_000,
        slots: [slot(1), slot(2)],
        state: payload::Region::default(),
        key: payload::PublicKey::DEVELOPMENT,
    };
    change(&mut info);
    let segment = |name: &str, virtual_address, address, bytes: &[u8], flags| Segment {
        name: name.to_owned(),
        virtual_address,
        address,
        bytes: bytes.to_vec(),
        memory_bytes: bytes.len() as u32,
        flags,
    };
    let ram = 0x2000_0000;
    let info_at = flash + 1_000;
    let mut segments = vec![
        segment(".text", flash, flash, &[0x5a; 1_000], 5),
        segment(
            payload::FIRMWARE_SECTION,
            info_at,
            info_at,
            &info.to_bytes(),
            4,
        ),
        segment(".data", ram, flash + 2_000, &[1, 2, 3, 4, 5], 6),
        segment(".bss", ram + 16, ram + 16, &[], 6),
    ];
    segments[3].memory_bytes = 400;
    exporter::image::elf(&Image {
        entry: flash + 1,
        flags: 0x0500_0400,
        segments,
    })
}

//! From a product to images: what is in them, that a device takes them, and what is refused.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panics"
)]

mod common;

use common::{component, firmware, one, sha256, two};
use exporter::{
    Files, Product, boards, lower,
    microcontroller::{self, Input, MicrocontrollerError, export, image},
};
use payload::{Device, FirmwareInfo, PublicKey, SigningKey, verify};
use serde_json::Value;

const BOARD: &str = "qemu-mps2-an386";

fn made(product: &Product, ecu: &str, ram_bytes: u32, key: &SigningKey) -> Result<Files, String> {
    let board = boards::board(BOARD).unwrap();
    let firmware = firmware(BOARD, ram_bytes);
    let input = Input {
        product,
        ecu,
        board: &board,
        firmware: &firmware,
        key,
        counter: 7,
    };
    let image = image(&input).map_err(|error| error.to_string())?;
    export(product, vec![image]).map_err(|error| error.to_string())
}

fn device(key: PublicKey) -> Device {
    use ecu_host::microcontroller::{CONFIG_SHA256, WORLD_SHA256};
    Device {
        board: payload::Label::new(BOARD).unwrap(),
        engine: payload::EngineVersion([48, 0, 8]),
        config: payload::Hash(CONFIG_SHA256),
        world: payload::Hash(WORLD_SHA256),
        ram_bytes: 200_000,
        key,
    }
}

#[test]
fn a_device_takes_the_payload_and_finds_the_deployment() {
    let product = one();
    let key = SigningKey::from_seed([9; 32]).unwrap();
    let files = made(&product, "climate", 200_000, &key).unwrap();
    let payload = &files["climate.payload"];
    let verified = verify(payload, &device(key.public()), 7).unwrap();
    assert_eq!(verified.system().unwrap().ecus[0].name, "climate");
    let partition = verified.partitions().next().unwrap();
    assert_eq!(partition.table().unwrap().name, "main");
    let lowered = lower::lower(&product.partitions[0].bytes).unwrap();
    let code = exporter::compile::compile("x", &lowered.bytes).unwrap();
    assert_eq!(partition.code, code);
    assert!(verify(payload, &device(PublicKey::DEVELOPMENT), 7).is_err());
    let info = FirmwareInfo::read(&files["climate.bin"][1_000..]).unwrap();
    assert_eq!(info.key, key.public());
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let key = SigningKey::development();
    let first = made(&two(), "climate", 200_000, &key).unwrap();
    assert_eq!(made(&two(), "climate", 200_000, &key).unwrap(), first);
}

#[test]
fn the_manifest_says_what_is_in_the_image() {
    let files = made(&one(), "climate", 200_000, &SigningKey::development()).unwrap();
    let manifest: Value = serde_json::from_slice(&files["manifest.json"]).unwrap();
    let image = &manifest["images"][0];
    assert_eq!(image["ecu"], "climate");
    assert_eq!(image["board"], BOARD);
    assert_eq!(image["execution"], "pulley32");
    assert_eq!(image["wasmtime"], "48.0.8");
    assert_eq!(image["counter"], 7);
    assert_eq!(image["partitions"][0]["name"], "main");
    assert_eq!(image["partitions"][0]["memory_bytes"], 0);
    assert!(image["partitions"][0]["code_bytes"].as_u64().unwrap() > 100);
    assert_eq!(image["payload_bytes"], files["climate.payload"].len());
    assert_eq!(image["firmware_sha256"], sha256(&firmware(BOARD, 200_000)));
    let mark = image["key"]["development"].as_str().unwrap();
    assert!(mark.starts_with("DEVELOPMENT KEY"), "{mark}");
    let listed = manifest["files"].as_array().unwrap();
    for name in [
        "climate.elf",
        "climate.hex",
        "climate.bin",
        "climate.payload",
        "climate-main.wasm",
    ] {
        let entry = listed.iter().find(|entry| entry["path"] == name).unwrap();
        assert_eq!(entry["sha256"], sha256(&files[name]), "{name}");
    }
    let own = SigningKey::from_seed([9; 32]).unwrap();
    let files = made(&one(), "climate", 200_000, &own).unwrap();
    let manifest: Value = serde_json::from_slice(&files["manifest.json"]).unwrap();
    assert!(manifest["images"][0]["key"].get("development").is_none());
}

#[test]
fn too_little_ram_is_told_before_the_device_does() {
    let error = made(&one(), "climate", 2_000, &SigningKey::development()).unwrap_err();
    assert!(error.starts_with("the payload needs "), "{error}");
    assert!(
        error.contains("board `qemu-mps2-an386` leaves 2000;"),
        "{error}"
    );
}

#[test]
fn an_ecu_that_is_not_there_is_refused() {
    let error = made(&one(), "engine", 200_000, &SigningKey::development()).unwrap_err();
    assert_eq!(
        error,
        "the system has no ECU `engine`; choose one of `climate`"
    );
}

#[test]
fn a_board_that_runs_no_such_images_is_refused() {
    let board = boards::board("linux-x86_64").unwrap();
    let product = one();
    let input = Input {
        product: &product,
        ecu: "climate",
        board: &board,
        firmware: b"",
        key: &SigningKey::development(),
        counter: 0,
    };
    let error = image(&input).unwrap_err();
    assert!(matches!(error, MicrocontrollerError::NotPulley { .. }));
}

#[test]
fn a_value_that_leaves_the_ecu_without_a_bus_is_refused() {
    let mut product = two();
    let end = |ecu: &str| deployment::RouteEnd {
        ecu: ecu.to_owned(),
        partition: "main".to_owned(),
        element: 0,
    };
    let (from, to) = (end("climate"), end("cockpit"));
    product.system.routes.push(deployment::Route { from, to });
    let error = made(&product, "climate", 200_000, &SigningKey::development()).unwrap_err();
    assert!(
        error.contains("joins ECU `climate` to ECU `cockpit` without a bus"),
        "{error}"
    );
}

/// Files of images and portable parts stand beside each other.
#[test]
fn two_ecus_give_two_images_in_one_export() {
    let product = two();
    let board = boards::board(BOARD).unwrap();
    let firmware = firmware(BOARD, 200_000);
    let key = SigningKey::development();
    let images = product.system.ecus.iter().map(|ecu| {
        let input = Input {
            product: &product,
            ecu: &ecu.name,
            board: &board,
            firmware: &firmware,
            key: &key,
            counter: 0,
        };
        microcontroller::image(&input).unwrap()
    });
    let files = export(&product, images.collect()).unwrap();
    let images = files.keys().filter(|name| name.ends_with(".elf")).count();
    assert_eq!(images, product.system.ecus.len());
    assert!(component("climate", "main").len() > 8);
}

/// As docs/images.md shows it.
#[test]
fn openssl_verifies_the_signature_of_a_payload() {
    let key = SigningKey::from_seed([9; 32]).unwrap();
    let files = made(&one(), "climate", 200_000, &key).unwrap();
    let (payload, public) = (&files["climate.payload"], &files["climate.public-key.pem"]);
    let verified = |signed: &[u8]| {
        let folder = tempfile::tempdir().unwrap();
        let place = |name: &str, content: &[u8]| {
            let path = folder.path().join(name);
            std::fs::write(&path, content).unwrap();
            path
        };
        let status = std::process::Command::new("openssl")
            .args(["pkeyutl", "-verify", "-pubin", "-rawin", "-inkey"])
            .arg(place("key", public))
            .arg("-in")
            .arg(place("signed", signed))
            .arg("-sigfile")
            .arg(place("signature", &payload[192..256]))
            .output();
        status.unwrap().status.success()
    };
    assert!(verified(&payload[..192]));
    let mut changed = payload[..192].to_vec();
    changed[112] ^= 1;
    assert!(!verified(&changed));
    let body = &payload[256..payload.len() - 8];
    assert_eq!(payload::Blake3::of(body).0, payload[132..164]);
}

//! Images: what was put in is what comes out, in every form and for every reader.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panics"
)]

mod common;

use common::{firmware, firmware_with};
use exporter::{
    boards::{self, Board},
    image::{Firmware, Image, ImageError, bin, elf, hex, read},
};
use payload::{Device, FirmwareInfo, PublicKey, SigningKey};
use std::{path::Path, process::Command};

const BOARD: &str = "stm32f469-disco";
const FLASH: u32 = 0x0800_0000;

fn board() -> Board {
    boards::board(BOARD).unwrap()
}

fn key() -> PublicKey {
    SigningKey::from_seed([9; 32]).unwrap().public()
}

fn payload() -> Vec<u8> {
    (0..3_333_u32).map(|number| (number % 251) as u8).collect()
}

fn image() -> Image {
    let firmware = Firmware::read(&board(), &firmware(BOARD, 1)).unwrap();
    firmware.link(&payload(), &key()).unwrap()
}

#[test]
fn the_payload_lies_in_slot_a_and_the_firmware_trusts_the_key() {
    let image = image();
    let linked = image.segments.last().unwrap();
    assert_eq!(linked.address, FLASH + 0x4_0000);
    assert_eq!(linked.bytes, payload());
    let info = &image.segments[1].bytes;
    assert_eq!(FirmwareInfo::read(info).unwrap().key, key());
    let without = Firmware::read(&board(), &firmware(BOARD, 1)).unwrap();
    assert!(without.info.key.is_development());
}

#[test]
fn an_elf_file_says_what_the_image_says() {
    let image = image();
    let again = read(BOARD, &elf(&image)).unwrap();
    assert_eq!((again.entry, again.flags), (image.entry, image.flags));
    let plain = |image: &Image| -> Vec<_> {
        let segments = image.segments.iter();
        segments
            .map(|segment| {
                let (at, load) = (segment.virtual_address, segment.address);
                (
                    at,
                    load,
                    segment.bytes.clone(),
                    segment.memory_bytes,
                    segment.flags,
                )
            })
            .collect()
    };
    assert_eq!(plain(&again), plain(&image));
}

/// GNU objcopy makes the same flat file of our ELF file and of our HEX file as we do.
#[test]
fn gnu_objcopy_reads_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let image = image();
    let (start, flat) = bin(&image).unwrap();
    assert_eq!(start, FLASH);
    for (name, content, format) in [
        ("image.elf", elf(&image), "elf32-littlearm"),
        ("image.hex", hex(&image).into_bytes(), "ihex"),
    ] {
        let file = folder.path().join(name);
        std::fs::write(&file, content).unwrap();
        assert_eq!(objcopy(&file, format), flat, "{name}");
    }
}

fn objcopy(file: &Path, format: &str) -> Vec<u8> {
    let flat = file.with_extension("flat");
    let done = Command::new("arm-none-eabi-objcopy")
        .args(["--gap-fill", "0xff", "-I", format, "-O", "binary"])
        .args([file, &flat])
        .output()
        .unwrap_or_else(|error| panic!("arm-none-eabi-objcopy (binutils-arm-none-eabi): {error}"));
    assert!(
        done.status.success(),
        "{}",
        String::from_utf8_lossy(&done.stderr)
    );
    std::fs::read(flat).unwrap()
}

#[test]
fn hex_has_a_start_address_and_an_end() {
    let text = hex(&image());
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], ":020000040800F2");
    assert_eq!(lines[lines.len() - 2], ":0400000508000001EE");
    assert_eq!(lines[lines.len() - 1], ":00000001FF");
    assert!(lines.iter().all(|line| line.len() <= 11 + 32));
}

#[test]
fn a_firmware_of_something_else_is_refused() {
    type Change = fn(&mut FirmwareInfo);
    let cases: [(Change, &str); 5] = [
        (
            |info| info.board = payload::Label::new("arduino-due").unwrap(),
            "is one for `arduino-due`",
        ),
        (
            |info| info.engine = payload::EngineVersion([1, 2, 3]),
            "another version of wasmtime",
        ),
        (
            |info| info.config = payload::Hash([1; 32]),
            "another engine configuration",
        ),
        (
            |info| info.world = payload::Hash([1; 32]),
            "another set of interfaces",
        ),
        (
            |info| info.slots[1].address = 0x2000_0000,
            "slot at 0x20000000, which is not in the board's flash",
        ),
    ];
    for (change, expected) in cases {
        let error = Firmware::read(&board(), &firmware_with(BOARD, change)).unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
    }
}

#[test]
fn what_is_no_firmware_is_refused() {
    let mut foreign = firmware(BOARD, 1);
    foreign[18] = 62; // x86-64
    for file in [&b""[..], b"\x7fELF", &foreign, &firmware(BOARD, 1)[..900]] {
        let error = Firmware::read(&board(), file).unwrap_err();
        assert!(matches!(error, ImageError::Unreadable { .. }), "{error}");
    }
    let without = Image {
        entry: 1,
        flags: 0,
        segments: Vec::new(),
    };
    let error = Firmware::read(&board(), &elf(&without)).unwrap_err();
    assert!(matches!(error, ImageError::NoInfo { .. }), "{error}");
}

#[test]
fn a_payload_that_does_not_fit_its_slot_is_refused() {
    let firmware = Firmware::read(&board(), &firmware(BOARD, 1)).unwrap();
    assert!(firmware.link(&vec![0; 0x4_0000], &key()).is_ok());
    let error = firmware.link(&vec![0; 0x4_0001], &key()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the payload has 262145 bytes, a slot of board `stm32f469-disco` has 262144; \
         remove components, or choose a larger board"
    );
}

#[test]
fn a_payload_never_overwrites_the_firmware() {
    let inside = firmware_with(BOARD, |info| info.slots[0].address = FLASH + 500);
    let firmware = Firmware::read(&board(), &inside).unwrap();
    let error = firmware.link(&payload(), &key()).unwrap_err();
    assert!(matches!(error, ImageError::Overlap { .. }), "{error}");
}

/// The device finds in the image what the exporter wrote.
#[test]
fn the_flat_file_is_what_the_device_reads() {
    let (start, flat) = bin(&image()).unwrap();
    let offset = (FLASH + 0x4_0000 - start) as usize;
    assert_eq!(flat[offset..], payload());
    let device = Device {
        board: payload::Label::new(BOARD).unwrap(),
        engine: payload::EngineVersion([48, 0, 8]),
        config: payload::Hash([0; 32]),
        world: payload::Hash([0; 32]),
        ram_bytes: 0,
        key: key(),
    };
    let refusal = payload::verify(&flat[offset..], &device, 0).unwrap_err();
    assert!(matches!(refusal, payload::Refusal::NotAPayload { .. }));
}

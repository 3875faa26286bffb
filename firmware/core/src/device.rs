//! What this firmware says of itself, and what it trusts: a block in its flash that the exporter
//! reads, and writes the user's key into.
#![allow(unsafe_code, reason = "the slots are flash at fixed addresses")]

use ecu_host::microcontroller::{CONFIG_SHA256, WASMTIME_VERSION, WORLD_SHA256};
use payload::{Device, EngineVersion, FirmwareInfo, Hash, Label, PublicKey};

use crate::{Layout, Region};

/// For a `static` in [`payload::FIRMWARE_SECTION`]; trusts the development key until the exporter
/// writes another one.
pub const fn firmware_info(board: &str, layout: &Layout) -> [u8; FirmwareInfo::BYTES] {
    let (Some(board), Some(engine)) = (Label::new(board), EngineVersion::parse(WASMTIME_VERSION))
    else {
        panic!("a board's id has at most 32 letters: this is a bug");
    };
    let [a, b] = layout.slots;
    FirmwareInfo {
        engine,
        board,
        config: Hash(CONFIG_SHA256),
        world: Hash(WORLD_SHA256),
        ram_bytes: layout.heap_bytes,
        slots: [region(a), region(b)],
        state: region(layout.state),
        key: PublicKey::DEVELOPMENT,
    }
    .to_bytes()
}

const fn region(region: Region) -> payload::Region {
    payload::Region {
        address: region.address,
        bytes: region.bytes,
    }
}

/// Reads the block as it stands in flash now.
pub(crate) fn read_info(block: &'static [u8; FirmwareInfo::BYTES]) -> Option<FirmwareInfo> {
    let mut bytes = [0; FirmwareInfo::BYTES];
    for (copy, byte) in bytes.iter_mut().zip(block) {
        // SAFETY: a reference is readable. Volatile, since the exporter changes it after the build.
        *copy = unsafe { core::ptr::from_ref(byte).read_volatile() };
    }
    FirmwareInfo::read(&bytes)
}

/// What a payload is held against.
pub(crate) fn device(info: &FirmwareInfo) -> Device {
    Device {
        board: info.board,
        engine: info.engine,
        config: info.config,
        world: info.world,
        ram_bytes: info.ram_bytes,
        key: info.key,
    }
}

/// The bytes of a region of flash.
pub(crate) fn flash(region: Region) -> &'static [u8] {
    if region.bytes == 0 {
        return &[];
    }
    // SAFETY: a board's memory map names flash that is there and that nobody writes while the
    // firmware runs, but for the state, which is read once before it is written.
    unsafe { core::slice::from_raw_parts(region.address as *const u8, region.bytes as usize) }
}

/// The words at the start of RAM that whoever starts the device has left.
pub(crate) fn boot_mode(ram: Region) -> u32 {
    let word = ram.address as *mut u32;
    // SAFETY: the linker script leaves these bytes out of everything else. The word counts for one
    // boot.
    unsafe {
        let mode = word.read_volatile();
        word.write_volatile(0);
        mode
    }
}

//! Why an image cannot be made, and what to do.

use crate::boards::Board;
use ecu_host::microcontroller::{CONFIG_SHA256, WASMTIME_VERSION, WORLD_SHA256};
use payload::FirmwareInfo;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImageError {
    #[error(
        "the firmware of board `{board}` is not readable: {reason}; run `scripts/build-firmware`"
    )]
    Unreadable { board: String, reason: String },
    #[error(
        "the firmware of board `{board}` does not say what it is (section `{}`); run `scripts/build-firmware`",
        payload::FIRMWARE_SECTION
    )]
    NoInfo { board: String },
    #[error("the firmware of board `{board}` is one for `{found}`; run `scripts/build-firmware`")]
    OtherBoard { board: String, found: String },
    #[error(
        "the firmware of board `{board}` has another {what} than this program; run `scripts/build-firmware`, or take both from one release"
    )]
    OtherBuild { board: String, what: &'static str },
    #[error(
        "the firmware of board `{board}` has a slot at {address:#010x}, which is not in the board's flash; correct the board's file or the firmware"
    )]
    Slot { board: String, address: u32 },
    #[error(
        "the payload has {payload_bytes} bytes, a slot of board `{board}` has {slot_bytes}; remove components, or choose a larger board"
    )]
    TooLarge {
        board: String,
        payload_bytes: u64,
        slot_bytes: u32,
    },
    #[error(
        "the payload needs {needed_bytes} bytes of RAM, board `{board}` leaves {device_bytes}; remove components, or choose a larger board"
    )]
    Ram {
        board: String,
        needed_bytes: u64,
        device_bytes: u32,
    },
    #[error(
        "the firmware of board `{board}` and the payload both lie at {address:#010x}; run `scripts/build-firmware`"
    )]
    Overlap { board: String, address: u32 },
    #[error(
        "the image spans {span_bytes} bytes, too much for a flat file; use the ELF or HEX file"
    )]
    Span { span_bytes: u64 },
}

/// The firmware is the board's, and of this build.
pub(super) fn check(board: &Board, info: &FirmwareInfo) -> Result<(), ImageError> {
    let name = || board.id.clone();
    if info.board.as_str() != board.id {
        return Err(ImageError::OtherBoard {
            board: name(),
            found: info.board.to_string(),
        });
    }
    let what = if info.engine.to_string() != WASMTIME_VERSION {
        Some("version of wasmtime")
    } else if info.config.0 != CONFIG_SHA256 {
        Some("engine configuration")
    } else if info.world.0 != WORLD_SHA256 {
        Some("set of interfaces")
    } else {
        None
    };
    if let Some(what) = what {
        return Err(ImageError::OtherBuild {
            board: name(),
            what,
        });
    }
    let inside = |slot: &&payload::Region| {
        let flash = board.flash;
        slot.bytes == 0 || flash.is_some_and(|flash| flash.contains(slot.address, slot.bytes))
    };
    match info.slots.iter().find(|slot| !inside(slot)) {
        None => Ok(()),
        Some(slot) => Err(ImageError::Slot {
            board: name(),
            address: slot.address,
        }),
    }
}

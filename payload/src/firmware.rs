//! What a prebuilt firmware says of itself in a section of its ELF file: the exporter holds a
//! payload against it, knows from it where the slots are, and writes the user's key into it.
//! Knows nothing of ELF.

use crate::{
    EngineVersion, Hash, Label, PublicKey,
    bytes::{array, put, u16_at, u32_at},
};

/// Name of the section; it is loaded, and holds one [`FirmwareInfo`].
pub const FIRMWARE_SECTION: &str = ".wireloom.firmware";

const MAGIC: [u8; 8] = *b"WLFIRMWR";
const FORMAT: u16 = 1;

/// Places of the fields.
mod at {
    pub(super) const FORMAT: usize = 8;
    pub(super) const ENGINE: usize = 10;
    pub(super) const BOARD: usize = 16;
    pub(super) const CONFIG: usize = 48;
    pub(super) const WORLD: usize = 80;
    pub(super) const RAM: usize = 112;
    pub(super) const SLOTS: usize = 116;
    pub(super) const STATE: usize = 132;
    pub(super) const KEY: usize = 140;
}

/// Part of the address space.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Region {
    pub address: u32,
    /// 0: there is none.
    pub bytes: u32,
}

/// A firmware, in [`FirmwareInfo::BYTES`] bytes:
///
/// | offset | bytes | field |
/// | --- | --- | --- |
/// | 0 | 8 | magic `WLFIRMWR` |
/// | 8 | 2 | format version |
/// | 10 | 6 | version of wasmtime: three numbers |
/// | 16 | 32 | board class, ASCII |
/// | 48 | 32 | hash of the engine's configuration |
/// | 80 | 32 | hash of the WIT world |
/// | 112 | 4 | RAM that a payload may need, in bytes |
/// | 116 | 16 | slots A and B: address, bytes |
/// | 132 | 8 | region of the state log: address, bytes |
/// | 140 | 32 | the ed25519 public key that it trusts |
/// | 172 | 20 | zero |
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FirmwareInfo {
    pub engine: EngineVersion,
    pub board: Label,
    pub config: Hash,
    pub world: Hash,
    pub ram_bytes: u32,
    pub slots: [Region; 2],
    pub state: Region,
    pub key: PublicKey,
}

impl FirmwareInfo {
    /// Length of [`FirmwareInfo::to_bytes`].
    pub const BYTES: usize = 192;
    /// Where the trusted key stands in it.
    pub const KEY_AT: usize = at::KEY;

    /// For a `static` in [`FIRMWARE_SECTION`]. The firmware reads the key from there by volatile
    /// reads, since the exporter changes it after the build.
    pub const fn to_bytes(&self) -> [u8; FirmwareInfo::BYTES] {
        let mut bytes = [0; FirmwareInfo::BYTES];
        let [major, minor, patch] = self.engine.0;
        let [a, b] = self.slots;
        put(&mut bytes, 0, &MAGIC);
        put(&mut bytes, at::FORMAT, &FORMAT.to_le_bytes());
        put(&mut bytes, at::ENGINE, &major.to_le_bytes());
        put(&mut bytes, at::ENGINE + 2, &minor.to_le_bytes());
        put(&mut bytes, at::ENGINE + 4, &patch.to_le_bytes());
        put(&mut bytes, at::BOARD, self.board.bytes());
        put(&mut bytes, at::CONFIG, &self.config.0);
        put(&mut bytes, at::WORLD, &self.world.0);
        put(&mut bytes, at::RAM, &self.ram_bytes.to_le_bytes());
        put_region(&mut bytes, at::SLOTS, a);
        put_region(&mut bytes, at::SLOTS + 8, b);
        put_region(&mut bytes, at::STATE, self.state);
        put(&mut bytes, at::KEY, self.key.bytes());
        bytes
    }

    /// Reads [`FirmwareInfo::to_bytes`]; none for anything else.
    pub fn read(bytes: &[u8]) -> Option<FirmwareInfo> {
        if !bytes.starts_with(&MAGIC) || u16_at(bytes, at::FORMAT)? != FORMAT {
            return None;
        }
        Some(FirmwareInfo {
            engine: EngineVersion([
                u16_at(bytes, at::ENGINE)?,
                u16_at(bytes, at::ENGINE + 2)?,
                u16_at(bytes, at::ENGINE + 4)?,
            ]),
            board: Label::from_bytes(array(bytes, at::BOARD)?),
            config: Hash(array(bytes, at::CONFIG)?),
            world: Hash(array(bytes, at::WORLD)?),
            ram_bytes: u32_at(bytes, at::RAM)?,
            slots: [region(bytes, at::SLOTS)?, region(bytes, at::SLOTS + 8)?],
            state: region(bytes, at::STATE)?,
            key: PublicKey::new(array(bytes, at::KEY)?),
        })
    }
}

const fn put_region(bytes: &mut [u8], at: usize, region: Region) {
    put(bytes, at, &region.address.to_le_bytes());
    put(bytes, at + 4, &region.bytes.to_le_bytes());
}

fn region(bytes: &[u8], at: usize) -> Option<Region> {
    Some(Region {
        address: u32_at(bytes, at)?,
        bytes: u32_at(bytes, at + 4)?,
    })
}

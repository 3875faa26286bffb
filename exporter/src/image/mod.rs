//! Images: a prebuilt firmware and a payload in one file, in the forms that flashing tools take.
//! No compiler and no linker is needed: the firmware says where its slots are. Knows nothing of
//! what a payload holds.

mod bin;
mod elf;
mod error;
mod hex;

pub use bin::bin;
pub use elf::{elf, read};
pub use error::ImageError;
pub use hex::hex;

use crate::boards::Board;
use payload::{FirmwareInfo, PublicKey};

/// What lies where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    /// Where the core begins, as the ELF file says it.
    pub entry: u32,
    /// `e_flags` of the ELF file: what the code asks of the core.
    pub flags: u32,
    /// In the order of the firmware's file; what was linked in is last.
    pub segments: Vec<Segment>,
}

/// One loaded part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    pub name: String,
    /// Where the program sees it.
    pub virtual_address: u32,
    /// Where it is written to.
    pub address: u32,
    pub bytes: Vec<u8>,
    /// At run time; what is behind `bytes` is zero.
    pub memory_bytes: u32,
    /// `p_flags`: 1 executable, 2 writable, 4 readable.
    pub flags: u32,
}

/// A firmware that was held against its board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Firmware {
    pub info: FirmwareInfo,
    image: Image,
    /// Where the trusted key stands.
    key_address: u32,
}

impl Firmware {
    /// Reads a firmware's ELF file and checks that it is the board's, and of this build.
    pub fn read(board: &Board, file: &[u8]) -> Result<Firmware, ImageError> {
        let (image, info_address) = elf::read_firmware(&board.id, file)?;
        let no_info = || ImageError::NoInfo {
            board: board.id.clone(),
        };
        let bytes = image.loaded(info_address, FirmwareInfo::BYTES as u32);
        let info = bytes.and_then(FirmwareInfo::read).ok_or_else(no_info)?;
        error::check(board, &info)?;
        Ok(Firmware {
            info,
            image,
            key_address: info_address + FirmwareInfo::KEY_AT as u32,
        })
    }

    /// Bytes of flash that the firmware itself takes.
    pub fn written_bytes(&self) -> u64 {
        let written = self.image.written();
        written
            .iter()
            .map(|segment| segment.bytes.len() as u64)
            .sum()
    }

    /// Bytes of RAM that the firmware takes at rest: what is written to, without heap and stack.
    pub fn static_ram_bytes(&self) -> u64 {
        let segments = self.image.segments.iter();
        let written = segments.filter(|segment| segment.flags & object::elf::PF_W != 0);
        written.map(|segment| u64::from(segment.memory_bytes)).sum()
    }

    /// The firmware with a payload in slot A, trusting `key`.
    pub fn link(&self, payload: &[u8], key: &PublicKey) -> Result<Image, ImageError> {
        let [slot, _] = self.info.slots;
        let too_large = ImageError::TooLarge {
            board: self.info.board.to_string(),
            payload_bytes: payload.len() as u64,
            slot_bytes: slot.bytes,
        };
        let payload_bytes = u32::try_from(payload.len()).map_err(|_| too_large.clone())?;
        if payload_bytes > slot.bytes {
            return Err(too_large);
        }
        let mut image = self.image.clone();
        image.overwrite(self.key_address, key.bytes());
        image.segments.push(Segment {
            name: ".wireloom.payload".to_owned(),
            virtual_address: slot.address,
            address: slot.address,
            bytes: payload.to_vec(),
            memory_bytes: payload_bytes,
            flags: object::elf::PF_R,
        });
        match image.overlap() {
            None => Ok(image),
            Some(address) => Err(ImageError::Overlap {
                board: self.info.board.to_string(),
                address,
            }),
        }
    }
}

impl Image {
    /// Bytes that the program finds at an address.
    fn loaded(&self, virtual_address: u32, bytes: u32) -> Option<&[u8]> {
        self.segments.iter().find_map(|segment| {
            let offset = virtual_address.checked_sub(segment.virtual_address)? as usize;
            segment
                .bytes
                .get(offset..offset.checked_add(bytes as usize)?)
        })
    }

    fn overwrite(&mut self, virtual_address: u32, bytes: &[u8]) {
        for segment in &mut self.segments {
            let Some(offset) = virtual_address.checked_sub(segment.virtual_address) else {
                continue;
            };
            let place = segment.bytes.get_mut(offset as usize..);
            if let Some(place) = place.and_then(|place| place.get_mut(..bytes.len())) {
                place.copy_from_slice(bytes);
            }
        }
    }

    /// What is written to the device, by address.
    pub(crate) fn written(&self) -> Vec<&Segment> {
        let mut written: Vec<&Segment> = self.segments.iter().collect();
        written.retain(|segment| !segment.bytes.is_empty());
        written.sort_by_key(|segment| segment.address);
        written
    }

    /// An address that two segments would be written to.
    fn overlap(&self) -> Option<u32> {
        let written = self.written();
        let pairs = written.iter().zip(written.iter().skip(1));
        let mut later = pairs.filter(|(first, second)| {
            u64::from(first.address) + first.bytes.len() as u64 > u64::from(second.address)
        });
        later.next().map(|(_, second)| second.address)
    }
}

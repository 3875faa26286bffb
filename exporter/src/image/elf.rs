//! ELF for 32-bit Arm, little-endian: reads a firmware's program headers, writes an image with one
//! section a segment. Knows nothing of payloads.

use super::{Image, ImageError, Segment};
use object::{
    Endianness,
    elf::{
        ELFOSABI_NONE, EM_ARM, ET_EXEC, FileHeader32, PF_W, PF_X, PT_LOAD, SHF_ALLOC,
        SHF_EXECINSTR, SHF_WRITE, SHT_NOBITS, SHT_PROGBITS,
    },
    read::elf::{FileHeader, ProgramHeader, SectionHeader},
    write::{StringId, elf as write},
};

const ALIGN_BYTES: usize = 16;

/// Reads the loaded segments of an ELF file; the board's id is for messages.
pub fn read(board: &str, file: &[u8]) -> Result<Image, ImageError> {
    segments(file).map_err(|reason| ImageError::Unreadable {
        board: board.to_owned(),
        reason,
    })
}

/// The image, and the address of the section in which a firmware says what it is.
pub(super) fn read_firmware(board: &str, file: &[u8]) -> Result<(Image, u32), ImageError> {
    let image = read(board, file)?;
    match info_address(file) {
        Some(address) => Ok((image, address)),
        None => Err(ImageError::NoInfo {
            board: board.to_owned(),
        }),
    }
}

fn header(file: &[u8]) -> Result<(&FileHeader32<Endianness>, Endianness), String> {
    let header = FileHeader32::<Endianness>::parse(file).map_err(|error| error.to_string())?;
    let endian = header.endian().map_err(|error| error.to_string())?;
    match header.e_machine(endian) {
        EM_ARM => Ok((header, endian)),
        other => Err(format!("machine {other} instead of Arm")),
    }
}

fn segments(file: &[u8]) -> Result<Image, String> {
    let (header, endian) = header(file)?;
    let headers = header.program_headers(endian, file);
    let loads = headers.map_err(|error| error.to_string())?.iter();
    let loads = loads.filter(|load| load.p_type(endian) == PT_LOAD && load.p_memsz(endian) != 0);
    let mut segments = Vec::new();
    for (position, load) in loads.enumerate() {
        let bytes = load.data(endian, file);
        segments.push(Segment {
            name: format!(".firmware.{position}"),
            virtual_address: load.p_vaddr(endian),
            address: load.p_paddr(endian),
            bytes: bytes
                .map_err(|()| "a segment lies behind the file's end")?
                .to_vec(),
            memory_bytes: load.p_memsz(endian),
            flags: load.p_flags(endian),
        });
    }
    Ok(Image {
        entry: header.e_entry(endian),
        flags: header.e_flags(endian),
        segments,
    })
}

fn info_address(file: &[u8]) -> Option<u32> {
    let (header, endian) = header(file).ok()?;
    let sections = header.sections(endian, file).ok()?;
    let (_, section) = sections.section_by_name(endian, payload::FIRMWARE_SECTION.as_bytes())?;
    Some(section.sh_addr(endian))
}

/// An ELF file of the image.
pub fn elf(image: &Image) -> Vec<u8> {
    let mut file = Vec::new();
    let mut writer = write::Writer::new(Endianness::Little, false, &mut file);
    let names: Vec<StringId> = image
        .segments
        .iter()
        .map(|segment| writer.add_section_name(segment.name.as_bytes()))
        .collect();
    writer.reserve_file_header();
    writer.reserve_program_headers(image.segments.len() as u32);
    let offsets: Vec<usize> = image
        .segments
        .iter()
        .map(|segment| writer.reserve(segment.bytes.len(), ALIGN_BYTES))
        .collect();
    writer.reserve_null_section_index();
    for _ in &image.segments {
        writer.reserve_section_index();
    }
    writer.reserve_shstrtab_section_index();
    writer.reserve_shstrtab();
    writer.reserve_section_headers();
    // Nothing of a header of a few segments can be too large for its field.
    let _written = writer.write_file_header(&write::FileHeader {
        os_abi: ELFOSABI_NONE,
        abi_version: 0,
        e_type: ET_EXEC,
        e_machine: EM_ARM,
        e_entry: image.entry.into(),
        e_flags: image.flags,
    });
    for (segment, offset) in image.segments.iter().zip(&offsets) {
        writer.write_program_header(&program_header(segment, *offset));
    }
    for segment in &image.segments {
        writer.write_align(ALIGN_BYTES);
        writer.write(&segment.bytes);
    }
    writer.write_shstrtab();
    writer.write_null_section_header();
    for ((segment, offset), name) in image.segments.iter().zip(offsets).zip(names) {
        writer.write_section_header(&section_header(segment, offset, name));
    }
    writer.write_shstrtab_section_header();
    file
}

fn program_header(segment: &Segment, offset: usize) -> write::ProgramHeader {
    write::ProgramHeader {
        p_type: PT_LOAD,
        p_flags: segment.flags,
        p_offset: offset as u64,
        p_vaddr: segment.virtual_address.into(),
        p_paddr: segment.address.into(),
        p_filesz: segment.bytes.len() as u64,
        p_memsz: segment.memory_bytes.into(),
        p_align: 1,
    }
}

fn section_header(segment: &Segment, offset: usize, name: StringId) -> write::SectionHeader {
    let flag = |segment_flag: u32, section_flag: u32| match segment.flags & segment_flag {
        0 => 0,
        _ => u64::from(section_flag),
    };
    write::SectionHeader {
        name: Some(name),
        sh_type: match segment.bytes.is_empty() {
            true => SHT_NOBITS,
            false => SHT_PROGBITS,
        },
        sh_flags: u64::from(SHF_ALLOC) | flag(PF_W, SHF_WRITE) | flag(PF_X, SHF_EXECINSTR),
        sh_addr: segment.virtual_address.into(),
        sh_offset: offset as u64,
        sh_size: match segment.bytes.is_empty() {
            true => segment.memory_bytes.into(),
            false => segment.bytes.len() as u64,
        },
        sh_link: 0,
        sh_info: 0,
        sh_addralign: 1,
        sh_entsize: 0,
    }
}

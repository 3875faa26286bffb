//! Sections of a binary, whatever they hold; modules and components alike. Knows their ids and
//! lengths only.

use wasmparser::{BinaryReader, BinaryReaderError};

/// Magic and version.
pub(super) const PREAMBLE_BYTES: usize = 8;
/// Of a module; of a component as well.
pub(super) const CUSTOM: u8 = 0;
/// Of a component.
pub(super) const CORE_MODULE: u8 = 1;
/// Of a component.
pub(super) const CORE_INSTANCE: u8 = 2;
/// Of a component.
pub(super) const COMPONENT: u8 = 4;
/// Of a component.
pub(super) const INSTANCE: u8 = 5;
/// Of a component.
pub(super) const ALIAS: u8 = 6;
/// Of a component.
pub(super) const IMPORT: u8 = 10;
/// Of a component.
pub(super) const EXPORT: u8 = 11;
/// Of a module.
pub(super) const MEMORY: u8 = 5;

/// One section.
#[derive(Debug, Clone, Copy)]
pub(super) struct Section<'a> {
    pub(super) id: u8,
    pub(super) content: &'a [u8],
}

/// The sections in their order; after an error there are no more.
pub(super) fn sections(
    binary: &[u8],
) -> impl Iterator<Item = Result<Section<'_>, BinaryReaderError>> {
    let rest = binary.get(PREAMBLE_BYTES..).unwrap_or_default();
    let mut reader = BinaryReader::new(rest, PREAMBLE_BYTES);
    let mut failed = false;
    std::iter::from_fn(move || {
        if failed || reader.eof() {
            return None;
        }
        let section = section(&mut reader);
        failed = section.is_err();
        Some(section)
    })
}

fn section<'a>(reader: &mut BinaryReader<'a>) -> Result<Section<'a>, BinaryReaderError> {
    let id = reader.read_u8()?;
    let bytes = reader.read_var_u32()?;
    let content = reader.read_bytes(bytes as usize)?;
    Ok(Section { id, content })
}

/// Appends a section with its id and length.
pub(super) fn push_section(binary: &mut Vec<u8>, id: u8, content: &[u8]) {
    use wasm_encoder::Encode;
    binary.push(id);
    content.encode(binary);
}

//! Leaves out of compiled code what no device reads: the symbols of its functions, a fifth of a
//! small partition, which a device would have to keep in flash and to hash. Knows of the engine's
//! file only that it is an ELF file of 64 bits in little-endian order, with its sections in the order
//! of the file.

/// Sections that go.
const LEFT_OUT: [&[u8]; 2] = [b".symtab", b".strtab"];

/// Places in the file's header.
const SECTIONS_AT: usize = 40;
const SECTION_COUNT_AT: usize = 60;
const NAMES_INDEX_AT: usize = 62;
/// A section's header, and places in it.
const SECTION_BYTES: usize = 64;
const TYPE_AT: usize = 4;
const OFFSET_AT: usize = 24;
const SIZE_AT: usize = 32;

/// The code without symbols; as it is, where it is no such file.
pub(crate) fn without_symbols(code: Vec<u8>) -> Vec<u8> {
    stripped(&code).unwrap_or(code)
}

fn stripped(code: &[u8]) -> Option<Vec<u8>> {
    code.starts_with(b"\x7fELF\x02\x01").then_some(())?;
    let count = usize::from(u16::from_le_bytes(array(code, SECTION_COUNT_AT)?));
    let names = usize::from(u16::from_le_bytes(array(code, NAMES_INDEX_AT)?));
    let table = number(code, SECTIONS_AT)?;
    let headers = code.get(table..table.checked_add(count.checked_mul(SECTION_BYTES)?)?)?;
    let mut sections: Vec<Vec<u8>> = headers
        .chunks_exact(SECTION_BYTES)
        .map(<[u8]>::to_vec)
        .collect();
    let strings = content(code, sections.get(names)?)?;
    let mut end = 0;
    for (index, section) in sections.iter_mut().enumerate() {
        let name = u32::from_le_bytes(array(section, 0)?) as usize;
        let name = strings.get(name..)?.split(|byte| *byte == 0).next()?;
        if LEFT_OUT.contains(&name) {
            section.fill(0);
        } else if index != names && u32::from_le_bytes(array(section, TYPE_AT)?) != 0 {
            end = end.max(number(section, OFFSET_AT)? + content(code, section)?.len());
        }
    }
    let mut kept = code.get(..end)?.to_vec();
    put(sections.get_mut(names)?, OFFSET_AT, kept.len())?;
    kept.extend(strings);
    kept.resize(kept.len().next_multiple_of(8), 0);
    let table = kept.len();
    put(&mut kept, SECTIONS_AT, table)?;
    kept.extend(sections.into_iter().flatten());
    Some(kept)
}

fn content<'a>(code: &'a [u8], section: &[u8]) -> Option<&'a [u8]> {
    let at = number(section, OFFSET_AT)?;
    code.get(at..at.checked_add(number(section, SIZE_AT)?)?)
}

fn array<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..)?.first_chunk().copied()
}

fn number(bytes: &[u8], at: usize) -> Option<usize> {
    usize::try_from(u64::from_le_bytes(array(bytes, at)?)).ok()
}

fn put(bytes: &mut [u8], at: usize, number: usize) -> Option<()> {
    let place = bytes.get_mut(at..at + size_of::<u64>())?;
    place.copy_from_slice(&(number as u64).to_le_bytes());
    Some(())
}

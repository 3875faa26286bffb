//! What a programmer writes into flash, out of a linked image: raw bytes and Intel HEX (Intel,
//! Hexadecimal Object File Format Specification, 1988). Knows nothing of how the image came to be.

use std::fmt::Write;

/// Bytes from the lowest load address on; gaps are 0xff, as erased flash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Flash {
    pub(crate) address: u32,
    pub(crate) bytes: Vec<u8>,
    /// Bytes of RAM that the image takes, the stack with it.
    pub(crate) ram_bytes: u32,
}

/// Reads the segments of a 32-bit little-endian ELF file (System V ABI, chapter 5); none when it
/// is none.
pub(crate) fn flash(elf: &[u8]) -> Option<Flash> {
    let half = |at: usize| Some(u16::from_le_bytes(elf.get(at..at + 2)?.try_into().ok()?));
    let word = |at: usize| Some(u32::from_le_bytes(elf.get(at..at + 4)?.try_into().ok()?));
    if elf.get(..6)? != b"\x7fELF\x01\x01" {
        return None;
    }
    let (first, size, count) = (word(28)? as usize, half(42)? as usize, half(44)? as usize);
    let (mut parts, mut ram_bytes) = (Vec::new(), 0_u32);
    for header in (0..count).map(|number| first + number * size) {
        // PT_LOAD
        if word(header)? != 1 {
            continue;
        }
        let (offset, virtual_address) = (word(header + 4)? as usize, word(header + 8)?);
        let (load, file_bytes) = (word(header + 12)?, word(header + 16)? as usize);
        if load != virtual_address || file_bytes == 0 {
            ram_bytes += word(header + 20)?;
        }
        if file_bytes > 0 {
            parts.push((load, elf.get(offset..offset + file_bytes)?));
        }
    }
    let address = parts.iter().map(|(load, _)| *load).min()?;
    let mut bytes = Vec::new();
    for (load, part) in parts {
        let start = (load - address) as usize;
        let end = start + part.len();
        bytes.resize(bytes.len().max(end), 0xff);
        bytes.get_mut(start..end)?.copy_from_slice(part);
    }
    Some(Flash {
        address,
        bytes,
        ram_bytes,
    })
}

/// Records of 16 bytes, with the upper half of the address where it changes.
pub(crate) fn hex(flash: &Flash) -> String {
    let mut text = String::new();
    let mut upper = None;
    for (number, part) in flash.bytes.chunks(16).enumerate() {
        let address = flash.address + number as u32 * 16;
        let [low, high, upper_low, upper_high] = address.to_le_bytes();
        if upper != Some((upper_high, upper_low)) {
            upper = Some((upper_high, upper_low));
            record(&mut text, 4, [0, 0], &[upper_high, upper_low]);
        }
        record(&mut text, 0, [high, low], part);
    }
    record(&mut text, 1, [0, 0], &[]);
    text
}

fn record(text: &mut String, kind: u8, address: [u8; 2], data: &[u8]) {
    let head = [data.len() as u8, address[0], address[1], kind];
    let bytes = head.iter().chain(data);
    let sum = bytes
        .clone()
        .fold(0_u8, |sum, byte| sum.wrapping_add(*byte));
    text.push(':');
    for byte in bytes.chain(&[sum.wrapping_neg()]) {
        let _ = write!(text, "{byte:02X}");
    }
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_that_of_the_specification() {
        let mut text = String::new();
        record(
            &mut text,
            0,
            [0x01, 0x00],
            &[0x21, 0x46, 0x01, 0x36, 0x01, 0x21, 0x47, 0x01],
        );
        assert_eq!(text, ":080100002146013601214701EF\n");
    }

    #[test]
    fn an_address_above_64_kib_gets_its_upper_half() {
        let flash = Flash {
            address: 0x0008_fff0,
            bytes: vec![0; 17],
            ram_bytes: 0,
        };
        let text = hex(&flash);
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines.first(), Some(&":020000040008F2"));
        assert_eq!(lines.get(2), Some(&":020000040009F1"));
        assert_eq!(lines.last(), Some(&":00000001FF"));
    }

    #[test]
    fn what_is_no_elf_file_has_no_segments() {
        assert_eq!(flash(b""), None);
        assert_eq!(flash(b"\x7fELF\x02\x01"), None);
        assert_eq!(
            flash(&[b"\x7fELF\x01\x01".as_slice(), &[0xff; 60]].concat()),
            None
        );
    }
}

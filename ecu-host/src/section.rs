//! Finds the deployment in the bytes of a composed component. Knows of WebAssembly only that it
//! is made of sections.

use deployment::{CONCURRENCY, Partition, SECTION};

use crate::SectionError;

/// The table of the partition whose bytes these are.
pub fn deployment_of(component: &[u8]) -> Result<Partition, SectionError> {
    match section(component, SECTION)? {
        Some(payload) => Ok(Partition::from_bytes(payload)?),
        None => Err(SectionError::NoDeployment),
    }
}

/// Whether the components of the partition whose bytes these are wait for each other.
pub fn needs_concurrency(component: &[u8]) -> bool {
    matches!(section(component, CONCURRENCY), Ok(Some(_)))
}

/// The content of the first custom section of that name.
fn section<'a>(component: &'a [u8], wanted: &str) -> Result<Option<&'a [u8]>, SectionError> {
    let mut rest = component
        .strip_prefix(b"\0asm\x0d\0\x01\0")
        .ok_or(SectionError::NotAComponent)?;
    while let Some((id, after_id)) = rest.split_first() {
        let (content, after) = sized(after_id).ok_or(SectionError::NotAComponent)?;
        if *id == 0 {
            let (name, payload) = sized(content).ok_or(SectionError::NotAComponent)?;
            if name == wanted.as_bytes() {
                return Ok(Some(payload));
            }
        }
        rest = after;
    }
    Ok(None)
}

/// Bytes behind their LEB128 length, and what follows them.
fn sized(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut length = 0_u32;
    for (position, byte) in bytes.iter().enumerate().take(5) {
        length |= u32::from(byte & 0x7f).checked_shl(7 * position as u32)?;
        if byte & 0x80 == 0 {
            return bytes.get(position + 1..)?.split_at_checked(length as usize);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{string::ToString, vec::Vec};

    fn component(sections: &[(&str, &[u8])]) -> Vec<u8> {
        let mut bytes = b"\0asm\x0d\0\x01\0".to_vec();
        for (name, payload) in sections {
            let length = 1 + name.len() + payload.len();
            bytes.extend([
                0,
                (length & 0x7f) as u8 | 0x80,
                (length >> 7) as u8,
                name.len() as u8,
            ]);
            bytes.extend(name.as_bytes());
            bytes.extend(*payload);
        }
        bytes
    }

    const TABLE: &str = r#"{"format":1,"ecu":"e","name":"p","instances":[],"runnables":[],"tasks":[],
        "elements":[],"pdus":[],"probes":[],"limits":{"memory_bytes":1,"fuel":1},"on_trap":"stop"}"#;

    #[test]
    fn the_section_is_found_behind_others() {
        let bytes = component(&[("name", b"x"), (SECTION, TABLE.as_bytes())]);
        assert_eq!(deployment_of(&bytes).unwrap().name, "p");
        assert!(!needs_concurrency(&bytes));
        let waits = component(&[(SECTION, TABLE.as_bytes()), (CONCURRENCY, b"")]);
        assert!(needs_concurrency(&waits));
    }

    #[test]
    fn what_is_no_partition_is_refused() {
        let cut = |bytes: &[u8], length: usize| bytes[..length].to_vec();
        let whole = component(&[(SECTION, TABLE.as_bytes())]);
        for (bytes, words) in [
            (b"hello".to_vec(), "not a WebAssembly component"),
            (b"\0asm\x01\0\0\0".to_vec(), "not a WebAssembly component"),
            (cut(&whole, whole.len() - 1), "not a WebAssembly component"),
            (cut(&whole, 9), "not a WebAssembly component"),
            (
                component(&[("name", b"x")]),
                "no section `wireloom:deployment`",
            ),
            (component(&[(SECTION, b"{}")]), "compose the project again"),
        ] {
            let message = deployment_of(&bytes).unwrap_err().to_string();
            assert!(message.contains(words), "{message}");
        }
    }
}

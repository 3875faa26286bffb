//! What of compiled code the engine reads into its heap. Knows the file's form (ELF with the
//! engine's sections), not what stands in it.

use object::{Object, ObjectSection};

/// Types, functions and instances, which a device decodes; all else stays where it is.
const METADATA: &str = ".wasmtime.info";

/// Bytes of metadata; 0 for what is no compiled code.
pub fn metadata_bytes(code: &[u8]) -> u64 {
    let file = object::File::parse(code).ok();
    let section = file
        .as_ref()
        .and_then(|file| file.section_by_name(METADATA));
    section.map_or(0, |section| section.size())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compiled_code_has_metadata_and_other_bytes_have_none() {
        let component = wat::parse_str("(component)").unwrap();
        let code = crate::compile::compile("empty.wasm", &component).unwrap();
        let bytes = metadata_bytes(&code);
        assert!(bytes > 0 && bytes < code.len() as u64, "{bytes}");
        assert_eq!(metadata_bytes(b"no code"), 0);
    }
}

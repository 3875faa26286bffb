//! What an exported file says of itself: whether it is a component, what it imports and exports,
//! who produced it. Knows nothing of how it is packed.

use crate::ExportError;
use wasmparser::{Encoding, Parser, Payload};

/// The outside of a WebAssembly binary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Outside {
    pub(crate) is_component: bool,
    /// Names, sorted.
    pub(crate) imports: Vec<String>,
    pub(crate) exports: Vec<String>,
    /// Field, name, version.
    pub(crate) producers: Vec<(String, String, String)>,
}

/// Reads the outside of a component or a core module; the file's name is for messages.
pub(crate) fn outside(file: &str, bytes: &[u8]) -> Result<Outside, ExportError> {
    if !bytes.starts_with(b"\0asm") {
        return Err(ExportError::NotWasm {
            file: file.to_owned(),
        });
    }
    let mut outside = Outside {
        is_component: Parser::is_component(bytes),
        imports: Vec::new(),
        exports: Vec::new(),
        producers: producers(bytes),
    };
    read(bytes, &mut outside).map_err(|error| ExportError::Unreadable {
        file: file.to_owned(),
        reason: error.message().to_owned(),
    })?;
    outside.imports.sort();
    outside.imports.dedup();
    outside.exports.sort();
    Ok(outside)
}

fn read(bytes: &[u8], outside: &mut Outside) -> Result<(), wasmparser::BinaryReaderError> {
    let mut depth = 0_usize;
    for payload in Parser::new(0).parse_all(bytes) {
        match payload? {
            Payload::Version {
                encoding: Encoding::Module | Encoding::Component,
                ..
            } => depth += 1,
            Payload::End(_) => depth = depth.saturating_sub(1),
            Payload::ComponentImportSection(section) if depth == 1 => {
                for import in section {
                    outside.imports.push(import?.name.name.to_owned());
                }
            }
            Payload::ComponentExportSection(section) if depth == 1 => {
                for export in section {
                    outside.exports.push(export?.name.name.to_owned());
                }
            }
            Payload::ImportSection(section) if depth == 1 => {
                for import in section.into_imports() {
                    outside.imports.push(import?.module.to_owned());
                }
            }
            Payload::ExportSection(section) if depth == 1 => {
                for export in section {
                    outside.exports.push(export?.name.to_owned());
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// An unreadable producers section is no reason to fail: it is a remark.
fn producers(bytes: &[u8]) -> Vec<(String, String, String)> {
    let Ok(Some(producers)) = wasm_metadata::Producers::from_wasm(bytes) else {
        return Vec::new();
    };
    let entries = producers.iter().flat_map(|(field, entries)| {
        let entries: Vec<_> = entries
            .iter()
            .map(|(name, version)| (field.clone(), name.clone(), version.clone()))
            .collect();
        entries
    });
    entries.collect()
}

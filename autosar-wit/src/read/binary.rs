//! Walks a component's bytes once: validated types, imports, exports, and its custom sections.

use super::ReadError;
use crate::metadata::{self, Metadata, MetadataError};
use wasmparser::{
    Chunk, ComponentExternalKind, ComponentName, CustomSectionReader, KnownCustom, Parser, Payload,
    ValidPayload, Validator, WasmFeatures,
    component_types::{ComponentAnyTypeId, ComponentEntityType, ComponentItem},
    types::Types,
};

/// What a walk has found.
pub(super) struct Binary {
    pub types: Types,
    pub imports: Vec<(String, ComponentItem)>,
    pub exports: Vec<(String, ComponentItem)>,
    pub name: Option<String>,
    pub producers: Vec<(String, String, String)>,
    pub metadata: Metadata,
    /// The section `package-docs`.
    pub docs: Option<Vec<u8>>,
}

impl Binary {
    /// Whether these bytes encode WIT: nothing but exported component types.
    pub(super) fn is_package(&self) -> bool {
        let is_type = |(_, item): &(String, ComponentItem)| {
            matches!(
                item.ty,
                ComponentEntityType::Type {
                    created: ComponentAnyTypeId::Component(_),
                    ..
                }
            )
        };
        self.imports.is_empty() && !self.exports.is_empty() && self.exports.iter().all(is_type)
    }
}

pub(super) fn walk(bytes: &[u8], name: &str) -> Result<Binary, ReadError> {
    let mut walk = Walk::new(name);
    let mut parser = Parser::new(0);
    let mut outer = Vec::new();
    let mut rest = bytes;
    loop {
        let (payload, consumed) = next(&mut parser, rest, bytes, name)?;
        let valid = walk
            .validator
            .payload(&payload)
            .map_err(|error| invalid(error, name))?;
        if let ValidPayload::End(types) = valid
            && outer.is_empty()
        {
            return walk.finish(types, name);
        }
        walk.payload(&payload, outer.len())?;
        match payload {
            Payload::ModuleSection { parser: inner, .. }
            | Payload::ComponentSection { parser: inner, .. } => {
                outer.push(std::mem::replace(&mut parser, inner));
            }
            Payload::End(_) => {
                if let Some(parent) = outer.pop() {
                    parser = parent;
                }
            }
            _ => {}
        }
        rest = rest.get(consumed..).unwrap_or_default();
    }
}

struct Walk<'a> {
    file: &'a str,
    validator: Validator,
    imports: Vec<String>,
    exports: Vec<String>,
    name: Option<String>,
    producers: Vec<(String, String, String)>,
    metadata: Vec<Vec<u8>>,
    docs: Option<Vec<u8>>,
}

impl Walk<'_> {
    fn new(file: &str) -> Walk<'_> {
        Walk {
            file,
            validator: Validator::new_with_features(WasmFeatures::all()),
            imports: Vec::new(),
            exports: Vec::new(),
            name: None,
            producers: Vec::new(),
            metadata: Vec::new(),
            docs: None,
        }
    }

    fn payload(&mut self, payload: &Payload<'_>, depth: usize) -> Result<(), ReadError> {
        match payload {
            Payload::ComponentImportSection(section) if depth == 0 => {
                for import in section.clone() {
                    let import = import.map_err(|error| invalid(error, self.file))?;
                    self.imports.push(import.name.name.to_owned());
                }
            }
            Payload::ComponentExportSection(section) if depth == 0 => {
                for export in section.clone() {
                    let export = export.map_err(|error| invalid(error, self.file))?;
                    // Modules and components inside are nobody's port.
                    if !matches!(export.kind, ComponentExternalKind::Module) {
                        self.exports.push(export.name.name.to_owned());
                    }
                }
            }
            Payload::CustomSection(section) => self.custom(section, depth),
            _ => {}
        }
        Ok(())
    }

    fn custom(&mut self, section: &CustomSectionReader<'_>, depth: usize) {
        match (section.as_known(), section.name()) {
            (KnownCustom::ComponentName(names), _) if depth == 0 => {
                for part in names.into_iter().flatten() {
                    if let ComponentName::Component { name, .. } = part {
                        self.name = Some(name.to_owned());
                    }
                }
            }
            // A component's language stands in the modules inside it.
            (KnownCustom::Producers(fields), _) => {
                for field in fields.into_iter().flatten() {
                    for value in field.values.into_iter().flatten() {
                        let entry = (field.name, value.name, value.version);
                        let entry = (entry.0.to_owned(), entry.1.to_owned(), entry.2.to_owned());
                        if !self.producers.contains(&entry) {
                            self.producers.push(entry);
                        }
                    }
                }
            }
            (_, metadata::SECTION) if depth == 0 => self.metadata.push(section.data().to_vec()),
            (_, wit_parser::PackageMetadata::SECTION_NAME) if depth == 0 => {
                self.docs = Some(section.data().to_vec());
            }
            _ => {}
        }
    }

    fn finish(self, types: Types, file: &str) -> Result<Binary, ReadError> {
        let metadata = match self.metadata.as_slice() {
            [] => Ok(Metadata::default()),
            [one] => metadata::read(one),
            several => Err(MetadataError::Repeated {
                count: several.len(),
            }),
        };
        let metadata = metadata.map_err(|error| ReadError::Metadata {
            name: file.to_owned(),
            error,
        })?;
        let items = |names: Vec<String>, find: &dyn Fn(&str) -> Option<ComponentItem>| {
            names
                .into_iter()
                .filter_map(|name| find(&name).map(|item| (name, item)))
                .collect()
        };
        let imports = items(self.imports, &|name| {
            types.as_ref().component_item_for_import(name).cloned()
        });
        let exports = items(self.exports, &|name| {
            types.as_ref().component_item_for_export(name).cloned()
        });
        Ok(Binary {
            imports,
            exports,
            types,
            name: self.name,
            producers: self.producers,
            metadata,
            docs: self.docs,
        })
    }
}

/// The next payload. A parser that asks for more at the end of the bytes has met a cut.
fn next<'a>(
    parser: &mut Parser,
    rest: &'a [u8],
    bytes: &[u8],
    name: &str,
) -> Result<(Payload<'a>, usize), ReadError> {
    let cut = || ReadError::Truncated {
        name: name.to_owned(),
        offset: bytes.len() as u64,
    };
    match parser
        .parse(rest, false)
        .map_err(|error| invalid(error, name))?
    {
        Chunk::Parsed { consumed, payload } => Ok((payload, consumed)),
        Chunk::NeedMoreData(_) => match parser.parse(rest, true) {
            Ok(Chunk::Parsed { consumed, payload }) => Ok((payload, consumed)),
            Ok(Chunk::NeedMoreData(_)) | Err(_) => Err(cut()),
        },
    }
}

fn invalid(error: wasmparser::BinaryReaderError, name: &str) -> ReadError {
    ReadError::Invalid {
        name: name.to_owned(),
        message: error.message().to_owned(),
        offset: error.offset() as u64,
    }
}

//! What a core module consists of, before its parts get their places in the merged one. Knows
//! nothing of other modules.

use super::{finding::NativeFinding, flattened::Value, merge::Kind};
use wasm_encoder::{
    ValType,
    reencode::{Reencode, RoundtripReencoder},
};
use wasmparser::{ExternalKind, FuncType, MemoryType, Parser, Payload, TypeRef};

pub(crate) type Signature = (Vec<ValType>, Vec<ValType>);

#[derive(Debug, Default)]
pub(crate) struct Scanned {
    pub(crate) types: Vec<Signature>,
    pub(crate) imports: Vec<Kind>,
    /// Type of each defined function.
    pub(crate) functions: Vec<u32>,
    pub(crate) memories: Vec<MemoryType>,
    pub(crate) exports: Vec<(String, (Kind, u32))>,
    pub(crate) data: u32,
    pub(crate) elements: u32,
    pub(crate) start: Option<u32>,
}

/// Reads a module that the engine has validated.
pub(crate) fn scan(partition: &str, wasm: &[u8]) -> Result<Scanned, NativeFinding> {
    let mut scanned = Scanned::default();
    for payload in Parser::new(0).parse_all(wasm) {
        payload
            .and_then(|payload| scanned.note(payload))
            .map_err(|error| NativeFinding::Invalid {
                partition: partition.to_owned(),
                reason: error.to_string(),
            })?;
    }
    Ok(scanned)
}

impl Scanned {
    fn note(&mut self, payload: Payload<'_>) -> wasmparser::Result<()> {
        match payload {
            Payload::TypeSection(section) => {
                for function in section.into_iter_err_on_gc_types() {
                    self.types.push(function_signature(&function?));
                }
            }
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    self.imports.push(kind_of(import?.ty));
                }
            }
            Payload::FunctionSection(section) => {
                for ty in section {
                    self.functions.push(ty?);
                }
            }
            Payload::MemorySection(section) => {
                for memory in section {
                    self.memories.push(memory?);
                }
            }
            Payload::ExportSection(section) => {
                for export in section {
                    let export = export?;
                    let place = (kind(export.kind), export.index);
                    self.exports.push((export.name.to_owned(), place));
                }
            }
            Payload::StartSection { func, .. } => self.start = Some(func),
            Payload::ElementSection(section) => self.elements = section.count(),
            Payload::DataSection(section) => self.data = section.count(),
            _ => {}
        }
        Ok(())
    }
}

/// The same for a function that the host answers.
pub(crate) fn signature(parameters: &[Value], result: Option<Value>) -> Signature {
    let value = |value: &Value| match value {
        Value::I32 => ValType::I32,
        Value::I64 => ValType::I64,
        Value::F32 => ValType::F32,
        Value::F64 => ValType::F64,
    };
    (
        parameters.iter().map(value).collect(),
        result.iter().map(value).collect(),
    )
}

fn function_signature(function: &FuncType) -> Signature {
    let values = |values: &[wasmparser::ValType]| -> Vec<ValType> {
        values
            .iter()
            .filter_map(|value| RoundtripReencoder.val_type(*value).ok())
            .collect()
    };
    (values(function.params()), values(function.results()))
}

fn kind_of(ty: TypeRef) -> Kind {
    match ty {
        TypeRef::Func(_) | TypeRef::FuncExact(_) => Kind::Function,
        TypeRef::Table(_) => Kind::Table,
        TypeRef::Memory(_) => Kind::Memory,
        TypeRef::Global(_) => Kind::Global,
        TypeRef::Tag(_) => Kind::Tag,
    }
}

fn kind(kind: ExternalKind) -> Kind {
    match kind {
        ExternalKind::Func | ExternalKind::FuncExact => Kind::Function,
        ExternalKind::Table => Kind::Table,
        ExternalKind::Memory => Kind::Memory,
        ExternalKind::Global => Kind::Global,
        ExternalKind::Tag => Kind::Tag,
    }
}

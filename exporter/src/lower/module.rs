//! One core module: what memory it has, what it needs, and who in it asks for more. Knows nothing
//! of components.

use super::{Finding, fit::Access, walk};
use autosar_wit::memory_need;
use std::collections::BTreeMap;
use wasmparser::{
    BinaryReaderError, ConstExpr, DataKind, ExternalKind, KnownCustom, MemoryType, Name, Operator,
    Parser, Payload, TypeRef,
};

/// Memories begin and end at multiples of so many bytes.
const ALIGN_BYTES: u64 = 16;
/// The export that ends a module's stack and static data (wasm-ld).
const HEAP_BASE: &str = "__heap_base";

/// What lowering has to know of a module.
#[derive(Debug, Default)]
pub(super) struct Module {
    memories: Vec<MemoryType>,
    imports_memory: bool,
    imported_functions: u32,
    imported_globals: u32,
    /// Values of its own globals, where they are constants.
    globals: Vec<Option<u32>>,
    heap_base: Option<u32>,
    /// What the module says of itself.
    declared_bytes: Option<u32>,
    data_end: u64,
    /// First function that asks for memory or its size.
    asks: Option<(u32, Access)>,
    names: BTreeMap<u32, String>,
}

/// What a module needs on a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    NoMemory,
    Bytes(u64),
}

impl Module {
    pub(super) fn read(bytes: &[u8]) -> Result<Module, BinaryReaderError> {
        let mut module = Module::default();
        let mut bodies = 0;
        for payload in Parser::new(0).parse_all(bytes) {
            match payload? {
                Payload::ImportSection(section) => {
                    for import in section.into_imports() {
                        module.import(import?.ty);
                    }
                }
                Payload::MemorySection(section) => {
                    module.memories = section.into_iter().collect::<Result<_, _>>()?;
                }
                Payload::GlobalSection(section) => {
                    for global in section {
                        module.globals.push(constant(&global?.init_expr));
                    }
                }
                Payload::ExportSection(section) => {
                    for export in section {
                        let export = export?;
                        if export.name == HEAP_BASE && export.kind == ExternalKind::Global {
                            module.heap_base = module.global(export.index);
                        }
                    }
                }
                Payload::CodeSectionEntry(body) => {
                    let function = module.imported_functions + bodies;
                    bodies += 1;
                    module.body(function, &body)?;
                }
                Payload::DataSection(section) => {
                    for data in section {
                        module.data(&data?);
                    }
                }
                Payload::CustomSection(section) => module.custom(&section),
                _ => {}
            }
        }
        Ok(module)
    }

    fn import(&mut self, ty: TypeRef) {
        match ty {
            TypeRef::Func(_) | TypeRef::FuncExact(_) => self.imported_functions += 1,
            TypeRef::Global(_) => self.imported_globals += 1,
            TypeRef::Memory(_) => self.imports_memory = true,
            _ => {}
        }
    }

    fn global(&self, index: u32) -> Option<u32> {
        let own = index.checked_sub(self.imported_globals)?;
        self.globals.get(own as usize).copied().flatten()
    }

    fn body(
        &mut self,
        function: u32,
        body: &wasmparser::FunctionBody<'_>,
    ) -> Result<(), BinaryReaderError> {
        for operator in body.get_operators_reader()? {
            let access = match operator? {
                Operator::MemoryGrow { .. } => Access::Grows,
                Operator::MemorySize { .. } => Access::AsksSize,
                _ => continue,
            };
            // Who grows it says more than who only asks for its size.
            match self.asks {
                Some((_, Access::Grows)) => {}
                Some((_, Access::AsksSize)) if access == Access::AsksSize => {}
                _ => self.asks = Some((function, access)),
            }
        }
        Ok(())
    }

    fn data(&mut self, data: &wasmparser::Data<'_>) {
        if let DataKind::Active { offset_expr, .. } = &data.kind
            && let Some(offset) = constant(offset_expr)
        {
            let end = u64::from(offset) + data.data.len() as u64;
            self.data_end = self.data_end.max(end);
        }
    }

    fn custom(&mut self, section: &wasmparser::CustomSectionReader<'_>) {
        if section.name() == memory_need::SECTION {
            self.declared_bytes = memory_need::read(section.data());
        }
        let KnownCustom::Name(names) = section.as_known() else {
            return;
        };
        // Names are a remark: what is unreadable of them is left out.
        for name in names.into_iter().flatten() {
            if let Name::Function(functions) = name {
                let functions = functions.into_iter().flatten();
                self.names
                    .extend(functions.map(|naming| (naming.index, naming.name.to_owned())));
            }
        }
    }

    /// Bytes of the memory as it was built.
    pub(super) fn built_bytes(&self) -> u64 {
        self.memories.iter().map(initial_bytes).sum()
    }

    /// What the module needs, or why that cannot be known.
    pub(super) fn need(&self) -> Result<Need, Finding> {
        if self.imports_memory {
            return Err(Finding::SharedMemory);
        }
        let memory = match self.memories.as_slice() {
            [] => return Ok(Need::NoMemory),
            [memory] => memory,
            _ => return Err(Finding::ManyMemories),
        };
        if memory.memory64 || memory.shared {
            return Err(Finding::ForeignMemory);
        }
        let round = |bytes: u64| bytes.next_multiple_of(ALIGN_BYTES);
        if let Some(bytes) = self.declared_bytes {
            return Ok(Need::Bytes(round(u64::from(bytes).max(self.data_end))));
        }
        if let Some((function, access)) = self.asks {
            return Err(Finding::Asks {
                access,
                function: self.function_name(function),
            });
        }
        let built = initial_bytes(memory);
        let need = match self.heap_base {
            Some(bytes) => round(u64::from(bytes).max(self.data_end)).min(built),
            None => built,
        };
        Ok(Need::Bytes(need))
    }

    fn function_name(&self, function: u32) -> String {
        match self.names.get(&function) {
            Some(name) => name.clone(),
            None => format!("function {function}"),
        }
    }

    /// The module with a memory of exactly so many bytes.
    pub(super) fn with_memory(
        &self,
        module: &[u8],
        bytes: u64,
    ) -> Result<Vec<u8>, BinaryReaderError> {
        let mut memories = wasm_encoder::MemorySection::new();
        memories.memory(wasm_encoder::MemoryType {
            minimum: bytes,
            maximum: Some(bytes),
            memory64: false,
            shared: false,
            page_size_log2: Some(0),
        });
        let mut content = Vec::new();
        wasm_encoder::Encode::encode(&memories, &mut content);
        // The encoded section begins with its length.
        let mut reader = wasmparser::BinaryReader::new(&content, 0);
        let length = reader.read_var_u32()?;
        let content = reader.read_bytes(length as usize)?;
        let mut lowered = module
            .get(..walk::PREAMBLE_BYTES)
            .unwrap_or_default()
            .to_vec();
        for section in walk::sections(module) {
            let section = section?;
            let content = match section.id {
                walk::MEMORY => content,
                _ => section.content,
            };
            walk::push_section(&mut lowered, section.id, content);
        }
        Ok(lowered)
    }
}

fn initial_bytes(memory: &MemoryType) -> u64 {
    let page_size_log2 = memory.page_size_log2.unwrap_or(16).min(16);
    memory.initial.saturating_mul(1 << page_size_log2)
}

/// The value of `i32.const N`.
fn constant(expression: &ConstExpr<'_>) -> Option<u32> {
    let mut operators = expression.get_operators_reader();
    match operators.read().ok()? {
        Operator::I32Const { value } => Some(value.cast_unsigned()),
        _ => None,
    }
}

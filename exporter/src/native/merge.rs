//! Merges core modules, in the order of their instantiation, into one. Indices are renumbered,
//! imports become what answers them. Knows nothing of components, hosts or C.
//!
//! All active segments are applied before the first start function, where a component would run
//! start functions in between: a start function sees more that is initialised, never less.

mod parts;

use super::{
    finding::NativeFinding,
    flattened::Value,
    helper,
    rewrite::{Rewriter, Uncovered},
    scan::{self, Scanned, Signature, signature},
};
use indexmap::IndexMap;
use parts::{export_kind, flags_type, merged_memory};
use std::collections::BTreeMap;
use wasm_encoder::{
    CodeSection, ConstExpr, DataCountSection, DataSection, ElementSection, EntityType, ExportKind,
    ExportSection, FunctionSection, GlobalSection, GlobalType, ImportSection, MemorySection,
    MemoryType, StartSection, TableSection, TypeSection,
    reencode::{Error, Reencode},
};
use wasmparser::{Parser, Payload};

/// Name of the module that the merged module imports its calls from.
pub(crate) const HOST: &str = "host";
const PAGE_BYTES: u64 = 0x1_0000;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Function,
    Table,
    Memory,
    Global,
    Tag,
}

/// Something that a module imports, or that is exported in the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Definition {
    /// The n-th function that the host answers.
    Import(u32),
    /// The `may_leave` flag of a component instance.
    Flags(u32),
    /// What an instance exports by that name.
    Named { instance: u32, name: String },
    /// What has that index in an instance.
    Index {
        instance: u32,
        kind: Kind,
        index: u32,
    },
}

/// A module to be instantiated: what answers its imports, in their order.
#[derive(Debug)]
pub(crate) struct Arguments<'a> {
    pub(crate) wasm: &'a [u8],
    pub(crate) arguments: Vec<Definition>,
}

/// A function that the host answers.
pub(crate) struct HostImport {
    pub(crate) module: String,
    pub(crate) name: String,
    pub(crate) parameters: Vec<Value>,
    pub(crate) result: Option<Value>,
}

/// What the merged module is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// `wasm2c`: no memory grows, pages have 64 KiB, one memory is copied at a time.
    C,
    /// The engine: what modules say stays as it is, so that they spend the same fuel. Start
    /// functions are an export, since the host has to know the instance before they run.
    Engine {
        /// Name of that export.
        start: &'static str,
    },
}

pub(crate) struct Merged {
    pub(crate) module: Vec<u8>,
    pub(crate) memory_bytes: Vec<u32>,
    pub(crate) table_entries: Vec<u32>,
}

/// Merges the instances and exports what is named.
pub(crate) fn merge(
    partition: &str,
    form: Form,
    imports: &[HostImport],
    instances: &[Arguments<'_>],
    exports: &[(String, Definition)],
) -> Result<Merged, NativeFinding> {
    let mut merger = Merger::new(partition, form, imports);
    for instance in instances {
        merger.place(instance)?;
    }
    merger.first_helper = merger.functions;
    let mut code = CodeSection::new();
    for (number, instance) in instances.iter().enumerate() {
        merger.write(number, instance.wasm, &mut code)?;
    }
    merger.finish(imports, exports, code)
}

/// Where the parts of one instance lie in the merged module.
#[derive(Debug, Default)]
pub(crate) struct Places {
    pub(crate) types: Vec<u32>,
    functions: Vec<u32>,
    tables: Vec<u32>,
    memories: Vec<u32>,
    globals: Vec<u32>,
    pub(crate) data_base: u32,
    pub(crate) element_base: u32,
    exports: BTreeMap<String, (Kind, u32)>,
}

impl Places {
    pub(crate) fn list(&self, kind: Kind) -> &[u32] {
        match kind {
            Kind::Function => &self.functions,
            Kind::Table => &self.tables,
            Kind::Memory => &self.memories,
            Kind::Global => &self.globals,
            Kind::Tag => &[],
        }
    }
}

/// A function that the merger adds itself.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Helper {
    /// `memory.copy` from one memory to another. In code, since wasm2c 1.0.32 takes the one
    /// memory of the instruction for the other.
    Copy { to: u32, from: u32 },
    /// `memory.grow` of a memory that does not: its size for nothing, else refused.
    Grow { size: u32 },
    /// Calls the start functions in their order.
    Start(Vec<u32>),
}

struct Merger<'a> {
    partition: &'a str,
    form: Form,
    types: IndexMap<Signature, u32>,
    /// Type of each defined function.
    defined: Vec<u32>,
    functions: u32,
    first_helper: u32,
    helpers: IndexMap<Helper, u32>,
    tables: TableSection,
    table_entries: Vec<u32>,
    memories: Vec<(MemoryType, u32)>,
    /// Of each memory, in the pages of its module.
    sizes: Vec<u32>,
    globals: Vec<(GlobalType, ConstExpr)>,
    flags: BTreeMap<u32, u32>,
    instances: Vec<Places>,
    elements: ElementSection,
    element_count: u32,
    data: DataSection,
    data_count: u32,
    starts: Vec<u32>,
}

impl<'a> Merger<'a> {
    fn new(partition: &'a str, form: Form, imports: &[HostImport]) -> Merger<'a> {
        let mut merger = Merger {
            partition,
            form,
            types: IndexMap::new(),
            defined: Vec::new(),
            functions: imports.len() as u32,
            first_helper: 0,
            helpers: IndexMap::new(),
            tables: TableSection::new(),
            table_entries: Vec::new(),
            memories: Vec::new(),
            sizes: Vec::new(),
            globals: Vec::new(),
            flags: BTreeMap::new(),
            instances: Vec::new(),
            elements: ElementSection::new(),
            element_count: 0,
            data: DataSection::new(),
            data_count: 0,
            starts: Vec::new(),
        };
        for import in imports {
            merger.type_of(signature(&import.parameters, import.result));
        }
        merger
    }

    fn type_of(&mut self, signature: Signature) -> u32 {
        let next = self.types.len() as u32;
        *self.types.entry(signature).or_insert(next)
    }

    fn helper(&mut self, helper: Helper) -> u32 {
        let next = self.first_helper + self.helpers.len() as u32;
        *self.helpers.entry(helper).or_insert(next)
    }

    /// Gives every part of a module its index, before any code is written.
    fn place(&mut self, instance: &Arguments<'_>) -> Result<(), NativeFinding> {
        let scanned = scan::scan(self.partition, instance.wasm)?;
        let mut places = Places {
            data_base: self.data_count,
            element_base: self.element_count,
            ..Places::default()
        };
        for signature in &scanned.types {
            places.types.push(self.type_of(signature.clone()));
        }
        self.place_imports(&scanned, instance, &mut places)?;
        for ty in &scanned.functions {
            let ty = places.types.get(*ty as usize).copied().unwrap_or_default();
            self.defined.push(ty);
            places.functions.push(self.functions);
            self.functions += 1;
        }
        for memory in &scanned.memories {
            places.memories.push(self.memories.len() as u32);
            self.memories.push(merged_memory(self.form, memory));
            self.sizes
                .push(u32::try_from(memory.initial).unwrap_or(u32::MAX));
        }
        self.data_count += scanned.data;
        self.element_count += scanned.elements;
        self.place_globals_and_tables(instance.wasm, &mut places)?;
        for (name, (kind, index)) in &scanned.exports {
            if let Some(place) = places.list(*kind).get(*index as usize) {
                places.exports.insert(name.clone(), (*kind, *place));
            }
        }
        if let Some(start) = scanned.start {
            self.starts.extend(places.functions.get(start as usize));
        }
        self.instances.push(places);
        Ok(())
    }

    fn place_imports(
        &mut self,
        scanned: &Scanned,
        instance: &Arguments<'_>,
        places: &mut Places,
    ) -> Result<(), NativeFinding> {
        for (kind, argument) in scanned.imports.iter().zip(&instance.arguments) {
            let (found, index) = self.resolve(argument)?;
            if found != *kind {
                return Err(self.invalid(&"an import is answered by something of another kind"));
            }
            match kind {
                Kind::Function => places.functions.push(index),
                Kind::Table => places.tables.push(index),
                Kind::Memory => places.memories.push(index),
                Kind::Global => places.globals.push(index),
                Kind::Tag => return Err(self.construct("exceptions")),
            }
        }
        Ok(())
    }

    fn place_globals_and_tables(
        &mut self,
        wasm: &[u8],
        places: &mut Places,
    ) -> Result<(), NativeFinding> {
        for payload in Parser::new(0).parse_all(wasm) {
            match payload.map_err(|error| self.invalid(&error))? {
                Payload::GlobalSection(section) => {
                    for global in section {
                        let global = global.map_err(|error| self.invalid(&error))?;
                        let mut rewriter = self.rewriter(places);
                        let ty = rewriter.global_type(global.ty);
                        let value = rewriter.const_expr(global.init_expr);
                        let ty = ty.map_err(|error| self.uncovered(error))?;
                        let value = value.map_err(|error| self.uncovered(error))?;
                        places.globals.push(self.globals.len() as u32);
                        self.globals.push((ty, value));
                    }
                }
                Payload::TableSection(section) => {
                    for table in section {
                        let table = table.map_err(|error| self.invalid(&error))?;
                        let ty = self.rewriter(places).table_type(table.ty);
                        let ty = ty.map_err(|error| self.uncovered(error))?;
                        places.tables.push(self.tables.len());
                        self.table_entries
                            .push(u32::try_from(ty.minimum).unwrap_or(u32::MAX));
                        self.tables.table(ty);
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn rewriter<'s>(&'s mut self, places: &'s Places) -> Rewriter<'s> {
        Rewriter {
            form: self.form,
            places,
            globals: &self.globals,
            sizes: &self.sizes,
            helpers: &mut self.helpers,
            first_helper: self.first_helper,
        }
    }

    /// Kind and index of what a definition names in the merged module.
    fn resolve(&mut self, definition: &Definition) -> Result<(Kind, u32), NativeFinding> {
        let missing = |merger: &Self| merger.invalid(&"an instance is named before it is made");
        match definition {
            Definition::Import(index) => Ok((Kind::Function, *index)),
            Definition::Flags(instance) => {
                let next = self.globals.len() as u32;
                let place = *self.flags.entry(*instance).or_insert(next);
                if place == next {
                    self.globals.push((flags_type(), ConstExpr::i32_const(1)));
                }
                Ok((Kind::Global, place))
            }
            Definition::Named { instance, name } => {
                let places = self.instances.get(*instance as usize);
                let place = places.and_then(|places| places.exports.get(name));
                place.copied().ok_or_else(|| missing(self))
            }
            Definition::Index {
                instance,
                kind,
                index,
            } => {
                let places = self.instances.get(*instance as usize);
                let place = places.and_then(|places| places.list(*kind).get(*index as usize));
                Ok((*kind, *place.ok_or_else(|| missing(self))?))
            }
        }
    }

    /// Writes code, data and elements of one instance.
    fn write(
        &mut self,
        number: usize,
        wasm: &[u8],
        code: &mut CodeSection,
    ) -> Result<(), NativeFinding> {
        let places = self.instances.get_mut(number).map(std::mem::take);
        let places = places.unwrap_or_default();
        let mut elements = std::mem::take(&mut self.elements);
        let mut data = std::mem::take(&mut self.data);
        for payload in Parser::new(0).parse_all(wasm) {
            let payload = payload.map_err(|error| self.invalid(&error))?;
            let mut rewriter = self.rewriter(&places);
            let written = match payload {
                Payload::CodeSectionEntry(body) => rewriter.parse_function_body(code, body),
                Payload::ElementSection(section) => {
                    rewriter.parse_element_section(&mut elements, section)
                }
                Payload::DataSection(section) => rewriter.parse_data_section(&mut data, section),
                _ => Ok(()),
            };
            written.map_err(|error| self.uncovered(error))?;
        }
        self.elements = elements;
        self.data = data;
        if let Some(place) = self.instances.get_mut(number) {
            *place = places;
        }
        Ok(())
    }

    fn finish(
        mut self,
        imports: &[HostImport],
        exports: &[(String, Definition)],
        mut code: CodeSection,
    ) -> Result<Merged, NativeFinding> {
        let mut export_section = ExportSection::new();
        for (name, definition) in exports {
            let (kind, index) = self.resolve(definition)?;
            export_section.export(name, export_kind(kind), index);
        }
        let mut start = match self.starts.as_slice() {
            [] => None,
            [one] => Some(*one),
            several => Some(self.helper(Helper::Start(several.to_vec()))),
        };
        if let Form::Engine { start: name } = self.form
            && let Some(start) = start.take()
        {
            export_section.export(name, ExportKind::Func, start);
        }
        for helper in std::mem::take(&mut self.helpers).into_keys() {
            let (signature, function) = helper::write(&helper);
            let ty = self.type_of(signature);
            self.defined.push(ty);
            code.function(&function);
        }
        let mut import_section = ImportSection::new();
        for import in imports {
            let ty = self.type_of(signature(&import.parameters, import.result));
            import_section.import(&import.module, &import.name, EntityType::Function(ty));
        }
        let module = self.encode(&import_section, &export_section, start, &code);
        let memory_bytes = self.memories.iter().map(|(_, bytes)| *bytes).collect();
        Ok(Merged {
            module,
            memory_bytes,
            table_entries: self.table_entries,
        })
    }

    fn encode(
        &self,
        imports: &ImportSection,
        exports: &ExportSection,
        start: Option<u32>,
        code: &CodeSection,
    ) -> Vec<u8> {
        let mut types = TypeSection::new();
        for (parameters, results) in self.types.keys() {
            types
                .ty()
                .function(parameters.iter().copied(), results.iter().copied());
        }
        let mut functions = FunctionSection::new();
        for ty in &self.defined {
            functions.function(*ty);
        }
        let mut memories = MemorySection::new();
        for (memory, _) in &self.memories {
            memories.memory(*memory);
        }
        let mut globals = GlobalSection::new();
        for (ty, value) in &self.globals {
            globals.global(*ty, value);
        }
        let mut module = wasm_encoder::Module::new();
        module.section(&types).section(imports).section(&functions);
        module.section(&self.tables).section(&memories);
        module.section(&globals).section(exports);
        if let Some(function_index) = start {
            module.section(&StartSection { function_index });
        }
        module.section(&self.elements);
        if self.data_count > 0 {
            module.section(&DataCountSection {
                count: self.data_count,
            });
        }
        module.section(code).section(&self.data);
        module.finish()
    }

    fn invalid(&self, reason: &dyn std::fmt::Display) -> NativeFinding {
        NativeFinding::Invalid {
            partition: self.partition.to_owned(),
            reason: reason.to_string(),
        }
    }

    fn construct(&self, construct: &str) -> NativeFinding {
        NativeFinding::Construct {
            partition: self.partition.to_owned(),
            construct: construct.to_owned(),
        }
    }

    fn uncovered(&self, error: Error<Uncovered>) -> NativeFinding {
        match error {
            Error::UserError(uncovered) => self.construct(&uncovered.to_string()),
            Error::ParseError(error) => self.invalid(&error),
            other => self.invalid(&other),
        }
    }
}

//! A core module in the making: imports, functions, a memory of fixed parts and an arena behind
//! them, data. Knows nothing of what the functions are for.

use super::body::{Body, Callee};
use crate::layout::align_to;
use autosar_wit::{memory_need, types::ValueType};
use indexmap::IndexMap;
use wasm_encoder::{
    CodeSection, ConstExpr, CustomSection, DataSection, EntityType, ExportKind, ExportSection,
    FunctionSection, GlobalSection, GlobalType, ImportSection, Instruction, MemorySection,
    MemoryType, NameMap, NameSection, StartSection, TypeSection, ValType,
};

const PAGE_BYTES: u32 = 0x1_0000;
/// Below it lies nothing, so that no address is zero.
const FIRST_ADDRESS: u32 = 16;
/// The global that says where the arena's free part begins.
const HEAP: u32 = 0;
/// The global that says where the arena begins.
const ARENA: u32 = 1;
/// The global that says where the arena ends; never behind the end of memory.
const LIMIT: u32 = 2;

type Signature = (Vec<ValType>, Vec<ValType>);

/// A generated function over a type, made once.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Walk {
    Pack(ValueType),
    Measure(ValueType),
    Check(ValueType, u32),
    Unpack(ValueType, u32),
}

#[derive(Debug)]
pub(crate) struct Module {
    imports: IndexMap<(String, String), Signature>,
    functions: Vec<(Signature, Option<Body>)>,
    exports: Vec<(String, Callee)>,
    names: Vec<(Callee, String)>,
    data: Vec<(u32, Vec<u8>)>,
    end: u32,
    arena_bytes: u32,
    start: Option<Callee>,
    walks: IndexMap<Walk, Callee>,
    allocate: Option<Callee>,
}

impl Module {
    pub(crate) fn new() -> Self {
        Self {
            imports: IndexMap::new(),
            functions: Vec::new(),
            exports: Vec::new(),
            names: Vec::new(),
            data: Vec::new(),
            end: FIRST_ADDRESS,
            arena_bytes: 0,
            start: None,
            walks: IndexMap::new(),
            allocate: None,
        }
    }

    /// The imported function; the same one if it was asked for before.
    pub(crate) fn import(
        &mut self,
        module: &str,
        name: &str,
        parameters: &[ValType],
        results: &[ValType],
    ) -> Callee {
        let entry = self.imports.entry((module.to_owned(), name.to_owned()));
        let index = entry.index();
        entry.or_insert_with(|| (parameters.to_vec(), results.to_vec()));
        Callee::Import(index as u32)
    }

    /// A function whose body follows by [`Self::define`].
    pub(crate) fn declare(&mut self, parameters: &[ValType], results: &[ValType]) -> Callee {
        self.functions
            .push(((parameters.to_vec(), results.to_vec()), None));
        Callee::Local(self.functions.len() as u32 - 1)
    }

    pub(crate) fn define(&mut self, callee: Callee, body: Body) {
        if let Callee::Local(index) = callee
            && let Some(function) = self.functions.get_mut(index as usize)
        {
            function.1 = Some(body);
        }
    }

    pub(crate) fn export(&mut self, name: impl Into<String>, callee: Callee) {
        self.exports.push((name.into(), callee));
    }

    /// What traces of a trap call the function.
    pub(crate) fn name(&mut self, callee: Callee, name: String) {
        self.names.push((callee, name));
    }

    pub(crate) fn start(&mut self, callee: Callee) {
        self.start = Some(callee);
    }

    /// A fixed part of memory, zero at first.
    pub(crate) fn place(&mut self, bytes: u32, align: u32) -> u32 {
        let address = align_to(self.end, align.max(1));
        self.end = address.saturating_add(bytes);
        address
    }

    /// A fixed part of memory with content.
    pub(crate) fn place_data(&mut self, content: &[u8], align: u32) -> u32 {
        let address = self.place(content.len() as u32, align);
        if !content.is_empty() {
            self.data.push((address, content.to_vec()));
        }
        address
    }

    /// The bytes that the arena has room for without growing.
    pub(crate) fn reserve(&mut self, bytes: u64) {
        self.arena_bytes = self
            .arena_bytes
            .saturating_add(u32::try_from(bytes).unwrap_or(u32::MAX));
    }

    /// The walker of that kind, and whether its body is still to be written.
    pub(crate) fn walk(
        &mut self,
        walk: Walk,
        parameters: usize,
        results: &[ValType],
    ) -> (Callee, bool) {
        if let Some(callee) = self.walks.get(&walk) {
            return (*callee, false);
        }
        let callee = self.declare(&vec![ValType::I32; parameters], results);
        self.walks.insert(walk, callee);
        (callee, true)
    }

    /// `(align, bytes) -> address` in the arena. It grows the memory only for what lies above its
    /// bound: such a value must be refused, and for that it has to arrive.
    pub(crate) fn allocate(&mut self) -> Callee {
        if let Some(callee) = self.allocate {
            return callee;
        }
        let grow = self.grow();
        let callee = self.declare(&[ValType::I32, ValType::I32], &[ValType::I32]);
        self.allocate = Some(callee);
        let mut body = Body::new(2);
        let (align, bytes) = (0, 1);
        let address = body.local(ValType::I32);
        body.op(Instruction::GlobalGet(HEAP))
            .get(align)
            .op(Instruction::I32Add);
        body.i32(1).op(Instruction::I32Sub);
        body.i32(0)
            .get(align)
            .op(Instruction::I32Sub)
            .op(Instruction::I32And)
            .tee(address);
        body.get(bytes)
            .op(Instruction::I32Add)
            .op(Instruction::GlobalSet(HEAP));
        // An address that wrapped around is no address.
        body.op(Instruction::GlobalGet(HEAP))
            .get(address)
            .op(Instruction::I32LtU);
        body.begin_if().op(Instruction::Unreachable).end();
        body.op(Instruction::GlobalGet(HEAP))
            .op(Instruction::GlobalGet(LIMIT))
            .op(Instruction::I32GtU);
        body.begin_if().call(grow).end().get(address);
        self.define(callee, body);
        callee
    }

    /// Moves the arena's end behind its used part by whole pages, or traps. It asks for pages
    /// without asking for the memory's size, so that it is the same in memories whose pages are
    /// single bytes: these do not grow.
    fn grow(&mut self) -> Callee {
        let callee = self.declare(&[], &[]);
        let mut body = Body::new(0);
        let pages = body.local(ValType::I32);
        body.op(Instruction::GlobalGet(HEAP))
            .op(Instruction::GlobalGet(LIMIT))
            .op(Instruction::I32Sub);
        body.i32(PAGE_BYTES - 1).op(Instruction::I32Add);
        body.i32(16).op(Instruction::I32ShrU).tee(pages);
        body.op(Instruction::MemoryGrow(0));
        body.i32(u32::MAX).op(Instruction::I32Eq).begin_if();
        body.op(Instruction::Unreachable).end();
        body.op(Instruction::GlobalGet(LIMIT)).get(pages).i32(16);
        body.op(Instruction::I32Shl)
            .op(Instruction::I32Add)
            .op(Instruction::GlobalSet(LIMIT));
        self.define(callee, body);
        callee
    }

    /// Exports `cabi_realloc` over the arena.
    pub(crate) fn export_realloc(&mut self) {
        let allocate = self.allocate();
        let realloc = self.declare(&[ValType::I32; 4], &[ValType::I32]);
        let mut body = Body::new(4);
        let (old, old_bytes, align, bytes) = (0, 1, 2, 3);
        let address = body.local(ValType::I32);
        body.get(align).get(bytes).call(allocate).set(address);
        body.get(old_bytes).begin_if().get(address).get(old);
        body.get(old_bytes)
            .get(bytes)
            .get(old_bytes)
            .get(bytes)
            .op(Instruction::I32LtU);
        body.op(Instruction::Select).copy().end().get(address);
        self.define(realloc, body);
        self.export("cabi_realloc", realloc);
    }

    pub(crate) fn finish(self) -> Vec<u8> {
        let imports = self.imports.len() as u32;
        let index = |callee: Callee| match callee {
            Callee::Import(index) => index,
            Callee::Local(index) => imports + index,
        };
        let mut types = TypeSection::new();
        let mut known: IndexMap<Signature, u32> = IndexMap::new();
        let mut type_of = |signature: &Signature| {
            let next = known.len() as u32;
            *known.entry(signature.clone()).or_insert_with(|| {
                types
                    .ty()
                    .function(signature.0.clone(), signature.1.clone());
                next
            })
        };
        let mut import_section = ImportSection::new();
        for ((module, name), signature) in &self.imports {
            import_section.import(module, name, EntityType::Function(type_of(signature)));
        }
        let (mut functions, mut code) = (FunctionSection::new(), CodeSection::new());
        for (signature, body) in self.functions {
            functions.function(type_of(&signature));
            code.function(
                &body
                    .unwrap_or_else(|| unwritten(&signature))
                    .finish(imports),
            );
        }
        let mut exports = ExportSection::new();
        for (name, callee) in &self.exports {
            exports.export(name, ExportKind::Func, index(*callee));
        }
        exports.export("memory", ExportKind::Memory, 0);
        let arena = align_to(self.end, 8);
        let limit = arena.saturating_add(self.arena_bytes);
        let mut memories = MemorySection::new();
        memories.memory(MemoryType {
            minimum: limit.div_ceil(PAGE_BYTES).max(1).into(),
            maximum: None,
            memory64: false,
            shared: false,
            page_size_log2: None,
        });
        let mut globals = GlobalSection::new();
        for (mutable, value) in [(true, arena), (false, arena), (true, limit)] {
            globals.global(
                GlobalType {
                    val_type: ValType::I32,
                    mutable,
                    shared: false,
                },
                &ConstExpr::i32_const(value.cast_signed()),
            );
        }
        let mut data = DataSection::new();
        for (address, content) in self.data {
            data.active(0, &ConstExpr::i32_const(address.cast_signed()), content);
        }
        let mut module = wasm_encoder::Module::new();
        module
            .section(&types)
            .section(&import_section)
            .section(&functions)
            .section(&memories);
        module.section(&globals).section(&exports);
        if let Some(start) = self.start {
            module.section(&StartSection {
                function_index: index(start),
            });
        }
        module.section(&code).section(&data);
        if !self.names.is_empty() {
            let mut names = NameMap::new();
            for (callee, name) in &self.names {
                names.append(index(*callee), name);
            }
            let mut section = NameSection::new();
            section.functions(&names);
            module.section(&section);
        }
        module.section(&CustomSection {
            name: memory_need::SECTION.into(),
            data: memory_need::bytes(limit).as_slice().into(),
        });
        module.finish()
    }
}

/// What a declared function without a body does.
fn unwritten(signature: &Signature) -> Body {
    let mut body = Body::new(signature.0.len());
    body.op(Instruction::Unreachable);
    body
}

impl Body {
    /// Runs `inside` and gives the arena back what it took.
    pub(crate) fn keep_heap(&mut self, inside: impl FnOnce(&mut Self)) {
        let saved = self.local(ValType::I32);
        self.op(Instruction::GlobalGet(HEAP)).set(saved);
        inside(self);
        self.get(saved).op(Instruction::GlobalSet(HEAP));
    }

    /// Runs `inside` with the arena at a fixed part of memory.
    pub(crate) fn with_heap(&mut self, address: u32, inside: impl FnOnce(&mut Self)) {
        self.keep_heap(|body| {
            body.i32(address).op(Instruction::GlobalSet(HEAP));
            inside(body);
        });
    }

    /// Gives back all of the arena.
    pub(crate) fn reset_heap(&mut self) -> &mut Self {
        self.op(Instruction::GlobalGet(ARENA))
            .op(Instruction::GlobalSet(HEAP))
    }
}

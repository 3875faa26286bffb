//! Non-volatile data ports (AUTOSAR: NvDataInterface) of the instances of a partition: a component
//! that reads and writes their elements in blocks of the partition, by `wireloom:ecu/nv`. Imports
//! nothing else. Knows nothing of what keeps the blocks.
//!
//! A block holds eight bytes that tell the type, then the packed value. Bytes of another type, of a
//! version before, are as if the block had its first content (AUTOSAR: NvM, configuration id).

use crate::{
    cell,
    code::{Body, Callee, Module, check, lift, measure, pack, unpack},
    layout::{
        Scalar, Shape, discriminant_size, flat, heap_size, packed_size, payload_offset, points,
        shape, size,
    },
    plan::{GenerateError, NvElement, NvPort, Served},
    synthesis::World,
};
use autosar_wit::{
    component::PortItem,
    nv_data::{self, Access, Accessor},
    types::{Function, ValueType},
};
use wasm_encoder::{Instruction, ValType};

/// Bytes in front of the packed value.
pub const NV_HEAD_BYTES: usize = 8;

const HOST: &str = "wireloom:ecu/nv@0.1.0";
const FLAT_PARAMETERS: usize = 16;
const HEAD: u32 = NV_HEAD_BYTES as u32;

/// Errors of the host in their order, by what interfaces call them; the last word of each is for all.
const ERRORS: [&[&str]; 6] = [
    &["not-ok", "failed"],
    &["integrity-failed", "invalid", "not-ok", "failed"],
    &["nv-invalidated", "not-written", "not-ok", "failed"],
    &["full", "not-ok", "failed"],
    &["wrong-block", "not-ok", "failed"],
    &["not-served", "not-ok", "failed"],
];
const INTEGRITY_FAILED: usize = 1;
const INVALIDATED: usize = 2;
const WRONG_BLOCK: usize = 4;

/// What serves the ports of a partition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NvData {
    pub component: Vec<u8>,
    pub served: Vec<Served>,
}

/// The bytes that the block of an element takes at most.
pub fn nv_block_bytes(value: &ValueType, bound: u32) -> u64 {
    packed_size(value, bound).saturating_add(HEAD.into())
}

/// A component that serves all these ports.
///
/// # Errors
/// Where a function neither reads nor writes an element, or a value is none that can be kept.
pub fn nv_data(ports: &[NvPort]) -> Result<NvData, GenerateError> {
    let (mut module, mut world) = (Module::new(), World::default());
    let mut served = Vec::new();
    let mut arena_bytes = 0;
    for port in ports {
        let export = format!("nv-data-{}", served.len());
        let place = format!("{}.{}", port.instance, port.port);
        let accessors = nv_data::accessors(&port.interface);
        let accessors = accessors.ok_or_else(|| GenerateError::NotNvData {
            place: place.clone(),
        })?;
        for (function, accessor) in port.interface.functions.iter().zip(&accessors) {
            let place = format!("{place}#{}", function.name);
            cell::refuse(accessor.value, &place)?;
            let element = port.blocks.get(accessor.element);
            let element = element.ok_or(GenerateError::Missing { place })?;
            let making = Making::new(&mut module, &export, (function, accessor), element);
            match accessor.access {
                Access::Read => making.read(&mut module),
                Access::Write => making.write(&mut module),
            }
            let bytes = packed_size(accessor.value, element.bound)
                .saturating_add(heap_size(accessor.value, element.bound))
                .saturating_add(64);
            arena_bytes = arena_bytes.max(bytes);
        }
        let item = PortItem::Interface(port.interface.clone());
        world.export(&export, item, &port.instance);
        served.push(Served {
            export,
            instance: port.instance.clone(),
            port: port.port.clone(),
        });
    }
    module.export_realloc();
    module.reserve(arena_bytes);
    Ok(NvData {
        component: world.glue(module.finish())?,
        served,
    })
}

/// A function in the making.
struct Making<'a> {
    name: String,
    post: String,
    accessor: &'a Accessor<'a>,
    element: &'a NvElement,
    /// The whole result.
    result: &'a ValueType,
    /// Where it lies, and its payload in it.
    image: u32,
    payload: u32,
    /// Bytes of the error.
    error_bytes: u32,
    /// What the host answers lies here.
    answer: u32,
    block: (u32, u32),
}

impl<'a> Making<'a> {
    fn new(
        module: &mut Module,
        export: &str,
        (function, accessor): (&'a Function, &'a Accessor<'a>),
        element: &'a NvElement,
    ) -> Making<'a> {
        // An accessor has a result.
        let result = function.result.as_ref().unwrap_or(&ValueType::Bool);
        let payload = match shape(result) {
            Shape::Sum(cases) => payload_offset(&cases),
            _ => 0,
        };
        let name = element.block.as_bytes();
        Making {
            name: format!("{export}#{}", function.name),
            post: format!("cabi_post_{export}#{}", function.name),
            accessor,
            element,
            result,
            image: module.place(size(result), 8),
            payload,
            error_bytes: discriminant_size(accessor.errors.len()),
            answer: module.place(12, 4),
            block: (module.place_data(name, 1), name.len() as u32),
        }
    }

    fn read(&self, module: &mut Module) {
        let host = module.import(HOST, "read", &[ValType::I32; 3], &[]);
        let unpack = unpack(module, self.accessor.value, self.element.bound);
        let getter = module.declare(&[], &[ValType::I32]);
        let mut body = Body::new(0);
        let [answer, from, bytes, is_ours] = [(); 4].map(|()| body.local(ValType::I32));
        body.i32(self.block.0).i32(self.block.1);
        body.i32(self.answer).tee(answer).call(host);
        body.get(answer).load(Scalar::U8, 0).begin_if();
        self.fail_as(&mut body, answer, 4);
        body.op(Instruction::Else);
        body.get(answer).load(Scalar::U32, 4).set(from);
        body.get(answer).load(Scalar::U32, 8).tee(bytes);
        body.i32(HEAD).op(Instruction::I32GeU).begin_if();
        body.get(from).load(Scalar::U64, 0).i64(self.head());
        body.op(Instruction::I64Eq).set(is_ours).end();
        body.get(is_ours).begin_if();
        body.address(from, HEAD);
        body.get(from).get(bytes).op(Instruction::I32Add);
        self.take(&mut body, unpack);
        body.op(Instruction::Else);
        self.begin(module, &mut body, unpack);
        body.end().end();
        self.finish(module, body, getter);
    }

    /// The first content, where the block has that of another type.
    fn begin(&self, module: &mut Module, body: &mut Body, unpack: Callee) {
        match &self.element.initial {
            None => self.fail(body, INVALIDATED),
            Some(initial) => {
                let at = module.place_data(initial, 1);
                body.i32(at).i32(at + initial.len() as u32);
                self.take(body, unpack);
            }
        }
    }

    /// Unpacks the value between the two addresses on the stack.
    fn take(&self, body: &mut Body, unpack: Callee) {
        let end = body.local(ValType::I32);
        body.tee(end).i32(self.image + self.payload).call(unpack);
        body.get(end).op(Instruction::I32Eq).begin_if();
        self.tag(body, 0);
        body.op(Instruction::Else);
        self.fail(body, INTEGRITY_FAILED);
        body.end();
    }

    fn write(&self, module: &mut Module) {
        let value = self.accessor.value;
        let host = module.import(HOST, "write", &[ValType::I32; 5], &[]);
        let (check, measure) = (
            check(module, value, self.element.bound),
            measure(module, value),
        );
        let (pack, allocate) = (pack(module, value), module.allocate());
        let flat = flat(value);
        let parameters = match flat.len() > FLAT_PARAMETERS {
            true => vec![ValType::I32],
            false => flat.clone(),
        };
        let writer = module.declare(&parameters, &[ValType::I32]);
        let mut body = Body::new(parameters.len());
        let [image, bytes, at, answer] = [(); 4].map(|()| body.local(ValType::I32));
        match flat.len() > FLAT_PARAMETERS {
            true => {
                body.get(0).set(image);
            }
            false => {
                let locals: Vec<u32> = (0..parameters.len() as u32).collect();
                body.i32(module.place(size(value), 8)).set(image);
                lift(&mut body, value, &locals, image, 0);
            }
        }
        body.get(image).call(check).begin_if();
        body.get(image).call(measure).i32(HEAD);
        body.op(Instruction::I32Add).set(bytes);
        body.i32(8).get(bytes).call(allocate).tee(at);
        body.i64(self.head()).store(Scalar::U64, 0);
        body.get(image).address(at, HEAD).call(pack);
        body.op(Instruction::Drop);
        body.i32(self.block.0).i32(self.block.1);
        body.get(at).get(bytes).i32(self.answer).tee(answer);
        body.call(host);
        body.get(answer).load(Scalar::U8, 0).begin_if();
        self.fail_as(&mut body, answer, 1);
        body.op(Instruction::Else);
        self.tag(&mut body, 0);
        body.end().op(Instruction::Else);
        self.fail(&mut body, WRONG_BLOCK);
        body.end();
        self.finish(module, body, writer);
    }

    fn head(&self) -> i64 {
        i64::from_le_bytes(self.element.head)
    }

    /// Which case the result is.
    fn tag(&self, body: &mut Body, case: u32) {
        body.i32(self.image).i32(case).store(Scalar::U8, 0);
    }

    /// The result is the interface's error for one of the host's.
    fn fail(&self, body: &mut Body, error: usize) {
        self.tag(body, 1);
        body.i32(self.image + self.payload).i32(self.case(error));
        self.store_error(body);
    }

    /// The same for the host's error at `answer + offset`.
    fn fail_as(&self, body: &mut Body, answer: u32, offset: u32) {
        let (error, case) = (body.local(ValType::I32), body.local(ValType::I32));
        body.get(answer).load(Scalar::U8, offset).set(error);
        body.i32(self.case(0)).set(case);
        for number in 1..ERRORS.len() {
            body.get(error)
                .i32(number as u32)
                .op(Instruction::I32Eq)
                .begin_if();
            body.i32(self.case(number)).set(case).end();
        }
        self.tag(body, 1);
        body.i32(self.image + self.payload).get(case);
        self.store_error(body);
    }

    fn store_error(&self, body: &mut Body) {
        let scalar = match self.error_bytes {
            1 => Scalar::U8,
            2 => Scalar::U16,
            _ => Scalar::U32,
        };
        body.store(scalar, 0);
    }

    /// The interface's case for an error of the host: by its name, else its last.
    fn case(&self, error: usize) -> u32 {
        let labels = self.accessor.errors;
        let words = ERRORS.get(error).copied().unwrap_or_default();
        let mut cases = words.iter();
        let found = cases.find_map(|word| labels.iter().position(|label| label == word));
        found.unwrap_or(labels.len().saturating_sub(1)) as u32
    }

    /// Returns the result; frees the arena at once, or when the caller has read what points there.
    fn finish(&self, module: &mut Module, mut body: Body, function: Callee) {
        if points(self.result) {
            let post = module.declare(&[ValType::I32], &[]);
            let mut after = Body::new(1);
            after.reset_heap();
            module.define(post, after);
            module.export(&self.post, post);
        } else {
            body.reset_heap();
        }
        body.i32(self.image);
        module.define(function, body);
        module.export(&self.name, function);
    }
}

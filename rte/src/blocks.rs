//! The non-volatile blocks of an instance: forwards `wireloom:ecu/nv` to the host, with the names
//! of the partition's blocks in the place of those that the component knows. Other names go on as
//! they are. Knows nothing of what the blocks hold.

use crate::{
    code::{Body, Module},
    layout::{Scalar, flat, points, size},
    plan::{BlocksPlan, GenerateError},
    synthesis::World,
};
use autosar_wit::{
    component::PortItem,
    types::{Function, FunctionKind, ValueType},
};
use wasm_encoder::{Instruction, ValType};

/// The export that is the instance's argument.
pub const BLOCKS: &str = "blocks";

const HOST: &str = "wireloom:ecu/nv@0.1.0";
/// Room for a block and a little; the arena grows for more.
const ARENA_BYTES: u64 = 4096;

/// A component that imports the host's interface and exports what the instance has of it as
/// [`BLOCKS`].
///
/// # Errors
/// Where a function does not begin with the name of a block.
pub fn blocks(plan: &BlocksPlan) -> Result<Vec<u8>, GenerateError> {
    let (mut module, mut world) = (Module::new(), World::default());
    for function in &plan.interface.functions {
        forward(&mut module, plan, function)?;
    }
    module.export_realloc();
    module.reserve(ARENA_BYTES);
    let item = PortItem::Interface(plan.interface.clone());
    world.export(BLOCKS, item, "the blocks");
    world.glue(module.finish())
}

fn forward(
    module: &mut Module,
    plan: &BlocksPlan,
    function: &Function,
) -> Result<(), GenerateError> {
    let by_name = matches!(function.parameters.first(), Some((_, ValueType::String)));
    if !by_name || function.is_async || function.kind != FunctionKind::Free {
        return Err(GenerateError::NotABlock {
            place: function.name.clone(),
        });
    }
    let values = function.parameters.iter().map(|(_, value)| value);
    let parameters: Vec<ValType> = values.flat_map(flat).collect();
    let results = function.result.as_ref().map(flat).unwrap_or_default();
    let by_memory = results.len() > 1;
    let place = module.place(function.result.as_ref().map_or(0, size), 8);
    let (mut lowered, mut own_results) = (parameters.clone(), results);
    if by_memory {
        lowered.push(ValType::I32);
        own_results.clear();
    }
    let host = module.import(HOST, &function.name, &lowered, &own_results);
    let mut body = Body::new(parameters.len());
    let name = renamed(module, &mut body, plan);
    body.get(name.0).get(name.1);
    for local in 2..parameters.len() as u32 {
        body.get(local);
    }
    if by_memory {
        body.i32(place);
    }
    body.call(host);
    let value = own_results.first().map(|ty| body.local(*ty));
    if let Some(value) = value {
        body.set(value);
    }
    free(module, &mut body, function);
    match value {
        Some(value) => {
            body.get(value);
        }
        None if by_memory => {
            body.i32(place);
        }
        None => {}
    }
    if by_memory {
        own_results.push(ValType::I32);
    }
    let outer = module.declare(&parameters, &own_results);
    module.define(outer, body);
    module.export(format!("{BLOCKS}#{}", function.name), outer);
    Ok(())
}

/// Locals with address and length of the name that the host is asked for.
fn renamed(module: &mut Module, body: &mut Body, plan: &BlocksPlan) -> (u32, u32) {
    let (address, length) = (0, 1);
    let name = (body.local(ValType::I32), body.local(ValType::I32));
    body.get(address).set(name.0).get(length).set(name.1);
    for (own, block) in &plan.names {
        let text = module.place_data(block.as_bytes(), 1);
        body.begin_block()
            .get(length)
            .i32(own.len() as u32)
            .op(Instruction::I32Ne)
            .op(Instruction::BrIf(0));
        for (offset, byte) in own.bytes().enumerate() {
            body.get(address)
                .load(Scalar::U8, offset as u32)
                .i32(byte.into())
                .op(Instruction::I32Ne)
                .op(Instruction::BrIf(0));
        }
        body.i32(text)
            .set(name.0)
            .i32(block.len() as u32)
            .set(name.1)
            .end();
    }
    name
}

/// Frees the arena: at once, or when the caller has read a result that points into it.
fn free(module: &mut Module, body: &mut Body, function: &Function) {
    if !function.result.as_ref().is_some_and(points) {
        body.reset_heap();
        return;
    }
    let post = module.declare(&[ValType::I32], &[]);
    let mut after = Body::new(1);
    after.reset_heap();
    module.define(post, after);
    module.export(format!("cabi_post_{BLOCKS}#{}", function.name), post);
}

//! Numbers that look random and are the same in every run: SplitMix64 from zero.
//!
//! Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators" (2014).

use crate::{
    code::{Body, Callee, Module},
    layout::{Scalar, strip},
};
use autosar_wit::types::{Function, ValueType};
use wasm_encoder::{Instruction, ValType};

const STEP: i64 = 0x9e37_79b9_7f4a_7c15_u64.cast_signed();
const MIX: [(i64, i64); 2] = [
    (30, 0xbf58_476d_1ce4_e5b9_u64.cast_signed()),
    (27, 0x94d0_49bb_1331_11eb_u64.cast_signed()),
];

/// Leaves the result of `u64`, a tuple of them, or as many bytes as the first parameter says.
pub(super) fn answer(
    module: &mut Module,
    body: &mut Body,
    next: Callee,
    name: &str,
    function: &Function,
) {
    match function.result.as_ref().map(strip) {
        Some(ValueType::Tuple(values)) => {
            let place = module.place(8 * values.len() as u32, 8);
            let address = body.local(ValType::I32);
            body.i32(place).set(address);
            for number in 0..values.len() as u32 {
                body.get(address).call(next).store(Scalar::U64, 8 * number);
            }
            body.get(address);
        }
        Some(ValueType::List(_)) => {
            bytes(module, body, next);
            let post = module.declare(&[ValType::I32], &[]);
            let mut after = Body::new(1);
            after.reset_heap();
            module.define(post, after);
            module.export(format!("cabi_post_{name}"), post);
        }
        _ => {
            body.call(next);
        }
    }
}

fn bytes(module: &mut Module, body: &mut Body, next: Callee) {
    let allocate = module.allocate();
    let place = module.place(8, 4);
    let (list, count) = (body.local(ValType::I32), body.local(ValType::I32));
    let (image, cursor) = (body.local(ValType::I32), body.local(ValType::I32));
    // What is asked for and no memory has room for is an end, as at any host.
    body.get(0).i64(i64::from(u32::MAX)).op(Instruction::I64GtU);
    body.begin_if().op(Instruction::Unreachable).end();
    body.get(0).op(Instruction::I32WrapI64).set(count);
    body.i32(1).get(count).call(allocate).tee(list).set(cursor);
    body.repeat(count, |body| {
        body.get(cursor).call(next).op(Instruction::I32WrapI64);
        body.store(Scalar::U8, 0).advance(cursor, 1);
    });
    body.i32(place).set(image);
    body.get(image).get(list).store(Scalar::U32, 0);
    body.get(image).get(count).store(Scalar::U32, 4).get(image);
}

/// `() -> i64`, the next number.
pub(super) fn next(module: &mut Module) -> Callee {
    let state = module.place(8, 8);
    let callee = module.declare(&[], &[ValType::I64]);
    let mut body = Body::new(0);
    let (address, value) = (body.local(ValType::I32), body.local(ValType::I64));
    body.i32(state).set(address).get(address);
    body.get(address).load(Scalar::U64, 0).i64(STEP);
    body.op(Instruction::I64Add)
        .tee(value)
        .store(Scalar::U64, 0);
    for (shift, factor) in MIX {
        body.get(value).get(value).i64(shift);
        body.op(Instruction::I64ShrU).op(Instruction::I64Xor);
        body.i64(factor).op(Instruction::I64Mul).set(value);
    }
    body.get(value).get(value).i64(31);
    body.op(Instruction::I64ShrU).op(Instruction::I64Xor);
    module.define(callee, body);
    callee
}

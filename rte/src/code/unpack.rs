//! From the packed form of a value to its memory image; lists and strings go to the arena.
//! Bytes that are no such value are told from those that are, except within the UTF-8 of strings.

use super::{
    body::{Body, Callee, unsigned},
    module::{Module, Walk},
};
use crate::layout::{
    Scalar, Shape, align, discriminant_size, flags_size, offsets, payload_offset, shape, size,
};
use autosar_wit::types::ValueType;
use wasm_encoder::{Instruction, ValType};

const FROM: u32 = 0;
const END: u32 = 1;
const TO: u32 = 2;

/// `(source, end of the source, destination) -> end of what was read`, or 0 if the bytes are no
/// such value or a list or string is longer than `bound`.
pub(crate) fn unpack(module: &mut Module, value: &ValueType, bound: u32) -> Callee {
    let (callee, new) = module.walk(Walk::Unpack(value.clone(), bound), 3, &[ValType::I32]);
    if new {
        let mut body = Body::new(3);
        at(module, &mut body, value, 0, bound);
        body.get(FROM);
        module.define(callee, body);
    }
    callee
}

fn at(module: &mut Module, body: &mut Body, value: &ValueType, offset: u32, bound: u32) {
    match shape(value) {
        Shape::Scalar(scalar) => self::scalar(body, scalar, offset),
        Shape::Product(values) => {
            for (value, field) in values.iter().zip(offsets(&values)) {
                at(module, body, value, offset + field, bound);
            }
        }
        Shape::Flags(labels) => {
            let bytes = flags_size(labels);
            need(body, bytes);
            body.address(TO, offset)
                .get(FROM)
                .i32(bytes)
                .copy()
                .advance(FROM, bytes);
        }
        Shape::Sum(cases) => sum(module, body, &cases, offset, bound),
        Shape::List(element) => list(module, body, &element, offset, bound),
        Shape::String => list(module, body, &ValueType::U8, offset, bound),
        Shape::FixedList(element, length) => {
            for index in 0..length {
                at(
                    module,
                    body,
                    &element,
                    offset + index * size(&element),
                    bound,
                );
            }
        }
        Shape::Handle(_) => {}
    }
}

/// Returns 0 unless that many bytes are left.
fn need(body: &mut Body, bytes: u32) {
    body.get(END)
        .get(FROM)
        .op(Instruction::I32Sub)
        .i32(bytes)
        .op(Instruction::I32LtU);
    fail_if(body);
}

fn fail_if(body: &mut Body) {
    body.begin_if().i32(0).op(Instruction::Return).end();
}

fn scalar(body: &mut Body, scalar: Scalar, offset: u32) {
    need(body, scalar.size());
    match scalar {
        Scalar::Bool => {
            body.get(FROM)
                .load(scalar, 0)
                .i32(1)
                .op(Instruction::I32GtU);
            fail_if(body);
        }
        Scalar::Char => {
            // A Unicode scalar value: no surrogate, not above 0x10ffff.
            body.get(FROM)
                .load(scalar, 0)
                .i32(0x11_0000)
                .op(Instruction::I32GeU);
            body.get(FROM)
                .load(scalar, 0)
                .i32(0xd800)
                .op(Instruction::I32Sub);
            body.i32(0x800)
                .op(Instruction::I32LtU)
                .op(Instruction::I32Or);
            fail_if(body);
        }
        _ => {}
    }
    body.get(TO).get(FROM).load(scalar, 0).store(scalar, offset);
    body.advance(FROM, scalar.size());
}

fn sum(module: &mut Module, body: &mut Body, cases: &[Option<ValueType>], offset: u32, bound: u32) {
    let bytes = discriminant_size(cases.len());
    need(body, bytes);
    let tag = body.local(ValType::I32);
    body.get(FROM).load(unsigned(bytes), 0).tee(tag);
    body.i32(cases.len() as u32).op(Instruction::I32GeU);
    fail_if(body);
    body.get(TO)
        .get(tag)
        .store(unsigned(bytes), offset)
        .advance(FROM, bytes);
    for (index, case) in cases.iter().enumerate() {
        let Some(payload) = case else { continue };
        body.get(tag)
            .i32(index as u32)
            .op(Instruction::I32Eq)
            .begin_if();
        at(module, body, payload, offset + payload_offset(cases), bound);
        body.end();
    }
}

fn list(module: &mut Module, body: &mut Body, element: &ValueType, offset: u32, bound: u32) {
    let allocate = module.allocate();
    let (to, count) = (body.local(ValType::I32), body.local(ValType::I32));
    need(body, 4);
    body.get(FROM)
        .load(Scalar::U32, 0)
        .tee(count)
        .i32(bound)
        .op(Instruction::I32GtU);
    fail_if(body);
    body.advance(FROM, 4);
    body.i32(align(element))
        .get(count)
        .i32(size(element))
        .op(Instruction::I32Mul);
    body.call(allocate).set(to);
    body.get(TO).get(to).store(Scalar::U32, offset);
    body.get(TO).get(count).store(Scalar::U32, offset + 4);
    if is_number(element) {
        let bytes = body.local(ValType::I32);
        body.get(count)
            .i32(size(element))
            .op(Instruction::I32Mul)
            .set(bytes);
        body.get(END)
            .get(FROM)
            .op(Instruction::I32Sub)
            .get(bytes)
            .op(Instruction::I32LtU);
        fail_if(body);
        body.get(to).get(FROM).get(bytes).copy();
        body.get(FROM).get(bytes).op(Instruction::I32Add).set(FROM);
        return;
    }
    let one = unpack(module, element, bound);
    body.repeat(count, |body| {
        body.get(FROM)
            .get(END)
            .get(to)
            .call(one)
            .tee(FROM)
            .op(Instruction::I32Eqz);
        fail_if(body);
        body.advance(to, size(element));
    });
}

/// Any bytes are such a value.
fn is_number(value: &ValueType) -> bool {
    matches!(shape(value), Shape::Scalar(scalar) if !matches!(scalar, Scalar::Bool | Scalar::Char))
}

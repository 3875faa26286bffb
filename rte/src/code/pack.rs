//! From the memory image of a value to its packed form: no padding, lists in place.

use super::{
    body::{Body, Callee, unsigned},
    module::{Module, Walk},
};
use crate::layout::{Scalar, Shape, discriminant_size, offsets, payload_offset, shape, size};
use autosar_wit::types::ValueType;
use wasm_encoder::{Instruction, ValType};

/// `(source, destination) -> end of what was written`.
pub(crate) fn pack(module: &mut Module, value: &ValueType) -> Callee {
    let (callee, new) = module.walk(Walk::Pack(value.clone()), 2, &[ValType::I32]);
    if new {
        let mut body = Body::new(2);
        emit(module, &mut body, value, 0, 1);
        body.get(1);
        module.define(callee, body);
    }
    callee
}

/// Whether image and packed form are the same bytes, so that a copy does.
pub(crate) fn identical(value: &ValueType) -> bool {
    match shape(value) {
        Shape::Scalar(_) | Shape::Flags(_) => true,
        Shape::Product(values) => {
            let bytes: u32 = values.iter().map(size).sum();
            bytes == size(value) && values.iter().all(identical)
        }
        Shape::Sum(cases) => cases.iter().all(Option::is_none),
        Shape::FixedList(element, _) => identical(&element),
        Shape::List(_) | Shape::String | Shape::Handle(_) => false,
    }
}

/// Writes the value at `source + offset` to `to`, which moves on.
fn emit(module: &mut Module, body: &mut Body, value: &ValueType, source: u32, to: u32) {
    at(module, body, value, source, 0, to);
}

fn at(module: &mut Module, body: &mut Body, value: &ValueType, source: u32, offset: u32, to: u32) {
    if identical(value) {
        copy(body, value, source, offset, to);
        return;
    }
    match shape(value) {
        Shape::Product(values) => {
            for (value, field) in values.iter().zip(offsets(&values)) {
                at(module, body, value, source, offset + field, to);
            }
        }
        Shape::Sum(cases) => sum(module, body, &cases, source, offset, to),
        Shape::List(element) => list(module, body, &element, source, offset, to),
        Shape::String => list(module, body, &ValueType::U8, source, offset, to),
        Shape::FixedList(element, length) => {
            for index in 0..length {
                at(
                    module,
                    body,
                    &element,
                    source,
                    offset + index * size(&element),
                    to,
                );
            }
        }
        Shape::Scalar(_) | Shape::Flags(_) | Shape::Handle(_) => {}
    }
}

fn copy(body: &mut Body, value: &ValueType, source: u32, offset: u32, to: u32) {
    let bytes = size(value);
    match shape(value) {
        Shape::Scalar(scalar) => {
            body.get(to)
                .get(source)
                .load(scalar, offset)
                .store(scalar, 0);
        }
        _ => {
            body.get(to).address(source, offset).i32(bytes).copy();
        }
    }
    body.advance(to, bytes);
}

fn sum(
    module: &mut Module,
    body: &mut Body,
    cases: &[Option<ValueType>],
    source: u32,
    offset: u32,
    to: u32,
) {
    let bytes = discriminant_size(cases.len());
    let tag = body.local(ValType::I32);
    body.get(to)
        .get(source)
        .load(unsigned(bytes), offset)
        .tee(tag)
        .store(unsigned(bytes), 0);
    body.advance(to, bytes);
    for (index, case) in cases.iter().enumerate() {
        let Some(payload) = case else { continue };
        body.get(tag)
            .i32(index as u32)
            .op(Instruction::I32Eq)
            .begin_if();
        at(
            module,
            body,
            payload,
            source,
            offset + payload_offset(cases),
            to,
        );
        body.end();
    }
}

fn list(
    module: &mut Module,
    body: &mut Body,
    element: &ValueType,
    source: u32,
    offset: u32,
    to: u32,
) {
    let (from, count) = (body.local(ValType::I32), body.local(ValType::I32));
    body.get(source).load(Scalar::U32, offset).set(from);
    body.get(to)
        .get(source)
        .load(Scalar::U32, offset + 4)
        .tee(count)
        .store(Scalar::U32, 0);
    body.advance(to, 4);
    if identical(element) {
        body.get(to)
            .get(from)
            .get(count)
            .i32(size(element))
            .op(Instruction::I32Mul)
            .copy();
        body.get(count).i32(size(element)).op(Instruction::I32Mul);
        body.get(to).op(Instruction::I32Add).set(to);
        return;
    }
    let one = pack(module, element);
    body.repeat(count, |body| {
        body.get(from).get(to).call(one).set(to);
        body.advance(from, size(element));
    });
}

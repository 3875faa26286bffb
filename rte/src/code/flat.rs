//! Between flat core values and the memory image of a value.
//!
//! Source: Component Model, `CanonicalABI.md` ("Flat Lifting", "Flat Lowering").

use super::body::{Body, unsigned};
use crate::layout::{
    Scalar, Shape, discriminant_size, flags_size, flat, flat_payload, offsets, payload_offset,
    shape, size,
};
use autosar_wit::types::ValueType;
use wasm_encoder::{Instruction, ValType};

/// Memory → flat: pushes the core values of the image at `base + offset`.
pub(crate) fn lower(body: &mut Body, value: &ValueType, base: u32, offset: u32) {
    match shape(value) {
        Shape::Scalar(scalar) => {
            body.get(base).load(scalar, offset);
        }
        Shape::Handle(_) => {
            body.get(base).load(Scalar::U32, offset);
        }
        Shape::Product(values) => {
            for (value, at) in values.iter().zip(offsets(&values)) {
                lower(body, value, base, offset + at);
            }
        }
        Shape::Flags(labels) => {
            let bytes = flags_size(labels);
            for word in 0..bytes.div_ceil(4) {
                body.get(base).load(unsigned(bytes), offset + word * 4);
            }
        }
        Shape::List(_) | Shape::String => {
            body.get(base)
                .load(Scalar::U32, offset)
                .get(base)
                .load(Scalar::U32, offset + 4);
        }
        Shape::FixedList(element, length) => {
            for index in 0..length {
                lower(body, &element, base, offset + index * size(&element));
            }
        }
        Shape::Sum(cases) => lower_sum(body, &cases, base, offset),
    }
}

fn lower_sum(body: &mut Body, cases: &[Option<ValueType>], base: u32, offset: u32) {
    let tag = body.local(ValType::I32);
    body.get(base)
        .load(unsigned(discriminant_size(cases.len())), offset)
        .set(tag);
    let joined: Vec<(u32, ValType)> = flat_payload(cases)
        .into_iter()
        .map(|ty| (body.local(ty), ty))
        .collect();
    for (local, ty) in &joined {
        body.op(zero(*ty)).set(*local);
    }
    for (index, case) in cases.iter().enumerate() {
        let Some(payload) = case else { continue };
        body.get(tag)
            .i32(index as u32)
            .op(Instruction::I32Eq)
            .begin_if();
        lower(body, payload, base, offset + payload_offset(cases));
        for ((local, ty), from) in joined
            .iter()
            .zip(flat(payload))
            .collect::<Vec<_>>()
            .iter()
            .rev()
        {
            convert(body, *from, *ty);
            body.set(*local);
        }
        body.end();
    }
    body.get(tag);
    for (local, _) in &joined {
        body.get(*local);
    }
}

/// Flat → memory: stores the core values in `locals` as the image at `base + offset`.
pub(crate) fn lift(body: &mut Body, value: &ValueType, locals: &[u32], base: u32, offset: u32) {
    match shape(value) {
        Shape::Scalar(scalar) => store(body, scalar, locals, base, offset),
        Shape::Handle(_) => store(body, Scalar::U32, locals, base, offset),
        Shape::Product(values) => {
            let mut rest = locals;
            for (value, at) in values.iter().zip(offsets(&values)) {
                let (mine, others) = rest.split_at(flat(value).len().min(rest.len()));
                lift(body, value, mine, base, offset + at);
                rest = others;
            }
        }
        Shape::Flags(labels) => {
            let bytes = flags_size(labels);
            for (word, local) in locals.iter().enumerate() {
                store(
                    body,
                    unsigned(bytes),
                    &[*local],
                    base,
                    offset + word as u32 * 4,
                );
            }
        }
        Shape::List(_) | Shape::String => {
            for (word, local) in locals.iter().enumerate() {
                store(body, Scalar::U32, &[*local], base, offset + word as u32 * 4);
            }
        }
        Shape::FixedList(element, _) => {
            for (index, mine) in locals.chunks(flat(&element).len().max(1)).enumerate() {
                lift(
                    body,
                    &element,
                    mine,
                    base,
                    offset + index as u32 * size(&element),
                );
            }
        }
        Shape::Sum(cases) => lift_sum(body, &cases, locals, base, offset),
    }
}

fn lift_sum(body: &mut Body, cases: &[Option<ValueType>], locals: &[u32], base: u32, offset: u32) {
    let Some((tag, rest)) = locals.split_first() else {
        return;
    };
    store(
        body,
        unsigned(discriminant_size(cases.len())),
        &[*tag],
        base,
        offset,
    );
    let joined = flat_payload(cases);
    for (index, case) in cases.iter().enumerate() {
        let Some(payload) = case else { continue };
        body.get(*tag)
            .i32(index as u32)
            .op(Instruction::I32Eq)
            .begin_if();
        let mine: Vec<u32> = flat(payload)
            .into_iter()
            .zip(rest.iter().zip(&joined))
            .map(|(to, (local, from))| {
                let converted = body.local(to);
                body.get(*local);
                convert(body, *from, to);
                body.set(converted);
                converted
            })
            .collect();
        lift(body, payload, &mine, base, offset + payload_offset(cases));
        body.end();
    }
}

fn store(body: &mut Body, scalar: Scalar, locals: &[u32], base: u32, offset: u32) {
    if let Some(local) = locals.first() {
        body.get(base).get(*local).store(scalar, offset);
    }
}

fn zero(ty: ValType) -> Instruction<'static> {
    match ty {
        ValType::I64 => Instruction::I64Const(0),
        ValType::F32 => Instruction::F32Const(0.0_f32.into()),
        ValType::F64 => Instruction::F64Const(0.0_f64.into()),
        _ => Instruction::I32Const(0),
    }
}

/// The value on the stack as another core type, as joined payloads need it.
fn convert(body: &mut Body, from: ValType, to: ValType) {
    match (from, to) {
        (ValType::F32, ValType::I32) => body.op(Instruction::I32ReinterpretF32),
        (ValType::I32, ValType::F32) => body.op(Instruction::F32ReinterpretI32),
        (ValType::I32, ValType::I64) => body.op(Instruction::I64ExtendI32U),
        (ValType::I64, ValType::I32) => body.op(Instruction::I32WrapI64),
        (ValType::F64, ValType::I64) => body.op(Instruction::I64ReinterpretF64),
        (ValType::I64, ValType::F64) => body.op(Instruction::F64ReinterpretI64),
        (ValType::F32, ValType::I64) => body
            .op(Instruction::I32ReinterpretF32)
            .op(Instruction::I64ExtendI32U),
        (ValType::I64, ValType::F32) => body
            .op(Instruction::I32WrapI64)
            .op(Instruction::F32ReinterpretI32),
        _ => body,
    };
}

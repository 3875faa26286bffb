//! Walkers that only look at the memory image of a value: its packed size, and whether its lists
//! and strings keep to their bound.

use super::{
    body::{Body, Callee, unsigned},
    module::{Module, Walk},
    pack::identical,
};
use crate::layout::{
    Scalar, Shape, discriminant_size, offsets, payload_offset, points, shape, size,
};
use autosar_wit::types::ValueType;
use wasm_encoder::{Instruction, ValType};

/// `(source) -> bytes` of the packed form.
pub(crate) fn measure(module: &mut Module, value: &ValueType) -> Callee {
    let (callee, new) = module.walk(Walk::Measure(value.clone()), 1, &[ValType::I32]);
    if new {
        let mut body = Body::new(1);
        let bytes = body.local(ValType::I32);
        visit(module, &mut body, value, 0, &Visit::Measure { bytes });
        body.get(bytes);
        module.define(callee, body);
    }
    callee
}

/// `(source) -> 1` if no list or string has more than `bound` entries, else 0.
pub(crate) fn check(module: &mut Module, value: &ValueType, bound: u32) -> Callee {
    let (callee, new) = module.walk(Walk::Check(value.clone(), bound), 1, &[ValType::I32]);
    if new {
        let mut body = Body::new(1);
        visit(module, &mut body, value, 0, &Visit::Check { bound });
        body.i32(1);
        module.define(callee, body);
    }
    callee
}

enum Visit {
    /// Adds to the local.
    Measure { bytes: u32 },
    /// Returns 0 from the function.
    Check { bound: u32 },
}

impl Visit {
    fn is_done(&self, value: &ValueType) -> bool {
        match self {
            Self::Measure { .. } => identical(value),
            Self::Check { .. } => !points(value),
        }
    }

    fn fixed(&self, body: &mut Body, count: u32) {
        if let Self::Measure { bytes } = self {
            body.advance(*bytes, count);
        }
    }
}

fn visit(module: &mut Module, body: &mut Body, value: &ValueType, offset: u32, how: &Visit) {
    if how.is_done(value) {
        how.fixed(body, size(value));
        return;
    }
    match shape(value) {
        Shape::Product(values) => {
            for (value, field) in values.iter().zip(offsets(&values)) {
                visit(module, body, value, offset + field, how);
            }
        }
        Shape::Sum(cases) => {
            let bytes = discriminant_size(cases.len());
            how.fixed(body, bytes);
            for (index, case) in cases.iter().enumerate() {
                let Some(payload) = case else { continue };
                body.get(0).load(unsigned(bytes), offset).i32(index as u32);
                body.op(Instruction::I32Eq).begin_if();
                visit(module, body, payload, offset + payload_offset(&cases), how);
                body.end();
            }
        }
        Shape::List(element) => list(module, body, &element, offset, how),
        Shape::String => list(module, body, &ValueType::U8, offset, how),
        Shape::FixedList(element, length) => {
            for index in 0..length {
                visit(module, body, &element, offset + index * size(&element), how);
            }
        }
        Shape::Scalar(_) | Shape::Flags(_) | Shape::Handle(_) => {}
    }
}

fn list(module: &mut Module, body: &mut Body, element: &ValueType, offset: u32, how: &Visit) {
    let (from, count) = (body.local(ValType::I32), body.local(ValType::I32));
    body.get(0).load(Scalar::U32, offset).set(from);
    body.get(0).load(Scalar::U32, offset + 4).set(count);
    if let Visit::Check { bound } = how {
        body.get(count)
            .i32(*bound)
            .op(Instruction::I32GtU)
            .begin_if();
        body.i32(0).op(Instruction::Return).end();
    }
    how.fixed(body, 4);
    if how.is_done(element) {
        if let Visit::Measure { bytes } = how {
            body.get(count).i32(size(element)).op(Instruction::I32Mul);
            body.get(*bytes).op(Instruction::I32Add).set(*bytes);
        }
        return;
    }
    let one = match how {
        Visit::Measure { .. } => measure(module, element),
        Visit::Check { bound } => check(module, element, *bound),
    };
    body.repeat(count, |body| {
        body.get(from).call(one);
        match how {
            Visit::Measure { bytes } => {
                body.get(*bytes).op(Instruction::I32Add).set(*bytes);
            }
            Visit::Check { .. } => {
                body.op(Instruction::I32Eqz).begin_if();
                body.i32(0).op(Instruction::Return).end();
            }
        }
        body.advance(from, size(element));
    });
}

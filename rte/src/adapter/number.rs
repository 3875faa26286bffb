//! Numbers of an adapter: scaled in 64-bit floating point, rounded half to even, saturated or
//! refused. Integers without a scale stay exact in all 64 bits.

use super::convert::{Place, fail};
use crate::{
    code::Body,
    layout::Scalar,
    signal::{clamp, limits},
};
use autosar_wit::mapping::Policy;
use wasm_encoder::{Instruction, ValType};

const FROM: u32 = 0;
const TO: u32 = 1;

/// needed = given × factor + offset
#[derive(Debug, Clone, Copy)]
pub(super) struct Scale {
    pub(super) factor: f64,
    pub(super) offset: f64,
    pub(super) policy: Policy,
}

impl Scale {
    fn is_plain(self) -> bool {
        self.factor == 1.0 && self.offset == 0.0
    }
}

pub(super) fn convert(body: &mut Body, scale: Scale, needs: Scalar, gives: Scalar, place: Place) {
    if scale.is_plain() && !is_float(needs) && !is_float(gives) {
        integer(body, scale.policy, needs, gives, place);
        return;
    }
    let value = body.local(ValType::F64);
    load(body, gives, place.from);
    if !scale.is_plain() {
        body.f64(scale.factor).op(Instruction::F64Mul);
        body.f64(scale.offset).op(Instruction::F64Add);
    }
    body.set(value);
    match needs {
        Scalar::F64 => {
            body.get(TO).get(value).store(Scalar::F64, place.to);
        }
        Scalar::F32 => narrow(body, scale.policy, value, place.to),
        _ => round(body, scale.policy, needs, value, place.to),
    }
}

fn is_float(scalar: Scalar) -> bool {
    matches!(scalar, Scalar::F32 | Scalar::F64)
}

fn is_signed(scalar: Scalar) -> bool {
    matches!(scalar, Scalar::S8 | Scalar::S16 | Scalar::S32 | Scalar::S64)
}

fn range(scalar: Scalar) -> (i128, i128) {
    limits(scalar.size() * 8, is_signed(scalar))
}

fn integer(body: &mut Body, policy: Policy, needs: Scalar, gives: Scalar, place: Place) {
    let value = body.local(ValType::I64);
    body.get(FROM).load(gives, place.from);
    if gives.flat() == ValType::I32 {
        body.op(match is_signed(gives) {
            true => Instruction::I64ExtendI32S,
            false => Instruction::I64ExtendI32U,
        });
    }
    body.set(value);
    let ((low, high), given) = (range(needs), range(gives));
    if policy == Policy::Invalid {
        let (below, above) = match is_signed(gives) {
            true => (Instruction::I64LtS, Instruction::I64GtS),
            false => (Instruction::I64LtU, Instruction::I64GtU),
        };
        let bounds = [(low, below, low > given.0), (high, above, high < given.1)];
        for (limit, compare, _) in bounds.into_iter().filter(|(_, _, binds)| *binds) {
            // What binds lies within the 64 bits of what is given.
            body.get(value).i64(limit as i64).op(compare).begin_if();
            fail(body);
            body.end();
        }
    } else {
        clamp(body, value, is_signed(gives), low, high);
    }
    store(body, needs, value, place.to);
}

fn store(body: &mut Body, needs: Scalar, value: u32, to: u32) {
    body.get(TO).get(value);
    if needs.flat() == ValType::I32 {
        body.op(Instruction::I32WrapI64);
    }
    body.store(needs, to);
}

/// Pushes the number as f64.
fn load(body: &mut Body, gives: Scalar, from: u32) {
    body.get(FROM).load(gives, from);
    match (gives, is_signed(gives)) {
        (Scalar::F64, _) => {}
        (Scalar::F32, _) => {
            body.op(Instruction::F64PromoteF32);
        }
        (Scalar::U64, _) => {
            body.op(Instruction::F64ConvertI64U);
        }
        (Scalar::S64, _) => {
            body.op(Instruction::F64ConvertI64S);
        }
        (_, true) => {
            body.op(Instruction::F64ConvertI32S);
        }
        (_, false) => {
            body.op(Instruction::F64ConvertI32U);
        }
    }
}

/// To f32: what was finite stays finite, or is refused.
fn narrow(body: &mut Body, policy: Policy, value: u32, to: u32) {
    let narrowed = body.local(ValType::F32);
    body.get(value).op(Instruction::F32DemoteF64).set(narrowed);
    body.get(narrowed).op(Instruction::F32Abs);
    body.op(Instruction::F32Const(f32::INFINITY.into()))
        .op(Instruction::F32Eq);
    body.get(value).op(Instruction::F64Abs);
    body.f64(f64::INFINITY)
        .op(Instruction::F64Ne)
        .op(Instruction::I32And)
        .begin_if();
    match policy {
        Policy::Invalid => fail(body),
        _ => {
            body.op(Instruction::F32Const(f32::MAX.into()));
            body.get(narrowed)
                .op(Instruction::F32Copysign)
                .set(narrowed);
        }
    }
    body.end();
    body.get(TO).get(narrowed).store(Scalar::F32, to);
}

/// To an integer: half to even; no number is zero, or refused.
fn round(body: &mut Body, policy: Policy, needs: Scalar, value: u32, to: u32) {
    let (low, high) = range(needs);
    body.get(value).op(Instruction::F64Nearest).set(value);
    if policy == Policy::Invalid {
        // Both are powers of two, or zero: exact. No number is in no range.
        body.get(value).f64(low as f64).op(Instruction::F64Ge);
        body.get(value)
            .f64((high + 1) as f64)
            .op(Instruction::F64Lt);
        body.op(Instruction::I32And)
            .op(Instruction::I32Eqz)
            .begin_if();
        fail(body);
        body.end();
    }
    let whole = body.local(ValType::I64);
    body.get(value).op(match is_signed(needs) {
        true => Instruction::I64TruncSatF64S,
        false => Instruction::I64TruncSatF64U,
    });
    body.set(whole);
    clamp(body, whole, is_signed(needs), low, high);
    store(body, needs, whole, to);
}

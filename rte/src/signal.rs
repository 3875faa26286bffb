//! Signals in PDUs: the bits of Intel and Motorola layouts, and physical against raw values.
//! Emits straight code for each signal; knows nothing of frames and of who sends them.
//!
//! Source: DBC ("Signal Definitions"); AUTOSAR, Specification of COM ("Packing of signals").

use crate::{
    cell::is_enum,
    code::Body,
    layout::{Scalar, Shape, discriminant_size, shape},
    plan::{Conversion, SignalLayout},
};
use autosar_wit::{dbc::ByteOrder, types::ValueType};
use wasm_encoder::{Instruction, ValType};

/// A value that a signal can carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Number {
    Integer {
        scalar: Scalar,
        bits: u32,
        is_signed: bool,
    },
    Bool,
    /// That many cases.
    Enum(usize),
    Float(Scalar),
}

pub(crate) fn number(value: &ValueType) -> Option<Number> {
    if let Some(cases) = is_enum(value) {
        return Some(Number::Enum(cases));
    }
    let Shape::Scalar(scalar) = shape(value) else {
        return None;
    };
    let bits = scalar.size() * 8;
    match scalar {
        Scalar::Bool => Some(Number::Bool),
        Scalar::F32 | Scalar::F64 => Some(Number::Float(scalar)),
        Scalar::U8 | Scalar::U16 | Scalar::U32 | Scalar::U64 => Some(Number::Integer {
            scalar,
            bits,
            is_signed: false,
        }),
        Scalar::S8 | Scalar::S16 | Scalar::S32 | Scalar::S64 => Some(Number::Integer {
            scalar,
            bits,
            is_signed: true,
        }),
        Scalar::Char => None,
    }
}

impl Number {
    fn scalar(self) -> Scalar {
        match self {
            Self::Integer { scalar, .. } | Self::Float(scalar) => scalar,
            Self::Bool => Scalar::Bool,
            Self::Enum(cases) => match discriminant_size(cases) {
                1 => Scalar::U8,
                2 => Scalar::U16,
                _ => Scalar::U32,
            },
        }
    }

    /// Smallest and largest value.
    fn limits(self) -> (i128, i128) {
        match self {
            Self::Integer {
                bits, is_signed, ..
            } => limits(bits, is_signed),
            Self::Bool => (0, 1),
            Self::Enum(cases) => (0, cases as i128 - 1),
            Self::Float(_) => limits(64, true),
        }
    }

    fn is_signed(self) -> bool {
        matches!(
            self,
            Self::Integer {
                is_signed: true,
                ..
            }
        )
    }
}

/// Smallest and largest integer of that many bits.
pub(crate) fn limits(bits: u32, is_signed: bool) -> (i128, i128) {
    match is_signed {
        true => (-(1_i128 << (bits - 1)), (1_i128 << (bits - 1)) - 1),
        false => (0, (1_i128 << bits) - 1),
    }
}

/// Neighbouring bits of a signal within one byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Piece {
    byte: u32,
    /// Lowest bit within the byte.
    low_bit: u32,
    bits: u32,
    /// Where that bit stands in the raw value.
    position: u32,
}

/// The pieces from the least significant one on.
fn pieces(layout: &SignalLayout) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut position = 0;
    match layout.byte_order {
        ByteOrder::Intel => {
            let mut bit = layout.start_bit;
            while position < layout.length_bits {
                let bits = (8 - bit % 8).min(layout.length_bits - position);
                pieces.push(Piece {
                    byte: bit / 8,
                    low_bit: bit % 8,
                    bits,
                    position,
                });
                bit += bits;
                position += bits;
            }
        }
        ByteOrder::Motorola => {
            // From the most significant bit downwards, on to the next byte.
            let (mut byte, mut high) = (layout.start_bit / 8, layout.start_bit % 8);
            let mut left = layout.length_bits;
            while left > 0 {
                let bits = (high + 1).min(left);
                left -= bits;
                pieces.push(Piece {
                    byte,
                    low_bit: high + 1 - bits,
                    bits,
                    position: left,
                });
                (byte, high) = (byte + 1, 7);
            }
            pieces.reverse();
        }
    }
    pieces
}

/// How many bytes a frame must have to hold the signal.
pub(crate) fn needed_bytes(layout: &SignalLayout) -> u32 {
    pieces(layout)
        .iter()
        .map(|piece| piece.byte + 1)
        .max()
        .unwrap_or(0)
}

/// Whether the layout means anything at all.
pub(crate) fn is_sound(layout: &SignalLayout) -> bool {
    let float = !layout.float || matches!(layout.length_bits, 32 | 64);
    float
        && (1..=64).contains(&layout.length_bits)
        && layout.start_bit < 512
        && layout.factor.is_finite()
        && layout.factor != 0.0
        && layout.offset.is_finite()
}

/// Buffer → image: stores the value, and pushes whether it has one (an enum may have none).
pub(crate) fn receive(
    body: &mut Body,
    layout: &SignalLayout,
    number: Number,
    conversion: Conversion,
    buffer: u32,
    image: u32,
) {
    let raw = body.local(ValType::I64);
    unpack_raw(body, layout, buffer, raw);
    match stays_integer(layout, number, conversion) {
        true => {
            let good = clamp_received(body, layout, number, raw);
            body.i32(image).get(raw);
            match number.scalar().flat() {
                ValType::I64 => {}
                _ => {
                    body.op(Instruction::I32WrapI64);
                }
            }
            body.store(number.scalar(), 0).get(good);
        }
        false => {
            let physical = body.local(ValType::F64);
            to_float(body, layout, raw);
            if conversion == Conversion::Physical {
                body.f64(layout.factor).op(Instruction::F64Mul);
                body.f64(layout.offset).op(Instruction::F64Add);
            }
            body.set(physical);
            store_float(body, number, physical, image);
        }
    }
}

/// Without a fraction on either side, all 64 bits stay exact.
fn stays_integer(layout: &SignalLayout, number: Number, conversion: Conversion) -> bool {
    let plain = conversion == Conversion::Raw || (layout.factor == 1.0 && layout.offset == 0.0);
    plain && !layout.float && !matches!(number, Number::Float(_))
}

/// Buffer → the bits in the local `raw`.
pub(crate) fn unpack_raw(body: &mut Body, layout: &SignalLayout, buffer: u32, raw: u32) {
    body.i64(0);
    for piece in pieces(layout) {
        body.i32(buffer).load(Scalar::U8, piece.byte);
        body.i32(piece.low_bit).op(Instruction::I32ShrU);
        body.i32((1 << piece.bits) - 1)
            .op(Instruction::I32And)
            .op(Instruction::I64ExtendI32U);
        body.i64(piece.position.into())
            .op(Instruction::I64Shl)
            .op(Instruction::I64Or);
    }
    if layout.signed && layout.length_bits < 64 {
        let shift = i64::from(64 - layout.length_bits);
        body.i64(shift)
            .op(Instruction::I64Shl)
            .i64(shift)
            .op(Instruction::I64ShrS);
    }
    body.set(raw);
}

/// Brings the raw integer into the range of the receiver; gives the local that says whether it
/// was a case, for enums.
fn clamp_received(body: &mut Body, layout: &SignalLayout, number: Number, raw: u32) -> u32 {
    let good = body.local(ValType::I32);
    body.i32(1).set(good);
    let (low, high) = number.limits();
    match number {
        Number::Bool => {
            body.get(raw)
                .i64(0)
                .op(Instruction::I64Ne)
                .op(Instruction::I64ExtendI32U)
                .set(raw);
        }
        Number::Enum(cases) => {
            body.get(raw)
                .i64(cases as i64)
                .op(Instruction::I64LtU)
                .set(good);
            body.get(good)
                .op(Instruction::I64ExtendI32U)
                .get(raw)
                .op(Instruction::I64Mul)
                .set(raw);
        }
        _ => clamp(body, raw, layout.signed, low, high),
    }
    good
}

/// `local` into `low..=high`, read as signed or unsigned; limits beyond 64 bits bind nothing.
pub(crate) fn clamp(body: &mut Body, local: u32, is_signed: bool, low: i128, high: i128) {
    let (from, to) = limits(64, is_signed);
    let (below, above) = match is_signed {
        true => (Instruction::I64LtS, Instruction::I64GtS),
        false => (Instruction::I64LtU, Instruction::I64GtU),
    };
    for (limit, compare, binds) in [(low, below, low > from), (high, above, high < to)] {
        if binds {
            let limit = limit.clamp(from, to) as i64;
            body.get(local)
                .i64(limit)
                .op(compare)
                .begin_if()
                .i64(limit)
                .set(local)
                .end();
        }
    }
}

/// The raw value as f64.
fn to_float(body: &mut Body, layout: &SignalLayout, raw: u32) {
    body.get(raw);
    match (layout.float, layout.length_bits, layout.signed) {
        (true, 32, _) => body
            .op(Instruction::I32WrapI64)
            .op(Instruction::F32ReinterpretI32)
            .op(Instruction::F64PromoteF32),
        (true, ..) => body.op(Instruction::F64ReinterpretI64),
        (false, _, true) => body.op(Instruction::F64ConvertI64S),
        (false, _, false) => body.op(Instruction::F64ConvertI64U),
    };
}

/// Stores a physical value as the receiver's type, and pushes whether it has one.
fn store_float(body: &mut Body, number: Number, physical: u32, image: u32) {
    match number {
        Number::Float(scalar) => {
            body.i32(image).get(physical);
            if scalar == Scalar::F32 {
                body.op(Instruction::F32DemoteF64);
            }
            body.store(scalar, 0).i32(1);
        }
        Number::Bool => {
            body.i32(image)
                .get(physical)
                .f64(0.0)
                .op(Instruction::F64Ne);
            body.store(Scalar::Bool, 0).i32(1);
        }
        Number::Enum(cases) => {
            let good = body.local(ValType::I32);
            body.get(physical).op(Instruction::F64Nearest).tee(physical);
            body.f64(0.0).op(Instruction::F64Ge);
            body.get(physical).f64(cases as f64).op(Instruction::F64Lt);
            body.op(Instruction::I32And).tee(good).begin_if();
            body.i32(image)
                .get(physical)
                .op(Instruction::I32TruncSatF64U);
            body.store(number.scalar(), 0).end().get(good);
        }
        Number::Integer { scalar, .. } => {
            let whole = body.local(ValType::I64);
            round(body, physical, whole, number.is_signed());
            let (low, high) = number.limits();
            clamp(body, whole, number.is_signed(), low, high);
            body.i32(image).get(whole);
            if scalar.flat() == ValType::I32 {
                body.op(Instruction::I32WrapI64);
            }
            body.store(scalar, 0).i32(1);
        }
    }
}

/// Number × factor + offset, as the same type: integers rounded half to even and saturated.
pub(crate) fn rescale(
    body: &mut Body,
    number: Number,
    (factor, offset): (f64, f64),
    from: u32,
    to: u32,
) {
    let scaled = body.local(ValType::F64);
    load_float(body, number, from);
    body.f64(factor).op(Instruction::F64Mul);
    body.f64(offset).op(Instruction::F64Add).set(scaled);
    store_float(body, number, scaled, to);
    body.op(Instruction::Drop);
}

/// Half to even, saturated to 64 bits; no number becomes zero.
fn round(body: &mut Body, float: u32, whole: u32, is_signed: bool) {
    body.get(float).op(Instruction::F64Nearest);
    body.op(match is_signed {
        true => Instruction::I64TruncSatF64S,
        false => Instruction::I64TruncSatF64U,
    });
    body.set(whole);
}

/// Image → buffer: packs the value, saturated to the signal's range.
pub(crate) fn send(
    body: &mut Body,
    layout: &SignalLayout,
    number: Number,
    conversion: Conversion,
    image: u32,
    buffer: u32,
) {
    let raw = body.local(ValType::I64);
    if stays_integer(layout, number, conversion) {
        load_integer(body, number, image);
        body.set(raw);
        let (low, high) = raw_limits(layout, conversion);
        clamp(body, raw, number.is_signed(), low, high);
    } else {
        let value = body.local(ValType::F64);
        load_float(body, number, image);
        if conversion == Conversion::Physical {
            if layout.float && layout.maximum > layout.minimum {
                body.f64(layout.minimum).op(Instruction::F64Max);
                body.f64(layout.maximum).op(Instruction::F64Min);
            }
            body.f64(layout.offset).op(Instruction::F64Sub);
            body.f64(layout.factor).op(Instruction::F64Div);
        }
        body.set(value);
        match (layout.float, layout.length_bits) {
            (true, 32) => {
                body.get(value)
                    .op(Instruction::F32DemoteF64)
                    .op(Instruction::I32ReinterpretF32);
                body.op(Instruction::I64ExtendI32U).set(raw);
            }
            (true, _) => {
                body.get(value).op(Instruction::I64ReinterpretF64).set(raw);
            }
            (false, _) => {
                let (low, high) = raw_limits(layout, conversion);
                round(body, value, raw, layout.signed);
                clamp(body, raw, layout.signed, low, high);
            }
        }
    }
    pack_raw(body, layout, raw, buffer);
}

/// What the bits can hold, and what the description allows of it.
fn raw_limits(layout: &SignalLayout, conversion: Conversion) -> (i128, i128) {
    let (low, high) = limits(layout.length_bits, layout.signed);
    if conversion == Conversion::Raw || layout.maximum <= layout.minimum {
        return (low, high);
    }
    let raw = |physical: f64| {
        let raw = (physical - layout.offset) / layout.factor;
        let near = raw.round();
        // 12.7 / 0.1 is 126.99999999999999, and means 127.
        if (raw - near).abs() <= 1e-9 * near.abs().max(1.0) {
            near
        } else {
            raw
        }
    };
    let (a, b) = (raw(layout.minimum), raw(layout.maximum));
    let (from, to) = (a.min(b).ceil() as i128, a.max(b).floor() as i128);
    match (from.max(low), to.min(high)) {
        (from, to) if from <= to => (from, to),
        _ => (low, high),
    }
}

fn load_integer(body: &mut Body, number: Number, image: u32) {
    body.i32(image).load(number.scalar(), 0);
    if number.scalar().flat() == ValType::I32 {
        body.op(match number.is_signed() {
            true => Instruction::I64ExtendI32S,
            false => Instruction::I64ExtendI32U,
        });
    }
}

fn load_float(body: &mut Body, number: Number, image: u32) {
    match number {
        Number::Float(scalar) => {
            body.i32(image).load(scalar, 0);
            if scalar == Scalar::F32 {
                body.op(Instruction::F64PromoteF32);
            }
        }
        _ => {
            load_integer(body, number, image);
            body.op(match number.is_signed() {
                true => Instruction::F64ConvertI64S,
                false => Instruction::F64ConvertI64U,
            });
        }
    }
}

fn pack_raw(body: &mut Body, layout: &SignalLayout, raw: u32, buffer: u32) {
    for piece in pieces(layout) {
        let mask = (1_u32 << piece.bits) - 1;
        body.i32(buffer);
        body.i32(buffer).load(Scalar::U8, piece.byte);
        body.i32(!(mask << piece.low_bit) & 0xff)
            .op(Instruction::I32And);
        body.get(raw)
            .i64(piece.position.into())
            .op(Instruction::I64ShrU);
        body.op(Instruction::I32WrapI64)
            .i32(mask)
            .op(Instruction::I32And);
        body.i32(piece.low_bit)
            .op(Instruction::I32Shl)
            .op(Instruction::I32Or);
        body.store(Scalar::U8, piece.byte);
    }
}

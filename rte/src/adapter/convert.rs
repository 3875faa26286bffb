//! Conversions of memory images: what is given lies at one address, what is needed is written to
//! another. Knows nothing of functions and of where values come from.

use super::number;
use crate::{
    code::{Body, Callee, Module, unpack, unsigned},
    layout::{
        Scalar, Shape, align, discriminant_size, flags_size, offsets, payload_offset, shape, size,
    },
    plan::GenerateError,
};
use autosar_wit::{
    mapping::{Answer, Conversion, Member, Policy},
    types::ValueType,
    value::{self, Value},
};
use wasm_encoder::{Instruction, ValType};

const FROM: u32 = 0;
const TO: u32 = 1;

/// `(given image, needed image) -> 1`, or 0 if the value has no counterpart.
pub(super) fn converter(
    module: &mut Module,
    conversion: &Conversion,
    needs: &ValueType,
    gives: &ValueType,
) -> Result<Callee, GenerateError> {
    let callee = module.declare(&[ValType::I32, ValType::I32], &[ValType::I32]);
    let mut body = Body::new(2);
    at(
        module,
        &mut body,
        conversion,
        needs,
        gives,
        Place::default(),
    )?;
    body.i32(1);
    module.define(callee, body);
    Ok(callee)
}

/// Offsets of the given and the needed value in their images.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Place {
    pub(super) from: u32,
    pub(super) to: u32,
}

/// Ends the conversion: the value has no counterpart.
pub(super) fn fail(body: &mut Body) {
    body.i32(0).op(Instruction::Return);
}

fn at(
    module: &mut Module,
    body: &mut Body,
    conversion: &Conversion,
    needs: &ValueType,
    gives: &ValueType,
    place: Place,
) -> Result<(), GenerateError> {
    match (conversion, shape(needs), shape(gives)) {
        (Conversion::Same, ..) => {
            body.address(TO, place.to).address(FROM, place.from);
            body.i32(size(needs)).copy();
        }
        (Conversion::Constant(value), ..) => constant(module, body, value, needs, place)?,
        (
            Conversion::Number {
                factor,
                offset,
                policy,
            },
            Shape::Scalar(needs),
            Shape::Scalar(gives),
        ) => {
            let scale = number::Scale {
                factor: *factor,
                offset: *offset,
                policy: *policy,
            };
            number::convert(body, scale, needs, gives, place);
        }
        (Conversion::Members(members), Shape::Product(needed), Shape::Product(_)) => {
            self::members(module, body, members, &needed, gives, place)?;
        }
        (Conversion::Flags { labels, policy }, Shape::Flags(needed), Shape::Flags(given)) => {
            flags(body, labels, *policy, needed, given, place);
        }
        (Conversion::Elements(inner), Shape::List(needed), Shape::List(given)) => {
            list(module, body, inner, &needed, &given, place)?;
        }
        (
            Conversion::Elements(inner),
            Shape::FixedList(needed, length),
            Shape::FixedList(given, _),
        ) => {
            let one = converter(module, inner, &needed, &given)?;
            let (from, to) = (body.local(ValType::I32), body.local(ValType::I32));
            let count = body.local(ValType::I32);
            body.address(FROM, place.from).set(from);
            body.address(TO, place.to).set(to);
            body.i32(length).set(count);
            each(body, one, &needed, &given, from, to, count);
        }
        (Conversion::Wrap { case, inner }, Shape::Sum(cases), _) => {
            tag(body, &cases, *case, place.to);
            let Some(Some(payload)) = cases.get(*case as usize) else {
                return Err(mismatch());
            };
            let to = place.to + payload_offset(&cases);
            at(module, body, inner, payload, gives, Place { to, ..place })?;
        }
        (Conversion::Cases(answers), _, Shape::Sum(given)) => {
            self::cases(module, body, answers, needs, &given, place)?;
        }
        _ => return Err(mismatch()),
    }
    Ok(())
}

fn mismatch() -> GenerateError {
    GenerateError::Bug("a conversion does not stand beside its types".to_owned())
}

fn constant(
    module: &mut Module,
    body: &mut Body,
    value: &Value,
    needs: &ValueType,
    place: Place,
) -> Result<(), GenerateError> {
    let packed =
        value::encode(needs, value).map_err(|error| GenerateError::Bug(error.to_string()))?;
    let address = module.place_data(&packed, 8);
    let unpack = unpack(module, needs, u32::MAX);
    body.i32(address).i32(address + packed.len() as u32);
    body.address(TO, place.to).call(unpack);
    body.op(Instruction::Drop);
    Ok(())
}

fn members(
    module: &mut Module,
    body: &mut Body,
    members: &[Member],
    needed: &[ValueType],
    gives: &ValueType,
    place: Place,
) -> Result<(), GenerateError> {
    for ((member, needs), offset) in members.iter().zip(needed).zip(offsets(needed)) {
        let (mut from, mut given) = (place.from, gives.clone());
        for position in &member.path {
            let Shape::Product(values) = shape(&given) else {
                return Err(mismatch());
            };
            from += offsets(&values).get(*position).copied().unwrap_or_default();
            given = values.get(*position).cloned().ok_or_else(mismatch)?;
        }
        let to = place.to + offset;
        at(
            module,
            body,
            &member.conversion,
            needs,
            &given,
            Place { from, to },
        )?;
    }
    Ok(())
}

fn flags(
    body: &mut Body,
    labels: &[Option<u32>],
    policy: Policy,
    needed: usize,
    given: usize,
    place: Place,
) {
    let (given_bytes, needed_bytes) = (flags_size(given), flags_size(needed));
    for word in 0..needed_bytes.div_ceil(4) {
        body.get(TO).i32(0);
        body.store(unsigned(needed_bytes), place.to + word * 4);
    }
    for (position, label) in labels.iter().enumerate() {
        let position = position as u32;
        body.get(FROM)
            .load(unsigned(given_bytes), place.from + position / 32 * 4);
        body.i32(1 << (position % 32)).op(Instruction::I32And);
        body.begin_if();
        match (label, policy) {
            (Some(label), _) => {
                let offset = place.to + label / 32 * 4;
                body.get(TO)
                    .get(TO)
                    .load(unsigned(needed_bytes), offset)
                    .i32(1 << (label % 32))
                    .op(Instruction::I32Or)
                    .store(unsigned(needed_bytes), offset);
            }
            (None, Policy::Invalid) => fail(body),
            (None, _) => {}
        }
        body.end();
    }
}

fn list(
    module: &mut Module,
    body: &mut Body,
    inner: &Conversion,
    needed: &ValueType,
    given: &ValueType,
    place: Place,
) -> Result<(), GenerateError> {
    let one = converter(module, inner, needed, given)?;
    let allocate = module.allocate();
    let (from, to) = (body.local(ValType::I32), body.local(ValType::I32));
    let count = body.local(ValType::I32);
    body.get(FROM).load(Scalar::U32, place.from).set(from);
    body.get(FROM).load(Scalar::U32, place.from + 4).set(count);
    body.i32(align(needed)).get(count).i32(size(needed));
    body.op(Instruction::I32Mul).call(allocate).set(to);
    body.get(TO).get(to).store(Scalar::U32, place.to);
    body.get(TO).get(count).store(Scalar::U32, place.to + 4);
    each(body, one, needed, given, from, to, count);
    Ok(())
}

fn each(
    body: &mut Body,
    one: Callee,
    needed: &ValueType,
    given: &ValueType,
    from: u32,
    to: u32,
    count: u32,
) {
    body.repeat(count, |body| {
        body.get(from).get(to).call(one).op(Instruction::I32Eqz);
        body.begin_if();
        fail(body);
        body.end();
        body.advance(from, size(given)).advance(to, size(needed));
    });
}

fn tag(body: &mut Body, cases: &[Option<ValueType>], case: u32, to: u32) {
    body.get(TO).i32(case);
    body.store(unsigned(discriminant_size(cases.len())), to);
}

fn cases(
    module: &mut Module,
    body: &mut Body,
    answers: &[Answer],
    needs: &ValueType,
    given: &[Option<ValueType>],
    place: Place,
) -> Result<(), GenerateError> {
    let number = body.local(ValType::I32);
    body.get(FROM)
        .load(unsigned(discriminant_size(given.len())), place.from)
        .set(number);
    let needed = match shape(needs) {
        Shape::Sum(cases) => cases,
        _ => Vec::new(),
    };
    let renumbered = renumbered(answers);
    if let Some(numbers) = &renumbered {
        renumber(module, body, numbers, number, needed.len(), place);
    }
    let from = place.from + payload_offset(given);
    for (index, (answer, payload)) in answers.iter().zip(given).enumerate() {
        if renumbered.is_some() && !matches!(answer, Answer::Case { value: Some(_), .. }) {
            continue;
        }
        body.get(number).i32(index as u32).op(Instruction::I32Eq);
        body.begin_if();
        let nothing = ValueType::Tuple(Vec::new());
        let given = payload.as_ref().unwrap_or(&nothing);
        match answer {
            Answer::Invalid => fail(body),
            Answer::Whole(conversion) => {
                let place = Place { from, ..place };
                at(module, body, conversion, needs, given, place)?;
            }
            Answer::Case { case, value } => {
                if renumbered.is_none() {
                    tag(body, &needed, *case, place.to);
                }
                if let Some(conversion) = value {
                    let Some(Some(needs)) = needed.get(*case as usize) else {
                        return Err(mismatch());
                    };
                    let to = place.to + payload_offset(&needed);
                    at(module, body, conversion, needs, given, Place { from, to })?;
                }
            }
        }
        body.end();
    }
    Ok(())
}

/// The needed case of each given one, where every case stays a case; none for invalid ones.
fn renumbered(answers: &[Answer]) -> Option<Vec<Option<u32>>> {
    answers
        .iter()
        .map(|answer| match answer {
            Answer::Case { case, .. } => Some(Some(*case)),
            Answer::Invalid => Some(None),
            Answer::Whole(_) => None,
        })
        .collect()
}

/// By a table: enums have up to thousands of cases.
fn renumber(
    module: &mut Module,
    body: &mut Body,
    numbers: &[Option<u32>],
    number: u32,
    needed: usize,
    place: Place,
) {
    const NONE: u32 = u32::MAX;
    let words = numbers
        .iter()
        .flat_map(|case| case.unwrap_or(NONE).to_le_bytes());
    let table = module.place_data(&words.collect::<Vec<u8>>(), 4);
    let case = body.local(ValType::I32);
    body.get(number).i32(4).op(Instruction::I32Mul);
    body.load(Scalar::U32, table).set(case);
    if numbers.contains(&None) {
        body.get(case).i32(NONE).op(Instruction::I32Eq).begin_if();
        fail(body);
        body.end();
    }
    body.get(TO).get(case);
    body.store(unsigned(discriminant_size(needed)), place.to);
}

//! What a function answers by its type: its error, nothing, an empty value, a handle of nothing.
//! Emits no code.

use super::room;
use crate::{
    layout::{Shape, payload_offset, shape, strip},
    plan::Answer,
};
use autosar_wit::types::{Function, ResourceType, TypeKind, ValueType};

/// Names of error cases that say no, the clearest first; where a type has none of them it is its
/// last case.
const NO: [&str; 9] = [
    "access-denied",
    "access",
    "not-permitted",
    "operation-not-supported",
    "not-served",
    "unsupported",
    "not-supported",
    "other",
    "unknown",
];
const UNREACHED: [&str; 1] = ["remote-unreachable"];
/// No name has an address. `wasi:sockets/ip-name-lookup`
const LOOK_UP: &str = "resolve-addresses";
const UNRESOLVED: [&str; 1] = ["name-unresolvable"];
const UNWRITTEN: [&str; 1] = ["nv-invalidated"];

/// The memory image of a result.
pub(super) type Image = Vec<u8>;

/// What a function does.
pub(super) enum Reply {
    /// It returns; it has no result.
    Nothing,
    Image(Image),
    /// A new handle is its result.
    Handle(ResourceType),
    /// A new handle stands in its result at that offset.
    FreshHandle {
        image: Image,
        at: u32,
        resource: ResourceType,
    },
    /// The next numbers of the sequence.
    Random,
    /// It ends the activation.
    End,
}

/// The reply of one function; `is_own`: whether handles of a resource are made here.
pub(super) fn reply(
    answer: Answer,
    function: &Function,
    is_own: &dyn Fn(&ResourceType) -> bool,
) -> Reply {
    let zeros = vec![0; room(function)];
    let Some(result) = function.result.as_ref().map(strip) else {
        return match answer {
            Answer::Clock | Answer::Empty | Answer::Blocks => Reply::Nothing,
            Answer::Denied | Answer::Random | Answer::Network => Reply::End,
        };
    };
    if let ValueType::Own(resource) = result {
        return match is_own(resource) {
            true => Reply::Handle(resource.clone()),
            false => Reply::End,
        };
    }
    if answer == Answer::Network
        && function.name != LOOK_UP
        && let ValueType::Result { ok: Some(ok), .. } = result
        && let ValueType::Own(resource) = strip(ok)
        && is_own(resource)
    {
        return Reply::FreshHandle {
            image: zeros,
            at: offset_of_payload(result),
            resource: resource.clone(),
        };
    }
    match (answer, result) {
        (Answer::Blocks, ValueType::Result { ok: None, .. }) => Reply::Image(zeros),
        (Answer::Random, _) if is_random(result) => Reply::Random,
        (Answer::Clock, _) if function.name.ends_with("resolution") => {
            Reply::Image(resolution(result, zeros))
        }
        (_, ValueType::Result { .. }) => {
            let wanted = match answer {
                Answer::Network if function.name == LOOK_UP => UNRESOLVED.as_slice(),
                Answer::Network => UNREACHED.as_slice(),
                Answer::Blocks => UNWRITTEN.as_slice(),
                _ => &[],
            };
            denied(wanted, result, zeros)
        }
        (Answer::Clock | Answer::Empty | Answer::Blocks, _) if !has_handle(result) => {
            Reply::Image(zeros)
        }
        (_, ValueType::Option(_)) => Reply::Image(zeros),
        (_, ValueType::List(element)) if has_handle(element) => Reply::Image(zeros),
        _ => Reply::End,
    }
}

/// The error of a result, a case that is wanted first: its payload is zero.
fn denied(wanted: &[&str], result: &ValueType, mut image: Image) -> Reply {
    let ValueType::Result { err, .. } = result else {
        return Reply::End;
    };
    set(&mut image, 0, 1);
    let Some(err) = err.as_deref() else {
        return Reply::Image(image);
    };
    if has_handle(err) {
        return Reply::End;
    }
    let cases = cases(err);
    let of = |word: &&str| cases.iter().position(|case| case == word);
    let words = wanted.iter().chain(&NO);
    let case = words.filter_map(of).next();
    let case = case.unwrap_or(cases.len().saturating_sub(1));
    let at = offset_of_payload(result) as usize;
    let bytes = (case as u32).to_le_bytes();
    let length = crate::layout::discriminant_size(cases.len()) as usize;
    for (offset, byte) in bytes.iter().take(length).enumerate() {
        set(&mut image, at + offset, *byte);
    }
    Reply::Image(image)
}

/// One nanosecond: a `u64`, or the last field of seconds and nanoseconds.
fn resolution(result: &ValueType, mut image: Image) -> Image {
    let at = match shape(result) {
        Shape::Product(fields) => crate::layout::offsets(&fields).last().copied(),
        _ => Some(0),
    };
    set(&mut image, at.unwrap_or(0) as usize, 1);
    image
}

fn set(image: &mut Image, at: usize, value: u8) {
    if let Some(byte) = image.get_mut(at) {
        *byte = value;
    }
}

fn offset_of_payload(result: &ValueType) -> u32 {
    match shape(result) {
        Shape::Sum(cases) => payload_offset(&cases),
        _ => 0,
    }
}

fn cases(error: &ValueType) -> Vec<&str> {
    let ValueType::Named(definition) = strip(error) else {
        return Vec::new();
    };
    match &definition.kind {
        TypeKind::Enum(cases) => cases.iter().map(String::as_str).collect(),
        TypeKind::Variant(cases) => cases.iter().map(|case| case.name.as_str()).collect(),
        _ => Vec::new(),
    }
}

fn is_random(result: &ValueType) -> bool {
    let is_number = |value: &ValueType| *strip(value) == ValueType::U64;
    match result {
        ValueType::List(element) => *strip(element) == ValueType::U8,
        ValueType::Tuple(values) => values.iter().all(is_number),
        other => is_number(other),
    }
}

/// Whether a handle is anywhere in a value.
fn has_handle(value: &ValueType) -> bool {
    anywhere(value, &|shape| matches!(shape, Shape::Handle(_)))
}

/// Whether a borrowed handle is anywhere in a value.
pub(super) fn borrows(value: &ValueType) -> bool {
    anywhere(value, &|shape| {
        matches!(shape, Shape::Handle("borrowed handle"))
    })
}

fn anywhere(value: &ValueType, is: &dyn Fn(&Shape) -> bool) -> bool {
    let shape = shape(value);
    let inside = |value: &ValueType| anywhere(value, is);
    is(&shape)
        || match &shape {
            Shape::Product(values) => values.iter().any(inside),
            Shape::Sum(cases) => cases.iter().flatten().any(inside),
            Shape::List(element) | Shape::FixedList(element, _) => inside(element),
            Shape::Scalar(_) | Shape::Flags(_) | Shape::String | Shape::Handle(_) => false,
        }
}

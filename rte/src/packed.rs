//! Whether bytes are the packed form of a value: for initial and substitute values, which people
//! write. Knows nothing of memory images.

use crate::layout::{Scalar, Shape, discriminant_size, flags_size, shape};
use autosar_wit::types::ValueType;

/// All bytes, and no list or string above the bound.
pub(crate) fn is_value(value: &ValueType, bytes: &[u8], bound: u32) -> bool {
    rest(value, bytes, bound).is_some_and(<[u8]>::is_empty)
}

fn rest<'a>(value: &ValueType, bytes: &'a [u8], bound: u32) -> Option<&'a [u8]> {
    match shape(value) {
        Shape::Scalar(scalar) => {
            let (number, rest) = number(bytes, scalar.size())?;
            let good = match scalar {
                Scalar::Bool => number < 2,
                Scalar::Char => u32::try_from(number)
                    .ok()
                    .and_then(char::from_u32)
                    .is_some(),
                _ => true,
            };
            good.then_some(rest)
        }
        Shape::Product(values) => values
            .iter()
            .try_fold(bytes, |bytes, value| rest(value, bytes, bound)),
        Shape::Sum(cases) => {
            let (tag, bytes) = number(bytes, discriminant_size(cases.len()))?;
            match cases.get(usize::try_from(tag).ok()?)? {
                Some(payload) => rest(payload, bytes, bound),
                None => Some(bytes),
            }
        }
        Shape::Flags(labels) => bytes.get(flags_size(labels) as usize..),
        Shape::List(element) => {
            let (count, mut bytes) = counted(bytes, bound)?;
            for _ in 0..count {
                bytes = rest(&element, bytes, bound)?;
            }
            Some(bytes)
        }
        Shape::String => {
            let (count, bytes) = counted(bytes, bound)?;
            let (text, rest) = bytes.split_at_checked(count)?;
            std::str::from_utf8(text).ok().map(|_| rest)
        }
        Shape::FixedList(element, length) => {
            (0..length).try_fold(bytes, |bytes, _| rest(&element, bytes, bound))
        }
        Shape::Handle(_) => None,
    }
}

fn number(bytes: &[u8], size: u32) -> Option<(u64, &[u8])> {
    let (head, rest) = bytes.split_at_checked(size as usize)?;
    Some((
        head.iter()
            .rev()
            .fold(0, |number, byte| number << 8 | u64::from(*byte)),
        rest,
    ))
}

fn counted(bytes: &[u8], bound: u32) -> Option<(usize, &[u8])> {
    let (count, rest) = number(bytes, 4)?;
    (count <= bound.into()).then_some((usize::try_from(count).ok()?, rest))
}

//! A model of what a mapping means that reads its rules: by names, over plain values. Knows nothing of
//! conversions and of how they are generated.

use super::mapped::NUMBERS;
use autosar_wit::{
    mapping::{Mapping, Policy, Rule},
    types::{Case, Field, TypeKind, ValueType},
    value::{self, Value},
};
use wasmtime::component::Val;

/// A value has no counterpart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Invalid;

/// What is needed at that place, from what is given.
pub(crate) fn model(
    mapping: &Mapping,
    place: &str,
    needs: &ValueType,
    gives: &ValueType,
    given: &Val,
) -> Result<Val, Invalid> {
    let none = Rule::default();
    let rule = mapping.rules.get(place).unwrap_or(&none);
    let inner = |suffix: &str, needs: &ValueType, gives: &ValueType, given: &Val| {
        model(mapping, &format!("{place}{suffix}"), needs, gives, given)
    };
    let default = |place: &str, needs: &ValueType| {
        let text = mapping.rules[place].default.as_ref().unwrap();
        as_val(&value::parse(needs, text).unwrap())
    };
    let boxed = |value: Val| Some(Box::new(value));
    match (needs, gives, given) {
        (ValueType::Option(a), ValueType::Option(b), Val::Option(given)) => {
            Ok(Val::Option(match given {
                Some(given) => boxed(inner(".some", a, b, given)?),
                None => None,
            }))
        }
        (ValueType::Option(a), ValueType::Result { ok: Some(b), .. }, Val::Result(given)) => {
            Ok(Val::Option(match given {
                Ok(Some(given)) => boxed(inner(".some", a, b, given)?),
                _ => None,
            }))
        }
        (ValueType::Option(a), b, given) => Ok(Val::Option(boxed(inner(".some", a, b, given)?))),
        (
            ValueType::Result { ok, err },
            ValueType::Result { ok: ok2, err: err2 },
            Val::Result(given),
        ) => {
            let side = |suffix: &str,
                        needs: &Option<Box<ValueType>>,
                        gives: &Option<Box<ValueType>>,
                        given: &Option<Box<Val>>| {
                match (needs, gives, given) {
                    (Some(needs), Some(gives), Some(given)) => {
                        Ok(boxed(inner(suffix, needs, gives, given)?))
                    }
                    _ => Ok(None),
                }
            };
            Ok(Val::Result(match given {
                Ok(value) => Ok(side(".ok", ok, ok2, value)?),
                Err(value) => Err(side(".err", err, err2, value)?),
            }))
        }
        (ValueType::Result { ok: Some(a), .. }, b, given) => {
            Ok(Val::Result(Ok(boxed(inner(".ok", a, b, given)?))))
        }
        (a, ValueType::Option(b), Val::Option(given)) => match given {
            Some(given) => inner("", a, b, given),
            None => Ok(default(place, a)),
        },
        (a, ValueType::Result { ok: Some(b), .. }, Val::Result(given)) => match given {
            Ok(Some(given)) => inner("", a, b, given),
            _ => Ok(default(place, a)),
        },
        (ValueType::List(a), ValueType::List(b), Val::List(values)) => {
            let values = values.iter().map(|value| inner("[]", a, b, value));
            Ok(Val::List(values.collect::<Result<_, _>>()?))
        }
        (ValueType::Tuple(needed), ValueType::Tuple(given), Val::Tuple(values)) => {
            let members = needed.iter().zip(given).zip(values).enumerate();
            let members = members
                .map(|(at, ((needs, gives), value))| inner(&format!(".{at}"), needs, gives, value));
            Ok(Val::Tuple(members.collect::<Result<_, _>>()?))
        }
        (ValueType::Named(a), ValueType::Named(b), given) => match (&a.kind, &b.kind, given) {
            (TypeKind::Record(needed), TypeKind::Record(gives), Val::Record(values)) => {
                let fields = needed.iter().map(|field| {
                    let place = format!("{place}.{}", field.name);
                    let from = mapping.rules.get(&place).and_then(|rule| rule.from.clone());
                    let from = from.unwrap_or_else(|| field.name.clone());
                    let value = match pick(gives, values, &from) {
                        Some((gives, value)) => {
                            model(mapping, &place, &field.value, &gives, &value)?
                        }
                        None => default(&place, &field.value),
                    };
                    Ok((field.name.clone(), value))
                });
                Ok(Val::Record(fields.collect::<Result<_, _>>()?))
            }
            (TypeKind::Enum(needed), TypeKind::Enum(_), Val::Enum(name)) => {
                Ok(Val::Enum(counterpart(rule, needed, name)?))
            }
            (TypeKind::Variant(needed), TypeKind::Variant(gives), Val::Variant(name, value)) => {
                let names: Vec<String> = needed.iter().map(|case| case.name.clone()).collect();
                let target = counterpart(rule, &names, name)?;
                let payload = |cases: &[Case], name: &str| {
                    let case = cases.iter().find(|case| case.name == name).unwrap();
                    case.value.clone()
                };
                let value = match (payload(needed, &target), payload(gives, name), value) {
                    (Some(needs), Some(gives), Some(value)) => {
                        boxed(inner(&format!(".{target}"), &needs, &gives, value)?)
                    }
                    (Some(needs), ..) => boxed(default(&format!("{place}.{target}"), &needs)),
                    (None, ..) => None,
                };
                Ok(Val::Variant(target, value))
            }
            (TypeKind::Flags(needed), TypeKind::Flags(_), Val::Flags(set)) => {
                let mut found = Vec::new();
                for name in set {
                    match counterpart(rule, needed, name) {
                        Ok(name) => found.push(name),
                        Err(_) if rule.policy == Some(Policy::Invalid) => return Err(Invalid),
                        Err(_) => {}
                    }
                }
                let set = needed.iter().filter(|name| found.contains(name));
                Ok(Val::Flags(set.cloned().collect()))
            }
            _ => Ok(given.clone()),
        },
        (needs, _, given) if NUMBERS.contains(needs) => number(rule, needs, given),
        _ => Ok(given.clone()),
    }
}

fn counterpart(rule: &Rule, needed: &[String], name: &String) -> Result<String, Invalid> {
    let stated = rule.cases.get(name);
    let same = needed.contains(name).then_some(name);
    stated
        .or(same)
        .or(rule.otherwise.as_ref())
        .cloned()
        .ok_or(Invalid)
}

fn pick(fields: &[Field], values: &[(String, Val)], path: &str) -> Option<(ValueType, Val)> {
    let (name, rest) = path
        .split_once('.')
        .map_or((path, None), |(name, rest)| (name, Some(rest)));
    let field = fields.iter().find(|field| field.name == name)?;
    let (_, value) = values.iter().find(|(own, _)| own == name)?;
    let Some(rest) = rest else {
        return Some((field.value.clone(), value.clone()));
    };
    match (&field.value, value) {
        (ValueType::Named(definition), Val::Record(values)) => match &definition.kind {
            TypeKind::Record(fields) => pick(fields, values, rest),
            _ => None,
        },
        _ => None,
    }
}

/// In exact integers where nothing is scaled, else in f64.
fn number(rule: &Rule, needs: &ValueType, given: &Val) -> Result<Val, Invalid> {
    let (factor, offset) = (rule.factor.unwrap_or(1.0), rule.offset.unwrap_or(0.0));
    let is_invalid = rule.policy == Some(Policy::Invalid);
    let whole: Option<i128> = match given {
        Val::U8(value) => Some((*value).into()),
        Val::U16(value) => Some((*value).into()),
        Val::U32(value) => Some((*value).into()),
        Val::U64(value) => Some((*value).into()),
        Val::S8(value) => Some((*value).into()),
        Val::S16(value) => Some((*value).into()),
        Val::S32(value) => Some((*value).into()),
        Val::S64(value) => Some((*value).into()),
        _ => None,
    };
    let real = match (whole, given) {
        (Some(whole), _) => whole as f64,
        (None, Val::Float32(value)) => f64::from(*value),
        (None, Val::Float64(value)) => *value,
        other => unreachable!("{other:?}"),
    };
    let is_plain = (factor, offset) == (1.0, 0.0);
    let real = if is_plain {
        real
    } else {
        real * factor + offset
    };
    match needs {
        ValueType::F64 => return Ok(Val::Float64(real)),
        ValueType::F32 => {
            let near = real as f32;
            if near.is_infinite() && real.is_finite() {
                return match is_invalid {
                    true => Err(Invalid),
                    false => Ok(Val::Float32(f32::MAX.copysign(near))),
                };
            }
            return Ok(Val::Float32(near));
        }
        _ => {}
    }
    let (low, high) = range(needs);
    let exact = match whole.filter(|_| is_plain) {
        Some(whole) => whole,
        None if real.is_nan() && is_invalid => return Err(Invalid),
        // Saturates by itself, and makes zero of what is no number.
        None => real.round_ties_even() as i128,
    };
    if is_invalid && !(low..=high).contains(&exact) {
        return Err(Invalid);
    }
    Ok(integer(needs, exact.clamp(low, high)))
}

fn range(value: &ValueType) -> (i128, i128) {
    match value {
        ValueType::U8 => (0, u8::MAX.into()),
        ValueType::U16 => (0, u16::MAX.into()),
        ValueType::U32 => (0, u32::MAX.into()),
        ValueType::U64 => (0, u64::MAX.into()),
        ValueType::S8 => (i8::MIN.into(), i8::MAX.into()),
        ValueType::S16 => (i16::MIN.into(), i16::MAX.into()),
        ValueType::S32 => (i32::MIN.into(), i32::MAX.into()),
        _ => (i64::MIN.into(), i64::MAX.into()),
    }
}

fn integer(value: &ValueType, number: i128) -> Val {
    match value {
        ValueType::U8 => Val::U8(number as u8),
        ValueType::U16 => Val::U16(number as u16),
        ValueType::U32 => Val::U32(number as u32),
        ValueType::U64 => Val::U64(number as u64),
        ValueType::S8 => Val::S8(number as i8),
        ValueType::S16 => Val::S16(number as i16),
        ValueType::S32 => Val::S32(number as i32),
        _ => Val::S64(number as i64),
    }
}

/// The number of that type that is nearest.
pub(crate) fn number_of(value: &ValueType, number: f64) -> Val {
    match value {
        ValueType::F32 => Val::Float32(number as f32),
        ValueType::F64 => Val::Float64(number),
        _ => {
            let (low, high) = range(value);
            integer(value, (number as i128).clamp(low, high))
        }
    }
}

fn as_val(value: &Value) -> Val {
    let boxed = |value: &Option<Box<Value>>| value.as_deref().map(|value| Box::new(as_val(value)));
    match value {
        Value::Bool(value) => Val::Bool(*value),
        Value::U8(value) => Val::U8(*value),
        Value::U16(value) => Val::U16(*value),
        Value::U32(value) => Val::U32(*value),
        Value::U64(value) => Val::U64(*value),
        Value::S8(value) => Val::S8(*value),
        Value::S16(value) => Val::S16(*value),
        Value::S32(value) => Val::S32(*value),
        Value::S64(value) => Val::S64(*value),
        Value::F32(value) => Val::Float32(*value),
        Value::F64(value) => Val::Float64(*value),
        Value::Char(value) => Val::Char(*value),
        Value::String(value) => Val::String(value.clone()),
        Value::List(values) => Val::List(values.iter().map(as_val).collect()),
        Value::Map(_) => unreachable!("no random type has maps"),
        Value::Tuple(values) => Val::Tuple(values.iter().map(as_val).collect()),
        Value::Record(fields) => Val::Record(
            fields
                .iter()
                .map(|(name, value)| (name.clone(), as_val(value)))
                .collect(),
        ),
        Value::Variant { case, value } => Val::Variant(case.clone(), boxed(value)),
        Value::Enum(case) => Val::Enum(case.clone()),
        Value::Flags(set) => Val::Flags(set.clone()),
        Value::Option(value) => Val::Option(boxed(value)),
        Value::Result(Ok(value)) => Val::Result(Ok(boxed(value))),
        Value::Result(Err(value)) => Val::Result(Err(boxed(value))),
    }
}

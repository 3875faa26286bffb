//! Numbers: width, units, and what becomes of values that do not fit.

use super::{
    Conversion, Policy, Problem, RowKind, Rule, scale_words,
    spot::Spot,
    walk::{Walk, guess},
};
use crate::{
    print,
    types::ValueType,
    units::{Relation, relation},
};

pub(super) fn is_number(value: &ValueType) -> bool {
    width(value).is_some()
}

/// Bits of the magnitude that are exact, and whether there is a sign; integers and floats.
enum Width {
    Integer { bits: u32, is_signed: bool },
    Float { exact_bits: u32 },
}

fn width(value: &ValueType) -> Option<Width> {
    let integer = |bits, is_signed| Some(Width::Integer { bits, is_signed });
    match value {
        ValueType::U8 => integer(8, false),
        ValueType::U16 => integer(16, false),
        ValueType::U32 => integer(32, false),
        ValueType::U64 => integer(64, false),
        ValueType::S8 => integer(7, true),
        ValueType::S16 => integer(15, true),
        ValueType::S32 => integer(31, true),
        ValueType::S64 => integer(63, true),
        ValueType::F32 => Some(Width::Float { exact_bits: 24 }),
        ValueType::F64 => Some(Width::Float { exact_bits: 53 }),
        _ => None,
    }
}

/// Whether every given number is a needed one.
fn widens(needs: &ValueType, gives: &ValueType) -> bool {
    match (width(needs), width(gives)) {
        (
            Some(Width::Integer {
                bits: a,
                is_signed: to,
            }),
            Some(Width::Integer {
                bits: b,
                is_signed: from,
            }),
        ) => a >= b && (to || !from),
        (Some(Width::Float { exact_bits: a }), Some(Width::Integer { bits: b, .. }))
        | (Some(Width::Float { exact_bits: a }), Some(Width::Float { exact_bits: b })) => a >= b,
        _ => false,
    }
}

impl Walk<'_> {
    pub(super) fn number(
        &mut self,
        spot: &Spot,
        needs: &ValueType,
        gives: &ValueType,
    ) -> Conversion {
        self.value_row(spot, needs, gives, RowKind::Number);
        let stated = self
            .rule(&spot.place, "factor")
            .filter(|rule| rule.factor.is_some() || rule.offset.is_some())
            .map(|rule| (rule.factor.unwrap_or(1.0), rule.offset.unwrap_or(0.0)));
        self.rule(&spot.place, "offset");
        let policy = self
            .rule(&spot.place, "policy")
            .and_then(|rule| rule.policy);
        let Some((factor, offset)) = self.scale(spot, stated) else {
            return Conversion::Same;
        };
        let is_scaled = (factor, offset) != (1.0, 0.0);
        let fits = match is_scaled {
            true => *needs == ValueType::F64,
            false => widens(needs, gives),
        };
        let proposal = guess(Rule {
            policy: Some(Policy::Saturate),
            ..Rule::default()
        });
        let policy = match policy {
            Some(policy) => {
                let fitting = [Policy::Saturate, Policy::Invalid];
                if !self.allowed(spot, policy, &fitting, &proposal) {
                    return Conversion::Same;
                }
                policy
            }
            None if fits => Policy::Saturate,
            None => {
                let problem = Problem::Narrowed {
                    given: print::value_type(gives),
                    needs: print::value_type(needs),
                };
                self.problem(&spot.place, problem, Some(proposal));
                return Conversion::Same;
            }
        };
        match needs == gives && !is_scaled {
            true => Conversion::Same,
            false => Conversion::Number {
                factor,
                offset,
                policy,
            },
        }
    }

    /// Factor and offset: what is stated, held against what the units say.
    fn scale(&mut self, spot: &Spot, stated: Option<(f64, f64)>) -> Option<(f64, f64)> {
        let (needed, given) = (spot.needed.find(), spot.given.find());
        let unit = |element: Option<&crate::metadata::ElementMetadata>| {
            let unit = element.and_then(|element| element.unit.clone());
            unit.unwrap_or_else(|| "raw value".to_owned())
        };
        let sound = |(factor, offset): &(f64, f64)| {
            factor.is_finite() && offset.is_finite() && *factor != 0.0
        };
        if stated.as_ref().is_some_and(|stated| !sound(stated)) {
            self.problem(&spot.place, Problem::BadScale, None);
            return None;
        }
        let (given, needs) = (unit(given), unit(needed));
        let known = relation(spot.needed.find(), spot.given.find());
        match (known, stated) {
            (Relation::Unlike, _) => {
                self.problem(&spot.place, Problem::Dimensions { given, needs }, None);
                None
            }
            (Relation::Alike, None) => Some((1.0, 0.0)),
            (Relation::Alike | Relation::Unknown, Some(stated)) => Some(stated),
            (Relation::Unknown, None) => {
                let proposal = guess(Rule {
                    factor: Some(1.0),
                    ..Rule::default()
                });
                self.problem(&spot.place, Problem::Units { given, needs }, Some(proposal));
                None
            }
            (Relation::Scale { factor, offset }, Some(stated)) => {
                if near(stated.0, factor) && near(stated.1, offset) {
                    return Some(stated);
                }
                let problem = Problem::Scale {
                    stated: scale_words(stated.0, stated.1),
                    meant: scale_words(factor, offset),
                };
                self.problem(&spot.place, problem, Some(scaled(factor, offset)));
                None
            }
            (Relation::Scale { factor, offset }, None) => {
                let proposal = Some(scaled(factor, offset));
                self.problem(&spot.place, Problem::Units { given, needs }, proposal);
                None
            }
        }
    }
}

/// It follows from the units: no guess.
fn scaled(factor: f64, offset: f64) -> Rule {
    Rule {
        factor: (factor != 1.0).then_some(factor),
        offset: (offset != 0.0).then_some(offset),
        ..Rule::default()
    }
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1e-30)
}

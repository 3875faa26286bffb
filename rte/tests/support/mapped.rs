//! Random mappings: given types for needed ones, and the rules that lead from one to the other.

use super::{id, named};
use autosar_wit::{
    mapping::{Policy, Rule},
    types::{Case, Field, TypeKind, ValueType},
    value::{self, default_value},
};
use std::collections::BTreeMap;

pub(crate) const NUMBERS: [ValueType; 10] = [
    ValueType::U8,
    ValueType::U16,
    ValueType::U32,
    ValueType::U64,
    ValueType::S8,
    ValueType::S16,
    ValueType::S32,
    ValueType::S64,
    ValueType::F32,
    ValueType::F64,
];

/// Makes given types for needed ones, and the rules that lead from one to the other.
pub(crate) struct Maker {
    state: u64,
    /// Whether a rule may say `invalid`.
    has_invalid: bool,
    names: u32,
    pub(crate) rules: BTreeMap<String, Rule>,
}

impl Maker {
    pub(crate) fn new(seed: u64, has_invalid: bool) -> Self {
        Self {
            state: seed,
            has_invalid,
            names: 0,
            rules: BTreeMap::new(),
        }
    }

    /// SplitMix64 (Steele, Lea, Flood, 2014).
    fn below(&mut self, limit: u64) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    fn shuffled<T>(&mut self, mut values: Vec<T>) -> Vec<T> {
        for at in (1..values.len()).rev() {
            let other = self.below(at as u64 + 1) as usize;
            values.swap(at, other);
        }
        values
    }

    fn rule(&mut self, place: &str) -> &mut Rule {
        self.rules.entry(place.to_owned()).or_default()
    }

    fn define(&mut self, owner: &str, kind: TypeKind) -> ValueType {
        self.names += 1;
        let name = format!("g{}", self.names);
        named(Some(id(owner)), &name, kind)
    }

    pub(crate) fn number_rule(&mut self) -> Rule {
        let factors = [0.1, 0.5, 2.0, -1.0, 3.6, 1e3];
        let offsets = [-40.0, 0.5, 273.15];
        Rule {
            factor: self.chance(50).then(|| factors[self.below(6) as usize]),
            offset: self.chance(30).then(|| offsets[self.below(3) as usize]),
            policy: Some(match self.has_invalid && self.chance(50) {
                true => Policy::Invalid,
                false => Policy::Saturate,
            }),
            ..Rule::default()
        }
    }

    /// A type of that owner from which `needs` can be made, by the rules that it leaves.
    pub(crate) fn given(&mut self, owner: &str, place: &str, needs: &ValueType) -> ValueType {
        if !is_status(needs) && self.chance(15) {
            let default = value::print(&default_value(needs).unwrap());
            self.rule(place).default = Some(default);
            let some = Box::new(self.plain(owner, place, needs));
            return match self.chance(50) {
                true => ValueType::Option(some),
                false => ValueType::Result {
                    ok: Some(some),
                    err: Some(Box::new(ValueType::String)),
                },
            };
        }
        self.plain(owner, place, needs)
    }

    fn plain(&mut self, owner: &str, place: &str, needs: &ValueType) -> ValueType {
        let boxed = |value| Box::new(value);
        match needs {
            number if NUMBERS.contains(number) => match self.chance(60) {
                true => {
                    let rule = self.number_rule();
                    let old = self.rule(place);
                    *old = Rule {
                        default: old.default.take(),
                        from: old.from.take(),
                        ..rule
                    };
                    NUMBERS[self.below(10) as usize].clone()
                }
                false => number.clone(),
            },
            ValueType::List(one) => {
                ValueType::List(boxed(self.given(owner, &format!("{place}[]"), one)))
            }
            // One that is no status itself may stand there without it.
            ValueType::Option(one) => {
                let place = format!("{place}.some");
                match self.below(3) {
                    0 if !is_status(one) => self.plain(owner, &place, one),
                    1 => ValueType::Result {
                        ok: Some(boxed(self.given(owner, &place, one))),
                        err: None,
                    },
                    _ => ValueType::Option(boxed(self.given(owner, &place, one))),
                }
            }
            ValueType::Result { ok, err } => {
                if let Some(one) = ok
                    && !is_status(one)
                    && self.chance(30)
                {
                    return self.plain(owner, &format!("{place}.ok"), one);
                }
                let mut side = |side: &Option<Box<ValueType>>, word: &str| {
                    let one = side.as_deref()?;
                    Some(boxed(self.given(owner, &format!("{place}.{word}"), one)))
                };
                ValueType::Result {
                    ok: side(ok, "ok"),
                    err: side(err, "err"),
                }
            }
            ValueType::Tuple(members) => {
                let mut members: Vec<ValueType> = members
                    .iter()
                    .enumerate()
                    .map(|(at, member)| self.given(owner, &format!("{place}.{at}"), member))
                    .collect();
                if self.chance(20) {
                    members.push(ValueType::String);
                }
                ValueType::Tuple(members)
            }
            ValueType::Named(definition) => match &definition.kind {
                TypeKind::Record(fields) => self.record(owner, place, fields),
                TypeKind::Variant(cases) => {
                    let cases: Vec<_> = cases
                        .iter()
                        .map(|case| (case.name.clone(), case.value.clone()))
                        .collect();
                    let cases = self.cases(owner, place, &cases);
                    let case = |(name, value)| Case {
                        name,
                        value,
                        docs: String::new(),
                    };
                    let cases = cases.into_iter().map(case).collect();
                    self.define(owner, TypeKind::Variant(cases))
                }
                TypeKind::Enum(cases) => {
                    let cases: Vec<_> = cases.iter().map(|case| (case.clone(), None)).collect();
                    let cases = self.cases(owner, place, &cases);
                    let names = cases.into_iter().map(|(name, _)| name).collect();
                    self.define(owner, TypeKind::Enum(names))
                }
                TypeKind::Flags(labels) => self.flags(owner, place, labels),
                TypeKind::Alias(target) => self.plain(owner, place, target),
                TypeKind::Resource => unreachable!("no value"),
            },
            other => other.clone(),
        }
    }

    fn record(&mut self, owner: &str, place: &str, fields: &[Field]) -> ValueType {
        let mut given = Vec::new();
        for field in fields {
            let inner = format!("{place}.{}", field.name);
            if self.chance(12) {
                let default = default_value(&field.value).unwrap();
                let text = value::print(&default);
                self.rule(&inner).default = Some(text);
                continue;
            }
            let mut value = self.given(owner, &inner, &field.value);
            let mut name = field.name.clone();
            if self.chance(25) {
                name = format!("was-{name}");
                let mut from = name.clone();
                if self.chance(30) {
                    // In a record of its own.
                    let inside = Field {
                        name: "inside".into(),
                        value,
                        docs: String::new(),
                    };
                    value = self.define(owner, TypeKind::Record(vec![inside]));
                    from = format!("{name}.inside");
                }
                self.rule(&inner).from = Some(from);
            }
            given.push(Field {
                name,
                value,
                docs: String::new(),
            });
        }
        if given.is_empty() || self.chance(20) {
            given.push(Field {
                name: "surplus".into(),
                value: ValueType::List(Box::new(ValueType::Char)),
                docs: String::new(),
            });
        }
        let given = self.shuffled(given);
        self.define(owner, TypeKind::Record(given))
    }

    fn cases(
        &mut self,
        owner: &str,
        place: &str,
        needed: &[(String, Option<ValueType>)],
    ) -> Vec<(String, Option<ValueType>)> {
        let mut given = Vec::new();
        let many = needed.len() > 20;
        for (name, value) in needed {
            let inner = format!("{place}.{name}");
            let mut made = match value {
                Some(value) => match self.chance(15) {
                    true => {
                        let text = value::print(&default_value(value).unwrap());
                        self.rule(&inner).default = Some(text);
                        None
                    }
                    false => Some(self.given(owner, &inner, value)),
                },
                None => None,
            };
            if value.is_none()
                && self.chance(10)
                && !many
                && needed.iter().any(|(_, v)| v.is_some())
            {
                made = Some(ValueType::String);
            }
            let mut own = name.clone();
            if self.chance(25) {
                own = format!("was-{name}");
                self.rule(place).cases.insert(own.clone(), name.clone());
            }
            given.push((own, made));
        }
        let plain: Vec<String> = needed
            .iter()
            .filter(|(_, value)| value.is_none())
            .map(|(name, _)| name.clone())
            .collect();
        let invalid = self.has_invalid && self.chance(50);
        if self.chance(40) && (invalid || !plain.is_empty()) {
            given.push(("surplus".into(), None));
            match invalid {
                true => self.rule(place).policy = Some(Policy::Invalid),
                false => {
                    let at = self.below(plain.len() as u64) as usize;
                    self.rule(place).otherwise = Some(plain[at].clone());
                }
            }
        }
        self.shuffled(given)
    }

    fn flags(&mut self, owner: &str, place: &str, needed: &[String]) -> ValueType {
        let mut given = Vec::new();
        for name in needed {
            match self.below(5) {
                0 => {}
                1 => {
                    let own = format!("was-{name}");
                    self.rule(place).cases.insert(own.clone(), name.clone());
                    given.push(own);
                }
                _ => given.push(name.clone()),
            }
        }
        if given.is_empty() || (given.len() < 32 && self.chance(40)) {
            given.push("surplus".into());
            self.rule(place).policy = Some(match self.has_invalid && self.chance(50) {
                true => Policy::Invalid,
                false => Policy::LeaveOut,
            });
        }
        let given = self.shuffled(given);
        self.define(owner, TypeKind::Flags(given))
    }
}

fn is_status(value: &ValueType) -> bool {
    matches!(value, ValueType::Option(_) | ValueType::Result { .. })
}

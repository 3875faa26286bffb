//! A message as an interface: its types, and a data element for each signal that is always there;
//! what a multiplexor chooses is a variant.

use super::branches::{Branch, branches};
use super::labels::{Labels, labels};
use super::{docs, rx_error};
use crate::dbc::{Message, Signal, check};
use crate::metadata::{CompuMethod, ElementMetadata};
use crate::types::{
    Case, Field, Function, FunctionKind, Interface, InterfaceId, TypeDefinition, TypeKind,
    ValueType,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// Values of a table without a text, up to the greatest that has one.
const MOST_GAPS: usize = 16;
const LARGEST_CASE: i64 = 255;

/// The interface, and what its data elements mean.
pub(super) fn interface(
    message: &Message,
    id: &InterfaceId,
) -> (Interface, BTreeMap<String, ElementMetadata>) {
    let mut taken = Labels::default();
    let rx_error = rx_error();
    taken.take(&rx_error.name);
    let names = message.signals.iter().map(|signal| signal.name.as_str());
    let mut builder = Builder {
        message,
        id,
        names: labels(names, &mut taken),
        taken,
        made: BTreeMap::new(),
        types: Vec::new(),
    };
    let always = (0..message.signals.len()).filter(|at| {
        let signal = message.signals.get(*at);
        signal.is_some_and(|signal| signal.presence.is_none())
    });
    let fields: Vec<(usize, Field)> = always
        .filter_map(|at| Some((at, builder.field(at)?)))
        .collect();
    let functions = fields
        .iter()
        .map(|(_, field)| data_element(field, &rx_error))
        .collect();
    let elements = fields.iter().filter_map(|(at, field)| {
        let signal = message.signals.get(*at)?;
        Some((field.name.clone(), meaning(signal)))
    });
    let elements = elements.collect();
    let mut types = Vec::new();
    if !fields.is_empty() {
        let fields = fields.into_iter().map(|(_, field)| field).collect();
        let docs = "All of the message at once.".to_owned();
        builder.define("message", TypeKind::Record(fields), docs);
        types.push(rx_error);
    }
    types.extend(builder.types);
    let interface = Interface {
        id: Some(id.clone()),
        functions,
        types,
        docs: docs::sound(&docs::message(message)),
    };
    (interface, elements)
}

struct Builder<'a> {
    message: &'a Message,
    id: &'a InterfaceId,
    /// Of the signals, as the fields and data elements are called.
    names: Vec<String>,
    taken: Labels,
    /// Fields that are there already: several branches may have one signal.
    made: BTreeMap<usize, Field>,
    /// Those before, which others name.
    types: Vec<Arc<TypeDefinition>>,
}

impl Builder<'_> {
    /// `None`: of a signal that no frame has.
    fn field(&mut self, at: usize) -> Option<Field> {
        if let Some(made) = self.made.get(&at) {
            return Some(made.clone());
        }
        let signal = self.message.signals.get(at)?;
        if !signal.fits(self.message.length_bytes) {
            return None;
        }
        let name = self.names.get(at)?.clone();
        let branches = branches(self.message, at);
        let mut text = docs::signal(signal);
        let value = match (branches.as_slice(), is_enumerated(signal)) {
            ([], true) => self.enumeration(signal, &name),
            ([], false) => {
                text += &docs::texts(&signal.values);
                raw(signal)
            }
            (branches, _) => self.variant(at, signal, &name, branches),
        };
        let field = Field {
            name,
            value,
            docs: docs::sound(&text),
        };
        self.made.insert(at, field.clone());
        Some(field)
    }

    /// A case for each raw value, so that its number is the raw value.
    fn enumeration(&mut self, signal: &Signal, name: &str) -> ValueType {
        let mut texts = BTreeMap::new();
        for (value, text) in &signal.values {
            texts.entry(*value).or_insert(text.as_str());
        }
        let last = texts.keys().next_back().copied().unwrap_or_default();
        let mut taken = Labels::default();
        let cases = (0..=last).map(|value| match texts.get(&value) {
            Some(text) => taken.take(text),
            None => taken.take(&format!("reserved {value}")),
        });
        let cases = cases.collect();
        let docs = format!(
            "Values of `{}`:{}",
            signal.name,
            docs::texts(&signal.values)
        );
        self.define(&format!("{name}-value"), TypeKind::Enum(cases), docs)
    }

    fn variant(
        &mut self,
        at: usize,
        multiplexor: &Signal,
        name: &str,
        branches: &[Branch],
    ) -> ValueType {
        let mut taken = Labels::default();
        let mut cases: Vec<Case> = branches
            .iter()
            .map(|branch| self.case(at, multiplexor, name, branch, &mut taken))
            .collect();
        if !are_all(multiplexor, branches) {
            cases.push(Case {
                name: taken.take("other"),
                value: Some(raw(multiplexor)),
                docs: docs::sound(&format!("Any other value of `{}`.", multiplexor.name)),
            });
        }
        let docs = format!("What `{}` chooses.", multiplexor.name);
        self.define(&format!("{name}-branch"), TypeKind::Variant(cases), docs)
    }

    fn case(
        &mut self,
        at: usize,
        multiplexor: &Signal,
        name: &str,
        branch: &Branch,
        taken: &mut Labels,
    ) -> Case {
        let docs = docs::sound(&docs::ranges(multiplexor, &branch.ranges));
        let (first, single) = match branch.ranges.as_slice() {
            [(low, high)] => (*low, low == high),
            ranges => (ranges.first().map_or(0, |(low, _)| *low), false),
        };
        let mut values = multiplexor.values.iter();
        let text = values.find(|(value, _)| single && u64::try_from(*value) == Ok(first));
        let case = match text {
            Some((_, text)) => taken.take(text),
            None => taken.take(&format!("m{first}")),
        };
        let mut fields = Vec::new();
        if let (false, Some(field)) = (single, self.names.get(at)) {
            fields.push(Field {
                name: field.clone(),
                value: raw(multiplexor),
                docs: format!("Which of these values `{}` has.", multiplexor.name),
            });
        }
        fields.extend(branch.signals.iter().filter_map(|at| self.field(*at)));
        let value = (!fields.is_empty()).then(|| {
            let record = TypeKind::Record(fields);
            self.define(&format!("{name}-{case}"), record, docs.clone())
        });
        Case {
            name: case,
            value,
            docs,
        }
    }

    fn define(&mut self, name: &str, kind: TypeKind, docs: String) -> ValueType {
        let definition = Arc::new(TypeDefinition {
            owner: Some(self.id.clone()),
            name: self.taken.take(name),
            kind,
            docs: docs::sound(&docs),
        });
        self.types.push(definition.clone());
        ValueType::Named(definition)
    }
}

/// `duty: func() -> result<u8, rx-error>`
fn data_element(field: &Field, rx_error: &Arc<TypeDefinition>) -> Function {
    Function {
        name: field.name.clone(),
        kind: FunctionKind::Free,
        parameters: Vec::new(),
        result: Some(ValueType::Result {
            ok: Some(Box::new(field.value.clone())),
            err: Some(Box::new(ValueType::Named(rx_error.clone()))),
        }),
        is_async: false,
        docs: field.docs.clone(),
    }
}

fn meaning(signal: &Signal) -> ElementMetadata {
    let is_scaled = signal.factor != 1.0 || signal.offset != 0.0;
    ElementMetadata {
        unit: Some(signal.unit.clone()).filter(|unit| !unit.is_empty()),
        dimension: None,
        compu_method: is_scaled.then_some(CompuMethod::Linear {
            factor: signal.factor,
            offset: signal.offset,
        }),
        autosar_name: Some(signal.name.clone()),
        calibration: None,
    }
}

/// Whether the table says what the values are, and not only what some of them mean.
fn is_enumerated(signal: &Signal) -> bool {
    let values = || signal.values.iter().map(|(value, _)| *value);
    let (Some(first), Some(last)) = (values().min(), values().max()) else {
        return false;
    };
    let is_plain = !signal.float && signal.factor == 1.0 && signal.offset == 0.0;
    let is_held = values().all(|value| check::holds(signal, value));
    let named: BTreeSet<i64> = values().collect();
    is_plain
        && is_held
        && first >= 0
        && last <= LARGEST_CASE
        && last as usize + 1 - named.len() <= MOST_GAPS
}

/// The smallest type that holds the raw value.
fn raw(signal: &Signal) -> ValueType {
    let is_plain = signal.factor == 1.0 && signal.offset == 0.0;
    match (signal.float, signal.signed, signal.length_bits) {
        (true, _, 64) => ValueType::F64,
        (true, ..) => ValueType::F32,
        (false, false, 1) if is_plain && signal.values.is_empty() => ValueType::Bool,
        (false, false, 0..=8) => ValueType::U8,
        (false, false, 9..=16) => ValueType::U16,
        (false, false, 17..=32) => ValueType::U32,
        (false, false, _) => ValueType::U64,
        (false, true, 0..=8) => ValueType::S8,
        (false, true, 9..=16) => ValueType::S16,
        (false, true, 17..=32) => ValueType::S32,
        (false, true, _) => ValueType::S64,
    }
}

/// Whether every value of the multiplexor has a branch.
fn are_all(multiplexor: &Signal, branches: &[Branch]) -> bool {
    let ranges = branches.iter().flat_map(|branch| &branch.ranges);
    let covered: u128 = ranges.map(|(low, high)| u128::from(high - low) + 1).sum();
    covered >= 1 << multiplexor.length_bits
}

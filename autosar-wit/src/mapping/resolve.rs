//! What a mapping means for two interfaces: a walk over needed and given types side by side, which
//! finds for each place its conversion, or what is wrong there. Guesses nothing: what could be is a
//! proposal at the problem.

use super::{
    Adaptation, AdaptedFunction, Mapping, Member, Problem, Row, RowKind, Rule, Side, Way,
    conversion::{invalid_case, trimmed},
    problem::MappingProblem,
    spot::{Meaning, Spot},
    types::handle,
    walk::{Walk, guess, listed},
};
use crate::{
    component::PortItem,
    print,
    types::{Case, Field, Function, FunctionKind, TypeDefinition, TypeKind, ValueType},
    value::{element_value, resolved},
};
use std::{collections::BTreeSet, sync::Arc};

/// What a mapping means.
#[derive(Debug, Clone, PartialEq)]
pub struct Resolution {
    /// What to generate, or all that keeps from it. Whether rules are confirmed is not asked.
    pub adaptation: Result<Adaptation, Vec<MappingProblem>>,
    /// In the order of the required port.
    pub rows: Vec<Row>,
}

/// What the mapping means for these ports.
pub fn resolve(required: &Side, provided: &Side, way: Way, mapping: &Mapping) -> Resolution {
    let mut walk = Walk {
        mapping,
        seen: BTreeSet::new(),
        used: BTreeSet::new(),
        problems: Vec::new(),
        rows: Vec::new(),
        invalid: None,
    };
    let functions = walk.functions(required, provided, way);
    walk.complain_of_the_rest();
    let adaptation = match walk.problems.is_empty() {
        true => Ok(Adaptation {
            inner: trimmed(provided.item, &functions),
            outer: required.item.clone(),
            functions,
            bound: mapping.bound(),
        }),
        false => Err(walk.problems),
    };
    Resolution {
        adaptation,
        rows: walk.rows,
    }
}

impl Walk<'_> {
    fn functions(&mut self, required: &Side, provided: &Side, way: Way) -> Vec<AdaptedFunction> {
        let given = match (required.item, provided.item) {
            (PortItem::Function(needed), PortItem::Function(given)) => {
                self.seen.insert(needed.name.clone());
                let function = self.function(needed, given, required, provided, way);
                return function.into_iter().collect();
            }
            (PortItem::Interface(_), PortItem::Interface(given)) => given,
            _ => {
                self.problem("", Problem::Sorts, None);
                return Vec::new();
            }
        };
        let needed: &[Function] = match required.item {
            PortItem::Interface(interface) => &interface.functions,
            PortItem::Function(_) => &[],
        };
        let mut functions = Vec::new();
        for function in needed {
            let place = &function.name;
            self.seen.insert(place.clone());
            let wanted = self.from(place).unwrap_or(place);
            match given.functions.iter().find(|other| other.name == *wanted) {
                Some(other) => {
                    functions.extend(self.function(function, other, required, provided, way));
                }
                None => self.missing_function(function, needed, &given.functions, wanted),
            }
        }
        functions
    }

    fn missing_function(
        &mut self,
        function: &Function,
        needed: &[Function],
        given: &[Function],
        wanted: &str,
    ) {
        let place = &function.name;
        let is_loose = |other: &&Function| {
            other.kind == function.kind
                && other.is_async == function.is_async
                && other.result.is_some() == function.result.is_some()
                && other.parameters.len() == function.parameters.len()
                && needed.iter().all(|known| known.name != other.name)
        };
        let mut loose = given.iter().filter(is_loose);
        let proposal = match (loose.next(), loose.next()) {
            (Some(only), None) => Some(guess(Rule {
                from: Some(only.name.clone()),
                ..Rule::default()
            })),
            _ => None,
        };
        let sources: Vec<String> = given.iter().map(|other| other.name.clone()).collect();
        self.rows.push(Row {
            place: place.clone(),
            needs: print::signature(function),
            given: String::new(),
            source: String::new(),
            sources: sources.clone(),
            kind: RowKind::Plain,
            takes_default: false,
        });
        let problem = match wanted == place {
            true => Problem::FunctionMissing,
            false => Problem::UnknownSource {
                from: wanted.to_owned(),
                known: listed(&sources),
            },
        };
        self.problem(place, problem, proposal);
    }

    fn function(
        &mut self,
        outer: &Function,
        given: &Function,
        required: &Side,
        provided: &Side,
        way: Way,
    ) -> Option<AdaptedFunction> {
        if let Some(problem) = unadaptable(outer, given, way) {
            self.problem(&outer.name, problem, None);
            return None;
        }
        let inner = match way {
            Way::Direct => given.clone(),
            Way::Buffered => stored(outer, given),
        };
        self.invalid = invalid_case(outer);
        let arguments = self.arguments(outer, given, required, provided);
        let spot = Spot {
            place: outer.name.clone(),
            needed: Meaning::new(required, outer.name.clone(), ""),
            given: Meaning::new(provided, given.name.clone(), ""),
        };
        let sources = match provided.item {
            PortItem::Interface(interface) => {
                let functions = interface.functions.iter();
                functions.map(|other| other.name.clone()).collect()
            }
            PortItem::Function(_) => Vec::new(),
        };
        let result = match (&outer.result, &inner.result) {
            (None, _) => {
                self.row(&spot.place, "", "", &given.name, sources, RowKind::Plain);
                None
            }
            (Some(needs), None) => {
                let needs_text = print::value_type(needs);
                self.row(
                    &spot.place,
                    &needs_text,
                    "",
                    &given.name,
                    sources,
                    RowKind::Plain,
                );
                Some(self.missing(&spot.place, needs))
            }
            (Some(needs), Some(gives)) => {
                let at = self.rows.len();
                let conversion = self.value(&spot, needs, gives);
                self.name_source(at, &spot.place, &given.name, sources);
                Some(conversion)
            }
        };
        Some(AdaptedFunction {
            outer: outer.clone(),
            inner,
            provided: given.name.clone(),
            arguments,
            result,
            invalid: self.invalid,
        })
    }

    /// What is given to the provider: needed are its parameters, given are the requirer's.
    fn arguments(
        &mut self,
        outer: &Function,
        inner: &Function,
        required: &Side,
        provided: &Side,
    ) -> Vec<Member> {
        let spot = Spot {
            place: format!("{}(", outer.name),
            needed: Meaning::new(provided, format!("{}(", inner.name), ")"),
            given: Meaning::new(required, format!("{}(", outer.name), ")"),
        };
        self.members(&spot, &inner.parameters, &outer.parameters)
    }
}

/// Why no adapter can stand before a function.
fn unadaptable(outer: &Function, inner: &Function, way: Way) -> Option<Problem> {
    if outer.is_async || inner.is_async {
        return Some(Problem::Asynchronous);
    }
    if outer.kind != FunctionKind::Free || inner.kind != FunctionKind::Free {
        return Some(Problem::Resource);
    }
    let values = [outer, inner].into_iter().flat_map(|function| {
        let parameters = function.parameters.iter().map(|(_, value)| value);
        parameters.chain(&function.result)
    });
    if let Some(what) = values.into_iter().find_map(handle) {
        return Some(Problem::Handle { what });
    }
    let is_element =
        |function: &Function| function.parameters.is_empty() && function.result.is_some();
    let is_buffered = way == Way::Buffered;
    (is_buffered && !(is_element(outer) && is_element(inner))).then_some(Problem::NoElement)
}

/// The getter that the store serves: what the provider's gives, with the status of the receiver's.
/// Its types belong to no interface: both sides may know one of them in two forms.
fn stored(outer: &Function, given: &Function) -> Function {
    let carried = given
        .result
        .as_ref()
        .map(|value| moved(element_value(value).unwrap_or(value), ""));
    let result = match (outer.result.as_ref().map(resolved), carried) {
        (Some(ValueType::Option(_)), Some(value)) => Some(ValueType::Option(Box::new(value))),
        (Some(ValueType::Result { ok: Some(_), err }), Some(value)) => Some(ValueType::Result {
            ok: Some(Box::new(value)),
            err: err.as_ref().map(|err| Box::new(moved(err, "-of-receiver"))),
        }),
        (_, carried) => carried,
    };
    Function {
        result,
        name: outer.name.clone(),
        ..given.clone()
    }
}

/// The same type with names that no interface owns.
fn moved(value: &ValueType, suffix: &str) -> ValueType {
    let again = |value: &ValueType| Box::new(moved(value, suffix));
    match value {
        ValueType::Named(definition) => {
            let kind = match &definition.kind {
                TypeKind::Alias(target) => TypeKind::Alias(moved(target, suffix)),
                TypeKind::Record(fields) => {
                    let field = |field: &Field| Field {
                        value: moved(&field.value, suffix),
                        ..field.clone()
                    };
                    TypeKind::Record(fields.iter().map(field).collect())
                }
                TypeKind::Variant(cases) => {
                    let case = |case: &Case| Case {
                        value: case.value.as_ref().map(|value| moved(value, suffix)),
                        ..case.clone()
                    };
                    TypeKind::Variant(cases.iter().map(case).collect())
                }
                other => other.clone(),
            };
            ValueType::Named(Arc::new(TypeDefinition {
                owner: None,
                name: format!("{}{suffix}", definition.name),
                kind,
                docs: String::new(),
            }))
        }
        ValueType::List(inner) => ValueType::List(again(inner)),
        ValueType::FixedList(inner, length) => ValueType::FixedList(again(inner), *length),
        ValueType::Option(inner) => ValueType::Option(again(inner)),
        ValueType::Map(key, inner) => ValueType::Map(again(key), again(inner)),
        ValueType::Tuple(members) => {
            ValueType::Tuple(members.iter().map(|member| *again(member)).collect())
        }
        ValueType::Result { ok, err } => ValueType::Result {
            ok: ok.as_deref().map(again),
            err: err.as_deref().map(again),
        },
        other => other.clone(),
    }
}

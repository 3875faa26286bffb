//! Whether what a connector brings is what its receiver takes: ports linked directly, data
//! elements by name, single values. Knows nothing of instances.

use crate::{
    document::ConnectorKind,
    resolve::{self, Resolved, behind_aliases},
};
use autosar_wit::{
    component::{Port, PortItem},
    print,
    types::{Function, TypeDefinition, TypeKind, ValueType},
};
use std::fmt;

/// One difference between the types at the two ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mismatch {
    /// `get → result ok → field kmh`; empty for the whole value.
    pub(crate) path: String,
    /// In WIT; `nothing` where there is none.
    pub(crate) needs: String,
    pub(crate) given: String,
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        write!(f, "needs {}, is given {}", self.needs, self.given)
    }
}

/// All differences between what is given and what is needed. Ends of different sorts (a port and a
/// value) and signals have none here.
pub(crate) fn mismatches(from: Resolved, to: Resolved, kind: &ConnectorKind) -> Vec<Mismatch> {
    match (from, to) {
        (Resolved::Port(given), Resolved::Port(needed)) => match kind {
            ConnectorKind::Direct => ports(needed, given),
            ConnectorKind::Buffered(_) => elements(needed, given),
        },
        _ => match (value_of(from), value_of(to)) {
            (Some(given), Some(needed)) => element_values(needed, given),
            _ => Vec::new(),
        },
    }
}

/// The value at an end: of a data element, result or parameter, or of a port that is a function.
pub(crate) fn value_of<'a>(resolved: Resolved<'a>) -> Option<&'a ValueType> {
    match resolved {
        Resolved::Value { value, .. } => Some(value),
        Resolved::Port(port) => match &port.item {
            PortItem::Function(function) if resolve::why_no_element(function).is_none() => {
                function.result.as_ref()
            }
            _ => None,
        },
        Resolved::Signal { .. } => None,
    }
}

/// The first handle, stream or future in a value, in WIT.
pub(crate) fn handle_in(value: &ValueType) -> Option<String> {
    match value {
        ValueType::Own(_)
        | ValueType::Borrow(_)
        | ValueType::Stream(_)
        | ValueType::Future(_)
        | ValueType::ErrorContext => Some(print::value_type(value)),
        ValueType::List(inner) | ValueType::FixedList(inner, _) | ValueType::Option(inner) => {
            handle_in(inner)
        }
        ValueType::Map(key, value) => handle_in(key).or_else(|| handle_in(value)),
        ValueType::Result { ok, err } => [ok, err]
            .into_iter()
            .flatten()
            .find_map(|value| handle_in(value)),
        ValueType::Tuple(members) => members.iter().find_map(handle_in),
        ValueType::Named(definition) => match &definition.kind {
            TypeKind::Record(fields) => fields.iter().find_map(|field| handle_in(&field.value)),
            TypeKind::Variant(cases) => cases
                .iter()
                .filter_map(|case| case.value.as_ref())
                .find_map(handle_in),
            TypeKind::Alias(target) => handle_in(target),
            TypeKind::Enum(_) | TypeKind::Flags(_) | TypeKind::Resource => None,
        },
        _ => None,
    }
}

/// Whether two definitions of one type are the same but for documentation.
pub(crate) fn same_definition(a: &TypeDefinition, b: &TypeDefinition) -> bool {
    let mut found = Vec::new();
    definitions(&Path::default(), a, b, &mut found);
    found.is_empty()
}

fn ports(needed: &Port, given: &Port) -> Vec<Mismatch> {
    let mut found = Vec::new();
    match (&needed.item, &given.item) {
        (PortItem::Function(needed), PortItem::Function(given)) => {
            functions(&Path::default(), needed, given, &mut found);
        }
        (PortItem::Interface(needed), PortItem::Interface(given)) => {
            for function in &needed.functions {
                let same =
                    |other: &&Function| other.name == function.name && other.kind == function.kind;
                let path = Path::default().step(&function.name);
                match given.functions.iter().find(same) {
                    Some(other) => functions(&path, function, other, &mut found),
                    None => found.push(
                        path.mismatch(quoted(&print::signature(function)), "nothing".to_owned()),
                    ),
                }
            }
        }
        (needed, given) => {
            let sort = |item: &PortItem| match item {
                PortItem::Function(_) => "a function".to_owned(),
                PortItem::Interface(_) => "an interface".to_owned(),
            };
            found.push(Path::default().mismatch(sort(needed), sort(given)));
        }
    }
    found
}

/// By name; each with the value behind its status.
fn elements(needed: &Port, given: &Port) -> Vec<Mismatch> {
    let mut found = Vec::new();
    let given_functions = resolve::functions(given);
    let single = matches!(needed.item, PortItem::Function(_));
    for function in resolve::functions(needed) {
        let path = Path::default().step(&function.name);
        let other = given_functions
            .iter()
            .find(|other| single || other.name == function.name);
        let Some(other) = other else {
            found.push(path.mismatch(quoted(&print::signature(function)), "nothing".to_owned()));
            continue;
        };
        match (&function.result, &other.result) {
            (Some(needed), Some(given)) if resolve::why_no_element(other).is_none() => {
                found.extend(
                    element_values(needed, given)
                        .into_iter()
                        .map(|mismatch| path.prefix(mismatch)),
                );
            }
            _ => found.push(path.mismatch(
                "a data element".to_owned(),
                quoted(&print::signature(other)),
            )),
        }
    }
    found
}

fn element_values(needed: &ValueType, given: &ValueType) -> Vec<Mismatch> {
    let mut found = Vec::new();
    match (rte::element_value(needed), rte::element_value(given)) {
        (Some(needed), Some(given)) => values(&Path::default(), needed, given, &mut found),
        _ => values(&Path::default(), needed, given, &mut found),
    }
    found
}

fn functions(path: &Path, needed: &Function, given: &Function, found: &mut Vec<Mismatch>) {
    if needed.is_async != given.is_async {
        found.push(path.mismatch(
            quoted(&print::signature(needed)),
            quoted(&print::signature(given)),
        ));
    }
    let names = |function: &Function| {
        function
            .parameters
            .iter()
            .map(|(name, _)| name.clone())
            .collect::<Vec<_>>()
    };
    if names(needed) != names(given) {
        let list = |names: Vec<String>| format!("the parameters `({})`", names.join(", "));
        found.push(path.mismatch(list(names(needed)), list(names(given))));
    } else {
        for ((name, needed), (_, given)) in needed.parameters.iter().zip(&given.parameters) {
            values(
                &path.step(&format!("parameter {name}")),
                needed,
                given,
                found,
            );
        }
    }
    payloads(
        &path.step("result"),
        needed.result.as_ref(),
        given.result.as_ref(),
        found,
    );
}

fn payloads(
    path: &Path,
    needed: Option<&ValueType>,
    given: Option<&ValueType>,
    found: &mut Vec<Mismatch>,
) {
    match (needed, given) {
        (None, None) => {}
        (Some(needed), Some(given)) => values(path, needed, given, found),
        (needed, given) => {
            let side = |value: Option<&ValueType>| {
                value.map_or("nothing".to_owned(), |value| {
                    quoted(&print::value_type(value))
                })
            };
            found.push(path.mismatch(side(needed), side(given)));
        }
    }
}

fn values(path: &Path, needed: &ValueType, given: &ValueType, found: &mut Vec<Mismatch>) {
    use ValueType::*;
    let (needed, given) = (behind_aliases(needed), behind_aliases(given));
    match (needed, given) {
        (List(needed), List(given)) => values(&path.step("element"), needed, given, found),
        (FixedList(needed, n), FixedList(given, m)) if n == m => {
            values(&path.step("element"), needed, given, found)
        }
        (Map(key, value), Map(other_key, other_value)) => {
            values(&path.step("key"), key, other_key, found);
            values(&path.step("value"), value, other_value, found);
        }
        (Option(needed), Option(given)) => values(&path.step("some"), needed, given, found),
        (
            Result { ok, err },
            Result {
                ok: other_ok,
                err: other_err,
            },
        ) => {
            payloads(&path.step("ok"), ok.as_deref(), other_ok.as_deref(), found);
            payloads(
                &path.step("err"),
                err.as_deref(),
                other_err.as_deref(),
                found,
            );
        }
        (Tuple(needed), Tuple(given)) if needed.len() == given.len() => {
            for (position, (needed, given)) in needed.iter().zip(given).enumerate() {
                values(
                    &path.step(&format!("member {position}")),
                    needed,
                    given,
                    found,
                );
            }
        }
        (Stream(needed), Stream(given)) | (Future(needed), Future(given)) => {
            payloads(
                &path.step("item"),
                needed.as_deref(),
                given.as_deref(),
                found,
            );
        }
        (Own(needed), Own(given)) | (Borrow(needed), Borrow(given))
            if needed.name == given.name => {}
        (Named(needed), Named(given)) => definitions(path, needed, given, found),
        (needed, given) if needed == given => {}
        (needed, given) => {
            found.push(path.mismatch(
                quoted(&print::value_type(needed)),
                quoted(&print::value_type(given)),
            ));
        }
    }
}

fn definitions(
    path: &Path,
    needed: &TypeDefinition,
    given: &TypeDefinition,
    found: &mut Vec<Mismatch>,
) {
    match (&needed.kind, &given.kind) {
        (TypeKind::Record(a), TypeKind::Record(b)) => {
            let same = names(
                path,
                "fields",
                a.iter().map(|field| &*field.name),
                b.iter().map(|field| &*field.name),
                found,
            );
            for (a, b) in a.iter().zip(b).filter(|_| same) {
                values(
                    &path.step(&format!("field {}", a.name)),
                    &a.value,
                    &b.value,
                    found,
                );
            }
        }
        (TypeKind::Variant(a), TypeKind::Variant(b)) => {
            let same = names(
                path,
                "cases",
                a.iter().map(|case| &*case.name),
                b.iter().map(|case| &*case.name),
                found,
            );
            for (a, b) in a.iter().zip(b).filter(|_| same) {
                payloads(
                    &path.step(&format!("case {}", a.name)),
                    a.value.as_ref(),
                    b.value.as_ref(),
                    found,
                );
            }
        }
        (TypeKind::Enum(a), TypeKind::Enum(b)) => {
            names(
                path,
                "cases",
                a.iter().map(String::as_str),
                b.iter().map(String::as_str),
                found,
            );
        }
        (TypeKind::Flags(a), TypeKind::Flags(b)) => {
            names(
                path,
                "flags",
                a.iter().map(String::as_str),
                b.iter().map(String::as_str),
                found,
            );
        }
        (TypeKind::Alias(a), TypeKind::Alias(b)) => values(path, a, b, found),
        (TypeKind::Resource, TypeKind::Resource) if needed.name == given.name => {}
        (a, b) => found.push(path.mismatch(sort(needed, a), sort(given, b))),
    }
}

/// Names have to be the same in the same order.
fn names<'a>(
    path: &Path,
    what: &str,
    needed: impl Iterator<Item = &'a str>,
    given: impl Iterator<Item = &'a str>,
    found: &mut Vec<Mismatch>,
) -> bool {
    let (needed, given) = (needed.collect::<Vec<_>>(), given.collect::<Vec<_>>());
    let same = needed == given;
    if !same {
        let list = |names: &[&str]| format!("the {what} `{}`", names.join(", "));
        found.push(path.mismatch(list(&needed), list(&given)));
    }
    same
}

fn sort(definition: &TypeDefinition, kind: &TypeKind) -> String {
    let word = match kind {
        TypeKind::Record(_) => "record",
        TypeKind::Variant(_) => "variant",
        TypeKind::Enum(_) => "enum",
        TypeKind::Flags(_) => "flags",
        TypeKind::Alias(_) => "type",
        TypeKind::Resource => "resource",
    };
    format!("{word} `{}`", definition.name)
}

fn quoted(text: &str) -> String {
    format!("`{text}`")
}

#[derive(Default, Clone)]
struct Path(Vec<String>);

impl Path {
    fn step(&self, step: &str) -> Path {
        let mut path = self.clone();
        path.0.push(step.to_owned());
        path
    }

    fn mismatch(&self, needs: String, given: String) -> Mismatch {
        Mismatch {
            path: self.0.join(" → "),
            needs,
            given,
        }
    }

    fn prefix(&self, mismatch: Mismatch) -> Mismatch {
        let path = match mismatch.path.is_empty() {
            true => self.0.join(" → "),
            false => format!("{} → {}", self.0.join(" → "), mismatch.path),
        };
        Mismatch { path, ..mismatch }
    }
}

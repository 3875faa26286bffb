//! Whether what a connector brings is what its receiver takes: ports linked directly, data
//! elements by name, single values. Knows nothing of instances.

use crate::{
    document::ConnectorKind,
    resolve::{self, Resolved},
};
use autosar_wit::{
    compat::{self, Difference},
    component::{Port, PortItem},
    print,
    types::{TypeDefinition, ValueType},
};
use std::{fmt, sync::Arc};

/// One difference between the types at the two ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mismatch {
    /// `temperature.get → result ok → field kmh`; empty for the whole value.
    path: String,
    /// In WIT; empty where there is nothing.
    needs: String,
    given: String,
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let side = |text: &str| match text.is_empty() {
            true => "nothing".to_owned(),
            false => format!("`{text}`"),
        };
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        write!(
            f,
            "needs {}, is given {}",
            side(&self.needs),
            side(&self.given)
        )
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
            (Some(given), Some(needed)) => element_values("", needed, given),
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

/// Whether two definitions of one type are the same but for documentation.
pub(crate) fn same_definition(a: &Arc<TypeDefinition>, b: &Arc<TypeDefinition>) -> bool {
    let value = |definition: &Arc<TypeDefinition>| ValueType::Named(definition.clone());
    Arc::ptr_eq(a, b) || compat::value_difference(&value(a), &value(b)).is_empty()
}

fn ports(needed: &Port, given: &Port) -> Vec<Mismatch> {
    let found = match (&needed.item, &given.item) {
        (PortItem::Function(needed), PortItem::Function(given)) => {
            compat::function_difference(needed, given)
        }
        (PortItem::Interface(needed), PortItem::Interface(given)) => {
            compat::difference(needed, given)
        }
        (needed, given) => return vec![mismatch("", sort(needed), sort(given))],
    };
    found
        .into_iter()
        .map(|difference| located("", difference))
        .collect()
}

fn sort(item: &PortItem) -> &'static str {
    match item {
        PortItem::Function(_) => "func",
        PortItem::Interface(_) => "interface",
    }
}

/// By name; each with the value behind its status.
fn elements(needed: &Port, given: &Port) -> Vec<Mismatch> {
    let mut found = Vec::new();
    let given_functions = resolve::functions(given);
    let single = matches!(needed.item, PortItem::Function(_));
    for function in resolve::functions(needed) {
        let name = function.name.as_str();
        match given_functions
            .iter()
            .find(|other| single || other.name == name)
        {
            None => found.push(mismatch(name, print::signature(function), "")),
            Some(other) => match (&function.result, &other.result) {
                (Some(needed), Some(given)) if resolve::why_no_element(other).is_none() => {
                    found.extend(element_values(name, needed, given));
                }
                _ => found.push(mismatch(
                    name,
                    print::signature(function),
                    print::signature(other),
                )),
            },
        }
    }
    found
}

/// The status around a value is the run-time environment's, so it may differ: what fits is the value
/// behind up to two of `result` and `option`, or the whole.
fn element_values(place: &str, needed: &ValueType, given: &ValueType) -> Vec<Mismatch> {
    let needed = rte::element_value(needed).unwrap_or(needed);
    let once = rte::element_value(given).unwrap_or(given);
    let twice = rte::element_value(once).unwrap_or(once);
    if [twice, given]
        .iter()
        .any(|given| compat::value_difference(needed, given).is_empty())
    {
        return Vec::new();
    }
    let found = compat::value_difference(needed, once);
    found
        .into_iter()
        .map(|difference| located(place, difference))
        .collect()
}

fn mismatch(
    path: impl Into<String>,
    needs: impl Into<String>,
    given: impl Into<String>,
) -> Mismatch {
    Mismatch {
        path: path.into(),
        needs: needs.into(),
        given: given.into(),
    }
}

fn located(place: &str, difference: Difference) -> Mismatch {
    let inner = difference.path.to_string();
    let path = [place, &inner]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" → ");
    mismatch(path, difference.required, difference.provided)
}

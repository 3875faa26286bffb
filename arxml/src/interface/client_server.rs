//! Operations: functions. Arguments in are parameters, arguments out are the result, more than one
//! a record; possible errors are an enum.

use super::{Draft, Place, result};
use crate::{
    reader::Reader,
    tree::{child, children, docs, path, short_name, text, whole},
    types::{self, DataType},
};
use autosar_data::{Element, ElementName};
use autosar_wit::{
    names,
    types::{Field, TypeKind, ValueType},
};

pub(super) fn fill(reader: &mut Reader, element: &Element, draft: &mut Draft) {
    let operations: Vec<(Element, String)> = children(element, ElementName::Operations)
        .into_iter()
        .map(|operation| {
            let name = draft.name(&operation);
            (operation, name)
        })
        .collect();
    let error = errors(element, draft);
    for (element, name) in operations {
        operation(reader, draft, &element, name, error.as_ref());
    }
}

/// ApplicationErrors of the interface; `None`: it has none.
fn errors(element: &Element, draft: &mut Draft) -> Option<ValueType> {
    let errors = children(element, ElementName::PossibleErrors);
    let mut labels: Vec<String> = Vec::new();
    let mut codes = Vec::new();
    for error in &errors {
        let label = names::to_label(&short_name(error));
        let label = names::unique(&label, |label| labels.iter().any(|known| known == label));
        if let Some(code) = whole(error, ElementName::ErrorCode) {
            codes.push(format!("{} {code}", short_name(error)));
        }
        labels.push(label);
    }
    let docs = match codes.is_empty() {
        true => String::new(),
        false => format!("AUTOSAR's codes: {}.", codes.join(", ")),
    };
    (!labels.is_empty()).then(|| draft.scope.define("error", TypeKind::Enum(labels), docs))
}

/// An argument that could be mapped.
struct Argument {
    autosar_name: String,
    label: String,
    value: ValueType,
    data: DataType,
    docs: String,
}

fn operation(
    reader: &mut Reader,
    draft: &mut Draft,
    element: &Element,
    name: String,
    error: Option<&ValueType>,
) {
    let (mut inward, mut outward) = (Vec::new(), Vec::new());
    for argument in children(element, ElementName::Arguments) {
        let Some(data) = types::referred(reader, &argument, ElementName::TypeTref) else {
            draft.by_path.remove(&path(element));
            reader.unmapped(
                element,
                format!(
                    "left out, since the type of argument `{}` has no counterpart in WIT",
                    short_name(&argument)
                ),
            );
            return;
        };
        let direction = text(&argument, ElementName::Direction).unwrap_or_default();
        if direction != "OUT" {
            inward.push(taken(draft, &argument, &data, &inward));
        }
        if direction != "IN" && !direction.is_empty() {
            outward.push(taken(draft, &argument, &data, &outward));
        }
    }
    let output = output(draft, &name, outward);
    let parameters = inward
        .iter()
        .map(|argument| (argument.label.clone(), argument.value.clone()))
        .collect();
    for argument in inward {
        let place = Place::Parameter(&argument.label);
        draft.meaning(&name, place, argument.data, &argument.autosar_name);
    }
    let has_errors = child(element, ElementName::PossibleErrorRefs).is_some();
    let value = match error.filter(|_| has_errors) {
        Some(error) => Some(result(output, error.clone())),
        None => output,
    };
    draft.function(name, parameters, value, docs(element));
}

fn taken(draft: &mut Draft, element: &Element, data: &DataType, known: &[Argument]) -> Argument {
    let autosar_name = short_name(element);
    let label = names::to_label(&autosar_name);
    let label = names::unique(&label, |label| known.iter().any(|one| one.label == label));
    Argument {
        autosar_name,
        label,
        value: draft.scope.take(&data.value),
        data: data.clone(),
        docs: docs(element).join("\n"),
    }
}

fn output(draft: &mut Draft, name: &str, mut outward: Vec<Argument>) -> Option<ValueType> {
    if outward.len() <= 1 {
        let only = outward.pop()?;
        draft.meaning(name, Place::Result, only.data, &only.autosar_name);
        return Some(only.value);
    }
    let fields = outward
        .iter()
        .map(|argument| Field {
            name: argument.label.clone(),
            value: argument.value.clone(),
            docs: argument.docs.clone(),
        })
        .collect();
    for argument in outward {
        let place = Place::Field(&argument.label);
        draft.meaning(name, place, argument.data, &argument.autosar_name);
    }
    let kind = TypeKind::Record(fields);
    Some(
        draft
            .scope
            .define(&format!("{name}-output"), kind, String::new()),
    )
}

//! Structures as records, unions as variants.

use super::{DataType, Place, implementation as element_type, named, scope};
use crate::{
    reader::Reader,
    tree::{children, docs, is_true, short_name},
};
use autosar_data::{Element, ElementName};
use autosar_wit::{
    names,
    types::{Case, Field, TypeKind, ValueType},
};
use std::collections::BTreeSet;

/// ApplicationRecordDataType.
pub(super) fn application(
    reader: &mut Reader,
    element: &Element,
    place: &Place,
) -> Option<DataType> {
    let mut members = Members::default();
    for inner in children(element, ElementName::Elements) {
        let data = super::referred(reader, &inner, ElementName::TypeTref);
        members.add(reader, place, &inner, data);
    }
    members.record(reader, element, place)
}

/// ImplementationDataType of category STRUCTURE.
pub(super) fn implementation(
    reader: &mut Reader,
    element: &Element,
    place: &Place,
) -> Option<DataType> {
    members(reader, element, place).record(reader, element, place)
}

/// ImplementationDataType of category UNION: which member is meant is said, not guessed.
pub(super) fn union(reader: &mut Reader, element: &Element, place: &Place) -> Option<DataType> {
    let members = members(reader, element, place);
    let cases: Vec<Case> = members
        .fields
        .into_iter()
        .map(|field| Case {
            name: field.name,
            value: Some(field.value),
            docs: field.docs,
        })
        .collect();
    if cases.is_empty() {
        reader.unmapped(element, "none of its members has a counterpart in WIT");
        return None;
    }
    Some(DataType {
        value: named(reader, element, place, TypeKind::Variant(cases), Vec::new()),
        meanings: Vec::new(),
        longest: members.longest,
    })
}

fn members(reader: &mut Reader, element: &Element, place: &Place) -> Members {
    let mut members = Members::default();
    for inner in children(element, ElementName::SubElements) {
        let data = element_type(reader, &inner, &place.inner(&short_name(&inner)));
        members.add(reader, place, &inner, data);
    }
    members
}

#[derive(Default)]
struct Members {
    fields: Vec<Field>,
    meanings: Vec<(String, autosar_wit::metadata::ElementMetadata)>,
    longest: u32,
    taken: BTreeSet<String>,
}

impl Members {
    /// A member without a type is left out, which its type has told.
    fn add(
        &mut self,
        reader: &mut Reader,
        place: &Place,
        element: &Element,
        data: Option<DataType>,
    ) {
        let Some(data) = data else {
            reader.unmapped(
                element,
                "left out, since its type has no counterpart in WIT",
            );
            return;
        };
        let label = names::to_label(&short_name(element));
        let label = names::unique(&label, |label| self.taken.contains(label));
        self.taken.insert(label.clone());
        let (value, longest) = (scope(reader, place).take(&data.value), data.longest);
        let value = match is_true(element, ElementName::IsOptional) {
            true => ValueType::Option(Box::new(value)),
            false => value,
        };
        let meanings = data.called(&short_name(element)).into_iter();
        self.meanings
            .extend(meanings.map(|(path, meaning)| (format!(".{label}{path}"), meaning)));
        self.fields.push(Field {
            name: label,
            value,
            docs: docs(element).join("\n"),
        });
        self.longest = self.longest.max(longest);
    }

    fn record(self, reader: &mut Reader, element: &Element, place: &Place) -> Option<DataType> {
        if self.fields.is_empty() {
            reader.unmapped(element, "none of its elements has a counterpart in WIT");
            return None;
        }
        Some(DataType {
            value: named(
                reader,
                element,
                place,
                TypeKind::Record(self.fields),
                Vec::new(),
            ),
            meanings: self.meanings,
            longest: self.longest,
        })
    }
}

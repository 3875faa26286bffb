//! Arrays: lists, whose length the documentation says and connectors bound.

use super::{DataType, Place, implementation as element_type, named, scope};
use crate::{
    reader::Reader,
    tree::{children, text, whole},
};
use autosar_data::{Element, ElementName};
use autosar_wit::types::{TypeKind, ValueType};

/// ApplicationArrayDataType.
pub(super) fn application(
    reader: &mut Reader,
    element: &Element,
    place: &Place,
) -> Option<DataType> {
    let inner = crate::tree::child(element, ElementName::Element)?;
    let data = super::referred(reader, &inner, ElementName::TypeTref)?;
    let length = whole(&inner, ElementName::MaxNumberOfElements);
    let is_variable =
        text(&inner, ElementName::ArraySizeSemantics).as_deref() == Some("VARIABLE-SIZE");
    Some(list(reader, element, place, data, length, is_variable))
}

/// ImplementationDataType of category ARRAY: the size stands at its one element.
pub(super) fn implementation(
    reader: &mut Reader,
    element: &Element,
    place: &Place,
) -> Option<DataType> {
    let inner = children(element, ElementName::SubElements);
    let [inner] = inner.as_slice() else {
        reader.wrong(
            element,
            "an array needs exactly one SUB-ELEMENT; add what it is an array of",
        );
        return None;
    };
    let data = element_type(reader, inner, &place.inner("element"))?;
    let length = whole(inner, ElementName::ArraySize);
    let is_variable =
        text(inner, ElementName::ArraySizeSemantics).as_deref() == Some("VARIABLE-SIZE");
    Some(list(reader, element, place, data, length, is_variable))
}

fn list(
    reader: &mut Reader,
    element: &Element,
    place: &Place,
    inner: DataType,
    length: Option<u64>,
    is_variable: bool,
) -> DataType {
    let line = length.map(|length| match is_variable {
        true => format!("At most {length} elements."),
        false => format!("Always {length} elements."),
    });
    let value = scope(reader, place).take(&inner.value);
    let kind = TypeKind::Alias(ValueType::List(Box::new(value)));
    let value = named(reader, element, place, kind, line.into_iter().collect());
    let length = length.and_then(|length| u32::try_from(length).ok());
    DataType {
        value,
        // What is said of an element of a list has no path.
        meanings: Vec::new(),
        longest: inner.longest.max(length.unwrap_or_default()),
    }
}

//! Data types as WIT: application types by what implements them, implementation types by their
//! category. A type with a meaning gets a name in the interface `types` of its package, a bare
//! number stays a number.

mod array;
pub(crate) mod primitive;
mod record;

use crate::{
    reader::Reader,
    tree::{docs, path, short_name, text},
};
use autosar_data::{Element, ElementName};
use autosar_wit::{
    metadata::ElementMetadata,
    types::{InterfaceId, TypeKind, ValueType},
};

/// Types inside each other; more is an error of the description.
const DEEPEST: usize = 40;

/// A data type as WIT has it.
#[derive(Debug, Clone)]
pub(crate) struct DataType {
    pub(crate) value: ValueType,
    /// Of the value and of the fields in it, by what stands behind the element's name: nothing,
    /// `.motor.duty`.
    pub(crate) meanings: Vec<(String, ElementMetadata)>,
    /// Of its lists and strings, the longest.
    pub(crate) longest: u32,
}

impl DataType {
    pub(crate) fn of(value: ValueType) -> DataType {
        DataType {
            value,
            meanings: Vec::new(),
            longest: 0,
        }
    }

    /// The meanings of what has this type and a name of its own.
    pub(crate) fn called(self, autosar_name: &str) -> Vec<(String, ElementMetadata)> {
        let mut meanings = self.meanings;
        if !meanings.iter().any(|(path, _)| path.is_empty()) {
            meanings.insert(0, (String::new(), ElementMetadata::default()));
        }
        for (path, meaning) in &mut meanings {
            if path.is_empty() {
                meaning.autosar_name = Some(autosar_name.to_owned());
            }
        }
        meanings
    }
}

/// The type that a child (`TYPE-TREF`) refers to. Where it leads nowhere but to the name of a
/// platform type, that is meant.
pub(crate) fn referred(
    reader: &mut Reader,
    element: &Element,
    name: ElementName,
) -> Option<DataType> {
    if let Some(target) = reader.target(element, name) {
        return data_type(reader, &target);
    }
    let reference = text(element, name)?;
    let last = reference.rsplit('/').next().unwrap_or_default();
    let scalar = crate::scalar::Scalar::of_platform(last)?;
    Some(DataType::of(scalar.value()))
}

/// A data type; `None` where it has no counterpart, which is told once.
pub(crate) fn data_type(reader: &mut Reader, element: &Element) -> Option<DataType> {
    let path = path(element);
    if let Some(known) = reader.data_types.get(&path) {
        return known.clone();
    }
    if let Some(at) = reader.open.iter().position(|open| *open == path) {
        let circle = reader.open.get(at..).unwrap_or_default().join("` → `");
        reader.wrong(
            element,
            format!("data types refer to each other in a circle: `{circle}` → `{path}`; take one reference away"),
        );
        return None;
    }
    if reader.open.len() >= DEEPEST {
        reader.wrong(
            element,
            format!("data types are nested more than {DEEPEST} levels deep; flatten them"),
        );
        return None;
    }
    reader.open.push(path.clone());
    let found = made(reader, element);
    reader.open.pop();
    reader.data_types.insert(path, found.clone());
    found
}

fn made(reader: &mut Reader, element: &Element) -> Option<DataType> {
    let place = Place {
        owner: reader.packages.types(element),
        name: short_name(element),
    };
    match element.element_name() {
        ElementName::ApplicationPrimitiveDataType => {
            primitive::application(reader, element, &place)
        }
        ElementName::ApplicationArrayDataType => array::application(reader, element, &place),
        ElementName::ApplicationRecordDataType => record::application(reader, element, &place),
        ElementName::ImplementationDataType => implementation(reader, element, &place),
        _ => {
            reader.unmapped(element, "this kind of data type has no counterpart in WIT");
            None
        }
    }
}

/// Where a type gets its name.
pub(crate) struct Place {
    pub(crate) owner: InterfaceId,
    pub(crate) name: String,
}

impl Place {
    /// Of an anonymous type inside.
    fn inner(&self, name: &str) -> Place {
        Place {
            owner: self.owner.clone(),
            name: format!("{}-{name}", self.name),
        }
    }
}

/// An implementation type, or an element of one.
fn implementation(reader: &mut Reader, element: &Element, place: &Place) -> Option<DataType> {
    let category = text(element, ElementName::Category).unwrap_or_default();
    match category.as_str() {
        "STRUCTURE" => record::implementation(reader, element, place),
        "UNION" => record::union(reader, element, place),
        "ARRAY" => array::implementation(reader, element, place),
        "DATA_REFERENCE" | "FUNCTION_REFERENCE" => {
            reader.unmapped(
                element,
                "an address means nothing outside of its component; pass the value itself",
            );
            None
        }
        "VALUE" | "TYPE_REFERENCE" | "BOOLEAN" | "" => {
            primitive::implementation(reader, element, place)
        }
        other => {
            reader.unmapped(
                element,
                format!("category `{other}` has no counterpart in WIT"),
            );
            None
        }
    }
}

/// A named type in the interface of its package, with what its description says.
fn named(
    reader: &mut Reader,
    element: &Element,
    place: &Place,
    kind: TypeKind,
    more: Vec<String>,
) -> ValueType {
    let mut lines = docs(element);
    lines.extend(more);
    lines.push(format!("AUTOSAR: `{}`", path(element)));
    scope(reader, place).define(&place.name, kind, lines.join("\n"))
}

fn scope<'a>(reader: &'a mut Reader, place: &Place) -> &'a mut crate::scope::Scope {
    let id = place.owner.clone();
    reader
        .scopes
        .entry(id.clone())
        .or_insert_with(|| crate::scope::Scope::new(id))
}

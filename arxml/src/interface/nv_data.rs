//! Non-volatile data: a value that is read, and one that is written, each of which can fail.

use super::{Draft, Place, data_elements, result};
use crate::{
    reader::Reader,
    tree::{children, docs, short_name},
};
use autosar_data::{Element, ElementName};
use autosar_wit::types::TypeKind;

pub(super) fn fill(reader: &mut Reader, element: &Element, draft: &mut Draft) {
    let elements = children(element, ElementName::NvDatas);
    let found = data_elements(reader, draft, &elements);
    let errors = ["not-written", "invalid", "busy", "failed"];
    let error = draft.scope.define(
        "nv-error",
        TypeKind::Enum(errors.map(str::to_owned).to_vec()),
        "Why a block could not be read or written: never written, checksum wrong, at work, device broken."
            .to_owned(),
    );
    for (element, name, data) in found {
        let value = draft.scope.take(&data.value);
        let write = draft.scope.label(&format!("write-{name}"));
        let short_name = short_name(&element);
        draft.meaning(&name, Place::Result, data.clone(), &short_name);
        draft.meaning(&write, Place::Parameter("value"), data, &short_name);
        let read = result(Some(value.clone()), error.clone());
        draft.function(name, Vec::new(), Some(read), docs(&element));
        let parameters = vec![("value".to_owned(), value)];
        draft.function(
            write,
            parameters,
            Some(result(None, error.clone())),
            Vec::new(),
        );
    }
}

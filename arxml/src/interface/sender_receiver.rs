//! Data elements: a getter each. The provider exports it, the receiver imports it; instead of a
//! value it may learn why there is none.

use super::{Draft, Place, data_elements, result, rx_error};
use crate::{
    reader::Reader,
    tree::{children, docs, short_name},
};
use autosar_data::{Element, ElementName};

pub(super) fn fill(reader: &mut Reader, element: &Element, draft: &mut Draft) {
    let elements = children(element, ElementName::DataElements);
    for (element, name, data) in data_elements(reader, draft, &elements) {
        let value = draft.scope.take(&data.value);
        let error = rx_error(&mut draft.scope);
        draft.meaning(&name, Place::Result, data, &short_name(&element));
        let value = result(Some(value), error);
        draft.function(name, Vec::new(), Some(value), docs(&element));
    }
}

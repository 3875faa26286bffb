//! Calibration parameters: a getter each, whose value is always there.

use super::{Draft, Place, data_elements};
use crate::{
    reader::Reader,
    tree::{children, docs, short_name},
};
use autosar_data::{Element, ElementName};

pub(super) fn fill(reader: &mut Reader, element: &Element, draft: &mut Draft) {
    let elements = children(element, ElementName::Parameters);
    for (element, name, data) in data_elements(reader, draft, &elements) {
        let value = draft.scope.take(&data.value);
        draft.meaning(&name, Place::Result, data, &short_name(&element));
        draft.function(name, Vec::new(), Some(value), docs(&element));
    }
}

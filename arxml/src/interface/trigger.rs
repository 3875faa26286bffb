//! Triggers: a function each, which the sink has and the source calls.

use super::Draft;
use crate::{
    reader::Reader,
    tree::{children, docs},
};
use autosar_data::{Element, ElementName};

pub(super) fn fill(_: &mut Reader, element: &Element, draft: &mut Draft) {
    for trigger in children(element, ElementName::Triggers) {
        let name = draft.name(&trigger);
        draft.function(name, Vec::new(), None, docs(&trigger));
    }
}

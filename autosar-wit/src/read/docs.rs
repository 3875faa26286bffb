//! Docs in the section `package-docs` of a component: tools write it for WIT packages (there
//! wit-parser reads it); of a component only the docs of the whole are taken.

use crate::component::ComponentType;

/// Adds the docs. The section is a version byte and JSON; one that is not is left alone, since
/// docs are no reason to refuse a component.
pub(super) fn add(component_type: &mut ComponentType, section: &[u8]) {
    let Some((_version, json)) = section.split_first() else {
        return;
    };
    let Ok(value) = serde_json::from_slice::<serde_json::Value>(json) else {
        return;
    };
    let worlds = value.get("worlds").and_then(|worlds| worlds.as_object());
    let world = worlds.and_then(|worlds| worlds.values().next());
    let docs = world
        .and_then(|world| world.get("docs"))
        .or_else(|| value.get("docs"));
    if let Some(docs) = docs.and_then(|docs| docs.as_str()) {
        component_type.docs = docs.trim().to_owned();
    }
}

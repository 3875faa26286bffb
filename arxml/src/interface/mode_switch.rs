//! Modes: an enum of them, and the state of the machine that switches between them.

use super::Draft;
use crate::{
    reader::Reader,
    tree::{child, children, docs, path, short_name, text},
};
use autosar_data::{Element, ElementName};
use autosar_wit::{
    metadata::{CompuMethod, ElementMetadata},
    names,
    types::{Field, TypeKind, ValueType},
};

pub(super) fn fill(reader: &mut Reader, element: &Element, draft: &mut Draft) {
    let Some(prototype) = child(element, ElementName::ModeGroup) else {
        reader.wrong(
            element,
            "a mode switch interface needs a MODE-GROUP; add it",
        );
        return;
    };
    let Some(group) = reader.target(&prototype, ElementName::TypeTref) else {
        return;
    };
    let current = draft.scope.label("current");
    draft.by_path.insert(path(&prototype), current.clone());
    let declarations = modes(&group);
    if declarations.is_empty() {
        reader.wrong(
            &group,
            "a mode declaration group needs a MODE-DECLARATION; add one",
        );
        return;
    }
    let mut lines = docs(&group);
    lines.push(format!("AUTOSAR: `{}`", path(&group)));
    let labels = declarations
        .iter()
        .map(|(_, label)| label.clone())
        .collect();
    let mode = draft
        .scope
        .define("mode", TypeKind::Enum(labels), lines.join("\n"));
    let field = |name: &str, value: ValueType| Field {
        name: name.to_owned(),
        value,
        docs: String::new(),
    };
    let state = draft.scope.define(
        "mode-state",
        TypeKind::Record(vec![
            field("previous", mode.clone()),
            field("next", mode),
            field("in-transition", ValueType::Bool),
        ]),
        "Outside of a transition both modes are the one that is.".to_owned(),
    );
    draft.function(current.clone(), Vec::new(), Some(state), docs(&prototype));
    let table = declarations.iter().enumerate();
    let table =
        table.map(|(at, (declaration, _))| (number(declaration, at), short_name(declaration)));
    let meaning = ElementMetadata {
        compu_method: Some(CompuMethod::TextTable(table.collect())),
        autosar_name: Some(short_name(&prototype)),
        ..ElementMetadata::default()
    };
    draft.meanings.insert(current, meaning);
}

/// The declarations with their labels; the initial one first, since that is a value of zero.
fn modes(group: &Element) -> Vec<(Element, String)> {
    let initial = text(group, ElementName::InitialModeRef);
    let mut declarations = children(group, ElementName::ModeDeclarations);
    declarations.sort_by_key(|declaration| Some(path(declaration)) != initial);
    let mut found: Vec<(Element, String)> = Vec::new();
    for declaration in declarations {
        let label = names::to_label(&short_name(&declaration));
        let label = names::unique(&label, |label| {
            found.iter().any(|(_, known)| known == label)
        });
        found.push((declaration, label));
    }
    found
}

/// The label of a mode declaration in the enum of its group.
pub(crate) fn mode_label(declaration: &Element) -> Option<String> {
    let group = declaration.named_parent().ok().flatten()?;
    let own = path(declaration);
    let found = modes(&group).into_iter();
    let mut found = found.filter(|(known, _)| path(known) == own);
    found.next().map(|(_, label)| label)
}

fn number(declaration: &Element, at: usize) -> i64 {
    let said = crate::tree::whole(declaration, ElementName::Value);
    said.and_then(|value| i64::try_from(value).ok())
        .unwrap_or(at as i64)
}

//! Elements, texts and references; the schema's crate keeps their order. Knows no meaning of them.

use super::{Result, names};
use autosar_data::{AttributeName, AutosarDataError, AutosarModel, Element, ElementName, EnumItem};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

pub(super) const COMPOSITION: ElementName = ElementName::CompositionSwComponentType;

/// The package of that path, with those around it.
pub(super) fn package(out: &AutosarModel, path: &str) -> Result<Element> {
    let mut at = out.root_element();
    for name in path.split('/').filter(|name| !name.is_empty()) {
        let packages = at.get_or_create_sub_element(ElementName::ArPackages)?;
        at = packages.get_or_create_named_sub_element(ElementName::ArPackage, name)?;
    }
    at.get_or_create_sub_element(ElementName::Elements)
}

/// The element of that path, in its package.
pub(super) fn element(out: &AutosarModel, kind: ElementName, path: &str) -> Result<Element> {
    let (home, name) = names::split(path);
    package(out, home)?.get_or_create_named_sub_element(kind, name)
}

/// A child of a container, with a short name.
pub(super) fn named(
    parent: &Element,
    container: ElementName,
    kind: ElementName,
    name: &str,
) -> Result<Element> {
    parent
        .get_or_create_sub_element(container)?
        .create_named_sub_element(kind, name)
}

/// A chain of children, made where they are not there.
pub(super) fn below(parent: &Element, names: &[ElementName]) -> Result<Element> {
    names.iter().try_fold(parent.clone(), |at, name| {
        at.get_or_create_sub_element(*name)
    })
}

/// A child with text, in the form that the schema asks for.
pub(super) fn text(parent: &Element, name: ElementName, text: &str) -> Result<Element> {
    let child = parent.create_sub_element(name)?;
    fill(&child, text)?;
    Ok(child)
}

fn fill(element: &Element, text: &str) -> Result<()> {
    let first = match element.set_character_data(text.to_owned()) {
        Err(error @ AutosarDataError::InvalidCharacterData { .. }) => error,
        done => return done,
    };
    if let Ok(item) = text.parse::<EnumItem>()
        && element.set_character_data(item).is_ok()
    {
        return Ok(());
    }
    if let Ok(number) = text.parse::<u64>()
        && element.set_character_data(number).is_ok()
    {
        return Ok(());
    }
    match text.parse::<f64>() {
        Ok(number) => element.set_character_data(number),
        Err(_) => Err(first),
    }
}

/// A child that refers to an element of that kind.
pub(super) fn reference(
    parent: &Element,
    name: ElementName,
    kind: ElementName,
    path: &str,
) -> Result<()> {
    let child = parent.create_sub_element(name)?;
    child.set_attribute_string(AttributeName::Dest, kind.to_str())?;
    child.set_character_data(path.to_owned())
}

/// What people wrote: of several lines the first is the long name.
pub(super) fn docs(element: &Element, lines: &[String]) -> Result<()> {
    let mut lines: Vec<String> = lines.iter().map(|line| plain(line)).collect();
    lines.retain(|line| !line.is_empty());
    let say = |name, language, words: &str| {
        let holder = element.create_sub_element(name)?;
        let said = holder.create_sub_element(language)?;
        said.set_attribute_string(AttributeName::L, "EN")?;
        said.set_character_data(words.to_owned())
    };
    match lines.as_slice() {
        [] => Ok(()),
        [only] => say(ElementName::Desc, ElementName::L2, only),
        [first, rest @ ..] => {
            say(ElementName::LongName, ElementName::L4, first)?;
            say(ElementName::Desc, ElementName::L2, &rest.join(" "))
        }
    }
}

/// On one line, without what XML cannot carry.
fn plain(text: &str) -> String {
    let words = text.split(|letter: char| letter.is_whitespace() || letter.is_control());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    words.join(" ").replace(['\u{fffe}', '\u{ffff}'], "")
}

/// A number as people write it: `5`, `0.01`, `INF`.
pub(super) fn number(value: f64) -> String {
    match value {
        _ if value == f64::INFINITY => "INF".to_owned(),
        _ if value == f64::NEG_INFINITY => "-INF".to_owned(),
        _ => value.to_string(),
    }
}

/// Gives everything with a short name a UUID: its own, else one that is made of its path.
pub(super) fn identify(out: &AutosarModel, known: &BTreeMap<String, String>) -> Result<()> {
    for (path, element) in out.identifiable_elements() {
        let Some(element) = element.upgrade() else {
            continue;
        };
        let own = known.get(&path).cloned().unwrap_or_else(|| uuid(&path));
        element.set_attribute_string(AttributeName::Uuid, &own)?;
    }
    Ok(())
}

/// A UUID of version 8 (RFC 9562): the first bytes of the path's SHA-256.
fn uuid(path: &str) -> String {
    let hash = Sha256::digest(format!("wireloom:arxml:{path}"));
    let mut bytes: Vec<u8> = hash.iter().copied().take(16).collect();
    if let Some(version) = bytes.get_mut(6) {
        *version = *version & 0x0f | 0x80;
    }
    if let Some(variant) = bytes.get_mut(8) {
        *variant = *variant & 0x3f | 0x80;
    }
    let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let part = |from: usize, to: usize| digits.get(from..to).unwrap_or_default();
    let parts = [
        part(0, 8),
        part(8, 12),
        part(12, 16),
        part(16, 20),
        part(20, 32),
    ];
    parts.join("-")
}

//! Small questions to elements of a description. Knows no meaning of them.

use autosar_data::{CharacterData, Element, ElementContent, ElementName};

/// The first child of that name.
pub(crate) fn child(element: &Element, name: ElementName) -> Option<Element> {
    element.get_sub_element(name)
}

/// Follows names of children downwards.
pub(crate) fn below(element: &Element, names: &[ElementName]) -> Option<Element> {
    names
        .iter()
        .try_fold(element.clone(), |element, name| child(&element, *name))
}

/// What stands in a container: `DATA-ELEMENTS`, `PORTS`. Empty without it.
pub(crate) fn children(element: &Element, container: ElementName) -> Vec<Element> {
    child(element, container)
        .map(|container| container.sub_elements().collect())
        .unwrap_or_default()
}

/// The text of the element itself.
pub(crate) fn own_text(element: &Element) -> Option<String> {
    let text = match element.character_data()? {
        CharacterData::Enum(item) => item.to_str().to_owned(),
        CharacterData::String(text) => text,
        CharacterData::UnsignedInteger(number) => number.to_string(),
        CharacterData::Float(number) => number.to_string(),
    };
    Some(text.trim().to_owned())
}

/// The text of a child.
pub(crate) fn text(element: &Element, name: ElementName) -> Option<String> {
    own_text(&child(element, name)?)
}

/// A number in a child: decimal, `0x`, `0b`, octal as C writes it, or with a fraction.
pub(crate) fn number(element: &Element, name: ElementName) -> Option<f64> {
    parse_number(&text(element, name)?)
}

/// A whole number in a child.
pub(crate) fn whole(element: &Element, name: ElementName) -> Option<u64> {
    let number = number(element, name)?;
    (number >= 0.0 && number.fract() == 0.0 && number <= 9e15).then_some(number as u64)
}

pub(crate) fn parse_number(text: &str) -> Option<f64> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1.0, rest),
        None => (1.0, text.strip_prefix('+').unwrap_or(text)),
    };
    let lower = digits.to_ascii_lowercase();
    let magnitude = match (lower.strip_prefix("0x"), lower.strip_prefix("0b")) {
        (Some(hex), _) => u64::from_str_radix(hex, 16).ok()? as f64,
        (_, Some(binary)) => u64::from_str_radix(binary, 2).ok()? as f64,
        _ if lower == "inf" => f64::INFINITY,
        _ if lower.starts_with('0')
            && lower.len() > 1
            && lower.bytes().all(|b| b.is_ascii_digit()) =>
        {
            u64::from_str_radix(&lower, 8).ok()? as f64
        }
        _ => lower.parse().ok().filter(|number: &f64| !number.is_nan())?,
    };
    Some(sign * magnitude)
}

/// `true` or `1`.
pub(crate) fn is_true(element: &Element, name: ElementName) -> bool {
    text(element, name).is_some_and(|text| matches!(text.as_str(), "true" | "1"))
}

/// Its short name; empty for an element without one.
pub(crate) fn short_name(element: &Element) -> String {
    element.item_name().unwrap_or_default()
}

/// Its AUTOSAR path, or that of the nearest element around it that has one.
pub(crate) fn path(element: &Element) -> String {
    if let Ok(path) = element.path() {
        return path;
    }
    let named = element.named_parent().ok().flatten();
    named
        .and_then(|named| named.path().ok())
        .unwrap_or_else(|| "/".to_owned())
}

/// What people wrote of it, as lines: its long name and its description.
pub(crate) fn docs(element: &Element) -> Vec<String> {
    [
        (ElementName::LongName, ElementName::L4),
        (ElementName::Desc, ElementName::L2),
    ]
    .iter()
    .filter_map(|(name, language)| in_one_language(&child(element, *name)?, *language))
    .collect()
}

/// English if there is any, else what comes first.
fn in_one_language(element: &Element, name: ElementName) -> Option<String> {
    let texts: Vec<Element> = element
        .sub_elements()
        .filter(|text| text.element_name() == name)
        .collect();
    let is_english = |text: &&Element| {
        let language = text.attribute_value(autosar_data::AttributeName::L);
        language.is_some_and(|language| language.to_string() == "EN")
    };
    let chosen = texts.iter().find(is_english).or(texts.first())?;
    let words = words(chosen);
    (!words.is_empty()).then_some(words)
}

/// Mixed content on one line.
fn words(element: &Element) -> String {
    let mut found = Vec::new();
    for content in element.content() {
        match content {
            ElementContent::CharacterData(CharacterData::String(text)) => {
                found.extend(text.split_whitespace().map(str::to_owned));
            }
            ElementContent::CharacterData(_) => {}
            ElementContent::Element(inner) => found.push(words(&inner)),
        }
    }
    found.retain(|word| !word.is_empty());
    found.join(" ")
}

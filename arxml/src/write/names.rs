//! Short names and paths: those that an element had, as its documentation says, else ones made of
//! labels, from which the same labels come back.

use autosar_wit::{names::to_label, types::InterfaceId};

/// The longest short name that AUTOSAR allows.
const LONGEST: usize = 128;

/// A short name for a label: `front-left` → `FrontLeft`; from it comes the same label.
pub fn short_name(label: &str) -> String {
    let camel: String = label
        .split(|letter: char| !letter.is_ascii_alphanumeric())
        .map(|word| {
            let mut letters = word.chars();
            let first = letters.next().map(|first| first.to_ascii_uppercase());
            first.into_iter().chain(letters).collect::<String>()
        })
        .collect();
    let snake: String = label
        .chars()
        .map(|letter| match letter.is_ascii_alphanumeric() {
            true => letter,
            false => '_',
        })
        .collect();
    let comes_back = |name: &String| is_short_name(name) && to_label(name) == label;
    let fallback = format!("E{snake}");
    let mut candidates = [camel, snake].into_iter();
    let found = candidates.find(comes_back);
    let mut name = found.unwrap_or(match is_short_name(label) {
        true => label.to_owned(),
        false => fallback,
    });
    name.truncate(LONGEST);
    name
}

/// What AUTOSAR takes as a short name (Identifier).
pub(super) fn is_short_name(text: &str) -> bool {
    let mut letters = text.chars();
    letters
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic())
        && text.len() <= LONGEST
        && letters.all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
}

/// The name that metadata say, if it is one and means that label.
pub(super) fn known_or(autosar_name: Option<&str>, label: &str) -> String {
    let known = autosar_name.filter(|name| is_short_name(name));
    known.map_or_else(|| short_name(label), str::to_owned)
}

/// Package and name of a path.
pub(super) fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

/// The path that the documentation says, if AUTOSAR takes it.
pub fn path_in(docs: &str) -> Option<&str> {
    let last = docs.lines().next_back()?;
    let path = last.strip_prefix("AUTOSAR: `")?.strip_suffix('`')?;
    is_path(path).then_some(path)
}

/// Whether AUTOSAR takes it as the path of something in a package.
pub fn is_path(path: &str) -> bool {
    let parts = path.strip_prefix('/').map(|inner| inner.split('/'));
    parts.is_some_and(|mut parts| parts.all(is_short_name)) && path.matches('/').count() > 1
}

/// What people wrote, without the path.
pub(super) fn lines(docs: &str) -> Vec<String> {
    let is_path = |line: &&str| !line.starts_with("AUTOSAR: `");
    docs.lines().filter(is_path).map(str::to_owned).collect()
}

/// The package of a WIT package: `data-types` → `/DataTypes`.
pub(super) fn home(id: &InterfaceId) -> String {
    format!("/{}", short_name(&id.package))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn labels_become_short_names() {
        assert_eq!(short_name("front-left"), "FrontLeft");
        assert_eq!(short_name("speed2"), "Speed2");
        assert_eq!(short_name("CAN"), "CAN");
        assert_eq!(short_name("a-b-c"), "a_b_c");
        assert!(is_short_name(&short_name("thermal:cabin/fan@0.1.0")));
    }

    proptest! {
        #[test]
        fn the_label_comes_back(label in "[a-z][a-z0-9]{0,4}(-[a-z][a-z0-9]{0,4}){0,3}") {
            let name = short_name(&label);
            prop_assert!(is_short_name(&name), "{}", name);
            prop_assert_eq!(to_label(&name), label);
        }
    }

    #[test]
    fn a_path_in_the_documentation_counts_if_it_is_one() {
        assert_eq!(
            path_in("In km/h.\nAUTOSAR: `/A/Speed_T`"),
            Some("/A/Speed_T")
        );
        for other in [
            "",
            "AUTOSAR: `/A`",
            "AUTOSAR: `/A/1b`",
            "AUTOSAR: `A/b`",
            "words",
        ] {
            assert_eq!(path_in(other), None, "{other}");
        }
    }
}

//! Names: WIT labels, labels made from any other names, joined labels, interface ids from text.
//! Knows nothing of where names are used.
//!
//! A label (Component Model, `Explainer.md`, "plain names") is words joined by one hyphen; a word
//! starts with a letter and has letters and digits, all lower or all upper case.

use crate::types::InterfaceId;
use std::{
    collections::{HashMap, HashSet},
    str::FromStr,
};

/// Whether `text` is a label that every tool takes (some newer ones let later words start with a
/// digit; this does not).
pub fn is_label(text: &str) -> bool {
    text.split('-').all(is_word)
}

/// The nearest label to any name: `FanStatus` → `fan-status`, `Motor Speed (rps)` →
/// `motor-speed-rps`, `2nd` → `n2nd`, nothing usable → `unnamed`. Two names can give one label:
/// the caller keeps them apart with [`unique`].
pub fn to_label(name: &str) -> String {
    let mut words: Vec<String> = Vec::new();
    let mut before = Shape::Gap;
    let mut letters = name.chars().peekable();
    while let Some(letter) = letters.next() {
        let shape = Shape::of(letter);
        let next = letters.peek().map_or(Shape::Gap, |next| Shape::of(*next));
        if starts_word(before, shape, next) {
            words.push(match shape {
                Shape::Digit => "n".to_owned(),
                _ => String::new(),
            });
        }
        if let (true, Some(word)) = (shape != Shape::Gap, words.last_mut()) {
            word.push(letter.to_ascii_lowercase());
        }
        before = shape;
    }
    match words.is_empty() {
        true => "unnamed".to_owned(),
        false => words.join("-"),
    }
}

/// `fan`, else `fan2`, `fan3`, … (`lin1`, else `lin1-n2`, …): the first that is not taken.
pub fn unique(label: &str, taken: impl Fn(&str) -> bool) -> String {
    (1_u64..)
        .map(|number| numbered(label, number))
        .find(|candidate| !taken(candidate))
        .unwrap_or_default()
}

/// Labels of which each is given once, as [`unique`] gives them: for thousands of names, of which
/// many are alike.
#[derive(Debug, Clone, Default)]
pub struct Labels {
    taken: HashSet<String>,
    /// The number after the last that was given, by label; all before it are taken.
    next: HashMap<String, u64>,
}

impl Labels {
    /// The label, or the first of its numbers, that is not taken; it is from then on.
    pub fn take(&mut self, label: &str) -> String {
        let number = self.next.entry(label.to_owned()).or_insert(1);
        let free = loop {
            let candidate = numbered(label, *number);
            *number += 1;
            if !self.taken.contains(&candidate) {
                break candidate;
            }
        };
        self.taken.insert(free.clone());
        free
    }
}

/// The first is the label itself.
fn numbered(label: &str, number: u64) -> String {
    let seam = match label.ends_with(|last: char| last.is_ascii_digit()) {
        true => "-n",
        false => "",
    };
    match number {
        ..2 => label.to_owned(),
        _ => format!("{label}{seam}{number}"),
    }
}

/// Joins two labels into one: `fan`, `step` → `fan-step`; `front-left`, `step` →
/// `front-left-x-step`.
///
/// Two different pairs never give one name, so `front-left`, `step` and `front`, `left-step` stay
/// apart: a word of x's in either part gets one more x, so the word `x` stands for the seam alone.
/// A joined name without it was split after its first word. (Labels that differ only in case are
/// one label to the Component Model, so they are one here.)
pub fn join(first: &str, second: &str) -> String {
    let seam = match first.contains('-') {
        true => "-x-",
        false => "-",
    };
    format!("{}{seam}{}", escape(first), escape(second))
}

/// A text that should be an interface id and is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` is no interface id; write `namespace:package/interface` or `namespace:package/interface@1.2.3`"
)]
pub struct NotAnInterfaceId {
    pub text: String,
}

impl FromStr for InterfaceId {
    type Err = NotAnInterfaceId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse_interface_id(text).ok_or_else(|| NotAnInterfaceId {
            text: text.to_owned(),
        })
    }
}

fn parse_interface_id(text: &str) -> Option<InterfaceId> {
    let (path, version) = match text.split_once('@') {
        Some((path, version)) => (path, Some(version.parse().ok()?)),
        None => (text, None),
    };
    let (namespace, rest) = path.split_once(':')?;
    let (package, interface) = rest.split_once('/')?;
    let labels = [namespace, package, interface];
    labels
        .iter()
        .all(|label| is_wide_label(label))
        .then(|| InterfaceId {
            namespace: namespace.to_owned(),
            package: package.to_owned(),
            interface: interface.to_owned(),
            version,
        })
}

fn escape(label: &str) -> String {
    let words: Vec<String> = label
        .to_ascii_lowercase()
        .split('-')
        .map(
            |word| match !word.is_empty() && word.chars().all(|letter| letter == 'x') {
                true => format!("{word}x"),
                false => word.to_owned(),
            },
        )
        .collect();
    words.join("-")
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Gap,
    Lower,
    Upper,
    Digit,
}

impl Shape {
    fn of(letter: char) -> Shape {
        match letter {
            'a'..='z' => Shape::Lower,
            'A'..='Z' => Shape::Upper,
            '0'..='9' => Shape::Digit,
            _ => Shape::Gap,
        }
    }
}

/// `speedKmh` breaks before K, `CANBus` before B, `speed2` nowhere.
fn starts_word(before: Shape, this: Shape, next: Shape) -> bool {
    match (before, this) {
        (_, Shape::Gap) => false,
        (Shape::Gap, _) => true,
        (Shape::Upper, Shape::Upper) => next == Shape::Lower,
        (_, Shape::Upper) => true,
        _ => false,
    }
}

fn is_word(word: &str) -> bool {
    let letters_of_one_case = word
        .bytes()
        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        || word
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    letters_of_one_case && word.starts_with(|letter: char| letter.is_ascii_alphabetic())
}

/// As newer tools read: a word after the first may start with a digit.
fn is_wide_label(text: &str) -> bool {
    text.split('-').enumerate().all(|(at, word)| match at {
        0 => is_word(word),
        _ => {
            is_word(word)
                || word.starts_with(|letter: char| letter.is_ascii_digit())
                    && (is_word(&format!("a{word}")) || is_word(&format!("A{word}")))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn labels_in_a_row_are_those_of_one_by_one(wanted in proptest::collection::vec("(a|a2|b|lin1|lin1-n2)", 0..30)) {
            let mut labels = Labels::default();
            let mut taken: Vec<String> = Vec::new();
            for label in wanted {
                let free = unique(&label, |label| taken.iter().any(|known| known == label));
                prop_assert_eq!(labels.take(&label), free.clone());
                taken.push(free);
            }
        }
    }

    #[test]
    fn labels() {
        for good in ["a", "fan-step", "a1-b2", "CAN", "x-Y", "get-I2C"] {
            assert!(is_label(good), "{good}");
        }
        for bad in [
            "", "-", "a-", "-a", "a--b", "1a", "a-1", "Fan", "a_b", "ä", "a b", "a/b",
        ] {
            assert!(!is_label(bad), "{bad}");
        }
    }

    #[test]
    fn labels_from_other_names() {
        for (name, label) in [
            ("FanStatus", "fan-status"),
            ("CANBus", "can-bus"),
            ("Motor Speed (rps)", "motor-speed-rps"),
            ("speed_2_kmh", "speed-n2-kmh"),
            ("2nd", "n2nd"),
            ("ABS_01", "abs-n01"),
            ("Türöffner", "t-r-ffner"),
            ("__", "unnamed"),
            ("", "unnamed"),
        ] {
            assert_eq!(to_label(name), label, "{name}");
        }
    }

    #[test]
    fn joined_names_keep_their_seam() {
        assert_eq!(join("fan", "step"), "fan-step");
        assert_eq!(join("front-left", "step"), "front-left-x-step");
        assert_eq!(join("front", "left-step"), "front-left-step");
        assert_eq!(join("x", "x"), "xx-xx");
    }

    #[test]
    fn unique_counts_up() {
        let taken = ["a", "a2", "lin1"];
        assert_eq!(unique("b", |name| taken.contains(&name)), "b");
        assert_eq!(unique("a", |name| taken.contains(&name)), "a3");
        assert_eq!(unique("lin1", |name| taken.contains(&name)), "lin1-n2");
    }

    #[test]
    fn interface_ids() {
        for text in [
            "a:b/c",
            "wasi:i2c/i2c@0.2.0-draft",
            "wireloom:thermal/temperature@0.1.0",
        ] {
            assert_eq!(text.parse::<InterfaceId>().unwrap().to_string(), text);
        }
        for text in [
            "",
            "a",
            "a:b",
            "a:b/c@",
            "a:b/c@1",
            "a:b/c/d",
            "A b:c/d",
            "a:b/c@1.0.0@2",
        ] {
            assert!(text.parse::<InterfaceId>().is_err(), "{text}");
        }
        let error = "speed".parse::<InterfaceId>().unwrap_err();
        insta::assert_snapshot!(error, @"`speed` is no interface id; write `namespace:package/interface` or `namespace:package/interface@1.2.3`");
    }

    fn label() -> impl Strategy<Value = String> {
        proptest::collection::vec("x{1,3}|[a-c]", 1..4).prop_map(|words| words.join("-"))
    }

    proptest! {
        #[test]
        fn joined_names_never_collide(a in label(), b in label(), c in label(), d in label()) {
            prop_assert_eq!(join(&a, &b) == join(&c, &d), (&a, &b) == (&c, &d));
            prop_assert!(is_label(&join(&a, &b)));
        }

        #[test]
        fn every_name_becomes_a_label(name in ".*") {
            prop_assert!(is_label(&to_label(&name)));
        }
    }
}

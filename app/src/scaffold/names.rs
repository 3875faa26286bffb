//! WIT names as the generators of bindings write them in Rust. Knows nothing of types.

/// Words that Rust keeps to itself; bindings append an underscore.
const RUST_KEYWORDS: [&str; 52] = [
    "Self", "abstract", "as", "async", "await", "become", "box", "break", "const", "continue",
    "crate", "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if",
    "impl", "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub",
    "ref", "return", "self", "static", "struct", "super", "trait", "true", "try", "type", "typeof",
    "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// Whether a name is lower-case words joined by hyphens.
pub(super) fn is_label(name: &str) -> bool {
    let is_word = |word: &str| {
        word.starts_with(|first: char| first.is_ascii_lowercase())
            && word
                .chars()
                .all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit())
    };
    name.split('-').all(is_word)
}

/// `motor-speed` → `motor_speed`.
pub(super) fn snake(name: &str) -> String {
    name.replace('-', "_").to_lowercase()
}

/// `type` → `type_`.
pub(super) fn identifier(name: &str) -> String {
    let snake = snake(name);
    if RUST_KEYWORDS.contains(&snake.as_str()) {
        format!("{snake}_")
    } else {
        snake
    }
}

/// `step-input` → `StepInput`.
pub(super) fn camel(name: &str) -> String {
    name.split('-').map(capitalised).collect()
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    first
        .into_iter()
        .chain(letters.map(|letter| letter.to_ascii_lowercase()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels() {
        assert!(is_label("fan") && is_label("fan-2nd") == is_label("fan-2") && is_label("a1-b2"));
        for wrong in [
            "", "Fan", "fan_x", "fan--x", "-fan", "1fan", "fan/x", "..", "fän",
        ] {
            assert!(!is_label(wrong), "{wrong}");
        }
    }

    #[test]
    fn identifiers() {
        assert_eq!(identifier("motor-speed"), "motor_speed");
        assert_eq!(identifier("type"), "type_");
        assert_eq!(camel("step-input"), "StepInput");
        assert_eq!(camel("HTTP-code2"), "HttpCode2");
    }
}

//! What a name in the project may look like. Knows nothing of what already has that name.

/// True for a label as WIT writes it (kebab-case): words of letters and digits joined by single
/// hyphens, each starting with a letter and all lower case or all upper case.
pub fn is_label(name: &str) -> bool {
    !name.is_empty() && name.split('-').all(is_word)
}

fn is_word(word: &str) -> bool {
    let starts_with_letter = word.starts_with(|c: char| c.is_ascii_alphabetic());
    let lower = word
        .chars()
        .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    let upper = word
        .chars()
        .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
    starts_with_letter && (lower || upper)
}

/// True for text that stands on one line and is not blank: names of projects and components.
pub(crate) fn is_one_line(name: &str) -> bool {
    !name.trim().is_empty() && name.trim() == name && !name.chars().any(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_kebab_case() {
        for good in ["fan", "front-left", "can0", "a", "ECU-main", "x2-y3"] {
            assert!(is_label(good), "{good}");
        }
        for bad in [
            "", "-", "Fan", "fan-", "-fan", "a--b", "0a", "a-0", "a_b", "a.b", "a b", "é",
        ] {
            assert!(!is_label(bad), "{bad}");
        }
    }

    #[test]
    fn other_names_stand_on_one_line() {
        assert!(is_one_line("Thermal management 2"));
        for bad in ["", " ", "a ", "a\nb", "\u{7}"] {
            assert!(!is_one_line(bad), "{bad:?}");
        }
    }
}

//! What a name in the project may look like. Knows nothing of what already has that name.

/// True for text that stands on one line and is not blank: names of projects and components.
pub(crate) fn is_one_line(name: &str) -> bool {
    !name.trim().is_empty() && name.trim() == name && !name.chars().any(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_names_stand_on_one_line() {
        assert!(is_one_line("Thermal management 2"));
        for bad in ["", " ", "a ", "a\nb", "\u{7}"] {
            assert!(!is_one_line(bad), "{bad:?}");
        }
    }
}

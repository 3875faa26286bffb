//! What a name in the project may look like. Knows nothing of what already has that name.

/// True for text that stands on one line and is not blank: names of projects and components.
pub(crate) fn is_one_line(name: &str) -> bool {
    !name.trim().is_empty() && name.trim() == name && !name.chars().any(char::is_control)
}

/// `Sensors`, or `Sensors 2` where that is taken.
pub(crate) fn free_title(title: &str, is_taken: impl Fn(&str) -> bool) -> String {
    if !is_taken(title) {
        return title.to_owned();
    }
    let base = title.trim_end_matches(|last: char| last.is_ascii_digit());
    let base = base.trim_end();
    (2_u32..)
        .map(|number| format!("{base} {number}").trim_start().to_owned())
        .find(|title| !is_taken(title))
        .unwrap_or_else(|| title.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_that_is_taken_gets_a_number() {
        let taken = ["Sensors", "Sensors 2", "7"];
        let free = |title| free_title(title, |title| taken.contains(&title));
        assert_eq!(free("Pumps"), "Pumps");
        assert_eq!(free("Sensors"), "Sensors 3");
        assert_eq!(free("7"), "2");
    }

    #[test]
    fn other_names_stand_on_one_line() {
        assert!(is_one_line("Thermal management 2"));
        for bad in ["", " ", "a ", "a\nb", "\u{7}"] {
            assert!(!is_one_line(bad), "{bad:?}");
        }
    }
}

//! Why a text is no fault, or a fault does not fit a system; names that may have been meant.

/// See the file's head.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FaultError {
    #[error("fault `{text}` ends where {expected} is expected")]
    Ends { text: String, expected: String },
    #[error(
        "fault `{text}`: `{found}` stands where {expected} is expected{}",
        meant(near)
    )]
    Expected {
        text: String,
        found: String,
        expected: String,
        near: Option<String>,
    },
    #[error(
        "fault `{text}`: there is no {what} `{name}`; there are {known}{}",
        meant(near)
    )]
    Unknown {
        text: String,
        what: &'static str,
        name: String,
        known: String,
        near: Option<String>,
    },
    #[error("fault `{text}`: {reason}")]
    Unfit { text: String, reason: String },
}

fn meant(near: &Option<String>) -> String {
    match near {
        Some(near) => format!("; did you mean `{near}`?"),
        None => String::new(),
    }
}

/// Of these the one that the name is at most a third of its letters away from.
pub(crate) fn near<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<String> {
    let name = name.to_lowercase();
    let far = name.chars().count().div_ceil(3);
    let distances = known.map(|one| (distance(&name, &one.to_lowercase()), one));
    let (_, nearest) = distances.filter(|(away, _)| *away <= far).min()?;
    Some(nearest.to_owned())
}

/// Letters to be put in, taken out or changed (Levenshtein).
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (line, letter) in one.chars().enumerate() {
        let mut before = line;
        let mut left = line + 1;
        for (above, theirs) in row.iter_mut().skip(1).zip(&other) {
            let changed = before + usize::from(letter != *theirs);
            before = *above;
            left = changed.min(*above + 1).min(left + 1);
            *above = left;
        }
        if let Some(first) = row.first_mut() {
            *first = line + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_a_slip_is_near_and_another_is_not() {
        let known = ["FanCommand", "FanStatus", "body"];
        let nearest = |name| near(name, known.into_iter());
        assert_eq!(nearest("FanComand").as_deref(), Some("FanCommand"));
        assert_eq!(nearest("fanstatus").as_deref(), Some("FanStatus"));
        assert_eq!(nearest("boyd").as_deref(), Some("body"));
        assert_eq!(nearest("engine"), None);
        assert_eq!(nearest(""), None);
    }

    #[test]
    fn distances_count_letters() {
        for (one, other, expected) in [
            ("", "", 0),
            ("ab", "", 2),
            ("", "ab", 2),
            ("kitten", "sitting", 3),
        ] {
            assert_eq!(distance(one, other), expected, "{one} {other}");
        }
    }
}

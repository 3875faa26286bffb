//! What the receivers of protected messages tell of their checks, in the rows of a trace.
//! Knows nothing of profiles.

use super::Observed;
use crate::session::RunView;

/// The last check of a message at one receiver.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Checked {
    /// `can0:FanStatus`
    pub message: String,
    /// ECU and partition of the receiver.
    pub partition: String,
    pub status: String,
    pub state: String,
}

/// Between message and partition in the element's name.
const MARK: &str = "#e2e ";

/// What a row tells, if it is that of a check.
pub fn checked(observed: &Observed) -> Option<Checked> {
    let (name, value) = observed.values.first()?;
    of_text(name, &value.text)
}

/// The last checks of a message in a run, by receiver.
pub fn last_checks(run: &RunView, message: &str) -> Vec<Checked> {
    let first = format!("{message}{MARK}");
    let values = run.values.range(first.clone()..);
    let own = values.take_while(|(name, _)| name.starts_with(&first));
    own.filter_map(|(name, value)| of_text(name, &value.text))
        .collect()
}

fn of_text(element: &str, text: &str) -> Option<Checked> {
    let (message, partition) = element.split_once(MARK)?;
    let field = |name: &str| {
        let (_, after) = text.split_once(name)?;
        let word = after.split([',', '}']).next()?.trim();
        Some(word.trim_start_matches('%').to_owned())
    };
    Some(Checked {
        message: message.to_owned(),
        partition: partition.to_owned(),
        status: field("status:")?,
        state: field("state:")?,
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panics")]
mod tests {
    use super::*;

    #[test]
    fn a_check_is_read_from_its_element() {
        let checked = of_text(
            "can0:FanStatus#e2e cockpit/main",
            "{status: %ok, state: valid}",
        );
        let expected = Checked {
            message: "can0:FanStatus".to_owned(),
            partition: "cockpit/main".to_owned(),
            status: "ok".to_owned(),
            state: "valid".to_owned(),
        };
        assert_eq!(checked.unwrap(), expected);
        assert_eq!(of_text("can0:FanStatus.Duty", "12 %"), None);
        assert_eq!(of_text("can0:FanStatus#e2e cockpit/main", "invalid"), None);
    }
}

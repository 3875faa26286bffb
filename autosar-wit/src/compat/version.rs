//! The version policy for two interfaces. Knows nothing of their types: the link itself is
//! structural and takes any version.

use semver::Version;
use serde::Serialize;

/// How the version of a provided interface stands to the required one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum VersionVerdict {
    Same,
    /// Semver-compatible, the provider is newer or equal.
    Newer,
    /// Semver-compatible track, but the provider is older than what is required.
    Older,
    /// Not compatible by semver: other major, other minor below 1.0, other patch below 0.1.
    Incompatible,
    /// One has a version and the other has none.
    Unversioned,
}

/// Compares by the rule of canonical interface names (Component Model, `Explainer.md`,
/// "canonical interface name"): `1.x.y` by major, `0.x.y` by minor, `0.0.x` by patch; a
/// pre-release only equals itself.
pub fn version(required: Option<&Version>, provided: Option<&Version>) -> VersionVerdict {
    match (required, provided) {
        (None, None) => VersionVerdict::Same,
        (Some(required), Some(provided)) => versions(required, provided),
        _ => VersionVerdict::Unversioned,
    }
}

impl VersionVerdict {
    /// Whether a connector is made without asking (an older provider that lacks something shows in
    /// the type difference).
    pub fn is_fine(self) -> bool {
        use VersionVerdict::{Newer, Older, Same};
        matches!(self, Same | Newer | Older)
    }
}

fn versions(required: &Version, provided: &Version) -> VersionVerdict {
    if required == provided {
        return VersionVerdict::Same;
    }
    match (track(required), track(provided)) {
        (Some(a), Some(b)) if a == b => match provided >= required {
            true => VersionVerdict::Newer,
            false => VersionVerdict::Older,
        },
        _ => VersionVerdict::Incompatible,
    }
}

/// The part that must be equal; a pre-release has none.
fn track(version: &Version) -> Option<(u64, u64, u64)> {
    match (version.major, version.minor, version.patch) {
        _ if !version.pre.is_empty() => None,
        (0, 0, patch) => Some((0, 0, patch)),
        (0, minor, _) => Some((0, minor, 0)),
        (major, ..) => Some((major, 0, 0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(required: &str, provided: &str) -> VersionVerdict {
        let parse = |text: &str| (!text.is_empty()).then(|| text.parse::<Version>().unwrap());
        version(parse(required).as_ref(), parse(provided).as_ref())
    }

    #[test]
    fn verdicts() {
        use VersionVerdict::*;
        for (required, provided, expected) in [
            ("", "", Same),
            ("1.2.3", "1.2.3", Same),
            ("1.2.3", "1.9.0", Newer),
            ("1.2.3", "1.2.2", Older),
            ("1.0.0", "2.0.0", Incompatible),
            ("0.2.0", "0.2.6", Newer),
            ("0.2.6", "0.2.0", Older),
            ("0.2.0", "0.3.0", Incompatible),
            ("0.0.1", "0.0.2", Incompatible),
            ("0.2.0-draft", "0.2.0-draft", Same),
            ("0.2.0-draft", "0.2.0", Incompatible),
            ("1.0.0", "1.1.0-rc.1", Incompatible),
            ("", "1.0.0", Unversioned),
            ("1.0.0", "", Unversioned),
            ("1.0.0+a", "1.0.0+b", Newer),
        ] {
            assert_eq!(
                verdict(required, provided),
                expected,
                "{required} {provided}"
            );
        }
    }
}

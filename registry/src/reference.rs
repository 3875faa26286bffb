//! References to what a registry holds: `registry.example/team/fan:1.0.0`. Knows no network.
//!
//! Source: OCI Distribution Specification 1.1, "Pulling manifests" (names, tags) and OCI Image
//! Format Specification, "Digests".

use std::{fmt, str::FromStr};

/// `host[:port]/repository[:tag][@digest]`. The host is never guessed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reference {
    /// Host, with its port where it is not the usual one.
    pub registry: String,
    pub repository: String,
    pub version: Version,
}

/// What of a repository is meant; a digest outweighs a tag.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Version {
    /// Not said.
    Open,
    Tag(String),
    /// `sha256:` and 64 hexadecimal digits.
    Digest(String),
}

/// Why a text is no reference.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReferenceError {
    #[error(
        "`{text}` names no registry; write `registry.example/team/name:1.0.0`, with the registry's host first"
    )]
    NoRegistry { text: String },
    #[error("`{text}` is an address; leave out `{scheme}`")]
    Scheme { text: String, scheme: String },
    #[error(
        "`{repository}` in `{text}` is no repository name; use lower-case letters, digits and `.`, `_`, `-` between them, with `/` between the parts"
    )]
    Repository { text: String, repository: String },
    #[error(
        "`{tag}` in `{text}` is no tag; use up to 128 letters, digits, `.`, `_` and `-`, and neither `.` nor `-` first"
    )]
    Tag { text: String, tag: String },
    #[error("`{digest}` in `{text}` is no digest; write `sha256:` and 64 hexadecimal digits")]
    Digest { text: String, digest: String },
}

impl FromStr for Reference {
    type Err = ReferenceError;

    fn from_str(text: &str) -> Result<Reference, ReferenceError> {
        let owned = || text.to_owned();
        for scheme in ["https://", "http://", "oci://", "docker://"] {
            if text.starts_with(scheme) {
                return Err(ReferenceError::Scheme {
                    text: owned(),
                    scheme: scheme.to_owned(),
                });
            }
        }
        let (registry, rest) = text
            .split_once('/')
            .filter(|(registry, _)| is_registry(registry))
            .ok_or_else(|| ReferenceError::NoRegistry { text: owned() })?;
        let (rest, digest) = match rest.split_once('@') {
            Some((rest, digest)) => (rest, Some(digest)),
            None => (rest, None),
        };
        let (repository, tag) = match rest.split_once(':') {
            Some((repository, tag)) => (repository, Some(tag)),
            None => (rest, None),
        };
        if !is_repository(repository) {
            return Err(ReferenceError::Repository {
                text: owned(),
                repository: repository.to_owned(),
            });
        }
        if let Some(tag) = tag.filter(|tag| !is_tag(tag)) {
            return Err(ReferenceError::Tag {
                text: owned(),
                tag: tag.to_owned(),
            });
        }
        if let Some(digest) = digest.filter(|digest| !is_digest(digest)) {
            return Err(ReferenceError::Digest {
                text: owned(),
                digest: digest.to_owned(),
            });
        }
        Ok(Reference {
            registry: registry.to_owned(),
            repository: repository.to_owned(),
            version: match (digest, tag) {
                (Some(digest), _) => Version::Digest(digest.to_owned()),
                (None, Some(tag)) => Version::Tag(tag.to_owned()),
                (None, None) => Version::Open,
            },
        })
    }
}

impl Reference {
    /// The same repository under another tag.
    pub fn tagged(&self, tag: &str) -> Reference {
        Reference {
            version: Version::Tag(tag.to_owned()),
            ..self.clone()
        }
    }

    /// Last part of the repository's name.
    pub fn name(&self) -> &str {
        self.repository.rsplit('/').next().unwrap_or_default()
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, text: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(text, "{}/{}", self.registry, self.repository)?;
        match &self.version {
            Version::Open => Ok(()),
            Version::Tag(tag) => write!(text, ":{tag}"),
            Version::Digest(digest) => write!(text, "@{digest}"),
        }
    }
}

/// A host name, an address, or `localhost`, with or without a port. A bare word is a repository.
fn is_registry(text: &str) -> bool {
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (text, None),
    };
    if port.is_some_and(|port| port.parse::<u16>().is_err()) {
        return false;
    }
    if let Some(address) = host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
    {
        return address.parse::<std::net::Ipv6Addr>().is_ok();
    }
    let is_label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    host.split('.').all(is_label) && (port.is_some() || host.contains('.') || host == "localhost")
}

fn is_repository(text: &str) -> bool {
    let is_part = |part: &str| {
        let letter = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        part.starts_with(letter)
            && part.ends_with(letter)
            && part.chars().all(|c| letter(c) || "._-".contains(c))
            && !part.contains("..")
            && !part.contains("___")
    };
    text.len() <= 255 && text.split('/').all(is_part)
}

/// A tag as the distribution specification has them.
pub(crate) fn is_tag(text: &str) -> bool {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    text.len() <= 128 && text.starts_with(word) && text.chars().all(|c| word(c) || ".-".contains(c))
}

pub(crate) fn is_digest(text: &str) -> bool {
    text.strip_prefix("sha256:").is_some_and(|digits| {
        digits.len() == 64
            && digits
                .chars()
                .all(|c| c.is_ascii_digit() || ('a'..='f').contains(&c))
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panic")]
    use super::*;

    fn error(text: &str) -> String {
        text.parse::<Reference>().unwrap_err().to_string()
    }

    #[test]
    fn all_parts_are_read_and_written_again() {
        let digest = format!("sha256:{}", "0a".repeat(32));
        for (text, registry, repository, version) in [
            ("ghcr.io/team/fan", "ghcr.io", "team/fan", Version::Open),
            (
                "localhost:5000/fan:1.0.0-rc.1",
                "localhost:5000",
                "fan",
                Version::Tag("1.0.0-rc.1".to_owned()),
            ),
            ("[::1]:80/a/b/c", "[::1]:80", "a/b/c", Version::Open),
            (
                &format!("r.example/fan@{digest}"),
                "r.example",
                "fan",
                Version::Digest(digest.clone()),
            ),
        ] {
            let reference: Reference = text.parse().unwrap();
            assert_eq!(reference.registry, registry);
            assert_eq!(reference.repository, repository);
            assert_eq!(reference.version, version);
            assert_eq!(reference.to_string(), text);
        }
    }

    #[test]
    fn a_digest_outweighs_a_tag() {
        let digest = format!("sha256:{}", "00".repeat(32));
        let reference: Reference = format!("r.example/fan:1.0.0@{digest}").parse().unwrap();
        assert_eq!(reference.version, Version::Digest(digest));
    }

    #[test]
    fn what_is_no_reference_is_refused_with_what_to_write() {
        let no_registry = "names no registry; write `registry.example/team/name:1.0.0`, with the registry's host first";
        for text in [
            "fan",
            "team/fan:1.0.0",
            "",
            "a b.example/fan",
            "r.example:x/fan",
        ] {
            assert_eq!(error(text), format!("`{text}` {no_registry}"));
        }
        assert_eq!(
            error("https://r.example/fan"),
            "`https://r.example/fan` is an address; leave out `https://`"
        );
        assert_eq!(
            error("r.example/Team/fan"),
            "`Team/fan` in `r.example/Team/fan` is no repository name; use lower-case letters, digits and `.`, `_`, `-` between them, with `/` between the parts"
        );
        assert_eq!(
            error("r.example/fan:-1"),
            "`-1` in `r.example/fan:-1` is no tag; use up to 128 letters, digits, `.`, `_` and `-`, and neither `.` nor `-` first"
        );
        assert_eq!(
            error("r.example/fan@sha256:12"),
            "`sha256:12` in `r.example/fan@sha256:12` is no digest; write `sha256:` and 64 hexadecimal digits"
        );
        assert!(error("r.example/../../etc").contains("is no repository name"));
    }
}

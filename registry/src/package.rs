//! Names of WIT packages, and where a registry keeps them: `.well-known/wasm-pkg/registry.json`.
//! Knows nothing of what a package holds.
//!
//! Source: wasm-pkg-tools, "Registry metadata" (OCI protocol), and the tags of its OCI backend.

use crate::{Reference, RegistryError, Transport, Version, connection::Connection};
use serde::Deserialize;
use std::{fmt, str::FromStr};

/// More than the file needs.
const LIMIT_BYTES: u64 = 1 << 20;

/// `namespace:name[@version]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackageName {
    pub namespace: String,
    pub name: String,
    pub version: Option<String>,
}

impl FromStr for PackageName {
    type Err = RegistryError;

    fn from_str(text: &str) -> Result<PackageName, RegistryError> {
        let wrong = || RegistryError::PackageName {
            text: text.to_owned(),
        };
        let (path, version) = match text.split_once('@') {
            Some((path, version)) => (path, Some(version.to_owned())),
            None => (text, None),
        };
        let (namespace, name) = path.split_once(':').ok_or_else(wrong)?;
        let is_word = |word: &str| {
            word.starts_with(|c: char| c.is_ascii_lowercase())
                && word
                    .chars()
                    .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
        };
        let is_version = |version: &String| {
            !version.is_empty() && crate::reference::is_tag(&version.replace('+', "_"))
        };
        match is_word(namespace) && is_word(name) && version.as_ref().is_none_or(is_version) {
            true => Ok(PackageName {
                namespace: namespace.to_owned(),
                name: name.to_owned(),
                version,
            }),
            false => Err(wrong()),
        }
    }
}

impl fmt::Display for PackageName {
    fn fmt(&self, text: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(text, "{}:{}", self.namespace, self.name)?;
        match &self.version {
            Some(version) => write!(text, "@{version}"),
            None => Ok(()),
        }
    }
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Metadata {
    preferred_protocol: Option<String>,
    oci: Option<Oci>,
    oci_registry: Option<String>,
    oci_namespace_prefix: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Oci {
    registry: Option<String>,
    namespace_prefix: Option<String>,
}

impl PackageName {
    /// The reference of the package, as the registry's metadata has it.
    pub fn resolve(
        &self,
        registry: &str,
        transport: Transport,
    ) -> Result<Reference, RegistryError> {
        let connection = Connection::new(registry, transport)?;
        let address = format!("{}/.well-known/wasm-pkg/registry.json", connection.base);
        let none = |reason: String| RegistryError::NoPackages {
            registry: registry.to_owned(),
            address: address.clone(),
            reason,
        };
        let response = connection
            .agent
            .get(&address)
            .call()
            .map_err(|error| connection.error(error))?;
        if response.status() != 200 {
            return Err(none(format!(
                "answers with status {}",
                response.status().as_u16()
            )));
        }
        let text = response
            .into_body()
            .into_with_config()
            .limit(LIMIT_BYTES)
            .read_to_vec()
            .map_err(|error| connection.error(error))?;
        let metadata: Metadata = serde_json::from_slice(&text)
            .map_err(|error| none(format!("is not readable: {error}")))?;
        self.reference(registry, metadata).map_err(none)
    }

    fn reference(&self, registry: &str, metadata: Metadata) -> Result<Reference, String> {
        if let Some(protocol) = metadata.preferred_protocol.filter(|name| name != "oci")
            && metadata.oci.is_none()
            && metadata.oci_registry.is_none()
        {
            return Err(format!("names the protocol `{protocol}` only"));
        }
        let oci = metadata.oci.unwrap_or_default();
        let host = oci
            .registry
            .or(metadata.oci_registry)
            .unwrap_or_else(|| registry.to_owned());
        let prefix = oci
            .namespace_prefix
            .or(metadata.oci_namespace_prefix)
            .unwrap_or_default();
        let text = format!("{host}/{prefix}{}/{}", self.namespace, self.name);
        let reference: Reference = text
            .parse()
            .map_err(|error| format!("leads to no reference: {error}"))?;
        Ok(Reference {
            version: match &self.version {
                // A tag has no `+`.
                Some(version) => Version::Tag(version.replace('+', "_")),
                None => Version::Open,
            },
            ..reference
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panic")]
    use super::*;

    fn led(text: &str) -> Result<String, String> {
        let package: PackageName = "wasi:clocks@0.2.6+b1".parse().unwrap();
        let reference = package.reference("wasi.dev", serde_json::from_str(text).unwrap());
        reference.map(|reference| reference.to_string())
    }

    #[test]
    fn both_forms_of_the_metadata_lead_there() {
        let there = Ok("ghcr.io/webassembly/wasi/clocks:0.2.6_b1".to_owned());
        assert_eq!(
            led(
                r#"{"preferredProtocol": "oci", "oci": {"registry": "ghcr.io", "namespacePrefix": "webassembly/"}}"#
            ),
            there
        );
        assert_eq!(
            led(r#"{"ociRegistry": "ghcr.io", "ociNamespacePrefix": "webassembly/"}"#),
            there
        );
        assert_eq!(led("{}"), Ok("wasi.dev/wasi/clocks:0.2.6_b1".to_owned()));
    }

    #[test]
    fn metadata_that_leads_nowhere_says_so() {
        assert_eq!(
            led(r#"{"preferredProtocol": "warg", "wargUrl": "x"}"#),
            Err("names the protocol `warg` only".to_owned())
        );
        assert!(
            led(r#"{"oci": {"registry": "no host"}}"#)
                .unwrap_err()
                .starts_with("leads to no reference: ")
        );
    }

    #[test]
    fn what_is_no_package_name() {
        for text in [
            "clocks",
            "wasi:",
            "Wasi:clocks",
            "wasi:clocks@",
            "wasi:clocks@a/b",
            "wasi:clo cks",
        ] {
            assert_eq!(
                text.parse::<PackageName>().unwrap_err().to_string(),
                format!("`{text}` is no package name; write `namespace:name@1.0.0`")
            );
        }
    }
}

//! What WIT cannot say of a component: port kinds, physical units and conversions, which ports a
//! runnable reads and writes, original AUTOSAR names. JSON in the custom section
//! `wireloom:metadata`; unknown fields are an error. Knows nothing of the project's own overrides.

use crate::component::{Direction, PortKind};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The name of the custom section.
pub const SECTION: &str = "wireloom:metadata";
/// The version that this code writes and the newest that it reads.
pub const VERSION: u32 = 1;

/// Metadata of a component.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Metadata {
    /// SwComponentType's short name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub autosar_name: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ports: Vec<PortMetadata>,
    /// By function: `step` at the root, `thermal:x/driver@0.1.0#sample` in an interface.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub runnables: BTreeMap<String, RunnableMetadata>,
}

/// Metadata of a port, found by direction and extern name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PortMetadata {
    pub direction: Direction,
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<PortKind>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub autosar_name: Option<String>,
    /// By element path: function, then `.field` per record field (`get`, `step.motor.duty`); for a
    /// parameter `step(input.position)`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub elements: BTreeMap<String, ElementMetadata>,
}

/// Physical meaning of one element.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ElementMetadata {
    /// As it is displayed: `°C`, `km/h`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dimension: Option<PhysicalDimension>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compu_method: Option<CompuMethod>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub autosar_name: Option<String>,
    /// Of a calibration parameter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calibration: Option<Calibration>,
}

/// Range and access of a calibration parameter.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calibration {
    /// Of the physical value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maximum: Option<f64>,
    #[serde(default)]
    pub access: Access,
}

/// What may be done with a parameter while the system runs (AUTOSAR: swCalibrationAccess).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Access {
    ReadOnly,
    #[default]
    ReadWrite,
}

/// Exponents of the SI base units (AUTOSAR: PhysicalDimension).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PhysicalDimension {
    pub length: i8,
    pub mass: i8,
    pub time: i8,
    pub current: i8,
    pub temperature: i8,
    pub amount: i8,
    pub luminous_intensity: i8,
}

/// How a raw value becomes a physical one (AUTOSAR: CompuMethod).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum CompuMethod {
    Identical,
    /// physical = raw × factor + offset, in the element's unit.
    Linear {
        factor: f64,
        offset: f64,
    },
    /// Text by raw value.
    TextTable(BTreeMap<i64, String>),
}

/// What a runnable reads and writes. Without an entry all ports of the instance count.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunnableMetadata {
    /// Extern names of required ports.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reads: Vec<String>,
    /// Extern names of provided ports.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub writes: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub autosar_name: Option<String>,
}

/// The section is not what this code reads.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MetadataError {
    #[error(
        "custom section `wireloom:metadata` is no valid JSON of its schema: {message} (line {line}, column {column}); make it again with the tool that wrote it"
    )]
    Malformed {
        message: String,
        line: usize,
        column: usize,
    },
    #[error(
        "custom section `wireloom:metadata` has version {found}, this program reads up to {VERSION}; open the component with a newer Wireloom"
    )]
    TooNew { found: u32 },
    #[error("component has {count} custom sections `wireloom:metadata`; keep one")]
    Repeated { count: usize },
}

/// The form on disk; the version is looked at before the rest.
#[derive(Serialize, Deserialize)]
struct Section<T> {
    version: u32,
    metadata: T,
}

/// Reads the content of the section.
pub fn read(section: &[u8]) -> Result<Metadata, MetadataError> {
    let probe: Section<serde_json::Value> = serde_json::from_slice(section).map_err(malformed)?;
    if probe.version > VERSION {
        return Err(MetadataError::TooNew {
            found: probe.version,
        });
    }
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Strict {
        #[serde(rename = "version")]
        _version: u32,
        metadata: Metadata,
    }
    let strict: Strict = serde_json::from_slice(section).map_err(malformed)?;
    Ok(strict.metadata)
}

/// The content of the section; `read` gives the same metadata back.
pub fn write(metadata: &Metadata) -> Vec<u8> {
    let section = Section {
        version: VERSION,
        metadata,
    };
    // Maps have string or integer keys and floats are written as they are: this cannot fail.
    serde_json::to_vec(&section).unwrap_or_default()
}

/// Where the metadata of a world stand beside its WIT: there is no component yet that has the
/// section.
pub fn beside(world: &str) -> String {
    format!("metadata/{world}.json")
}

/// The component with this metadata appended as a custom section; without one where there is
/// nothing to say. Earlier ones stay: append once.
pub fn append(component: &[u8], metadata: &Metadata) -> Vec<u8> {
    if *metadata == Metadata::default() {
        return component.to_vec();
    }
    let content = write(metadata);
    let mut bytes = component.to_vec();
    let mut body = Vec::with_capacity(content.len() + SECTION.len() + 2);
    leb128(&mut body, SECTION.len());
    body.extend_from_slice(SECTION.as_bytes());
    body.extend_from_slice(&content);
    bytes.push(0);
    leb128(&mut bytes, body.len());
    bytes.extend_from_slice(&body);
    bytes
}

fn leb128(bytes: &mut Vec<u8>, mut number: usize) {
    loop {
        let low = (number & 0x7f) as u8;
        number >>= 7;
        if number == 0 {
            return bytes.push(low);
        }
        bytes.push(low | 0x80);
    }
}

fn malformed(error: serde_json::Error) -> MetadataError {
    let (line, column) = (error.line(), error.column());
    let text = error.to_string();
    let message = text.split(" at line ").next().unwrap_or(&text).to_owned();
    MetadataError::Malformed {
        message,
        line,
        column,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Metadata {
        let element = ElementMetadata {
            unit: Some("°C".into()),
            dimension: Some(PhysicalDimension {
                temperature: 1,
                ..Default::default()
            }),
            compu_method: Some(CompuMethod::Linear {
                factor: 0.0625,
                offset: -40.0,
            }),
            autosar_name: None,
            calibration: None,
        };
        let table = CompuMethod::TextTable([(0, "off".to_owned()), (1, "on".to_owned())].into());
        Metadata {
            autosar_name: Some("TempSensor".into()),
            ports: vec![PortMetadata {
                direction: Direction::Provided,
                name: "a:b/c@1.0.0".into(),
                kind: Some(PortKind::SenderReceiver),
                autosar_name: None,
                elements: [
                    ("get".to_owned(), element),
                    (
                        "mode".to_owned(),
                        ElementMetadata {
                            compu_method: Some(table),
                            ..Default::default()
                        },
                    ),
                ]
                .into(),
            }],
            runnables: [(
                "step".to_owned(),
                RunnableMetadata {
                    reads: vec!["x".into()],
                    ..Default::default()
                },
            )]
            .into(),
        }
    }

    #[test]
    fn reads_what_it_writes() {
        assert_eq!(read(&write(&sample())).unwrap(), sample());
        assert_eq!(
            read(&write(&Metadata::default())).unwrap(),
            Metadata::default()
        );
    }

    #[test]
    fn a_misspelt_field_is_named() {
        let error = read(br#"{"version":1,"metadata":{"portz":[]}}"#).unwrap_err();
        insta::assert_snapshot!(error, @"custom section `wireloom:metadata` is no valid JSON of its schema: unknown field `portz`, expected one of `autosar_name`, `ports`, `runnables` (line 1, column 32); make it again with the tool that wrote it");
    }

    #[test]
    fn an_unknown_field_beside_the_metadata_is_refused() {
        let error = read(br#"{"version":1,"metadata":{},"extra":1}"#).unwrap_err();
        insta::assert_snapshot!(error, @"custom section `wireloom:metadata` is no valid JSON of its schema: unknown field `extra`, expected `version` or `metadata` (line 1, column 34); make it again with the tool that wrote it");
    }

    #[test]
    fn a_newer_version_says_so() {
        let error = read(br#"{"version":7,"metadata":{"whatever":[]}}"#).unwrap_err();
        insta::assert_snapshot!(error, @"custom section `wireloom:metadata` has version 7, this program reads up to 1; open the component with a newer Wireloom");
    }

    #[test]
    fn garbage_is_refused() {
        let error = read(b"\xff\xff").unwrap_err();
        insta::assert_snapshot!(error, @"custom section `wireloom:metadata` is no valid JSON of its schema: expected value (line 1, column 1); make it again with the tool that wrote it");
    }
}

//! Whether a provided port fits a required one: the complete type difference, and the version
//! policy. Structural, as the Component Model links; mirrors the verdict of wac's subtype checker
//! (`wac-types`, `checker.rs`), which stops at the first difference and names no path.
//! Knows nothing of connectors; that two providers of one resource type do not mix is a rule about
//! instances and is checked where instances are known.

mod difference;
mod members;
mod version;

pub use difference::{difference, function_difference, value_difference};
pub use version::{VersionVerdict, version};

use semver::Version;
use serde::Serialize;
use std::fmt;

/// One way in which a provided type is not what is required.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    pub path: Path,
    pub kind: DifferenceKind,
    /// The required side in WIT syntax; empty where it has nothing.
    pub required: String,
    /// The provided side in WIT syntax; empty where it has nothing.
    pub provided: String,
    /// Of the interfaces compared.
    pub required_version: Option<Version>,
    pub provided_version: Option<Version>,
    /// What would help, the likeliest first.
    pub fixes: Vec<Fix>,
}

/// Where in a type: `speed.get → result ok → field kmh`.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Path(pub Vec<String>);

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DifferenceKind {
    /// The provider lacks the function.
    FunctionMissing,
    /// The provider lacks the named type.
    TypeMissing,
    /// One is `async`, the other is not.
    Async,
    /// A parameter is missing, surplus, renamed or at another place.
    Parameters,
    /// One gives a result, the other does not.
    Result,
    /// Both are types of another sort (`u32` and `f32`, a list and a record).
    Type,
    /// A field, case or flag is missing, surplus, renamed or at another place.
    Members,
    /// A case or stream has a value on one side only.
    Payload,
    /// `list<T, n>` of another n.
    Length,
    /// Handles to resources of other names.
    Resource,
}

/// A hint; what carries it out is the owner of the project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fix {
    /// Use a component with a compatible version of the interface.
    PickVersion,
    /// An adapter can translate (numbers, order, defaults, mapped names).
    InsertAdapter,
    /// A buffered connector takes the value over instead of calling.
    MakeBuffered,
    /// The names differ, the types agree.
    RenameLabel,
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(" → "))
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let side = |text: &str| match text.is_empty() {
            true => "nothing".to_owned(),
            false => format!("`{text}`"),
        };
        let (required, provided) = (side(&self.required), side(&self.provided));
        write!(f, "{}: needs {required}, is given {provided}", self.path)
    }
}

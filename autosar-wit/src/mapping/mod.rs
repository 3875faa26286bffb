//! The mapping between two interfaces that differ (AUTOSAR: PortInterfaceMapping): what an adapter
//! converts and how, as rules by place; and what these rules mean for two given interfaces.
//! Knows nothing of connectors and of the component that carries it out.
//!
//! A place is what has to be filled: `get` is the result of the required function `get`, and
//! `step(input)` the provider's parameter `input` of what the requirer calls `step`. Inside, `.name`
//! is a field, a case, or `some`, `ok` and `err`; `.0` a member of a tuple; `[]` each element of a list:
//! `get.ok.wheels[].speed`. What is of one name and fits without loss needs no rule.

mod cases;
mod conversion;
mod members;
mod number;
mod problem;
mod propose;
mod resolve;
mod row;
mod spot;
mod types;
mod values;
mod walk;

pub use conversion::{Adaptation, AdaptedFunction, Answer, Conversion, Member};
pub use problem::{MappingProblem, Problem};
pub use propose::propose;
pub use resolve::{Resolution, resolve};
pub use row::{Row, RowKind};
pub use types::handle;

use crate::{component::PortItem, metadata::ElementMetadata};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Bound of lists (elements) and strings (bytes) in an adapter where the mapping has none.
pub const DEFAULT_BOUND: u32 = 256;

/// How what one port gives becomes what the other needs.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// By place.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub rules: BTreeMap<String, Rule>,
    /// Of each list (elements) and string (bytes); `None`: [`DEFAULT_BOUND`]. A value above it is
    /// `invalid` where the function can say so, else it traps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bound: Option<u32>,
}

/// How one place is filled.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// The function, parameter or field that fills it, where it has another name; fields of a
    /// record inside as `motor.duty`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// What stands there when nothing is given, in WAVE text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// needed = given × factor + offset, in 64-bit floating point; `None`: 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub factor: Option<f64>,
    /// In what is needed; `None`: 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offset: Option<f64>,
    /// What happens to values that have no counterpart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<Policy>,
    /// Given case or flag → needed one, where their names differ.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub cases: BTreeMap<String, String>,
    /// The case that answers for all given ones without a counterpart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub otherwise: Option<String>,
    /// It was proposed, and nobody has confirmed it yet.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub to_confirm: bool,
}

/// What happens to a value that the needed type has no counterpart for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Policy {
    /// A number becomes the nearest that there is; no number becomes zero.
    Saturate,
    /// The call gives `invalid`: for functions whose result is `result<_, e>` where `e` has that case.
    Invalid,
    /// A flag is left out.
    LeaveOut,
}

/// How a connector carries what it carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Each call is a call of the provider.
    Direct,
    /// Values are stored in between: the status around them is the run-time environment's, so it
    /// is the receiver's on both sides of the adapter.
    Buffered,
}

/// A port with the physical meaning of its elements, by path ([`crate::metadata::PortMetadata`]).
#[derive(Debug, Clone)]
pub struct Side<'a> {
    pub item: &'a PortItem,
    pub elements: BTreeMap<&'a str, &'a ElementMetadata>,
}

impl Mapping {
    /// Places whose rules nobody has confirmed.
    pub fn to_confirm(&self) -> impl Iterator<Item = &str> {
        let open = self.rules.iter().filter(|(_, rule)| rule.to_confirm);
        open.map(|(place, _)| place.as_str())
    }

    /// The same with all rules confirmed.
    pub fn confirmed(&self) -> Mapping {
        let mut mapping = self.clone();
        for rule in mapping.rules.values_mut() {
            rule.to_confirm = false;
        }
        mapping
    }

    /// The bound of lists and strings.
    pub fn bound(&self) -> u32 {
        self.bound.unwrap_or(DEFAULT_BOUND)
    }
}

impl Rule {
    /// The rule in words: `from read, × 0.1 - 273.15, saturated`; empty for one that says nothing.
    pub fn words(&self) -> String {
        let mut words = Vec::new();
        words.extend(self.from.as_ref().map(|from| format!("from {from}")));
        if self.factor.is_some() || self.offset.is_some() {
            words.push(scale_words(
                self.factor.unwrap_or(1.0),
                self.offset.unwrap_or(0.0),
            ));
        }
        words.extend(self.policy.map(|policy| policy.words().to_owned()));
        let cases = self.cases.iter();
        words.extend(cases.map(|(given, needed)| format!("{given} is {needed}")));
        let otherwise = self.otherwise.as_ref();
        words.extend(otherwise.map(|case| format!("otherwise {case}")));
        let default = self.default.as_ref();
        words.extend(default.map(|text| format!("default {text}")));
        words.join(", ")
    }

    /// Adds what the other says and this one does not.
    pub(crate) fn complete(&mut self, other: Rule) {
        self.from = self.from.take().or(other.from);
        self.default = self.default.take().or(other.default);
        self.factor = self.factor.or(other.factor);
        self.offset = self.offset.or(other.offset);
        self.policy = self.policy.or(other.policy);
        for (given, needed) in other.cases {
            self.cases.entry(given).or_insert(needed);
        }
        self.otherwise = self.otherwise.take().or(other.otherwise);
        self.to_confirm |= other.to_confirm;
    }
}

impl Policy {
    pub fn words(self) -> &'static str {
        match self {
            Self::Saturate => "saturated",
            Self::Invalid => "invalid if it has no counterpart",
            Self::LeaveOut => "other flags left out",
        }
    }
}

/// `× 0.1 - 273.15`
pub fn scale_words(factor: f64, offset: f64) -> String {
    match offset {
        0.0 => format!("× {factor}"),
        below if below < 0.0 => format!("× {factor} - {}", -below),
        above => format!("× {factor} + {above}"),
    }
}

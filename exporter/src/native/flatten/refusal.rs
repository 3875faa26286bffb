//! The words with which a partition is refused.

use super::{NativeFinding, Plan};

impl Plan<'_> {
    pub(super) fn invalid(&self, error: &dyn std::fmt::Display) -> NativeFinding {
        NativeFinding::Invalid {
            partition: self.partition.to_owned(),
            reason: error.to_string(),
        }
    }

    pub(super) fn asynchronous(&self, construct: &'static str) -> NativeFinding {
        NativeFinding::Async {
            partition: self.partition.to_owned(),
            construct,
        }
    }

    pub(super) fn resource(&self, construct: &'static str) -> NativeFinding {
        NativeFinding::Resource {
            partition: self.partition.to_owned(),
            construct,
        }
    }

    pub(super) fn construct(&self, construct: &str) -> NativeFinding {
        NativeFinding::Construct {
            partition: self.partition.to_owned(),
            construct: construct.to_owned(),
        }
    }

    pub(super) fn bug(&self, what: &str) -> NativeFinding {
        self.invalid(&format!(
            "a {what} is named that is not there: this is a bug"
        ))
    }
}

//! A mapping as a table: a row for each place, with what could be chosen there.

/// One place of a mapping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub place: String,
    /// In WIT.
    pub needs: String,
    /// In WIT; empty where nothing is given.
    pub given: String,
    /// The function, parameter or field that fills it; empty for none and for what is inside a value.
    pub source: String,
    /// What else could fill it.
    pub sources: Vec<String>,
    pub kind: RowKind,
    /// Whether a default has a meaning there.
    pub takes_default: bool,
}

/// What a rule can say there, beside where the value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowKind {
    /// Nothing: what is inside has rows of its own, or it is taken as it is.
    Plain,
    /// Factor, offset, policy.
    Number,
    /// Cases, and what answers otherwise.
    Cases {
        given: Vec<String>,
        needed: Vec<String>,
    },
    /// Flags, and a policy.
    Flags {
        given: Vec<String>,
        needed: Vec<String>,
    },
}

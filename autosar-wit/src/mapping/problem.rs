//! Why a mapping does not lead from one interface to another, and which rule would help.

use super::Rule;

/// What is wrong at one place.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{}{problem}", Place(place))]
pub struct MappingProblem {
    /// Empty: both ports as a whole.
    pub place: String,
    pub problem: Problem,
    /// What would settle it; marked where it is a guess.
    pub proposal: Option<Rule>,
}

struct Place<'a>(&'a str);

impl std::fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            "" => Ok(()),
            place => write!(f, "`{place}`: "),
        }
    }
}

/// Types are in WIT.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Problem {
    #[error(
        "a port that is an interface and one that is a function have no mapping; connect ports of one sort"
    )]
    Sorts,
    #[error("is `async` on one side only or on both, which no adapter carries; use a plain `func`")]
    Asynchronous,
    #[error("belongs to a resource, which no adapter hands on; connect ports of one type")]
    Resource,
    #[error("`{what}` is no value that an adapter can copy; connect ports of one type")]
    Handle { what: String },
    #[error("has parameters, so it cannot be buffered; make the connector direct")]
    NoElement,
    #[error("the provider has no function of that name; say which one it is")]
    FunctionMissing,
    #[error("needs `{needs}`, and nothing of that name is given; say what fills it, or a default")]
    Missing { needs: String },
    #[error("there is no `{from}` to fill it; choose one of {known}")]
    UnknownSource { from: String, known: String },
    #[error("`{given}` does not become `{needs}`; connect ports that mean the same")]
    Unlike { given: String, needs: String },
    #[error("not every `{given}` is a `{needs}`; say whether it is saturated or invalid")]
    Narrowed { given: String, needs: String },
    #[error("is given in `{given}` and needed in `{needs}`; say factor and offset")]
    Units { given: String, needs: String },
    #[error(
        "`{given}` and `{needs}` are of different physical dimensions; connect what means the same"
    )]
    Dimensions { given: String, needs: String },
    #[error("the mapping has {stated}, the units of both sides say {meant}; correct the rule")]
    Scale { stated: String, meant: String },
    #[error("factor and offset must be finite and the factor not 0; correct the rule")]
    BadScale,
    #[error("{cases} of what is given {verb} no counterpart; say which, or what answers otherwise")]
    Unmatched { cases: String, verb: &'static str },
    #[error("there is no {side} case or flag `{name}`; choose one of {known}")]
    UnknownCase {
        side: &'static str,
        name: String,
        known: String,
    },
    #[error("`{given}` can be without a value, `{needs}` cannot; say what stands for none")]
    Absent { given: String, needs: String },
    #[error("the default `{text}` is no `{needs}`: {reason}")]
    BadDefault {
        text: String,
        needs: String,
        reason: String,
    },
    #[error("the function cannot say `invalid`; choose another policy")]
    NoInvalid,
    #[error("the policy `{policy}` does not fit here; choose {instead}")]
    WrongPolicy {
        policy: &'static str,
        instead: &'static str,
    },
    #[error("no component can be generated for it: {reason}")]
    Glue { reason: String },
    #[error("the interfaces have no such place; remove the rule")]
    NoPlace,
    #[error("a rule for {needs} has no use for `{field}`; remove it")]
    Unused { field: &'static str, needs: String },
}

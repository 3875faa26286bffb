//! Why a controller cannot be wrapped, and what of its headers was passed over.

/// A place in a header.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub file: String,
    /// The first is 1.
    pub line: u32,
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// Something in a header that is not taken; the rest counts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Note {
    pub place: Place,
    pub message: String,
}

impl std::fmt::Display for Note {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.place, self.message)
    }
}

/// Why there is no component.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WrapError {
    #[error("`{0}` is no package; write `namespace:name@1.0.0`, such as `acme:controls@0.1.0`")]
    Package(String),
    #[error(
        "`{header}` declares no function `{step}` and no `{step}_step`; --step names the function that is called once a period, or the name before `_step`{known}"
    )]
    NoStep {
        header: String,
        step: String,
        /// "; it declares `a`, `b`", or nothing.
        known: String,
    },
    #[error(
        "`{variable}` is declared in no header that was read; --input-variable and --output-variable name variables that are `extern` there"
    )]
    NoVariable { variable: String },
    #[error(
        "{place}: `{step}` takes nothing, and there is no variable `{inputs}` and no `{outputs}`; name those that it reads and writes by --input-variable and --output-variable"
    )]
    NoData {
        place: Place,
        step: String,
        inputs: String,
        outputs: String,
    },
    #[error("{place}: `{function}` {what}")]
    Function {
        place: Place,
        function: String,
        what: String,
    },
    #[error("{place}: `{name}` {what}")]
    Type {
        place: Place,
        name: String,
        what: String,
    },
}

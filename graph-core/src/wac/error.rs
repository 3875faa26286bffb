//! Why a document of wac is no project, with file and line.

/// What is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {fault}")]
pub struct WacError {
    /// What the caller called it.
    pub file: String,
    /// From 1.
    pub line: usize,
    pub fault: Box<Fault>,
}

/// What a project cannot mean, or what is missing for it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    #[error("{reason}; the language is described at wac's `LANGUAGE.md`")]
    Syntax { reason: String },
    #[error(
        "`import {name}` has no meaning in a project, whose components take from the host what they import by name; delete it, and end the instance with `...`"
    )]
    Import { name: String },
    #[error(
        "types are not declared in a project, they come with the components; delete the declaration"
    )]
    Types,
    #[error("there is no `{name}`; define it above with `let`, or correct the name")]
    Unknown { name: String },
    #[error("`{name}` is defined twice; rename one of them")]
    Twice { name: String },
    #[error("`{text}` is a part of a port, and a connector joins whole ports; take the port")]
    Part { text: String },
    #[error(
        "`{name}` is a whole component, and a connector begins at one of its ports; write `{name}[\"port\"]`"
    )]
    Whole { name: String },
    #[error("`{name}` does not say which import it is for; write `\"import\": {name}`")]
    Inferred { name: String },
    #[error(
        "`{instance}` ({package}) {direction} no `{port}`; it {direction} {}", listed(.known)
    )]
    NoPort {
        instance: String,
        package: String,
        /// `exports` or `imports`.
        direction: &'static str,
        port: String,
        known: Vec<String>,
    },
    #[error("there is no component for package `{package}`; {help}")]
    NoPackage { package: String, help: String },
    #[error("{reason}")]
    Edit { reason: String },
    #[error("nothing is instantiated; a project needs at least one `new`")]
    Empty,
}

fn listed(names: &[String]) -> String {
    match names.is_empty() {
        true => "nothing".to_owned(),
        false => {
            let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
            names.join(", ")
        }
    }
}

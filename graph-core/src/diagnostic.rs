//! What is wrong with the user's model, as data that command line and window both show.

use crate::{
    document::{InstanceId, Subject},
    edit::Edit,
};

/// One finding of a check.
#[derive(Debug, Clone, PartialEq)]
pub struct Diagnostic {
    /// Stable, kebab-case: the name of the rule's file, `type-mismatch`.
    pub code: &'static str,
    pub severity: Severity,
    /// What and where, lower case, names in back-ticks.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
    pub subject: Subject,
    /// The instances of compositions on the way to the subject; empty: it is the system's own.
    pub scope: Vec<InstanceId>,
    pub fixes: Vec<Fix>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    Information,
    Warning,
    Error,
}

/// A change of the document that mends the finding.
#[derive(Debug, Clone, PartialEq)]
pub struct Fix {
    /// What the button says: "Make the connector buffered".
    pub title: String,
    pub edits: Vec<Edit>,
}

impl Diagnostic {
    /// A finding without help and fixes.
    pub fn new(
        code: &'static str,
        severity: Severity,
        subject: Subject,
        message: String,
    ) -> Diagnostic {
        Diagnostic {
            code,
            severity,
            message,
            help: None,
            subject,
            scope: Vec::new(),
            fixes: Vec::new(),
        }
    }

    /// The same with advice.
    pub fn help(mut self, help: impl Into<String>) -> Diagnostic {
        self.help = Some(help.into());
        self
    }

    /// The same with one more fix.
    pub fn fix(mut self, title: impl Into<String>, edits: Vec<Edit>) -> Diagnostic {
        self.fixes.push(Fix {
            title: title.into(),
            edits,
        });
        self
    }
}

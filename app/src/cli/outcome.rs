//! What a command gives: text for people, JSON for programs, and the exit status.

use graph_core::diagnostic::{Diagnostic, Severity};
use graph_core::document::Document;
use serde_json::{Value, json};
use std::{fmt::Write, process::ExitCode};

/// The result of one command.
#[derive(Debug)]
pub struct Outcome {
    pub status: Status,
    pub json: Value,
    /// Ends with a line feed unless it is empty.
    pub text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    Fine,
    /// The user's model is wrong.
    ModelWrong,
    /// The call or the system failed.
    Failed,
}

impl Outcome {
    pub fn fine(json: Value, text: String) -> Outcome {
        Outcome {
            status: Status::Fine,
            json,
            text,
        }
    }

    /// The call or the system failed.
    pub fn failed(error: impl std::fmt::Display) -> Outcome {
        Outcome {
            status: Status::Failed,
            json: json!({ "error": error.to_string() }),
            text: format!("error: {error}\n"),
        }
    }

    /// The model is wrong in one thing that no check can say.
    pub fn wrong(error: impl std::fmt::Display) -> Outcome {
        Outcome {
            status: Status::ModelWrong,
            ..Outcome::failed(error)
        }
    }

    /// With what was wrong with the project's files: before the text, and as the field `warnings`.
    pub fn with_warnings(mut self, warnings: &[String]) -> Outcome {
        self.text.insert_str(0, &warnings_text(warnings));
        if let Some(fields) = self.json.as_object_mut() {
            fields.insert("warnings".to_string(), json!(warnings));
        }
        self
    }

    /// The model has errors: nothing was done.
    pub fn diagnosed(document: &Document, diagnostics: &[Diagnostic]) -> Outcome {
        Outcome {
            status: Status::ModelWrong,
            json: json!({
                "error": "the project has errors",
                "diagnostics": diagnostics_json(document, diagnostics),
            }),
            text: diagnostics_text(document, diagnostics),
        }
    }
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> ExitCode {
        ExitCode::from(match status {
            Status::Fine => 0,
            Status::ModelWrong => 1,
            Status::Failed => 2,
        })
    }
}

/// What was wrong with files, unless a finding says it.
pub(super) fn untold(warnings: &[String], diagnostics: &[Diagnostic]) -> Vec<String> {
    let is_told = |warning: &str| diagnostics.iter().any(|one| one.message.contains(warning));
    let untold = warnings.iter().filter(|warning| !is_told(warning));
    untold.cloned().collect()
}

/// A line each.
pub(super) fn warnings_text(warnings: &[String]) -> String {
    let line = |warning: &String| format!("warning: {warning}\n");
    warnings.iter().map(line).collect()
}

/// The ECU that a call names, or the only one.
pub(super) fn chosen_ecu(
    system: &deployment::System,
    named: Option<&str>,
) -> Result<String, Box<Outcome>> {
    let names: Vec<&str> = system.ecus.iter().map(|ecu| ecu.name.as_str()).collect();
    let listed = || format!("`{}`", names.join("`, `"));
    let failed = |reason| Err(Box::new(Outcome::failed(reason)));
    match (named, names.as_slice()) {
        (Some(name), _) if names.contains(&name) => Ok(name.to_string()),
        (Some(name), _) => failed(format!("there is no ECU `{name}`; there are {}", listed())),
        (None, [only]) => Ok((*only).to_string()),
        (None, _) => failed(format!(
            "the project has several ECUs; choose one by `--ecu`: {}",
            listed()
        )),
    }
}

/// Whether a project with these findings can be composed.
pub(super) fn has_errors(diagnostics: &[Diagnostic]) -> bool {
    diagnostics
        .iter()
        .any(|diagnostic| diagnostic.severity == Severity::Error)
}

/// An array of objects with `code`, `severity`, `message`, `help`, `subject`, `fixes`.
pub(super) fn diagnostics_json(document: &Document, diagnostics: &[Diagnostic]) -> Value {
    let entries = diagnostics.iter().map(|diagnostic| {
        json!({
            "code": diagnostic.code,
            "severity": severity_word(diagnostic.severity),
            "message": diagnostic.message,
            "help": diagnostic.help,
            "subject": subject_name(document, diagnostic),
            "fixes": diagnostic.fixes.iter().map(|fix| &fix.title).collect::<Vec<_>>(),
        })
    });
    Value::Array(entries.collect())
}

/// "port `speed` of `fan`", and in which composition by its way: "in `front/left`".
fn subject_name(document: &Document, diagnostic: &Diagnostic) -> String {
    let name = document.subject_name(&diagnostic.subject);
    let way = diagnostic.scope.iter();
    let way = way.filter_map(|id| Some(document.instances.get(id)?.name.as_str()));
    match way.collect::<Vec<_>>().as_slice() {
        [] => name,
        way => format!("{name} in `{}`", way.join("/")),
    }
}

/// One paragraph a finding, the worst first, and a last line that counts them.
pub(super) fn diagnostics_text(document: &Document, diagnostics: &[Diagnostic]) -> String {
    let mut text = String::new();
    for diagnostic in diagnostics {
        let word = severity_word(diagnostic.severity);
        let _ = writeln!(text, "{word}[{}]: {}", diagnostic.code, diagnostic.message);
        let _ = writeln!(text, "  at {}", subject_name(document, diagnostic));
        if let Some(help) = &diagnostic.help {
            let _ = writeln!(text, "  help: {help}");
        }
        for fix in &diagnostic.fixes {
            let _ = writeln!(text, "  fix: {}", fix.title);
        }
    }
    let count = |severity| {
        diagnostics
            .iter()
            .filter(|diagnostic| diagnostic.severity == severity)
            .count()
    };
    let _ = writeln!(
        text,
        "{}, {}, {}",
        counted(count(Severity::Error), "error"),
        counted(count(Severity::Warning), "warning"),
        counted(count(Severity::Information), "note")
    );
    text
}

fn counted(number: usize, word: &str) -> String {
    match number {
        1 => format!("1 {word}"),
        _ => format!("{number} {word}s"),
    }
}

fn severity_word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Information => "note",
    }
}

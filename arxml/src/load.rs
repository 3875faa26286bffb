//! Files into one parsed model, by autosar-data. Its messages become ours, with file and line.

use crate::{ArxmlError, Defect, Place, Source, source};
use autosar_data::{AutosarDataError, AutosarModel};
use std::panic::{AssertUnwindSafe, catch_unwind};

pub(crate) struct Loaded<'a> {
    pub(crate) model: AutosarModel,
    /// Names and texts.
    pub(crate) texts: Vec<(&'a str, &'a str)>,
    /// What does not keep to the schema and could be read all the same.
    pub(crate) defects: Vec<Defect>,
}

pub(crate) fn load<'a>(sources: &[Source<'a>]) -> Result<Loaded<'a>, ArxmlError> {
    if sources.is_empty() {
        return Err(ArxmlError::NoFile);
    }
    let mut sorted: Vec<&Source<'a>> = sources.iter().collect();
    // So that the order in which files are named changes nothing.
    sorted.sort_by_key(|source| source.name);
    let mut loaded = Loaded {
        model: AutosarModel::new(),
        texts: Vec::new(),
        defects: Vec::new(),
    };
    for source in sorted {
        let text = source::checked(source.name, source.bytes)?;
        // Files in the wild are no tests of the parser: what it did not expect stays a message.
        let model = &loaded.model;
        let parse = || model.load_buffer(text.as_bytes(), source.name, false);
        let warnings = match catch_unwind(AssertUnwindSafe(parse)) {
            Ok(Ok((_, warnings))) => warnings,
            Ok(Err(error)) => return Err(refused(source.name, &error)),
            Err(_) => {
                let file = source.name.to_owned();
                return Err(ArxmlError::GaveUp { file });
            }
        };
        loaded
            .defects
            .extend(warnings.iter().map(|warning| defect(source.name, warning)));
        loaded.texts.push((source.name, text));
    }
    Ok(loaded)
}

fn refused(file: &str, error: &AutosarDataError) -> ArxmlError {
    let file = file.to_owned();
    match error {
        AutosarDataError::DuplicateFilenameError { .. } => ArxmlError::Repeated { file },
        AutosarDataError::LexerError { line, source, .. } => ArxmlError::Malformed {
            file,
            line: *line,
            message: ours(&source.to_string()),
        },
        AutosarDataError::ParserError { line, source, .. } => ArxmlError::Malformed {
            file,
            line: *line,
            message: ours(&source.to_string()),
        },
        AutosarDataError::OverlappingDataError { path, .. } => ArxmlError::Conflict {
            file,
            message: format!("`{path}` is in another file as well, as something else"),
        },
        other => ArxmlError::Conflict {
            file,
            message: ours(&other.to_string()),
        },
    }
}

fn defect(file: &str, warning: &AutosarDataError) -> Defect {
    let (line, message) = match warning {
        AutosarDataError::LexerError { line, source, .. } => (*line, source.to_string()),
        AutosarDataError::ParserError { line, source, .. } => (*line, source.to_string()),
        other => (1, other.to_string()),
    };
    Defect {
        path: String::new(),
        place: Some(Place {
            file: file.to_owned(),
            line,
        }),
        message: format!(
            "{}; correct it in the tool that wrote the file",
            ours(&message)
        ),
    }
}

/// As our messages are: lower case at the beginning, no full stop at the end.
fn ours(message: &str) -> String {
    let message = message.trim_end_matches('.');
    let mut letters = message.chars();
    let first = letters.next().map(|first| first.to_lowercase().to_string());
    format!("{}{}", first.unwrap_or_default(), letters.as_str())
}

//! `wireloom import FILE.dbc -o PROJECT`.

use super::{
    import::{ImportArguments, taken},
    outcome::Outcome,
};
use crate::{files, import::dbc};
use autosar_wit::dbc::{Loaded, read};
use serde_json::json;
use std::{fmt::Write, path::Path};

pub(super) fn import(arguments: &ImportArguments, file: &Path) -> Outcome {
    if let Some(outcome) = taken(&arguments.output) {
        return outcome;
    }
    let bytes = match files::read_limited(file) {
        Ok(bytes) => bytes,
        Err(error) => return Outcome::failed(error),
    };
    let Loaded { database, defects } = read(&bytes);
    let notes = defects
        .iter()
        .map(|defect| format!("{}:{}: {}", file.display(), defect.line, defect.message));
    let notes: Vec<String> = notes.collect();
    if let ([], [first, ..]) = (database.messages.as_slice(), notes.as_slice()) {
        return Outcome::wrong(first);
    }
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    let made = match dbc::project(&database, &stem, bytes) {
        Ok(made) => made,
        Err(error) => return Outcome::wrong(error),
    };
    if let Err(error) = files::write_all(&arguments.output, &made.files) {
        return Outcome::failed(error);
    }
    let messages = database.messages.len();
    let signals = database.messages.iter();
    let signals: usize = signals.map(|message| message.signals.len()).sum();
    let components = made.document.components.len();
    let mut text: String = notes.iter().map(|note| format!("note: {note}\n")).collect();
    // Writing to a string cannot fail.
    let _ = writeln!(
        text,
        "made {} ({messages} messages, {signals} signals, {components} components)",
        arguments.output.display()
    );
    Outcome::fine(
        json!({
            "directory": arguments.output,
            "files": made.files.keys().collect::<Vec<_>>(),
            "messages": messages,
            "signals": signals,
            "components": components,
            "notes": notes,
        }),
        text,
    )
}

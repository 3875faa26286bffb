//! `wireloom compare A B`: two runs at their first difference; and the canonical trace as a file.

use super::{compose::opened_and_composed, outcome::Outcome};
use crate::{
    files,
    observe::{self, RunDifference},
};
use serde_json::{Value, json};
use simulator::Simulation;
use std::{
    fmt::Write,
    path::{Path, PathBuf},
};

#[derive(Debug, clap::Args)]
pub(super) struct CompareArguments {
    /// The canonical trace of a run, written by `simulate --rows`
    first: PathBuf,
    /// That of the other run
    second: PathBuf,
    /// The project that was run, by which values and frames are told in words
    #[arg(long, value_name = "PROJECT")]
    project: Option<PathBuf>,
}

pub(super) fn compare(arguments: &CompareArguments) -> Outcome {
    match compared(arguments) {
        Ok(outcome) => outcome,
        Err(outcome) => *outcome,
    }
}

fn compared(arguments: &CompareArguments) -> Result<Outcome, Box<Outcome>> {
    let meaning = match &arguments.project {
        Some(project) => {
            let opened = opened_and_composed(project)?;
            let (document, library) = (&opened.project.document, &opened.project.library);
            Some(observe::meaning(document, library, &opened.composed))
        }
        None => None,
    };
    let first = read(&arguments.first)?;
    let second = read(&arguments.second)?;
    let lines = |text: &str| {
        text.lines()
            .map(str::to_owned)
            .collect::<Vec<_>>()
            .into_iter()
    };
    let found = observe::first_difference(lines(&first), lines(&second)).map_err(|error| {
        let path = match error.is_second {
            true => &arguments.second,
            false => &arguments.first,
        };
        Box::new(Outcome::failed(format!("`{}`: {error}", path.display())))
    })?;
    let Some(found) = found else {
        let rows = first.lines().count();
        let json = json!({ "same": true, "rows": rows });
        return Ok(Outcome::fine(json, format!("the same: {rows} rows\n")));
    };
    let told = match &meaning {
        Some(meaning) => found.in_words(meaning),
        None => found,
    };
    let text = text(&told);
    let mut json = serde_json::to_value(told).map_err(|error| Box::new(Outcome::failed(error)))?;
    if let Some(object) = json.as_object_mut() {
        object.insert("same".to_owned(), Value::Bool(false));
    }
    Ok(Outcome {
        json,
        text,
        ..Outcome::wrong("")
    })
}

fn read(path: &Path) -> Result<String, Box<Outcome>> {
    let bytes = files::read_bytes(path).map_err(|error| Box::new(Outcome::failed(error)))?;
    String::from_utf8(bytes).map_err(|_| {
        let path = path.display();
        let reason = format!("`{path}` is no trace; write it with `wireloom simulate --rows`");
        Box::new(Outcome::failed(reason))
    })
}

fn text(found: &RunDifference) -> String {
    let mut text = String::new();
    // Writing to a string does not fail.
    let _ = writeln!(
        text,
        "{} rows are the same; the first difference is at {} s",
        found.rows,
        found.at_ns as f64 / 1e9
    );
    if let Some(activation) = &found.activation {
        let _ = writeln!(text, "in {activation}");
    }
    let _ = writeln!(text, "{}", found.cause);
    for (title, lines) in [
        ("before", &found.before),
        ("first", &found.first),
        ("second", &found.second),
    ] {
        let _ = writeln!(text, "{title}");
        for line in lines {
            let _ = writeln!(text, "  {}", line.replace('\t', "  "));
        }
    }
    text
}

/// Writes the canonical trace: its SHA-256 is the hash of the run.
pub(super) fn write_rows(path: &Path, simulation: &Simulation) -> Result<(), Box<Outcome>> {
    let trace = simulation.trace();
    if trace.begin() > 0 {
        let reason = "the run is too long for its rows to be kept; give a shorter `--for`";
        return Err(Box::new(Outcome::failed(reason)));
    }
    let mut text = String::new();
    for row in trace.rows_from(0) {
        let _ = writeln!(text, "{row}");
    }
    let written = files::write_atomically(path, text.as_bytes());
    written.map_err(|error| Box::new(Outcome::failed(error)))
}

//! `wireloom impact PROJECT NAME FILE`: what another build of a component would do.

use super::outcome::{Outcome, Status, diagnostics_json, diagnostics_text, untold, warnings_text};
use crate::files;
use graph_core::{
    assist::{PortChange, impact},
    document::{ComponentSource, Connector, Document},
    end,
    library::Entry,
};
use serde_json::{Value, json};
use std::{fmt::Write, path::PathBuf};

#[derive(Debug, clap::Args)]
pub(super) struct ImpactArguments {
    /// Folder or `.wireloom` file
    project: PathBuf,
    /// The component's name in the project
    name: String,
    /// The component that would take its place
    file: PathBuf,
}

pub(super) fn show(arguments: &ImpactArguments) -> Outcome {
    let project = match files::open_project(&arguments.project) {
        Ok(project) => project,
        Err(error) => return Outcome::failed(error),
    };
    let document = &project.document;
    let known = document.components.iter();
    let found = known.clone().find(|(_, one)| one.name == arguments.name);
    let Some((component, _)) = found else {
        let names: Vec<String> = known.map(|(_, one)| format!("`{}`", one.name)).collect();
        return Outcome::failed(format!(
            "the project has no component `{}`; it has {}",
            arguments.name,
            names.join(", ")
        ));
    };
    let source = ComponentSource::File(String::new());
    let entry = files::read_entry(&arguments.file, &arguments.name, &source);
    if let Entry::Missing { reason } = entry {
        return Outcome::failed(reason);
    }
    let mut after = project.library.clone();
    after.components.insert(*component, entry);
    let impact = impact(document, &project.library, &after, *component);

    let warnings = untold(&project.warnings, &impact.better);
    let mut text = warnings_text(&warnings);
    for change in &impact.ports {
        let _ = writeln!(text, "{change}");
    }
    for one in &impact.moves {
        let _ = writeln!(
            text,
            "{} can go on as {}",
            one.text,
            ends(document, &one.to)
        );
    }
    if !impact.better.is_empty() {
        let _ = writeln!(text, "mended:");
        text.push_str(&diagnostics_text(document, &impact.better));
    }
    if !impact.worse.is_empty() {
        let _ = writeln!(text, "wrong then:");
        text.push_str(&diagnostics_text(document, &impact.worse));
    }
    if impact.is_none() {
        let _ = writeln!(
            text,
            "its ports are as before, and so is what the checks find"
        );
    }
    Outcome {
        status: match impact.breaks() {
            true => Status::ModelWrong,
            false => Status::Fine,
        },
        json: json!({
            "component": arguments.name,
            "ports": impact.ports.iter().map(port_json).collect::<Vec<_>>(),
            "worse": diagnostics_json(document, &impact.worse),
            "better": diagnostics_json(document, &impact.better),
            "moves": impact.moves.iter().map(|one| json!({
                "connector": one.text,
                "to": ends(document, &one.to),
            })).collect::<Vec<_>>(),
            "warnings": warnings,
        }),
        text,
    }
}

fn ends(document: &Document, connector: &Connector) -> String {
    let ends = [&connector.from, &connector.to];
    ends.map(|one| end::text(document, one)).join(" to ")
}

fn port_json(change: &PortChange) -> Value {
    let (kind, port, now, differences) = match change {
        PortChange::Added(_, name) => ("added", name, None, &[][..]),
        PortChange::Removed(_, name) => ("removed", name, None, &[][..]),
        PortChange::Version(_, from, to) => ("version", from, Some(to), &[][..]),
        PortChange::Type(_, name, differences) => ("type", name, None, &differences[..]),
    };
    json!({
        "change": kind,
        "port": port,
        "now": now,
        "differences": differences,
        "text": change.to_string(),
    })
}

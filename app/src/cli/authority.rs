//! `wireloom authority PROJECT`: which capability of the platform reaches which instance.

use super::outcome::Outcome;
use crate::files;
use graph_core::{
    authority::{Authority, Grant},
    capability::Capability,
    context::Context,
    document::{Document, InstanceId},
};
use serde_json::{Value, json};
use std::{fmt::Write, path::PathBuf};

#[derive(Debug, clap::Args)]
pub(super) struct AuthorityArguments {
    /// Folder or `.wireloom` file
    project: PathBuf,
}

pub(super) fn authority(arguments: &AuthorityArguments) -> Outcome {
    let project = match files::open_project(&arguments.project) {
        Ok(project) => project.flattened(),
        Err(error) => return Outcome::failed(error),
    };
    let document = &project.document;
    let authority = Authority::of(&Context::new(document, &project.library));
    let instances = by_name(document);
    let rows = instances.iter().map(|(id, name)| {
        let reached = authority
            .capabilities()
            .into_iter()
            .filter_map(|capability| {
                let grant = authority.grant(*id, capability)?;
                Some(grant_json(document, &authority, *id, capability, grant))
            });
        json!({ "instance": name, "capabilities": reached.collect::<Vec<_>>() })
    });
    let json = json!({ "project": document.name, "instances": rows.collect::<Vec<_>>() });
    Outcome::fine(json, text(document, &authority, &instances)).with_warnings(&project.warnings)
}

fn by_name(document: &Document) -> Vec<(InstanceId, &str)> {
    let all = document.instances.iter();
    let mut named: Vec<(InstanceId, &str)> =
        all.map(|(id, one)| (*id, one.name.as_str())).collect();
    named.sort_by_key(|(_, name)| *name);
    named
}

fn grant_json(
    document: &Document,
    authority: &Authority,
    id: InstanceId,
    capability: Capability,
    grant: &Grant,
) -> Value {
    let direct = grant
        .direct
        .iter()
        .map(|taken| json!({ "by": taken.by, "reaches": taken.reaches.text(document) }));
    let paths = grant.paths.iter().map(|path| {
        let names = path
            .instances
            .iter()
            .filter_map(|id| document.instances.get(id));
        names
            .map(|instance| instance.name.as_str())
            .collect::<Vec<_>>()
    });
    json!({
        "capability": capability.word(),
        "treatment": grant.treatment.map_or("allow", |treatment| treatment.word()),
        "reach": grant.word(),
        "direct": direct.collect::<Vec<_>>(),
        "paths": paths.collect::<Vec<_>>(),
        "ways": authority.ways(document, id, capability),
    })
}

/// A table, and below it a line for each way.
fn text(document: &Document, authority: &Authority, instances: &[(InstanceId, &str)]) -> String {
    let capabilities = authority.capabilities();
    if capabilities.is_empty() {
        return "no instance takes anything of the platform\n".to_owned();
    }
    let width = instances.iter().map(|(_, name)| name.len()).max();
    let width = width.unwrap_or(0).max("instance".len());
    let cell = |id: InstanceId, capability: Capability| {
        authority.grant(id, capability).map_or("-", Grant::word)
    };
    let mut text = format!("{:width$}", "instance");
    for capability in &capabilities {
        let _ = write!(text, "  {:11}", capability.title());
    }
    for (id, name) in instances {
        let _ = write!(text, "\n{name:width$}");
        for capability in &capabilities {
            let _ = write!(text, "  {:11}", cell(*id, *capability));
        }
    }
    let lines = text.lines().map(str::trim_end).collect::<Vec<_>>();
    let mut text = lines.join("\n") + "\n";
    for capability in &capabilities {
        let ways = instances
            .iter()
            .flat_map(|(id, _)| authority.ways(document, *id, *capability));
        let ways: Vec<String> = ways.map(|way| format!("  {way}\n")).collect();
        let _ = write!(text, "\n{}\n{}", capability.title(), ways.concat());
    }
    text
}

//! `wireloom targets`: what a project can be exported for, and what this machine lacks for it.

use super::outcome::Outcome;
use crate::{
    session::Destination,
    targets::{self, ExportTarget},
};
use serde_json::{Value, json};
use std::fmt::Write;

#[derive(Debug, clap::Args)]
pub(super) struct TargetsArguments {}

pub(super) fn targets(_: &TargetsArguments) -> Outcome {
    let mut text = String::new();
    let mut listed = Vec::new();
    for target in targets::targets() {
        let lacks = targets::lacks(&target);
        write_text(&mut text, &target, &lacks);
        listed.push(entry(&target, &lacks));
    }
    Outcome::fine(json!({ "targets": listed }), text)
}

/// What `export` is called with.
fn option(target: &ExportTarget) -> String {
    match target.destination {
        Destination::Native(id) => format!("{id} --native"),
        _ => target.id.to_owned(),
    }
}

fn entry(target: &ExportTarget, lacks: &[String]) -> Value {
    json!({
        "target": option(target),
        "name": target.name,
        "form": target.form.word(),
        "writes": target.form.writes(),
        "lacks": lacks,
    })
}

fn write_text(text: &mut String, target: &ExportTarget, lacks: &[String]) {
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{:<28} {}", option(target), target.name);
    let _ = writeln!(text, "{:<28} {}", "", target.form.writes());
    for reason in lacks {
        let _ = writeln!(text, "{:<28} not here: {reason}", "");
    }
}

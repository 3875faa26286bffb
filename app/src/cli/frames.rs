//! `wireloom frames PROJECT [--bus NAME] [--apply]`.

use super::outcome::Outcome;
use crate::{
    files,
    packing::{self as plan, Plan},
};
use autosar_wit::dbc;
use graph_core::{document::Document, end, file, packing};
use serde_json::{Value, json};
use std::{
    fmt::Write,
    path::{Path, PathBuf},
};

#[derive(Debug, clap::Args)]
pub(super) struct FramesArguments {
    /// Folder or `.wireloom` file
    project: PathBuf,
    /// CAN bus of the project, or the name of a new one; without it the first by name
    #[arg(long, value_name = "NAME")]
    bus: Option<String>,
    /// Take it over: write the description of the bus, and lead the values through its signals
    #[arg(long)]
    apply: bool,
}

pub(super) fn frames(arguments: &FramesArguments) -> Outcome {
    let project = match files::open_project(&arguments.project) {
        Ok(project) => project,
        Err(error) => return Outcome::failed(error),
    };
    let document = &project.document;
    let plan = match plan::plan(document, &project.library, arguments.bus.as_deref()) {
        Ok(plan) => plan,
        Err(error) => return Outcome::failed(error),
    };
    let mut text = plan::table(document, &plan);
    let mut json = described(document, &plan);
    if arguments.apply {
        if plan.proposal.frames.is_empty() {
            return Outcome::wrong("there is nothing to take over");
        }
        match taken_over(&project.path, document, &plan) {
            Ok(file) => {
                let _ = writeln!(text, "taken over: {}", file.display());
                if let Some(fields) = json.as_object_mut() {
                    fields.insert("file".to_owned(), json!(file));
                }
            }
            Err(outcome) => return *outcome,
        }
    }
    Outcome::fine(json, text).with_warnings(&project.warnings)
}

/// The description is written first: without it the project's connectors would lead nowhere.
fn taken_over(path: &Path, document: &Document, plan: &Plan) -> Result<PathBuf, Box<Outcome>> {
    let folder = path.parent().unwrap_or(Path::new(""));
    let name = plan.file(|name| folder.join(name).exists());
    let mut changed = document.clone();
    for edit in packing::apply(document, &plan.proposal, &plan.target, &name) {
        edit.apply(&mut changed)
            .map_err(|error| Box::new(Outcome::wrong(error)))?;
    }
    let description = folder.join(&name);
    let database = dbc::write(&plan.database());
    files::write_atomically(&description, database.as_bytes())
        .and_then(|()| files::write_atomically(path, file::write(&changed).as_bytes()))
        .map_err(|error| Box::new(Outcome::failed(error)))?;
    Ok(description)
}

fn described(document: &Document, plan: &Plan) -> Value {
    let text = |one: &graph_core::document::End| end::text(document, one);
    let signal = |signal: &packing::Signal| {
        let layout = &signal.layout;
        let receivers = signal.receivers.iter();
        json!({
            "name": layout.name,
            "start_bit": layout.start_bit,
            "length_bits": layout.length_bits,
            "unit": layout.unit,
            "source": text(&signal.source),
            "receivers": receivers.map(|one| text(&one.end)).collect::<Vec<_>>(),
            "why": signal.why,
        })
    };
    let frame = |frame: &packing::Frame| {
        json!({
            "name": frame.name,
            "id": frame.id,
            "sender": frame.node,
            "cycle_ms": frame.cycle_ms,
            "length_bytes": frame.length_bytes(),
            "signals": frame.signals.iter().map(signal).collect::<Vec<_>>(),
            "why": frame.why,
        })
    };
    let load = plan.load();
    let refused = plan.proposal.refused.iter();
    json!({
        "bus": plan.bus,
        "bitrate_bps": plan.bitrate_bps,
        "data_bitrate_bps": plan.flexible.map(|rates| rates.data_bitrate_bps),
        "frames": plan.proposal.frames.iter().map(frame).collect::<Vec<_>>(),
        "not_packed": refused.map(|one| &one.reason).collect::<Vec<_>>(),
        "load": {
            "usual": plan.usual_load(),
            "least": load.least,
            "most": load.most,
            "on_change": load.on_change,
        },
    })
}

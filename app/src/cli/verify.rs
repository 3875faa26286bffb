//! `wireloom verify PROJECT [--target BOARD]`.

use super::{
    compose::opened_and_composed,
    outcome::{Outcome, Status, chosen_ecu},
    progress,
    simulate::Stimuli,
};
use crate::{
    budget::Placed,
    files, own_boards,
    verify::{
        self, Agreement, NATIVE_TARGETS, Report, Request, TARGETS, Target, VerifyError, ecu_text,
    },
};
use back_to_back::{Recording, Stream};
use graph_core::document::Document;
use serde_json::json;
use std::{
    io,
    path::{Path, PathBuf},
};

#[derive(Debug, clap::Args)]
pub(super) struct VerifyArguments {
    /// Folder or `.wireloom` file
    project: PathBuf,
    /// What the image runs on; without it each ECU runs on the board that the project gives it
    #[arg(long, value_name = "BOARD")]
    target: Option<String>,
    /// Verify the image that is translated to C and compiled, where that is not the board's default
    #[arg(long, requires = "target")]
    native: bool,
    /// Only this ECU
    #[arg(long, value_name = "NAME")]
    ecu: Option<String>,
    /// Hold the image against this recording of `simulate --record`, not against a simulation now
    #[arg(long, value_name = "FILE", conflicts_with = "ecu")]
    recording: Option<PathBuf>,
    #[command(flatten)]
    stimuli: Stimuli,
}

#[derive(Debug, clap::Args)]
pub(super) struct UnderTestArguments {
    /// Folder with the system file and the partitions
    #[arg(long)]
    system: PathBuf,
    /// Name of the ECU
    #[arg(long)]
    ecu: String,
    /// Interpret the partitions
    #[arg(long)]
    interpreted: bool,
}

pub(super) fn verify(arguments: &VerifyArguments) -> Outcome {
    match verified(arguments) {
        Ok(outcome) => outcome,
        Err(outcome) => *outcome,
    }
}

fn verified(arguments: &VerifyArguments) -> Result<Outcome, Box<Outcome>> {
    let failed = |error: &dyn std::fmt::Display| Box::new(Outcome::failed(error));
    let named = match (arguments.target.as_deref(), arguments.native) {
        (Some(id), true) => Some(native_named(id)?),
        (id, _) => id.map(target_named).transpose()?,
    };
    let (until_ns, mut options) = arguments.stimuli.read()?;
    let mut opened = opened_and_composed(&arguments.project)?;
    crate::observe::surround(
        &mut options,
        &opened.project.document,
        &opened.project.library,
    );
    arguments.stimuli.given(&mut options, &mut opened)?;
    let system = &opened.composed.system;
    let recording = arguments.recording.as_deref().map(recording).transpose()?;
    let recorded = recording.as_ref().map(|recording| &recording.head.ecu);
    let ecus = match recorded.or(arguments.ecu.as_ref()) {
        Some(name) => vec![chosen_ecu(system, Some(name))?],
        None => system.ecus.iter().map(|ecu| ecu.name.clone()).collect(),
    };
    let program = std::env::current_exe()
        .map_err(|error| failed(&format!("this program cannot find itself: {error}")))?;
    let runs = match named {
        Some(target) => vec![(target, ecus)],
        None => own_targets(&opened.project.document, &ecus)?,
    };
    let bar = progress::spinner("Verifying");
    let reports = runs.iter().map(|(target, ecus)| {
        let request = Request {
            project: &opened.project,
            composed: &opened.composed,
            target,
            ecus,
            until_ns,
            options: &options,
            recording: recording.as_ref(),
            program: &program,
        };
        verify::verify(&request, &mut |ecu, share| {
            bar.set_message(format!("Verifying {ecu}: {:.0} %", share * 100.0));
            true
        })
    });
    let reports: Result<Vec<Report>, VerifyError> = reports.collect();
    bar.finish_and_clear();
    let reports = reports.map_err(|error| Box::new(refused(error, &arguments.stimuli)))?;
    Ok(outcome(&reports).with_warnings(&opened.warnings))
}

fn target_named(id: &str) -> Result<&'static Target, Box<Outcome>> {
    verify::target_named(id).ok_or_else(|| {
        let known: Vec<&str> = TARGETS.iter().map(|target| target.id).collect();
        let known = known.join("`, `");
        Box::new(Outcome::failed(format!(
            "nothing here runs an image for `{id}`; choose one of `{known}`"
        )))
    })
}

fn native_named(id: &str) -> Result<&'static Target, Box<Outcome>> {
    verify::native_named(id).ok_or_else(|| {
        let known: Vec<&str> = NATIVE_TARGETS.iter().map(|target| target.id).collect();
        let known = known.join("`, `");
        Box::new(Outcome::failed(format!(
            "nothing here runs a native image for `{id}`; choose `{known}`, whose image is made of the same C"
        )))
    })
}

/// Each ECU on its own board; those that follow each other on one board are one run.
fn own_targets(
    document: &Document,
    ecus: &[String],
) -> Result<Vec<(&'static Target, Vec<String>)>, Box<Outcome>> {
    let placed =
        own_boards::own_boards(document, ecus).map_err(|error| Box::new(Outcome::failed(error)))?;
    let mut runs: Vec<(&'static Target, Vec<String>)> = Vec::new();
    for Placed { ecu, target } in placed {
        let target = verify::target_named(target.id).ok_or_else(|| {
            let board = target.id;
            Box::new(Outcome::failed(format!(
                "ECU `{ecu}` is `{board}`, of which nothing here runs an image; choose ECUs by `--ecu`, or name what runs them by `--target`"
            )))
        })?;
        match runs.last_mut() {
            Some((last, ecus)) if *last == target => ecus.push(ecu),
            _ => runs.push((target, vec![ecu])),
        }
    }
    Ok(runs)
}

fn recording(path: &Path) -> Result<Recording, Box<Outcome>> {
    let text = files::read_text(path).map_err(|error| Box::new(Outcome::failed(error)))?;
    Recording::from_text(&text).map_err(|error| {
        let path = path.display();
        Box::new(Outcome::failed(format!("`{path}`: {error}")))
    })
}

fn refused(error: VerifyError, stimuli: &Stimuli) -> Outcome {
    match error {
        VerifyError::Simulation(error) => stimuli.refused(error),
        VerifyError::EndsEarly { .. } | VerifyError::Image(_) => Outcome::wrong(error),
        other => Outcome::failed(other),
    }
}

fn outcome(reports: &[Report]) -> Outcome {
    let json = match reports {
        [report] => serde_json::to_value(report),
        reports => serde_json::to_value(reports).map(|reports| json!({ "reports": reports })),
    };
    let json = match json {
        Ok(json) => json,
        Err(error) => return Outcome::failed(error),
    };
    let ecus = || reports.iter().flat_map(|report| &report.ecus);
    let is = |agreement| ecus().any(|ecu| ecu.verdict == agreement);
    let status = match (is(Agreement::Lost), is(Agreement::Different)) {
        (true, _) => Status::Failed,
        (false, true) => Status::ModelWrong,
        (false, false) => Status::Fine,
    };
    let told = reports.iter().flat_map(|report| {
        let ecus = report.ecus.iter();
        ecus.map(|ecu| ecu_text(&report.target, ecu))
    });
    let text = told.collect();
    Outcome { status, json, text }
}

/// One ECU, driven by the tester at standard input and output.
pub(super) fn under_test(arguments: &UnderTestArguments) -> Outcome {
    let (system, partitions) = match runner::read_folder(&arguments.system, &arguments.ecu) {
        Ok(both) => both,
        Err(error) => return Outcome::failed(error),
    };
    let code = match arguments.interpreted {
        true => runner::Code::Pulley64,
        false => runner::Code::Native,
    };
    let link = Stream::new(io::stdin(), io::stdout());
    match runner::serve((&system, &partitions), &arguments.ecu, code, link) {
        Ok(()) => Outcome::fine(serde_json::Value::Null, String::new()),
        Err(error) => Outcome::failed(format!("ECU `{}`: {error}", arguments.ecu)),
    }
}

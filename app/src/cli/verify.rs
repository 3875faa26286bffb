//! `wireloom verify PROJECT --target BOARD`.

use super::{
    compose::opened_and_composed,
    outcome::{Outcome, Status, chosen_ecu},
    progress,
    simulate::Stimuli,
};
use crate::{
    files,
    verify::{self, Agreement, Report, Request, TARGETS, VerifyError, ecu_text},
};
use back_to_back::{Recording, Stream};
use std::{
    io,
    path::{Path, PathBuf},
};

#[derive(Debug, clap::Args)]
pub(super) struct VerifyArguments {
    /// Folder or `.wireloom` file
    project: PathBuf,
    /// What the image runs on
    #[arg(long, value_name = "BOARD")]
    target: String,
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
    let target = verify::target_named(&arguments.target).ok_or_else(|| {
        let known: Vec<&str> = TARGETS.iter().map(|target| target.id).collect();
        let name = &arguments.target;
        let known = known.join("`, `");
        failed(&format!(
            "nothing here runs an image for `{name}`; choose one of `{known}`"
        ))
    })?;
    let (until_ns, options) = arguments.stimuli.read()?;
    let opened = opened_and_composed(&arguments.project)?;
    let system = &opened.composed.system;
    let recording = arguments.recording.as_deref().map(recording).transpose()?;
    let named = recording.as_ref().map(|recording| &recording.head.ecu);
    let ecus = match named.or(arguments.ecu.as_ref()) {
        Some(name) => vec![chosen_ecu(system, Some(name))?],
        None => system.ecus.iter().map(|ecu| ecu.name.clone()).collect(),
    };
    let program = std::env::current_exe()
        .map_err(|error| failed(&format!("this program cannot find itself: {error}")))?;
    let request = Request {
        project: &opened.project,
        composed: &opened.composed,
        target,
        ecus: &ecus,
        until_ns,
        options: &options,
        recording: recording.as_ref(),
        program: &program,
    };
    let bar = progress::spinner("Verifying");
    let report = verify::verify(&request, &mut |ecu, share| {
        bar.set_message(format!("Verifying {ecu}: {:.0} %", share * 100.0));
        true
    });
    bar.finish_and_clear();
    let report = report.map_err(|error| Box::new(refused(error, &arguments.stimuli)))?;
    Ok(outcome(&report).with_warnings(&opened.warnings))
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

fn outcome(report: &Report) -> Outcome {
    let json = match serde_json::to_value(report) {
        Ok(json) => json,
        Err(error) => return Outcome::failed(error),
    };
    let is = |agreement| report.ecus.iter().any(|ecu| ecu.verdict == agreement);
    let status = match (is(Agreement::Lost), is(Agreement::Different)) {
        (true, _) => Status::Failed,
        (false, true) => Status::ModelWrong,
        (false, false) => Status::Fine,
    };
    let text = report
        .ecus
        .iter()
        .map(|ecu| ecu_text(report.target, ecu))
        .collect();
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

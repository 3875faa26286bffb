//! The verification of an export on a thread: the engine of `wireloom verify`, with progress and a way to
//! end it. Knows nothing of the window.

use super::jobs::Handle;
use crate::{
    files::Project,
    session::{Destination, Event, VerifiedEcu},
    verify::{self, Agreement, EcuReport, Request, VerifyError},
};
use graph_core::{compose::compose, document::Document, library::Library};
use simulator::Options;
use std::path::PathBuf;

/// Virtual time that is held against the target.
const VERIFIED_NS: u64 = 2_000_000_000;
/// Progress is told in so many steps an ECU.
const STEPS: usize = 100;

pub(super) fn verify(
    document: Document,
    library: Library,
    (destination, ecus): (Destination, &[String]),
    job: &Handle,
) -> Vec<Event> {
    let project = Project {
        path: PathBuf::new(),
        document,
        library,
        warnings: Vec::new(),
    };
    let verified = match verified(&project, (destination, ecus), job) {
        Ok(ecus) => Some(Ok(ecus)),
        Err(Ended::Stopped) => None,
        Err(Ended::Failed(reason)) => Some(Err(reason)),
    };
    vec![Event::Verified(verified)]
}

/// Why there is no result.
enum Ended {
    Stopped,
    Failed(String),
}

impl From<VerifyError> for Ended {
    fn from(error: VerifyError) -> Ended {
        match error {
            VerifyError::Stopped => Ended::Stopped,
            other => Ended::Failed(other.to_string()),
        }
    }
}

fn verified(
    project: &Project,
    (destination, ecus): (Destination, &[String]),
    job: &Handle,
) -> Result<Vec<VerifiedEcu>, Ended> {
    let failed = |error: &dyn std::fmt::Display| Ended::Failed(error.to_string());
    let Some(target) = verify::on_this_machine(destination) else {
        return Err(Ended::Failed(
            "nothing on this machine runs this target; choose a virtual board of the same core"
                .to_owned(),
        ));
    };
    let composed = compose(&project.document, &project.library).map_err(|error| failed(&error))?;
    let all = composed.system.ecus.iter();
    let chosen = all.filter(|ecu| ecus.is_empty() || ecus.contains(&ecu.name));
    let ecus: Vec<String> = chosen.map(|ecu| ecu.name.clone()).collect();
    let program = std::env::current_exe().map_err(|error| failed(&error))?;
    let request = Request {
        project,
        composed: &composed,
        target,
        ecus: &ecus,
        until_ns: VERIFIED_NS,
        options: &Options::default(),
        recording: None,
        program: &program,
    };
    let mut told = usize::MAX;
    let report = verify::verify(&request, &mut |ecu, share| {
        let before = ecus.iter().position(|one| one == ecu).unwrap_or(0);
        let done = before * STEPS + (share * STEPS as f64) as usize;
        // An event for every entry of a recording would flood the window.
        if done != told {
            told = done;
            job.progress(done, ecus.len() * STEPS);
        }
        !job.is_cancelled()
    })?;
    let ecus = report.ecus.iter();
    Ok(ecus.map(|ecu| told_of(&report.target, ecu)).collect())
}

fn told_of(target: &str, ecu: &EcuReport) -> VerifiedEcu {
    VerifiedEcu {
        ecu: ecu.ecu.clone(),
        agrees: ecu.verdict == Agreement::Same,
        text: verify::ecu_text(target, ecu).trim_end().to_owned(),
    }
}

//! A project that has run for the time that was asked for: what commands look into afterwards.

use super::{
    compose::{Opened, opened_and_composed},
    outcome::Outcome,
    progress,
    simulate::{Stimuli, simulation},
};
use crate::observe::{self, Meaning, cause};
use simulator::Simulation;
use std::path::Path;

/// What causes are asked of.
pub(super) fn run<'a>(
    opened: &'a Opened,
    meaning: &'a Meaning,
    simulation: &'a Simulation,
) -> cause::Run<'a> {
    cause::Run {
        document: &opened.project.document,
        library: &opened.project.library,
        composed: &opened.composed,
        meaning,
        trace: simulation.trace(),
    }
}

pub(super) fn meaning(opened: &Opened) -> Meaning {
    let project = &opened.project;
    observe::meaning(&project.document, &project.library, &opened.composed)
}

/// The project and its run.
pub(super) fn ran(project: &Path, stimuli: &Stimuli) -> Result<(Opened, Simulation), Box<Outcome>> {
    let (end_ns, mut options) = stimuli.read()?;
    let mut opened = opened_and_composed(project)?;
    let (document, library) = (&opened.project.document, &opened.project.library);
    observe::surround(&mut options, document, library);
    stimuli.given(&mut options, &mut opened)?;
    let compiling = progress::spinner("Compiling");
    let simulation = simulation(&opened.composed, options);
    compiling.finish_and_clear();
    let mut simulation = simulation.map_err(|error| Box::new(stimuli.refused(error)))?;
    let bar = progress::virtual_time("Simulating", end_ns);
    simulation.run_until(end_ns, &mut |simulation: &Simulation| {
        bar.set_position(simulation.now_ns() / 1_000_000);
        true
    });
    bar.finish_and_clear();
    Ok((opened, simulation))
}

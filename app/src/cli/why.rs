//! `wireloom why PROJECT ELEMENT --at TIME`: the cause of a value, and what it changed.

use super::{compose::opened_and_composed, outcome::Outcome, progress, simulate::Stimuli};
use crate::observe::{
    self,
    cause::{self, Run},
};
use simulator::Simulation;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(super) struct WhyArguments {
    /// Folder or `.wireloom` file
    project: PathBuf,
    /// An end as the project writes it, `fan.duty` in short, or `can0:FanStatus.Duty`
    element: String,
    /// The instant that is asked about: `2.5s`, `250ms`
    #[arg(long, value_name = "TIME")]
    at: String,
    #[command(flatten)]
    stimuli: Stimuli,
}

pub(super) fn why(arguments: &WhyArguments) -> Outcome {
    let (end_ns, mut options) = match arguments.stimuli.read() {
        Ok(both) => both,
        Err(outcome) => return *outcome,
    };
    let at_ns = match simulator::parse_duration_ns(&arguments.at) {
        Ok(at_ns) if at_ns <= end_ns => at_ns,
        Ok(_) => {
            return Outcome::failed(
                "the instant lies behind the end of the run; give a longer `--for`",
            );
        }
        Err(error) => return Outcome::failed(error),
    };
    let mut opened = match opened_and_composed(&arguments.project) {
        Ok(opened) => opened,
        Err(outcome) => return *outcome,
    };
    observe::surround(
        &mut options,
        &opened.project.document,
        &opened.project.library,
    );
    if let Err(outcome) = arguments.stimuli.given(&mut options, &mut opened) {
        return *outcome;
    }
    let compiling = progress::spinner("Compiling");
    let simulation = super::simulate::simulation(&opened.composed, options);
    compiling.finish_and_clear();
    let mut simulation = match simulation {
        Ok(simulation) => simulation,
        Err(error) => return arguments.stimuli.refused(error),
    };
    let bar = progress::virtual_time("Simulating", end_ns);
    simulation.run_until(end_ns, &mut |simulation: &Simulation| {
        bar.set_position(simulation.now_ns() / 1_000_000);
        true
    });
    bar.finish_and_clear();
    let (document, library) = (&opened.project.document, &opened.project.library);
    let meaning = observe::meaning(document, library, &opened.composed);
    let run = Run {
        document,
        library,
        composed: &opened.composed,
        meaning: &meaning,
        trace: simulation.trace(),
    };
    let why = match cause::why(&run, &arguments.element, at_ns) {
        Ok(why) => why,
        Err(error) => return Outcome::failed(error),
    };
    match serde_json::to_value(&why) {
        Ok(json) => Outcome::fine(json, cause::told(&why)).with_warnings(&opened.warnings),
        Err(error) => Outcome::failed(error),
    }
}

//! `wireloom why PROJECT ELEMENT --at TIME`: the cause of a value, and what it changed.

use super::{outcome::Outcome, ran, simulate::Stimuli};
use crate::observe::cause;
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
    let at_ns = match simulator::parse_duration_ns(&arguments.at) {
        Ok(at_ns) => at_ns,
        Err(error) => return Outcome::failed(error),
    };
    if let Ok((end_ns, _)) = arguments.stimuli.read()
        && at_ns > end_ns
    {
        let reason = "the instant lies behind the end of the run; give a longer `--for`";
        return Outcome::failed(reason);
    }
    let (opened, simulation) = match ran::ran(&arguments.project, &arguments.stimuli) {
        Ok(ran) => ran,
        Err(outcome) => return *outcome,
    };
    let meaning = ran::meaning(&opened);
    let run = ran::run(&opened, &meaning, &simulation);
    let why = match cause::why(&run, &arguments.element, at_ns) {
        Ok(why) => why,
        Err(error) => return Outcome::failed(error),
    };
    match serde_json::to_value(&why) {
        Ok(json) => Outcome::fine(json, cause::told(&why)).with_warnings(&opened.warnings),
        Err(error) => Outcome::failed(error),
    }
}

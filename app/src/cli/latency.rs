//! `wireloom latency PROJECT FROM TO`: from a value to another one that comes of it, end to end.

use super::{outcome::Outcome, ran, simulate::Stimuli};
use crate::observe::cause::{self, Latency, Spread};
use std::{fmt::Write, path::PathBuf};

#[derive(Debug, clap::Args)]
pub(super) struct LatencyArguments {
    /// Folder or `.wireloom` file
    project: PathBuf,
    /// Where the chain begins: an end as the project writes it, `sensor.temperature` in short, or a
    /// device that is read
    from: String,
    /// Where it ends, as `can0:FanStatus.Duty`
    to: String,
    /// The deadline of the chain: `50ms`
    #[arg(long, value_name = "TIME")]
    within: Option<String>,
    #[command(flatten)]
    stimuli: Stimuli,
}

pub(super) fn latency(arguments: &LatencyArguments) -> Outcome {
    let within = arguments
        .within
        .as_deref()
        .map(simulator::parse_duration_ns);
    let deadline_ns = match within.transpose() {
        Ok(deadline_ns) => deadline_ns,
        Err(error) => return Outcome::failed(error),
    };
    let (opened, simulation) = match ran::ran(&arguments.project, &arguments.stimuli) {
        Ok(ran) => ran,
        Err(outcome) => return *outcome,
    };
    let meaning = ran::meaning(&opened);
    let run = ran::run(&opened, &meaning, &simulation);
    let found = cause::latency(&run, &arguments.from, &arguments.to, deadline_ns);
    let found = match found {
        Ok(found) => found,
        Err(error) => return Outcome::failed(error),
    };
    let json = match serde_json::to_value(&found) {
        Ok(json) => json,
        Err(error) => return Outcome::failed(error),
    };
    let text = text(&found);
    // A deadline that was never put to the test is not met.
    let is_missed = deadline_ns.is_some() && (!found.misses.is_empty() || found.latency.is_none());
    let outcome = match is_missed {
        true => Outcome {
            json,
            text,
            ..Outcome::wrong("")
        },
        false => Outcome::fine(json, text),
    };
    outcome.with_warnings(&opened.warnings)
}

fn text(found: &Latency) -> String {
    let mut text = format!("{} to {}\n", found.from, found.to);
    // Writing to a string does not fail.
    let _ = match (&found.latency, &found.age) {
        (Some(latency), Some(age)) => {
            let _ = writeln!(text, "  latency {}", spread(latency));
            writeln!(text, "  age     {}", spread(age))
        }
        _ => writeln!(text, "  nothing at the end came of the start"),
    };
    for (count, words) in [
        (found.unused, "values at the start were never used"),
        (
            found.possible,
            "latencies are possible ones: the trace does not say for sure",
        ),
    ] {
        if count > 0 {
            let _ = writeln!(text, "  {count} {words}");
        }
    }
    if let Some(deadline_ns) = found.deadline_ns {
        let deadline = cause::age(deadline_ns);
        let _ = writeln!(
            text,
            "  {} above the deadline of {deadline}",
            found.misses.len()
        );
        for miss in found.misses.iter().take(10) {
            let (start, end) = (cause::seconds(miss.start_ns), cause::seconds(miss.end_ns));
            let _ = writeln!(text, "    {start} to {end}: {}", cause::age(miss.took_ns()));
        }
    }
    text
}

fn spread(spread: &Spread) -> String {
    let [least, median, most] = [spread.min_ns, spread.median_ns, spread.max_ns].map(cause::age);
    format!("{least} to {most}, median {median}, {} times", spread.count)
}

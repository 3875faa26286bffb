//! `--break TEXT`: a run that stops by itself, and what it says then.

use super::{compose::Opened, outcome::Outcome};
use crate::observe::{self, Breakpoint, Hit, Running};
use graph_core::hierarchy;
use simulator::{Halt, Simulation};
use std::fmt::Write;

/// Runs until `end_ns` or the first breakpoint.
pub(super) fn run(
    opened: &Opened,
    texts: &[String],
    simulation: &mut Simulation,
    end_ns: u64,
    progress: &dyn Fn(&Simulation),
) -> Result<(Halt, Option<Hit>), Box<Outcome>> {
    let mut following = |simulation: &Simulation| {
        progress(simulation);
        true
    };
    if texts.is_empty() {
        return Ok((simulation.run_until(end_ns, &mut following), None));
    }
    let (document, library) = (&opened.project.document, &opened.project.library);
    let flat = hierarchy::flattened(document).document;
    let meaning = observe::meaning(document, library, &opened.composed);
    let running = Running {
        document: &flat,
        composed: &opened.composed,
        meaning: &meaning,
    };
    let all = texts.iter().map(|text| Breakpoint::new(running, text));
    let all: Result<Vec<Breakpoint>, _> = all.collect();
    let mut all = all.map_err(|error| Box::new(Outcome::failed(error)))?;
    let (mut seen, mut stopped) = (0, None);
    let halt = simulation.watch_until(end_ns, &mut |simulation| {
        progress(simulation);
        for row in simulation.trace().rows_from(seen) {
            for breakpoint in &mut all {
                let hit = breakpoint.hit(&meaning, &row);
                stopped = stopped.take().or(hit);
            }
        }
        seen = simulation.trace().end();
        stopped.is_none()
    });
    Ok((halt, stopped))
}

/// Adds where the run has stopped, if it has.
pub(super) fn add(mut outcome: Outcome, stopped: Option<Hit>) -> Outcome {
    let Some(hit) = stopped else {
        return outcome;
    };
    let seconds = hit.at_ns as f64 / 1e9;
    // Writing to a string does not fail.
    let _ = writeln!(
        outcome.text,
        "stopped at {seconds} s by {}: {}",
        hit.text, hit.reason
    );
    match (outcome.json.as_object_mut(), serde_json::to_value(hit)) {
        (Some(object), Ok(stopped)) => drop(object.insert("stopped".to_owned(), stopped)),
        (_, Err(error)) => return Outcome::failed(error),
        (None, _) => {}
    }
    outcome
}

//! What probes have told of a run, beside what `simulate` says of it.

use super::{compose::Opened, outcome::Outcome};
use crate::observe::{self, ProbeFollower};
use simulator::Simulation;
use std::fmt::Write;

/// Adds the calls on probed connectors, where there are any.
pub(super) fn add(mut outcome: Outcome, opened: &Opened, simulation: &Simulation) -> Outcome {
    let partitions = &opened.composed.partitions;
    if partitions
        .iter()
        .all(|one| one.deployment.probes.is_empty())
    {
        return outcome;
    }
    let (document, library) = (&opened.project.document, &opened.project.library);
    let meaning = observe::meaning(document, library, &opened.composed);
    let mut follower = ProbeFollower::default();
    for row in simulation.trace().rows_from(0) {
        follower.follow(&meaning, &row);
    }
    let found: Vec<_> = follower.known.into_values().collect();
    for one in &found {
        // Writing to a string does not fail.
        let _ = writeln!(
            outcome.text,
            "probe {} {}: {} calls, {} to {} ns, mean {} ns; last {} gave {}",
            one.connector,
            one.function,
            one.calls,
            one.min_ns,
            one.max_ns,
            one.mean_ns,
            one.arguments,
            one.result
        );
    }
    match (outcome.json.as_object_mut(), serde_json::to_value(found)) {
        (Some(object), Ok(probes)) => drop(object.insert("probes".to_owned(), probes)),
        (_, Err(error)) => return Outcome::failed(error),
        (None, _) => {}
    }
    outcome
}

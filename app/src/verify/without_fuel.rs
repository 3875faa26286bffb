//! What a native image can be held against: it counts no fuel, so the simulation gives fuel no time,
//! and the recording leaves out how much there was, and the words of a trap, which are the engine's.
//! Knows nothing of targets.

use back_to_back::{Entry, Note, Recording};
use graph_core::compose::Composed;

/// The project as it is recorded: an activation of these ECUs takes its constant part and what it
/// waits for.
pub fn without_time_of_fuel(composed: &mut Composed, ecus: &[String]) {
    let all = composed.system.ecus.iter_mut();
    for ecu in all.filter(|ecu| ecus.contains(&ecu.name)) {
        ecu.fuel_ps = 0;
    }
}

/// The recording of such a simulation without what a native image does not know.
pub fn without_fuel(recording: &mut Recording) {
    for entry in &mut recording.entries {
        match entry {
            Entry::Note(Note::Left { fuel, .. }) => *fuel = 0,
            Entry::Ended(ended) => {
                ended.fuel = 0;
                if let Some(trap) = &mut ended.trap {
                    // By its name: `told.c` of the native runtime has the same.
                    let cause = serde_json::to_value(trap.cause).unwrap_or_default();
                    trap.reason = cause.as_str().unwrap_or_default().to_owned();
                }
            }
            _ => {}
        }
    }
}

/// Whether a recording is of a simulation that counted fuel.
pub(super) fn counts_fuel(recording: &Recording) -> bool {
    let spent = |entry: &Entry| matches!(entry, Entry::Ended(ended) if ended.fuel > 0);
    recording.entries.iter().any(spent)
}

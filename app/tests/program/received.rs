//! What the window shows of signals where they are received.

use crate::support::{SECOND, sample, simulated};
use simulator::Options;
use std::{collections::BTreeSet, path::Path};

#[test]
fn a_received_enum_is_shown_by_its_case() {
    let watched = simulated(
        Path::new(&sample("thermal")),
        Options::default(),
        5 * SECOND,
    );
    let values = watched.observed().flat_map(|observed| observed.values);
    let states: BTreeSet<String> = values
        .filter(|(name, _)| name == "can0:FanStatus.State")
        .map(|(_, value)| value.text)
        .collect();
    let cases = ["off", "ramping", "running", "fault"].map(str::to_owned);
    assert!(states.contains("running"), "{states:?}");
    assert!(states.is_subset(&cases.into()), "{states:?}");
}

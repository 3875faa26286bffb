//! What a run in virtual time tells besides its summary: modes, checks of protected messages,
//! non-volatile blocks; as fields and as text.

use super::compose::Opened;
use crate::observe::{self, Checked, ModeFollower};
use graph_core::hierarchy;
use serde_json::{Map, Value};
use simulator::{NvView, Simulation};
use std::{collections::BTreeMap, fmt::Write};

/// See the file's head.
pub(super) struct Told {
    modes: Vec<ModeSwitched>,
    checks: Vec<MessageChecks>,
    blocks: Vec<BlockLeft>,
}

impl Told {
    pub(super) fn of(opened: &Opened, simulation: &Simulation) -> Told {
        Told {
            modes: modes(opened, simulation),
            checks: checks(opened, simulation),
            blocks: simulation.nv().map(BlockLeft::of).collect(),
        }
    }

    /// As fields; what a project does not have is left out.
    pub(super) fn add_to(&self, object: &mut Map<String, Value>) -> serde_json::Result<()> {
        let fields = [
            ("modes", serde_json::to_value(&self.modes)?),
            ("e2e", serde_json::to_value(&self.checks)?),
            ("nv", serde_json::to_value(&self.blocks)?),
        ];
        let told = fields.into_iter();
        let told = told.filter(|(_, value)| value.as_array().is_some_and(|one| !one.is_empty()));
        object.extend(told.map(|(name, value)| (name.to_owned(), value)));
        Ok(())
    }

    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        let mut last: BTreeMap<&str, &ModeSwitched> = BTreeMap::new();
        last.extend(self.modes.iter().map(|one| (one.element.as_str(), one)));
        for (element, mode) in last {
            let seconds = mode.at_ns as f64 / 1e9;
            let _ = writeln!(text, "mode of {element}: {} since {seconds} s", mode.mode);
        }
        for MessageChecks { last, checks } in &self.checks {
            let counts = checks
                .iter()
                .map(|(status, count)| format!("{count} {status}"));
            let counts: Vec<String> = counts.collect();
            let _ = writeln!(
                text,
                "{} at {}: {}, last {}; {}",
                last.message,
                last.partition,
                last.state,
                last.status,
                counts.join(", ")
            );
        }
        for block in self.blocks.iter().filter(|block| block.writes > 0) {
            let _ = writeln!(
                text,
                "block {}/{}/{}: written {} times, last at {} s",
                block.ecu,
                block.partition,
                block.block,
                block.writes,
                block.changed_ns.unwrap_or_default() as f64 / 1e9
            );
        }
        text
    }
}

/// A non-volatile block at the end of a run.
#[derive(Debug, serde::Serialize)]
struct BlockLeft {
    ecu: String,
    partition: String,
    block: String,
    /// Hexadecimal digits; null: never written, or invalidated.
    content: Option<String>,
    changed_ns: Option<u64>,
    writes: u64,
}

impl BlockLeft {
    fn of(view: NvView<'_>) -> BlockLeft {
        let digits = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        BlockLeft {
            ecu: view.ecu.to_owned(),
            partition: view.partition.to_owned(),
            block: view.block.to_owned(),
            content: view.content.map(digits),
            changed_ns: view.changed_ns,
            writes: view.writes,
        }
    }
}

/// A change of a mode machine.
#[derive(Debug, serde::Serialize)]
struct ModeSwitched {
    element: String,
    at_ns: u64,
    mode: String,
    previous: Option<String>,
    in_transition: bool,
}

/// What the kept rows tell of modes: the first word of each machine, then its changes.
fn modes(opened: &Opened, simulation: &Simulation) -> Vec<ModeSwitched> {
    let (document, library) = (&opened.project.document, &opened.project.library);
    if observe::mode_groups(&hierarchy::flattened(document).document, library).is_empty() {
        return Vec::new();
    }
    let meaning = observe::meaning(document, library, &opened.composed);
    let mut follower = ModeFollower::default();
    let rows = simulation.trace().rows_from(0);
    let switched = rows.filter_map(|row| {
        let switch = follower.follow(&mut meaning.observe(&row))?;
        Some(ModeSwitched {
            element: switch.element,
            at_ns: switch.view.since_ns,
            mode: switch.view.state.next,
            previous: switch.before.map(|before| before.next),
            in_transition: switch.view.state.in_transition,
        })
    });
    switched.collect()
}

/// A protected message at one of its receivers.
#[derive(Debug, serde::Serialize)]
struct MessageChecks {
    #[serde(flatten)]
    last: Checked,
    /// How many checks gave each status.
    checks: BTreeMap<String, u64>,
}

/// What the kept rows tell of the checks of messages that are protected end to end.
fn checks(opened: &Opened, simulation: &Simulation) -> Vec<MessageChecks> {
    let mut pdus = opened.project.document.pdus.values();
    if pdus.all(|pdu| pdu.protection.is_none()) {
        return Vec::new();
    }
    let (document, library) = (&opened.project.document, &opened.project.library);
    let meaning = observe::meaning(document, library, &opened.composed);
    let mut found: BTreeMap<(String, String), MessageChecks> = BTreeMap::new();
    for row in simulation.trace().rows_from(0) {
        let Some(last) = observe::checked(&meaning.observe(&row)) else {
            continue;
        };
        let key = (last.message.clone(), last.partition.clone());
        let entry = found.entry(key).or_insert_with(|| MessageChecks {
            last: last.clone(),
            checks: BTreeMap::new(),
        });
        *entry.checks.entry(last.status.clone()).or_default() += 1;
        entry.last = last;
    }
    found.into_values().collect()
}

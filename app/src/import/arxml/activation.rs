//! What starts runnables: RTE events as activations.

use super::Builder;
use arxml::{Disabled, Event, Model};
use graph_core::document::{Activation, FunctionPath, ModeChange, RteEvent};
use std::collections::{BTreeMap, BTreeSet};

impl Builder<'_> {
    /// The activations of a new instance of that component type; none of a composition.
    ///
    /// Rate-monotonic: the shorter the period, the higher the priority; what comes by data or by a
    /// mode is above all of them, what runs once at the start below.
    pub(super) fn activations(&self, component: &str) -> Vec<Activation> {
        let Some(component) = self.atoms.get(component) else {
            return Vec::new();
        };
        let mut found = Vec::new();
        for runnable in &component.runnables {
            for (number, event) in runnable.events.iter().enumerate() {
                let (event, priority) = match event {
                    Event::Init => (RteEvent::Init, 1),
                    Event::Timing {
                        period_ns,
                        offset_ns,
                    } => {
                        let timing = RteEvent::Timing {
                            period_ns: *period_ns,
                            offset_ns: *offset_ns,
                        };
                        (timing, self.rank(*period_ns))
                    }
                    Event::DataReceived => (RteEvent::DataReceived, self.rank(0)),
                    Event::ModeSwitch { port, change } => {
                        let switch = RteEvent::ModeSwitch {
                            port: port.clone(),
                            change: mode_change(change),
                        };
                        (switch, self.rank(0))
                    }
                };
                let disabled = runnable.disabled.iter().filter(|one| one.event == number);
                let mut disabled_in: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
                for Disabled { mode, .. } in disabled {
                    let modes = disabled_in.entry(mode.port.clone()).or_default();
                    modes.insert(mode.mode.clone());
                }
                found.push(Activation {
                    runnable: FunctionPath {
                        port: runnable.function.clone(),
                        function: None,
                    },
                    event,
                    priority,
                    task: None,
                    disabled_in,
                });
            }
        }
        found
    }

    /// How many periods of the model are longer, from 2 on.
    fn rank(&self, period_ns: u64) -> u32 {
        let longer = self.periods.partition_point(|other| *other > period_ns);
        u32::try_from(longer).map_or(u32::MAX, |longer| longer.saturating_add(2))
    }
}

fn mode_change(change: &arxml::ModeChange) -> ModeChange {
    match change {
        arxml::ModeChange::Entry(mode) => ModeChange::Entry(mode.clone()),
        arxml::ModeChange::Exit(mode) => ModeChange::Exit(mode.clone()),
        arxml::ModeChange::Transition { from, to } => ModeChange::Transition {
            from: from.clone(),
            to: to.clone(),
        },
    }
}

/// All periods of timing events, each once, longest first.
pub(super) fn periods(model: &Model) -> Vec<u64> {
    let runnables = model.components.iter().flat_map(|one| &one.runnables);
    let periods: BTreeSet<u64> = runnables
        .flat_map(|runnable| &runnable.events)
        .filter_map(|event| match event {
            Event::Timing { period_ns, .. } => Some(*period_ns),
            _ => None,
        })
        .collect();
    periods.into_iter().rev().collect()
}

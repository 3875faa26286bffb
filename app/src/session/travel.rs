//! Back to an earlier instant and on to a later one: what is asked of the simulation, and what of the
//! picture of it goes.

use super::{Effect, Session, SimulationOrder, Snapshot, StepSize};
use crate::command::Command;

impl Session {
    pub(super) fn apply_travel(&mut self, command: Command) -> Vec<Effect> {
        let order = match command {
            Command::StepEvent => SimulationOrder::Step(StepSize::Event),
            Command::StepBack => SimulationOrder::StepBack(StepSize::Activation),
            Command::StepEventBack => SimulationOrder::StepBack(StepSize::Event),
            Command::GoToInstant(at_ns) => {
                self.view.asks_instant = false;
                SimulationOrder::GoTo(at_ns)
            }
            Command::AskForInstant => {
                self.view.asks_instant = !self.view.asks_instant;
                return Vec::new();
            }
            _ => return Vec::new(),
        };
        self.on_started(order)
    }

    /// An order to what runs, or to what is started for it.
    pub(super) fn on_started(&mut self, order: SimulationOrder) -> Vec<Effect> {
        let mut effects = match self.run.is_started() {
            true => Vec::new(),
            false => self.start_simulation(),
        };
        effects.push(Effect::Simulation(order));
        effects
    }

    pub(super) fn take_snapshot(&mut self, snapshot: Snapshot) {
        if snapshot.is_anew {
            self.run.clear();
            self.run.devices.clone_from(&self.run.first_devices);
        }
        for (name, value) in &snapshot.stimuli {
            self.run.show_stimulus(name, *value);
        }
        self.run.take(snapshot);
    }
}

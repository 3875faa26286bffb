//! Back to an earlier instant and on to a later one: what is asked of the simulation, and what of the
//! picture of it goes.

use super::{
    Effect, Notice, NoticeKind, Panel, RunCompared, Session, SimulationOrder, Snapshot, StepSize,
};
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
            Command::CompareRunWith(path) => {
                return vec![Effect::Simulation(SimulationOrder::Compare(path))];
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

    pub(super) fn take_compared_run(&mut self, compared: Result<RunCompared, String>) {
        let compared = match compared {
            Ok(compared) => compared,
            Err(reason) => return self.fail(reason),
        };
        let RunCompared { file, rows, .. } = &compared;
        let Some(found) = &compared.difference else {
            return self.done(format!("the same as {file} up to now: {rows} rows"));
        };
        self.view.cursor_ns = Some(found.at_ns);
        self.view.hidden_panels.remove(&Panel::Trace);
        let row = |rows: &[String]| {
            let row = rows.first().map(|row| row.replace('\t', "  "));
            row.unwrap_or_else(|| "nothing more".to_owned())
        };
        let here = format!("here: {}", row(&found.first));
        let there = format!("in {file}: {}", row(&found.second));
        let seconds = found.at_ns as f64 / 1e9;
        self.notices.push(Notice {
            kind: NoticeKind::Warning,
            text: format!(
                "the runs differ first at {seconds} s, after {} rows\n{here}\n{there}\n{}",
                found.rows, found.cause
            ),
        });
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

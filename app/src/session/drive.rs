//! What the run controls and stimuli do to the simulation.

use super::{Effect, Phase, Session, SimulationOrder, StepSize};
use crate::command::Command;

impl Session {
    pub(super) fn apply_run(&mut self, command: Command) -> Vec<Effect> {
        let speed = self.run.speed;
        match command {
            Command::Run if self.run.is_started() => order(SimulationOrder::Run(speed)),
            Command::Run => {
                let mut effects = self.start_simulation();
                effects.push(Effect::Simulation(SimulationOrder::Run(speed)));
                effects
            }
            Command::Step | Command::StepFrame => {
                self.on_started(SimulationOrder::Step(match command {
                    Command::Step => StepSize::Activation,
                    _ => StepSize::Frame,
                }))
            }
            Command::Pause => order(SimulationOrder::Pause),
            Command::Restart => {
                self.run.clear();
                self.forget_why();
                order(SimulationOrder::Restart)
            }
            Command::Stop => {
                self.run.phase = Phase::Stopped;
                order(SimulationOrder::Stop)
            }
            Command::SetSpeed(speed) => {
                self.run.speed = speed;
                match self.run.is_running() {
                    true => order(SimulationOrder::Run(speed)),
                    false => Vec::new(),
                }
            }
            Command::SetStimulus {
                device,
                stimulus,
                value,
            } => {
                let name = format!("{device}.{stimulus}");
                self.run.show_stimulus(&name, value);
                order(SimulationOrder::SetStimulus {
                    device,
                    stimulus,
                    value,
                })
            }
            Command::SetParameter { element, text } => {
                self.run.calibrated.insert(element.clone(), text.clone());
                order(SimulationOrder::SetParameter { element, text })
            }
            Command::SetBlock { place, content } => {
                order(SimulationOrder::SetBlock { place, content })
            }
            Command::KeepBlocks(is_kept) => {
                self.run.keep_blocks(is_kept);
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    pub(super) fn start_simulation(&mut self) -> Vec<Effect> {
        let blocks = self.run.kept();
        self.run.clear();
        self.forget_why();
        self.run.phase = Phase::Starting;
        self.run.refused.clear();
        let mut effects = vec![Effect::StartSimulation {
            document: Box::new(self.flat()),
            library: self.library.clone(),
            blocks,
        }];
        if !self.view.breakpoints.is_empty() {
            effects.push(self.breakpoint_order());
        }
        effects
    }
}

fn order(order: SimulationOrder) -> Vec<Effect> {
    vec![Effect::Simulation(order)]
}

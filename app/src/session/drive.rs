//! What the run controls and stimuli do to the simulation.

use super::{Effect, Phase, Session, SimulationOrder};
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
                let mut effects = if self.run.is_started() {
                    Vec::new()
                } else {
                    self.start_simulation()
                };
                effects.push(Effect::Simulation(match command {
                    Command::Step => SimulationOrder::Step,
                    _ => SimulationOrder::StepFrame,
                }));
                effects
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
                self.remember_stimulus(&device, &stimulus, value);
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
            _ => Vec::new(),
        }
    }

    fn remember_stimulus(&mut self, device: &str, stimulus: &str, value: f64) {
        let devices = self
            .run
            .devices
            .iter_mut()
            .filter(|view| view.name == device);
        for view in devices.flat_map(|view| view.stimuli.iter_mut()) {
            if view.name == stimulus {
                view.value = value;
            }
        }
    }

    fn start_simulation(&mut self) -> Vec<Effect> {
        self.run.clear();
        self.forget_why();
        self.run.phase = Phase::Starting;
        vec![Effect::StartSimulation {
            document: Box::new(self.flat()),
            library: self.library.clone(),
        }]
    }
}

fn order(order: SimulationOrder) -> Vec<Effect> {
    vec![Effect::Simulation(order)]
}

//! The scenarios of the project in the window: which there are, what came of them, and a failed
//! assertion opened at its instant.

use super::{Effect, Panel, Phase, Session, SimulationOrder};
use crate::{command::Command, scenario::Tested};
use scenario::Verdict;
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

/// What the panel shows.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Scenarios {
    /// Name, and what it says of itself; by name. `None`: they have not been read yet.
    pub known: Option<Vec<(String, String)>>,
    /// Those that run.
    pub running: BTreeSet<String>,
    /// By name.
    pub results: BTreeMap<String, Tested>,
}

impl Session {
    pub fn scenarios(&self) -> &Scenarios {
        &self.scenarios
    }

    /// Whether scenarios could run now: they lie beside a project that has been saved.
    pub fn can_test(&self) -> bool {
        self.can_compose() && self.path.is_some()
    }

    pub(super) fn apply_scenarios(&mut self, command: Command) -> Vec<Effect> {
        match command {
            Command::Scenarios => {
                self.view.hidden_panels.remove(&Panel::Scenarios);
                self.read_scenarios()
            }
            Command::ReloadScenarios => self.read_scenarios(),
            Command::TestScenarios => {
                self.view.hidden_panels.remove(&Panel::Scenarios);
                let known = self.scenarios.known.clone().unwrap_or_default();
                let names = known.into_iter().map(|(name, _)| name);
                let mut effects = self.test(names.collect());
                effects.extend(self.read_scenarios());
                effects
            }
            Command::TestScenario(name) => self.test(vec![name]),
            Command::OpenFailure {
                scenario,
                assertion,
            } => self.open_failure(&scenario, assertion),
            _ => Vec::new(),
        }
    }

    pub(super) fn read_scenarios(&self) -> Vec<Effect> {
        let project = self.path.clone();
        project.map(Effect::ReadScenarios).into_iter().collect()
    }

    /// No names: all that there are.
    fn test(&mut self, names: Vec<String>) -> Vec<Effect> {
        let Some(project) = self.path.clone() else {
            return Vec::new();
        };
        self.scenarios.running.extend(names.iter().cloned());
        vec![Effect::TestScenarios {
            document: Box::new(self.flat()),
            library: self.library.clone(),
            project,
            names,
        }]
    }

    /// The scenario's run stands at the instant, with what the assertion asks about in the plot.
    fn open_failure(&mut self, name: &str, assertion: usize) -> Vec<Effect> {
        let judged = self.scenarios.results.get(name);
        let judged = judged.and_then(|tested| tested.judged.get(assertion));
        let (Some(judged), Some(project)) = (judged, self.path.clone()) else {
            return Vec::new();
        };
        let Verdict::Failed(failure) = &judged.verdict else {
            return Vec::new();
        };
        let at_ns = failure.at.0;
        // What is counted has no curve in the window.
        let signals = judged.signals.iter().filter(|signal| !signal.contains('('));
        self.view.plotted = signals.cloned().collect();
        self.run.clear();
        self.forget_why();
        self.run.phase = Phase::Starting;
        self.view.cursor_ns = Some(at_ns);
        self.view.hidden_panels.remove(&Panel::Plot);
        let opened = Effect::OpenScenario {
            document: Box::new(self.flat()),
            library: self.library.clone(),
            project,
            name: name.to_owned(),
        };
        let there = Effect::Simulation(SimulationOrder::GoTo(at_ns));
        vec![opened, there]
    }

    pub(super) fn take_scenarios(&mut self, project: &Path, known: Vec<(String, String)>) {
        if self.path.as_deref() == Some(project) {
            let is_known = |name: &String| known.iter().any(|(known, _)| known == name);
            self.scenarios.results.retain(|name, _| is_known(name));
            self.scenarios.known = Some(known);
        }
    }

    pub(super) fn take_tested(&mut self, tested: Tested) {
        self.scenarios.running.remove(&tested.name);
        self.scenarios.results.insert(tested.name.clone(), tested);
    }

    /// None of them runs any more.
    pub(super) fn end_tests(&mut self, failure: Option<String>) {
        self.scenarios.running.clear();
        if let Some(reason) = failure {
            self.fail(reason);
        }
    }
}

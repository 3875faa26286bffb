//! What ECUs take of the boards that the project gives them, kept up with the document. Knows what
//! is shown and when it is asked for anew; others reckon.

use super::{EcuBudget, Effect, Palette, Session, view::ViewRequest};
use crate::command::Command;
use graph_core::{
    document::{Instance, InstanceId, PartitionKey},
    edit::Edit,
};

/// Instances and the partitions that they would have.
pub type Assignment = Vec<(InstanceId, Option<PartitionKey>)>;

/// An instance, its partition, and its place where it gets another one.
type Deployed = (InstanceId, Option<PartitionKey>, Option<(f32, f32)>);

/// The budgets of the ECUs with a board.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Lanes {
    pub budgets: Vec<EcuBudget>,
    /// Why there are no newer ones: what, where, what to do.
    pub failed: Option<String>,
    /// The revision that was asked for, and the one that was told of.
    asked: Option<u64>,
    told: Option<u64>,
    trial: Option<Trial>,
    /// How often something was tried: numbers of trials come from above, those of revisions from
    /// below.
    trials: u64,
}

/// What is tried while instances are dragged from lane to lane.
#[derive(Debug, Clone, PartialEq)]
struct Trial {
    assignment: Assignment,
    asked: u64,
    budgets: Option<Result<Vec<EcuBudget>, String>>,
}

impl Lanes {
    /// The budget of an ECU.
    pub fn budget(&self, ecu: &str) -> Option<&EcuBudget> {
        self.budgets.iter().find(|budget| budget.ecu == ecu)
    }

    /// The budgets as they would be; `Some(None)`: they are not known yet. `None`: nothing is tried.
    pub fn trial(&self) -> Option<Option<&Result<Vec<EcuBudget>, String>>> {
        self.trial.as_ref().map(|trial| trial.budgets.as_ref())
    }

    /// What is tried.
    pub fn tried(&self) -> &[(InstanceId, Option<PartitionKey>)] {
        self.trial.as_ref().map_or(&[], |trial| &trial.assignment)
    }

    /// Whether what is shown is of an older document.
    pub fn is_old(&self) -> bool {
        self.asked != self.told
    }
}

impl Session {
    /// Whether the canvas shows ECUs as lanes: a composition is on no ECU by itself.
    pub fn shows_lanes(&self) -> bool {
        self.view.lanes && self.scope().is_none()
    }

    /// Budgets of the ECUs with a board.
    pub fn lanes(&self) -> &Lanes {
        &self.lanes
    }

    /// Asks for budgets, where the document is newer than what was asked for.
    pub(super) fn follow_budgets(&mut self) -> Option<Effect> {
        if self.document.ecus.values().all(|ecu| ecu.target.is_none()) {
            self.lanes = Lanes::default();
            return None;
        }
        if self.lanes.asked == Some(self.revision) {
            return None;
        }
        self.lanes.trial = None;
        self.lanes.asked = Some(self.revision);
        Some(Effect::Budget {
            document: Box::new(self.flat()),
            library: self.library.clone(),
            revision: self.revision,
        })
    }

    pub(super) fn apply_lanes(&mut self, command: Command) -> Vec<Effect> {
        match command {
            Command::ToggleLanes => {
                self.view.lanes = !self.view.lanes;
                self.view.requests.push(ViewRequest::FitAll);
                Vec::new()
            }
            Command::TryAssignment(assignment) => self.try_assignment(assignment),
            Command::Assign(places) => self.assign(places),
            Command::MoveToEcu => {
                let is_open = self.view.palette == Some(Palette::Partitions);
                self.view.palette = (!is_open).then_some(Palette::Partitions);
                Vec::new()
            }
            Command::DeploySelection(key) => {
                let selected = self.selected_instances().into_iter();
                let places = selected.map(|id| (id, key.clone(), None)).collect();
                self.deploy(places)
            }
            _ => Vec::new(),
        }
    }

    fn assign(
        &mut self,
        places: Vec<(InstanceId, Option<PartitionKey>, (f32, f32))>,
    ) -> Vec<Effect> {
        let places = places.into_iter();
        let places = places.map(|(id, key, at)| (id, key, Some(at)));
        self.deploy(places.collect())
    }

    /// One step: other partitions, and other places where there are some.
    fn deploy(&mut self, places: Vec<Deployed>) -> Vec<Effect> {
        let mut deployed = Vec::new();
        let mut edits = Vec::new();
        let count = places.len();
        for (id, key, at) in places {
            let Some(instance) = self.document.instances.get(&id) else {
                continue;
            };
            if instance.partition != key {
                deployed.push((instance.name.clone(), key.clone()));
                let instance = Instance {
                    partition: key,
                    ..instance.clone()
                };
                edits.push(Edit::ChangeInstance(id, instance));
            }
            edits.extend(at.into_iter().flat_map(|at| self.moved_with_notes(id, at)));
        }
        let place = |key: &Option<PartitionKey>| {
            let key = key.as_ref()?;
            let ecu = &self.document.ecus.get(&key.ecu)?.name;
            Some(format!("`{ecu}/{}`", key.partition))
        };
        let name = match deployed.as_slice() {
            [] if count == 1 => "Move".to_owned(),
            [] => format!("Move {count} instances"),
            [(name, key)] => match place(key) {
                Some(place) => format!("Assign `{name}` to {place}"),
                None => format!("Take `{name}` off its ECU"),
            },
            [(_, key), ..] => match place(key) {
                Some(place) => format!("Assign {} instances to {place}", deployed.len()),
                None => format!("Take {} instances off their ECU", deployed.len()),
            },
        };
        self.history.end_gesture();
        let effects = self.step(name, edits);
        self.history.end_gesture();
        effects
    }

    /// Asks what an assignment would take, while the user holds it over a lane.
    fn try_assignment(&mut self, assignment: Assignment) -> Vec<Effect> {
        let has_board = self.document.ecus.values().any(|ecu| ecu.target.is_some());
        if assignment.is_empty() || !has_board {
            let was_tried = self.lanes.trial.take().is_some();
            // The trial has pushed aside what was being reckoned.
            if was_tried && self.lanes.is_old() {
                self.lanes.asked = None;
            }
            return Vec::new();
        }
        let mut document = self.document.clone();
        for (id, key) in &assignment {
            if let Some(instance) = document.instances.get_mut(id) {
                instance.partition.clone_from(key);
            }
        }
        self.lanes.trials += 1;
        let asked = u64::MAX - self.lanes.trials;
        self.lanes.trial = Some(Trial {
            assignment,
            asked,
            budgets: None,
        });
        vec![Effect::Budget {
            document: Box::new(document),
            library: self.library.clone(),
            revision: asked,
        }]
    }

    pub(super) fn receive_budgets(
        &mut self,
        revision: u64,
        budgets: Result<Vec<EcuBudget>, String>,
    ) {
        if let Some(trial) = &mut self.lanes.trial
            && trial.asked == revision
        {
            trial.budgets = Some(budgets);
            return;
        }
        // What is asked anew meanwhile will be told.
        if self.lanes.asked != Some(revision) {
            return;
        }
        self.lanes.told = Some(revision);
        match budgets {
            Ok(budgets) => {
                self.lanes.budgets = budgets;
                self.lanes.failed = None;
            }
            Err(reason) => self.lanes.failed = Some(reason),
        }
    }
}

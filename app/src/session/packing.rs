//! Frames for what leads from one ECU to another: proposed, changed by hand, taken over in one step.

use super::{Effect, Session};
use crate::{
    command::Command,
    packing::{self as plan, Plan},
};
use autosar_wit::dbc;
use graph_core::packing;

impl Session {
    /// What is proposed, while it is looked at.
    pub fn packing(&self) -> Option<&Plan> {
        self.view.packing.as_ref()
    }

    pub(super) fn apply_packing(&mut self, command: Command) -> Vec<Effect> {
        match command {
            Command::ProposePacking(bus) => self.propose_packing(bus.as_deref()),
            Command::ChangePacking(plan) => self.view.packing = Some(*plan),
            Command::TakePacking => return self.take_packing(),
            Command::DismissPacking => self.view.packing = None,
            _ => {}
        }
        Vec::new()
    }

    fn propose_packing(&mut self, bus: Option<&str>) {
        match plan::plan(&self.document, &self.library, bus) {
            Ok(plan) => self.view.packing = Some(plan),
            Err(reason) => self.fail(reason),
        }
    }

    /// The description is written before the step, so that the step finds its signals.
    fn take_packing(&mut self) -> Vec<Effect> {
        let Some(plan) = &self.view.packing else {
            return Vec::new();
        };
        let Some(project) = self.path.clone() else {
            self.fail(
                "save the project first; the description of the bus lies beside it".to_owned(),
            );
            return Vec::new();
        };
        let text = dbc::write(&plan.database());
        vec![Effect::WriteDescription {
            project,
            plan: Box::new(plan.clone()),
            text,
        }]
    }

    pub(super) fn description_written(&mut self, plan: &Plan, file: &str) -> Vec<Effect> {
        self.view.packing = None;
        let edits = packing::apply(&self.document, &plan.proposal, &plan.target, file);
        let effects = self.step(format!("Pack into frames of `{}`", plan.bus), edits);
        self.done(format!("wrote {file}"));
        effects
    }
}

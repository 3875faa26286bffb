//! What ECUs take of the boards that the project gives them, kept up with the document. Knows what
//! is shown and when it is asked for anew; others reckon.

use super::{EcuBudget, Effect, Session};

/// The budgets of the ECUs with a board.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Lanes {
    pub budgets: Vec<EcuBudget>,
    /// Why there are no newer ones: what, where, what to do.
    pub failed: Option<String>,
    /// The revision that was asked for, and the one that was told of.
    asked: Option<u64>,
    told: Option<u64>,
}

impl Lanes {
    /// The budget of an ECU.
    pub fn budget(&self, ecu: &str) -> Option<&EcuBudget> {
        self.budgets.iter().find(|budget| budget.ecu == ecu)
    }

    /// Whether what is shown is of an older document.
    pub fn is_old(&self) -> bool {
        self.asked != self.told
    }
}

impl Session {
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
        self.lanes.asked = Some(self.revision);
        Some(Effect::Budget {
            document: Box::new(self.flat()),
            library: self.library.clone(),
            revision: self.revision,
        })
    }

    pub(super) fn receive_budgets(
        &mut self,
        revision: u64,
        budgets: Result<Vec<EcuBudget>, String>,
    ) {
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

//! The thread that reckons budgets while the user edits: only the newest document counts, and work
//! on an older one ends when a newer comes.

use super::Events;
use crate::{
    budget,
    session::{EcuBudget, Event},
};
use graph_core::{document::Document, library::Library};
use std::{
    cell::RefCell,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::mpsc::{Receiver, Sender, channel},
    thread::Builder,
};

/// A document to reckon with.
pub(super) struct Asked {
    pub(super) document: Box<Document>,
    pub(super) library: Library,
    pub(super) revision: u64,
}

/// The thread; it ends when this is dropped.
pub(super) struct BudgetThread {
    asked: Sender<Asked>,
}

impl BudgetThread {
    pub(super) fn start(events: Events) -> BudgetThread {
        let (asked, received) = channel();
        let told = events.clone();
        let thread = Builder::new().name("budget".into()).spawn(move || {
            work(&received, &told);
        });
        if let Err(error) = thread {
            events.send(Event::Warned(format!(
                "budgets are not kept up with edits: {error}; `wireloom budget` tells them"
            )));
        }
        BudgetThread { asked }
    }

    /// A thread that could not be started has said so.
    pub(super) fn ask(&self, asked: Asked) {
        let _ = self.asked.send(asked);
    }
}

fn work(received: &Receiver<Asked>, events: &Events) {
    while let Ok(first) = received.recv() {
        let mut next = Some(first);
        while let Some(asked) = next.take() {
            let asked = received.try_iter().last().unwrap_or(asked);
            let newer: RefCell<Option<Asked>> = RefCell::new(None);
            let proceed = |_: usize, _: usize| match received.try_iter().last() {
                Some(asked) => {
                    newer.replace(Some(asked));
                    false
                }
                None => true,
            };
            let budgets = catch_unwind(AssertUnwindSafe(|| reckoned(&asked, &proceed)));
            let budgets = budgets.unwrap_or_else(|_| {
                Err("the budget ended by an error of the studio; this is a bug".to_owned())
            });
            next = newer.into_inner();
            let revision = asked.revision;
            match budgets {
                Ok(None) => {}
                Ok(Some(budgets)) => events.send(Event::Budgeted {
                    revision,
                    budgets: Ok(budgets),
                }),
                Err(reason) => events.send(Event::Budgeted {
                    revision,
                    budgets: Err(reason),
                }),
            }
        }
    }
}

fn reckoned(
    asked: &Asked,
    proceed: &dyn Fn(usize, usize) -> bool,
) -> Result<Option<Vec<EcuBudget>>, String> {
    let placed = budget::placed_by_project(&asked.document).map_err(|error| error.to_string())?;
    budget::budget(&asked.document, &asked.library, &placed, proceed)
        .map_err(|error| error.to_string())
}

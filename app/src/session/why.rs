//! Why a value is what it is: the question, the answer, and what of it is looked at.

use super::{Effect, Item, Panel, Session, SimulationOrder, Spotlight, view::ViewRequest};
use crate::{
    command::Command,
    observe::cause::{Latency, Node, Why},
};

/// An answer with the step in it that is looked at.
#[derive(Debug, Clone, PartialEq)]
pub struct WhyView {
    pub answer: Why,
    pub picked: Option<Step>,
}

/// A step of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Whether it is one of what was changed.
    pub is_forward: bool,
    /// Positions among branches, from the answer on; forward the first one is among the readers.
    pub path: Vec<usize>,
}

impl Session {
    /// What the selected wire carries, as far as it has been seen.
    pub fn why_of_selection(&self) -> Option<String> {
        let selected: Vec<&Item> = self.selection.iter().collect();
        let [Item::Connector(id)] = selected.as_slice() else {
            return None;
        };
        let element = self.element(*id)?;
        self.run.is_started().then(|| element.clone())
    }

    /// The instant that is looked at: the cursor, else now.
    pub fn instant_ns(&self) -> u64 {
        self.view.cursor_ns.unwrap_or(self.run.now_ns)
    }

    pub(super) fn apply_why(&mut self, command: Command) -> Vec<Effect> {
        match command {
            Command::Why { element, at_ns } => {
                return vec![Effect::Simulation(SimulationOrder::Why { element, at_ns })];
            }
            Command::WhySelected => {
                let Some(element) = self.why_of_selection() else {
                    return Vec::new();
                };
                let at_ns = self.instant_ns();
                return vec![Effect::Simulation(SimulationOrder::Why { element, at_ns })];
            }
            Command::Latency { from, to } => {
                return vec![Effect::Simulation(SimulationOrder::Latency { from, to })];
            }
            Command::PickCause(step) => self.pick_cause(step),
            Command::SetCursor(at_ns) => self.view.cursor_ns = at_ns,
            _ => {}
        }
        Vec::new()
    }

    pub(super) fn take_why(&mut self, answer: Result<Box<Why>, String>) {
        match answer {
            Ok(answer) => {
                self.view.cursor_ns = Some(answer.at_ns);
                self.view.why = Some(WhyView {
                    answer: *answer,
                    picked: None,
                });
                self.view.authority = None;
                self.view.latency = None;
                self.view.hidden_panels.remove(&Panel::Cause);
                self.relight();
            }
            Err(reason) => self.fail(reason),
        }
    }

    pub(super) fn take_latency(&mut self, found: Result<Box<Latency>, String>) {
        match found {
            Ok(found) => self.view.latency = Some(*found),
            Err(reason) => self.fail(reason),
        }
    }

    /// An answer is of one run.
    pub(super) fn forget_why(&mut self) {
        (self.view.why, self.view.cursor_ns) = (None, None);
        self.view.latency = None;
        self.relight();
    }

    fn pick_cause(&mut self, step: Step) {
        let Some(why) = &mut self.view.why else {
            return;
        };
        let chain = chain(&why.answer, &step);
        let picked = chain.last().map(|node| (node.item.clone(), node.at_ns));
        why.picked = Some(step);
        if let Some((item, at_ns)) = picked {
            self.view.cursor_ns = at_ns.or(self.view.cursor_ns);
            if let Some(item) = item {
                self.selection = [item.clone()].into();
                self.view.requests.push(ViewRequest::Reveal(item));
            }
        }
        self.relight();
    }
}

impl WhyView {
    /// The picked step with all before it; nothing picked, everything that leads to the value.
    pub(super) fn spotlight(&self) -> Spotlight {
        let nodes = match &self.picked {
            Some(step) => chain(&self.answer, step),
            None => self.answer.back.walk(),
        };
        let mut spotlight = Spotlight::default();
        for node in nodes {
            spotlight.connectors.extend(&node.connectors);
            if let Some(Item::Instance(id)) = &node.item {
                spotlight.instances.insert(*id);
            }
        }
        spotlight
    }
}

/// The steps from the answer to one of them.
fn chain<'a>(answer: &'a Why, step: &Step) -> Vec<&'a Node> {
    let mut branches = match step.is_forward {
        true => &answer.forward,
        false => &answer.back.branches,
    };
    let mut nodes = vec![&answer.back];
    for position in &step.path {
        let Some(node) = branches.get(*position) else {
            break;
        };
        nodes.push(node);
        branches = &node.branches;
    }
    nodes
}

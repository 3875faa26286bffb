//! Why a value is what it is: the activation that wrote it, what that had read, and so on back to a
//! sensor or frame; and forward, what it changed. A pure function of a trace and the project that
//! made it.
//!
//! What counts as read follows from how the run-time environment works: a task latches its inputs
//! when it begins, so it has of each element what was written last before its beginning; what it gives
//! is handed on when its runnables have ended. What one instance keeps between its activations is
//! no fact of a trace: where a port is called directly, or an instance has been active before, that is
//! said and not followed further than its last activation.

mod back;
mod forward;
mod index;
mod instances;
mod latency;
mod outside;
mod source;
mod words;

pub use latency::{Latency, Passage, Spread, latency};
pub use words::{age, seconds, told, told_back};

use super::Meaning;
use graph_core::{
    compose::Composed,
    document::{ConnectorId, Document, Subject},
    library::Library,
};
use index::Index;
use serde::Serialize;
use simulator::trace::Trace;
use std::collections::BTreeMap;

/// What the question is asked of.
#[derive(Clone, Copy)]
pub struct Run<'a> {
    pub document: &'a Document,
    pub library: &'a Library,
    pub composed: &'a Composed,
    pub meaning: &'a Meaning,
    pub trace: &'a Trace,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Why {
    /// An end as the project writes it, `bus:Message.Signal`, or a pin.
    pub element: String,
    pub at_ns: u64,
    /// The value then and what it came from.
    pub back: Node,
    /// What it changed before it was written again.
    pub forward: Vec<Node>,
}

/// A step from a value to its cause, or to what it changed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Node {
    pub what: What,
    pub text: String,
    /// When it happened; none for what was so from the start, or is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_ns: Option<u64>,
    /// How old it was when it was read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub age_ns: Option<u64>,
    pub certainty: Certainty,
    /// The element that can be asked about in turn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub element: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub branches: Vec<Node>,
    /// What it is on the canvas.
    #[serde(skip)]
    pub item: Option<Subject>,
    /// Connectors on the way to what it is a branch of.
    #[serde(skip)]
    pub connectors: Vec<ConnectorId>,
    /// The activation whose branches are still to be found.
    #[serde(skip)]
    expand: Option<usize>,
}

/// What a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// A data element as it was written.
    Value,
    /// Nothing has been written yet.
    Initial,
    Activation,
    /// A CAN frame.
    Frame,
    /// A value over an Ethernet network.
    Carried,
    /// On I2C or SPI.
    Transfer,
    Pin,
    /// A non-volatile block.
    Block,
    /// What reaches a device or pin from outside.
    Stimulus,
    /// On a direct connector that carries a probe.
    Call,
    /// What an instance keeps between its activations.
    State,
    Printed,
    /// What was told elsewhere in this answer, or would lead too far.
    Elsewhere,
}

/// How sure a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Certainty {
    /// By the trace and the rules of the run-time environment.
    Fact,
    /// One of several that stand beside each other.
    OneOf,
    /// It could have had a part: the trace does not say.
    Possible,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WhyError {
    #[error("no value `{element}` is traced; choose one of: {known}")]
    UnknownElement { element: String, known: String },
    #[error("`{element}` means several values: {known}; name one of them")]
    Ambiguous { element: String, known: String },
    #[error("the trace begins at {begin_ns} ns; ask about a later instant, or run again")]
    TooEarly { begin_ns: u64 },
}

/// Answers for an element at an instant.
///
/// # Errors
/// The element is not known, or the trace no longer reaches back so far.
pub fn why(run: &Run<'_>, element: &str, at_ns: u64) -> Result<Why, WhyError> {
    let index = Index::new(run);
    if run.trace.begin() > 0 {
        let first = run.trace.row(run.trace.begin());
        let begin_ns = first.map_or(0, |row| row.time_ns);
        if at_ns < begin_ns {
            return Err(WhyError::TooEarly { begin_ns });
        }
    }
    let source = source::find(run, &index, element)?;
    let element = source.name.clone();
    // At one instant all of its rows have happened.
    let before = run.trace.number_at(at_ns.saturating_add(1));
    let written = source::last(&index, &source, before);
    let ask = Ask { run, index: &index };
    let mut back = ask.value(&source, before, at_ns);
    grow(std::slice::from_mut(&mut back), &index, &|at| {
        ask.inputs(at)
    });
    let mut forward = written.map_or(Vec::new(), |row| ask.readers(&source, row));
    grow(&mut forward, &index, &|at| ask.outputs(at));
    Ok(Why {
        element,
        at_ns,
        back,
        forward,
    })
}

/// The question in work.
#[derive(Clone, Copy)]
struct Ask<'r, 'a> {
    run: &'r Run<'a>,
    index: &'r Index<'a>,
}

/// Activations that one answer tells of.
const ACTIVATIONS: usize = 60;

/// Finds the branches of activations, near ones first: of each task only the nearest, else an answer
/// would go round every control loop until the start of the run.
fn grow(nodes: &mut [Node], index: &Index<'_>, branches: &dyn Fn(usize) -> Vec<Node>) {
    let mut told: BTreeMap<(&str, &str, &str), usize> = BTreeMap::new();
    loop {
        let mut open = Vec::new();
        nodes.iter_mut().for_each(|node| collect(node, &mut open));
        if open.is_empty() {
            return;
        }
        for node in open {
            let Some(at) = node.expand.take() else {
                continue;
            };
            let Some(activation) = index.activations.get(at) else {
                continue;
            };
            let table = activation.table;
            let task = (table.ecu.as_str(), table.name.as_str(), activation.task);
            let elsewhere = match told.get(&task) {
                Some(other) if *other == at => Some("told elsewhere in this answer"),
                Some(_) => Some(
                    "another activation of this task is told elsewhere; ask about its values to go on",
                ),
                None if told.len() == ACTIVATIONS => {
                    Some("and so on; ask about its values to go on")
                }
                None => None,
            };
            match elsewhere {
                Some(text) => node.branches.push(Node::new(What::Elsewhere, text.into())),
                None => {
                    told.insert(task, at);
                    node.branches.extend(branches(at));
                }
            }
        }
    }
}

fn collect<'n>(node: &'n mut Node, open: &mut Vec<&'n mut Node>) {
    if node.expand.is_some() {
        open.push(node);
        return;
    }
    node.branches
        .iter_mut()
        .for_each(|branch| collect(branch, open));
}

impl Node {
    fn new(what: What, text: String) -> Node {
        Node {
            what,
            text,
            at_ns: None,
            age_ns: None,
            certainty: Certainty::Fact,
            element: None,
            branches: Vec::new(),
            item: None,
            connectors: Vec::new(),
            expand: None,
        }
    }

    fn at(mut self, at_ns: u64) -> Node {
        self.at_ns = Some(at_ns);
        self
    }

    fn on(mut self, item: Option<Subject>) -> Node {
        self.item = item;
        self
    }

    fn along(mut self, connectors: Vec<ConnectorId>) -> Node {
        self.connectors = connectors;
        self
    }

    fn certain(mut self, certainty: Certainty) -> Node {
        self.certainty = certainty;
        self
    }

    fn with(mut self, branches: Vec<Node>) -> Node {
        self.branches = branches;
        self
    }

    /// It and all its branches.
    pub fn walk(&self) -> Vec<&Node> {
        let mut all = vec![self];
        for branch in &self.branches {
            all.extend(branch.walk());
        }
        all
    }
}

impl Why {
    /// Every step, backwards and forwards.
    pub fn walk(&self) -> Vec<&Node> {
        let forward = self.forward.iter().flat_map(Node::walk);
        self.back.walk().into_iter().chain(forward).collect()
    }
}

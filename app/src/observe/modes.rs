//! Mode machines: which there are, what depends on their modes, and in which mode each has been since
//! when. Knows the model and the rows of a trace, no window.

use super::Observed;
use crate::session::{ModeView, TraceKind};
use autosar_wit::{
    component::Direction,
    modes::{self, State},
};
use graph_core::{
    document::{Connector, Document, End, FunctionPath, InstanceId, RteEvent},
    end,
    library::Library,
    resolve,
};
use std::collections::{BTreeMap, BTreeSet};

/// A mode machine (AUTOSAR: the mode group of a mode manager's port).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModeGroup {
    /// The element by which its mode travels: `power.acme:car/power@1.0.0#current`.
    pub element: String,
    /// The instance that switches, and its port.
    pub manager: String,
    pub port: String,
    /// The initial mode is the first.
    pub modes: Vec<String>,
    pub users: Vec<ModeUser>,
}

/// A runnable that depends on a mode.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModeUser {
    pub instance: InstanceId,
    pub name: String,
    pub runnable: String,
    pub disabled_in: BTreeSet<String>,
    /// What of a mode starts it, in words.
    pub started: Option<String>,
}

/// All mode machines whose mode somebody gets through a buffered connector, by their element.
pub fn mode_groups(document: &Document, library: &Library) -> Vec<ModeGroup> {
    let mut groups: BTreeMap<String, ModeGroup> = BTreeMap::new();
    for connector in document.connectors.values() {
        let Some((element, names)) = carried(document, library, connector) else {
            continue;
        };
        let text = end::text(document, &element);
        let manager = element
            .instance()
            .and_then(|id| document.instances.get(&id));
        let port = element.port().unwrap_or_default().to_owned();
        let group = groups.entry(text.clone()).or_insert_with(|| ModeGroup {
            element: text,
            manager: manager.map_or_else(String::new, |manager| manager.name.clone()),
            port,
            modes: names,
            users: Vec::new(),
        });
        if let (Some(id), Some(port)) = (connector.to.instance(), connector.to.port()) {
            group.users.extend(users(document, id, port));
        }
    }
    groups.into_values().collect()
}

/// The element with the mode that a connector carries, and the names of its modes.
fn carried(
    document: &Document,
    library: &Library,
    connector: &Connector,
) -> Option<(End, Vec<String>)> {
    if connector.kind.is_direct() {
        return None;
    }
    let (instance, name) = (connector.from.instance()?, connector.from.port()?);
    let component = resolve::component_type(document, library, instance)?;
    let modes = modes::of(component.port(Direction::Provided, name)?)?;
    let function = FunctionPath {
        port: name.to_owned(),
        function: Some(modes::CURRENT.to_owned()),
    };
    Some((End::Element { instance, function }, modes.names.to_vec()))
}

fn users(document: &Document, id: InstanceId, port: &str) -> Vec<ModeUser> {
    let instance = document.instances.get(&id);
    let activations = instance
        .into_iter()
        .flat_map(|instance| &instance.activations);
    let user = |activation: &graph_core::document::Activation| {
        let started = match &activation.event {
            RteEvent::ModeSwitch { port: own, change } if own == port => Some(change.described()),
            _ => None,
        };
        let disabled_in = activation
            .disabled_in
            .get(port)
            .cloned()
            .unwrap_or_default();
        if started.is_none() && disabled_in.is_empty() {
            return None;
        }
        Some(ModeUser {
            instance: id,
            name: instance.map_or_else(String::new, |instance| instance.name.clone()),
            runnable: end::function_text(&activation.runnable),
            disabled_in,
            started,
        })
    };
    activations.filter_map(user).collect()
}

/// Follows the modes of a run.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ModeFollower {
    /// By element.
    pub known: BTreeMap<String, ModeView>,
}

/// A mode machine has changed, or is seen for the first time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModeSwitch {
    pub element: String,
    pub view: ModeView,
    pub before: Option<State>,
}

impl ModeFollower {
    /// Takes in what a row tells. A row by which a mode changes is one of its kind, and tells what
    /// the mode was before.
    pub fn follow(&mut self, observed: &mut Observed) -> Option<ModeSwitch> {
        let (element, state) = observed.mode.take()?;
        let before = self.known.get(&element);
        if before.is_some_and(|before| before.state == state) {
            return None;
        }
        observed.row.kind = TraceKind::Mode;
        observed.row.text = state.to_string();
        observed.row.decoded = match before {
            Some(before) => format!("was {}", before.state),
            None => "the first".to_owned(),
        };
        let view = ModeView {
            state,
            since_ns: observed.row.at_ns,
            changes: before.map_or(0, |before| before.changes + 1),
        };
        let before = self.known.insert(element.clone(), view.clone());
        Some(ModeSwitch {
            element,
            view,
            before: before.map(|before| before.state),
        })
    }
}

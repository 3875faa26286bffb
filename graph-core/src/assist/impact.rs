//! What a component that was built anew, or a newer version of an interface, does to a system:
//! its ports before and after, what the checks find now and did not before, and where wires can go
//! on. The verdicts are the checks' own, with the library as it was and as it is.

use crate::{
    check::{Sheet, WireVerdict, check, wire},
    diagnostic::{Diagnostic, Severity},
    document::{ComponentId, Connector, ConnectorId, Document, End},
    edit::Edit,
    end,
    library::{Entry, Library},
};
use autosar_wit::{
    compat,
    component::{ComponentType, Direction, Port, PortItem},
};
use std::collections::BTreeSet;

/// What a component's new build does.
#[derive(Debug, Clone, PartialEq)]
pub struct Impact {
    pub component: ComponentId,
    pub ports: Vec<PortChange>,
    /// Warnings and errors that were not there before.
    pub worse: Vec<Diagnostic>,
    /// Warnings and errors that are gone.
    pub better: Vec<Diagnostic>,
    /// Wires whose port is gone and that the same interface in its new version takes. A port of
    /// another interface is never proposed, even where its type fits.
    pub moves: Vec<Move>,
}

/// A wire that can go on elsewhere.
#[derive(Debug, Clone, PartialEq)]
pub struct Move {
    pub connector: ConnectorId,
    /// `sensor.value to fan.temperature`, as it is now.
    pub text: String,
    pub to: Connector,
}

/// A port before and after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PortChange {
    Added(Direction, String),
    Removed(Direction, String),
    /// The same interface in another version.
    Version(Direction, String, String),
    /// Another type under the same name: one line a difference.
    Type(Direction, String, Vec<String>),
}

impl std::fmt::Display for PortChange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let word = |direction: &Direction| match direction {
            Direction::Required => "required",
            Direction::Provided => "provided",
        };
        match self {
            PortChange::Added(direction, name) => {
                write!(f, "{} port `{name}` is new", word(direction))
            }
            PortChange::Removed(direction, name) => {
                write!(f, "{} port `{name}` is gone", word(direction))
            }
            PortChange::Version(direction, from, to) => {
                write!(f, "{} port `{from}` is `{to}` now", word(direction))
            }
            PortChange::Type(direction, name, differences) => write!(
                f,
                "{} port `{name}` has another type: {}",
                word(direction),
                differences.join("; ")
            ),
        }
    }
}

impl Impact {
    /// Nothing that a wire, a check or a user of the ports would see.
    pub fn is_none(&self) -> bool {
        self.ports.is_empty() && self.worse.is_empty() && self.better.is_empty()
    }

    /// Whether the system could be composed before and cannot now.
    pub fn breaks(&self) -> bool {
        let is_error = |one: &Diagnostic| one.severity == Severity::Error;
        self.worse.iter().any(is_error)
    }

    /// Brings the wires to where they can go on.
    pub fn edits(&self) -> Vec<Edit> {
        let moves = self.moves.iter();
        moves
            .flat_map(|one| {
                [
                    Edit::Disconnect(one.connector),
                    Edit::Connect(one.connector, one.to.clone()),
                ]
            })
            .collect()
    }
}

/// Of `component`, which is another in `after` than it was in `before`.
pub fn impact(
    document: &Document,
    before: &Library,
    after: &Library,
    component: ComponentId,
) -> Impact {
    let (old, new) = (found(document, before), found(document, after));
    let without = |all: &[Diagnostic], others: &[Diagnostic]| {
        let known: BTreeSet<_> = others.iter().map(identity).collect();
        let fresh = all.iter().filter(|one| !known.contains(&identity(one)));
        fresh.cloned().collect()
    };
    let ports = port_changes(type_in(before, component), type_in(after, component));
    Impact {
        component,
        worse: without(&new, &old),
        better: without(&old, &new),
        moves: moves(document, after, component, &ports),
        ports,
    }
}

fn found(document: &Document, library: &Library) -> Vec<Diagnostic> {
    let mut found = check(document, library);
    found.retain(|one| one.severity > Severity::Information);
    found
}

/// A finding is the same if it says the same of the same.
fn identity(one: &Diagnostic) -> (&'static str, String, crate::document::Subject) {
    (one.code, one.message.clone(), one.subject.clone())
}

fn type_in(library: &Library, component: ComponentId) -> Option<&ComponentType> {
    match library.components.get(&component)? {
        Entry::Loaded { component_type, .. } => Some(component_type),
        Entry::Missing { .. } => None,
    }
}

fn port_changes(before: Option<&ComponentType>, after: Option<&ComponentType>) -> Vec<PortChange> {
    let ports = |one: Option<&ComponentType>| one.map_or_else(Vec::new, |one| one.ports.clone());
    let (before, after) = (ports(before), ports(after));
    let at = |ports: &[Port], other: &Port| {
        ports
            .iter()
            .position(|port| port.direction == other.direction && port.name == other.name)
    };
    let (mut gone, mut fresh, mut changes) = (Vec::new(), Vec::new(), Vec::new());
    for port in &before {
        match at(&after, port).and_then(|position| after.get(position)) {
            None => gone.push(port),
            Some(same) => changes.extend(type_change(port, same)),
        }
    }
    fresh.extend(after.iter().filter(|port| at(&before, port).is_none()));
    for port in gone {
        let newer = fresh
            .iter()
            .position(|other| other.direction == port.direction && is_same_interface(port, other));
        changes.push(match newer {
            Some(position) => {
                let newer = fresh.remove(position);
                PortChange::Version(port.direction, port.name.clone(), newer.name.clone())
            }
            None => PortChange::Removed(port.direction, port.name.clone()),
        });
    }
    let added = fresh
        .into_iter()
        .map(|port| PortChange::Added(port.direction, port.name.clone()));
    changes.extend(added);
    changes
}

/// By their names without the version. A label is a name of its own and has none.
fn is_same_interface(one: &Port, other: &Port) -> bool {
    let name = |port: &Port| port.name.split_once('@').map(|(name, _)| name.to_owned());
    name(one).is_some() && name(one) == name(other)
}

fn type_change(before: &Port, after: &Port) -> Option<PortChange> {
    let differences = match (&before.item, &after.item) {
        (PortItem::Interface(before), PortItem::Interface(after)) => {
            let mut found = compat::difference(before, after);
            // What only the new one has is no difference in that direction.
            for back in compat::difference(after, before) {
                if !found.iter().any(|one| one.path == back.path) {
                    found.push(compat::Difference {
                        required: back.provided,
                        provided: back.required,
                        ..back
                    });
                }
            }
            found
        }
        (PortItem::Function(before), PortItem::Function(after)) => {
            compat::function_difference(before, after)
        }
        _ => {
            let lines = vec!["an interface and a function are two things".to_owned()];
            return Some(PortChange::Type(
                before.direction,
                before.name.clone(),
                lines,
            ));
        }
    };
    let side = |text: &str| match text {
        "" => "nothing".to_owned(),
        text => format!("`{text}`"),
    };
    let lines: Vec<String> = differences
        .iter()
        .map(|one| {
            format!(
                "{}: {} before, {} now",
                one.path,
                side(&one.required),
                side(&one.provided)
            )
        })
        .collect();
    (!lines.is_empty()).then(|| PortChange::Type(before.direction, before.name.clone(), lines))
}

fn moves(
    document: &Document,
    library: &Library,
    component: ComponentId,
    ports: &[PortChange],
) -> Vec<Move> {
    let is_of_component = |end: &End| {
        let instance = end.instance().and_then(|id| document.instances.get(&id));
        instance.is_some_and(|instance| instance.component == component)
    };
    let instances = document.instances.iter();
    let of_component = instances.filter(|(_, instance)| instance.component == component);
    let mut trial = document.clone();
    let mut moves = Vec::new();
    for (instance, _) in of_component {
        for id in document.connectors_of(*instance) {
            let Some(connector) = trial.connectors.remove(&id) else {
                continue;
            };
            let sheet = Sheet::new(&trial, library);
            let fits = wire(&sheet, &connector.from, &connector.to);
            let found = match fits {
                WireVerdict::Fits { .. } => None,
                // Its adapter still leads from one to the other.
                _ if super::swap::adapted(&trial, library, &connector).is_some() => None,
                WireVerdict::Adaptable { .. } | WireVerdict::Refused { .. } => {
                    let newer = |end: &End, direction| match is_of_component(end) {
                        true => in_new_version(end, direction, ports),
                        false => end.clone(),
                    };
                    let from = newer(&connector.from, Direction::Provided);
                    let to = newer(&connector.to, Direction::Required);
                    super::connector(&sheet, &from, &to)
                }
            };
            if let Some(mut to) = found {
                let is_alike = to.kind.is_direct() == connector.kind.is_direct();
                if is_alike {
                    to.kind = connector.kind.clone();
                    to.probe = connector.probe;
                }
                let ends = [&connector.from, &connector.to];
                moves.push(Move {
                    connector: id,
                    text: ends.map(|one| end::text(document, one)).join(" to "),
                    to: to.clone(),
                });
                trial.connectors.insert(id, to);
            } else {
                trial.connectors.insert(id, connector);
            }
        }
    }
    moves
}

/// The end at the port that has taken the place of its own.
fn in_new_version(end: &End, direction: Direction, ports: &[PortChange]) -> End {
    let newer = |port: &str, direction: Direction| {
        let found = ports.iter().find_map(|change| match change {
            PortChange::Version(one, from, to) if *one == direction && from == port => Some(to),
            _ => None,
        });
        found.map_or_else(|| port.to_owned(), Clone::clone)
    };
    let mut end = end.clone();
    match &mut end {
        End::Port { port, .. } => *port = newer(port, direction),
        End::Element { function, .. } => function.port = newer(&function.port, direction),
        // A runnable is its own instance's, whichever side of the wire its field is.
        End::Result { function, .. } | End::Parameter { function, .. } => {
            function.port = newer(&function.port, Direction::Provided);
        }
        End::Signal { .. } => {}
    }
    end
}

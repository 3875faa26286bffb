//! Connectors: sender-receiver and modes buffered with what com specs say, all others direct calls;
//! delegations.

use super::Builder;
use arxml::{Composition, Connector as Described, End as Place, Port, Reception};
use autosar_wit::component::{Direction, PortKind};
use graph_core::{document::*, edit::Edit};

/// Deeper delegations are a circle.
const DEEPEST: usize = 32;
/// What graph-core allows each list and string without a word.
const DEFAULT_BOUND: u32 = 256;

impl<'a> Builder<'a> {
    pub(super) fn connect_all(&mut self, composition: &'a Composition, scope: Option<ComponentId>) {
        for connector in &composition.connectors {
            if scope.is_none() && self.is_by_signal(connector) {
                continue;
            }
            let (Some(from), Some(to)) = (
                self.end(&connector.from, scope),
                self.end(&connector.to, scope),
            ) else {
                self.note(
                    &connector.path,
                    "left out, since a part or a port at its ends was left out, or nothing is outside of the system",
                );
                continue;
            };
            for wire in self.wires(composition, connector, from, to) {
                let id = self.document.new_ids().connector();
                self.apply(&connector.path, Edit::Connect(id, wire));
            }
        }
    }

    fn end(&self, place: &'a Place, scope: Option<ComponentId>) -> Option<End> {
        let (instance, port) = match place {
            Place::Part { part, port } => (self.parts.get(&(scope, part.as_str()))?, port),
            Place::Outer { port } => (self.ports.get(&(scope?, port.as_str()))?, port),
        };
        Some(End::Port {
            instance: *instance,
            port: port.clone(),
        })
    }

    /// One connector for the whole port, or one for each data element where they differ.
    fn wires(
        &self,
        composition: &Composition,
        connector: &Described,
        from: End,
        to: End,
    ) -> Vec<Connector> {
        let is_delegation = matches!(connector.from, Place::Outer { .. })
            || matches!(connector.to, Place::Outer { .. });
        let is_buffered = matches!(
            connector.kind,
            PortKind::SenderReceiver | PortKind::ModeSwitch
        );
        if is_delegation || !is_buffered {
            return vec![wire(from, to, ConnectorKind::Direct)];
        }
        let receiver = self.receptions(composition, &connector.to, Direction::Required, 0);
        let sender = self.receptions(composition, &connector.from, Direction::Provided, 0);
        let mut properties: Vec<(String, Buffering)> = receiver
            .iter()
            .map(|reception| {
                let said = sender.iter().find(|one| one.element == reception.element);
                (reception.element.clone(), buffering(reception, said))
            })
            .collect();
        let all = properties.len();
        properties.retain(|(element, _)| !self.is_fed(&to, element));
        let first = properties.first().map(|(_, first)| first.clone());
        let first = first.unwrap_or_default();
        if properties.len() == all && properties.iter().all(|(_, one)| *one == first) {
            return vec![buffered(from, to, first)];
        }
        properties
            .into_iter()
            .map(|(element, properties)| {
                buffered(
                    element_of(&from, &element),
                    element_of(&to, &element),
                    properties,
                )
            })
            .collect()
    }

    /// Its value comes from a bus.
    fn is_fed(&self, to: &End, element: &str) -> bool {
        let End::Port { instance, port } = to else {
            return false;
        };
        self.fed
            .contains(&(*instance, port.clone(), element.to_owned()))
    }

    /// A connector to the outside of the system that a signal stands for.
    fn is_by_signal(&self, connector: &Described) -> bool {
        let is_mapped = |place: &Place| {
            let Place::Outer { port } = place else {
                return false;
            };
            let mut mappings = self.model.signal_mappings.iter();
            mappings.any(|mapping| mapping.parts.is_empty() && mapping.port == *port)
        };
        is_mapped(&connector.from) || is_mapped(&connector.to)
    }

    /// What the com specs say of a data element of the system's instance.
    pub(super) fn element_properties(
        &self,
        instance: InstanceId,
        port: &str,
        element: &str,
    ) -> Buffering {
        let named = self.document.instances.get(&instance);
        let (Some(root), Some(named)) = (self.root(), named) else {
            return Buffering::default();
        };
        let place = Place::Part {
            part: named.name.clone(),
            port: port.to_owned(),
        };
        let said = self.receptions(root, &place, Direction::Required, 0);
        let mut said = said.iter();
        let found = said.find(|reception| reception.element == element);
        found
            .map(|found| buffering(found, None))
            .unwrap_or_default()
    }

    /// What the com specs of a port say; where those of a composition's port are silent, those of
    /// the first port behind it count.
    fn receptions(
        &self,
        composition: &Composition,
        place: &Place,
        direction: Direction,
        depth: usize,
    ) -> Vec<Reception> {
        let Place::Part { part, port } = place else {
            return Vec::new();
        };
        let key = (composition.path.as_str(), part.as_str());
        let Some(component) = self.types.get(&key).copied() else {
            return Vec::new();
        };
        if let Some(atom) = self.atoms.get(component) {
            return own(&atom.ports, port, direction);
        }
        let Some(inner) = self.compositions.get(component) else {
            return Vec::new();
        };
        let said = own(&inner.ports, port, direction);
        if depth >= DEEPEST || !said.iter().all(is_silent) {
            return said;
        }
        let outer = Place::Outer { port: port.clone() };
        let behind = inner
            .connectors
            .iter()
            .find_map(|one| match (&one.from, &one.to) {
                (from, to) if *from == outer => Some(to),
                (from, to) if *to == outer => Some(from),
                _ => None,
            });
        match behind {
            Some(behind) => self.receptions(inner, behind, direction, depth + 1),
            None => said,
        }
    }
}

fn own(ports: &[Port], name: &str, direction: Direction) -> Vec<Reception> {
    let mut ports = ports.iter();
    let port = ports.find(|port| port.name == name && port.direction == direction);
    port.map(|port| port.receptions.clone()).unwrap_or_default()
}

fn is_silent(reception: &Reception) -> bool {
    let Reception {
        element: _,
        bound: _,
        initial,
        substitute,
        alive_timeout_ns,
        queue,
    } = reception;
    initial.is_none() && substitute.is_none() && alive_timeout_ns.is_none() && queue.is_none()
}

fn buffering(receiver: &Reception, sender: Option<&Reception>) -> Buffering {
    let initial = receiver.initial.clone();
    Buffering {
        initial: initial.or_else(|| sender?.initial.clone()),
        alive_timeout_ns: receiver.alive_timeout_ns,
        substitute: receiver.substitute.clone(),
        queue: receiver.queue,
        bound: receiver.bound.filter(|bound| *bound > DEFAULT_BOUND),
        ..Buffering::default()
    }
}

pub(super) fn buffered(from: End, to: End, properties: Buffering) -> Connector {
    wire(from, to, ConnectorKind::Buffered(properties))
}

fn wire(from: End, to: End, kind: ConnectorKind) -> Connector {
    Connector {
        from,
        to,
        kind,
        accept_version: false,
        probe: false,
        adapter: None,
    }
}

fn element_of(end: &End, element: &str) -> End {
    match end {
        End::Port { instance, port } => End::Element {
            instance: *instance,
            function: FunctionPath {
                port: port.clone(),
                function: Some(element.to_owned()),
            },
        },
        other => other.clone(),
    }
}

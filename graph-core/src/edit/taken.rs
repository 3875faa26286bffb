//! Which names and ends are taken already: by a look through the document, or, where many edits
//! follow each other, from an index that is kept with them. The answers are the same.

use super::{Edit, EditError, Noun};
use crate::document::*;
use std::collections::HashMap;

/// What may be there once.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Key {
    /// Names without case, as the Component Model compares them.
    Component(String),
    Part(Option<ComponentId>, String),
    Port(ComponentId, String),
    Connector(End, End),
    Pdu(BusId, String),
}

/// Where to look.
#[derive(Debug)]
pub(super) enum Taken {
    Searched,
    Indexed(HashMap<Key, u64>),
}

/// A thing of the document that has a key.
#[derive(Clone, Copy)]
enum Thing {
    Component(ComponentId),
    /// An instance or a port of a composition: they share their numbers.
    Placed(InstanceId),
    Connector(ConnectorId),
    Pdu(PduId),
}

impl Taken {
    pub(super) fn index(document: &Document) -> Taken {
        let components = document.components.keys().copied().map(Thing::Component);
        let instances = document.instances.keys().copied();
        let ports = document.ports.keys().copied();
        let placed = instances.chain(ports).map(Thing::Placed);
        let connectors = document.connectors.keys().copied().map(Thing::Connector);
        let pdus = document.pdus.keys().copied().map(Thing::Pdu);
        let things = components.chain(placed).chain(connectors).chain(pdus);
        Taken::Indexed(things.filter_map(|thing| thing.entry(document)).collect())
    }

    /// Another component of that name.
    pub(super) fn component(
        &self,
        document: &Document,
        id: ComponentId,
        name: &str,
    ) -> Option<ComponentId> {
        match self {
            Taken::Indexed(index) => {
                other(index, Key::Component(folded(name)), id.0).map(ComponentId)
            }
            Taken::Searched => {
                let mut others = document.components.iter();
                let found = others.find(|(other, one)| **other != id && same(&one.name, name));
                found.map(|(other, _)| *other)
            }
        }
    }

    /// Another part of that name in the same place.
    pub(super) fn part(
        &self,
        document: &Document,
        id: InstanceId,
        instance: &Instance,
    ) -> Option<InstanceId> {
        match self {
            Taken::Indexed(index) => {
                let key = Key::Part(instance.composition, folded(&instance.name));
                other(index, key, id.0).map(InstanceId)
            }
            Taken::Searched => {
                let mut others = document.parts(instance.composition);
                let found =
                    others.find(|(other, one)| *other != id && same(&one.name, &instance.name));
                found.map(|(other, _)| other)
            }
        }
    }

    /// Another port of that name at the same composition.
    pub(super) fn port(
        &self,
        document: &Document,
        id: InstanceId,
        port: &DelegationPort,
    ) -> Option<InstanceId> {
        match self {
            Taken::Indexed(index) => {
                let key = Key::Port(port.composition, folded(&port.name));
                other(index, key, id.0).map(InstanceId)
            }
            Taken::Searched => {
                let mut others = document.ports_of(port.composition);
                let found = others.find(|(other, one)| *other != id && same(&one.name, &port.name));
                found.map(|(other, _)| other)
            }
        }
    }

    /// Whether another connector has the same ends.
    pub(super) fn connector(
        &self,
        document: &Document,
        id: ConnectorId,
        connector: &Connector,
    ) -> bool {
        match self {
            Taken::Indexed(index) => {
                let key = Key::Connector(connector.from.clone(), connector.to.clone());
                other(index, key, id.0).is_some()
            }
            Taken::Searched => document.connectors.iter().any(|(other, existing)| {
                *other != id && existing.from == connector.from && existing.to == connector.to
            }),
        }
    }

    /// Whether it is said already how that message is sent.
    pub(super) fn pdu(&self, document: &Document, id: PduId, pdu: &Pdu) -> bool {
        match self {
            Taken::Indexed(index) => {
                other(index, Key::Pdu(pdu.bus, pdu.message.clone()), id.0).is_some()
            }
            Taken::Searched => document.pdus.iter().any(|(other, existing)| {
                *other != id && existing.bus == pdu.bus && existing.message == pdu.message
            }),
        }
    }
}

/// What has the name already, if anything has.
pub(super) fn check_no_twin(noun: Noun, twin: Option<&str>) -> Result<(), EditError> {
    match twin {
        Some(name) => Err(EditError::DuplicateName {
            noun,
            name: name.to_owned(),
        }),
        None => Ok(()),
    }
}

/// Applies an edit and keeps what is taken in step with the document.
pub(super) fn apply(
    edit: Edit,
    document: &mut Document,
    taken: &mut Taken,
) -> Result<Edit, EditError> {
    let thing = Thing::of(&edit);
    // The ends of its connectors go with a port's name.
    let moves_ends = matches!(edit, Edit::ChangePort(..));
    let before = thing.and_then(|thing| thing.entry(document));
    let inverse = edit.apply_where(document, taken)?;
    let Taken::Indexed(index) = taken else {
        return Ok(inverse);
    };
    if moves_ends {
        *taken = Taken::index(document);
        return Ok(inverse);
    }
    if let Some((key, _)) = before {
        index.remove(&key);
    }
    index.extend(thing.and_then(|thing| thing.entry(document)));
    Ok(inverse)
}

impl Thing {
    fn of(edit: &Edit) -> Option<Thing> {
        Some(match edit {
            Edit::InsertComponent(id, _)
            | Edit::RemoveComponent(id)
            | Edit::ChangeComponent(id, _) => Thing::Component(*id),
            Edit::InsertInstance(id, _)
            | Edit::RemoveInstance(id)
            | Edit::ChangeInstance(id, _)
            | Edit::InsertPort(id, _)
            | Edit::RemovePort(id)
            | Edit::ChangePort(id, _) => Thing::Placed(*id),
            Edit::Connect(id, _) | Edit::Disconnect(id) | Edit::ChangeConnector(id, _) => {
                Thing::Connector(*id)
            }
            Edit::InsertPdu(id, _) | Edit::RemovePdu(id) | Edit::ChangePdu(id, _) => {
                Thing::Pdu(*id)
            }
            _ => return None,
        })
    }

    fn entry(self, document: &Document) -> Option<(Key, u64)> {
        Some(match self {
            Thing::Component(id) => {
                let component = document.components.get(&id)?;
                (Key::Component(folded(&component.name)), id.0)
            }
            Thing::Placed(id) => match (document.instances.get(&id), document.ports.get(&id)) {
                (Some(one), _) => (Key::Part(one.composition, folded(&one.name)), id.0),
                (None, Some(port)) => (Key::Port(port.composition, folded(&port.name)), id.0),
                (None, None) => return None,
            },
            Thing::Connector(id) => {
                let connector = document.connectors.get(&id)?;
                let ends = (connector.from.clone(), connector.to.clone());
                (Key::Connector(ends.0, ends.1), id.0)
            }
            Thing::Pdu(id) => {
                let pdu = document.pdus.get(&id)?;
                (Key::Pdu(pdu.bus, pdu.message.clone()), id.0)
            }
        })
    }
}

fn other(index: &HashMap<Key, u64>, key: Key, id: u64) -> Option<u64> {
    index.get(&key).copied().filter(|other| *other != id)
}

fn same(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}

fn folded(name: &str) -> String {
    name.to_ascii_lowercase()
}

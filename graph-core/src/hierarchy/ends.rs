//! What stands behind an end of a connector: through ports of compositions down to the parts.

use super::flatten::{Flattening, Part};
use crate::document::*;
use std::collections::BTreeMap;

/// A document indexed by composition.
pub(super) struct Index<'a> {
    parts: BTreeMap<Option<ComponentId>, Vec<(InstanceId, &'a Instance)>>,
    connectors: BTreeMap<Option<ComponentId>, Vec<(ConnectorId, &'a Connector)>>,
    ports: BTreeMap<(ComponentId, &'a str), InstanceId>,
    /// What stands behind a port.
    delegations: BTreeMap<InstanceId, Vec<(ConnectorId, &'a End)>>,
}

/// Where a connector arrives in the flat system.
pub(super) struct Landing {
    pub(super) end: End,
    /// The delegations on its way, with the numbers of their occurrences.
    pub(super) through: Vec<(usize, ConnectorId)>,
}

impl<'a> Index<'a> {
    pub(super) fn new(document: &'a Document) -> Index<'a> {
        let mut index = Index {
            parts: BTreeMap::new(),
            connectors: BTreeMap::new(),
            ports: BTreeMap::new(),
            delegations: BTreeMap::new(),
        };
        for (id, instance) in &document.instances {
            let parts = index.parts.entry(instance.composition).or_default();
            parts.push((*id, instance));
        }
        for (id, port) in &document.ports {
            index.ports.insert((port.composition, &port.name), *id);
        }
        for (id, connector) in &document.connectors {
            let port_at = |end: &End| end.instance().filter(|id| document.ports.contains_key(id));
            let delegation = match (port_at(&connector.from), port_at(&connector.to)) {
                (Some(port), _) => Some((port, &connector.to)),
                (None, Some(port)) => Some((port, &connector.from)),
                (None, None) => None,
            };
            match delegation {
                Some((port, end)) => {
                    index.delegations.entry(port).or_default().push((*id, end));
                }
                None => {
                    let scope = index.connectors.entry(document.scope_of(connector));
                    scope.or_default().push((*id, connector));
                }
            }
        }
        index
    }

    pub(super) fn parts(
        &self,
        composition: Option<ComponentId>,
    ) -> impl Iterator<Item = (InstanceId, &'a Instance)> {
        let parts = self.parts.get(&composition);
        parts.map_or(&[][..], Vec::as_slice).iter().copied()
    }

    /// Those between parts; delegations are no connectors of the flat system.
    pub(super) fn connectors(
        &self,
        composition: Option<ComponentId>,
    ) -> impl Iterator<Item = (ConnectorId, &'a Connector)> {
        let connectors = self.connectors.get(&composition);
        connectors.map_or(&[][..], Vec::as_slice).iter().copied()
    }

    /// The ends of parts behind a port.
    pub(super) fn behind(
        &self,
        composition: ComponentId,
        port: &str,
    ) -> impl Iterator<Item = &'a End> {
        let through = self.through(composition, port).iter();
        through.map(|(_, end)| *end)
    }

    fn through(&self, composition: ComponentId, port: &str) -> &[(ConnectorId, &'a End)] {
        let port = self.ports.get(&(composition, port));
        let behind = port.and_then(|port| self.delegations.get(port));
        behind.map_or(&[], Vec::as_slice)
    }
}

impl Flattening<'_> {
    /// Where an end in that occurrence lies in the flat system: nowhere, or in several places.
    pub(super) fn landings(&self, number: usize, end: &End) -> Vec<Landing> {
        let Some(id) = end.instance() else {
            return vec![Landing {
                end: end.clone(),
                through: Vec::new(),
            }];
        };
        let part = self.parts.get(number).and_then(|parts| parts.get(&id));
        match (part, end.port()) {
            (Some(Part::Leaf(flat)), _) => vec![Landing {
                end: end.at(*flat),
                through: Vec::new(),
            }],
            (Some(Part::Inside(inside)), Some(port)) => self.inside(*inside, end, port),
            _ => Vec::new(),
        }
    }

    fn inside(&self, number: usize, end: &End, port: &str) -> Vec<Landing> {
        let composition = self.occurrences.get(number).and_then(|one| one.composition);
        let Some(composition) = composition else {
            return Vec::new();
        };
        let mut landings = Vec::new();
        for (delegation, behind) in self.index.through(composition, port) {
            let (Some(instance), Some(port)) = (behind.instance(), behind.port()) else {
                continue;
            };
            for mut landing in self.landings(number, &end.at(instance).of_port(port)) {
                landing.through.push((number, *delegation));
                landings.push(landing);
            }
        }
        landings
    }
}

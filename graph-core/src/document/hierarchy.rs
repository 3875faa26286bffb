//! Questions to a document about its compositions: what is inside which, where something stands.
//! Changes nothing.

use super::*;

impl Document {
    /// Whether that component type is a composition of the project.
    pub fn is_composition(&self, id: ComponentId) -> bool {
        let component = self.components.get(&id);
        component.is_some_and(|component| component.source == ComponentSource::Composition)
    }

    /// Whether there is any composition.
    pub fn has_compositions(&self) -> bool {
        self.compositions().next().is_some()
    }

    /// All compositions.
    pub fn compositions(&self) -> impl Iterator<Item = ComponentId> {
        let is_composition = |(_, component): &(&ComponentId, &Component)| {
            component.source == ComponentSource::Composition
        };
        self.components
            .iter()
            .filter(is_composition)
            .map(|(id, _)| *id)
    }

    /// The instances of a composition; `None`: those of the system.
    pub fn parts(
        &self,
        composition: Option<ComponentId>,
    ) -> impl Iterator<Item = (InstanceId, &Instance)> {
        let fits =
            move |(_, instance): &(&InstanceId, &Instance)| instance.composition == composition;
        self.instances
            .iter()
            .filter(fits)
            .map(|(id, instance)| (*id, instance))
    }

    /// The ports of a composition.
    pub fn ports_of(
        &self,
        composition: ComponentId,
    ) -> impl Iterator<Item = (InstanceId, &DelegationPort)> {
        let fits =
            move |(_, port): &(&InstanceId, &DelegationPort)| port.composition == composition;
        self.ports.iter().filter(fits).map(|(id, port)| (*id, port))
    }

    /// The port of a composition with that name.
    pub fn port_named(&self, composition: ComponentId, name: &str) -> Option<InstanceId> {
        let mut ports = self.ports_of(composition);
        ports.find(|(_, port)| port.name == name).map(|(id, _)| id)
    }

    /// The part of a composition with that name; `None`: the system's.
    pub fn part_named(&self, composition: Option<ComponentId>, name: &str) -> Option<InstanceId> {
        let mut parts = self.parts(composition);
        parts.find(|(_, part)| part.name == name).map(|(id, _)| id)
    }

    /// The composition in which an instance or a port stands: outer `None` if there is no such one.
    pub fn scope_at(&self, id: InstanceId) -> Option<Option<ComponentId>> {
        let part = self.instances.get(&id).map(|part| part.composition);
        part.or_else(|| self.ports.get(&id).map(|port| Some(port.composition)))
    }

    /// The composition in which a connector stands; between two signals it is the system's.
    pub fn scope_of(&self, connector: &Connector) -> Option<ComponentId> {
        let ends = [&connector.from, &connector.to];
        let mut at = ends.into_iter().filter_map(End::instance);
        at.find_map(|id| self.scope_at(id)).flatten()
    }

    /// Whether a connector joins a port of a composition and a part of it (AUTOSAR:
    /// DelegationSwConnector).
    pub fn is_delegation(&self, connector: &Connector) -> bool {
        let ends = [&connector.from, &connector.to];
        let mut at = ends.into_iter().filter_map(End::instance);
        at.any(|id| self.ports.contains_key(&id))
    }

    /// The connectors between a port and what stands behind it, with the ends there.
    pub fn delegations(&self, port: InstanceId) -> impl Iterator<Item = (ConnectorId, &End)> {
        self.connectors.iter().filter_map(move |(id, connector)| {
            match (connector.from.instance(), connector.to.instance()) {
                (Some(from), _) if from == port => Some((*id, &connector.to)),
                (_, Some(to)) if to == port => Some((*id, &connector.from)),
                _ => None,
            }
        })
    }

    /// Whether `outer` is `inner`, or has an instance of it somewhere inside.
    pub fn contains(&self, outer: ComponentId, inner: ComponentId) -> bool {
        let mut seen = std::collections::BTreeSet::from([outer]);
        let mut open = vec![outer];
        while let Some(composition) = open.pop() {
            if composition == inner {
                return true;
            }
            if self.is_composition(composition) {
                let parts = self.parts(Some(composition));
                open.extend(
                    parts
                        .map(|(_, part)| part.component)
                        .filter(|id| seen.insert(*id)),
                );
            }
        }
        false
    }

    /// The composition in which a subject is seen; `None`: the system, or anywhere.
    pub fn scope_of_subject(&self, subject: &Subject) -> Option<ComponentId> {
        match subject {
            Subject::Instance(id) | Subject::Port { instance: id, .. } => {
                self.scope_at(*id).flatten()
            }
            Subject::Connector(id) => self.scope_of(self.connectors.get(id)?),
            _ => None,
        }
    }
}

//! The document indexed once for all rules, so that none of them searches it again.
//! Judges nothing.

use crate::{
    diagnostic::{Diagnostic, Severity},
    document::*,
    edit::Edit,
    end,
    library::Library,
    resolve::{self, ResolveError, Resolved, Side},
    topology::Topology,
};
use autosar_wit::{
    component::{ComponentType, Direction, Port, PortItem},
    types::InterfaceId,
};
use std::collections::BTreeMap;

/// A document with its library and what the rules ask of them.
pub struct Context<'a> {
    pub document: &'a Document,
    pub library: &'a Library,
    pub topology: Topology,
    /// By connector id.
    pub wires: Vec<Wire<'a>>,
    /// Instances by name in each partition that has any.
    pub members: BTreeMap<&'a PartitionKey, Vec<InstanceId>>,
    /// What was found when compositions were made flat, told of the document.
    pub compositions: Vec<Diagnostic>,
    into: BTreeMap<(InstanceId, &'a str), Vec<usize>>,
    out_of: BTreeMap<(InstanceId, &'a str), Vec<usize>>,
    providers: BTreeMap<&'a InterfaceId, Vec<(InstanceId, &'a Port)>>,
}

/// A connector with its ends resolved.
#[derive(Debug, Clone)]
pub struct Wire<'a> {
    pub id: ConnectorId,
    pub connector: &'a Connector,
    pub from: Result<Resolved<'a>, ResolveError>,
    pub to: Result<Resolved<'a>, ResolveError>,
}

impl<'a> Context<'a> {
    /// Indexes the document.
    pub fn new(document: &'a Document, library: &'a Library) -> Context<'a> {
        let wires = document
            .connectors
            .iter()
            .map(|(id, connector)| Wire::new(document, library, *id, connector));
        let mut context = Context {
            document,
            library,
            topology: Topology::new(document),
            wires: wires.collect(),
            members: BTreeMap::new(),
            compositions: Vec::new(),
            into: BTreeMap::new(),
            out_of: BTreeMap::new(),
            providers: BTreeMap::new(),
        };
        context.index_wires();
        context.index_instances();
        context
    }

    /// The type of an instance's component; `None` while it is missing.
    pub fn component(&self, id: InstanceId) -> Option<&'a ComponentType> {
        resolve::component_type(self.document, self.library, id)
    }

    /// Instances with their types, where these are known.
    pub fn typed_instances(
        &self,
    ) -> impl Iterator<Item = (InstanceId, &'a Instance, &'a ComponentType)> {
        self.document
            .instances
            .iter()
            .filter_map(|(id, instance)| Some((*id, instance, self.component(*id)?)))
    }

    /// Connectors that end at that port, one of its elements, or a parameter of its functions.
    pub fn into_port<'b>(
        &'b self,
        instance: InstanceId,
        port: &'b str,
    ) -> impl Iterator<Item = &'b Wire<'a>> {
        self.into
            .get(&(instance, port))
            .into_iter()
            .flatten()
            .filter_map(|index| self.wires.get(*index))
    }

    /// Connectors that start at that port, one of its elements, or a result of its functions.
    pub fn out_of_port<'b>(
        &'b self,
        instance: InstanceId,
        port: &'b str,
    ) -> impl Iterator<Item = &'b Wire<'a>> {
        self.out_of
            .get(&(instance, port))
            .into_iter()
            .flatten()
            .filter_map(|index| self.wires.get(*index))
    }

    /// Ports that provide exactly that interface.
    pub fn providers_of(&self, interface: &InterfaceId) -> &[(InstanceId, &'a Port)] {
        self.providers.get(interface).map_or(&[], Vec::as_slice)
    }

    pub fn instance_name(&self, id: InstanceId) -> &'a str {
        self.document
            .instances
            .get(&id)
            .map_or("?", |instance| &instance.name)
    }

    pub fn bus_name(&self, id: BusId) -> &'a str {
        self.document.buses.get(&id).map_or("?", |bus| &bus.name)
    }

    pub fn partition_name(&self, key: &PartitionKey) -> String {
        let ecu = self
            .document
            .ecus
            .get(&key.ecu)
            .map_or("?", |ecu| &ecu.name);
        format!("{ecu}/{}", key.partition)
    }

    pub fn partition_of(&self, end: &End) -> Option<&'a PartitionKey> {
        self.document
            .instances
            .get(&end.instance()?)?
            .partition
            .as_ref()
    }

    /// The text of an end.
    pub fn text(&self, end: &End) -> String {
        end::text(self.document, end)
    }

    /// "`a` to `b`"
    pub fn ends(&self, connector: &Connector) -> String {
        format!(
            "`{}` to `{}`",
            self.text(&connector.from),
            self.text(&connector.to)
        )
    }

    fn index_wires(&mut self) {
        for (index, wire) in self.wires.iter().enumerate() {
            let connector = wire.connector;
            if let (Some(id), Some(port)) = (connector.to.instance(), connector.to.port()) {
                self.into.entry((id, port)).or_default().push(index);
            }
            if let (Some(id), Some(port)) = (connector.from.instance(), connector.from.port()) {
                self.out_of.entry((id, port)).or_default().push(index);
            }
        }
    }

    fn index_instances(&mut self) {
        let mut by_name = self.document.instances.iter().collect::<Vec<_>>();
        by_name.sort_by(|a, b| a.1.name.cmp(&b.1.name));
        for (id, instance) in by_name {
            if let Some(key) = &instance.partition {
                self.members.entry(key).or_default().push(*id);
            }
            let Some(component) = self.component(*id) else {
                continue;
            };
            for port in component
                .ports
                .iter()
                .filter(|port| port.direction == Direction::Provided)
            {
                if let PortItem::Interface(interface) = &port.item
                    && let Some(interface) = &interface.id
                {
                    self.providers
                        .entry(interface)
                        .or_default()
                        .push((*id, port));
                }
            }
        }
    }
}

impl<'a> Wire<'a> {
    /// Resolves both ends.
    pub fn new(
        document: &Document,
        library: &'a Library,
        id: ConnectorId,
        connector: &'a Connector,
    ) -> Wire<'a> {
        let from = resolve::resolve(document, library, &connector.from, Side::Source);
        let to = resolve::resolve(document, library, &connector.to, Side::Target);
        Wire {
            id,
            connector,
            from,
            to,
        }
    }

    /// Both ends; `None` if one means nothing.
    pub fn resolved(&self) -> Option<(Resolved<'a>, Resolved<'a>)> {
        Some((*self.from.as_ref().ok()?, *self.to.as_ref().ok()?))
    }

    /// A finding about this connector.
    pub fn finding(&self, code: &'static str, message: String) -> Diagnostic {
        Diagnostic::new(code, Severity::Error, Subject::Connector(self.id), message)
    }

    /// The edit that gives it another kind.
    pub fn with_kind(&self, kind: ConnectorKind) -> Vec<Edit> {
        let probe = self.connector.probe && kind.is_direct();
        vec![Edit::ChangeConnector(
            self.id,
            Connector {
                kind,
                probe,
                ..self.connector.clone()
            },
        )]
    }

    /// The edit that makes it buffered.
    pub fn made_buffered(&self) -> Vec<Edit> {
        self.with_kind(ConnectorKind::Buffered(Buffering::default()))
    }

    /// The edit that sends it over that Ethernet network.
    pub fn over(&self, network: BusId) -> Vec<Edit> {
        let mut buffering = match &self.connector.kind {
            ConnectorKind::Buffered(buffering) => buffering.clone(),
            ConnectorKind::Direct => Buffering::default(),
        };
        buffering.network = Some(network);
        self.with_kind(ConnectorKind::Buffered(buffering))
    }

    /// Whether it can be buffered: all functions of the required port are data elements.
    pub fn can_be_buffered(&self) -> bool {
        match self.to {
            Ok(Resolved::Port(port)) => is_bufferable(port),
            Ok(_) => true,
            Err(_) => false,
        }
    }

    /// Whether it can be direct: both ends are whole ports.
    pub fn can_be_direct(&self) -> bool {
        matches!(
            (&self.connector.from, &self.connector.to),
            (End::Port { .. }, End::Port { .. })
        )
    }
}

/// Whether every function of a port is a data element without handles.
pub fn is_bufferable(port: &Port) -> bool {
    let functions = resolve::functions(port);
    let fits = |function: &autosar_wit::types::Function| {
        resolve::why_no_element(function).is_none()
            && function
                .result
                .as_ref()
                .is_some_and(|value| autosar_wit::mapping::handle(value).is_none())
    };
    !functions.is_empty() && functions.iter().all(fits)
}

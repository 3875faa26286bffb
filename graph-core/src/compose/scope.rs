//! What a composition works on: the partitions that have instances, and the component of each
//! instance. Knows nothing of connectors.

use super::ComposeError;
use crate::{
    document::{
        ComponentId, Document, Ecu, FunctionPath, Instance, InstanceId, Partition, PartitionKey,
    },
    library::{Entry, Library},
};
use autosar_wit::{
    component::{ComponentType, Direction, Port, PortItem, PortKind},
    types::Function,
};

/// A partition with its instances by name.
pub(super) struct Scope<'a> {
    pub(super) key: &'a PartitionKey,
    pub(super) ecu: &'a Ecu,
    pub(super) partition: &'a Partition,
    pub(super) members: Vec<Member<'a>>,
}

/// An instance and its component.
#[derive(Clone, Copy)]
pub(super) struct Member<'a> {
    pub(super) id: InstanceId,
    pub(super) instance: &'a Instance,
    pub(super) component: ComponentId,
    pub(super) component_type: &'a ComponentType,
    pub(super) bytes: &'a [u8],
}

/// All partitions that have instances, by ECU name and partition name.
pub(super) fn scopes<'a>(
    document: &'a Document,
    library: &'a Library,
) -> Result<Vec<Scope<'a>>, ComposeError> {
    let mut scopes: Vec<Scope<'a>> = Vec::new();
    for (id, instance) in &document.instances {
        let Some(key) = &instance.partition else {
            continue;
        };
        let member = member(document, library, *id, instance)?;
        match scopes.iter_mut().find(|scope| scope.key == key) {
            Some(scope) => scope.members.push(member),
            None => scopes.push(scope(document, instance, key, member)?),
        }
    }
    if scopes.is_empty() {
        return Err(ComposeError::NothingDeployed {
            project: document.name.clone(),
        });
    }
    for scope in &mut scopes {
        scope.members.sort_by_key(|member| &member.instance.name);
    }
    scopes.sort_by_key(|scope| (&scope.ecu.name, &scope.key.partition));
    Ok(scopes)
}

fn scope<'a>(
    document: &'a Document,
    instance: &Instance,
    key: &'a PartitionKey,
    member: Member<'a>,
) -> Result<Scope<'a>, ComposeError> {
    let dangling = |missing: String| ComposeError::Dangling {
        subject: format!("instance `{}`", instance.name),
        missing,
    };
    let ecu = document
        .ecus
        .get(&key.ecu)
        .ok_or_else(|| dangling("an ECU".to_owned()))?;
    let partition = ecu.partitions.get(&key.partition).ok_or_else(|| {
        dangling(format!(
            "partition `{}` of ECU `{}`",
            key.partition, ecu.name
        ))
    })?;
    Ok(Scope {
        key,
        ecu,
        partition,
        members: vec![member],
    })
}

fn member<'a>(
    document: &Document,
    library: &'a Library,
    id: InstanceId,
    instance: &'a Instance,
) -> Result<Member<'a>, ComposeError> {
    let missing = |reason: &str| ComposeError::MissingComponent {
        instance: instance.name.clone(),
        component: document
            .components
            .get(&instance.component)
            .map_or_else(|| "?".to_owned(), |component| component.name.clone()),
        reason: reason.to_owned(),
    };
    match library.components.get(&instance.component) {
        Some(Entry::Loaded {
            component_type,
            bytes,
        }) => Ok(Member {
            id,
            instance,
            component: instance.component,
            component_type,
            bytes,
        }),
        Some(Entry::Missing { reason }) => Err(missing(reason)),
        None => Err(missing("it was not loaded")),
    }
}

impl<'a> Scope<'a> {
    pub(super) fn member(&self, id: InstanceId) -> Option<Member<'a>> {
        self.members.iter().find(|member| member.id == id).copied()
    }
}

impl<'a> Member<'a> {
    pub(super) fn name(&self) -> &'a str {
        &self.instance.name
    }

    /// The port, or an error that names it.
    pub(super) fn port(&self, direction: Direction, name: &str) -> Result<&'a Port, ComposeError> {
        self.component_type.port(direction, name).ok_or_else(|| {
            let (piece, port) = (self.instance.name.clone(), name.to_owned());
            match direction {
                Direction::Required => ComposeError::NoImport { piece, port },
                Direction::Provided => ComposeError::NoExport { piece, port },
            }
        })
    }

    /// The function, or an error that names it.
    pub(super) fn function(
        &self,
        direction: Direction,
        path: &FunctionPath,
    ) -> Result<&'a Function, ComposeError> {
        let port = self.port(direction, &path.port)?;
        let found = match (&port.item, &path.function) {
            (PortItem::Interface(interface), Some(name)) => interface.function(name),
            (PortItem::Function(function), None) => Some(function),
            (PortItem::Interface(_), None) | (PortItem::Function(_), Some(_)) => None,
        };
        found.ok_or_else(|| ComposeError::NoFunction {
            instance: self.instance.name.clone(),
            function: crate::end::function_text(path),
        })
    }

    /// Imports that connectors have to satisfy: all but the platform's and mere types.
    pub(super) fn required_ports(&self) -> impl Iterator<Item = &'a Port> {
        self.component_type.ports.iter().filter(|port| {
            port.direction == Direction::Required
                && !matches!(port.kind, PortKind::Platform | PortKind::Types)
        })
    }
}

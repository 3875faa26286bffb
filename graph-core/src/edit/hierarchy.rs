//! Conditions and application of the edits of compositions: their ports, and what may be inside.

use super::{
    EditError, Noun,
    apply::{check_label, known, referenced},
    connectors::connector_name,
    taken::{Taken, check_no_twin},
};
use crate::{document::*, end};
use autosar_wit::component::Direction;
use std::collections::BTreeSet;

/// How many compositions may stand in each other.
const MAXIMUM_DEPTH: usize = 32;

/// Where an instance stands, and what its composition becomes by it.
pub(super) fn check_place(
    document: &Document,
    id: InstanceId,
    instance: &Instance,
) -> Result<(), EditError> {
    if let Some(prefix) = instance
        .prefix
        .as_deref()
        .filter(|prefix| !prefix.is_empty())
    {
        check_label(Noun::Instance, prefix)?;
    }
    if instance.prefix.is_some() && !document.is_composition(instance.component) {
        return Err(EditError::Prefix {
            instance: instance.name.clone(),
        });
    }
    if document.is_composition(instance.component)
        && let Some(what) = own_only(instance)
    {
        return Err(EditError::OfParts {
            instance: instance.name.clone(),
            what,
        });
    }
    if let Some(outer) = instance.composition {
        let composition = composition(document, outer)?;
        if document.contains(instance.component, outer) {
            return Err(EditError::Circle {
                composition: composition.name.clone(),
                part: instance.name.clone(),
            });
        }
        if document.is_composition(instance.component)
            && depth(document, outer, instance.component) > MAXIMUM_DEPTH
        {
            return Err(EditError::TooDeep {
                composition: composition.name.clone(),
                part: instance.name.clone(),
            });
        }
    }
    match document.instances.get(&id) {
        Some(now) if now.composition != instance.composition => check_free(document, id, &now.name),
        _ => Ok(()),
    }
}

/// How many compositions stand in each other once `inner` stands in `outer`. There is no circle.
fn depth(document: &Document, outer: ComponentId, inner: ComponentId) -> usize {
    let instances = || document.instances.values();
    let around = |level: &BTreeSet<ComponentId>| -> BTreeSet<ComponentId> {
        let here = instances().filter(|one| level.contains(&one.component));
        here.filter_map(|one| one.composition).collect()
    };
    let inside = |level: &BTreeSet<ComponentId>| -> BTreeSet<ComponentId> {
        let is_here = |one: &&Instance| one.composition.is_some_and(|at| level.contains(&at));
        let here = instances().filter(is_here).map(|one| one.component);
        here.filter(|id| document.is_composition(*id)).collect()
    };
    levels(outer, around) + levels(inner, inside)
}

fn levels(
    first: ComponentId,
    next: impl Fn(&BTreeSet<ComponentId>) -> BTreeSet<ComponentId>,
) -> usize {
    let mut level = BTreeSet::from([first]);
    let mut count = 0;
    while !level.is_empty() && count <= MAXIMUM_DEPTH {
        count += 1;
        level = next(&level);
    }
    count
}

/// What an instance says that only one with code of its own can: nothing hands it to the parts.
fn own_only(instance: &Instance) -> Option<&'static str> {
    if !instance.activations.is_empty() {
        return Some("activations");
    }
    if !instance.blocks.is_empty() {
        return Some("blocks");
    }
    if !instance.parameters.is_empty() {
        return Some("parameters");
    }
    if !instance.nv_data.is_empty() {
        return Some("non-volatile data");
    }
    (!instance.configuration.is_empty()).then_some("configuration")
}

/// Nothing leads to it.
fn check_free(document: &Document, id: InstanceId, name: &str) -> Result<(), EditError> {
    match document.connectors_of(id).next() {
        Some(connector) => Err(referenced(
            Noun::Instance,
            name,
            connector_name(document, connector),
        )),
        None => Ok(()),
    }
}

pub(super) fn check_port(
    document: &Document,
    taken: &Taken,
    id: InstanceId,
    port: &DelegationPort,
) -> Result<(), EditError> {
    composition(document, port.composition)?;
    let end = port_end(id, port);
    if !end::is_writable(&end) {
        return Err(EditError::EndText {
            end: format!(".{}", port.name),
        });
    }
    let twin = taken.port(document, id, port);
    let twin = twin.and_then(|twin| document.ports.get(&twin));
    check_no_twin(Noun::Port, twin.map(|twin| twin.name.as_str()))
}

/// A port with another name or direction. Connectors inside know it by its name.
pub(super) fn change_port(
    document: &mut Document,
    taken: &Taken,
    id: InstanceId,
    port: DelegationPort,
) -> Result<DelegationPort, EditError> {
    let old = known(Noun::Port, &document.ports, id, id.0)?.clone();
    check_port(document, taken, id, &port)?;
    if (old.composition, old.direction) != (port.composition, port.direction)
        && let Some(connector) = document.connectors_of(id).next()
    {
        let user = connector_name(document, connector);
        return Err(referenced(Noun::Port, &old.name, user));
    }
    let end = port_end(id, &port);
    for connector in document.connectors.values_mut() {
        for at in [&mut connector.from, &mut connector.to] {
            if at.instance() == Some(id) {
                *at = end.clone();
            }
        }
    }
    document.ports.insert(id, port);
    Ok(old)
}

pub(super) fn remove_port(
    document: &mut Document,
    id: InstanceId,
) -> Result<DelegationPort, EditError> {
    let port = known(Noun::Port, &document.ports, id, id.0)?.clone();
    let mut users = document
        .connectors_of(id)
        .map(|connector| connector_name(document, connector));
    let place = document.layout.positions.get(&id);
    let place = place.map(|_| "its position on the canvas".to_owned());
    let user = users.next().or(place);
    drop(users);
    match user {
        Some(user) => Err(referenced(Noun::Port, &port.name, user)),
        None => {
            document.ports.remove(&id);
            Ok(port)
        }
    }
}

/// Both ends stand in one composition, and what leads to a port of it is a delegation.
pub(super) fn check_scope(document: &Document, connector: &Connector) -> Result<(), EditError> {
    let ends = [&connector.from, &connector.to];
    let mut scopes = ends
        .into_iter()
        .filter_map(|end| document.scope_at(end.instance()?));
    let texts = || {
        (
            end::text(document, &connector.from),
            end::text(document, &connector.to),
        )
    };
    if let (Some(one), Some(other)) = (scopes.next(), scopes.next())
        && one != other
    {
        let (from, to) = texts();
        return Err(EditError::AcrossCompositions { from, to });
    }
    if document.is_delegation(connector) && !is_delegation(document, connector) {
        let (from, to) = texts();
        return Err(EditError::NoDelegation { from, to });
    }
    Ok(())
}

fn is_delegation(document: &Document, connector: &Connector) -> bool {
    let port_at = |end: &End, direction: Direction| {
        let id = end.instance()?;
        let port = document.ports.get(&id)?;
        (port.direction == direction && *end == port_end(id, port)).then_some(())
    };
    let is_part = |end: &End| {
        let part = matches!(end, End::Port { .. })
            .then(|| end.instance())
            .flatten();
        part.is_some_and(|id| document.instances.contains_key(&id))
    };
    let (from, to) = (&connector.from, &connector.to);
    let leads_in = port_at(from, Direction::Required).is_some() && is_part(to);
    let leads_out = port_at(to, Direction::Provided).is_some() && is_part(from);
    let is_plain = !connector.accept_version && !connector.probe && connector.adapter.is_none();
    (leads_in || leads_out) && connector.kind.is_direct() && is_plain
}

/// A component that changes: what is a composition and has parts stays one, and what becomes one has
/// no instances that a composition cannot have.
pub(super) fn check_kind(
    document: &Document,
    id: ComponentId,
    component: &Component,
) -> Result<(), EditError> {
    let mut instances = document.instances.values();
    match (
        document.is_composition(id),
        component.source == ComponentSource::Composition,
    ) {
        (false, true) => {
            let own = |one: &Instance| Some((one.name.clone(), own_only(one)?));
            let mut own = instances.filter(|one| one.component == id).filter_map(own);
            return match own.next() {
                Some((instance, what)) => Err(EditError::OfParts { instance, what }),
                None => Ok(()),
            };
        }
        (true, false) => {}
        _ => return Ok(()),
    }
    let prefixed = |one: &&Instance| one.component == id && one.prefix.is_some();
    if let Some(instance) = instances.find(prefixed) {
        return Err(EditError::Prefix {
            instance: instance.name.clone(),
        });
    }
    check_empty(document, id, &component.name)
}

/// A composition that goes has nothing inside.
pub(super) fn check_empty(
    document: &Document,
    id: ComponentId,
    name: &str,
) -> Result<(), EditError> {
    let part = document.parts(Some(id)).next();
    let user = match (part, document.ports_of(id).next()) {
        (Some((_, part)), _) => format!("its part `{}`", part.name),
        (None, Some((_, port))) => format!("its port `{}`", port.name),
        (None, None) => return Ok(()),
    };
    Err(referenced(Noun::Composition, name, user))
}

fn composition(document: &Document, id: ComponentId) -> Result<&Component, EditError> {
    let component = known(Noun::Composition, &document.components, id, id.0)?;
    match component.source {
        ComponentSource::Composition => Ok(component),
        _ => Err(EditError::NoComposition {
            name: component.name.clone(),
        }),
    }
}

/// The end that a port of a composition is for connectors inside.
pub(super) fn port_end(id: InstanceId, port: &DelegationPort) -> End {
    End::Port {
        instance: id,
        port: port.name.clone(),
    }
}

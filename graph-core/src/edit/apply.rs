//! Application of edits: all conditions first, then the change, so a refused edit changes nothing.

use super::{
    Edit, EditError, Noun,
    annotations::apply_annotation,
    buses::{check_binding, check_block, check_block_name, check_bus},
    connectors::{check_connector, connector_name},
    hierarchy,
    layout::{move_instance, reroute},
    taken::{self, Taken, check_no_twin},
};
use crate::{document::*, end};
use autosar_wit::names::is_label;
use std::collections::BTreeMap;

/// From so many edits on, an index costs less than it saves.
const INDEXED: usize = 64;

impl Edit {
    /// Applies the edit and returns its inverse.
    pub fn apply(self, document: &mut Document) -> Result<Edit, EditError> {
        self.apply_where(document, &Taken::Searched)
    }

    pub(super) fn apply_where(
        self,
        document: &mut Document,
        taken: &Taken,
    ) -> Result<Edit, EditError> {
        match self {
            Edit::InsertComponent(id, component) => {
                check_new(Noun::Component, id.0, document.components.contains_key(&id))?;
                check_component(document, taken, id, &component)?;
                document.components.insert(id, component);
                document.took(id.0);
                Ok(Edit::RemoveComponent(id))
            }
            Edit::RemoveComponent(id) => remove_component(document, id),
            Edit::ChangeComponent(id, component) => {
                check_component(document, taken, id, &component)?;
                hierarchy::check_kind(document, id, &component)?;
                change(
                    Noun::Component,
                    &mut document.components,
                    id,
                    id.0,
                    component,
                )
                .map(|old| Edit::ChangeComponent(id, old))
            }
            Edit::InsertPort(id, port) => {
                check_new(Noun::Port, id.0, document.scope_at(id).is_some())?;
                hierarchy::check_port(document, taken, id, &port)?;
                document.ports.insert(id, port);
                document.took(id.0);
                Ok(Edit::RemovePort(id))
            }
            Edit::RemovePort(id) => {
                hierarchy::remove_port(document, id).map(|old| Edit::InsertPort(id, old))
            }
            Edit::ChangePort(id, port) => hierarchy::change_port(document, taken, id, port)
                .map(|old| Edit::ChangePort(id, old)),
            Edit::InsertInstance(id, instance) => {
                check_new(Noun::Instance, id.0, document.scope_at(id).is_some())?;
                check_instance(document, taken, id, &instance)?;
                document.instances.insert(id, instance);
                document.took(id.0);
                Ok(Edit::RemoveInstance(id))
            }
            Edit::RemoveInstance(id) => remove_instance(document, id),
            Edit::ChangeInstance(id, instance) => {
                check_instance(document, taken, id, &instance)?;
                change(Noun::Instance, &mut document.instances, id, id.0, instance)
                    .map(|old| Edit::ChangeInstance(id, old))
            }
            Edit::Connect(id, connector) => {
                check_new(Noun::Connector, id.0, document.connectors.contains_key(&id))?;
                check_connector(document, taken, id, &connector)?;
                document.connectors.insert(id, connector);
                document.took(id.0);
                Ok(Edit::Disconnect(id))
            }
            Edit::Disconnect(id) => take(Noun::Connector, &mut document.connectors, id, id.0)
                .map(|old| Edit::Connect(id, old)),
            Edit::ChangeConnector(id, connector) => {
                check_connector(document, taken, id, &connector)?;
                change(
                    Noun::Connector,
                    &mut document.connectors,
                    id,
                    id.0,
                    connector,
                )
                .map(|old| Edit::ChangeConnector(id, old))
            }
            Edit::Rename(name) => {
                check_one_line(Noun::Project, &name)?;
                Ok(Edit::Rename(std::mem::replace(&mut document.name, name)))
            }
            Edit::SetImported(folder) => {
                let old = std::mem::replace(&mut document.imported, folder);
                Ok(Edit::SetImported(old))
            }
            Edit::Move(id, position) => move_instance(document, id, position),
            Edit::Reroute(id, points) => reroute(document, id, points),
            annotation @ (Edit::InsertFrame(..)
            | Edit::RemoveFrame(_)
            | Edit::ChangeFrame(..)
            | Edit::PlaceFrame(..)
            | Edit::InsertNote(..)
            | Edit::RemoveNote(_)
            | Edit::ChangeNote(..)
            | Edit::PlaceNote(..)) => apply_annotation(annotation, document),
            platform => apply_platform(platform, document, taken),
        }
    }
}

impl Document {
    /// Applies all edits in order and returns those that take them back, in the order in which
    /// they have to be applied. If one is refused, the document is as it was.
    pub fn apply_batch(&mut self, edits: Vec<Edit>) -> Result<Vec<Edit>, EditError> {
        let next_id = self.next_id;
        let mut inverses = Vec::with_capacity(edits.len());
        let mut taken = match edits.len() {
            ..INDEXED => Taken::Searched,
            _ => Taken::index(self),
        };
        for edit in edits {
            match taken::apply(edit, self, &mut taken) {
                Ok(inverse) => inverses.push(inverse),
                Err(error) => {
                    for inverse in inverses.into_iter().rev() {
                        inverse.apply(self).unwrap_or_else(|error| {
                            unreachable!("an inverse was refused, this is a bug: {error}")
                        });
                    }
                    self.next_id = next_id;
                    return Err(error);
                }
            }
        }
        inverses.reverse();
        Ok(inverses)
    }

    pub(super) fn took(&mut self, id: u64) {
        self.next_id = self.next_id.max(id.saturating_add(1));
    }
}

/// Edits of buses, ECUs and PDUs.
fn apply_platform(edit: Edit, document: &mut Document, taken: &Taken) -> Result<Edit, EditError> {
    match edit {
        Edit::InsertBus(id, bus) => {
            check_new(Noun::Bus, id.0, document.buses.contains_key(&id))?;
            check_bus(document, id, &bus)?;
            document.buses.insert(id, bus);
            document.took(id.0);
            Ok(Edit::RemoveBus(id))
        }
        Edit::RemoveBus(id) => remove_bus(document, id),
        Edit::ChangeBus(id, bus) => {
            check_bus(document, id, &bus)?;
            change(Noun::Bus, &mut document.buses, id, id.0, bus)
                .map(|old| Edit::ChangeBus(id, old))
        }
        Edit::InsertEcu(id, ecu) => {
            check_new(Noun::Ecu, id.0, document.ecus.contains_key(&id))?;
            check_ecu(document, id, &ecu)?;
            document.ecus.insert(id, ecu);
            document.took(id.0);
            Ok(Edit::RemoveEcu(id))
        }
        Edit::RemoveEcu(id) => {
            let ecu = known(Noun::Ecu, &document.ecus, id, id.0)?;
            check_no_instance_in(document, id, &ecu.name, |_| true)?;
            take(Noun::Ecu, &mut document.ecus, id, id.0).map(|old| Edit::InsertEcu(id, old))
        }
        Edit::ChangeEcu(id, ecu) => {
            let old = known(Noun::Ecu, &document.ecus, id, id.0)?;
            check_no_instance_in(document, id, &old.name, |name| {
                !ecu.partitions.contains_key(name)
            })?;
            check_ecu(document, id, &ecu)?;
            change(Noun::Ecu, &mut document.ecus, id, id.0, ecu).map(|old| Edit::ChangeEcu(id, old))
        }
        Edit::RenamePartition(key, name) => rename_partition(document, key, name),
        Edit::InsertPdu(id, pdu) => {
            check_new(Noun::Pdu, id.0, document.pdus.contains_key(&id))?;
            check_pdu(document, taken, id, &pdu)?;
            document.pdus.insert(id, pdu);
            document.took(id.0);
            Ok(Edit::RemovePdu(id))
        }
        Edit::RemovePdu(id) => {
            take(Noun::Pdu, &mut document.pdus, id, id.0).map(|old| Edit::InsertPdu(id, old))
        }
        Edit::ChangePdu(id, pdu) => {
            check_pdu(document, taken, id, &pdu)?;
            change(Noun::Pdu, &mut document.pdus, id, id.0, pdu).map(|old| Edit::ChangePdu(id, old))
        }
        other => unreachable!("not an edit of the platform, this is a bug: {other:?}"),
    }
}

fn remove_component(document: &mut Document, id: ComponentId) -> Result<Edit, EditError> {
    let component = known(Noun::Component, &document.components, id, id.0)?;
    if let Some(user) = document
        .instances
        .values()
        .find(|instance| instance.component == id)
    {
        return Err(referenced(
            Noun::Component,
            &component.name,
            format!("the instance `{}`", user.name),
        ));
    }
    hierarchy::check_empty(document, id, &component.name)?;
    take(Noun::Component, &mut document.components, id, id.0)
        .map(|old| Edit::InsertComponent(id, old))
}

fn remove_instance(document: &mut Document, id: InstanceId) -> Result<Edit, EditError> {
    let instance = known(Noun::Instance, &document.instances, id, id.0)?;
    if let Some(connector) = document.connectors_of(id).next() {
        return Err(referenced(
            Noun::Instance,
            &instance.name,
            connector_name(document, connector),
        ));
    }
    if let Some(note) = document.notes.values().find(|one| one.instance == Some(id)) {
        let user = format!("the note `{}`", note.name);
        return Err(referenced(Noun::Instance, &instance.name, user));
    }
    if document.layout.positions.contains_key(&id) {
        return Err(referenced(
            Noun::Instance,
            &instance.name,
            "its position on the canvas".to_owned(),
        ));
    }
    take(Noun::Instance, &mut document.instances, id, id.0).map(|old| Edit::InsertInstance(id, old))
}

fn remove_bus(document: &mut Document, id: BusId) -> Result<Edit, EditError> {
    let bus = known(Noun::Bus, &document.buses, id, id.0)?;
    let bound = document
        .instances
        .values()
        .find(|instance| instance.bindings.values().any(|bound| bound.bus == id));
    let user = if let Some(connector) = document.connectors_on(id).next() {
        connector_name(document, connector)
    } else if let Some(instance) = bound {
        format!("a binding of the instance `{}`", instance.name)
    } else if let Some(pdu) = document.pdus.values().find(|pdu| pdu.bus == id) {
        format!("the transmission mode of `{}`", pdu.message)
    } else {
        return take(Noun::Bus, &mut document.buses, id, id.0).map(|old| Edit::InsertBus(id, old));
    };
    Err(referenced(Noun::Bus, &bus.name, user))
}

fn rename_partition(
    document: &mut Document,
    key: PartitionKey,
    name: String,
) -> Result<Edit, EditError> {
    let ecu = known(Noun::Ecu, &document.ecus, key.ecu, key.ecu.0)?;
    if !ecu.partitions.contains_key(&key.partition) {
        return Err(EditError::UnknownPartition {
            ecu: ecu.name.clone(),
            partition: key.partition,
        });
    }
    check_label(Noun::Partition, &name)?;
    let others = ecu.partitions.keys().map(|other| (other, other.as_str()));
    check_unique(Noun::Partition, &key.partition, &name, others)?;
    if let Some(ecu) = document.ecus.get_mut(&key.ecu)
        && let Some(partition) = ecu.partitions.remove(&key.partition)
    {
        ecu.partitions.insert(name.clone(), partition);
    }
    let renamed = PartitionKey {
        ecu: key.ecu,
        partition: name,
    };
    for instance in document.instances.values_mut() {
        if instance.partition.as_ref() == Some(&key) {
            instance.partition = Some(renamed.clone());
        }
    }
    Ok(Edit::RenamePartition(renamed, key.partition))
}

fn check_component(
    document: &Document,
    taken: &Taken,
    id: ComponentId,
    component: &Component,
) -> Result<(), EditError> {
    check_one_line(Noun::Component, &component.name)?;
    let twin = taken.component(document, id, &component.name);
    let twin = twin.and_then(|twin| document.components.get(&twin));
    check_no_twin(Noun::Component, twin.map(|twin| twin.name.as_str()))
}

fn check_instance(
    document: &Document,
    taken: &Taken,
    id: InstanceId,
    instance: &Instance,
) -> Result<(), EditError> {
    check_label(Noun::Instance, &instance.name)?;
    let twin = taken.part(document, id, instance);
    let twin = twin.and_then(|twin| document.instances.get(&twin));
    check_no_twin(Noun::Instance, twin.map(|twin| twin.name.as_str()))?;
    known(
        Noun::Component,
        &document.components,
        instance.component,
        instance.component.0,
    )?;
    hierarchy::check_place(document, id, instance)?;
    for binding in instance.bindings.values() {
        check_binding(document, binding)?;
    }
    for block in instance.blocks.iter().flat_map(|(own, block)| [own, block]) {
        check_block_name(block)?;
    }
    for activation in &instance.activations {
        if !end::is_function(&activation.runnable) {
            return Err(EditError::RunnableText {
                runnable: end::function_text(&activation.runnable),
            });
        }
    }
    let Some(key) = &instance.partition else {
        return Ok(());
    };
    let ecu = known(Noun::Ecu, &document.ecus, key.ecu, key.ecu.0)?;
    match ecu.partitions.contains_key(&key.partition) {
        true => Ok(()),
        false => Err(EditError::UnknownPartition {
            ecu: ecu.name.clone(),
            partition: key.partition.clone(),
        }),
    }
}

fn check_ecu(document: &Document, id: EcuId, ecu: &Ecu) -> Result<(), EditError> {
    check_label(Noun::Ecu, &ecu.name)?;
    let others = document
        .ecus
        .iter()
        .map(|(other, ecu)| (*other, ecu.name.as_str()));
    check_unique(Noun::Ecu, id, &ecu.name, others)?;
    if let Some(target) = &ecu.target {
        check_one_line(Noun::Target, target)?;
    }
    for (name, partition) in &ecu.partitions {
        for (block, properties) in &partition.blocks {
            check_block(block, properties)?;
        }
        check_label(Noun::Partition, name)?;
        let others = ecu.partitions.keys().map(|other| (other, other.as_str()));
        check_unique(Noun::Partition, name, name, others)?;
    }
    Ok(())
}

fn check_pdu(document: &Document, taken: &Taken, id: PduId, pdu: &Pdu) -> Result<(), EditError> {
    let bus = known(Noun::Bus, &document.buses, pdu.bus, pdu.bus.0)?;
    check_one_line(Noun::Pdu, &pdu.message)?;
    match taken.pdu(document, id, pdu) {
        true => Err(EditError::DuplicatePdu {
            bus: bus.name.clone(),
            message: pdu.message.clone(),
        }),
        false => Ok(()),
    }
}

fn check_no_instance_in(
    document: &Document,
    ecu: EcuId,
    ecu_name: &str,
    goes: impl Fn(&str) -> bool,
) -> Result<(), EditError> {
    for instance in document.instances.values() {
        let Some(key) = instance.partition.as_ref().filter(|key| key.ecu == ecu) else {
            continue;
        };
        if goes(&key.partition) {
            let name = format!("{ecu_name}/{}", key.partition);
            return Err(referenced(
                Noun::Partition,
                &name,
                format!("the instance `{}`", instance.name),
            ));
        }
    }
    Ok(())
}

pub(super) fn check_new(noun: Noun, id: u64, taken: bool) -> Result<(), EditError> {
    if taken {
        Err(EditError::IdTaken { noun, id })
    } else {
        Ok(())
    }
}

pub(super) fn check_label(noun: Noun, name: &str) -> Result<(), EditError> {
    if is_label(name) {
        Ok(())
    } else {
        Err(EditError::NotALabel {
            noun,
            name: name.to_owned(),
        })
    }
}

pub(super) fn check_one_line(noun: Noun, name: &str) -> Result<(), EditError> {
    if is_one_line(name) {
        Ok(())
    } else {
        Err(EditError::NotOneLine {
            noun,
            name: name.to_owned(),
        })
    }
}

/// Labels that differ in case only are the same to the Component Model.
pub(super) fn check_unique<'a, I: PartialEq>(
    noun: Noun,
    id: I,
    name: &str,
    others: impl Iterator<Item = (I, &'a str)>,
) -> Result<(), EditError> {
    for (other, taken) in others {
        if other != id && taken.eq_ignore_ascii_case(name) {
            return Err(EditError::DuplicateName {
                noun,
                name: taken.to_owned(),
            });
        }
    }
    Ok(())
}

pub(super) fn known<I: Ord, T>(
    noun: Noun,
    map: &BTreeMap<I, T>,
    id: I,
    number: u64,
) -> Result<&T, EditError> {
    map.get(&id).ok_or(EditError::Unknown { noun, id: number })
}

pub(super) fn take<I: Ord, T>(
    noun: Noun,
    map: &mut BTreeMap<I, T>,
    id: I,
    number: u64,
) -> Result<T, EditError> {
    map.remove(&id)
        .ok_or(EditError::Unknown { noun, id: number })
}

pub(super) fn change<I: Ord, T>(
    noun: Noun,
    map: &mut BTreeMap<I, T>,
    id: I,
    number: u64,
    new: T,
) -> Result<T, EditError> {
    let place = map
        .get_mut(&id)
        .ok_or(EditError::Unknown { noun, id: number })?;
    Ok(std::mem::replace(place, new))
}

pub(super) fn referenced(noun: Noun, name: &str, user: String) -> EditError {
    EditError::StillReferenced {
        noun,
        name: name.to_owned(),
        user,
    }
}

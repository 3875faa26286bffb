//! Component types: ports with their com specs, and the internal behaviour.

use super::{
    Result, Writer,
    behaviour::{Events, operation_runnable},
    constant,
    interface::{self, Written as Interface},
    names, xml,
};
use crate::{Component, Port, Reception};
use autosar_data::{Element, ElementName};
use autosar_wit::component::{ComponentType, Direction, PortKind};
use std::collections::BTreeMap;

/// A port that was written.
#[derive(Debug, Clone)]
pub(super) struct WrittenPort {
    pub(super) element: ElementName,
    /// Id of its interface.
    pub(super) interface: String,
}

/// Nanoseconds as seconds, exactly.
pub(super) fn seconds(nanoseconds: u64) -> String {
    let (whole, rest) = (nanoseconds / 1_000_000_000, nanoseconds % 1_000_000_000);
    match rest {
        0 => whole.to_string(),
        _ => format!("{whole}.{rest:09}")
            .trim_end_matches('0')
            .to_owned(),
    }
}

impl Writer {
    pub(super) fn component(
        &mut self,
        component: &Component,
        described: &ComponentType,
    ) -> Result<()> {
        let kind = ElementName::ApplicationSwComponentType;
        let element = self.ports(&component.path, kind, &component.ports)?;
        xml::docs(&element, &names::lines(&component.docs))?;
        let operations = self.operations_of(component);
        if component.runnables.is_empty() && operations.is_empty() {
            return Ok(());
        }
        let container = ElementName::InternalBehaviors;
        let kind = ElementName::SwcInternalBehavior;
        let name = self.behaviour_name(component);
        let behaviour = xml::named(&element, container, kind, &name)?;
        let path = format!("{}/{name}", component.path);
        let mut events = Events::default();
        for runnable in &component.runnables {
            let known = described.metadata.runnables.get(&runnable.function);
            self.runnable(component, &behaviour, &path, runnable, known, &mut events)?;
        }
        for operation in operations {
            operation_runnable(&behaviour, &path, &operation, &mut events)?;
        }
        xml::text(
            &behaviour,
            ElementName::SupportsMultipleInstantiation,
            "false",
        )?;
        Ok(())
    }

    /// The one that it had; UUIDs are known by their paths.
    fn behaviour_name(&self, component: &Component) -> String {
        if let Some(own) = self.behaviours.get(&component.path) {
            return own.clone();
        }
        let name = format!("{}_Behavior", names::split(&component.path).1);
        match names::is_short_name(&name) {
            true => name,
            false => "Behavior".to_owned(),
        }
    }

    /// The element of a component type or composition, with its ports. What is required and provided
    /// under one name is one port.
    pub(super) fn ports(
        &mut self,
        path: &str,
        kind: ElementName,
        ports: &[Port],
    ) -> Result<Element> {
        let element = xml::element(&self.out, kind, path)?;
        self.kinds.insert(path.to_owned(), kind);
        let mut by_path: BTreeMap<&str, Vec<&Port>> = BTreeMap::new();
        let mut order = Vec::new();
        for port in ports {
            let key = (path.to_owned(), port.name.clone());
            self.labels.insert(key, port.path.clone());
            let same = by_path.entry(port.path.as_str()).or_default();
            if same.is_empty() {
                order.push(port.path.as_str());
            }
            same.push(port);
        }
        for path in order {
            let both = by_path.get(path).map(Vec::as_slice).unwrap_or_default();
            self.port(&element, both)?;
        }
        Ok(element)
    }

    fn port(&mut self, element: &Element, both: &[&Port]) -> Result<()> {
        let Some(first) = both.first() else {
            return Ok(());
        };
        let Some(interface) = self.interfaces.get(&first.interface).cloned() else {
            let why = "its interface has no counterpart in AUTOSAR";
            self.left_out(&first.path, ElementName::PPortPrototype.to_str(), why);
            return Ok(());
        };
        if first.kind == PortKind::NvData
            && both.iter().any(|one| one.direction == Direction::Provided)
        {
            let why = "who keeps non-volatile data is an NV-BLOCK-SW-COMPONENT-TYPE, which is not written";
            self.left_out(&first.path, ElementName::PPortPrototype.to_str(), why);
            return Ok(());
        }
        // AUTOSAR's trigger source provides the port; in WIT who is called provides.
        let is_provided =
            (first.direction == Direction::Provided) != (first.kind == PortKind::Trigger);
        let is_both = both.len() > 1 || first.kind == PortKind::NvData;
        let (kind, reference) = match (is_both, is_provided) {
            (true, _) => (
                ElementName::PrPortPrototype,
                ElementName::ProvidedRequiredInterfaceTref,
            ),
            (false, true) => (
                ElementName::PPortPrototype,
                ElementName::ProvidedInterfaceTref,
            ),
            (false, false) => (
                ElementName::RPortPrototype,
                ElementName::RequiredInterfaceTref,
            ),
        };
        let name = names::split(&first.path).1;
        let port = xml::named(element, ElementName::Ports, kind, name)?;
        for one in both {
            let container = match one.direction {
                Direction::Required => ElementName::RequiredComSpecs,
                Direction::Provided => ElementName::ProvidedComSpecs,
            };
            for reception in &one.receptions {
                self.com_spec(&port, container, one, reception, &interface)?;
            }
        }
        xml::reference(&port, reference, interface.kind, &interface.path)?;
        let written = WrittenPort {
            element: kind,
            interface: first.interface.clone(),
        };
        self.ports.insert(first.path.clone(), written);
        Ok(())
    }

    fn com_spec(
        &mut self,
        port: &Element,
        container: ElementName,
        described: &Port,
        reception: &Reception,
        interface: &Interface,
    ) -> Result<()> {
        let is_silent = reception.initial.is_none()
            && reception.substitute.is_none()
            && reception.alive_timeout_ns.is_none()
            && reception.queue.is_none();
        let element = interface.elements.get(&reception.element);
        let value = interface.values.get(&reception.element);
        let (Some(element), Some((value, meanings)), false) = (element, value, is_silent) else {
            return Ok(());
        };
        let is_receiver = described.direction == Direction::Required;
        let is_kept = described.kind == PortKind::NvData;
        let kind = match (is_receiver, reception.queue) {
            _ if is_kept => ElementName::NvRequireComSpec,
            (true, None) => ElementName::NonqueuedReceiverComSpec,
            (true, Some(_)) => ElementName::QueuedReceiverComSpec,
            (false, _) => ElementName::NonqueuedSenderComSpec,
        };
        let specs = port.get_or_create_sub_element(container)?;
        let spec = specs.create_sub_element(kind)?;
        let data = ElementName::VariableDataPrototype;
        let reference = match is_kept {
            true => ElementName::VariableRef,
            false => ElementName::DataElementRef,
        };
        xml::reference(&spec, reference, data, element)?;
        let mut lost = Vec::new();
        if let Some(length) = reception.queue.filter(|_| is_receiver) {
            xml::text(&spec, ElementName::QueueLength, &length.to_string())?;
            lost.extend(reception.alive_timeout_ns.map(|_| "alive timeout"));
            lost.extend(reception.initial.as_ref().map(|_| "init value"));
        } else {
            if let Some(timeout) = reception.alive_timeout_ns.filter(|_| is_receiver) {
                xml::text(&spec, ElementName::AliveTimeout, &seconds(timeout))?;
            }
            if let Some(initial) = &reception.initial
                && !constant::write(&spec, ElementName::InitValue, value, meanings, initial)?
            {
                lost.push("init value");
            }
            if let Some(substitute) = reception.substitute.as_ref().filter(|_| is_receiver) {
                let name = ElementName::TimeoutSubstitutionValue;
                let is_initial = reception.initial.as_ref() == Some(substitute);
                let way = match is_initial {
                    true => Some("REPLACE"),
                    false => constant::write(&spec, name, value, meanings, substitute)?
                        .then_some("REPLACE-BY-TIMEOUT-SUBSTITUTION-VALUE"),
                };
                match way {
                    Some(way) => drop(xml::text(&spec, ElementName::HandleTimeoutType, way)?),
                    None => lost.push("timeout substitution value"),
                }
            }
        }
        for what in lost {
            let why = format!(
                "a com spec of `{}` has no place for its {what}",
                reception.element
            );
            self.left_out(&described.path, kind.to_str(), why);
        }
        Ok(())
    }
}

/// The id of a port's interface in the type of its component, for models that are made of types.
pub fn interface_of(port: &autosar_wit::component::Port) -> Option<String> {
    match &port.item {
        autosar_wit::component::PortItem::Interface(found) => Some(interface::id(port, found)),
        autosar_wit::component::PortItem::Function(_) => None,
    }
}

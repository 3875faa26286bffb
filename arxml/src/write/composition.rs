//! Compositions: parts, and connectors between their ports and to the outer ones.

use super::{Result, Writer, names, types::unlike, xml};
use crate::{Composition, Connector, End};
use autosar_data::{Element, ElementName};
use autosar_wit::component::PortKind;
use std::collections::{BTreeMap, BTreeSet};

impl Writer {
    /// Its parts; the ports are there already.
    pub(super) fn composition(&mut self, composition: &Composition) -> Result<()> {
        let element = xml::element(&self.out, xml::COMPOSITION, &composition.path)?;
        xml::docs(&element, &names::lines(&composition.docs))?;
        for part in &composition.parts {
            let name = names::split(&part.path).1;
            let kind = ElementName::SwComponentPrototype;
            let made = xml::named(&element, ElementName::Components, kind, name)?;
            // Compositions are written in the order of their paths: one may stand further down.
            let target = self.kinds.get(&part.component);
            let target = target.copied().unwrap_or(xml::COMPOSITION);
            xml::reference(&made, ElementName::TypeTref, target, &part.component)?;
        }
        Ok(())
    }

    pub(super) fn connectors(&mut self, composition: &Composition) -> Result<()> {
        let element = xml::element(&self.out, xml::COMPOSITION, &composition.path)?;
        let mut taken = BTreeSet::new();
        for connector in &composition.connectors {
            let name = unlike(names::split(&connector.path).1.to_owned(), &mut taken);
            self.connector(&element, composition, connector, &name)?;
        }
        Ok(())
    }

    fn connector(
        &mut self,
        element: &Element,
        composition: &Composition,
        connector: &Connector,
        name: &str,
    ) -> Result<()> {
        // From who provides to who requires in AUTOSAR, where the source of a trigger provides.
        let (from, to) = match connector.kind {
            PortKind::Trigger => (&connector.to, &connector.from),
            _ => (&connector.from, &connector.to),
        };
        let parts: BTreeMap<&str, (&str, &str)> = composition
            .parts
            .iter()
            .map(|part| {
                let paths = (part.path.as_str(), part.component.as_str());
                (part.name.as_str(), paths)
            })
            .collect();
        let end = |end: &End| match end {
            End::Part { part, port } => {
                let (path, component) = parts.get(part.as_str())?;
                Some((Some((*path).to_owned()), self.port_path(component, port)?))
            }
            End::Outer { port } => Some((None, self.port_path(&composition.path, port)?)),
        };
        let is_written = |(part, port): &(Option<String>, String)| {
            self.ports
                .contains_key(port)
                .then(|| (part.clone(), port.clone()))
        };
        let ends = (
            end(from).as_ref().and_then(is_written),
            end(to).as_ref().and_then(is_written),
        );
        let container = ElementName::Connectors;
        match ends {
            (Some((Some(sender), given)), Some((Some(receiver), needed))) => {
                let kind = ElementName::AssemblySwConnector;
                let made = xml::named(element, container, kind, name)?;
                let provider = made.create_sub_element(ElementName::ProviderIref)?;
                self.end(&provider, &sender, ElementName::TargetPPortRef, &given)?;
                let requester = made.create_sub_element(ElementName::RequesterIref)?;
                self.end(&requester, &receiver, ElementName::TargetRPortRef, &needed)
            }
            (Some((None, outer)), Some((Some(part), port))) => {
                self.delegation(element, name, &outer, (&part, &port), false)
            }
            (Some((Some(part), port)), Some((None, outer))) => {
                self.delegation(element, name, &outer, (&part, &port), true)
            }
            _ => {
                let path = format!("{}/{name}", composition.path);
                let why = "a port at its ends is not in the description";
                self.left_out(&path, ElementName::AssemblySwConnector.to_str(), why);
                Ok(())
            }
        }
    }

    fn delegation(
        &self,
        element: &Element,
        name: &str,
        outer: &str,
        (part, port): (&str, &str),
        is_provided: bool,
    ) -> Result<()> {
        let kind = ElementName::DelegationSwConnector;
        let made = xml::named(element, ElementName::Connectors, kind, name)?;
        let inner = made.create_sub_element(ElementName::InnerPortIref)?;
        let (reference, target) = match is_provided {
            true => (
                ElementName::PPortInCompositionInstanceRef,
                ElementName::TargetPPortRef,
            ),
            false => (
                ElementName::RPortInCompositionInstanceRef,
                ElementName::TargetRPortRef,
            ),
        };
        let place = inner.create_sub_element(reference)?;
        self.end(&place, part, target, port)?;
        let kind = self.port_kind(outer);
        xml::reference(&made, ElementName::OuterPortRef, kind, outer)
    }

    fn end(&self, place: &Element, part: &str, name: ElementName, port: &str) -> Result<()> {
        let kind = ElementName::SwComponentPrototype;
        xml::reference(place, ElementName::ContextComponentRef, kind, part)?;
        xml::reference(place, name, self.port_kind(port), port)
    }

    /// The path of a port by its type and label.
    pub(super) fn port_path(&self, component: &str, label: &str) -> Option<String> {
        self.labels
            .get(&(component.to_owned(), label.to_owned()))
            .cloned()
    }

    pub(super) fn port_kind(&self, path: &str) -> ElementName {
        let written = self.ports.get(path).map(|port| port.element);
        written.unwrap_or(ElementName::PPortPrototype)
    }
}

//! The system: outermost composition, ECU instances, which component runs where, and which data
//! element travels as which signal.

use super::{Result, Writer, names, types::unlike, xml};
use crate::{Model, SignalMapping, System};
use autosar_data::{Element, ElementName};
use autosar_wit::component::Direction;
use std::collections::{BTreeMap, BTreeSet};

const SYSTEM: &str = "/System/System";

impl Writer {
    pub(super) fn system(&mut self, system: &System, model: &Model) -> Result<()> {
        for ecu in &system.ecus {
            let element = xml::element(&self.out, ElementName::EcuInstance, &ecu.path)?;
            xml::docs(&element, &names::lines(&ecu.docs))?;
        }
        let Some(root) = &system.root else {
            return Ok(());
        };
        let path = self.free(SYSTEM);
        let element = xml::element(&self.out, ElementName::System, &path)?;
        xml::text(&element, ElementName::Category, "SYSTEM_DESCRIPTION")?;
        let mut fibex = Vec::new();
        fibex.extend(
            system
                .ecus
                .iter()
                .map(|ecu| (ElementName::EcuInstance, &ecu.path)),
        );
        fibex.extend(
            model
                .clusters
                .iter()
                .map(|one| (ElementName::CanCluster, &one.path)),
        );
        for (kind, path) in fibex {
            let elements = element.get_or_create_sub_element(ElementName::FibexElements)?;
            let holder = ElementName::FibexElementRefConditional;
            let conditional = elements.create_sub_element(holder)?;
            xml::reference(&conditional, ElementName::FibexElementRef, kind, path)?;
        }
        let container = ElementName::RootSoftwareCompositions;
        let kind = ElementName::RootSwCompositionPrototype;
        let prototype = xml::named(&element, container, kind, "Root")?;
        let name = ElementName::SoftwareCompositionTref;
        xml::reference(&prototype, name, xml::COMPOSITION, root)?;
        self.deployments(&element, &path, system)
    }

    fn deployments(&mut self, element: &Element, path: &str, system: &System) -> Result<()> {
        let paths: BTreeMap<&str, &str> = system
            .ecus
            .iter()
            .map(|ecu| (ecu.name.as_str(), ecu.path.as_str()))
            .collect();
        let mut taken = BTreeSet::new();
        for deployment in &system.deployments {
            let Some(ecu) = paths.get(deployment.ecu.as_str()) else {
                continue;
            };
            let [around @ .., target] = deployment.parts.as_slice() else {
                continue;
            };
            let mapping = mappings(element)?;
            let name = format!("{}_To_{}", names::split(target).1, names::split(ecu).1);
            let name = unlike(name.chars().take(120).collect(), &mut taken);
            let kind = ElementName::SwcToEcuMapping;
            let mapping = xml::named(&mapping, ElementName::SwMappings, kind, &name)?;
            let references = mapping.create_sub_element(ElementName::ComponentIrefs)?;
            let place = references.create_sub_element(ElementName::ComponentIref)?;
            root(&place, path)?;
            let kind = ElementName::SwComponentPrototype;
            for part in around {
                xml::reference(&place, ElementName::ContextComponentRef, kind, part)?;
            }
            xml::reference(&place, ElementName::TargetComponentRef, kind, target)?;
            let name = ElementName::EcuInstanceRef;
            xml::reference(&mapping, name, ElementName::EcuInstance, ecu)?;
        }
        Ok(())
    }

    /// Data elements that travel as signals.
    pub(super) fn signal_mappings(&mut self, model: &Model) -> Result<()> {
        let system = self.out.get_element_by_path(SYSTEM);
        let mappings_of = system.filter(|one| one.element_name() == ElementName::System);
        for mapping in &model.signal_mappings {
            let described = mappings_of.as_ref();
            let place = described.and_then(|_| self.mapped_element(mapping, model));
            let (Some(element), Some((port, data))) = (described, place) else {
                let what = ElementName::SenderReceiverToSignalMapping.to_str();
                let why = "its data element or its system is not in the description";
                self.left_out(&mapping.path, what, why);
                continue;
            };
            self.signal_mapping(element, mapping, &port, &data)?;
        }
        Ok(())
    }

    fn signal_mapping(
        &self,
        system: &Element,
        mapping: &SignalMapping,
        port: &str,
        data: &str,
    ) -> Result<()> {
        let maps = mappings(system)?.get_or_create_sub_element(ElementName::DataMappings)?;
        let made = maps.create_sub_element(ElementName::SenderReceiverToSignalMapping)?;
        let direction = match mapping.direction {
            Direction::Required => "IN",
            Direction::Provided => "OUT",
        };
        xml::text(&made, ElementName::CommunicationDirection, direction)?;
        let place = made.create_sub_element(ElementName::DataElementIref)?;
        let kind = ElementName::SwComponentPrototype;
        for part in &mapping.parts {
            xml::reference(&place, ElementName::ContextComponentRef, kind, part)?;
        }
        let kind = ElementName::RootSwCompositionPrototype;
        let name = ElementName::ContextCompositionRef;
        xml::reference(&place, name, kind, &format!("{SYSTEM}/Root"))?;
        let name = ElementName::ContextPortRef;
        xml::reference(&place, name, self.port_kind(port), port)?;
        let kind = ElementName::VariableDataPrototype;
        xml::reference(&place, ElementName::TargetDataPrototypeRef, kind, data)?;
        let kind = ElementName::SystemSignal;
        xml::reference(
            &made,
            ElementName::SystemSignalRef,
            kind,
            &mapping.system_signal,
        )
    }

    /// Paths of the port and of the data element that a mapping speaks of.
    fn mapped_element(&self, mapping: &SignalMapping, model: &Model) -> Option<(String, String)> {
        let compositions = || model.compositions.iter();
        let component = match mapping.parts.last() {
            Some(path) => {
                let mut parts = compositions().flat_map(|one| &one.parts);
                &parts.find(|part| part.path == *path)?.component
            }
            None => model.system.root.as_ref()?,
        };
        let port = self.port_path(component, &mapping.port)?;
        let interface = &self.ports.get(&port)?.interface;
        let data = self
            .interfaces
            .get(interface)?
            .elements
            .get(&mapping.element)?;
        Some((port, data.clone()))
    }
}

/// `SYSTEM-MAPPING`, made where it is not there.
fn mappings(system: &Element) -> Result<Element> {
    let mappings = system.get_or_create_sub_element(ElementName::Mappings)?;
    mappings.get_or_create_named_sub_element(ElementName::SystemMapping, "Mapping")
}

fn root(place: &Element, system: &str) -> Result<()> {
    let kind = ElementName::RootSwCompositionPrototype;
    let name = ElementName::ContextCompositionRef;
    xml::reference(place, name, kind, &format!("{system}/Root"))
}

//! Which things of a document changes are about.

use super::{Change, Section};
use crate::{
    document::{ComponentId, ConnectorId, Document, Subject},
    end,
};
use std::collections::BTreeMap;

/// Finds the things of a document that changes are about.
pub struct Subjects<'a> {
    document: &'a Document,
    /// By the composition that they stand in and their name as changes have it.
    connectors: BTreeMap<(Option<ComponentId>, String), ConnectorId>,
}

impl<'a> Subjects<'a> {
    pub fn of(document: &'a Document) -> Subjects<'a> {
        let mut connectors = BTreeMap::new();
        for (id, connector) in &document.connectors {
            let [from, to] = [&connector.from, &connector.to].map(|end| end::text(document, end));
            let name = format!("{from}{}{to}", super::tree::SEAM);
            let place = (document.scope_of(connector), name);
            connectors.entry(place).or_insert(*id);
        }
        Subjects {
            document,
            connectors,
        }
    }

    /// The part, connector or port of a composition that a change is about.
    fn inside(&self, composition: ComponentId, change: &Change) -> Option<Subject> {
        let (list, name) = change.part()?;
        let document = self.document;
        match list {
            "instances" => {
                let part = document.part_named(Some(composition), name);
                part.map(Subject::Instance)
            }
            "ports" => {
                let port = document.port_named(composition, name);
                port.map(Subject::Instance)
            }
            _ => {
                let place = (Some(composition), name.to_owned());
                self.connectors.get(&place).copied().map(Subject::Connector)
            }
        }
    }

    /// The thing of that name, of a composition the part of it; `None` if the document has none, as with what was removed.
    pub fn find(&self, change: &Change) -> Option<Subject> {
        let (document, name) = (self.document, &change.name);
        match change.section {
            Section::Project => Some(Subject::Project),
            Section::Component => document.component_named(name).map(Subject::Component),
            Section::Composition => {
                let composition = document.component_named(name)?;
                let inside = self.inside(composition, change);
                inside.or(Some(Subject::Component(composition)))
            }
            Section::Ecu => document.ecu_named(name).map(Subject::Ecu),
            Section::Bus => document.bus_named(name).map(Subject::Bus),
            Section::Instance => document.instance_named(name).map(Subject::Instance),
            Section::Connector => {
                let found = self.connectors.get(&(None, name.clone()));
                found.copied().map(Subject::Connector)
            }
            Section::Frame => document.frame_titled(name).map(Subject::Frame),
            Section::Note => document.note_named(name).map(Subject::Note),
            Section::Transmission => {
                let (bus, message) = name.split_once(':')?;
                let bus = document.bus_named(bus)?;
                let mut pdus = document.pdus.iter();
                pdus.find(|(_, pdu)| pdu.bus == bus && pdu.message == message)
                    .map(|(id, _)| Subject::Pdu(*id))
            }
        }
    }
}

//! Which things of a document changes are about.

use super::{Change, Section};
use crate::{
    document::{ConnectorId, Document, Subject},
    end,
};
use std::collections::BTreeMap;

/// Finds the things of a document that changes are about.
pub struct Subjects<'a> {
    document: &'a Document,
    /// The system's, by name as changes have it.
    connectors: BTreeMap<String, ConnectorId>,
}

impl<'a> Subjects<'a> {
    pub fn of(document: &'a Document) -> Subjects<'a> {
        let mut connectors = BTreeMap::new();
        for (id, connector) in &document.connectors {
            if document.scope_of(connector).is_none() {
                let [from, to] =
                    [&connector.from, &connector.to].map(|end| end::text(document, end));
                let name = format!("{from}{}{to}", super::tree::SEAM);
                connectors.entry(name).or_insert(*id);
            }
        }
        Subjects {
            document,
            connectors,
        }
    }

    /// The thing of that name; `None` if the document has none, as with what was removed.
    pub fn find(&self, change: &Change) -> Option<Subject> {
        let (document, name) = (self.document, &change.name);
        match change.section {
            Section::Project => Some(Subject::Project),
            Section::Component | Section::Composition => {
                document.component_named(name).map(Subject::Component)
            }
            Section::Ecu => document.ecu_named(name).map(Subject::Ecu),
            Section::Bus => document.bus_named(name).map(Subject::Bus),
            Section::Instance => document.instance_named(name).map(Subject::Instance),
            Section::Connector => {
                let found = self.connectors.get(name);
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

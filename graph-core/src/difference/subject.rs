//! Which thing of a document a change is about.

use super::{Change, Section};
use crate::{
    document::{Document, Subject},
    end,
};

impl Change {
    /// The thing of that name; `None` if the document has none, as with what was removed.
    pub fn subject(&self, document: &Document) -> Option<Subject> {
        match self.section {
            Section::Project => Some(Subject::Project),
            Section::Component | Section::Composition => {
                document.component_named(&self.name).map(Subject::Component)
            }
            Section::Ecu => document.ecu_named(&self.name).map(Subject::Ecu),
            Section::Bus => document.bus_named(&self.name).map(Subject::Bus),
            Section::Instance => document.instance_named(&self.name).map(Subject::Instance),
            Section::Connector => {
                let (from, to) = self.name.split_once(super::tree::SEAM)?;
                let text = |end| end::text(document, end);
                let mut connectors = document.connectors.iter();
                connectors
                    .find(|(_, one)| text(&one.from) == from && text(&one.to) == to)
                    .map(|(id, _)| Subject::Connector(*id))
            }
            Section::Frame => document.frame_titled(&self.name).map(Subject::Frame),
            Section::Note => document.note_named(&self.name).map(Subject::Note),
            Section::Transmission => {
                let (bus, message) = self.name.split_once(':')?;
                let bus = document.bus_named(bus)?;
                let mut pdus = document.pdus.iter();
                pdus.find(|(_, pdu)| pdu.bus == bus && pdu.message == message)
                    .map(|(id, _)| Subject::Pdu(*id))
            }
        }
    }
}

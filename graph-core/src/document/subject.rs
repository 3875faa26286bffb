//! What a subject is called in messages.

use super::*;

impl Document {
    /// "`fan`", "port `speed` of `fan`", "connector from `a.x` to `b.y`".
    pub fn subject_name(&self, subject: &Subject) -> String {
        let gone = || "something that is gone".to_owned();
        let quoted = |name: Option<&String>| name.map_or_else(gone, |name| format!("`{name}`"));
        let instance = |id| quoted(self.instances.get(id).map(|instance| &instance.name));
        match subject {
            Subject::Project if self.name.is_empty() => "the project".to_owned(),
            Subject::Project => format!("project `{}`", self.name),
            Subject::Component(id) => {
                let name = self.components.get(id).map(|component| &component.name);
                format!("component {}", quoted(name))
            }
            Subject::Instance(id) | Subject::Port { instance: id, .. }
                if self.ports.contains_key(id) =>
            {
                let port = self.ports.get(id);
                let composition = port.and_then(|port| self.components.get(&port.composition));
                let of = quoted(composition.map(|composition| &composition.name));
                format!("port {} of {of}", quoted(port.map(|port| &port.name)))
            }
            Subject::Instance(id) => format!("instance {}", instance(id)),
            Subject::Port {
                instance: id, port, ..
            } => format!("port `{port}` of {}", instance(id)),
            Subject::Connector(id) => self.connectors.get(id).map_or_else(gone, |connector| {
                let (from, to) = (&connector.from, &connector.to);
                format!(
                    "connector from `{}` to `{}`",
                    crate::end::text(self, from),
                    crate::end::text(self, to)
                )
            }),
            Subject::Bus(id) => format!("bus {}", quoted(self.buses.get(id).map(|bus| &bus.name))),
            Subject::Ecu(id) => format!("ECU {}", quoted(self.ecus.get(id).map(|ecu| &ecu.name))),
            Subject::Partition(key) => {
                let ecu = quoted(self.ecus.get(&key.ecu).map(|ecu| &ecu.name));
                format!("partition `{}` of {ecu}", key.partition)
            }
            Subject::Frame(id) => {
                format!(
                    "frame {}",
                    quoted(self.frames.get(id).map(|one| &one.title))
                )
            }
            Subject::Note(id) => {
                format!("note {}", quoted(self.notes.get(id).map(|one| &one.name)))
            }
            Subject::Pdu(id) => {
                let message = self.pdus.get(id).map(|pdu| &pdu.message);
                format!("transmission of {}", quoted(message))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subjects_are_named_as_people_call_them() {
        let mut document = Document {
            name: "thermal".into(),
            ..Document::default()
        };
        document.buses.insert(
            BusId(1),
            Bus {
                name: "can0".into(),
                kind: BusKind::Can {
                    bitrate_bps: 500_000,
                    flexible: None,
                    description: None,
                    restbus: std::collections::BTreeSet::new(),
                },
            },
        );
        assert_eq!(
            document.subject_name(&Subject::Project),
            "project `thermal`"
        );
        assert_eq!(
            Document::default().subject_name(&Subject::Project),
            "the project"
        );
        assert_eq!(document.subject_name(&Subject::Bus(BusId(1))), "bus `can0`");
        assert_eq!(
            document.subject_name(&Subject::Bus(BusId(9))),
            "bus something that is gone"
        );
    }
}

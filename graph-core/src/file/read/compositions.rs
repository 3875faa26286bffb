//! Compositions: all of them are there before anything inside, so that each can be a part of another.

use super::{Reader, v1};
use crate::{document::*, edit::Edit, file::FileError};

impl Reader<'_> {
    /// What is inside the compositions, and inside the system.
    pub(super) fn compositions(
        &mut self,
        compositions: v1::Table<v1::Composition>,
        instances: v1::Table<v1::Instance>,
        connectors: Vec<v1::Connector>,
    ) -> Result<(), FileError> {
        let mut insides = Vec::new();
        for (name, entry) in compositions {
            let id = self.document.new_ids().component();
            let composition = Component {
                name: name.get_ref().clone(),
                source: ComponentSource::Composition,
            };
            self.apply(&name.span(), Edit::InsertComponent(id, composition))?;
            self.ports(id, entry.ports)?;
            insides.push((Some(id), entry.instances, entry.connectors));
        }
        insides.push((None, instances, connectors));
        let mut wires = Vec::new();
        for (scope, instances, connectors) in insides {
            self.instances(scope, instances)?;
            wires.push((scope, connectors));
        }
        for (scope, connectors) in wires {
            self.connectors(scope, connectors)?;
        }
        Ok(())
    }

    fn ports(
        &mut self,
        composition: ComponentId,
        ports: v1::Table<v1::Port>,
    ) -> Result<(), FileError> {
        for (name, entry) in ports {
            let port = DelegationPort {
                name: name.get_ref().clone(),
                composition,
                direction: entry.direction,
            };
            let id = self.document.new_ids().instance();
            self.apply(&name.span(), Edit::InsertPort(id, port))?;
        }
        Ok(())
    }
}

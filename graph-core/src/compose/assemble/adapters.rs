//! The adapters of a partition: each stands before the port of its receiver, behind the store or the
//! provider. Knows nothing of mappings.

use super::{Assembly, way_name};
use crate::{
    compose::{
        ComposeError,
        link::{Source, Wire},
        scope::{Member, Scope},
        ways::{Direct, Ways},
    },
    document::InstanceId,
};
use autosar_wit::mapping::Adaptation;
use rte::Glue;

impl Assembly<'_> {
    /// An adapter for each connector to this instance that has one.
    pub(super) fn add_adapters(
        &mut self,
        scope: &Scope<'_>,
        member: &Member<'_>,
        direct: &[&Direct<'_>],
        ways: &Ways<'_>,
        glue: &Glue,
    ) -> Result<(), ComposeError> {
        for way in direct.iter().filter(|way| way.requirer == member.id) {
            let Some(adaptation) = &way.adaptation else {
                continue;
            };
            let wire = Wire {
                import: rte::ADAPTER_INNER.to_owned(),
                source: self.provided(way),
            };
            let name = way_name(scope, member, way);
            self.add_adapter(member, way.required, name, adaptation, vec![wire])?;
        }
        let buffered = ways
            .adapters
            .iter()
            .filter(|adapter| adapter.requirer == member.id);
        for adapter in buffered {
            let wires = self.served(&adapter.name, glue);
            let (name, adaptation) = (adapter.connector.clone(), &adapter.adaptation);
            self.add_adapter(member, &adapter.required, name, adaptation, wires)?;
        }
        Ok(())
    }

    fn add_adapter(
        &mut self,
        member: &Member<'_>,
        required: &str,
        connector: String,
        adaptation: &Adaptation,
        wires: Vec<Wire>,
    ) -> Result<(), ComposeError> {
        let bytes = rte::adapter(adaptation).map_err(|source| ComposeError::AdapterGlue {
            connector: connector.clone(),
            source: Box::new(source),
        })?;
        let piece = self.add_generated(&format!("the adapter on {connector}"), bytes, wires);
        self.adapters
            .insert((member.id, required.to_owned()), piece);
        Ok(())
    }

    /// The adapter's port, where there is an adapter.
    pub(super) fn adapted(&self, requirer: InstanceId, required: &str) -> Option<Source> {
        let piece = self.adapters.get(&(requirer, required.to_owned()))?;
        Some(Source {
            piece: *piece,
            path: vec![rte::ADAPTER_OUTER.to_owned()],
        })
    }

    /// Connects what is not connected yet: direct ones are, with their probes.
    pub(super) fn connect_adapters(&self, member: &Member<'_>, wires: &mut Vec<Wire>) {
        for (id, port) in self.adapters.keys() {
            let is_connected = wires.iter().any(|wire| wire.import == *port);
            if *id != member.id || is_connected {
                continue;
            }
            let source = self.adapted(*id, port);
            wires.extend(source.map(|source| Wire {
                import: port.clone(),
                source,
            }));
        }
    }
}

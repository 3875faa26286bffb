//! What stands in for the platform at an instance to which something of it is denied or given
//! virtually: a piece in front of the instance. Knows nothing of what it answers.

use super::Assembly;
use crate::{
    authority,
    compose::{
        ComposeError,
        link::{Source, Wire},
        scope::Member,
        seal,
    },
};
use autosar_wit::{
    component::{Port, PortItem},
    types::ValueType,
};
use rte::StandInPlan;

impl Assembly<'_> {
    pub(super) fn add_stand_in(
        &mut self,
        member: &Member<'_>,
        wires: &mut Vec<Wire>,
    ) -> Result<(), ComposeError> {
        let is_connected = |port: &str| wires.iter().any(|wire| wire.import == port);
        let plan = authority::stand_in(member.instance, member.component_type, &is_connected)
            .map_err(|reason| ComposeError::Capability {
                instance: member.name().to_owned(),
                reason,
            })?;
        let Some(plan) = plan else {
            return Ok(());
        };
        let bytes = rte::stand_in(&plan).map_err(|source| ComposeError::StandIn {
            instance: member.name().to_owned(),
            source: Box::new(source),
        })?;
        let name = format!("the stand-in at {}", member.name());
        let piece = self.add_generated(&name, bytes, Vec::new());
        let exports = exports(&plan, &seal::imports(member.bytes));
        wires.extend(exports.into_iter().map(|(import, path)| Wire {
            import,
            source: Source { piece, path },
        }));
        Ok(())
    }
}

/// Imports of the instance, and where the stand-in has what they take.
fn exports(plan: &StandInPlan, imports: &[&str]) -> Vec<(String, Vec<String>)> {
    let mut found = Vec::new();
    let answered = |port: &&Port| plan.answers.contains_key(&port.name);
    for port in plan.ports.iter().filter(answered) {
        let PortItem::Function(function) = &port.item else {
            found.push((port.name.clone(), vec![port.name.clone()]));
            continue;
        };
        let path = vec![rte::HANDLES.to_owned(), port.name.clone()];
        found.push((port.name.clone(), path));
        // The type of a handle that a root function gives is an import too, beside the interface.
        if let Some(ValueType::Own(resource)) = &function.result
            && let Some(owner) = &resource.owner
            && imports.contains(&resource.name.as_str())
            && found.iter().all(|(import, _)| *import != resource.name)
        {
            let path = vec![owner.to_string(), resource.name.clone()];
            found.push((resource.name.clone(), path));
        }
    }
    found
}

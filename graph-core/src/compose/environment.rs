//! What instances import from the platform and get bound to their own buses and configuration.
//! Knows nothing of other instances.

use super::{ComposeError, scope::Member};
use crate::{document::Document, runnable};
use autosar_wit::{
    component::{Direction, Port, PortItem},
    types::{Function, ValueType},
};
use rte::{BlocksPlan, EnvironmentPlan};

/// The interface by which a component reads its configuration.
const ENVIRONMENT: &str = "wasi:cli/environment@";
/// The interface by which a component keeps non-volatile blocks.
const NV: &str = "wireloom:ecu/nv@";

/// The instance's environment; `None`: it needs none of its own.
pub(super) fn environment(
    document: &Document,
    member: &Member<'_>,
    is_connected: &dyn Fn(&str) -> bool,
) -> Result<Option<EnvironmentPlan>, ComposeError> {
    let mut plan = EnvironmentPlan::default();
    let imports = &member.component_type.ports;
    for port in imports
        .iter()
        .filter(|port| port.direction == Direction::Required)
    {
        match &port.item {
            PortItem::Function(function) if !is_connected(&port.name) => {
                if let Some(handle) = runnable::gives_handle(function) {
                    let name = opened(document, member, &port.name)?;
                    plan.handles.insert(port.name.clone(), (handle, name));
                } else if gives_delay(function) {
                    plan.delays.insert(port.name.clone());
                }
            }
            PortItem::Interface(_)
                if port.name.starts_with(ENVIRONMENT) && !is_connected(&port.name) =>
            {
                plan.environment = Some(port.name.clone());
            }
            PortItem::Function(_) | PortItem::Interface(_) => {}
        }
    }
    // Without configuration the host's own empty environment does, and saves a memory.
    match member.instance.configuration.is_empty() {
        true => plan.environment = None,
        false => plan.variables.clone_from(&member.instance.configuration),
    }
    let is_needed =
        plan.environment.is_some() || !plan.handles.is_empty() || !plan.delays.is_empty();
    Ok(is_needed.then_some(plan))
}

/// The import by which the instance keeps non-volatile blocks, and what its names stand for;
/// `None`: they are those of the partition.
pub(super) fn blocks(member: &Member<'_>) -> Option<(String, BlocksPlan)> {
    let names = &member.instance.blocks;
    let required = |port: &&Port| port.direction == Direction::Required;
    let mut ports = member.component_type.ports.iter().filter(required);
    let (name, interface) = ports.find_map(|port| match &port.item {
        PortItem::Interface(interface) if port.name.starts_with(NV) => {
            Some((port.name.clone(), interface.clone()))
        }
        _ => None,
    })?;
    let plan = BlocksPlan {
        interface,
        names: names.clone(),
    };
    (!names.is_empty()).then_some((name, plan))
}

/// The name by which the host opens what is bound to a function.
fn opened(document: &Document, member: &Member<'_>, key: &str) -> Result<String, ComposeError> {
    let binding = member.instance.bindings.get(key);
    let name = binding.and_then(|binding| document.opened_name(binding));
    name.ok_or_else(|| ComposeError::Unbound {
        instance: member.name().to_owned(),
        what: key.to_owned(),
    })
}

/// `func() -> own<delay>`.
fn gives_delay(function: &Function) -> bool {
    let Some(ValueType::Own(resource)) = &function.result else {
        return false;
    };
    let owner = resource.owner.as_ref();
    let is_delay = resource.name == "delay"
        && owner.is_some_and(|id| id.namespace == "wasi" && id.package == "i2c");
    is_delay && function.parameters.is_empty()
}

//! What instances import from the platform and get bound to their own buses and configuration.
//! Knows nothing of other instances.

use super::{ComposeError, scope::Member};
use crate::{document::Document, runnable::is_bus};
use autosar_wit::{
    component::{Direction, PortItem},
    types::{Function, ValueType},
};
use rte::EnvironmentPlan;

/// The interface by which a component reads its configuration.
const ENVIRONMENT: &str = "wasi:cli/environment@";

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
            PortItem::Function(function) if gives_bus(function) && !is_connected(&port.name) => {
                let bus = member.instance.bindings.get(&port.name);
                let bus = bus.and_then(|bus| document.buses.get(bus)).ok_or_else(|| {
                    ComposeError::Unbound {
                        instance: member.name().to_owned(),
                        what: port.name.clone(),
                    }
                })?;
                plan.buses.insert(port.name.clone(), bus.name.clone());
            }
            PortItem::Function(function) if gives_delay(function) && !is_connected(&port.name) => {
                plan.delays.insert(port.name.clone());
            }
            PortItem::Interface(_) if port.name.starts_with(ENVIRONMENT) => {
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
    let is_needed = plan.environment.is_some() || !plan.buses.is_empty() || !plan.delays.is_empty();
    Ok(is_needed.then_some(plan))
}

/// `func() -> own<i2c>`.
fn gives_bus(function: &Function) -> bool {
    function.parameters.is_empty() && function.result.as_ref().is_some_and(is_bus)
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

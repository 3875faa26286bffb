//! What is denied to an instance or given virtually can be: its component takes it from the platform
//! by itself, and something can stand in for it.

use crate::{
    authority,
    capability::{Capability, Treatment},
    context::Context,
    diagnostic::{Diagnostic, Severity},
    document::*,
    edit::Edit,
    end, resolve,
};
use autosar_wit::{
    component::{ComponentType, Port, PortItem},
    types::InterfaceId,
};
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn run(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (id, instance, component) in context.typed_instances() {
        for (capability, treatment) in &instance.capabilities {
            let is_connected = |port: &str| context.into_port(id, port).next().is_some();
            let ports = authority::stood_in(component, *capability, *treatment, &is_connected);
            found.extend(judge(
                (id, instance),
                component,
                (*capability, *treatment),
                ports,
            ));
        }
    }
    found
}

fn judge(
    (id, instance): (InstanceId, &Instance),
    component: &ComponentType,
    (capability, treatment): (Capability, Treatment),
    ports: Result<BTreeMap<String, rte::StoodIn>, authority::Refusal>,
) -> Option<Diagnostic> {
    let (name, title) = (&instance.name, capability.title());
    let is = match treatment {
        Treatment::Deny => "denied to",
        Treatment::Virtual => "virtual at",
    };
    let found =
        |severity, message| Diagnostic::new("capability", severity, Subject::Instance(id), message);
    let allowed = |diagnostic: Diagnostic| {
        let mut changed = instance.clone();
        changed.capabilities.remove(&capability);
        let edits = vec![Edit::ChangeInstance(id, changed)];
        diagnostic.fix(format!("Allow {title} to `{name}`"), edits)
    };
    let ports = match ports {
        Ok(ports) => ports,
        Err(refusal) => {
            let message = format!("{title} cannot be {is} `{name}`: {refusal}");
            return Some(allowed(found(Severity::Error, message)));
        }
    };
    if ports.is_empty() {
        let message = format!("{title} is {is} `{name}`, whose component does not take it");
        let help = "take the setting away, or keep it for a later version of the component";
        return Some(allowed(found(Severity::Information, message).help(help)));
    }
    let functions = component
        .ports
        .iter()
        .filter(|port| ports.contains_key(&port.name))
        .flat_map(|port| resolve::functions(port).iter().map(move |one| (port, one)));
    let bus = matches!(
        capability,
        Capability::Can | Capability::I2c | Capability::Spi | Capability::Gpio
    );
    let standing = component
        .ports
        .iter()
        .filter(|port| ports.contains_key(&port.name));
    let owners: BTreeSet<&InterfaceId> = standing.filter_map(interface_id).collect();
    let ends: Vec<String> = functions
        .filter(|(port, function)| {
            let stood_in = ports.get(&port.name);
            stood_in.is_some_and(|one| rte::ends_activation(one.answer, function, &owners))
        })
        .map(|(port, function)| {
            let path = resolve::path_of(port, function);
            format!("`{}`", end::function_text(&path))
        })
        .collect();
    if bus {
        let message =
            format!("{title} is denied to `{name}`, which will always be answered an error");
        let help = "see that it goes on with that, or allow it";
        return Some(allowed(found(Severity::Warning, message).help(help)));
    }
    if !instance.configuration.is_empty() && capability == Capability::Environment {
        let message =
            format!("{title} is {is} `{name}`, so that its configuration does not reach it");
        let help = "allow it, or take the configuration away";
        return Some(allowed(found(Severity::Warning, message).help(help)));
    }
    if ends.is_empty() {
        return None;
    }
    let message = format!(
        "{title} is {is} `{name}`: a call of {} has nothing to answer and ends the activation",
        ends.join(", ")
    );
    let help = match capability.virtual_one() {
        // A virtual one answers no more than errors either.
        Some(one) if capability != Capability::Network && treatment == Treatment::Deny => {
            format!("give it a virtual one ({one}), unless it never calls")
        }
        _ => "see that it never calls, or allow it".to_owned(),
    };
    Some(allowed(found(Severity::Warning, message).help(help)))
}

fn interface_id(port: &Port) -> Option<&InterfaceId> {
    match &port.item {
        PortItem::Interface(interface) => interface.id.as_ref(),
        PortItem::Function(_) => None,
    }
}

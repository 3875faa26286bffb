//! What stands in for the platform at an instance to which something of it is denied or given
//! virtually: judged here once, for the check and for the composition. Generates nothing.

use crate::{
    capability::{Capability, Treatment},
    document::Instance,
    end, resolve,
};
use autosar_wit::{
    component::{ComponentType, Direction, Port, PortItem},
    types::{Function, InterfaceId, TypeKind, ValueType},
};
use rte::{Answer, StandInPlan, StoodIn};
use std::collections::{BTreeMap, BTreeSet};

/// Why a capability of an instance cannot be treated as the project says.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error(
        "there is no virtual {capability} that an instance could be given; deny it or allow it"
    )]
    NoVirtual { capability: &'static str },
    #[error(
        "`{place}` passes a handle of {capability} to or from another component, so that it cannot be kept apart; allow it"
    )]
    Handed {
        capability: &'static str,
        place: String,
    },
    #[error(
        "port `{port}` takes {capability} under a label of its own, for which nothing stands in; allow it, or build the component without the label"
    )]
    Labelled {
        capability: &'static str,
        port: String,
    },
    #[error("`{place}` is asynchronous, for which nothing stands in; allow {capability}")]
    Asynchronous {
        capability: &'static str,
        place: String,
    },
}

/// What stands in at an instance; `None`: nothing has to. Ports that connectors serve are none of
/// the platform's.
///
/// # Errors
/// The first capability that cannot be treated as the instance says.
pub fn stand_in(
    instance: &Instance,
    component: &ComponentType,
    is_connected: &dyn Fn(&str) -> bool,
) -> Result<Option<StandInPlan>, Refusal> {
    let mut answers = BTreeMap::new();
    for (capability, treatment) in &instance.capabilities {
        answers.extend(stood_in(component, *capability, *treatment, is_connected)?);
    }
    if answers.is_empty() {
        return Ok(None);
    }
    let is_of_platform = |port: &&Port| {
        port.direction == Direction::Required
            && (interface_id(port).is_some() || answers.contains_key(&port.name))
    };
    Ok(Some(StandInPlan {
        instance: instance.name.clone(),
        ports: component
            .ports
            .iter()
            .filter(is_of_platform)
            .cloned()
            .collect(),
        answers,
        mark: deployment::ENDED.to_owned(),
    }))
}

/// The ports of one capability and what answers in their place.
///
/// # Errors
/// Why the capability cannot be treated so.
pub fn stood_in(
    component: &ComponentType,
    capability: Capability,
    treatment: Treatment,
    is_connected: &dyn Fn(&str) -> bool,
) -> Result<BTreeMap<String, StoodIn>, Refusal> {
    let title = capability.title();
    let no_virtual = Refusal::NoVirtual { capability: title };
    let answer = answer(capability, treatment).ok_or(no_virtual)?;
    let ports: Vec<&Port> = component
        .ports
        .iter()
        .filter(|port| Capability::of_port(port) == Some(capability))
        .filter(|port| !is_connected(&port.name))
        .collect();
    for port in &ports {
        refuse_port(port, title)?;
    }
    refuse_handed(component, &ports, title)?;
    let stood_in = |port: &&Port| {
        let entry = StoodIn {
            answer,
            capability: title.to_owned(),
        };
        (port.name.clone(), entry)
    };
    Ok(ports.iter().map(stood_in).collect())
}

fn answer(capability: Capability, treatment: Treatment) -> Option<Answer> {
    Some(match (treatment, capability) {
        (Treatment::Deny, _) => Answer::Denied,
        (Treatment::Virtual, Capability::Nv) => Answer::Blocks,
        (Treatment::Virtual, Capability::Clock) => Answer::Clock,
        (Treatment::Virtual, Capability::Random) => Answer::Random,
        (Treatment::Virtual, Capability::Files | Capability::Environment) => Answer::Empty,
        (Treatment::Virtual, Capability::Network) => Answer::Network,
        (Treatment::Virtual, _) => return None,
    })
}

fn refuse_port(port: &Port, capability: &'static str) -> Result<(), Refusal> {
    let is_label = interface_id(port).is_some_and(|id| id.to_string() != port.name);
    if is_label {
        let port = port.name.clone();
        return Err(Refusal::Labelled { capability, port });
    }
    match resolve::functions(port).iter().find(|one| one.is_async) {
        Some(function) => Err(Refusal::Asynchronous {
            capability,
            place: end::function_text(&resolve::path_of(port, function)),
        }),
        None => Ok(()),
    }
}

/// A handle that comes from elsewhere is one of the platform's resource; what stands in has a
/// resource of its own.
fn refuse_handed(
    component: &ComponentType,
    ports: &[&Port],
    capability: &'static str,
) -> Result<(), Refusal> {
    let kept: BTreeSet<&InterfaceId> = ports.iter().filter_map(|port| interface_id(port)).collect();
    let others = component
        .ports
        .iter()
        .filter(|port| !ports.iter().any(|own| std::ptr::eq(*own, *port)));
    for port in others {
        let names = |function: &&Function| {
            let values = function.parameters.iter().map(|(_, value)| value);
            let mut all = values.chain(&function.result);
            all.any(|value| names_resource_of(value, &kept))
        };
        if let Some(function) = resolve::functions(port).iter().find(names) {
            let place = end::function_text(&resolve::path_of(port, function));
            return Err(Refusal::Handed { capability, place });
        }
    }
    Ok(())
}

fn interface_id(port: &Port) -> Option<&InterfaceId> {
    match &port.item {
        PortItem::Interface(interface) => interface.id.as_ref(),
        PortItem::Function(_) => None,
    }
}

fn names_resource_of(value: &ValueType, owners: &BTreeSet<&InterfaceId>) -> bool {
    let names = |value: &ValueType| names_resource_of(value, owners);
    let some = |value: &Option<Box<ValueType>>| value.as_deref().is_some_and(names);
    match value {
        ValueType::Own(resource) | ValueType::Borrow(resource) => resource
            .owner
            .as_ref()
            .is_some_and(|owner| owners.contains(owner)),
        ValueType::List(part) | ValueType::FixedList(part, _) | ValueType::Option(part) => {
            names(part)
        }
        ValueType::Map(key, entry) => names(key) || names(entry),
        ValueType::Result { ok, err } => some(ok) || some(err),
        ValueType::Stream(part) | ValueType::Future(part) => some(part),
        ValueType::Tuple(parts) => parts.iter().any(names),
        ValueType::Named(definition) => match &definition.kind {
            TypeKind::Alias(target) => names(target),
            TypeKind::Record(fields) => fields.iter().any(|field| names(&field.value)),
            TypeKind::Variant(cases) => {
                let mut values = cases.iter().filter_map(|case| case.value.as_ref());
                values.any(names)
            }
            TypeKind::Enum(_) | TypeKind::Flags(_) | TypeKind::Resource => false,
        },
        _ => false,
    }
}

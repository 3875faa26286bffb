//! Which capability of the platform reaches which instance, and by which path: what it imports, what
//! it is bound to, and what instances reach that it calls. Derived from document and library.
//!
//! Authority goes along direct connectors only, against their direction: who requires a port can have
//! its provider do what that can do. With a handle it goes the other way, too: who provides a function
//! that takes one can do with it what its caller could. A buffered connector carries data: who
//! receives a value cannot make its sender do anything.

mod stand_in;
mod words;

pub use stand_in::{Refusal, stand_in, stood_in};

use crate::{
    capability::{CAPABILITIES, Capability, Treatment},
    context::Context,
    document::*,
    end, resolve, runnable,
};
use autosar_wit::{
    component::{ComponentType, Direction, Port, PortItem},
    types::{FunctionKind, ValueType},
};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// The capabilities of all instances.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Authority {
    pub grants: BTreeMap<(InstanceId, Capability), Grant>,
}

/// How a capability reaches an instance.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Grant {
    /// What the project says of what the instance itself takes; `None`: allowed.
    pub treatment: Option<Treatment>,
    /// What it takes from the platform itself, by extern name or parameter.
    pub direct: Vec<Taken>,
    /// Instances that take it from the platform and that it calls, or that give it a handle, directly
    /// or through others; each by the shortest path.
    pub paths: Vec<Path>,
}

/// One way by which an instance takes a capability.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// `get-i2c-bus`, `init(bus)`, `wasi:random/random@0.2.0`
    pub by: String,
    pub reaches: Reaches,
}

/// What is behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reaches {
    /// What the whole ECU has one of.
    Platform,
    Bound(Binding),
    /// A handle is asked for and nothing is bound.
    Nothing,
    /// It is opened by its name, which the component knows: any of these.
    AnyOf(Vec<Binding>),
    /// Non-volatile blocks of the partition.
    Blocks(Vec<String>),
}

/// From an instance to one that takes the capability itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    /// Connectors that it goes along, from the instance on.
    pub connectors: Vec<ConnectorId>,
    /// Instances behind each of them; the last one is the holder.
    pub instances: Vec<InstanceId>,
}

impl Grant {
    /// Whether the instance can reach the platform's own by itself.
    pub fn is_direct(&self) -> bool {
        !self.direct.is_empty() && self.treatment.is_none()
    }

    /// Whether anything of the platform is reached.
    pub fn reaches(&self) -> bool {
        self.is_direct() || !self.paths.is_empty()
    }
}

impl Authority {
    /// Everything that the instances of a document reach.
    pub fn of(context: &Context) -> Authority {
        let mut authority = Authority::default();
        for (id, instance, component) in context.typed_instances() {
            for (capability, taken) in taken(context, (id, instance), component) {
                authority.entry(id, capability).direct.push(taken);
            }
            for (capability, treatment) in &instance.capabilities {
                authority.entry(id, *capability).treatment = Some(*treatment);
            }
        }
        let held: Vec<(InstanceId, Capability)> = authority
            .grants
            .iter()
            .filter(|(_, grant)| grant.is_direct())
            .map(|(key, _)| *key)
            .collect();
        let steps = steps(context);
        for capability in CAPABILITIES {
            let of_it = held.iter().filter(|(_, held)| *held == capability);
            let holders: BTreeSet<InstanceId> = of_it.map(|(id, _)| *id).collect();
            if holders.is_empty() {
                continue;
            }
            for id in context.document.instances.keys() {
                let paths = paths(*id, capability, &steps, &holders);
                if !paths.is_empty() {
                    authority.entry(*id, capability).paths = paths;
                }
            }
        }
        authority
    }

    /// Capabilities that any instance reaches or is treated for, in the order of tables.
    pub fn capabilities(&self) -> Vec<Capability> {
        let all: BTreeSet<Capability> = self.grants.keys().map(|(_, one)| *one).collect();
        all.into_iter().collect()
    }

    pub fn grant(&self, instance: InstanceId, capability: Capability) -> Option<&Grant> {
        self.grants.get(&(instance, capability))
    }

    fn entry(&mut self, instance: InstanceId, capability: Capability) -> &mut Grant {
        self.grants.entry((instance, capability)).or_default()
    }
}

/// What an instance takes from the platform, each with its capability.
fn taken(
    context: &Context,
    (id, instance): (InstanceId, &Instance),
    component: &ComponentType,
) -> Vec<(Capability, Taken)> {
    let mut all = Vec::new();
    for port in &component.ports {
        if let Some(capability) = Capability::of_port(port)
            && !resolve::functions(port).is_empty()
            && context.into_port(id, &port.name).next().is_none()
        {
            let reaches = reaches(context.document, instance, port, capability);
            // Methods on a handle that is bound reach what that is bound to.
            if reaches != Reaches::Nothing || is_getter(port) {
                let by = port.name.clone();
                all.push((capability, Taken { by, reaches }));
            }
        }
        if port.direction == Direction::Provided {
            all.extend(handed(instance, port));
        }
    }
    all
}

fn is_getter(port: &Port) -> bool {
    matches!(port.item, PortItem::Function(_))
}

/// Handles that functions of a provided port take, by their bindings.
fn handed(instance: &Instance, port: &Port) -> Vec<(Capability, Taken)> {
    let mut all = Vec::new();
    for function in resolve::functions(port) {
        let path = resolve::path_of(port, function);
        for (name, value) in &function.parameters {
            let ValueType::Own(resource) = resolve::behind_aliases(value) else {
                continue;
            };
            let Some(capability) = Capability::of_resource(resource) else {
                continue;
            };
            let keys = [
                runnable::binding_key(&path, name),
                runnable::short_binding_key(&path, name),
            ];
            let bound = keys.iter().find_map(|key| instance.bindings.get(key));
            all.extend(bound.map(|bound| {
                let taken = Taken {
                    by: format!("{}({name})", end::function_text(&path)),
                    reaches: Reaches::Bound(bound.clone()),
                };
                (capability, taken)
            }));
        }
    }
    all
}

fn reaches(
    document: &Document,
    instance: &Instance,
    port: &Port,
    capability: Capability,
) -> Reaches {
    if is_getter(port) && capability != Capability::Clock {
        let bound = instance.bindings.get(&port.name);
        return bound.map_or(Reaches::Nothing, |bound| Reaches::Bound(bound.clone()));
    }
    let opens = opens_by_name(port);
    let of = |fits: fn(&BusKind) -> bool| {
        let buses = document
            .buses
            .iter()
            .filter(move |(_, bus)| fits(&bus.kind));
        buses.flat_map(|(id, bus)| match bus.parts().as_slice() {
            [] => vec![Binding::to_bus(*id)],
            parts => parts
                .iter()
                .map(|part| Binding::to_part(*id, part))
                .collect(),
        })
    };
    let named: Vec<Binding> = match capability {
        Capability::Can => of(|kind| matches!(kind, BusKind::Can { .. })).collect(),
        Capability::I2c => of(|kind| matches!(kind, BusKind::I2c { .. })).collect(),
        Capability::Spi => of(|kind| matches!(kind, BusKind::Spi { .. })).collect(),
        Capability::Gpio => of(|kind| matches!(kind, BusKind::Gpio { .. })).collect(),
        Capability::Nv => return Reaches::Blocks(blocks(document, instance)),
        _ => return Reaches::Platform,
    };
    match opens {
        true => Reaches::AnyOf(named),
        false => Reaches::Nothing,
    }
}

/// Whether a function of the port takes the name of what it opens.
fn opens_by_name(port: &Port) -> bool {
    resolve::functions(port).iter().any(|function| {
        let mut values = function.parameters.iter().map(|(_, value)| value);
        let opens = matches!(function.kind, FunctionKind::Free | FunctionKind::Static(_));
        opens && values.any(|value| *value == ValueType::String)
    })
}

/// The blocks of the instance's partition: one that it does not rename is open to it by its own name.
fn blocks(document: &Document, instance: &Instance) -> Vec<String> {
    let key = instance.partition.as_ref();
    let partition = key.and_then(|key| document.partition(key));
    let names = partition.map(|partition| partition.blocks.keys().cloned());
    names.into_iter().flatten().collect()
}

/// From an instance to another that has authority over something.
struct Step {
    connector: ConnectorId,
    to: InstanceId,
    /// `None`: it is called, whatever it can do. Else it gives a handle of one of these.
    handles: Option<BTreeSet<Capability>>,
}

fn steps(context: &Context) -> BTreeMap<InstanceId, Vec<Step>> {
    let mut steps = BTreeMap::<InstanceId, Vec<Step>>::new();
    for wire in &context.wires {
        let connector = wire.connector;
        if !connector.kind.is_direct() {
            continue;
        }
        let (Some(provider), Some(requirer)) = (connector.from.instance(), connector.to.instance())
        else {
            continue;
        };
        let mut add = |from: InstanceId, to, handles| {
            let connector = wire.id;
            let step = Step {
                connector,
                to,
                handles,
            };
            steps.entry(from).or_default().push(step);
        };
        add(requirer, provider, None);
        let taken = given(context, provider, connector.from.port());
        if !taken.is_empty() {
            add(provider, requirer, Some(taken));
        }
    }
    steps
}

/// Capabilities of which functions of a provided port take handles.
fn given(context: &Context, provider: InstanceId, port: Option<&str>) -> BTreeSet<Capability> {
    let component = context.component(provider);
    let ports = component.into_iter().flat_map(|one| &one.ports);
    let mut ports = ports.filter(|one| one.direction == Direction::Provided);
    let port = ports.find(|one| Some(one.name.as_str()) == port);
    let functions = port.into_iter().flat_map(resolve::functions);
    let values = functions.flat_map(|function| &function.parameters);
    let handle = |value| match resolve::behind_aliases(value) {
        ValueType::Own(resource) | ValueType::Borrow(resource) => Capability::of_resource(resource),
        _ => None,
    };
    values.filter_map(|(_, value)| handle(value)).collect()
}

/// The shortest path to every other holder of a capability, nearest first.
fn paths(
    start: InstanceId,
    capability: Capability,
    steps: &BTreeMap<InstanceId, Vec<Step>>,
    holders: &BTreeSet<InstanceId>,
) -> Vec<Path> {
    // By instance: the one before it, and the connector between them.
    let mut before = BTreeMap::<InstanceId, (InstanceId, ConnectorId)>::new();
    let mut open = VecDeque::from([start]);
    let mut found = Vec::new();
    while let Some(at) = open.pop_front() {
        for step in steps.get(&at).into_iter().flatten() {
            let goes = step.handles.as_ref();
            if !goes.is_none_or(|handles| handles.contains(&capability))
                || step.to == start
                || before.contains_key(&step.to)
            {
                continue;
            }
            before.insert(step.to, (at, step.connector));
            open.push_back(step.to);
        }
        if at != start && holders.contains(&at) {
            found.push(path_to(at, &before));
        }
    }
    found
}

fn path_to(holder: InstanceId, before: &BTreeMap<InstanceId, (InstanceId, ConnectorId)>) -> Path {
    let mut path = Path {
        connectors: Vec::new(),
        instances: Vec::new(),
    };
    let mut at = holder;
    while let Some((previous, connector)) = before.get(&at) {
        path.instances.push(at);
        path.connectors.push(*connector);
        at = *previous;
    }
    path.instances.reverse();
    path.connectors.reverse();
    path
}

//! A component type as AUTOSAR has it: interfaces of runnables become runnables, what a runnable takes
//! and gives becomes data elements of ports, what the platform serves is left out.

use ::arxml::{Component, Port, Runnable, Unmapped, interface_of, short_name};
use autosar_wit::{
    component::{self, ComponentType, Direction, PortItem, PortKind},
    metadata::{Metadata, PortMetadata, RunnableMetadata},
    names::to_label,
    types::{Function, Interface, InterfaceId, TypeKind, ValueType},
};
use graph_core::document::{End, FunctionPath};
use std::collections::{BTreeMap, BTreeSet};

/// The function of a port that stands for what a runnable takes or gives.
pub(super) const VALUE: &str = "value";

pub(super) struct Shaped {
    pub(super) component: Component,
    /// With the ports that the component has in the description.
    pub(super) described: ComponentType,
    /// Names of runnables by the function that the project knows.
    pub(super) runnables: BTreeMap<FunctionPath, String>,
    pub(super) left_out: Vec<Unmapped>,
}

impl Shaped {
    pub(super) fn port(&self, direction: Direction, name: &str) -> Option<&Port> {
        let mut ports = self.component.ports.iter();
        ports.find(|port| port.direction == direction && port.name == name)
    }
}

/// The name of the port for what a runnable takes or gives.
pub(super) fn pin(end: &End) -> Option<(Direction, String)> {
    match end {
        End::Result {
            function, fields, ..
        } => Some((Direction::Provided, pin_name(function, None, fields))),
        End::Parameter {
            function,
            parameter,
            fields,
            ..
        } => Some((
            Direction::Required,
            pin_name(function, Some(parameter), fields),
        )),
        _ => None,
    }
}

fn pin_name(function: &FunctionPath, parameter: Option<&str>, fields: &[String]) -> String {
    let name = function.function.as_deref().unwrap_or_default();
    let way = match parameter {
        Some(parameter) => format!("({parameter})"),
        None => String::new(),
    };
    format!("{}#{name}{way}.{}", function.port, fields.join("."))
}

/// The component of that name and path; `used`: the ends of connectors at its instances, `started`:
/// the functions that events start.
pub(super) fn of(
    described: &ComponentType,
    name: &str,
    path: &str,
    used: &[End],
    started: &BTreeSet<FunctionPath>,
) -> Shaped {
    let mut draft = Draft {
        described,
        path,
        used,
        ports: Vec::new(),
        kept: Vec::new(),
        metadata: Vec::new(),
        runnables: BTreeMap::new(),
        functions: Vec::new(),
        labels: BTreeSet::new(),
        left_out: Vec::new(),
    };
    for port in &described.ports {
        draft.port(port, started);
    }
    let known = &described.metadata;
    let mut runnables = Vec::new();
    let mut by_function = BTreeMap::new();
    for (function, label) in &draft.functions {
        let key = match &function.function {
            Some(name) => format!("{}#{name}", function.port),
            None => function.port.clone(),
        };
        let meaning = known.runnables.get(&key);
        let own = meaning.and_then(|one| one.autosar_name.clone());
        let autosar_name = own.unwrap_or_else(|| short_name(label));
        if let Some(meaning) = meaning {
            let pins = |direction: Direction| draft.pins(function, direction);
            let reads = meaning
                .reads
                .iter()
                .cloned()
                .chain(pins(Direction::Required));
            let writes = meaning
                .writes
                .iter()
                .cloned()
                .chain(pins(Direction::Provided));
            let meaning = RunnableMetadata {
                reads: reads.collect(),
                writes: writes.collect(),
                autosar_name: Some(autosar_name.clone()),
            };
            by_function.insert(label.clone(), meaning);
        }
        runnables.push(Runnable {
            autosar_name,
            function: label.clone(),
            events: Vec::new(),
            disabled: Vec::new(),
        });
    }
    let metadata = Metadata {
        autosar_name: known.autosar_name.clone(),
        ports: draft.metadata,
        runnables: by_function,
    };
    let own = path.rsplit('/').next().unwrap_or_default();
    Shaped {
        component: Component {
            path: path.to_owned(),
            autosar_name: own.to_owned(),
            world: name.to_owned(),
            docs: described.docs.clone(),
            ports: draft.ports,
            runnables,
            metadata: metadata.clone(),
        },
        described: ComponentType {
            name: name.to_owned(),
            ports: draft.kept,
            metadata,
            ..described.clone()
        },
        runnables: draft.functions.into_iter().collect(),
        left_out: draft.left_out,
    }
}

struct Draft<'a> {
    described: &'a ComponentType,
    path: &'a str,
    used: &'a [End],
    ports: Vec<Port>,
    kept: Vec<component::Port>,
    metadata: Vec<PortMetadata>,
    runnables: BTreeMap<String, FunctionPath>,
    /// Runnables and their labels, in order.
    functions: Vec<(FunctionPath, String)>,
    /// Short names of ports, without case.
    labels: BTreeSet<String>,
    left_out: Vec<Unmapped>,
}

impl Draft<'_> {
    fn leave_out(&mut self, port: &component::Port, why: &str) {
        self.left_out.push(Unmapped {
            path: format!("{}/{}", self.path, port.name),
            what: "port".to_owned(),
            why: why.to_owned(),
        });
    }

    fn port(&mut self, port: &component::Port, started: &BTreeSet<FunctionPath>) {
        match (&port.item, port.kind) {
            (_, PortKind::Types) => {}
            (_, PortKind::Service) => {
                self.leave_out(port, "services of the Adaptive Platform are not written")
            }
            (_, PortKind::Platform) => self.leave_out(
                port,
                "the platform serves it: in AUTOSAR that is basic software, and no port",
            ),
            (PortItem::Function(function), _) if port.direction == Direction::Provided => {
                let path = FunctionPath {
                    port: port.name.clone(),
                    function: None,
                };
                self.runnable(port, path, function, None);
            }
            (PortItem::Function(_), _) => {
                self.leave_out(
                    port,
                    "a function that the component takes by itself is no port",
                );
            }
            (PortItem::Interface(interface), _) if is_behaviour(port, interface, started) => {
                for function in &interface.functions {
                    let path = FunctionPath {
                        port: port.name.clone(),
                        function: Some(function.name.clone()),
                    };
                    self.runnable(port, path, function, interface.id.as_ref());
                }
            }
            (PortItem::Interface(_), _) => self.keep(port),
        }
    }

    fn keep(&mut self, port: &component::Port) {
        let mut known = self.described.metadata.ports.iter();
        let known = known
            .find(|one| one.direction == port.direction && one.name == port.name)
            .cloned();
        let last = port.name.rsplit('/').next().unwrap_or_default();
        let last = last.split('@').next().unwrap_or_default();
        let own = known.as_ref().and_then(|one| one.autosar_name.clone());
        let wanted = own.unwrap_or_else(|| short_name(&to_label(last)));
        self.add(port.clone(), &wanted, known);
    }

    /// What is required and provided under one name is one port where AUTOSAR has such.
    fn add(&mut self, port: component::Port, wanted: &str, known: Option<PortMetadata>) {
        let Some(interface) = interface_of(&port) else {
            return;
        };
        let is_both = matches!(port.kind, PortKind::SenderReceiver | PortKind::NvData);
        let mut others = self.ports.iter();
        let twin =
            others.find(|one| is_both && one.name == port.name && one.interface == interface);
        let name = match twin {
            Some(twin) => twin.autosar_name.clone(),
            None => self.label(wanted),
        };
        self.ports.push(Port {
            path: format!("{}/{name}", self.path),
            name: port.name.clone(),
            autosar_name: name,
            direction: port.direction,
            kind: port.kind,
            interface,
            receptions: Vec::new(),
        });
        self.metadata.extend(known);
        self.kept.push(port);
    }

    fn label(&mut self, wanted: &str) -> String {
        let numbered = (2..).map(|number| format!("{wanted}_{number}"));
        let mut candidates = std::iter::once(wanted.to_owned()).chain(numbered);
        let labels = &mut self.labels;
        let free = candidates.find(|name| labels.insert(name.to_ascii_lowercase()));
        free.unwrap_or_default()
    }

    fn runnable(
        &mut self,
        port: &component::Port,
        path: FunctionPath,
        function: &Function,
        id: Option<&InterfaceId>,
    ) {
        let mut label = to_label(&function.name);
        if self.runnables.contains_key(&label) {
            let interface = id.map_or(port.name.as_str(), |id| &id.interface);
            label = to_label(&format!("{interface}-{label}"));
        }
        label = autosar_wit::names::unique(&label, |label| self.runnables.contains_key(label));
        self.runnables.insert(label.clone(), path.clone());
        self.functions.push((path.clone(), label));
        if function.is_async {
            self.leave_out(
                port,
                "an asynchronous function is a runnable that nothing waits for",
            );
        }
        for (parameter, value) in &function.parameters {
            let before = format!("{}({parameter}", function.name);
            let place = Place {
                path: &path,
                id,
                parameter: Some(parameter),
                before: &before,
                after: ")",
            };
            self.pins_of(port, place, value);
        }
        if let Some(value) = &function.result {
            let place = Place {
                path: &path,
                id,
                parameter: None,
                before: &function.name,
                after: "",
            };
            self.pins_of(port, place, value);
        }
    }

    /// A port for each field, and for fields in it where a connector has only these.
    fn pins_of(&mut self, port: &component::Port, place: Place<'_>, value: &ValueType) {
        let of_this = |end: &&End| match end {
            End::Result { function, .. } => place.parameter.is_none() && function == place.path,
            End::Parameter {
                function,
                parameter,
                ..
            } => place.parameter == Some(parameter) && function == place.path,
            _ => false,
        };
        let used: BTreeSet<&[String]> = self
            .used
            .iter()
            .filter(of_this)
            .filter_map(|end| match end {
                End::Result { fields, .. } | End::Parameter { fields, .. } => Some(&fields[..]),
                _ => None,
            })
            .collect();
        let mut found = Vec::new();
        leaves(value, &mut Vec::new(), &used, &mut found);
        for (fields, value) in found {
            self.pin(port, place, &fields, value);
        }
    }

    fn pin(
        &mut self,
        port: &component::Port,
        place: Place<'_>,
        fields: &[String],
        value: &ValueType,
    ) {
        let function = place.path.function.as_deref().unwrap_or(&place.path.port);
        let direction = match place.parameter {
            Some(_) => Direction::Required,
            None => Direction::Provided,
        };
        let name = pin_name(place.path, place.parameter.map(String::as_str), fields);
        let words = match (fields, place.parameter) {
            ([], Some(parameter)) => parameter.to_owned(),
            ([], None) => function.to_owned(),
            _ => fields.join("-"),
        };
        let home = place.id.map_or("runnables", |id| &id.interface);
        let id = InterfaceId {
            namespace: place.id.map_or("wireloom", |id| &id.namespace).to_owned(),
            package: place.id.map_or("runnables", |id| &id.package).to_owned(),
            interface: to_label(&format!("{home}-{function}-{words}")),
            version: None,
        };
        let value = match value {
            // No value is a status of the data element.
            ValueType::Option(some) => some.as_ref().clone(),
            other => other.clone(),
        };
        let getter = Function {
            name: VALUE.to_owned(),
            kind: autosar_wit::types::FunctionKind::Free,
            parameters: Vec::new(),
            result: Some(value),
            is_async: false,
            docs: String::new(),
        };
        let known = self.described.metadata.ports.iter();
        let known = known.filter(|one| one.direction == port.direction && one.name == port.name);
        let elements = known.flat_map(|one| &one.elements);
        let field: String = fields.iter().map(|field| format!(".{field}")).collect();
        let elements = elements.filter_map(|(path, meaning)| {
            let rest = path.strip_prefix(place.before)?.strip_suffix(place.after)?;
            let rest = rest.strip_prefix(&field)?;
            let fits = rest.is_empty() || rest.starts_with('.');
            fits.then(|| (format!("{VALUE}{rest}"), meaning.clone()))
        });
        let known = PortMetadata {
            direction,
            name: name.clone(),
            kind: Some(PortKind::SenderReceiver),
            autosar_name: None,
            elements: elements.collect(),
        };
        let made = component::Port {
            direction,
            name,
            item: PortItem::Interface(Interface {
                id: Some(id),
                functions: vec![getter],
                types: Vec::new(),
                docs: String::new(),
            }),
            kind: PortKind::SenderReceiver,
        };
        self.add(made, &short_name(&to_label(&words)), Some(known));
    }

    /// Names of the ports for what a function takes or gives.
    fn pins(&self, function: &FunctionPath, direction: Direction) -> Vec<String> {
        let name = function.function.as_deref().unwrap_or_default();
        let before = format!("{}#{name}", function.port);
        let is_pin = |port: &&Port| {
            let rest = port.name.strip_prefix(&before);
            port.direction == direction && rest.is_some_and(|rest| rest.starts_with(['(', '.']))
        };
        let pins = self.ports.iter().filter(is_pin);
        pins.map(|port| port.name.clone()).collect()
    }
}

/// Where a value of a runnable stands.
#[derive(Clone, Copy)]
struct Place<'a> {
    path: &'a FunctionPath,
    id: Option<&'a InterfaceId>,
    parameter: Option<&'a String>,
    /// What stands around the fields in the metadata's paths.
    before: &'a str,
    after: &'a str,
}

/// Whether the functions of a port are runnables: events start one, or none takes or gives anything.
fn is_behaviour(
    port: &component::Port,
    interface: &Interface,
    started: &BTreeSet<FunctionPath>,
) -> bool {
    let can_be = matches!(port.kind, PortKind::ClientServer | PortKind::Trigger);
    if port.direction == Direction::Required || !can_be {
        return false;
    }
    let of_port = |path: &&FunctionPath| path.port == port.name;
    let is_bare = |one: &Function| one.parameters.is_empty() && one.result.is_none();
    started.iter().any(|path| of_port(&path))
        || (port.kind == PortKind::ClientServer
            && !interface.functions.is_empty()
            && interface.functions.iter().all(is_bare))
}

/// Fields at which a value is cut: those of the outermost record, those that connectors have, and
/// those beside them.
fn leaves<'a>(
    value: &'a ValueType,
    at: &mut Vec<String>,
    used: &BTreeSet<&[String]>,
    found: &mut Vec<(Vec<String>, &'a ValueType)>,
) {
    let is_cut = used
        .iter()
        .any(|one| one.len() > at.len() && one.starts_with(at));
    let is_used = used.contains(at.as_slice());
    match fields(value) {
        Some(fields) if at.is_empty() || is_cut => {
            if is_used {
                found.push((at.clone(), value));
            }
            for field in fields {
                at.push(field.name.clone());
                leaves(&field.value, at, used, found);
                at.pop();
            }
        }
        _ => found.push((at.clone(), value)),
    }
}

fn fields(value: &ValueType) -> Option<&[autosar_wit::types::Field]> {
    match value {
        ValueType::Named(definition) => match &definition.kind {
            TypeKind::Record(fields) => Some(fields),
            TypeKind::Alias(target) => fields(target),
            _ => None,
        },
        _ => None,
    }
}

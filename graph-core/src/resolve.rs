//! What an end of a connector is in the type of its component, or in the bus's description: the
//! port, the type of its value, the signal. Judges no connector.

use crate::{document::*, end, library::*};
use autosar_wit::{
    component::{ComponentType, Direction, Port, PortItem},
    dbc::{Message, Signal},
    types::{Function, FunctionKind, TypeKind, ValueType},
};

/// Which end of a connector is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Source,
    Target,
}

/// An end with its types.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Resolved<'a> {
    Port(&'a Port),
    /// A data element, a runnable's result or parameter, or a field of them.
    Value {
        port: &'a Port,
        function: &'a Function,
        value: &'a ValueType,
    },
    Signal {
        message: &'a Message,
        signal: &'a Signal,
        /// Of a frame on its bus.
        most_bytes: u32,
    },
}

/// Why an end means nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ResolveError {
    /// The component is missing; that is a finding of its own.
    #[error("the component of `{instance}` was not read, so it has no ports yet; mend its file")]
    NoComponent { instance: String },
    #[error("`{instance}` has no {direction} port `{port}`; choose one of its ports")]
    NoPort {
        instance: String,
        direction: &'static str,
        port: String,
    },
    #[error("port `{port}` of `{instance}` is {is}; {advice}")]
    WrongDirection {
        instance: String,
        port: String,
        is: &'static str,
        advice: &'static str,
    },
    #[error("`{instance}` has no function `{function}`; choose one that it has")]
    NoFunction { instance: String, function: String },
    #[error(
        "`{function}` of `{instance}` is no data element, since it {why}; connect the whole port directly"
    )]
    NotAnElement {
        instance: String,
        function: String,
        why: &'static str,
    },
    #[error("`{function}` of `{instance}` gives no result; choose a field of another runnable")]
    NoResult { instance: String, function: String },
    #[error("`{function}` of `{instance}` has no parameter `{parameter}`; choose one that it has")]
    NoParameter {
        instance: String,
        function: String,
        parameter: String,
    },
    #[error("there is no field `{field}` in `{end}`; choose one of its record")]
    NoField { end: String, field: String },
    #[error("bus `{bus}` is no CAN bus; signals are on CAN buses")]
    NotCan { bus: String },
    #[error("bus `{bus}` has no description; give it a DBC file")]
    NoDescription { bus: String },
    #[error("the description of `{bus}` has no message `{message}`; choose one of its messages")]
    NoMessage { bus: String, message: String },
    #[error("message `{message}` of `{bus}` has no signal `{signal}`; choose one of its signals")]
    NoSignal {
        bus: String,
        message: String,
        signal: String,
    },
}

/// Resolves one end of a connector.
pub fn resolve<'a>(
    document: &Document,
    library: &'a Library,
    end: &End,
    side: Side,
) -> Result<Resolved<'a>, ResolveError> {
    if let End::Signal {
        bus,
        message,
        signal,
    } = end
    {
        return resolve_signal(document, library, *bus, message, signal);
    }
    let Some(id) = end.instance() else {
        return Err(no_component("?"));
    };
    let instance = document
        .instances
        .get(&id)
        .map_or("?", |instance| instance.name.as_str());
    let component = component_type(document, library, id).ok_or_else(|| no_component(instance))?;
    let at = At {
        component,
        instance,
        text: &|| end::text(document, end),
    };
    match end {
        End::Port { port, .. } => at.port(port, side).map(Resolved::Port),
        End::Element { function, .. } => at.element(function, side),
        End::Result {
            function, fields, ..
        } => at.result(function, fields),
        End::Parameter {
            function,
            parameter,
            fields,
            ..
        } => at.parameter(function, parameter, fields),
        End::Signal { .. } => Err(no_component(instance)),
    }
}

/// The type of an instance's component; `None` while it is missing.
pub fn component_type<'a>(
    document: &Document,
    library: &'a Library,
    id: InstanceId,
) -> Option<&'a ComponentType> {
    match library
        .components
        .get(&document.instances.get(&id)?.component)?
    {
        Entry::Loaded { component_type, .. } => Some(component_type),
        Entry::Missing { .. } => None,
    }
}

/// Functions of a port, in its order.
pub fn functions(port: &Port) -> &[Function] {
    match &port.item {
        PortItem::Interface(interface) => &interface.functions,
        PortItem::Function(function) => std::slice::from_ref(function),
    }
}

/// The path of a function of that port.
pub fn path_of(port: &Port, function: &Function) -> FunctionPath {
    let in_interface = matches!(port.item, PortItem::Interface(_));
    FunctionPath {
        port: port.name.clone(),
        function: in_interface.then(|| function.name.clone()),
    }
}

/// The function of a provided or required port that a path names.
pub fn function<'a>(
    component: &'a ComponentType,
    direction: Direction,
    path: &FunctionPath,
) -> Option<(&'a Port, &'a Function)> {
    let port = component.port(direction, &path.port)?;
    let function = match (&port.item, &path.function) {
        (PortItem::Interface(interface), Some(name)) => interface.function(name)?,
        (PortItem::Function(function), None) => function,
        _ => return None,
    };
    Some((port, function))
}

/// The type behind aliases.
pub fn behind_aliases(value: &ValueType) -> &ValueType {
    match value {
        ValueType::Named(definition) => match &definition.kind {
            TypeKind::Alias(target) => behind_aliases(target),
            _ => value,
        },
        _ => value,
    }
}

/// Why a function cannot be read as a data element; `None`: it can.
pub fn why_no_element(function: &Function) -> Option<&'static str> {
    if function.is_async {
        Some("is async")
    } else if function.kind != FunctionKind::Free {
        Some("belongs to a resource")
    } else if !function.parameters.is_empty() {
        Some("has parameters")
    } else if function.result.is_none() {
        Some("gives no value")
    } else {
        None
    }
}

struct At<'a, 'b> {
    component: &'a ComponentType,
    instance: &'b str,
    text: &'b dyn Fn() -> String,
}

impl<'a> At<'a, '_> {
    fn port(&self, name: &str, side: Side) -> Result<&'a Port, ResolveError> {
        let (wanted, other, direction) = match side {
            Side::Source => (Direction::Provided, Direction::Required, "provided"),
            Side::Target => (Direction::Required, Direction::Provided, "required"),
        };
        if let Some(port) = self.component.port(wanted, name) {
            return Ok(port);
        }
        let (instance, port) = (self.instance.to_owned(), name.to_owned());
        if self.component.port(other, name).is_none() {
            return Err(ResolveError::NoPort {
                instance,
                direction,
                port,
            });
        }
        let (is, advice) = match side {
            Side::Source => ("required", "a connector starts at a provided port"),
            Side::Target => ("provided", "a connector ends at a required port"),
        };
        Err(ResolveError::WrongDirection {
            instance,
            port,
            is,
            advice,
        })
    }

    fn element(&self, path: &FunctionPath, side: Side) -> Result<Resolved<'a>, ResolveError> {
        let port = self.port(&path.port, side)?;
        let (_, function) =
            function(self.component, port.direction, path).ok_or_else(|| self.no_function(path))?;
        let value = match (why_no_element(function), &function.result) {
            (None, Some(value)) => value,
            (why, _) => {
                return Err(ResolveError::NotAnElement {
                    instance: self.instance.to_owned(),
                    function: end::function_text(path),
                    why: why.unwrap_or("gives no value"),
                });
            }
        };
        Ok(Resolved::Value {
            port,
            function,
            value,
        })
    }

    fn result(&self, path: &FunctionPath, fields: &[String]) -> Result<Resolved<'a>, ResolveError> {
        let (port, function) = self.runnable(path)?;
        let value = function
            .result
            .as_ref()
            .ok_or_else(|| ResolveError::NoResult {
                instance: self.instance.to_owned(),
                function: end::function_text(path),
            })?;
        let value = self.field(value, fields, Side::Source)?;
        Ok(Resolved::Value {
            port,
            function,
            value,
        })
    }

    fn parameter(
        &self,
        path: &FunctionPath,
        parameter: &str,
        fields: &[String],
    ) -> Result<Resolved<'a>, ResolveError> {
        let (port, function) = self.runnable(path)?;
        let found = function
            .parameters
            .iter()
            .find(|(name, _)| name == parameter);
        let (_, value) = found.ok_or_else(|| ResolveError::NoParameter {
            instance: self.instance.to_owned(),
            function: end::function_text(path),
            parameter: parameter.to_owned(),
        })?;
        let value = self.field(value, fields, Side::Target)?;
        Ok(Resolved::Value {
            port,
            function,
            value,
        })
    }

    fn runnable(&self, path: &FunctionPath) -> Result<(&'a Port, &'a Function), ResolveError> {
        function(self.component, Direction::Provided, path).ok_or_else(|| self.no_function(path))
    }

    fn field(
        &self,
        value: &'a ValueType,
        fields: &[String],
        side: Side,
    ) -> Result<&'a ValueType, ResolveError> {
        let Some((name, rest)) = fields.split_first() else {
            return Ok(value);
        };
        // A sender's field may stand behind its status; a receiver's record has none.
        let record = match side {
            Side::Source => rte::element_value(value).unwrap_or(value),
            Side::Target => value,
        };
        let inner = match behind_aliases(record) {
            ValueType::Named(definition) => match &definition.kind {
                TypeKind::Record(fields) => fields
                    .iter()
                    .find(|field| field.name == *name)
                    .map(|field| &field.value),
                _ => None,
            },
            ValueType::Tuple(members) => name
                .parse::<usize>()
                .ok()
                .and_then(|position| members.get(position)),
            _ => None,
        };
        let inner = inner.ok_or_else(|| ResolveError::NoField {
            end: (self.text)(),
            field: name.clone(),
        })?;
        self.field(inner, rest, side)
    }

    fn no_function(&self, path: &FunctionPath) -> ResolveError {
        ResolveError::NoFunction {
            instance: self.instance.to_owned(),
            function: end::function_text(path),
        }
    }
}

fn no_component(instance: &str) -> ResolveError {
    ResolveError::NoComponent {
        instance: instance.to_owned(),
    }
}

fn resolve_signal<'a>(
    document: &Document,
    library: &'a Library,
    id: BusId,
    message_name: &str,
    signal_name: &str,
) -> Result<Resolved<'a>, ResolveError> {
    let found = document.buses.get(&id);
    let bus = found.map_or_else(|| "?".to_owned(), |bus| bus.name.clone());
    let Some(most_bytes) = found.and_then(|bus| bus.kind.most_frame_bytes()) else {
        return Err(ResolveError::NotCan { bus });
    };
    let Some(database) = library.descriptions.get(&id) else {
        return Err(ResolveError::NoDescription { bus });
    };
    let message = database
        .messages
        .iter()
        .find(|message| message.name == message_name);
    let Some(message) = message else {
        return Err(ResolveError::NoMessage {
            bus,
            message: message_name.to_owned(),
        });
    };
    let signal = message
        .signals
        .iter()
        .find(|signal| signal.name == signal_name);
    match signal {
        Some(signal) => Ok(Resolved::Signal {
            message,
            signal,
            most_bytes,
        }),
        None => Err(ResolveError::NoSignal {
            bus,
            message: message_name.to_owned(),
            signal: signal_name.to_owned(),
        }),
    }
}

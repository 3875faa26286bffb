//! Ends of connectors and functions as text: the project file, messages, traces and deployments
//! write them the same way. Resolves names against a document; knows nothing of component types.
//!
//! | text | end |
//! | --- | --- |
//! | `sensor.acme:heat/temperature@0.1.0` | a whole port |
//! | `sensor.acme:heat/temperature@0.1.0#get` | a data element |
//! | `sensor.get-speed()` | a data element that is a root function |
//! | `lifter.acme:window/lifter@0.1.0#step ->` | a runnable's result |
//! | `lifter.acme:window/lifter@0.1.0#step -> motor.duty` | a field of it |
//! | `lifter.acme:window/lifter@0.1.0#step(input)` | a runnable's parameter |
//! | `lifter.acme:window/lifter@0.1.0#step(input.position)` | a field of it |
//! | `can0:FanStatus.Duty` | a signal |
//! | `.acme:heat/temperature@0.1.0` | inside a composition: a port of it |

use crate::document::*;

/// Why a text is no end.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EndError {
    #[error(
        "`{text}` is no end of a connector; write `instance.port`, `instance.port#element`, \
         `instance.port#runnable -> field`, `instance.port#runnable(parameter.field)` or `bus:Message.Signal`"
    )]
    Syntax { text: String },
    #[error(
        "there is no instance `{name}` for the end `{text}`; add it under [instances] or correct the name"
    )]
    UnknownInstance { name: String, text: String },
    #[error("the composition has no port `{name}`; add it under its `ports` or correct the name")]
    UnknownPort { name: String },
    #[error(
        "there is no bus `{name}` for the end `{text}`; add it under [buses] or correct the name"
    )]
    UnknownBus { name: String, text: String },
}

/// The text of an end. An id that the document does not have is written as `?`.
pub fn text(document: &Document, end: &End) -> String {
    let of = |id: &InstanceId| {
        if document.ports.contains_key(id) {
            return "";
        }
        document
            .instances
            .get(id)
            .map_or("?", |instance| &instance.name)
    };
    match end {
        End::Port { instance, port } => format!("{}.{port}", of(instance)),
        End::Element { instance, function } if function.function.is_none() => {
            format!("{}.{}()", of(instance), function.port)
        }
        End::Element { instance, function } => {
            format!("{}.{}", of(instance), function_text(function))
        }
        End::Result {
            instance,
            function,
            fields,
        } if fields.is_empty() => {
            format!("{}.{} ->", of(instance), function_text(function))
        }
        End::Result {
            instance,
            function,
            fields,
        } => {
            format!(
                "{}.{} -> {}",
                of(instance),
                function_text(function),
                fields.join(".")
            )
        }
        End::Parameter {
            instance,
            function,
            parameter,
            fields,
        } => {
            let path = std::iter::once(parameter)
                .chain(fields)
                .map(String::as_str)
                .collect::<Vec<_>>();
            format!(
                "{}.{}({})",
                of(instance),
                function_text(function),
                path.join(".")
            )
        }
        End::Signal {
            bus,
            message,
            signal,
        } => {
            let bus = document.buses.get(bus).map_or("?", |bus| &bus.name);
            format!("{bus}:{message}.{signal}")
        }
    }
}

/// `port#function`, or the name of a root function.
pub fn function_text(path: &FunctionPath) -> String {
    match &path.function {
        Some(function) => format!("{}#{function}", path.port),
        None => path.port.clone(),
    }
}

/// Reads what [`function_text`] writes.
pub fn parse_function(text: &str) -> Option<FunctionPath> {
    let path = match text.split_once('#') {
        Some((port, function)) => FunctionPath {
            port: port.to_owned(),
            function: Some(function.to_owned()),
        },
        None => FunctionPath {
            port: text.to_owned(),
            function: None,
        },
    };
    is_function(&path).then_some(path)
}

/// Reads what [`text`] writes of an end in the system.
pub fn parse(document: &Document, text: &str) -> Result<End, EndError> {
    parse_in(document, None, text)
}

/// Reads what [`text`] writes of an end in that composition.
pub fn parse_in(
    document: &Document,
    scope: Option<ComponentId>,
    text: &str,
) -> Result<End, EndError> {
    let syntax = || EndError::Syntax {
        text: text.to_owned(),
    };
    let at = text.find(['.', ':']).ok_or_else(syntax)?;
    let (name, rest) = text.split_at(at);
    let end = if let Some(rest) = rest.strip_prefix(':') {
        let (message, signal) = rest.split_once('.').ok_or_else(syntax)?;
        let unknown = || EndError::UnknownBus {
            name: name.to_owned(),
            text: text.to_owned(),
        };
        let bus = document.bus_named(name).ok_or_else(unknown)?;
        End::Signal {
            bus,
            message: message.to_owned(),
            signal: signal.to_owned(),
        }
    } else {
        let rest = rest.strip_prefix('.').ok_or_else(syntax)?;
        let unknown = || EndError::UnknownInstance {
            name: name.to_owned(),
            text: text.to_owned(),
        };
        if let ("", Some(composition)) = (name, scope) {
            let unknown = || EndError::UnknownPort {
                name: rest.to_owned(),
            };
            let id = document.port_named(composition, rest).ok_or_else(unknown)?;
            return Ok(End::Port {
                instance: id,
                port: rest.to_owned(),
            });
        }
        let instance = document.part_named(scope, name);
        let end = parse_at_instance(instance.unwrap_or(InstanceId(0)), rest).ok_or_else(syntax)?;
        instance.ok_or_else(unknown)?;
        end
    };
    if is_writable(&end) {
        Ok(end)
    } else {
        Err(syntax())
    }
}

/// True when [`text`] and [`parse`] are inverse for this end.
pub(crate) fn is_writable(end: &End) -> bool {
    let paths = |parts: &[String]| parts.iter().all(|part| is_plain(part));
    match end {
        End::Port { port, .. } => is_port(port),
        End::Element { function, .. } => is_function(function),
        End::Result {
            function, fields, ..
        } => is_function(function) && paths(fields),
        End::Parameter {
            function,
            parameter,
            fields,
            ..
        } => is_function(function) && is_plain(parameter) && paths(fields),
        End::Signal {
            message, signal, ..
        } => is_plain(message) && is_plain(signal),
    }
}

/// True when [`function_text`] and [`parse_function`] are inverse for this path.
pub(crate) fn is_function(path: &FunctionPath) -> bool {
    is_port(&path.port) && path.function.as_deref().is_none_or(is_port)
}

fn parse_at_instance(instance: InstanceId, rest: &str) -> Option<End> {
    if let Some((function, fields)) = rest.split_once(" ->") {
        let fields = match fields.strip_prefix(' ') {
            Some(fields) => fields.split('.').map(str::to_owned).collect(),
            None if fields.is_empty() => Vec::new(),
            None => return None,
        };
        return Some(End::Result {
            instance,
            function: parse_function(function)?,
            fields,
        });
    }
    if let Some(rest) = rest.strip_suffix(')') {
        let (function, path) = rest.split_once('(')?;
        let function = parse_function(function)?;
        if path.is_empty() {
            return function
                .function
                .is_none()
                .then_some(End::Element { instance, function });
        }
        let mut path = path.split('.').map(str::to_owned);
        let parameter = path.next()?;
        return Some(End::Parameter {
            instance,
            function,
            parameter,
            fields: path.collect(),
        });
    }
    let function = parse_function(rest)?;
    Some(match function.function {
        Some(_) => End::Element { instance, function },
        None => End::Port {
            instance,
            port: function.port,
        },
    })
}

/// Names of ports and functions: versions hold dots, methods hold dots and brackets.
fn is_port(name: &str) -> bool {
    !name.is_empty()
        && !name
            .chars()
            .any(|c| c.is_whitespace() || c.is_control() || "#()".contains(c))
}

/// Names in a path, which dots separate.
fn is_plain(name: &str) -> bool {
    is_port(name) && !name.contains('.')
}

//! Words for what is on the canvas: the short label beside a pin, and the full name by which tests
//! and screen readers find it. Knows nothing of where things lie.

use super::{
    pins::Pin,
    scene::{Node, NodeKind, Wire},
};
use autosar_wit::component::Direction;
use graph_core::document::{Document, End, FunctionPath};

/// `temperature` of `wireloom:thermal/temperature@0.1.0`; a label stays as it is.
pub fn port_label(port: &str) -> String {
    let path = port.split('@').next().unwrap_or(port);
    path.rsplit('/').next().unwrap_or(path).to_owned()
}

/// What stands beside a pin.
pub fn end_label(end: &End) -> String {
    match end {
        End::Port { port, .. } => port_label(port),
        End::Element { function, .. } => function_label(function),
        End::Result {
            function, fields, ..
        } if fields.is_empty() => function_label(function),
        End::Result { fields, .. } => fields.join("."),
        End::Parameter {
            parameter, fields, ..
        } if fields.is_empty() => parameter.clone(),
        End::Parameter { fields, .. } => fields.join("."),
        End::Signal {
            message, signal, ..
        } => format!("{message}.{signal}"),
    }
}

/// An end with its instance or bus, as a person says it: `fan.duty`, `can0:FanStatus.Duty`.
pub fn end_name(document: &Document, end: &End) -> String {
    let (instance, path) = match end {
        End::Signal {
            bus,
            message,
            signal,
        } => {
            let bus = document.buses.get(bus).map_or("?", |bus| bus.name.as_str());
            return format!("{bus}:{message}.{signal}");
        }
        End::Port { instance, port } => (instance, port_label(port)),
        End::Element { instance, function } => {
            let port = port_label(&function.port);
            (
                instance,
                function
                    .function
                    .as_ref()
                    .map_or(port.clone(), |name| format!("{port}.{name}")),
            )
        }
        End::Result { instance, .. } | End::Parameter { instance, .. } => {
            (instance, end_label(end))
        }
    };
    let instance = document
        .instances
        .get(instance)
        .map_or("?", |instance| instance.name.as_str());
    format!("{instance}.{path}")
}

/// `reroute point 1 of wire from …`, counted from the source.
pub fn reroute_point_name(document: &Document, wire: &Wire, number: usize) -> String {
    format!(
        "reroute point {} of {}",
        number + 1,
        wire_name(document, wire)
    )
}

/// `frame Sensors`.
pub fn frame_name(title: &str) -> String {
    format!("frame {title}")
}

/// `note Turns left where …`: its first words.
pub fn note_name(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let first = words
        .get(..6)
        .map_or(words.join(" "), |first| format!("{} …", first.join(" ")));
    format!("note {first}")
}

/// `fan instance, component fan`; `speed port, from outside`.
pub fn node_name(node: &Node) -> String {
    match node.kind {
        NodeKind::Component => {}
        NodeKind::Composition => {
            return format!("{} instance, composition {}", node.title, node.subtitle);
        }
        NodeKind::Port => return format!("{} port, {}", node.title, node.subtitle),
    }
    format!("{} instance, component {}", node.title, node.subtitle)
}

/// `fan provided port duty, connected to pwm`, or `…, not connected`.
pub fn pin_name(node: &Node, pin: &Pin, connected: &[String]) -> String {
    let direction = match pin.direction {
        Direction::Required => "required",
        Direction::Provided => "provided",
    };
    let what = match (&pin.end, pin.depth) {
        (End::Element { .. }, 1) => "element",
        (End::Result { .. }, 1) => "result",
        (End::Parameter { .. }, 1) => "parameter",
        _ => "port",
    };
    let kind = if what == "port" || what == "element" {
        format!("{direction} {what}")
    } else {
        what.to_owned()
    };
    match connected {
        [] => format!("{} {kind} {}, not connected", node.title, pin.label),
        ends => format!(
            "{} {kind} {}, connected to {}",
            node.title,
            pin.label,
            ends.join(", ")
        ),
    }
}

/// `wire from sensor.temperature to controller.temperature`, `…, with an adapter`.
pub fn wire_name(document: &Document, wire: &Wire) -> String {
    let adapter = match wire.has_adapter {
        true => ", with an adapter",
        false => "",
    };
    format!(
        "wire from {} to {}{adapter}",
        end_name(document, &wire.from),
        end_name(document, &wire.to)
    )
}

fn function_label(function: &FunctionPath) -> String {
    function
        .function
        .clone()
        .unwrap_or_else(|| port_label(&function.port))
}

#[cfg(test)]
mod tests {
    use super::*;
    use graph_core::document::{BusId, InstanceId};

    #[test]
    fn labels_are_short_and_plain_names_stay() {
        assert_eq!(
            port_label("wireloom:thermal/temperature@0.1.0"),
            "temperature"
        );
        assert_eq!(port_label("front-left"), "front-left");
        assert_eq!(port_label("a:b/c"), "c");
        assert_eq!(port_label(""), "");
    }

    #[test]
    fn names_survive_a_document_that_lost_the_instance() {
        let document = Document::default();
        let end = End::Port {
            instance: InstanceId(9),
            port: "a:b/c".to_owned(),
        };
        assert_eq!(end_name(&document, &end), "?.c");
        let signal = End::Signal {
            bus: BusId(1),
            message: "M".into(),
            signal: "S".into(),
        };
        assert_eq!(end_name(&document, &signal), "?:M.S");
    }
}

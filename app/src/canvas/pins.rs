//! Which pins an instance shows, from its component type and the connectors that end at it:
//! provided to the right, required to the left; data elements and fields of step records below
//! their port when it is expanded. Knows nothing of where the pins lie.

use super::names::{end_label, port_label};
use autosar_wit::{
    component::{ComponentType, Direction, Port, PortItem, PortKind},
    types::{Field, Function, TypeKind, ValueType},
};
use graph_core::document::{End, FunctionPath, InstanceId};

/// The side of an instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// Required ports and parameters.
    Left,
    /// Provided ports and results.
    Right,
}

/// What a pin looks like: never told apart by colour alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PinShape {
    /// Sender-receiver: a circle.
    Data,
    /// Client-server: a diamond.
    Service,
    /// Service of the adaptive platform: two diamonds.
    Adaptive,
    /// Mode switch: a hexagon.
    Mode,
    /// Parameter and NV data: a square.
    Storage,
    /// Trigger: a triangle.
    Trigger,
    /// Served by the platform: a small square.
    Platform,
    /// An element or a field of its port: a small circle.
    Field,
    /// The component does not have it (any more): a cross.
    Unknown,
}

/// One pin of an instance.
#[derive(Debug, Clone, PartialEq)]
pub struct Pin {
    /// What a connector at this pin has as its end.
    pub end: End,
    /// Whether the component needs it or offers it.
    pub direction: Direction,
    /// Extern name of its port.
    pub port: String,
    /// Where it stands.
    pub side: Side,
    /// How it is drawn.
    pub shape: PinShape,
    /// What stands beside it.
    pub label: String,
    /// Its type in a word, empty for interfaces.
    pub type_name: String,
    /// 0 for ports, 1 for elements and fields.
    pub depth: u8,
    /// Whether it has elements or fields, and whether they are shown.
    pub folding: Folding,
}

/// Whether a port shows its elements and fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Folding {
    /// There are none.
    Plain,
    /// There is one element: the port stands for it.
    Single,
    /// There are some, hidden.
    Folded,
    /// They stand below.
    Unfolded,
}

/// The pins of one instance, in the order of the component. `ends` are the connectors' ends at this
/// instance; what the component does not know of them is shown as unknown. A port that the user
/// has `toggled` shows the opposite of what it would.
pub fn pins(
    instance: InstanceId,
    component: Option<&ComponentType>,
    ends: &[(&End, Side)],
    bound: &dyn Fn(&str) -> Option<String>,
    toggled: &dyn Fn(Direction, &str) -> bool,
) -> Vec<Pin> {
    let mut pins = Vec::new();
    for port in component.iter().flat_map(|component| &component.ports) {
        match (port.kind, bound(&port.name)) {
            (PortKind::Types, _) | (PortKind::Platform, None) => {}
            (PortKind::Platform, Some(bus)) => pins.push(bound_pin(instance, port, bus)),
            _ => port_pins(
                instance,
                port,
                ends,
                toggled(port.direction, &port.name),
                &mut pins,
            ),
        }
    }
    for (end, side) in ends {
        if !pins.iter().any(|pin| holds(pin, end, *side)) {
            pins.push(unknown(end, *side));
        }
    }
    pins
}

/// Whether a connector's end on that side (sources right, targets left) is at this pin: its own, or
/// one that the pin hides.
pub fn holds(pin: &Pin, end: &End, side: Side) -> bool {
    let hides = matches!(pin.folding, Folding::Folded | Folding::Single);
    let hidden = hides && port_of(end) == Some(pin.port.as_str());
    match end {
        End::Port { .. } => pin.side == side && pin.end == *end,
        End::Element { .. } => pin.side == side && (pin.end == *end || hidden),
        End::Result { .. } | End::Parameter { .. } => {
            pin.end == *end || (hidden && pin.direction == Direction::Provided)
        }
        End::Signal { .. } => false,
    }
}

/// The extern name of the port that an end belongs to.
pub fn port_of(end: &End) -> Option<&str> {
    match end {
        End::Port { port, .. } => Some(port),
        End::Element { function, .. }
        | End::Result { function, .. }
        | End::Parameter { function, .. } => Some(&function.port),
        End::Signal { .. } => None,
    }
}

/// The instance that an end belongs to.
pub fn instance_of(end: &End) -> Option<InstanceId> {
    match end {
        End::Port { instance, .. }
        | End::Element { instance, .. }
        | End::Result { instance, .. }
        | End::Parameter { instance, .. } => Some(*instance),
        End::Signal { .. } => None,
    }
}

/// Whether a function is a data element: takes nothing, gives something.
pub fn is_element(function: &Function) -> bool {
    function.parameters.is_empty() && function.result.is_some()
}

/// The fields of a record, through aliases.
pub fn record_fields(value: &ValueType) -> Option<&[Field]> {
    match value {
        ValueType::Named(definition) => match &definition.kind {
            TypeKind::Record(fields) => Some(fields),
            TypeKind::Alias(inner) => record_fields(inner),
            _ => None,
        },
        _ => None,
    }
}

fn port_pins(
    instance: InstanceId,
    port: &Port,
    ends: &[(&End, Side)],
    toggled: bool,
    pins: &mut Vec<Pin>,
) {
    let below = inner_pins(instance, port);
    let wired = below
        .iter()
        .any(|pin| ends.iter().any(|(end, _)| **end == pin.end));
    let is_single = matches!(
        below.as_slice(),
        [Pin {
            end: End::Element { .. },
            ..
        }]
    );
    let unfolded = !is_single && (wired || is_step_shaped(port)) != toggled;
    pins.push(Pin {
        end: End::Port {
            instance,
            port: port.name.clone(),
        },
        direction: port.direction,
        port: port.name.clone(),
        side: side(port.direction),
        shape: shape(port.kind),
        label: port_label(&port.name),
        type_name: below
            .first()
            .filter(|_| is_single)
            .map(|pin| pin.type_name.clone())
            .unwrap_or_default(),
        depth: 0,
        folding: match (below.is_empty(), unfolded) {
            (true, _) => Folding::Plain,
            _ if is_single => Folding::Single,
            (false, false) => Folding::Folded,
            (false, true) => Folding::Unfolded,
        },
    });
    if unfolded {
        pins.extend(below);
    }
}

/// A platform port with the bus that it is bound to.
fn bound_pin(instance: InstanceId, port: &Port, bus: String) -> Pin {
    Pin {
        end: End::Port {
            instance,
            port: port.name.clone(),
        },
        direction: port.direction,
        port: port.name.clone(),
        side: side(port.direction),
        shape: PinShape::Platform,
        label: port_label(&port.name),
        type_name: bus,
        depth: 0,
        folding: Folding::Plain,
    }
}

fn functions(port: &Port) -> &[Function] {
    match &port.item {
        PortItem::Interface(interface) => &interface.functions,
        PortItem::Function(function) => std::slice::from_ref(function),
    }
}

fn path(port: &Port, function: &Function) -> FunctionPath {
    FunctionPath {
        port: port.name.clone(),
        function: match port.item {
            PortItem::Interface(_) => Some(function.name.clone()),
            PortItem::Function(_) => None,
        },
    }
}

fn inner_pins(instance: InstanceId, port: &Port) -> Vec<Pin> {
    let elements = functions(port)
        .iter()
        .filter(|function| is_element(function));
    let mut pins: Vec<Pin> = match (port.kind, &port.item) {
        (
            PortKind::SenderReceiver | PortKind::Parameter | PortKind::ModeSwitch,
            PortItem::Interface(_),
        ) => elements
            .map(|function| {
                inner(
                    port,
                    side(port.direction),
                    End::Element {
                        instance,
                        function: path(port, function),
                    },
                    function.result.as_ref(),
                )
            })
            .collect(),
        _ => Vec::new(),
    };
    if port.direction == Direction::Provided && port.kind == PortKind::ClientServer {
        for function in functions(port) {
            record_pins(instance, port, function, &mut pins);
        }
    }
    pins
}

/// Fields in fields have pins of their own down to here.
const NESTED_FIELDS: usize = 3;

/// Pins of a runnable `step(step-input) -> step-output`: a record's fields, or the value as it is.
fn record_pins(instance: InstanceId, port: &Port, function: &Function, pins: &mut Vec<Pin>) {
    for (parameter, value) in &function.parameters {
        let end = |fields: Vec<String>| End::Parameter {
            instance,
            function: path(port, function),
            parameter: parameter.clone(),
            fields,
        };
        value_pins(port, Side::Left, value, (&end, &[]), pins);
    }
    let Some(result) = &function.result else {
        return;
    };
    let end = |fields: Vec<String>| End::Result {
        instance,
        function: path(port, function),
        fields,
    };
    value_pins(port, Side::Right, result, (&end, &[]), pins);
}

/// A record's fields, each followed by the fields in it; of anything else the value as it is.
fn value_pins(
    port: &Port,
    side: Side,
    value: &ValueType,
    (end, path): (&dyn Fn(Vec<String>) -> End, &[String]),
    pins: &mut Vec<Pin>,
) {
    let fields = record_fields(value);
    let fields = fields.filter(|_| path.len() < NESTED_FIELDS);
    if fields.is_none() || !path.is_empty() {
        let mut pin = inner(port, side, end(path.to_vec()), Some(value));
        pin.depth = path.len().max(1) as u8;
        pins.push(pin);
    }
    for field in fields.into_iter().flatten() {
        let path = [path, std::slice::from_ref(&field.name)].concat();
        value_pins(port, side, &field.value, (end, &path), pins);
    }
}

fn inner(port: &Port, side: Side, end: End, value: Option<&ValueType>) -> Pin {
    Pin {
        direction: port.direction,
        port: port.name.clone(),
        side,
        shape: PinShape::Field,
        label: end_label(&end),
        type_name: value.map(type_word).unwrap_or_default(),
        depth: 1,
        folding: Folding::Plain,
        end,
    }
}

fn unknown(end: &End, side: Side) -> Pin {
    Pin {
        end: end.clone(),
        direction: match side {
            Side::Left => Direction::Required,
            Side::Right => Direction::Provided,
        },
        port: port_of(end).unwrap_or_default().to_owned(),
        side,
        shape: PinShape::Unknown,
        label: end_label(end),
        type_name: String::new(),
        depth: 0,
        folding: Folding::Plain,
    }
}

/// One function from one record to another, or several of which one is so: its fields are pins.
fn is_step_shaped(port: &Port) -> bool {
    port.direction == Direction::Provided
        && functions(port).iter().any(|function| {
            match (function.parameters.as_slice(), &function.result) {
                ([(_, input)], Some(output)) => {
                    record_fields(input).is_some() && record_fields(output).is_some()
                }
                _ => false,
            }
        })
}

fn side(direction: Direction) -> Side {
    match direction {
        Direction::Required => Side::Left,
        Direction::Provided => Side::Right,
    }
}

fn shape(kind: PortKind) -> PinShape {
    match kind {
        PortKind::SenderReceiver => PinShape::Data,
        PortKind::ClientServer => PinShape::Service,
        PortKind::Service => PinShape::Adaptive,
        PortKind::ModeSwitch => PinShape::Mode,
        PortKind::Parameter | PortKind::NvData => PinShape::Storage,
        PortKind::Trigger => PinShape::Trigger,
        PortKind::Platform | PortKind::Types => PinShape::Platform,
    }
}

/// A type in one word: enough beside a pin; the inspector shows all of it.
pub fn type_word(value: &ValueType) -> String {
    match value {
        ValueType::Named(definition) => definition.name.clone(),
        ValueType::Own(resource) | ValueType::Borrow(resource) => resource.name.clone(),
        ValueType::List(inner) => format!("list<{}>", type_word(inner)),
        ValueType::FixedList(inner, length) => format!("list<{}, {length}>", type_word(inner)),
        ValueType::Option(inner) => format!("option<{}>", type_word(inner)),
        ValueType::Result { ok: Some(ok), .. } => type_word(ok),
        ValueType::Map(..) => "map".to_owned(),
        ValueType::Tuple(_) => "tuple".to_owned(),
        ValueType::Result { ok: None, .. } => "result".to_owned(),
        ValueType::Stream(_) => "stream".to_owned(),
        ValueType::Future(_) => "future".to_owned(),
        ValueType::ErrorContext => "error-context".to_owned(),
        simple => format!("{simple:?}").to_lowercase(),
    }
}

#[cfg(test)]
#[path = "pins_tests.rs"]
mod tests;

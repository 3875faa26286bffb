//! Turns trace rows into what panels, reports and plots show.

use super::received;
use crate::session::{LiveValue, TraceKind, TraceRow};
use autosar_wit::{
    component::Direction,
    dbc::{Database, Message},
    modes::{self, State},
    types::{Function, TypeKind, ValueType},
    value::{self, Value},
};
use deployment::{BusKind, Flow};
use graph_core::{
    compose::{Composed, ComposedPartition},
    document::Document,
    library::Library,
    physical, resolve,
};
use simulator::trace::{INVALID, Kind, Row};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
    sync::Arc,
};

/// Types of elements and probed functions by their names in the trace, descriptions by bus.
#[derive(Debug, Default)]
pub struct Meaning {
    elements: BTreeMap<String, Element>,
    probes: BTreeMap<String, Function>,
    /// Key of a flow → name of its element, and that in the trace.
    flows: BTreeMap<String, (String, String)>,
    descriptions: BTreeMap<String, Arc<Database>>,
    /// Cases of the enums that signals are received as.
    cases: BTreeMap<String, Vec<String>>,
}

#[derive(Debug)]
struct Element {
    /// The end of a connector, as the project writes it.
    name: String,
    value_type: ValueType,
    /// By the component's metadata; empty where they say nothing.
    unit: String,
    /// Whether it is the state of a mode machine.
    is_mode: bool,
}

/// What one row tells.
#[derive(Debug, Clone, PartialEq)]
pub struct Observed {
    pub row: TraceRow,
    /// Names and latest values of elements, and of the signals of a frame.
    pub values: Vec<(String, LiveValue)>,
    /// Series, unit, point.
    pub points: Vec<(String, String, [f64; 2])>,
    /// The element of a mode machine that tells its state.
    pub mode: Option<(String, State)>,
}

impl Meaning {
    pub(super) fn new(document: &Document, library: &Library, composed: &Composed) -> Meaning {
        let mut meaning = Meaning {
            cases: received::cases(document, library),
            ..Meaning::default()
        };
        for partition in &composed.partitions {
            let place = format!("{}/{}", partition.ecu, partition.name);
            let elements = partition
                .deployment
                .elements
                .iter()
                .zip(&partition.element_types);
            for (element, value_type) in elements {
                let subject = format!("{place}/{}", element.name);
                let element = Element {
                    name: element.name.clone(),
                    value_type: value_type.clone(),
                    unit: unit(document, library, &element.name),
                    is_mode: is_mode(document, library, &element.name),
                };
                meaning.elements.insert(subject, element);
            }
            for (probe, functions) in partition
                .deployment
                .probes
                .iter()
                .zip(&partition.probe_types)
            {
                for function in functions {
                    let subject = format!("{place}/{}/{}", probe.name, function.name);
                    meaning.probes.insert(subject, function.clone());
                }
            }
        }
        for flow in flows(composed) {
            let end = &flow.from;
            let is_sender =
                |one: &&ComposedPartition| (&one.ecu, &one.name) == (&end.ecu, &end.partition);
            let partition = composed.partitions.iter().find(is_sender);
            let elements = partition.map(|partition| &partition.deployment.elements);
            if let Some(element) = elements.and_then(|all| all.get(end.element as usize)) {
                let subject = format!("{}/{}/{}", end.ecu, end.partition, element.name);
                let named = (element.name.clone(), subject);
                meaning.flows.insert(flow.key.clone(), named);
            }
        }
        for (id, database) in &library.descriptions {
            if let Some(bus) = document.buses.get(id) {
                meaning
                    .descriptions
                    .insert(bus.name.clone(), database.clone());
            }
        }
        meaning
    }

    /// The element that goes over a network by that key.
    pub fn carries(&self, key: &str) -> Option<&str> {
        self.flows.get(key).map(|(name, _)| name.as_str())
    }

    /// The message of a bus by its name.
    pub fn message(&self, bus: &str, name: &str) -> Option<&Message> {
        let database = self.descriptions.get(bus)?;
        database.messages.iter().find(|one| one.name == name)
    }

    /// Names of the messages that are described on a bus.
    pub fn messages(&self, bus: &str) -> impl Iterator<Item = &str> {
        let described = self.descriptions.get(bus);
        let messages = described.into_iter().flat_map(|one| &one.messages);
        messages.map(|message| message.name.as_str())
    }

    /// Names of all elements that are traced.
    pub fn elements(&self) -> BTreeSet<&str> {
        self.elements
            .values()
            .map(|element| element.name.as_str())
            .collect()
    }

    /// The parameter that a row gives a value, and that value: raw, in WAVE.
    pub fn parameter(&self, row: &Row<'_>) -> Option<(String, String)> {
        let element = self.elements.get(row.subject)?;
        let value = value::decode(&element.value_type, &row.value()?).ok()?;
        Some((element.name.clone(), value::print(&value)))
    }

    /// What a row of the trace tells.
    pub fn observe(&self, row: &Row<'_>) -> Observed {
        let mut observed = Observed {
            row: TraceRow {
                at_ns: row.time_ns,
                kind: kind(row.kind),
                subject: row.subject.to_owned(),
                text: row.detail.to_owned(),
                decoded: String::new(),
            },
            values: Vec::new(),
            points: Vec::new(),
            mode: None,
        };
        match row.kind {
            Kind::Frame => self.observe_frame(row, &mut observed),
            Kind::Published | Kind::Parameter => self.observe_value(row, &mut observed),
            Kind::Carried => self.observe_carried(row, &mut observed),
            Kind::Called | Kind::Returned => self.observe_call(row, &mut observed),
            Kind::Began | Kind::Ended | Kind::Ran => observed.row.decoded = activation_words(row),
            Kind::Stimulus => observe_stimulus(row, &mut observed),
            _ => {}
        }
        observed
    }

    fn observe_frame(&self, row: &Row<'_>, observed: &mut Observed) {
        let Some(frame) = row.frame() else {
            return;
        };
        observed.row.text = frame.to_string();
        let database = self.descriptions.get(row.subject);
        let messages = database
            .map(|database| database.messages.as_slice())
            .unwrap_or_default();
        let (id, extended) = (frame.id().value(), frame.id().is_extended());
        let Some(message) = messages
            .iter()
            .find(|message| message.id == id && message.extended == extended)
        else {
            observed.row.decoded = "undecoded".to_owned();
            return;
        };
        let mut decoded = message.name.clone();
        for signal in message.decode(frame.bytes()) {
            let label = signal
                .label
                .map(|label| format!(" ({label})"))
                .unwrap_or_default();
            // Writing to a string does not fail.
            let _ = write!(decoded, "  {} {}{label}", signal.name, signal.physical);
            let unit = message
                .signals
                .iter()
                .find(|known| known.name == signal.name);
            let unit = unit.map(|known| known.unit.clone()).unwrap_or_default();
            let name = format!("{}:{}.{}", row.subject, message.name, signal.name);
            let value = LiveValue {
                text: received::words(message, &signal, self.cases.get(&name)),
                number: Some(signal.physical),
                at_ns: row.time_ns,
            };
            observed.values.push((name.clone(), value));
            observed
                .points
                .push((name, unit, point(row.time_ns, signal.physical)));
        }
        observed.row.decoded = decoded;
    }

    fn observe_value(&self, row: &Row<'_>, observed: &mut Observed) {
        let Some(element) = self.elements.get(row.subject) else {
            return;
        };
        let Element {
            name,
            value_type,
            unit,
            is_mode,
        } = element;
        let Some(bytes) = row.value() else {
            if row.detail == INVALID {
                let text = INVALID.to_owned();
                observed.row.subject = name.clone();
                observed.row.text = text.clone();
                let value = LiveValue {
                    text,
                    number: None,
                    at_ns: row.time_ns,
                };
                observed.values.push((name.clone(), value));
            }
            return;
        };
        let Ok(value) = value::decode(value_type, &bytes) else {
            observed.row.decoded = "not readable by its type".to_owned();
            return;
        };
        if *is_mode {
            observed.mode = modes::state(&value).map(|state| (name.clone(), state));
        }
        let text = words(&value, unit);
        observed.row.subject = name.clone();
        observed.row.text = text.clone();
        let number = number(value_type, &value);
        observed.values.push((
            name.clone(),
            LiveValue {
                text,
                number,
                at_ns: row.time_ns,
            },
        ));
        if let Some(number) = number {
            observed
                .points
                .push((name.clone(), unit.clone(), point(row.time_ns, number)));
        }
    }

    /// A value over a network: what, its receiver, its length on the link.
    fn observe_carried(&self, row: &Row<'_>, observed: &mut Observed) {
        let mut words = row.detail.split(' ');
        let mut word = || words.next().unwrap_or_default();
        let (key, receiver, bytes) = (word(), word(), word());
        observed.row.text = format!("{bytes} bytes to {receiver}");
        let Some((name, subject)) = self.flows.get(key) else {
            return;
        };
        observed.row.decoded = name.clone();
        if words.nth(1) == Some(INVALID) {
            observed.row.decoded = format!("{name}  {INVALID}");
            return;
        }
        let (Some(element), Some(bytes)) = (self.elements.get(subject), row.value()) else {
            return;
        };
        if let Ok(value) = value::decode(&element.value_type, &bytes) {
            observed.row.decoded = format!("{name}  {}", value::print(&value));
        }
    }

    fn observe_call(&self, row: &Row<'_>, observed: &mut Observed) {
        let (Some(function), Some(bytes)) = (self.probes.get(row.subject), row.value()) else {
            return;
        };
        observed.row.decoded = match row.kind {
            Kind::Called => {
                let types = function
                    .parameters
                    .iter()
                    .map(|(_, value_type)| value_type.clone());
                let arguments = value::decode(&ValueType::Tuple(types.collect()), &bytes);
                arguments
                    .map(|value| value::print(&value))
                    .unwrap_or_default()
            }
            _ => match &function.result {
                Some(result) => value::decode(result, &bytes)
                    .map(|value| value::print(&value))
                    .unwrap_or_default(),
                None => "returned".to_owned(),
            },
        };
    }
}

/// What goes over any network.
fn flows(composed: &Composed) -> impl Iterator<Item = &Flow> {
    let buses = composed.system.buses.iter();
    buses.flat_map(|bus| match &bus.kind {
        BusKind::Ethernet { flows, .. } => flows.as_slice(),
        _ => &[],
    })
}

/// `cabin.temperature` gets a point at each change.
fn observe_stimulus(row: &Row<'_>, observed: &mut Observed) {
    if let Ok(number) = row.detail.parse::<f64>() {
        observed.points.push((
            row.subject.to_owned(),
            String::new(),
            point(row.time_ns, number),
        ));
    }
}

/// The unit of an element by its name in the trace.
fn unit(document: &Document, library: &Library, name: &str) -> String {
    graph_core::end::parse(document, name)
        .ok()
        .and_then(|end| physical::element(document, library, &end)?.unit.clone())
        .unwrap_or_default()
}

/// Whether a mode switch port's mode is what is published by that name.
fn is_mode(document: &Document, library: &Library, name: &str) -> bool {
    let Ok(end) = graph_core::end::parse(document, name) else {
        return false;
    };
    let port = end.instance().zip(end.port()).and_then(|(instance, port)| {
        let component = resolve::component_type(document, library, instance)?;
        component.port(Direction::Provided, port)
    });
    port.is_some_and(|port| modes::of(port).is_some())
}

/// The value as WAVE writes it; a number that has a unit with it, without the status around it.
fn words(value: &Value, unit: &str) -> String {
    let inner = match value {
        Value::Result(Ok(Some(inner))) | Value::Option(Some(inner)) => inner,
        other => other,
    };
    match plain_number(inner) {
        Some(_) if !unit.is_empty() => format!("{} {unit}", value::print(inner)),
        _ => value::print(value),
    }
}

fn activation_words(row: &Row<'_>) -> String {
    let mut words = row.detail.split(' ');
    let (first, second) = (
        words.next().unwrap_or_default(),
        words.next().unwrap_or_default(),
    );
    match row.kind {
        Kind::Began => "began".to_owned(),
        Kind::Ended => format!("ended after {first} ns, fuel {second}"),
        _ => format!("ran, fuel {second}"),
    }
}

fn kind(kind: Kind) -> TraceKind {
    match kind {
        Kind::Frame | Kind::Error | Kind::Lost | Kind::State => TraceKind::Frame,
        Kind::Began | Kind::Ended | Kind::Ran => TraceKind::Activation,
        Kind::Published | Kind::Refused | Kind::Stimulus | Kind::Parameter | Kind::Pin => {
            TraceKind::Value
        }
        Kind::Called | Kind::Returned => TraceKind::Call,
        Kind::Printed => TraceKind::Text,
        Kind::I2c | Kind::Spi | Kind::Nv | Kind::Carried => TraceKind::Transfer,
        Kind::Fault | Kind::Misuse | Kind::Incident => TraceKind::Incident,
    }
}

fn point(at_ns: u64, value: f64) -> [f64; 2] {
    [at_ns as f64 / 1e9, value]
}

/// What a plot draws of a value: numbers as they are, truth as 0 and 1, enums by position; of a
/// result or an option what is in it.
fn number(value_type: &ValueType, value: &Value) -> Option<f64> {
    match (value_type, value) {
        (_, Value::Bool(value)) => Some(f64::from(u8::from(*value))),
        (_, Value::Enum(case)) => enum_position(value_type, case),
        (ValueType::Named(definition), _) => match &definition.kind {
            TypeKind::Alias(inner) => number(inner, value),
            _ => None,
        },
        (ValueType::Option(inner), Value::Option(Some(value))) => number(inner, value),
        (
            ValueType::Result {
                ok: Some(inner), ..
            },
            Value::Result(Ok(Some(value))),
        ) => number(inner, value),
        (_, value) => plain_number(value),
    }
}

fn plain_number(value: &Value) -> Option<f64> {
    match *value {
        Value::U8(value) => Some(value.into()),
        Value::U16(value) => Some(value.into()),
        Value::U32(value) => Some(value.into()),
        Value::U64(value) => Some(value as f64),
        Value::S8(value) => Some(value.into()),
        Value::S16(value) => Some(value.into()),
        Value::S32(value) => Some(value.into()),
        Value::S64(value) => Some(value as f64),
        Value::F32(value) => Some(value.into()),
        Value::F64(value) => Some(value),
        _ => None,
    }
}

fn enum_position(value_type: &ValueType, case: &str) -> Option<f64> {
    let ValueType::Named(definition) = value_type else {
        return None;
    };
    match &definition.kind {
        TypeKind::Enum(cases) => cases
            .iter()
            .position(|known| known == case)
            .map(|position| position as f64),
        TypeKind::Alias(inner) => enum_position(inner, case),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_with_a_unit_stands_without_the_status_around_it() {
        let ok = Value::Result(Ok(Some(Box::new(Value::F32(27.5)))));
        assert_eq!(words(&ok, "°C"), "27.5 °C");
        assert_eq!(words(&ok, ""), "ok(27.5)");
        assert_eq!(words(&Value::F64(2.0), "mm"), "2 mm");
        let invalid = Value::Result(Err(Some(Box::new(Value::Enum("invalid".into())))));
        assert_eq!(words(&invalid, "°C"), "err(invalid)");
        assert_eq!(words(&Value::Option(None), "mm"), "none");
    }
}

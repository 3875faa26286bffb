//! The ends of a document at which a wire could end. Judges none of them.

use crate::{
    context::{Context, is_bufferable},
    document::*,
    resolve::{self, Side, behind_aliases},
};
use autosar_wit::{
    component::{Direction, Port, PortItem, PortKind},
    types::{TypeKind, ValueType},
};

/// All ends to which a wire from `start` may lead.
pub(super) fn ends(context: &Context, start: &End, side: Side) -> Vec<End> {
    let whole = matches!(start, End::Port { .. });
    let mut ends = Vec::new();
    for (id, _, component) in context.typed_instances() {
        let connectable = |port: &&Port| !matches!(port.kind, PortKind::Platform | PortKind::Types);
        for port in component.ports.iter().filter(connectable) {
            let here = match port.direction {
                Direction::Provided => Side::Source,
                Direction::Required => Side::Target,
            };
            if here != side && (whole || matches!(port.item, PortItem::Function(_))) {
                ends.push(End::Port {
                    instance: id,
                    port: port.name.clone(),
                });
            }
            if !whole {
                let opposite = values(id, port)
                    .into_iter()
                    .filter(|(here, _)| *here != side);
                ends.extend(opposite.map(|(_, end)| end));
            }
        }
    }
    if !whole && start.bus().is_none() {
        ends.extend(signals(context));
    }
    ends
}

/// Data elements of a port, or results and parameters of its runnables with their fields.
fn values(id: InstanceId, port: &Port) -> Vec<(Side, End)> {
    let mut ends = Vec::new();
    let elements = is_bufferable(port) && matches!(port.item, PortItem::Interface(_));
    for one in resolve::functions(port) {
        let function = resolve::path_of(port, one);
        if port.direction == Direction::Required {
            if elements {
                ends.push((
                    Side::Target,
                    End::Element {
                        instance: id,
                        function,
                    },
                ));
            }
            continue;
        }
        if resolve::why_no_element(one).is_none() && port.kind == PortKind::SenderReceiver {
            if elements {
                ends.push((
                    Side::Source,
                    End::Element {
                        instance: id,
                        function,
                    },
                ));
            }
            continue;
        }
        if one.is_async {
            continue;
        }
        for fields in one
            .result
            .iter()
            .flat_map(|value| field_paths(value, Side::Source))
        {
            ends.push((
                Side::Source,
                End::Result {
                    instance: id,
                    function: function.clone(),
                    fields,
                },
            ));
        }
        for (parameter, value) in one
            .parameters
            .iter()
            .filter(|(_, value)| rte::Handle::of(value).is_none())
        {
            for fields in field_paths(value, Side::Target) {
                let (function, parameter) = (function.clone(), parameter.clone());
                ends.push((
                    Side::Target,
                    End::Parameter {
                        instance: id,
                        function,
                        parameter,
                        fields,
                    },
                ));
            }
        }
    }
    ends
}

/// The value itself and every field in it, records inside records too.
fn field_paths(value: &ValueType, side: Side) -> Vec<Vec<String>> {
    let mut paths = vec![Vec::new()];
    let record = match side {
        Side::Source => rte::element_value(value).unwrap_or(value),
        Side::Target => value,
    };
    if let ValueType::Named(definition) = behind_aliases(record)
        && let TypeKind::Record(fields) = &definition.kind
    {
        for field in fields {
            for mut path in field_paths(&field.value, side) {
                path.insert(0, field.name.clone());
                paths.push(path);
            }
        }
    }
    paths
}

fn signals(context: &Context) -> impl Iterator<Item = End> {
    context
        .library
        .descriptions
        .iter()
        .flat_map(|(bus, database)| {
            database.messages.iter().flat_map(move |message| {
                let signals = message.signals.iter().enumerate();
                let there = signals.filter(|(at, _)| message.conditions(*at).is_some());
                there.map(move |(_, signal)| End::Signal {
                    bus: *bus,
                    message: message.name.clone(),
                    signal: signal.name.clone(),
                })
            })
        })
}

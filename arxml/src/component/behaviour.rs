//! The internal behaviour of a component: runnables, what starts them, what they read and write.

use super::{KnownPort, mode_events};
use crate::{
    model::{Disabled, Event, Runnable},
    reader::Reader,
    tree::{below, child, children, number, own_text, path, short_name, text},
};
use autosar_data::{Element, ElementName};
use autosar_wit::{component::Direction, metadata::RunnableMetadata, names};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Default)]
pub(super) struct Behaviour {
    pub(super) runnables: Vec<Runnable>,
    /// By function.
    pub(super) metadata: BTreeMap<String, RunnableMetadata>,
}

pub(super) fn read(reader: &mut Reader, component: &Element, ports: &[KnownPort]) -> Behaviour {
    let mut found = Behaviour::default();
    let mut taken: BTreeSet<String> = ports.iter().map(|known| known.port.name.clone()).collect();
    for behaviour in children(component, ElementName::InternalBehaviors) {
        let mut events = events(reader, &behaviour, ports);
        for element in children(&behaviour, ElementName::Runnables) {
            let started = events.remove(&path(&element)).unwrap_or_default();
            if started.by_port {
                // The function of the provided port is the runnable.
                continue;
            }
            let label = names::to_label(&short_name(&element));
            let function = names::unique(&label, |label| taken.contains(label));
            taken.insert(function.clone());
            let metadata = RunnableMetadata {
                reads: accessed(&element, &READS, ports, Direction::Required),
                writes: accessed(&element, &WRITES, ports, Direction::Provided),
                autosar_name: Some(short_name(&element)),
            };
            found.metadata.insert(function.clone(), metadata);
            found.runnables.push(Runnable {
                autosar_name: short_name(&element),
                function,
                events: started.events,
                disabled: started.disabled,
            });
        }
    }
    found
}

/// What starts a runnable.
#[derive(Default)]
struct Started {
    events: Vec<Event>,
    disabled: Vec<Disabled>,
    /// A client calls it, or the source of a trigger.
    by_port: bool,
}

/// By path of the runnable.
fn events(
    reader: &mut Reader,
    behaviour: &Element,
    ports: &[KnownPort],
) -> BTreeMap<String, Started> {
    let mut found: BTreeMap<String, Started> = BTreeMap::new();
    for event in children(behaviour, ElementName::Events) {
        let Some(runnable) = reader.target(&event, ElementName::StartOnEventRef) else {
            reader.unmapped(&event, "starts no runnable, so it has no counterpart");
            continue;
        };
        let started = found.entry(path(&runnable)).or_default();
        let number = started.events.len();
        match event.element_name() {
            ElementName::InitEvent => started.events.push(Event::Init),
            // One for each data element that starts it: here any of them does.
            ElementName::DataReceivedEvent if started.events.contains(&Event::DataReceived) => {
                continue;
            }
            ElementName::DataReceivedEvent => started.events.push(Event::DataReceived),
            ElementName::OperationInvokedEvent | ElementName::ExternalTriggerOccurredEvent => {
                started.by_port = true;
            }
            ElementName::TimingEvent => match timing(&event) {
                Some(timing) => started.events.push(timing),
                None => reader.wrong(&event, "a timing event needs a PERIOD above 0 in seconds; add it"),
            },
            ElementName::SwcModeSwitchEvent => {
                started.events.extend(mode_events::mode_switch(reader, &event, ports));
            }
            _ => reader.unmapped(
                &event,
                "Wireloom starts runnables at the start, by time, by received data and by modes; give this one such an event",
            ),
        }
        let modes = mode_events::disabled_in(reader, &event, ports);
        if started.events.len() > number {
            let disabled = modes.into_iter().map(|mode| Disabled {
                event: number,
                mode,
            });
            started.disabled.extend(disabled);
        } else if !modes.is_empty() {
            reader.unmapped(
                &event,
                "Wireloom disables in modes what is started by an event; a call by a port reaches its function in every mode",
            );
        }
    }
    found
}

fn timing(event: &Element) -> Option<Event> {
    let period_ns = nanoseconds(number(event, ElementName::Period)?)?;
    let offset_ns = number(event, ElementName::Offset).map_or(Some(0), nanoseconds)?;
    (period_ns > 0).then_some(Event::Timing {
        period_ns,
        offset_ns,
    })
}

/// Of seconds, if they are no more than a century.
pub(crate) fn nanoseconds(seconds: f64) -> Option<u64> {
    (0.0..3.2e9)
        .contains(&seconds)
        .then(|| (seconds * 1e9).round() as u64)
}

const READS: [ElementName; 3] = [
    ElementName::DataReadAccesss,
    ElementName::DataReceivePointByArguments,
    ElementName::DataReceivePointByValues,
];
const WRITES: [ElementName; 2] = [ElementName::DataWriteAccesss, ElementName::DataSendPoints];

/// Names of the ports that a runnable reads or writes by data elements, and of its modes.
fn accessed(
    runnable: &Element,
    containers: &[ElementName],
    ports: &[KnownPort],
    direction: Direction,
) -> Vec<String> {
    let variables = containers.iter().flat_map(|name| children(runnable, *name));
    let data = variables.filter_map(|access| {
        let variable = below(
            &access,
            &[
                ElementName::AccessedVariable,
                ElementName::AutosarVariableIref,
            ],
        )?;
        text(&variable, ElementName::PortPrototypeRef)
    });
    let found: BTreeSet<String> = match direction {
        Direction::Required => data.chain(modes(runnable)).collect(),
        Direction::Provided => data.chain(switches(runnable)).collect(),
    };
    ports
        .iter()
        .filter(|known| known.port.direction == direction && found.contains(&known.port.path))
        .map(|known| known.port.name.clone())
        .collect()
}

fn modes(runnable: &Element) -> Vec<String> {
    let points = children(runnable, ElementName::ModeAccessPoints);
    points
        .iter()
        .filter_map(|point| {
            let group = child(point, ElementName::ModeGroupIref)?.get_sub_element_at(0)?;
            let port = group.get_sub_element_at(0)?;
            own_text(&port)
        })
        .collect()
}

fn switches(runnable: &Element) -> Vec<String> {
    let points = children(runnable, ElementName::ModeSwitchPoints);
    points
        .iter()
        .filter_map(|point| {
            let group = child(point, ElementName::ModeGroupIref)?;
            text(&group, ElementName::ContextPPortRef)
        })
        .collect()
}

//! CAN messages that a partition sends or receives, and the tasks that send cyclic ones.
//! Knows nothing of how signals are packed: the generator does.

use super::{
    ComposeError,
    table::{Builder, position},
};
use crate::{
    document::{BusId, End, TransmissionMode},
    end,
    library::Library,
    message::{Communication, communication},
};
use autosar_wit::{dbc, names};
use deployment::{Direction, Event, Pdu, Task};
use rte::{PduPlan, ProtectionPlan, Sending, SignalLayout, Sink, Source, TaskPlan};

/// Frames of a received message that wait at most.
const QUEUE: u32 = 16;
/// A frame that had to wait for the minimum delay, or is a repetition, is late by that part of it at
/// most.
const PART_OF_DELAY: u64 = 4;

/// A signal that is received.
pub(super) fn source(builder: &mut Builder<'_>, end: &End) -> Result<Source, ComposeError> {
    let (pdu, layout) = signal(builder, end, Direction::In)?;
    Ok(Source::Signal { pdu, layout })
}

/// A signal that is sent.
pub(super) fn sink(builder: &mut Builder<'_>, end: &End) -> Result<Sink, ComposeError> {
    let (pdu, layout) = signal(builder, end, Direction::Out)?;
    Ok(Sink::Signal { pdu, layout })
}

fn signal(
    builder: &mut Builder<'_>,
    end: &End,
    direction: Direction,
) -> Result<(usize, SignalLayout), ComposeError> {
    let missing = || ComposeError::NoSignal {
        end: end::text(builder.document, end),
    };
    let End::Signal {
        bus,
        message,
        signal,
    } = end
    else {
        return Err(missing());
    };
    let message = message_named(builder.library, *bus, message).ok_or_else(missing)?;
    let mut signals = message.signals.iter();
    let at = signals.position(|candidate| candidate.name == *signal);
    let layouts = rte::message_signals(message).layouts;
    let layout = at.and_then(|at| layouts.get(at).copied().flatten());
    let layout = layout.ok_or_else(missing)?;
    Ok((pdu(builder, *bus, message, direction)?, layout))
}

fn message_named<'a>(library: &'a Library, bus: BusId, name: &str) -> Option<&'a dbc::Message> {
    let description = library.descriptions.get(&bus)?;
    description
        .messages
        .iter()
        .find(|message| message.name == name)
}

/// The position of the message's PDU; adds it when it is the first of its signals.
fn pdu(
    builder: &mut Builder<'_>,
    bus: BusId,
    message: &dbc::Message,
    direction: Direction,
) -> Result<usize, ComposeError> {
    let key = (bus, message.name.clone(), direction);
    if let Some(pdu) = builder.pdus.get(&key) {
        return Ok(*pdu);
    }
    let known = builder.document.buses.get(&bus);
    let bus_name = known.map_or("?", |bus| &bus.name).to_owned();
    let most_bytes = known.and_then(|bus| bus.kind.most_frame_bytes());
    let length_bytes = dbc::frame_bytes(message.length_bytes)
        .filter(|length| *length > 0 && most_bytes >= Some((*length).into()))
        .ok_or_else(|| ComposeError::PduLength {
            bus: bus_name.clone(),
            message: message.name.clone(),
            length_bytes: message.length_bytes,
        })?;
    let said = communication(builder.document, bus, message);
    let sending = match (direction, said.mode) {
        (Direction::In, _) | (Direction::Out, TransmissionMode::Cyclic { .. }) => Sending::ByTask,
        (Direction::Out, TransmissionMode::OnChange | TransmissionMode::Mixed { .. }) => {
            Sending::OnChange
        }
    };
    // Frames of the clock alone are as far apart as the clock says; a late one must not cost the next.
    let minimum_delay_ns = said
        .minimum_delay_ns
        .filter(|_| sending == Sending::OnChange);
    let protection = match &said.protection {
        Some(configuration) => {
            let protected = (configuration, length_bytes);
            Some(protect(builder, bus, message, direction, protected)?)
        }
        None => None,
    };
    builder.tables.deployment.pdus.push(Pdu {
        name: message.name.clone(),
        bus: bus_name,
        direction,
        id: message.id,
        extended: message.extended,
        length_bytes,
        queue: QUEUE,
    });
    let signals = rte::message_signals(message);
    let plans = &mut builder.tables.plan.pdus;
    plans.push(PduPlan {
        name: message.name.clone(),
        length_bytes,
        initial: signals.initial,
        multiplexed: signals.multiplexed,
        sending,
        minimum_delay_ns,
        repetition: said.repetition.filter(|_| sending == Sending::OnChange),
        protection,
    });
    let index = plans.len() - 1;
    builder.pdus.insert(key, index);
    Ok(index)
}

/// The next slot of the partition, and for a received message the element that says what its checks
/// gave.
fn protect(
    builder: &mut Builder<'_>,
    bus: BusId,
    message: &dbc::Message,
    direction: Direction,
    (configuration, length_bytes): (&protection::Configuration, u8),
) -> Result<ProtectionPlan, ComposeError> {
    let bus_name = builder
        .document
        .buses
        .get(&bus)
        .map_or("?", |bus| &bus.name);
    let place = format!("{bus_name}:{}", message.name);
    if let Some(problem) = configuration.problem(length_bytes.into()) {
        return Err(ComposeError::Protection {
            message: place,
            reason: problem.to_string(),
        });
    }
    let plans = &builder.tables.plan.pdus;
    let slot = plans
        .iter()
        .filter(|plan| plan.protection.is_some())
        .count();
    if slot >= protection::SLOTS {
        return Err(ComposeError::Protection {
            message: place,
            reason: format!(
                "a partition protects {} messages at most",
                protection::SLOTS
            ),
        });
    }
    let is_received = direction == Direction::In;
    let said = communication(builder.document, bus, message);
    Ok(ProtectionPlan {
        slot: position(slot),
        configuration: configuration.to_bytes().to_vec(),
        element: is_received.then(|| builder.add_checks(&place)),
        cycle_ns: said.cycle_ns().filter(|_| is_received),
    })
}

/// A task for each PDU that is sent cyclically, and one for each in which a change may have to wait.
/// Their priority is the lowest: at one instant they send what the other tasks have written.
pub(super) fn add_sending_tasks(builder: &mut Builder<'_>) {
    let out = |(key, pdu): (&(BusId, String, Direction), &usize)| {
        (key.2 == Direction::Out).then(|| (key.0, key.1.clone(), *pdu))
    };
    let sent: Vec<(BusId, String, usize)> = builder.pdus.iter().filter_map(out).collect();
    for (bus, name, pdu) in sent {
        let Some(message) = message_named(builder.library, bus, &name) else {
            continue;
        };
        let said = communication(builder.document, bus, message);
        if let TransmissionMode::Cyclic {
            period_ns,
            offset_ns,
        }
        | TransmissionMode::Mixed {
            period_ns,
            offset_ns,
        } = said.mode
        {
            let event = Event::Timing {
                period_ns,
                offset_ns,
            };
            add_task(builder, ("send", &name), event, (vec![pdu], Vec::new()));
        }
        if let Some(period_ns) = looks_after(&said) {
            let event = Event::Timing {
                period_ns,
                offset_ns: 0,
            };
            add_task(builder, ("late", &name), event, (Vec::new(), vec![pdu]));
        }
    }
}

/// How often it is looked whether a change has waited long enough, and is to be repeated.
fn looks_after(said: &Communication) -> Option<u64> {
    match said.mode {
        TransmissionMode::Cyclic { .. } => None,
        TransmissionMode::OnChange | TransmissionMode::Mixed { .. } => {
            let period_ns = said.repetition.map(|one| one.period_ns);
            let times = [said.minimum_delay_ns, period_ns].into_iter().flatten();
            times.min().map(|ns| (ns / PART_OF_DELAY).max(1))
        }
    }
}

fn add_task(
    builder: &mut Builder<'_>,
    (what, message): (&str, &str),
    event: Event,
    (sends, sends_late): (Vec<usize>, Vec<usize>),
) {
    let tasks = &mut builder.tables.deployment.tasks;
    let label = names::join(what, &names::to_label(message));
    let name = names::unique(&label, |label| tasks.iter().any(|task| task.name == label));
    tasks.push(Task {
        name: name.clone(),
        event,
        priority: 0,
        runnables: Vec::new(),
    });
    builder.tables.plan.tasks.push(TaskPlan {
        name,
        runnables: Vec::new(),
        sends,
        sends_late,
    });
}

/// How long receivers of a signal wait that have no alive timeout of their own.
pub(super) fn timeout_ns(builder: &Builder<'_>, from: &End) -> Option<u64> {
    let End::Signal { bus, message, .. } = from else {
        return None;
    };
    let message = message_named(builder.library, *bus, message)?;
    communication(builder.document, *bus, message).timeout_ns
}

/// The position that a deployment names a PDU by.
pub(super) fn received(builder: &Builder<'_>, end: &End) -> Option<u32> {
    let End::Signal { bus, message, .. } = end else {
        return None;
    };
    let pdu = builder.pdus.get(&(*bus, message.clone(), Direction::In))?;
    Some(position(*pdu))
}

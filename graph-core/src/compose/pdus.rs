//! CAN messages that a partition sends or receives, and the tasks that send cyclic ones.
//! Knows nothing of how signals are packed: the generator does.

use super::{
    ComposeError,
    table::{Builder, position},
};
use crate::{
    document::{BusId, Document, End, TransmissionMode},
    end,
    library::Library,
};
use autosar_wit::{dbc, names};
use deployment::{Direction, Event, Pdu, Task};
use rte::{PduPlan, Sending, SignalLayout, Sink, Source, TaskPlan};

/// Frames of a received message that wait at most.
const QUEUE: u32 = 16;
const NS_PER_MS: u64 = 1_000_000;

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
    let bus_name = builder
        .document
        .buses
        .get(&bus)
        .map_or("?", |bus| &bus.name)
        .to_owned();
    let length_bytes = u8::try_from(message.length_bytes)
        .ok()
        .filter(|length| (1..=8).contains(length))
        .ok_or_else(|| ComposeError::PduLength {
            bus: bus_name.clone(),
            message: message.name.clone(),
            length_bytes: message.length_bytes,
        })?;
    let sending = match (direction, mode(builder.document, bus, message)) {
        (Direction::In, _) | (Direction::Out, TransmissionMode::Cyclic { .. }) => Sending::ByTask,
        (Direction::Out, TransmissionMode::OnChange | TransmissionMode::Mixed { .. }) => {
            Sending::OnChange
        }
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
    });
    let index = plans.len() - 1;
    builder.pdus.insert(key, index);
    Ok(index)
}

/// By the project; else cyclic by the DBC's cycle time; else on change.
fn mode(document: &Document, bus: BusId, message: &dbc::Message) -> TransmissionMode {
    let chosen = document
        .pdus
        .values()
        .find(|pdu| pdu.bus == bus && pdu.message == message.name);
    match (chosen, message.cycle_time_ms) {
        (Some(pdu), _) => pdu.mode,
        (None, Some(period_ms @ 1..)) => TransmissionMode::Cyclic {
            period_ns: u64::from(period_ms) * NS_PER_MS,
            offset_ns: 0,
        },
        (None, _) => TransmissionMode::OnChange,
    }
}

/// One task for each PDU that is sent cyclically. Its priority is the lowest: at one instant it
/// sends what the other tasks have written.
pub(super) fn add_sending_tasks(builder: &mut Builder<'_>) {
    let out = |(key, pdu): (&(BusId, String, Direction), &usize)| {
        (key.2 == Direction::Out).then(|| (key.0, key.1.clone(), *pdu))
    };
    let sent: Vec<(BusId, String, usize)> = builder.pdus.iter().filter_map(out).collect();
    for (bus, name, pdu) in sent {
        let Some(message) = message_named(builder.library, bus, &name) else {
            continue;
        };
        let (TransmissionMode::Cyclic {
            period_ns,
            offset_ns,
        }
        | TransmissionMode::Mixed {
            period_ns,
            offset_ns,
        }) = mode(builder.document, bus, message)
        else {
            continue;
        };
        let tasks = &mut builder.tables.deployment.tasks;
        let label = names::join("send", &names::to_label(&name));
        let task = names::unique(&label, |label| tasks.iter().any(|task| task.name == label));
        tasks.push(Task {
            name: task.clone(),
            event: Event::Timing {
                period_ns,
                offset_ns,
            },
            priority: 0,
            runnables: Vec::new(),
        });
        builder.tables.plan.tasks.push(TaskPlan {
            name: task,
            runnables: Vec::new(),
            sends: vec![pdu],
        });
    }
}

/// The position that a deployment names a PDU by.
pub(super) fn received(builder: &Builder<'_>, end: &End) -> Option<u32> {
    let End::Signal { bus, message, .. } = end else {
        return None;
    };
    let pdu = builder.pdus.get(&(*bus, message.clone(), Direction::In))?;
    Some(position(*pdu))
}

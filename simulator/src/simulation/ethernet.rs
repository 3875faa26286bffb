//! Ethernet networks: values that leave an ECU wait for its link, take their time on it, and are at
//! their receivers after the network's latency. Links are full duplex and each ECU has its own, so a
//! value waits only for earlier ones of its ECU; what is modelled of frames stands in
//! `deployment::ethernet`. Knows nothing of what is in a value.

use super::{
    Happened, Simulation,
    board::VirtualEcu,
    error::SimulationError,
    summary::{LinkSummary, NetworkSummary},
    world::World,
};
use crate::{
    can::statistics::share,
    simulation::hex,
    trace::{INVALID, Kind, SubjectId, Trace},
};
use deployment::{BusKind, Direction, Flow, RouteEnd, System, ethernet};
use ecu_host::{LoadError, PartitionId};
use std::{collections::BTreeMap, sync::Arc};

/// All networks of a system, and what is on its way.
#[derive(Debug, Default)]
pub(super) struct Networks {
    /// By name.
    all: Vec<Network>,
    /// By the time at which it is there, then by when it was sent.
    arrivals: BTreeMap<(u64, u64), Arrival>,
    sequence: u64,
}

#[derive(Debug)]
struct Network {
    name: String,
    bitrate_bps: u32,
    latency_ns: u64,
    subject: SubjectId,
    flows: Vec<Carried>,
    /// By the number of the ECU.
    links: BTreeMap<usize, Link>,
}

/// What one ECU sends.
#[derive(Debug, Default)]
struct Link {
    ecu: String,
    free_ns: u64,
    busy_ns: u64,
    values: u64,
    bytes: u64,
}

/// A flow with its receivers by number.
#[derive(Debug)]
struct Carried {
    key: String,
    receivers: Vec<Receiver>,
}

/// An ECU that takes a value: one message, whatever number of elements takes it there.
#[derive(Debug)]
struct Receiver {
    ecu: usize,
    name: String,
    elements: Vec<(PartitionId, u32)>,
}

/// A flow by its numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FlowId {
    network: usize,
    flow: usize,
}

#[derive(Debug)]
struct Arrival {
    id: FlowId,
    receiver: usize,
    start_ns: u64,
    bytes: u64,
    value: Arc<[u8]>,
}

/// A value that is there.
struct Delivery {
    ecu: usize,
    elements: Vec<(PartitionId, u32)>,
    value: Arc<[u8]>,
}

/// Joins the ECUs, which stand by name, by the networks of the system.
pub(super) fn join(
    ecus: &mut [(String, VirtualEcu)],
    world: &mut World,
    system: &System,
) -> Result<(), SimulationError> {
    let mut buses: Vec<_> = system.buses.iter().collect();
    buses.sort_by(|a, b| a.name.cmp(&b.name));
    for bus in buses {
        let BusKind::Ethernet {
            bitrate_bps,
            latency_ns,
            flows,
        } = &bus.kind
        else {
            continue;
        };
        let mut network = Network {
            name: bus.name.clone(),
            bitrate_bps: *bitrate_bps,
            latency_ns: *latency_ns,
            subject: world.trace.subject(&bus.name),
            flows: Vec::new(),
            links: BTreeMap::new(),
        };
        for flow in flows {
            let id = FlowId {
                network: world.networks.all.len(),
                flow: network.flows.len(),
            };
            let (carried, sender) = carried(ecus, flow)?;
            network.flows.push(carried);
            network.links.entry(sender.0).or_insert_with(|| Link {
                ecu: flow.from.ecu.clone(),
                ..Link::default()
            });
            if let Some((name, ecu)) = ecus.get_mut(sender.0) {
                ecu.connect_out((sender.1, flow.from.element))
                    .map_err(|source| SimulationError::Load {
                        ecu: name.clone(),
                        source,
                    })?;
                let board = &mut ecu.board_mut().board;
                board.leaves(sender.1, flow.from.element, id);
            }
        }
        world.networks.all.push(network);
    }
    Ok(())
}

type Place = (usize, PartitionId);

/// A flow with the numbers of its ends, and its sender.
fn carried(
    ecus: &[(String, VirtualEcu)],
    flow: &Flow,
) -> Result<(Carried, Place), SimulationError> {
    let sender = place(ecus, &flow.from, Direction::Out)?;
    let mut receivers: Vec<Receiver> = Vec::new();
    for end in &flow.to {
        let (ecu, partition) = place(ecus, end, Direction::In)?;
        let element = (partition, end.element);
        match receivers.iter_mut().find(|receiver| receiver.ecu == ecu) {
            Some(receiver) => receiver.elements.push(element),
            None => receivers.push(Receiver {
                ecu,
                name: end.ecu.clone(),
                elements: vec![element],
            }),
        }
    }
    receivers.sort_by(|a, b| a.name.cmp(&b.name));
    let key = flow.key.clone();
    Ok((Carried { key, receivers }, sender))
}

pub(super) fn place(
    ecus: &[(String, VirtualEcu)],
    end: &RouteEnd,
    direction: Direction,
) -> Result<Place, SimulationError> {
    let missing = || SimulationError::RouteEnd {
        ecu: end.ecu.clone(),
        partition: end.partition.clone(),
    };
    let number = ecus.iter().position(|(name, _)| *name == end.ecu);
    let number = number.ok_or_else(missing)?;
    let (_, ecu) = ecus.get(number).ok_or_else(missing)?;
    let partition = ecu.partition_named(&end.partition).ok_or_else(missing)?;
    let table = ecu.partition(partition).ok_or_else(missing)?;
    let element = table.elements.get(end.element as usize);
    match element.is_some_and(|element| element.direction == direction) {
        true => Ok((number, partition)),
        false => Err(SimulationError::Load {
            ecu: end.ecu.clone(),
            source: LoadError::RouteEnd {
                partition: partition.0,
                element: end.element,
            },
        }),
    }
}

impl Networks {
    /// A value leaves an ECU for all its receivers.
    pub(super) fn send(&mut self, at_ns: u64, sender: usize, id: FlowId, value: &[u8]) {
        let Some(network) = self.all.get_mut(id.network) else {
            return;
        };
        let receivers = network.flows.get(id.flow).map(|flow| flow.receivers.len());
        let Some(link) = network.links.get_mut(&sender) else {
            return;
        };
        let bytes = ethernet::wire_bytes(value.len());
        let time_ns = ethernet::wire_ns(bytes, network.bitrate_bps);
        let value: Arc<[u8]> = value.into();
        for receiver in 0..receivers.unwrap_or_default() {
            let start_ns = at_ns.max(link.free_ns);
            link.free_ns = start_ns.saturating_add(time_ns);
            link.busy_ns += time_ns;
            link.values += 1;
            link.bytes += bytes;
            self.sequence += 1;
            let at_ns = link.free_ns.saturating_add(network.latency_ns);
            let arrival = Arrival {
                id,
                receiver,
                start_ns,
                bytes,
                value: value.clone(),
            };
            self.arrivals.insert((at_ns, self.sequence), arrival);
        }
    }

    pub(super) fn next_arrival_ns(&self) -> Option<u64> {
        let first = self.arrivals.first_key_value();
        first.map(|((at_ns, _), _)| *at_ns)
    }

    /// Of all networks up to now.
    pub(super) fn summaries(&self, now_ns: u64) -> Vec<NetworkSummary> {
        let link = |link: &Link| LinkSummary {
            ecu: link.ecu.clone(),
            values: link.values,
            bytes: link.bytes,
            // What is on the link beyond now does not count yet.
            load: share(
                link.busy_ns
                    .saturating_sub(link.free_ns.saturating_sub(now_ns)),
                now_ns,
            ),
        };
        let summary = |network: &Network| NetworkSummary {
            network: network.name.clone(),
            links: network.links.values().map(link).collect(),
        };
        self.all.iter().map(summary).collect()
    }

    /// The value that is there now: its row in the trace, and who takes it.
    fn arrive(&mut self, trace: &mut Trace) -> Option<Delivery> {
        let ((at_ns, _), arrival) = self.arrivals.pop_first()?;
        let network = self.all.get(arrival.id.network)?;
        let flow = network.flows.get(arrival.id.flow)?;
        let receiver = flow.receivers.get(arrival.receiver)?;
        let (key, ecu) = (&flow.key, &receiver.name);
        let Arrival {
            start_ns, bytes, ..
        } = arrival;
        let digits = match &arrival.value[..] {
            [] => INVALID.to_owned(),
            value => hex(value),
        };
        trace.record(
            at_ns,
            Kind::Carried,
            network.subject,
            format_args!("{key} {ecu} {bytes} {start_ns} {digits}"),
        );
        Some(Delivery {
            ecu: receiver.ecu,
            elements: receiver.elements.clone(),
            value: arrival.value,
        })
    }
}

impl Simulation {
    /// The next value is there.
    pub(super) fn arrive(&mut self, at_ns: u64) -> Happened {
        let world = self.world_mut();
        let arrived = world.networks.arrive(&mut world.trace);
        if let Some(delivery) = arrived
            && let Some((_, ecu)) = self.ecus.get_mut(delivery.ecu)
        {
            for element in delivery.elements {
                // Both ends were looked up when the ECUs were joined.
                let _delivered = back_to_back::deliver(ecu, at_ns, element, &delivery.value);
            }
        }
        Happened::Value
    }
}

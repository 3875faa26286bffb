//! Values between ECUs over Ethernet networks: what of this ECU's elements leaves under which key,
//! and what arrives for it, over the hub. Knows no task.

mod counters;

use std::{
    collections::BTreeMap,
    sync::{Arc, atomic::Ordering::Relaxed},
};

use deployment::{BusKind, Flow, RouteEnd, System};
use ecu_host::{Ecu, PartitionId, board::Board};

use crate::{
    AttachError, RunError,
    configuration::{Configuration, NetworkBinding},
    linux_board::LinuxBoard,
    protocol::{NetworkReport, ToHub},
};
use counters::Counters;

/// All networks of an ECU.
#[derive(Default)]
pub(crate) struct Networks {
    /// By name.
    all: BTreeMap<String, Network>,
    /// What of which element leaves, by the partition's number: network and key.
    leaving: BTreeMap<(u32, u32), Vec<(String, String)>>,
}

struct Network {
    counters: Counters,
    /// What arrives, by key.
    arriving: BTreeMap<String, Arc<[RouteEnd]>>,
}

impl Networks {
    /// Starts every network that the configuration binds. One of the system without a binding is not
    /// attached: what would arrive over it never does.
    pub(crate) fn open(
        system: &System,
        ecu: &str,
        configuration: &Configuration,
    ) -> Result<Networks, AttachError> {
        let mut networks = Networks::default();
        for (name, binding) in &configuration.networks {
            let bus = system.buses.iter().find(|bus| bus.name == *name);
            let Some(bus) = bus else {
                return Err(AttachError::NoNetwork { name: name.clone() });
            };
            let BusKind::Ethernet { flows, .. } = &bus.kind else {
                return Err(AttachError::Kind { name: name.clone() });
            };
            for flow in flows.iter().filter(|flow| flow.from.ecu == ecu) {
                networks.leave(system, name, flow)?;
            }
            let NetworkBinding::Hub {} = binding;
            let network = Network {
                counters: Counters::default(),
                arriving: arriving(ecu, flows).collect(),
            };
            networks.all.insert(name.clone(), network);
        }
        Ok(networks)
    }

    fn leave(&mut self, system: &System, network: &str, flow: &Flow) -> Result<(), AttachError> {
        let key = || flow.key.clone();
        let partition = partition_number(system, &flow.from);
        let partition = partition.ok_or_else(|| AttachError::Flow { key: key() })?;
        let place = (partition, flow.from.element);
        let flows = self.leaving.entry(place).or_default();
        flows.push((network.to_owned(), key()));
        Ok(())
    }

    /// Whether there is a network that carries values of the element.
    pub(crate) fn carries(&self, partition: PartitionId, element: u32) -> bool {
        self.leaving.contains_key(&(partition.0, element))
    }

    /// A value of an element, for the hub: a message for each network that carries it.
    pub(crate) fn publish(&self, partition: PartitionId, element: u32, value: &[u8]) -> Vec<ToHub> {
        let flows = self.leaving.get(&(partition.0, element));
        let message = |(name, key): &(String, String)| {
            let network = self.all.get(name)?;
            network.counters.sent.fetch_add(1, Relaxed);
            Some(ToHub::Value {
                network: name.clone(),
                key: key.clone(),
                value: value.to_vec(),
            })
        };
        flows.into_iter().flatten().filter_map(message).collect()
    }

    /// Who takes what has arrived.
    pub(crate) fn targets(&self, network: &str, key: &str) -> Option<Arc<[RouteEnd]>> {
        let network = self.all.get(network)?;
        let targets = network.arriving.get(key).cloned();
        let counter = match targets {
            Some(_) => &network.counters.received,
            None => &network.counters.refused,
        };
        counter.fetch_add(1, Relaxed);
        targets
    }

    /// What was counted, by name.
    pub(crate) fn reports(&self) -> Vec<NetworkReport> {
        let report = |(name, network): (&String, &Network)| network.counters.report(name);
        self.all.iter().map(report).collect()
    }
}

/// Keys that this ECU takes, each with its elements here.
fn arriving(ecu: &str, flows: &[Flow]) -> impl Iterator<Item = (String, Arc<[RouteEnd]>)> {
    flows.iter().filter_map(move |flow| {
        let here = flow.to.iter().filter(|end| end.ecu == ecu);
        let here: Vec<RouteEnd> = here.cloned().collect();
        (!here.is_empty()).then(|| (flow.key.clone(), here.into()))
    })
}

/// A value of another ECU reaches its elements.
pub(crate) fn deliver(ecu: &mut Ecu<LinuxBoard>, targets: &[RouteEnd], value: &[u8], now_ns: u64) {
    for target in targets {
        if let Some(partition) = ecu.partition_named(&target.partition) {
            // An element that the partition does not have takes nothing.
            let _delivered = ecu.deliver(now_ns, partition, target.element, value);
        }
    }
}

/// Tells the ECU what of it leaves over any network.
pub(crate) fn connect<B: Board + 'static>(
    ecu: &mut Ecu<B>,
    system: &System,
    name: &str,
) -> Result<(), RunError> {
    for bus in &system.buses {
        let BusKind::Ethernet { flows, .. } = &bus.kind else {
            continue;
        };
        for from in flows.iter().map(|flow| &flow.from) {
            if from.ecu != name {
                continue;
            }
            let missing = || RunError::Route {
                ecu: from.ecu.clone(),
                partition: from.partition.clone(),
            };
            let partition = ecu.partition_named(&from.partition).ok_or_else(missing)?;
            ecu.connect_out((partition, from.element))?;
        }
    }
    Ok(())
}

/// Partitions have their numbers in the order of the system file.
fn partition_number(system: &System, end: &RouteEnd) -> Option<u32> {
    let ecu = system.ecus.iter().find(|ecu| ecu.name == end.ecu)?;
    let mut partitions = ecu.partitions.iter();
    let position = partitions.position(|partition| partition.name == end.partition)?;
    u32::try_from(position).ok()
}

//! Values between ECUs over Ethernet networks: what of this ECU's elements leaves under which key,
//! and what arrives for it, over the hub or over zenoh. Knows no task.

mod counters;
#[cfg_attr(
    not(feature = "zenoh"),
    allow(dead_code, reason = "what only networks over zenoh use")
)]
mod inbox;
#[cfg_attr(feature = "zenoh", path = "zenoh_node.rs")]
#[cfg_attr(not(feature = "zenoh"), path = "no_zenoh.rs")]
mod node;

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, atomic::Ordering::Relaxed, mpsc::Sender},
    thread,
    time::{Duration, Instant},
};

use deployment::{
    BusKind, Flow, RouteEnd, System,
    ethernet::header::{self, HEADER_BYTES},
};
use ecu_host::{Ecu, PartitionId, board::Board};

use crate::{
    AttachError, RunError,
    configuration::{Configuration, NetworkBinding, Realtime},
    linux_board::{LinuxBoard, News},
    protocol::{NetworkReport, ToHub},
    services::Line,
};
use counters::Counters;
use inbox::{Arrived, Inbox};
use node::Node;

/// How long ECUs that a hub starts together wait for each other's networks.
const JOIN_WITHIN: Duration = Duration::from_secs(10);

/// All networks of an ECU.
#[derive(Default)]
pub(crate) struct Networks {
    /// By name.
    all: BTreeMap<String, Network>,
    /// What of which element leaves, by the partition's number: network and key.
    leaving: BTreeMap<(u32, u32), Vec<(String, String)>>,
    /// Of the networks over zenoh.
    inbox: Option<Arc<Inbox>>,
    /// Empty, but for its memory.
    arrived: VecDeque<Arrived>,
}

struct Network {
    counters: Arc<Counters>,
    link: Link,
    /// What arrives over the hub, by key.
    arriving: BTreeMap<String, Arc<[RouteEnd]>>,
}

/// What carries the values.
enum Link {
    Hub,
    Zenoh(Node),
}

/// What a network over zenoh is made of.
#[cfg_attr(
    not(feature = "zenoh"),
    allow(dead_code, reason = "what only networks over zenoh use")
)]
struct NodeOptions {
    /// Of the network.
    name: String,
    /// Endpoints as zenoh writes them: `tcp/0.0.0.0:7447`.
    listen: Vec<String>,
    connect: Vec<String>,
    /// Keys with the hash of their type.
    leaving: Vec<(String, [u8; 8])>,
    arriving: Vec<Arriving>,
    /// How many other ECUs share a key with this one.
    peers: usize,
    realtime: Realtime,
    counters: Arc<Counters>,
    inbox: Arc<Inbox>,
    log: Sender<Line>,
}

/// A key that this ECU takes.
#[cfg_attr(
    not(feature = "zenoh"),
    allow(dead_code, reason = "what only networks over zenoh use")
)]
struct Arriving {
    key: String,
    type_hash: [u8; 8],
    /// Its elements here.
    targets: Arc<[RouteEnd]>,
}

impl Networks {
    /// Starts every network that the configuration binds. One of the system without a binding is not
    /// attached: what would arrive over it never does.
    pub(crate) fn open(
        system: &System,
        ecu: &str,
        configuration: &Configuration,
        news: &Sender<News>,
        log: &Sender<Line>,
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
            let counters = Arc::<Counters>::default();
            let link = match binding {
                NetworkBinding::Hub {} => Link::Hub,
                // What nothing comes and goes over costs nothing.
                NetworkBinding::Zenoh { .. } if !flows.iter().any(|flow| flow.concerns(ecu)) => {
                    continue;
                }
                NetworkBinding::Zenoh { listen, connect } => {
                    let shares = |other: &&deployment::Ecu| {
                        other.name != ecu && flows.iter().any(|flow| flow.joins(ecu, &other.name))
                    };
                    let inbox = networks.inbox.get_or_insert_with(|| waking(news));
                    let options = NodeOptions {
                        name: name.clone(),
                        listen: listen.clone(),
                        connect: connect.clone(),
                        leaving: hashed(flows.iter().filter(|flow| flow.from.ecu == ecu))?,
                        arriving: typed(ecu, flows)?,
                        peers: system.ecus.iter().filter(shares).count(),
                        realtime: configuration.realtime.clone(),
                        counters: counters.clone(),
                        inbox: inbox.clone(),
                        log: log.clone(),
                    };
                    Link::Zenoh(Node::open(options)?)
                }
            };
            let network = Network {
                counters,
                link,
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

    /// A value of an element leaves over each network that carries it; gives the messages for the
    /// hub.
    pub(crate) fn publish(
        &mut self,
        partition: PartitionId,
        element: u32,
        value: &[u8],
    ) -> Vec<ToHub> {
        let mut messages = Vec::new();
        let flows = self.leaving.get(&(partition.0, element));
        for (name, key) in flows.into_iter().flatten() {
            let Some(network) = self.all.get_mut(name) else {
                continue;
            };
            match &mut network.link {
                Link::Zenoh(node) => node.publish(key, value),
                Link::Hub => {
                    network.counters.sent.fetch_add(1, Relaxed);
                    messages.push(ToHub::Value {
                        network: name.clone(),
                        key: key.clone(),
                        value: value.to_vec(),
                    });
                }
            }
        }
        messages
    }

    /// Who takes what has arrived over the hub.
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

    /// Waits until the other ECUs are there, where all are started together: what is published
    /// before reaches nobody. Gives those networks where somebody is missing still.
    pub(crate) fn wait_for_peers(&self) -> Vec<String> {
        let deadline = Instant::now() + JOIN_WITHIN;
        let is_missing = |network: &Network| match &network.link {
            Link::Hub => false,
            Link::Zenoh(node) => !node.is_joined(),
        };
        while self.all.values().any(is_missing) && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(5));
        }
        let missing = self.all.iter().filter(|(_, network)| is_missing(network));
        missing.map(|(name, _)| name.clone()).collect()
    }

    /// What was counted, by name.
    pub(crate) fn reports(&self) -> Vec<NetworkReport> {
        let report = |(name, network): (&String, &Network)| network.counters.report(name);
        self.all.iter().map(report).collect()
    }
}

/// Wakes the loop that hears these news.
fn waking(news: &Sender<News>) -> Arc<Inbox> {
    let news = news.clone();
    // A loop that has ended needs no waking.
    Arc::new(Inbox::new(move || drop(news.send(News::Arrived))))
}

fn hash_of(flow: &Flow) -> Result<[u8; 8], AttachError> {
    let key = || flow.key.clone();
    header::type_hash(&flow.type_hash).ok_or_else(|| AttachError::Flow { key: key() })
}

fn hashed<'a>(
    flows: impl Iterator<Item = &'a Flow>,
) -> Result<Vec<(String, [u8; 8])>, AttachError> {
    flows
        .map(|flow| Ok((flow.key.clone(), hash_of(flow)?)))
        .collect()
}

fn typed(ecu: &str, flows: &[Flow]) -> Result<Vec<Arriving>, AttachError> {
    let mut targets: BTreeMap<String, _> = arriving(ecu, flows).collect();
    let of = |flow: &Flow| {
        let targets = targets.remove(&flow.key)?;
        Some(hash_of(flow).map(|type_hash| Arriving {
            key: flow.key.clone(),
            type_hash,
            targets,
        }))
    };
    flows.iter().filter_map(of).collect()
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

/// All values that have arrived over zenoh reach their elements.
pub(crate) fn deliver_arrived(ecu: &mut Ecu<LinuxBoard>, now_ns: u64) {
    let networks = &mut ecu.board_mut().networks;
    let Some(inbox) = networks.inbox.clone() else {
        return;
    };
    let mut arrived = std::mem::take(&mut networks.arrived);
    inbox.take(&mut arrived);
    for Arrived { targets, bytes, .. } in arrived.drain(..) {
        // It has a header, or it would not have been taken.
        let value = bytes.get(HEADER_BYTES..).unwrap_or_default();
        deliver(ecu, &targets, value, now_ns);
    }
    ecu.board_mut().networks.arrived = arrived;
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

#[cfg(test)]
mod tests {
    use super::*;

    fn end(ecu: &str, element: u32) -> RouteEnd {
        RouteEnd {
            ecu: ecu.to_owned(),
            partition: "main".to_owned(),
            element,
        }
    }

    fn flow(key: &str, from: &str, to: &[&str]) -> Flow {
        Flow {
            key: key.to_owned(),
            type_hash: "1122334455667788".to_owned(),
            from: end(from, 0),
            to: (1..)
                .zip(to)
                .map(|(element, ecu)| end(ecu, element))
                .collect(),
        }
    }

    #[test]
    fn a_key_that_arrives_has_its_type_and_its_elements_here() {
        let flows = [flow("a", "brake", &["wheel", "dash", "wheel"])];
        let taken = typed("wheel", &flows).unwrap();
        assert_eq!(taken.len(), 1);
        assert_eq!(taken[0].key, "a");
        assert_eq!(taken[0].type_hash, 0x1122_3344_5566_7788_u64.to_be_bytes());
        assert_eq!(&*taken[0].targets, [end("wheel", 1), end("wheel", 3)]);
        assert!(typed("brake", &flows).unwrap().is_empty());
    }

    #[test]
    fn a_damaged_hash_is_told_by_its_key() {
        let mut damaged = flow("wireloom/a", "brake", &["wheel"]);
        damaged.type_hash.pop();
        let error = typed("wheel", &[damaged]).err().unwrap();
        assert_eq!(
            error.to_string(),
            "the flow `wireloom/a` in `system.json` is damaged; export the bundle again"
        );
    }
}

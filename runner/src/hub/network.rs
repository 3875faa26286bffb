//! The Ethernet networks of the hub: each takes a value from an ECU, keeps it as long as the network's
//! model says, and gives it to the ECUs that take it.

use std::collections::BTreeMap;

use deployment::{Bus, BusKind, Flow, ethernet};

use super::{Line, Run};
use crate::{
    hub_options::{HubEvent, LoggedValue},
    protocol::ToEcu,
};

/// Values on their way at most; above that they are dropped.
const ON_THEIR_WAY: usize = 4_096;

pub(super) struct VirtualNetwork {
    bitrate_bps: u32,
    latency_ns: u64,
    flows: Vec<Flow>,
    /// By ECU: when its link is free again.
    free_ns: BTreeMap<String, u64>,
    /// By the time at which it is there, then by when it was sent.
    on_their_way: BTreeMap<(u64, u64), Carried>,
    sequence: u64,
}

/// A value and where it goes.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Carried {
    from: String,
    to: String,
    key: String,
    value: Vec<u8>,
}

impl VirtualNetwork {
    /// The network that a bus is, with its name.
    pub(super) fn of(bus: &Bus) -> Option<(String, VirtualNetwork)> {
        let BusKind::Ethernet {
            bitrate_bps,
            latency_ns,
            flows,
        } = &bus.kind
        else {
            return None;
        };
        let network = VirtualNetwork::new(*bitrate_bps, *latency_ns, flows);
        Some((bus.name.clone(), network))
    }

    fn new(bitrate_bps: u32, latency_ns: u64, flows: &[Flow]) -> VirtualNetwork {
        VirtualNetwork {
            bitrate_bps,
            latency_ns,
            flows: flows.to_vec(),
            free_ns: BTreeMap::new(),
            on_their_way: BTreeMap::new(),
            sequence: 0,
        }
    }

    /// Whether the value is on its way to all its receivers.
    pub(super) fn offer(&mut self, now_ns: u64, ecu: &str, key: &str, value: &[u8]) -> bool {
        let is_sender = |flow: &&Flow| flow.key == key && flow.from.ecu == ecu;
        let Some(flow) = self.flows.iter().find(is_sender) else {
            return false;
        };
        let mut receivers: Vec<&str> = flow.to.iter().map(|end| end.ecu.as_str()).collect();
        receivers.sort_unstable();
        receivers.dedup();
        if self.on_their_way.len() + receivers.len() > ON_THEIR_WAY {
            return false;
        }
        let free_ns = self.free_ns.entry(ecu.to_owned()).or_default();
        for to in receivers {
            let bytes = ethernet::wire_bytes(value.len());
            let time_ns = ethernet::wire_ns(bytes, self.bitrate_bps);
            *free_ns = now_ns.max(*free_ns).saturating_add(time_ns);
            self.sequence += 1;
            let there_ns = free_ns.saturating_add(self.latency_ns);
            let carried = Carried {
                from: ecu.to_owned(),
                to: to.to_owned(),
                key: key.to_owned(),
                value: value.to_vec(),
            };
            self.on_their_way.insert((there_ns, self.sequence), carried);
        }
        true
    }

    /// When the next value is there.
    pub(super) fn next_ns(&self) -> Option<u64> {
        let first = self.on_their_way.first_key_value();
        first.map(|((at_ns, _), _)| *at_ns)
    }

    /// A value that is there by now, and since when.
    fn arrived(&mut self, now_ns: u64) -> Option<(u64, Carried)> {
        let entry = self.on_their_way.first_entry()?;
        let (at_ns, _) = *entry.key();
        (at_ns <= now_ns).then(|| (at_ns, entry.remove()))
    }
}

impl Run<'_> {
    /// Every value that is there by now reaches its ECU.
    pub(super) fn pass_values(&mut self, now_ns: u64) {
        let mut arrived = Vec::new();
        for (name, network) in &mut self.networks {
            let there = std::iter::from_fn(|| network.arrived(now_ns));
            arrived.extend(there.map(|(at_ns, carried)| (at_ns, name.clone(), carried)));
        }
        arrived.sort_by_key(|(at_ns, ..)| *at_ns);
        for (at_ns, network, carried) in arrived {
            let Carried {
                from,
                to,
                key,
                value,
            } = carried;
            let is_receiver = |line: &Line| line.ecu.as_ref() == Some(&to);
            if let Some(line) = self.lines.iter().position(is_receiver) {
                let message = ToEcu::Value {
                    network: network.clone(),
                    key: key.clone(),
                    value: value.clone(),
                };
                self.tell(line, &message);
            }
            (self.on_event)(HubEvent::Value(LoggedValue {
                at_ns,
                network,
                key,
                from,
                to,
                value,
            }));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use deployment::RouteEnd;

    fn end(ecu: &str) -> RouteEnd {
        RouteEnd {
            ecu: ecu.to_owned(),
            partition: "main".to_owned(),
            element: 0,
        }
    }

    fn network() -> VirtualNetwork {
        let flow = Flow {
            key: "k".to_owned(),
            type_hash: String::new(),
            from: end("a"),
            to: vec![end("c"), end("b"), end("b")],
        };
        VirtualNetwork::new(100_000_000, 1_000, &[flow])
    }

    #[test]
    fn a_value_takes_its_bits_and_the_latency_once_a_receiver() {
        let mut network = network();
        assert!(network.offer(5_000, "a", "k", &[0; 8]));
        // 138 bytes at 100 Mbit/s are 11,040 ns; the second receiver's follow them on the link.
        assert_eq!(network.next_ns(), Some(5_000 + 11_040 + 1_000));
        assert_eq!(network.arrived(17_039), None);
        let all: Vec<_> = std::iter::from_fn(|| network.arrived(u64::MAX)).collect();
        let there: Vec<_> = all.iter().map(|(at, one)| (*at, one.to.as_str())).collect();
        assert_eq!(there, [(17_040, "b"), (28_080, "c")]);
    }

    #[test]
    fn only_the_sender_of_a_key_sends_it() {
        let mut network = network();
        assert!(!network.offer(0, "b", "k", &[]));
        assert!(!network.offer(0, "a", "other", &[]));
        assert_eq!(network.next_ns(), None);
    }

    #[test]
    fn a_flood_is_bounded() {
        let mut network = network();
        let taken = (0..ON_THEIR_WAY).filter(|_| network.offer(0, "a", "k", &[]));
        assert_eq!(taken.count(), ON_THEIR_WAY / 2);
    }
}

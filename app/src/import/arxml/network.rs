//! CAN clusters as buses with their DBC, and the data elements that travel as signals. Who gets its
//! value from a bus is not connected across ECUs as well.

use super::Builder;
use arxml::{
    Cluster, Connector as Described, End as Place, MappedSignal, Model, SignalMapping,
    TransmissionMode as Mode,
};
use autosar_wit::component::Direction;
use graph_core::{document::*, edit::Edit};
use std::collections::{BTreeMap, BTreeSet};

/// Folder of the DBC files in the project.
const NETWORKS: &str = "networks";

/// Signals of clusters by path of their system signal.
pub(super) type Signals<'a> = BTreeMap<&'a str, Vec<(&'a Cluster, &'a MappedSignal)>>;

pub(super) fn signals(model: &Model) -> Signals<'_> {
    let mut found = Signals::new();
    for cluster in &model.clusters {
        for signal in &cluster.signals {
            let known = found.entry(signal.system_signal.as_str()).or_default();
            known.push((cluster, signal));
        }
    }
    found
}

/// Where a cluster's DBC lies in the project.
pub(super) fn description(cluster: &Cluster) -> String {
    format!("{NETWORKS}/{}.dbc", cluster.name)
}

impl<'a> Builder<'a> {
    pub(super) fn add_buses(&mut self) {
        let model = self.model;
        for cluster in &model.clusters {
            let id = self.document.new_ids().bus();
            let bus = Bus {
                name: cluster.name.clone(),
                kind: BusKind::Can {
                    bitrate_bps: cluster.bitrate_bps,
                    // Not below the other one, or it is none.
                    flexible: cluster
                        .data_bitrate_bps
                        .filter(|rate| *rate >= cluster.bitrate_bps)
                        .map(|data_bitrate_bps| FlexibleDataRate {
                            data_bitrate_bps,
                            ..FlexibleDataRate::default()
                        }),
                    description: Some(description(cluster)),
                    restbus: BTreeSet::new(),
                },
            };
            if !self.apply(&cluster.path, Edit::InsertBus(id, bus)) {
                continue;
            }
            self.buses.insert(&cluster.path, id);
            for transmission in &cluster.transmissions {
                let number = self.document.new_ids().pdu();
                let pdu = Pdu {
                    mode: Some(mode(transmission.mode)),
                    ..Pdu::new(id, transmission.message.clone())
                };
                self.apply(&cluster.path, Edit::InsertPdu(number, pdu));
            }
        }
    }

    /// Connectors between data elements of the system's instances and signals.
    pub(super) fn connect_signals(&mut self) {
        let model = self.model;
        for mapping in &model.signal_mappings {
            let ends = self.places(mapping);
            if ends.is_empty() {
                self.note(
                    &mapping.path,
                    "left out, since the data element is inside of a composition, or its instance was left out; lead it through a port of the composition",
                );
            }
            for (part, instance, port) in ends {
                let is_local =
                    mapping.direction == Direction::Required && self.has_local_sender(part, port);
                if !is_local {
                    self.connect_signal(mapping, instance, port);
                }
            }
        }
    }

    /// The instances and ports of the system that a mapping speaks of.
    fn places(&self, mapping: &'a SignalMapping) -> Vec<(&'a str, InstanceId, &'a str)> {
        let Some(root) = self.root() else {
            return Vec::new();
        };
        let at = |part: &'a str, port: &'a str| Some((part, *self.parts.get(&(None, part))?, port));
        match mapping.parts.as_slice() {
            [] => {
                let outer = Place::Outer {
                    port: mapping.port.clone(),
                };
                let behind = root
                    .connectors
                    .iter()
                    .filter_map(|one| match (&one.from, &one.to) {
                        (from, Place::Part { part, port }) if *from == outer => at(part, port),
                        (Place::Part { part, port }, to) if *to == outer => at(part, port),
                        _ => None,
                    });
                behind.collect()
            }
            [path] => {
                let part = root.parts.iter().find(|part| part.path == *path);
                let found = part.and_then(|part| at(&part.name, &mapping.port));
                found.into_iter().collect()
            }
            _ => Vec::new(),
        }
    }

    /// Whether the value comes from the same ECU, so that it needs no bus.
    fn has_local_sender(&self, part: &str, port: &str) -> bool {
        let is_here = |place: &Place| matches!(place, Place::Part { part: one, port: other } if one == part && other == port);
        let connectors = self.root().map_or(&[][..], |root| &root.connectors);
        connectors
            .iter()
            .any(|one| is_here(&one.to) && self.is_on_one_ecu(one))
    }

    fn is_on_one_ecu(&self, connector: &Described) -> bool {
        let ecu = |place: &Place| match place {
            Place::Part { part, .. } => {
                let id = self.parts.get(&(None, part.as_str()))?;
                Some(self.document.instances.get(id)?.partition.as_ref()?.ecu)
            }
            Place::Outer { .. } => None,
        };
        ecu(&connector.from).is_some_and(|from| ecu(&connector.to) == Some(from))
    }

    fn connect_signal(&mut self, mapping: &SignalMapping, instance: InstanceId, port: &str) {
        let element = End::Element {
            instance,
            function: FunctionPath {
                port: port.to_owned(),
                function: Some(mapping.element.clone()),
            },
        };
        let signals = self.signals.get(mapping.system_signal.as_str());
        let signals = signals.cloned().unwrap_or_default();
        let mut is_connected = false;
        for (cluster, signal) in signals {
            let Some(bus) = self.buses.get(cluster.path.as_str()) else {
                continue;
            };
            let signal = End::Signal {
                bus: *bus,
                message: signal.message.clone(),
                signal: signal.signal.clone(),
            };
            let properties = Buffering {
                conversion: match mapping.is_physical {
                    true => Conversion::Physical,
                    false => Conversion::Raw,
                },
                ..Buffering::default()
            };
            let connector = match mapping.direction {
                Direction::Provided => super::wiring::buffered(element.clone(), signal, properties),
                Direction::Required => {
                    let said = self.element_properties(instance, port, &mapping.element);
                    let properties = Buffering {
                        conversion: properties.conversion,
                        ..said
                    };
                    super::wiring::buffered(signal, element.clone(), properties)
                }
            };
            let id = self.document.new_ids().connector();
            is_connected |= self.apply(&mapping.path, Edit::Connect(id, connector));
            if mapping.direction == Direction::Required {
                break;
            }
        }
        match is_connected {
            true if mapping.direction == Direction::Required => {
                let fed = (instance, port.to_owned(), mapping.element.clone());
                self.fed.insert(fed);
            }
            true => {}
            false => self.note(
                &mapping.path,
                "left out, since its signal is in no frame of a CAN cluster",
            ),
        }
    }
}

fn mode(mode: Mode) -> TransmissionMode {
    match mode {
        Mode::OnChange => TransmissionMode::OnChange,
        Mode::Cyclic {
            period_ns,
            offset_ns,
        } => TransmissionMode::Cyclic {
            period_ns,
            offset_ns,
        },
        Mode::Mixed {
            period_ns,
            offset_ns,
        } => TransmissionMode::Mixed {
            period_ns,
            offset_ns,
        },
    }
}

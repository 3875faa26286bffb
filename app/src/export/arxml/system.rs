//! The system: its own instances as the outermost composition, ECUs, what runs where, CAN buses.

use super::{Builder, left};
use ::arxml::{
    Cluster, Composition, Deployment, Ecu, MappedSignal, SignalMapping, Transmission,
    TransmissionMode as Mode, short_name,
};
use autosar_wit::{
    component::{Direction, PortItem},
    dbc,
    names::to_label,
    types::{TypeKind, ValueType},
};
use graph_core::{document::*, end};
use std::collections::BTreeMap;

impl Builder<'_> {
    pub(super) fn system(&mut self) {
        let document = self.document;
        self.ecus();
        self.canvas();
        if document.parts(None).next().is_none() {
            // Types for others to use: there is no system.
            self.clusters();
            return;
        }
        let name = to_label(&document.name);
        let own = self.origin.root().map(str::to_owned);
        let own = own.unwrap_or_else(|| format!("/System/{}", short_name(&name)));
        let path = self.free(&own);
        let parts = self.parts(None, &path);
        self.model.compositions.push(Composition {
            path: path.clone(),
            autosar_name: document.name.clone(),
            name,
            docs: String::new(),
            ports: Vec::new(),
            parts,
            connectors: Vec::new(),
        });
        self.connect(None);
        self.model.system.root = Some(path.clone());
        for (_, instance) in document.parts(None) {
            self.deploy(&[], &path, instance, None);
        }
        self.clusters();
        self.signals(&path);
    }

    fn canvas(&mut self) {
        let document = self.document;
        for frame in document.frames.values() {
            self.left_out(
                &frame.title,
                "frame",
                "frames on the canvas are the project's own",
            );
        }
        for note in document.notes.values() {
            self.left_out(
                &note.name,
                "note",
                "notes on the canvas are the project's own",
            );
        }
    }

    fn ecus(&mut self) {
        for ecu in self.document.ecus.values() {
            let own = self.origin.ecu(&ecu.name);
            let name = match own {
                Some(own) => own.autosar_name.clone(),
                None => short_name(&ecu.name),
            };
            let path = own.map_or_else(|| format!("/Ecus/{name}"), |own| own.path.clone());
            let path = self.free(&path);
            self.all_left_out(&path, left::of_ecu(ecu));
            self.model.system.ecus.push(Ecu {
                path,
                autosar_name: name,
                name: ecu.name.clone(),
                docs: String::new(),
            });
        }
    }

    /// An instance, and what is inside of it and says the same, or is decided by nothing around it.
    fn deploy(
        &mut self,
        around: &[String],
        home: &str,
        instance: &Instance,
        outer: Option<&PartitionKey>,
    ) {
        let mut way = around.to_vec();
        way.push(self.origin.part(home, &instance.name));
        let document = self.document;
        let own = instance.partition.as_ref();
        let own = own.filter(|own| outer.is_none_or(|outer| outer == *own));
        if let Some(ecu) = own.and_then(|key| document.ecus.get(&key.ecu)) {
            self.model.system.deployments.push(Deployment {
                parts: way.clone(),
                ecu: ecu.name.clone(),
            });
        }
        if !document.is_composition(instance.component) {
            return;
        }
        let outer = outer.or(own);
        let Some(inner) = self.paths.get(&instance.component).cloned() else {
            return;
        };
        for (_, part) in document.parts(Some(instance.component)) {
            self.deploy(&way, &inner, part, outer);
        }
    }

    fn clusters(&mut self) {
        let document = self.document;
        for (id, bus) in &document.buses {
            let BusKind::Can {
                bitrate_bps,
                flexible,
                ..
            } = &bus.kind
            else {
                let why = "only CAN buses are written; other buses and their devices belong to the project";
                self.left_out(&bus.name, bus.described(), why);
                continue;
            };
            let origin = self.origin.cluster(&bus.name);
            let made = || format!("/Network/{}", short_name(&bus.name));
            let path = self.free(&origin.map_or_else(made, |own| own.path.clone()));
            self.all_left_out(&path, left::of_can(&bus.kind));
            let database = self.library.descriptions.get(id);
            let description = database.map(|one| dbc::write(one)).unwrap_or_default();
            let pdus = || document.pdus.values().filter(|pdu| pdu.bus == *id);
            for pdu in pdus() {
                let place = format!("{path}/{}", pdu.message);
                self.all_left_out(&place, left::of_pdu(pdu));
            }
            let transmissions = pdus().filter_map(|pdu| {
                Some(Transmission {
                    message: pdu.message.clone(),
                    mode: mode(pdu.mode?),
                })
            });
            self.model.clusters.push(Cluster {
                autosar_name: path.rsplit('/').next().unwrap_or_default().to_owned(),
                name: bus.name.clone(),
                bitrate_bps: *bitrate_bps,
                data_bitrate_bps: flexible.map(|flexible| flexible.data_bitrate_bps),
                description,
                transmissions: transmissions.collect(),
                signals: origin.map(|own| own.signals.clone()).unwrap_or_default(),
                frames: origin.map(|own| own.frames.clone()).unwrap_or_default(),
                path,
            });
        }
    }

    /// Connectors between data elements and signals.
    fn signals(&mut self, root: &str) {
        let document = self.document;
        let mut mapped: BTreeMap<(String, String, String), String> = BTreeMap::new();
        for connector in document.connectors.values() {
            let (signal, element, direction) = match (&connector.from, &connector.to) {
                (End::Signal { .. }, End::Signal { .. }) => (None, None, Direction::Required),
                (signal @ End::Signal { .. }, element) => {
                    (Some(signal), Some(element), Direction::Required)
                }
                (element, signal @ End::Signal { .. }) => {
                    (Some(signal), Some(element), Direction::Provided)
                }
                _ => continue,
            };
            let text = |one: &End| end::text(document, one);
            let place = format!("{} → {}", text(&connector.from), text(&connector.to));
            let found = signal.zip(element).and_then(|(signal, element)| {
                let End::Signal {
                    bus,
                    message,
                    signal,
                } = signal
                else {
                    return None;
                };
                let bus = document.buses.get(bus)?.name.clone();
                let instance = document.instances.get(&element.instance()?)?;
                let (port, element) = self.element_at(instance, element, direction)?;
                Some((
                    bus,
                    message.clone(),
                    signal.clone(),
                    instance,
                    port,
                    element,
                ))
            });
            let Some((bus, message, signal, instance, port, element)) = found else {
                let why = "only data elements of the system's own instances travel as signals";
                self.left_out(&place, "connector", why);
                continue;
            };
            self.all_left_out(&place, left::of_connector(connector));
            if let ConnectorKind::Buffered(buffering) = &connector.kind {
                let rest = Buffering {
                    conversion: Conversion::default(),
                    ..buffering.clone()
                };
                self.all_left_out(&place, left::of_buffer(&rest));
                if direction == Direction::Required {
                    self.receive(&connector.to, buffering, &place);
                }
                let is_physical = buffering.conversion == Conversion::Physical;
                if is_physical != self.is_float(instance, direction, &port, &element) {
                    let why = "a data element that is no float carries the raw value of its signal, a float the physical one";
                    self.left_out(&place, "conversion", why);
                }
            }
            let home = format!("/Signals/{}/{}", short_name(&bus), short_name(&message));
            let origin = self.origin.cluster(&bus);
            let own = origin.and_then(|own| {
                let mut signals = own.signals.iter();
                let own = signals.find(|one| one.message == message && one.signal == signal)?;
                ::arxml::is_path(&own.system_signal).then(|| own.system_signal.clone())
            });
            let path = own.unwrap_or_else(|| format!("{home}/{}", short_name(&signal)));
            mapped.insert((bus, message, signal), path.clone());
            self.model.signal_mappings.push(SignalMapping {
                path: place,
                parts: vec![self.origin.part(root, &instance.name)],
                port,
                direction,
                element,
                system_signal: path,
                is_physical: false,
            });
        }
        for ((bus, message, signal), system_signal) in mapped {
            let mut clusters = self.model.clusters.iter_mut();
            if let Some(cluster) = clusters.find(|one| one.name == bus) {
                let is_it = |one: &MappedSignal| one.message == message && one.signal == signal;
                cluster.signals.retain(|one| !is_it(one));
                cluster.signals.push(MappedSignal {
                    system_signal,
                    message,
                    signal,
                });
            }
        }
    }

    fn is_float(
        &self,
        instance: &Instance,
        direction: Direction,
        port: &str,
        element: &str,
    ) -> bool {
        let shaped = self.shaped.get(&instance.component);
        let port = shaped.and_then(|one| one.described.port(direction, port));
        let Some(PortItem::Interface(interface)) = port.map(|port| &port.item) else {
            return false;
        };
        let result = interface
            .function(element)
            .and_then(|one| one.result.as_ref());
        let value = result.and_then(autosar_wit::value::element_value);
        value.is_some_and(is_float)
    }

    /// Port and data element at an end.
    fn element_at(
        &self,
        instance: &Instance,
        end: &End,
        direction: Direction,
    ) -> Option<(String, String)> {
        let shaped = self.shaped.get(&instance.component);
        if let Some((_, pin)) = super::shape::pin(end) {
            shaped?.port(direction, &pin)?;
            return Some((pin, super::shape::VALUE.to_owned()));
        }
        let End::Element { function, .. } = end else {
            return None;
        };
        Some((function.port.clone(), function.function.clone()?))
    }
}

fn is_float(value: &ValueType) -> bool {
    match value {
        ValueType::F32 | ValueType::F64 => true,
        ValueType::Named(definition) => match &definition.kind {
            TypeKind::Alias(target) => is_float(target),
            _ => false,
        },
        _ => false,
    }
}

fn mode(mode: TransmissionMode) -> Mode {
    match mode {
        TransmissionMode::OnChange => Mode::OnChange,
        TransmissionMode::Cyclic {
            period_ns,
            offset_ns,
        } => Mode::Cyclic {
            period_ns,
            offset_ns,
        },
        TransmissionMode::Mixed {
            period_ns,
            offset_ns,
        } => Mode::Mixed {
            period_ns,
            offset_ns,
        },
    }
}

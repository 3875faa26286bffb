//! CAN clusters with their frames, PDUs and signals, and the ports by which ECUs send and receive
//! them.

use super::{
    Result, Writer,
    component::seconds,
    meaning::{Conversion, Meaning, Word},
    names,
    types::unlike,
    xml,
};
use crate::{Cluster, System, TransmissionMode, scalar::Scalar};
use autosar_data::{Element, ElementName};
use autosar_wit::dbc::{self, ByteOrder, Message, Multiplexing, Signal};
use std::collections::{BTreeMap, BTreeSet};

impl Writer {
    pub(super) fn cluster(&mut self, cluster: &Cluster, system: &System) -> Result<()> {
        let element = xml::element(&self.out, ElementName::CanCluster, &cluster.path)?;
        let conditional = xml::below(
            &element,
            &[
                ElementName::CanClusterVariants,
                ElementName::CanClusterConditional,
            ],
        )?;
        let bitrate = cluster.bitrate_bps.to_string();
        xml::text(&conditional, ElementName::Baudrate, &bitrate)?;
        if let Some(bitrate) = cluster.data_bitrate_bps {
            xml::text(
                &conditional,
                ElementName::CanFdBaudrate,
                &bitrate.to_string(),
            )?;
        }
        let container = ElementName::PhysicalChannels;
        let kind = ElementName::CanPhysicalChannel;
        let channel = xml::named(&conditional, container, kind, "Channel")?;
        let path = format!("{}/Channel", cluster.path);
        let mut net = Net {
            cluster,
            system,
            path,
            channel,
            home: format!("{}_Frames", cluster.path),
            taken: BTreeSet::new(),
            ports: BTreeMap::new(),
        };
        for message in &dbc::read(cluster.description.as_bytes()).database.messages {
            self.message(&mut net, message)?;
        }
        Ok(())
    }

    fn message(&mut self, net: &mut Net<'_>, message: &Message) -> Result<()> {
        let label = names::known_or(Some(&message.name), &message.name);
        let name = unlike(label, &mut net.taken);
        let home = format!("{}/{name}", net.home);
        let own = net.cluster.frames.get(&message.name);
        let own_frame = own.map(|own| own.frame.as_str());
        let frame_path = self.unless_taken(own_frame, format!("{home}/{name}"));
        let frame = xml::element(&self.out, ElementName::CanFrame, &frame_path)?;
        xml::docs(&frame, std::slice::from_ref(&message.comment))?;
        let length = message.length_bytes.to_string();
        xml::text(&frame, ElementName::FrameLength, &length)?;
        let own_pdu = own.and_then(|own| own.pdu.as_deref());
        let pdu_path = self.unless_taken(own_pdu, format!("{home}/{name}_Pdu"));
        let pdu = xml::element(&self.out, ElementName::ISignalIPdu, &pdu_path)?;
        xml::text(&pdu, ElementName::Length, &length)?;
        timing(&pdu, mode(net.cluster, message))?;
        let container = ElementName::PduToFrameMappings;
        let kind = ElementName::PduToFrameMapping;
        let mapping = xml::named(&frame, container, kind, "Pdu")?;
        let order = "MOST-SIGNIFICANT-BYTE-LAST";
        xml::text(&mapping, ElementName::PackingByteOrder, order)?;
        xml::reference(
            &mapping,
            ElementName::PduRef,
            ElementName::ISignalIPdu,
            &pdu_path,
        )?;
        xml::text(&mapping, ElementName::StartPosition, "0")?;
        let mut taken = BTreeSet::new();
        for signal in &message.signals {
            if signal.multiplexing != Multiplexing::Plain || signal.presence.is_some() {
                let path = format!("{home}/{}", signal.name);
                let why =
                    "multiplexed signals are not written; give each of them a frame of its own";
                self.left_out(&path, ElementName::ISignal.to_str(), why);
                continue;
            }
            let name = unlike(
                names::known_or(Some(&signal.name), &signal.name),
                &mut taken,
            );
            self.signal(net, message, signal, (&pdu, &home, &name))?;
        }
        self.triggering(net, message, &name, &frame_path)
    }

    fn signal(
        &mut self,
        net: &Net<'_>,
        message: &Message,
        signal: &Signal,
        (pdu, home, name): (&Element, &str, &str),
    ) -> Result<()> {
        let home = format!("{home}/Signals");
        let own = net.cluster.frames.get(&message.name);
        let own = own.and_then(|own| own.signals.get(&signal.name));
        let made = self.free(&format!("{home}/{name}"));
        let path = self.unless_taken(own.map(String::as_str), made);
        let mut of_cluster = net.cluster.signals.iter();
        let mapped =
            of_cluster.find(|one| one.message == message.name && one.signal == signal.name);
        let system_path = match mapped {
            Some(mapped) => mapped.system_signal.clone(),
            None => format!("{home}/System/{name}"),
        };
        let meaning = meaning(signal);
        if self.out.get_element_by_path(&system_path).is_none() {
            let system = xml::element(&self.out, ElementName::SystemSignal, &system_path)?;
            if !meaning.is_plain() {
                let props = system.create_sub_element(ElementName::PhysicalProps)?;
                self.properties(&props, &meaning, &home, name)?;
            }
        }
        let element = xml::element(&self.out, ElementName::ISignal, &path)?;
        xml::docs(&element, std::slice::from_ref(&signal.comment))?;
        if let Some(start) = signal.start_value {
            let holder = element.create_sub_element(ElementName::InitValue)?;
            let kind = ElementName::NumericalValueSpecification;
            let value = holder.create_sub_element(kind)?;
            xml::text(&value, ElementName::Value, &xml::number(start))?;
        }
        xml::text(
            &element,
            ElementName::Length,
            &signal.length_bits.to_string(),
        )?;
        let props = element.create_sub_element(ElementName::NetworkRepresentationProps)?;
        let network = Meaning {
            base: base(signal),
            ..meaning
        };
        self.properties(&props, &network, &home, name)?;
        let kind = ElementName::SystemSignal;
        xml::reference(&element, ElementName::SystemSignalRef, kind, &system_path)?;
        let container = ElementName::ISignalToPduMappings;
        let kind = ElementName::ISignalToIPduMapping;
        let mapping = xml::named(pdu, container, kind, name)?;
        xml::reference(
            &mapping,
            ElementName::ISignalRef,
            ElementName::ISignal,
            &path,
        )?;
        let order = match signal.byte_order {
            ByteOrder::Intel => "MOST-SIGNIFICANT-BYTE-LAST",
            ByteOrder::Motorola => "MOST-SIGNIFICANT-BYTE-FIRST",
        };
        xml::text(&mapping, ElementName::PackingByteOrder, order)?;
        let start = signal.start_bit.to_string();
        xml::text(&mapping, ElementName::StartPosition, &start)?;
        Ok(())
    }

    fn triggering(
        &mut self,
        net: &mut Net<'_>,
        message: &Message,
        name: &str,
        frame: &str,
    ) -> Result<()> {
        let container = ElementName::FrameTriggerings;
        let kind = ElementName::CanFrameTriggering;
        let triggering = xml::named(&net.channel, container, kind, &format!("{name}_Triggering"))?;
        let receivers: BTreeSet<&str> = message
            .signals
            .iter()
            .flat_map(|signal| &signal.receivers)
            .map(String::as_str)
            .collect();
        let senders = message.senders().map(|ecu| (ecu, "OUT"));
        for (ecu, direction) in senders.chain(receivers.into_iter().map(|ecu| (ecu, "IN"))) {
            match self.frame_port(net, ecu, name, direction)? {
                Some(port) => {
                    let ports = ElementName::FramePortRefs;
                    let ports = triggering.get_or_create_sub_element(ports)?;
                    let kind = ElementName::FramePort;
                    xml::reference(&ports, ElementName::FramePortRef, kind, &port)?;
                }
                None => {
                    let path = format!("{}/{name}_Triggering", net.path);
                    let why =
                        format!("node `{ecu}` of the CAN description is no ECU of the project");
                    self.left_out(&path, ElementName::FramePort.to_str(), why);
                }
            }
        }
        xml::reference(
            &triggering,
            ElementName::FrameRef,
            ElementName::CanFrame,
            frame,
        )?;
        let mode = match message.extended {
            true => "EXTENDED",
            false => "STANDARD",
        };
        xml::text(&triggering, ElementName::CanAddressingMode, mode)?;
        xml::text(
            &triggering,
            ElementName::Identifier,
            &message.id.to_string(),
        )?;
        Ok(())
    }

    /// The port by which an ECU sends or receives a frame.
    fn frame_port(
        &mut self,
        net: &mut Net<'_>,
        node: &str,
        frame: &str,
        direction: &str,
    ) -> Result<Option<String>> {
        let label = autosar_wit::names::to_label(node);
        let is_it = |ecu: &&crate::Ecu| ecu.autosar_name == node || ecu.name == label;
        let Some(ecu) = net.system.ecus.iter().find(is_it) else {
            return Ok(None);
        };
        let own = names::split(&net.cluster.path).1;
        let element = xml::element(&self.out, ElementName::EcuInstance, &ecu.path)?;
        if !net.ports.contains_key(&ecu.path) {
            let container = ElementName::CommControllers;
            let kind = ElementName::CanCommunicationController;
            let controller = format!("{own}_Controller");
            let made = xml::named(&element, container, kind, &controller)?;
            xml::below(
                &made,
                &[
                    ElementName::CanCommunicationControllerVariants,
                    ElementName::CanCommunicationControllerConditional,
                ],
            )?;
            let kind = ElementName::CanCommunicationConnector;
            let connector = format!("{own}_Connector");
            let made = xml::named(&element, ElementName::Connectors, kind, &connector)?;
            let path = format!("{}/{controller}", ecu.path);
            let kind = ElementName::CanCommunicationController;
            xml::reference(&made, ElementName::CommControllerRef, kind, &path)?;
            let path = format!("{}/{connector}", ecu.path);
            let channels = ElementName::CommConnectors;
            let channels = net.channel.get_or_create_sub_element(channels)?;
            let holder = ElementName::CommunicationConnectorRefConditional;
            let conditional = channels.create_sub_element(holder)?;
            let name = ElementName::CommunicationConnectorRef;
            let kind = ElementName::CanCommunicationConnector;
            xml::reference(&conditional, name, kind, &path)?;
            net.ports.insert(ecu.path.clone(), made);
        }
        let Some(connector) = net.ports.get(&ecu.path) else {
            return Ok(None);
        };
        let name = match direction {
            "OUT" => format!("{frame}_Out"),
            _ => format!("{frame}_In"),
        };
        let container = ElementName::EcuCommPortInstances;
        let port = xml::named(connector, container, ElementName::FramePort, &name)?;
        xml::text(&port, ElementName::CommunicationDirection, direction)?;
        Ok(Some(format!("{}/{own}_Connector/{name}", ecu.path)))
    }
}

/// A cluster in the making.
struct Net<'a> {
    cluster: &'a Cluster,
    system: &'a System,
    /// Of its channel.
    path: String,
    channel: Element,
    home: String,
    /// Names of frames.
    taken: BTreeSet<String>,
    /// Connectors of ECUs by path of the ECU.
    ports: BTreeMap<String, Element>,
}

fn mode(cluster: &Cluster, message: &Message) -> Option<TransmissionMode> {
    let mut all = cluster.transmissions.iter();
    let said = all
        .find(|one| one.message == message.name)
        .map(|one| one.mode);
    said.or_else(|| {
        let period = message.cycle_time_ms.filter(|period| *period > 0)?;
        Some(TransmissionMode::Cyclic {
            period_ns: u64::from(period) * 1_000_000,
            offset_ns: 0,
        })
    })
}

fn timing(pdu: &Element, mode: Option<TransmissionMode>) -> Result<()> {
    let Some(mode) = mode else {
        return Ok(());
    };
    let timing = xml::below(
        pdu,
        &[
            ElementName::IPduTimingSpecifications,
            ElementName::IPduTiming,
            ElementName::TransmissionModeDeclaration,
            ElementName::TransmissionModeTrueTiming,
        ],
    )?;
    let (cyclic, on_change) = match mode {
        TransmissionMode::Cyclic {
            period_ns,
            offset_ns,
        } => (Some((period_ns, offset_ns)), false),
        TransmissionMode::OnChange => (None, true),
        TransmissionMode::Mixed {
            period_ns,
            offset_ns,
        } => (Some((period_ns, offset_ns)), true),
    };
    if let Some((period_ns, offset_ns)) = cyclic {
        let cyclic = timing.create_sub_element(ElementName::CyclicTiming)?;
        let say = |name, nanoseconds| {
            let time = cyclic.create_sub_element(name)?;
            xml::text(&time, ElementName::Value, &seconds(nanoseconds)).map(drop)
        };
        if offset_ns > 0 {
            say(ElementName::TimeOffset, offset_ns)?;
        }
        say(ElementName::TimePeriod, period_ns)?;
    }
    if on_change {
        let event = timing.create_sub_element(ElementName::EventControlledTiming)?;
        xml::text(&event, ElementName::NumberOfRepetitions, "0")?;
    }
    Ok(())
}

/// Unit, conversion, words and limits, as the system signal says them.
fn meaning(signal: &Signal) -> Meaning {
    let numbers = (signal.factor, signal.offset);
    let is_raw = numbers == (1.0, 0.0);
    let words = signal.values.iter().map(|(raw, text)| Word {
        from: *raw,
        to: *raw,
        text: text.clone(),
        label: autosar_wit::names::to_label(text),
    });
    let words: Vec<Word> = words.filter(|word| !word.text.is_empty()).collect();
    Meaning {
        unit: (!signal.unit.is_empty()).then(|| signal.unit.clone()),
        conversion: match (words.is_empty(), is_raw) {
            (true, true) => Conversion::None,
            (true, false) => Conversion::Linear(signal.factor, signal.offset),
            (false, true) => Conversion::Words(words, None),
            (false, false) => Conversion::Words(words, Some(numbers)),
        },
        limits: ((signal.minimum, signal.maximum) != (0.0, 0.0))
            .then_some((signal.minimum, signal.maximum)),
        ..Meaning::default()
    }
}

fn base(signal: &Signal) -> Option<Scalar> {
    let bits = u64::from(signal.length_bits);
    match (signal.float, signal.signed) {
        (true, _) if bits == 32 => Some(Scalar::F32),
        (true, _) => Some(Scalar::F64),
        (false, true) => Scalar::signed(bits),
        (false, false) => Scalar::unsigned(bits),
    }
}

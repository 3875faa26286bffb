//! CAN clusters as DBC: frames with the signals of their PDUs, who sends and receives them, how
//! often. Knows nothing of components; `mapping.rs` joins the two.

mod mapping;
mod signal;
mod timing;

pub(crate) use mapping::mappings;

use crate::{
    model::{Cluster, FramePaths, MappedSignal, Transmission},
    reader::Reader,
    tree::{below, child, children, path, short_name, text, whole},
};
use autosar_data::{Element, ElementName};
use autosar_wit::{
    dbc::{self, ByteOrder, Database, Message, Timing},
    names,
};
use std::collections::{BTreeMap, BTreeSet};

/// Of clusters that say no bit rate.
const BITRATE_BPS: u32 = 500_000;

pub(crate) fn clusters(reader: &mut Reader, elements: &[Element]) -> Vec<Cluster> {
    let mut taken = BTreeSet::new();
    let mut found = Vec::new();
    for element in elements {
        if element.element_name() != ElementName::CanCluster {
            continue;
        }
        let label = names::to_label(&short_name(element));
        let name = names::unique(&label, |label| taken.contains(label));
        taken.insert(name.clone());
        found.push(cluster(reader, element, name));
    }
    found
}

/// A cluster in the making.
#[derive(Default)]
struct Draft {
    database: Database,
    transmissions: Vec<Transmission>,
    signals: Vec<MappedSignal>,
    frames: BTreeMap<String, FramePaths>,
}

fn cluster(reader: &mut Reader, element: &Element, name: String) -> Cluster {
    let conditional = below(
        element,
        &[
            ElementName::CanClusterVariants,
            ElementName::CanClusterConditional,
        ],
    );
    let mut draft = Draft::default();
    let (mut bitrate_bps, mut data_bitrate_bps) = (None, None);
    if let Some(conditional) = conditional {
        bitrate_bps = whole(&conditional, ElementName::Baudrate);
        data_bitrate_bps = whole(&conditional, ElementName::CanFdBaudrate);
        for channel in children(&conditional, ElementName::PhysicalChannels) {
            for triggering in children(&channel, ElementName::FrameTriggerings) {
                message(reader, &triggering, &mut draft);
            }
        }
    }
    let rate = |said: Option<u64>| {
        let rate = said.and_then(|rate| u32::try_from(rate).ok());
        rate.filter(|rate| *rate > 0)
    };
    Cluster {
        path: path(element),
        autosar_name: short_name(element),
        name,
        bitrate_bps: rate(bitrate_bps).unwrap_or(BITRATE_BPS),
        data_bitrate_bps: rate(data_bitrate_bps),
        description: dbc::write(&draft.database),
        transmissions: draft.transmissions,
        signals: draft.signals,
        frames: draft.frames,
    }
}

fn message(reader: &mut Reader, triggering: &Element, draft: &mut Draft) {
    let Some(frame) = reader.target(triggering, ElementName::FrameRef) else {
        reader.unmapped(triggering, "left out, since its frame is not there");
        return;
    };
    let Some(id) = whole(triggering, ElementName::Identifier) else {
        reader.wrong(triggering, "a frame needs an IDENTIFIER; add it");
        return;
    };
    let extended = text(triggering, ElementName::CanAddressingMode).as_deref() == Some("EXTENDED");
    let largest = if extended {
        (1 << 29) - 1
    } else {
        (1 << 11) - 1
    };
    if id > largest {
        reader.wrong(
            triggering,
            format!("identifier {id} does not fit into the addressing mode; correct one of them"),
        );
        return;
    }
    let taken = |name: &str| draft.database.message_by_name(name).is_some();
    let mut name = short_name(&frame);
    for number in 2.. {
        if !taken(&name) {
            break;
        }
        name = format!("{}_{number}", short_name(&frame));
    }
    let (senders, receivers) = ecus(reader, triggering);
    for other in senders.iter().skip(1) {
        reader.unmapped(
            triggering,
            format!("`{other}` sends it as well; a DBC names one sender"),
        );
    }
    let mut message = Message {
        name,
        id: id as u32,
        extended,
        length_bytes: whole(&frame, ElementName::FrameLength).unwrap_or(8).min(64) as u32,
        flexible: false,
        sender: senders.into_iter().next(),
        other_senders: Vec::new(),
        cycle_time_ms: None,
        timing: Timing::default(),
        signals: Vec::new(),
        comment: crate::tree::docs(&frame).join(" ").replace('"', "'"),
    };
    message.flexible = message.length_bytes > dbc::CLASSIC_BYTES;
    let paths = FramePaths {
        frame: path(&frame),
        ..FramePaths::default()
    };
    draft.frames.insert(message.name.clone(), paths);
    for mapping in children(&frame, ElementName::PduToFrameMappings) {
        pdu(reader, &mapping, &mut message, draft, &receivers);
    }
    draft.database.messages.push(message);
}

fn pdu(
    reader: &mut Reader,
    mapping: &Element,
    message: &mut Message,
    draft: &mut Draft,
    receivers: &BTreeSet<String>,
) {
    let Some(pdu) = reader.target(mapping, ElementName::PduRef) else {
        reader.unmapped(mapping, "left out, since its PDU is not there");
        return;
    };
    if pdu.element_name() != ElementName::ISignalIPdu {
        reader.unmapped(
            &pdu,
            format!(
                "message `{}` has no signals of it: only I-SIGNAL-I-PDUs are read",
                message.name
            ),
        );
        return;
    }
    let paths = draft.frames.entry(message.name.clone()).or_default();
    paths.pdu = Some(path(&pdu));
    let start = whole(mapping, ElementName::StartPosition).unwrap_or_default();
    if let Some((mode, cycle_time_ms)) = timing::of(reader, &pdu) {
        message.cycle_time_ms = cycle_time_ms.or(message.cycle_time_ms);
        draft.transmissions.push(Transmission {
            message: message.name.clone(),
            mode,
        });
    }
    for place in children(&pdu, ElementName::ISignalToPduMappings) {
        let Some(signal) = reader.target(&place, ElementName::ISignalRef) else {
            // Groups stand beside their signals, which have places of their own.
            if child(&place, ElementName::ISignalGroupRef).is_none() {
                reader.unmapped(&place, "left out, since its signal is not there");
            }
            continue;
        };
        let order = match text(&place, ElementName::PackingByteOrder).as_deref() {
            Some("MOST-SIGNIFICANT-BYTE-FIRST") => ByteOrder::Motorola,
            Some("OPAQUE") => {
                reader.unmapped(
                    &place,
                    "bytes without an order are no number, and signals are numbers",
                );
                continue;
            }
            _ => ByteOrder::Intel,
        };
        let position = whole(&place, ElementName::StartPosition).unwrap_or_default() + start;
        let at = signal::At {
            start_bit: position.min(511) as u32,
            order,
            receivers: receivers.iter().cloned().collect(),
        };
        let Some((described, system)) = signal::read(reader, &signal, at) else {
            continue;
        };
        if message.signal(&described.name).is_some() {
            reader.unmapped(
                &place,
                "left out, since the message has a signal of that name already",
            );
            continue;
        }
        draft.signals.extend(system.map(|system| MappedSignal {
            system_signal: system,
            message: message.name.clone(),
            signal: described.name.clone(),
        }));
        let paths = draft.frames.entry(message.name.clone()).or_default();
        let name = described.name.clone();
        paths.signals.insert(name, path(&signal));
        message.signals.push(described);
    }
}

/// Names of the ECUs that send and that receive a frame.
fn ecus(reader: &mut Reader, triggering: &Element) -> (BTreeSet<String>, BTreeSet<String>) {
    let mut found = (BTreeSet::new(), BTreeSet::new());
    for reference in children(triggering, ElementName::FramePortRefs) {
        let Some(port) = reader.follow(&reference) else {
            continue;
        };
        let Some(ecu) = around(&port, ElementName::EcuInstance) else {
            continue;
        };
        match text(&port, ElementName::CommunicationDirection).as_deref() {
            Some("OUT") => found.0.insert(short_name(&ecu)),
            _ => found.1.insert(short_name(&ecu)),
        };
    }
    found
}

/// The nearest element of that kind around.
fn around(element: &Element, name: ElementName) -> Option<Element> {
    let mut at = element.named_parent().ok()??;
    while at.element_name() != name {
        at = at.named_parent().ok()??;
    }
    Some(at)
}

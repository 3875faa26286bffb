//! What a project begins with and what it runs on: its name, ECUs, buses, how messages are sent,
//! and the descriptions of buses, which are read anew when their file changes.

use super::{Effect, Item, Session, SimulationOrder};
use graph_core::{
    document::{
        Block, Bus, BusId, BusKind, Device, Document, Ecu, Partition, PartitionKey, Pdu, Pin,
        SpiDevice,
    },
    edit::{Edit, removal},
    library::Library,
};
use std::collections::BTreeMap;

const PARTITION: &str = "main";

/// An ECU with one partition, under a free name.
pub fn new_ecu(document: &Document) -> Ecu {
    let names: Vec<&str> = document.ecus.values().map(|ecu| &*ecu.name).collect();
    Ecu {
        name: free_name("ecu", &names),
        target: None,
        fuel_ps: 20_000,
        activation_ns: 5_000,
        partitions: [(PARTITION.to_owned(), new_partition())].into(),
    }
}

/// Room for a few small components, restarted after a trap.
pub fn new_partition() -> Partition {
    Partition {
        memory_bytes: 1 << 20,
        fuel: 1_000_000,
        on_trap: deployment::Reaction::Restart,
        blocks: BTreeMap::new(),
    }
}

/// A bus under a free name: `can0`, `i2c0`, `eth0`, …
pub fn new_bus(document: &Document, kind: BusKind) -> Bus {
    let names: Vec<&str> = document.buses.values().map(|bus| &*bus.name).collect();
    let base = match kind {
        BusKind::Can { .. } => "can",
        BusKind::I2c { .. } => "i2c",
        BusKind::Spi { .. } => "spi",
        BusKind::Gpio { .. } => "gpio",
        BusKind::Ethernet { .. } => "eth",
    };
    Bus {
        name: free_name(base, &names),
        kind,
    }
}

/// A sensor that virtual boards have as well, at its first free address.
pub fn new_device(devices: &[Device]) -> Option<Device> {
    let model = simulator::devices::model("tmp105")?;
    let names: Vec<&str> = devices.iter().map(|device| &*device.name).collect();
    let is_free = |address: &&u16| devices.iter().all(|device| device.address != **address);
    let address = model.addresses.iter().find(is_free);
    Some(Device {
        name: free_name("device", &names),
        model: model.name.to_owned(),
        address: address.or(model.addresses.first()).copied()?,
        stimuli: BTreeMap::new(),
    })
}

/// A converter, which needs nothing but its bus, at its first free chip select, under a name that no
/// bus, device or pin of the project has.
pub fn new_spi_device(document: &Document, devices: &[SpiDevice]) -> Option<SpiDevice> {
    let model = simulator::devices::spi_model("mcp3008")?;
    let own = devices.iter().map(|device| device.name.as_str());
    let is_free = |line: &u8| devices.iter().all(|device| device.chip_select != *line);
    Some(SpiDevice {
        name: free_part(document, "device", own),
        model: model.name.to_owned(),
        chip_select: (0..=u8::MAX).find(is_free)?,
        mode: model.modes.first().copied()?,
        stimuli: BTreeMap::new(),
        can: None,
        interrupt: None,
    })
}

/// A digital input under a name that no bus, device or pin of the project has.
pub fn new_pin(document: &Document, pins: &[Pin]) -> Pin {
    let own = pins.iter().map(|pin| pin.name.as_str());
    Pin {
        name: free_part(document, "pin", own),
        signal: deployment::PinSignal::Digital,
        direction: deployment::PinDirection::In,
        active_level: deployment::ActiveLevel::High,
        pull: None,
        stimuli: BTreeMap::new(),
    }
}

fn free_part<'a>(document: &'a Document, base: &str, own: impl Iterator<Item = &'a str>) -> String {
    let buses = document.buses.values();
    let all = buses.flat_map(|bus| bus.devices().into_iter().chain([bus.name.as_str()]));
    free_name(base, &all.chain(own).collect::<Vec<_>>())
}

/// A block of 16 bytes that was never written.
pub fn new_block() -> Block {
    Block {
        size_bytes: 16,
        initial: None,
    }
}

/// `base0`, `base1`, …: the first that is not there.
pub fn free_name(base: &str, names: &[&str]) -> String {
    let mut number = 0_usize;
    loop {
        let name = format!("{base}{number}");
        if !names.iter().any(|other| other.eq_ignore_ascii_case(&name)) {
            return name;
        }
        number += 1;
    }
}

/// The description file of each bus that has one.
pub(super) fn description_files(document: &Document) -> BTreeMap<BusId, String> {
    let file = |(id, bus): (&BusId, &Bus)| match &bus.kind {
        BusKind::Can { description, .. } => Some((*id, description.clone()?)),
        _ => None,
    };
    document.buses.iter().filter_map(file).collect()
}

impl Session {
    /// An empty project that was never saved.
    pub(super) fn begin(&mut self) -> Vec<Effect> {
        self.open(None, Document::default(), Library::default());
        self.recovery = None;
        vec![Effect::Simulation(SimulationOrder::Stop)]
    }

    /// Takes something away with all that refers to it.
    pub(super) fn remove(&mut self, item: Item) -> Vec<Effect> {
        let name = match &item {
            Item::Ecu(id) => self.document.ecus.get(id).map(|ecu| &ecu.name),
            Item::Bus(id) => self.document.buses.get(id).map(|bus| &bus.name),
            Item::Partition(key) => Some(&key.partition),
            _ => None,
        };
        let name = name.map_or("Remove".to_owned(), |name| format!("Remove `{name}`"));
        let edits = removal(&self.document, &[item]);
        self.step(name, edits)
    }

    /// How a message is sent, protected and missed.
    pub(super) fn set_message(&mut self, pdu: Pdu) -> Vec<Effect> {
        let mut pdus = self.document.pdus.iter();
        let known = pdus.find(|(_, one)| one.bus == pdu.bus && one.message == pdu.message);
        let known = known.map(|(id, _)| *id);
        let name = format!("Change how `{}` is sent", pdu.message);
        let edit = match (known, pdu.says_nothing()) {
            (Some(id), false) => Edit::ChangePdu(id, pdu),
            (Some(id), true) => Edit::RemovePdu(id),
            (None, false) => Edit::InsertPdu(self.document.new_ids().pdu(), pdu),
            (None, true) => return Vec::new(),
        };
        self.step(name, vec![edit])
    }

    /// The first instance of a project without an ECU gets one.
    pub(super) fn first_ecu(
        &self,
        ids: &mut graph_core::document::NewIds,
    ) -> Option<(Edit, PartitionKey)> {
        if !self.document.ecus.is_empty() {
            return None;
        }
        let ecu = ids.ecu();
        let partition = PARTITION.to_owned();
        let edit = Edit::InsertEcu(ecu, new_ecu(&self.document));
        Some((edit, PartitionKey { ecu, partition }))
    }

    /// Forgets descriptions whose file is another one now, and asks for the new ones.
    pub(super) fn follow_descriptions(&mut self) -> Option<Effect> {
        let wanted = description_files(&self.document);
        if wanted == self.described {
            return None;
        }
        let described = std::mem::replace(&mut self.described, wanted);
        let is_same = |id: &BusId| self.described.get(id) == described.get(id);
        self.library.descriptions.retain(|id, _| is_same(id));
        let files = self.described.iter().filter(|(id, _)| !is_same(id));
        let files: Vec<_> = files.map(|(id, file)| (*id, file.clone())).collect();
        let project = self.path.clone();
        (!files.is_empty()).then_some(Effect::ReadDescriptions { project, files })
    }
}

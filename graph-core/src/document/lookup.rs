//! Questions to a document: what has that name, who refers to this, which id is free.
//! Changes nothing.

use super::*;

impl Document {
    pub fn component_named(&self, name: &str) -> Option<ComponentId> {
        id_where(&self.components, |component| component.name == name)
    }

    /// Of the system's own instances.
    pub fn instance_named(&self, name: &str) -> Option<InstanceId> {
        self.part_named(None, name)
    }

    pub fn bus_named(&self, name: &str) -> Option<BusId> {
        id_where(&self.buses, |bus| bus.name == name)
    }

    pub fn ecu_named(&self, name: &str) -> Option<EcuId> {
        id_where(&self.ecus, |ecu| ecu.name == name)
    }

    pub fn frame_titled(&self, title: &str) -> Option<FrameId> {
        id_where(&self.frames, |frame| frame.title == title)
    }

    pub fn note_named(&self, name: &str) -> Option<NoteId> {
        id_where(&self.notes, |note| note.name == name)
    }

    /// Numbers for things that are about to be inserted. Nothing is taken until the insertion.
    pub fn new_ids(&self) -> NewIds {
        NewIds { next: self.next_id }
    }

    /// A label that no part of the composition has, or no instance of the system: `base` made a
    /// label, else with a number after it.
    pub fn free_instance_name(&self, composition: Option<ComponentId>, base: &str) -> String {
        let taken = |name: &str| {
            self.parts(composition)
                .any(|(_, other)| other.name.eq_ignore_ascii_case(name))
        };
        autosar_wit::names::unique(&autosar_wit::names::to_label(base), taken)
    }

    /// A title that no frame has: `base`, else with a number after it.
    pub fn free_frame_title(&self, base: &str) -> String {
        let taken = |title: &str| {
            let mut others = self.frames.values();
            others.any(|other| other.title.eq_ignore_ascii_case(title))
        };
        super::free_title(base, taken)
    }

    /// A name for a note that begins with these words, which no note has.
    pub fn free_note_name(&self, text: &str) -> String {
        let words: Vec<&str> = text.split_whitespace().take(4).collect();
        let taken = |name: &str| {
            let mut others = self.notes.values();
            others.any(|other| other.name.eq_ignore_ascii_case(name))
        };
        autosar_wit::names::unique(&autosar_wit::names::to_label(&words.join(" ")), taken)
    }

    /// Instances of that component type.
    pub fn instances_of(&self, component: ComponentId) -> impl Iterator<Item = InstanceId> {
        let fits = move |(_, instance): &(&InstanceId, &Instance)| instance.component == component;
        self.instances.iter().filter(fits).map(|(id, _)| *id)
    }

    /// Connectors with an end at that instance.
    pub fn connectors_of(&self, instance: InstanceId) -> impl Iterator<Item = ConnectorId> {
        self.connectors_where(move |end| end.instance() == Some(instance))
    }

    /// Connectors with an end at a signal of that bus, or that name it as their network.
    pub fn connectors_on(&self, bus: BusId) -> impl Iterator<Item = ConnectorId> {
        let found = move |(_, connector): &(&ConnectorId, &Connector)| {
            let at_end = |end: &End| end.bus() == Some(bus);
            at_end(&connector.from) || at_end(&connector.to) || connector.network() == Some(bus)
        };
        self.connectors.iter().filter(found).map(|(id, _)| *id)
    }

    /// Connectors between two ECUs whose values go over that Ethernet network.
    pub fn connectors_over(&self, network: BusId) -> impl Iterator<Item = ConnectorId> {
        let goes = move |(_, connector): &(&ConnectorId, &Connector)| {
            self.path_of(connector) == Some(Path::Over(network))
        };
        self.connectors.iter().filter(goes).map(|(id, _)| *id)
    }

    /// How a buffered connector gets from one ECU to another; `None`: it stays inside one, or is of
    /// another kind.
    pub fn path_of(&self, connector: &Connector) -> Option<Path> {
        let ConnectorKind::Buffered(buffering) = &connector.kind else {
            return None;
        };
        (self.ecu_at(&connector.from)? != self.ecu_at(&connector.to)?).then(|| self.path(buffering))
    }

    /// How values with these properties would get from one ECU to another.
    pub fn path(&self, buffering: &Buffering) -> Path {
        if let Some(named) = buffering.network {
            return match self.buses.get(&named).map(|bus| &bus.kind) {
                Some(BusKind::Ethernet { .. }) => Path::Over(named),
                _ => Path::NoNetwork(named),
            };
        }
        let mut networks = self.networks();
        match (networks.next(), networks.next()) {
            (Some(only), None) => Path::Over(only),
            (None, _) => Path::Missing,
            (Some(_), Some(_)) => Path::Undecided,
        }
    }

    /// Ethernet networks.
    pub fn networks(&self) -> impl Iterator<Item = BusId> {
        let is_network = |(_, bus): &(&BusId, &Bus)| matches!(bus.kind, BusKind::Ethernet { .. });
        self.buses.iter().filter(is_network).map(|(id, _)| *id)
    }

    fn ecu_at(&self, end: &End) -> Option<EcuId> {
        let instance = self.instances.get(&end.instance()?)?;
        Some(instance.partition.as_ref()?.ecu)
    }

    /// Instances in that partition.
    pub fn instances_in(&self, key: &PartitionKey) -> impl Iterator<Item = InstanceId> {
        let fits = move |(_, instance): &(&InstanceId, &Instance)| {
            instance.partition.as_ref() == Some(key)
        };
        self.instances.iter().filter(fits).map(|(id, _)| *id)
    }

    /// Every partition, by ECU and name.
    pub fn partitions(&self) -> impl Iterator<Item = (PartitionKey, &Partition)> {
        self.ecus.iter().flat_map(|(id, ecu)| {
            ecu.partitions.iter().map(move |(name, partition)| {
                (
                    PartitionKey {
                        ecu: *id,
                        partition: name.clone(),
                    },
                    partition,
                )
            })
        })
    }

    pub fn partition(&self, key: &PartitionKey) -> Option<&Partition> {
        self.ecus.get(&key.ecu)?.partitions.get(&key.partition)
    }

    fn connectors_where(&self, fits: impl Fn(&End) -> bool) -> impl Iterator<Item = ConnectorId> {
        let found = move |(_, connector): &(&ConnectorId, &Connector)| {
            fits(&connector.from) || fits(&connector.to)
        };
        self.connectors.iter().filter(found).map(|(id, _)| *id)
    }
}

impl ComponentSource {
    /// The component's file, or that of its WIT; a composition has none.
    pub fn file(&self) -> Option<&str> {
        match self {
            ComponentSource::File(file) | ComponentSource::Stub { wit: file, .. } => Some(file),
            ComponentSource::Composition => None,
        }
    }
}

impl Binding {
    /// The bus itself.
    pub fn to_bus(bus: BusId) -> Binding {
        Binding { bus, part: None }
    }

    /// An SPI device or a pin.
    pub fn to_part(bus: BusId, part: &str) -> Binding {
        Binding {
            bus,
            part: Some(part.to_owned()),
        }
    }
}

impl Document {
    /// `i2c0`, `spi0/adc`
    pub fn binding_text(&self, binding: &Binding) -> String {
        let bus = self.buses.get(&binding.bus).map_or("?", |bus| &bus.name);
        match &binding.part {
            Some(part) => format!("{bus}/{part}"),
            None => bus.to_owned(),
        }
    }

    /// The name by which a host opens what is bound: that of the bus, the SPI device or the pin.
    pub fn opened_name(&self, binding: &Binding) -> Option<String> {
        let bus = self.buses.get(&binding.bus)?;
        let part = binding.part.as_ref();
        Some(part.unwrap_or(&bus.name).clone())
    }

    /// Everything that a handle of that kind can be bound to, by bus, then in the bus's order.
    pub fn bindings_for(&self, handle: rte::Handle) -> Vec<Binding> {
        self.buses
            .iter()
            .flat_map(|(id, bus)| bus.bindings_for(*id, handle))
            .collect()
    }
}

impl SpiDevice {
    /// Whether it is wired to more than its bus.
    pub fn is_wired(&self) -> bool {
        self.can.is_some() || self.interrupt.is_some()
    }
}

impl Bus {
    fn bindings_for(&self, id: BusId, handle: rte::Handle) -> Vec<Binding> {
        match (&self.kind, handle) {
            (BusKind::I2c { .. }, rte::Handle::I2c) => vec![Binding::to_bus(id)],
            (BusKind::Spi { devices, .. }, rte::Handle::Spi) => devices
                .iter()
                .map(|device| Binding::to_part(id, &device.name))
                .collect(),
            (BusKind::Gpio { pins }, handle) => pins
                .iter()
                .filter(|pin| pin.serves(handle))
                .map(|pin| Binding::to_part(id, &pin.name))
                .collect(),
            _ => Vec::new(),
        }
    }

    /// Names of the SPI devices or pins; I2C devices have addresses and are not opened.
    pub fn parts(&self) -> Vec<&str> {
        match &self.kind {
            BusKind::Spi { devices, .. } => {
                devices.iter().map(|device| device.name.as_str()).collect()
            }
            BusKind::Gpio { pins } => pins.iter().map(|pin| pin.name.as_str()).collect(),
            BusKind::Can { .. } | BusKind::I2c { .. } | BusKind::Ethernet { .. } => Vec::new(),
        }
    }

    /// Names of everything on it that has stimuli.
    pub fn devices(&self) -> Vec<&str> {
        match &self.kind {
            BusKind::I2c { devices, .. } => {
                devices.iter().map(|device| device.name.as_str()).collect()
            }
            _ => self.parts(),
        }
    }

    /// What reaches each device or pin on it at the start of a run.
    pub fn stimuli(&self) -> Vec<(&str, &BTreeMap<String, f64>)> {
        match &self.kind {
            BusKind::Can { .. } | BusKind::Ethernet { .. } => Vec::new(),
            BusKind::I2c { devices, .. } => devices
                .iter()
                .map(|device| (device.name.as_str(), &device.stimuli))
                .collect(),
            BusKind::Spi { devices, .. } => devices
                .iter()
                .map(|device| (device.name.as_str(), &device.stimuli))
                .collect(),
            BusKind::Gpio { pins } => pins
                .iter()
                .map(|pin| (pin.name.as_str(), &pin.stimuli))
                .collect(),
        }
    }

    /// "a CAN bus"
    pub fn described(&self) -> &'static str {
        match self.kind {
            BusKind::Can {
                flexible: Some(_), ..
            } => "a CAN FD bus",
            BusKind::Can { .. } => "a CAN bus",
            BusKind::I2c { .. } => "an I2C bus",
            BusKind::Spi { .. } => "an SPI bus",
            BusKind::Gpio { .. } => "a GPIO controller",
            BusKind::Ethernet { .. } => "an Ethernet network",
        }
    }
}

impl Pin {
    /// "a digital input"
    pub fn described(&self) -> &'static str {
        use deployment::{PinDirection as Way, PinSignal};
        use rte::Handle;
        let handle = match (self.signal, self.direction) {
            (PinSignal::Digital, Way::In) => Handle::DigitalIn,
            (PinSignal::Digital, Way::Out) => Handle::DigitalOut,
            (PinSignal::Digital, Way::InOut) => Handle::DigitalInOut,
            (PinSignal::Analog { .. }, Way::In) => Handle::AnalogIn,
            (PinSignal::Analog { .. }, Way::Out) => Handle::AnalogOut,
            (PinSignal::Analog { .. }, Way::InOut) => Handle::AnalogInOut,
        };
        handle.described()
    }

    /// Whether a handle of that kind can stand for it; both ways serve each of them.
    pub fn serves(&self, handle: rte::Handle) -> bool {
        use deployment::{PinDirection as Way, PinSignal};
        use rte::Handle;
        let way = match (self.signal, handle) {
            (PinSignal::Digital, Handle::DigitalIn) => Way::In,
            (PinSignal::Digital, Handle::DigitalOut) => Way::Out,
            (PinSignal::Digital, Handle::DigitalInOut) => Way::InOut,
            (PinSignal::Analog { .. }, Handle::AnalogIn) => Way::In,
            (PinSignal::Analog { .. }, Handle::AnalogOut) => Way::Out,
            (PinSignal::Analog { .. }, Handle::AnalogInOut) => Way::InOut,
            _ => return false,
        };
        self.direction == way || self.direction == Way::InOut
    }
}

impl End {
    /// The instance at this end; none at a signal.
    pub fn instance(&self) -> Option<InstanceId> {
        match self {
            End::Port { instance, .. }
            | End::Element { instance, .. }
            | End::Result { instance, .. }
            | End::Parameter { instance, .. } => Some(*instance),
            End::Signal { .. } => None,
        }
    }

    /// The same end of another instance; a signal stays what it is.
    pub fn at(&self, other: InstanceId) -> End {
        let mut end = self.clone();
        match &mut end {
            End::Port { instance, .. }
            | End::Element { instance, .. }
            | End::Result { instance, .. }
            | End::Parameter { instance, .. } => *instance = other,
            End::Signal { .. } => {}
        }
        end
    }

    /// The same end in another port.
    pub fn of_port(mut self, name: &str) -> End {
        match &mut self {
            End::Port { port, .. } => *port = name.to_owned(),
            End::Element { function, .. }
            | End::Result { function, .. }
            | End::Parameter { function, .. } => function.port = name.to_owned(),
            End::Signal { .. } => {}
        }
        self
    }

    /// The bus at this end, for a signal.
    pub fn bus(&self) -> Option<BusId> {
        match self {
            End::Signal { bus, .. } => Some(*bus),
            _ => None,
        }
    }

    /// Extern name of the port that this end is in; none at a signal.
    pub fn port(&self) -> Option<&str> {
        match self {
            End::Port { port, .. } => Some(port),
            End::Element { function, .. }
            | End::Result { function, .. }
            | End::Parameter { function, .. } => Some(&function.port),
            End::Signal { .. } => None,
        }
    }
}

/// The way of values between two ECUs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Path {
    Over(BusId),
    /// There is no Ethernet network.
    Missing,
    /// There are several, and the connector names none of them.
    Undecided,
    /// The connector names a bus that is no Ethernet network.
    NoNetwork(BusId),
}

impl Connector {
    /// The network that it names.
    pub fn network(&self) -> Option<BusId> {
        match &self.kind {
            ConnectorKind::Buffered(buffering) => buffering.network,
            ConnectorKind::Direct => None,
        }
    }
}

impl ConnectorKind {
    pub fn is_direct(&self) -> bool {
        matches!(self, ConnectorKind::Direct)
    }
}

/// Gives numbers that the document has not given, each once.
#[derive(Debug, Clone)]
pub struct NewIds {
    next: u64,
}

impl NewIds {
    pub fn component(&mut self) -> ComponentId {
        ComponentId(self.take())
    }

    pub fn instance(&mut self) -> InstanceId {
        InstanceId(self.take())
    }

    pub fn connector(&mut self) -> ConnectorId {
        ConnectorId(self.take())
    }

    pub fn bus(&mut self) -> BusId {
        BusId(self.take())
    }

    pub fn ecu(&mut self) -> EcuId {
        EcuId(self.take())
    }

    pub fn pdu(&mut self) -> PduId {
        PduId(self.take())
    }

    pub fn frame(&mut self) -> FrameId {
        FrameId(self.take())
    }

    pub fn note(&mut self) -> NoteId {
        NoteId(self.take())
    }

    fn take(&mut self) -> u64 {
        let id = self.next;
        self.next += 1;
        id
    }
}

fn id_where<I: Copy, T>(map: &BTreeMap<I, T>, fits: impl Fn(&T) -> bool) -> Option<I> {
    map.iter().find(|(_, value)| fits(value)).map(|(id, _)| *id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_ids_start_at_the_next_id() {
        let document = Document {
            next_id: 7,
            ..Document::default()
        };
        let mut ids = document.new_ids();
        assert_eq!((ids.instance(), ids.bus()), (InstanceId(7), BusId(8)));
    }
}

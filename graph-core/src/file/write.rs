//! From the document to format 1. Things stand sorted by name, so one change is few lines.

use super::{digits, e2e, slashed, v1};
use crate::{document::*, end};
use autosar_wit::mapping::{Mapping, Policy, Rule};
use std::collections::{BTreeMap, BTreeSet};
use toml::Spanned;

/// The canonical text of a document without its layout: the same for the same meaning, whatever
/// the ids. Numbers above `i64::MAX`, which TOML does not have, are written as that.
pub fn write(document: &Document) -> String {
    let mut scopes = Scopes::of(document);
    let mut transmissions = document
        .pdus
        .values()
        .map(|pdu| transmission(document, pdu))
        .collect::<Vec<_>>();
    transmissions.sort_by(|a, b| a.message.get_ref().cmp(b.message.get_ref()));
    let project = v1::Project {
        format: 1,
        name: text(&document.name),
        imported: document.imported.as_deref().map(slashed),
        components: document.components.values().filter_map(component).collect(),
        ecus: document
            .ecus
            .values()
            .map(|ecu| (text(&ecu.name), self::ecu(ecu)))
            .collect(),
        buses: document
            .buses
            .values()
            .map(|bus| (text(&bus.name), self::bus(bus)))
            .collect(),
        compositions: document
            .compositions()
            .filter_map(|id| {
                let name = &document.components.get(&id)?.name;
                Some((text(name), composition(document, id, &mut scopes)))
            })
            .collect(),
        instances: scopes.instances.remove(&None).unwrap_or_default(),
        connectors: scopes.connectors(None),
        transmissions,
        frames: super::annotations::frames(document),
        notes: super::annotations::notes(document),
    };
    toml::to_string(&project)
        .unwrap_or_else(|error| unreachable!("the format is plain TOML, this is a bug: {error}"))
}

/// Instances and connectors by the composition in which they stand.
struct Scopes {
    instances: BTreeMap<Option<ComponentId>, v1::Table<v1::Instance>>,
    connectors: BTreeMap<Option<ComponentId>, Vec<v1::Connector>>,
}

impl Scopes {
    fn of(document: &Document) -> Scopes {
        let mut scopes = Scopes {
            instances: BTreeMap::new(),
            connectors: BTreeMap::new(),
        };
        for one in document.instances.values() {
            let scope = scopes.instances.entry(one.composition).or_default();
            scope.insert(text(&one.name), instance(document, one));
        }
        for one in document.connectors.values() {
            let scope = scopes.connectors.entry(document.scope_of(one));
            scope.or_default().push(connector(document, one));
        }
        scopes
    }

    fn connectors(&mut self, scope: Option<ComponentId>) -> Vec<v1::Connector> {
        let mut connectors = self.connectors.remove(&scope).unwrap_or_default();
        connectors.sort_by(|a, b| {
            (a.from.get_ref(), a.to.get_ref()).cmp(&(b.from.get_ref(), b.to.get_ref()))
        });
        connectors
    }
}

fn composition(document: &Document, id: ComponentId, scopes: &mut Scopes) -> v1::Composition {
    let port = |port: &DelegationPort| v1::Port {
        direction: port.direction,
    };
    v1::Composition {
        ports: document
            .ports_of(id)
            .map(|(_, one)| (text(&one.name), port(one)))
            .collect(),
        instances: scopes.instances.remove(&Some(id)).unwrap_or_default(),
        connectors: scopes.connectors(Some(id)),
    }
}

fn component(component: &Component) -> Option<(v1::Text, v1::Component)> {
    let (file, wit, world) = match &component.source {
        ComponentSource::Composition => return None,
        ComponentSource::File(file) => (Some(slashed(file)), None, None),
        ComponentSource::Stub { wit, world } => {
            (None, Some(text(&slashed(wit))), world.as_deref().map(text))
        }
    };
    Some((text(&component.name), v1::Component { file, wit, world }))
}

fn ecu(ecu: &Ecu) -> v1::Ecu {
    let partition = |partition: &Partition| v1::Partition {
        memory_bytes: integer(partition.memory_bytes),
        fuel: integer(partition.fuel),
        on_trap: match partition.on_trap {
            deployment::Reaction::Restart => v1::Reaction::Restart,
            deployment::Reaction::Stop => v1::Reaction::Stop,
            deployment::Reaction::StopRun => v1::Reaction::StopRun,
        },
        blocks: partition
            .blocks
            .iter()
            .map(|(name, one)| (text(name), block(one)))
            .collect(),
    };
    v1::Ecu {
        target: ecu.target.clone(),
        fuel_ps: integer(ecu.fuel_ps),
        activation_ns: integer(ecu.activation_ns),
        partitions: ecu
            .partitions
            .iter()
            .map(|(name, one)| (text(name), partition(one)))
            .collect(),
    }
}

fn bus(bus: &Bus) -> v1::Bus {
    let empty = |kind| v1::Bus {
        kind,
        bitrate_bps: None,
        data_bitrate_bps: None,
        sample_point_permille: None,
        data_sample_point_permille: None,
        description: None,
        restbus: BTreeSet::new(),
        clock_hz: None,
        latency_ns: None,
        devices: v1::Table::new(),
        pins: v1::Table::new(),
    };
    match &bus.kind {
        BusKind::Can {
            bitrate_bps,
            flexible,
            description,
            restbus,
        } => v1::Bus {
            bitrate_bps: Some(spanned(*bitrate_bps)),
            data_bitrate_bps: flexible.map(|one| spanned(one.data_bitrate_bps)),
            sample_point_permille: flexible.and_then(|one| sample(one.sample_point_permille)),
            data_sample_point_permille: flexible
                .and_then(|one| sample(one.data_sample_point_permille)),
            description: description.as_deref().map(|path| text(&slashed(path))),
            restbus: restbus.clone(),
            ..empty(v1::BusKind::Can)
        },
        BusKind::I2c { clock_hz, devices } => v1::Bus {
            clock_hz: Some(spanned(*clock_hz)),
            devices: devices.iter().map(i2c_device).collect(),
            ..empty(v1::BusKind::I2c)
        },
        BusKind::Spi { clock_hz, devices } => v1::Bus {
            clock_hz: Some(spanned(*clock_hz)),
            devices: devices.iter().map(spi_device).collect(),
            ..empty(v1::BusKind::Spi)
        },
        BusKind::Gpio { pins } => v1::Bus {
            pins: pins.iter().map(pin).collect(),
            ..empty(v1::BusKind::Gpio)
        },
        BusKind::Ethernet {
            bitrate_bps,
            latency_ns,
        } => v1::Bus {
            bitrate_bps: Some(spanned(*bitrate_bps)),
            latency_ns: Some(spanned(integer(*latency_ns))),
            ..empty(v1::BusKind::Ethernet)
        },
    }
}

/// Nothing where it is the usual one.
fn sample(permille: u16) -> Option<Spanned<u16>> {
    (permille != FlexibleDataRate::SAMPLE_POINT_PERMILLE).then(|| spanned(permille))
}

fn i2c_device(device: &Device) -> (v1::Text, v1::Device) {
    let entry = v1::Device {
        model: text(&device.model),
        address: Some(spanned(device.address)),
        chip_select: None,
        mode: None,
        can: None,
        interrupt: None,
        stimuli: device.stimuli.clone(),
    };
    (text(&device.name), entry)
}

fn spi_device(device: &SpiDevice) -> (v1::Text, v1::Device) {
    let entry = v1::Device {
        model: text(&device.model),
        address: None,
        chip_select: Some(spanned(device.chip_select)),
        mode: match device.mode.number() {
            0 => None,
            mode => Some(spanned(mode)),
        },
        can: device.can.as_deref().map(text),
        interrupt: device.interrupt.as_deref().map(text),
        stimuli: device.stimuli.clone(),
    };
    (text(&device.name), entry)
}

fn pin(pin: &Pin) -> (v1::Text, v1::Pin) {
    let (signal, full_scale) = match pin.signal {
        deployment::PinSignal::Digital => (v1::Signal::Digital, None),
        deployment::PinSignal::Analog { full_scale } => (v1::Signal::Analog, Some(full_scale)),
    };
    let entry = v1::Pin {
        signal,
        direction: pin.direction,
        full_scale: full_scale.map(spanned),
        active_level: pin.active_level,
        pull: pin.pull.map(spanned),
        stimuli: pin.stimuli.clone(),
    };
    (text(&pin.name), entry)
}

fn block(block: &Block) -> v1::Block {
    v1::Block {
        size_bytes: block.size_bytes,
        initial: block.initial.as_deref().map(|bytes| text(&digits(bytes))),
    }
}

fn instance(document: &Document, instance: &Instance) -> v1::Instance {
    let component = document
        .components
        .get(&instance.component)
        .map_or("?", |component| &component.name);
    let partition = instance.partition.as_ref().map(|key| {
        let ecu = document.ecus.get(&key.ecu).map_or("?", |ecu| &ecu.name);
        text(&format!("{ecu}/{}", key.partition))
    });
    v1::Instance {
        component: text(component),
        prefix: instance.prefix.as_deref().map(text),
        partition,
        bindings: instance
            .bindings
            .iter()
            .map(|(key, bound)| (key.clone(), text(&document.binding_text(bound))))
            .collect(),
        blocks: instance.blocks.clone(),
        configuration: instance.configuration.clone(),
        parameters: instance.parameters.clone(),
        nv_data: instance.nv_data.clone(),
        capabilities: instance.capabilities.clone(),
        activations: instance.activations.iter().map(activation).collect(),
    }
}

fn activation(activation: &Activation) -> v1::Activation {
    let (event, period_ns, offset_ns) = match activation.event {
        RteEvent::Init => (v1::Event::Init, None, None),
        RteEvent::ModeSwitch { .. } => (v1::Event::ModeSwitch, None, None),
        RteEvent::Timing {
            period_ns,
            offset_ns,
        } => (v1::Event::Timing, Some(period_ns), offset(offset_ns)),
        RteEvent::DataReceived => (v1::Event::DataReceived, None, None),
    };
    let (port, on, modes) = match &activation.event {
        RteEvent::ModeSwitch { port, change } => {
            let (on, modes) = mode_change(change);
            (Some(text(port)), Some(spanned(on)), modes)
        }
        _ => (None, None, (None, None)),
    };
    v1::Activation {
        runnable: text(&end::function_text(&activation.runnable)),
        event,
        period_ns: period_ns.map(integer).map(spanned),
        offset_ns: offset_ns.map(integer).map(spanned),
        port,
        on,
        mode: modes.0,
        to_mode: modes.1,
        priority: activation.priority,
        task: activation.task.as_ref().map(|(task, _)| text(task)),
        position: activation
            .task
            .as_ref()
            .map(|(_, position)| spanned(*position)),
        disabled_in: activation.disabled_in.clone(),
    }
}

/// With the modes that it names.
fn mode_change(change: &ModeChange) -> (v1::Change, (Option<v1::Text>, Option<v1::Text>)) {
    match change {
        ModeChange::Entry(mode) => (v1::Change::Entry, (Some(text(mode)), None)),
        ModeChange::Exit(mode) => (v1::Change::Exit, (Some(text(mode)), None)),
        ModeChange::Transition { from, to } => {
            (v1::Change::Transition, (Some(text(from)), Some(text(to))))
        }
    }
}

fn connector(document: &Document, connector: &Connector) -> v1::Connector {
    let (kind, buffering) = match &connector.kind {
        ConnectorKind::Direct if document.is_delegation(connector) => {
            (v1::ConnectorKind::Delegation, Buffering::default())
        }
        ConnectorKind::Direct => (v1::ConnectorKind::Direct, Buffering::default()),
        ConnectorKind::Buffered(buffering) => (v1::ConnectorKind::Buffered, buffering.clone()),
    };
    v1::Connector {
        from: text(&end::text(document, &connector.from)),
        to: text(&end::text(document, &connector.to)),
        kind,
        accept_version: connector.accept_version,
        probe: connector.probe,
        initial: buffering.initial.as_deref().map(text),
        alive_timeout_ns: buffering.alive_timeout_ns.map(integer).map(spanned),
        substitute: buffering.substitute.as_deref().map(text),
        queue: buffering.queue.map(spanned),
        bound: buffering.bound.map(spanned),
        conversion: match buffering.conversion {
            Conversion::Physical => None,
            Conversion::Raw => Some(spanned(v1::Conversion::Raw)),
            Conversion::Unit => Some(spanned(v1::Conversion::Unit)),
        },
        network: buffering.network.map(|id| bus_name(document, id)),
        adapter: connector.adapter.as_ref().map(adapter),
    }
}

fn adapter(mapping: &Mapping) -> v1::Adapter {
    let rule = |rule: &Rule| v1::AdapterRule {
        from: rule.from.clone(),
        default: rule.default.clone(),
        factor: rule.factor,
        offset: rule.offset,
        policy: rule.policy.map(|policy| match policy {
            Policy::Saturate => v1::AdapterPolicy::Saturate,
            Policy::Invalid => v1::AdapterPolicy::Invalid,
            Policy::LeaveOut => v1::AdapterPolicy::LeaveOut,
        }),
        otherwise: rule.otherwise.clone(),
        to_confirm: rule.to_confirm,
        cases: rule.cases.clone(),
    };
    v1::Adapter {
        bound: mapping.bound,
        rules: mapping
            .rules
            .iter()
            .map(|(place, one)| (place.clone(), rule(one)))
            .collect(),
    }
}

fn transmission(document: &Document, pdu: &Pdu) -> v1::Transmission {
    let (mode, period_ns, offset_ns) = match pdu.mode {
        None => (None, None, None),
        Some(TransmissionMode::OnChange) => (Some(v1::Mode::OnChange), None, None),
        Some(TransmissionMode::Cyclic {
            period_ns,
            offset_ns,
        }) => (Some(v1::Mode::Cyclic), Some(period_ns), offset(offset_ns)),
        Some(TransmissionMode::Mixed {
            period_ns,
            offset_ns,
        }) => (Some(v1::Mode::Mixed), Some(period_ns), offset(offset_ns)),
    };
    v1::Transmission {
        message: text(&format!(
            "{}:{}",
            bus_name(document, pdu.bus).get_ref(),
            pdu.message
        )),
        mode,
        period_ns: period_ns.map(integer).map(spanned),
        offset_ns: offset_ns.map(integer).map(spanned),
        minimum_delay_ns: pdu.minimum_delay_ns.map(integer),
        repetitions: pdu.repetitions,
        repetition_period_ns: pdu.repetition_period_ns.map(integer),
        timeout_ns: pdu.timeout_ns.map(integer),
        e2e: pdu.protection.as_ref().map(e2e::write),
    }
}

fn bus_name(document: &Document, id: BusId) -> v1::Text {
    text(document.buses.get(&id).map_or("?", |bus| &bus.name))
}

fn offset(offset_ns: u64) -> Option<u64> {
    (offset_ns != 0).then_some(offset_ns)
}

fn integer(number: u64) -> u64 {
    number.min(i64::MAX as u64)
}

pub(super) fn text(text: &str) -> v1::Text {
    spanned(text.to_owned())
}

fn spanned<T>(value: T) -> Spanned<T> {
    Spanned::new(0..0, value)
}

//! Random edits over a small world, so that many fit together and many are refused.
#![allow(dead_code, reason = "each test file uses its part")]

mod activations;
mod annotations;
pub(crate) mod heat;
mod platform;
pub(crate) mod small;

use activations::activation;
use autosar_wit::{
    component::Direction,
    mapping::{Mapping, Policy, Rule},
};
use graph_core::{
    capability::{CAPABILITIES, Treatment},
    document::*,
    edit::Edit,
};
use platform::{bus, ecu, pdu};
use proptest::{collection, option, prelude::*, sample::select};
use std::collections::{BTreeMap, BTreeSet};

/// A document that random edits have built.
pub(crate) fn document() -> impl Strategy<Value = Document> {
    (
        collection::vec(insertion(), 30..60),
        collection::vec(edit(), 0..20),
    )
        .prop_map(|(first, then)| {
            let mut document = Document {
                name: "project".to_owned(),
                ..Document::default()
            };
            for edit in ground().into_iter().chain(first).chain(then) {
                // A refused edit is part of the game: it leaves the document alone.
                let _ = edit.apply(&mut document);
            }
            document
        })
}

/// Any edit, fitting or not.
pub(crate) fn edit() -> impl Strategy<Value = Edit> {
    let id = 0..40_u64;
    prop_oneof![
        8 => insertion(),
        1 => (0..6_u64).prop_map(|id| Edit::RemoveComponent(ComponentId(id))),
        1 => (0..6_u64, component()).prop_map(|(id, component)| Edit::ChangeComponent(ComponentId(id), component)),
        1 => port_id().prop_map(Edit::RemovePort),
        1 => (port_id(), port()).prop_map(|(id, port)| Edit::ChangePort(id, port)),
        2 => instance_id().prop_map(Edit::RemoveInstance),
        2 => (instance_id(), instance()).prop_map(|(id, instance)| Edit::ChangeInstance(id, instance)),
        2 => id.clone().prop_map(|id| Edit::Disconnect(ConnectorId(id))),
        2 => (id.clone(), connector()).prop_map(|(id, connector)| Edit::ChangeConnector(ConnectorId(id), connector)),
        1 => bus_id().prop_map(Edit::RemoveBus),
        1 => (bus_id(), bus()).prop_map(|(id, bus)| Edit::ChangeBus(id, bus)),
        1 => ecu_id().prop_map(Edit::RemoveEcu),
        1 => (ecu_id(), ecu()).prop_map(|(id, ecu)| Edit::ChangeEcu(id, ecu)),
        1 => (partition(), select(vec!["main", "aux", "Main", "spare"])).prop_map(|(key, name)| Edit::RenamePartition(key, name.to_owned())),
        1 => id.clone().prop_map(|id| Edit::RemovePdu(PduId(id))),
        1 => (id, pdu()).prop_map(|(id, pdu)| Edit::ChangePdu(PduId(id), pdu)),
        1 => "[a-z ]{0,6}".prop_map(Edit::Rename),
        1 => option::of("wit-[a-f]{2}").prop_map(Edit::SetImported),
        2 => (place_id(), option::of((-1e4_f32..1e4, -1e4_f32..1e4))).prop_map(|(id, at)| Edit::Move(id, at)),
        2 => annotations::edit(),
        2 => (0..40_u64, collection::vec((-1e4_f32..1e4, -1e4_f32..1e4), 0..3)).prop_map(|(id, points)| Edit::Reroute(ConnectorId(id), points)),
    ]
}

/// A subject, in the document or not.
pub(crate) fn subject() -> impl Strategy<Value = Subject> {
    prop_oneof![
        Just(Subject::Project),
        (0..6_u64).prop_map(|id| Subject::Component(ComponentId(id))),
        place_id().prop_map(Subject::Instance),
        (0..40_u64).prop_map(|id| Subject::Connector(ConnectorId(id))),
        bus_id().prop_map(Subject::Bus),
        ecu_id().prop_map(Subject::Ecu),
        partition().prop_map(Subject::Partition),
        (0..40_u64).prop_map(|id| Subject::Pdu(PduId(id))),
        annotations::frame_id().prop_map(Subject::Frame),
        annotations::note_id().prop_map(Subject::Note),
    ]
}

/// What the rest can refer to.
fn ground() -> Vec<Edit> {
    let component = |name: &str| Component {
        name: name.to_owned(),
        source: ComponentSource::File(format!("components/{name}.wasm")),
    };
    vec![
        Edit::InsertComponent(ComponentId(0), component("pump")),
        Edit::InsertComponent(
            ComponentId(1),
            Component {
                name: "Ventil 2 \"neu\"".to_owned(),
                source: ComponentSource::Stub {
                    wit: "wit/ventil".to_owned(),
                    world: None,
                },
            },
        ),
        composition(3, "block"),
        composition(4, "axle"),
    ]
}

fn composition(id: u64, name: &str) -> Edit {
    let component = Component {
        name: name.to_owned(),
        source: ComponentSource::Composition,
    };
    Edit::InsertComponent(ComponentId(id), component)
}

fn insertion() -> impl Strategy<Value = Edit> {
    let id = 0..40_u64;
    prop_oneof![
        1 => (2..3_u64, component()).prop_map(|(id, component)| Edit::InsertComponent(ComponentId(id), component)),
        8 => (instance_id(), instance()).prop_map(|(id, instance)| Edit::InsertInstance(id, instance)),
        2 => (port_id(), port()).prop_map(|(id, port)| Edit::InsertPort(id, port)),
        4 => (id.clone(), delegation()).prop_map(|(id, connector)| Edit::Connect(ConnectorId(id), connector)),
        8 => (id.clone(), connector()).prop_map(|(id, connector)| Edit::Connect(ConnectorId(id), connector)),
        3 => (bus_id(), bus()).prop_map(|(id, bus)| Edit::InsertBus(id, bus)),
        3 => (ecu_id(), ecu()).prop_map(|(id, ecu)| Edit::InsertEcu(id, ecu)),
        2 => (id, pdu()).prop_map(|(id, pdu)| Edit::InsertPdu(PduId(id), pdu)),
        3 => annotations::insertion(),
        2 => (place_id(), (-1e4_f32..1e4, -1e4_f32..1e4)).prop_map(|(id, at)| Edit::Move(id, Some(at))),
    ]
}

fn instance_id() -> impl Strategy<Value = InstanceId> {
    (10..16_u64).prop_map(InstanceId)
}

fn port_id() -> impl Strategy<Value = InstanceId> {
    (16..19_u64).prop_map(InstanceId)
}

fn place_id() -> impl Strategy<Value = InstanceId> {
    (10..19_u64).prop_map(InstanceId)
}

/// Often with the names that delegations look for.
fn port() -> impl Strategy<Value = DelegationPort> {
    let name = "(speed|torque|acme:heat/temperature@0\\.1\\.0|[ -~]{0,4})";
    let direction = select(vec![Direction::Required, Direction::Provided]);
    (name, 3..5_u64, direction).prop_map(|(name, composition, direction)| DelegationPort {
        name,
        composition: ComponentId(composition),
        direction,
    })
}

fn delegation() -> impl Strategy<Value = Connector> {
    let name = select(vec!["speed", "torque"]);
    (port_id(), name, instance_id(), function(), any::<bool>()).prop_map(
        |(port, name, part, function, is_inward)| {
            let outer = End::Port {
                instance: port,
                port: name.to_owned(),
            };
            let inner = End::Port {
                instance: part,
                port: function.port,
            };
            let (from, to) = match is_inward {
                true => (outer, inner),
                false => (inner, outer),
            };
            Connector {
                from,
                to,
                kind: ConnectorKind::Direct,
                accept_version: false,
                probe: false,
                adapter: None,
            }
        },
    )
}

fn bus_id() -> impl Strategy<Value = BusId> {
    (20..22_u64).prop_map(BusId)
}

fn ecu_id() -> impl Strategy<Value = EcuId> {
    (30..32_u64).prop_map(EcuId)
}

fn partition() -> impl Strategy<Value = PartitionKey> {
    (ecu_id(), select(vec!["main", "aux"])).prop_map(|(ecu, partition)| PartitionKey {
        ecu,
        partition: partition.to_owned(),
    })
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ -~]{0,8}",
        "\\PC{0,4}",
        Just("line\nbreak\t\"quoted\" \\ '''".to_owned())
    ]
}

/// Names of files: a project has `/` between folders.
fn path() -> impl Strategy<Value = String> {
    text().prop_map(|text| text.replace('\\', "/"))
}

fn component() -> impl Strategy<Value = Component> {
    let source = prop_oneof![
        path().prop_map(ComponentSource::File),
        Just(ComponentSource::Composition),
        (path(), option::of(text())).prop_map(|(wit, world)| ComponentSource::Stub { wit, world }),
    ];
    (text(), source).prop_map(|(name, source)| Component { name, source })
}

fn instance() -> impl Strategy<Value = Instance> {
    (
        "(fan|pump|Bad|[a-z]{2}-x[0-9])",
        (
            option::weighted(0.4, (3..5_u64).prop_map(ComponentId)),
            (0..5_u64).prop_map(ComponentId),
            option::weighted(0.2, "(|front|Bad x)"),
        ),
        option::of(partition()),
        collection::vec(activation(), 0..3),
        collection::btree_map("(get-bus|init\\(bus\\)|[ -~]{0,4})", binding(), 0..2),
        collection::btree_map("(cal|[a-z]{0,2}|Bad)", "(cal|[a-z]{0,2}|Bad)", 0..2),
        (
            collection::btree_map(text(), text(), 0..3),
            collection::btree_map(text(), text(), 0..2),
        ),
        collection::btree_map(
            select(CAPABILITIES.to_vec()),
            select(vec![Treatment::Deny, Treatment::Virtual]),
            0..3,
        ),
    )
        .prop_map(
            |(
                name,
                (composition, component, prefix),
                partition,
                activations,
                bindings,
                blocks,
                (configuration, parameters),
                capabilities,
            )| {
                let instance = Instance {
                    name,
                    composition,
                    component,
                    prefix,
                    partition,
                    activations,
                    bindings,
                    blocks,
                    configuration,
                    parameters,
                    nv_data: BTreeMap::new(),
                    capabilities,
                };
                // Nearly all of these compositions would be refused.
                match (3..5).contains(&component.0) {
                    false => instance,
                    true => Instance {
                        activations: Vec::new(),
                        blocks: BTreeMap::new(),
                        configuration: BTreeMap::new(),
                        parameters: BTreeMap::new(),
                        nv_data: BTreeMap::new(),
                        ..instance
                    },
                }
            },
        )
}

fn binding() -> impl Strategy<Value = Binding> {
    let part = option::of(select(vec!["adc", "lamp", "gone"]));
    (bus_id(), part).prop_map(|(bus, part)| Binding {
        bus,
        part: part.map(str::to_owned),
    })
}

/// What TOML's integers hold.
fn number() -> impl Strategy<Value = u64> {
    prop_oneof![Just(0), Just(10_000_000), 0..=i64::MAX as u64]
}

fn function() -> impl Strategy<Value = FunctionPath> {
    (
        "(acme:heat/temperature@0\\.1\\.0|front-left|[ -~]{0,5})",
        option::of("(get|step|\\[method\\]i2c\\.read|[ -~]{0,4})"),
    )
        .prop_map(|(port, function)| FunctionPath { port, function })
}

fn end() -> impl Strategy<Value = End> {
    let fields = || collection::vec("([a-z]{1,3}|[ -~]{0,3})", 0..3);
    prop_oneof![
        (instance_id(), function()).prop_map(|(instance, function)| End::Port {
            instance,
            port: function.port
        }),
        (instance_id(), function())
            .prop_map(|(instance, function)| End::Element { instance, function }),
        (instance_id(), function(), fields()).prop_map(|(instance, function, fields)| {
            End::Result {
                instance,
                function,
                fields,
            }
        }),
        (instance_id(), function(), "(input|[ -~]{0,3})", fields()).prop_map(
            |(instance, function, parameter, fields)| End::Parameter {
                instance,
                function,
                parameter,
                fields
            }
        ),
        (bus_id(), "(FanStatus|[ -~]{0,4})", "[A-Z][a-z_]{0,3}").prop_map(
            |(bus, message, signal)| End::Signal {
                bus,
                message,
                signal
            }
        ),
    ]
}

fn connector() -> impl Strategy<Value = Connector> {
    let conversion = prop_oneof![Just(Conversion::Physical), Just(Conversion::Raw)];
    let buffering = (
        option::of(text()),
        option::of(number()),
        option::of(text()),
        option::of(any::<u32>()),
        option::of(any::<u32>()),
        conversion,
        option::of(bus_id()),
    )
        .prop_map(
            |(initial, alive_timeout_ns, substitute, queue, bound, conversion, network)| {
                ConnectorKind::Buffered(Buffering {
                    initial,
                    alive_timeout_ns,
                    substitute,
                    queue,
                    bound,
                    conversion,
                    network,
                })
            },
        );
    let kind = prop_oneof![Just(ConnectorKind::Direct), buffering];
    (
        end(),
        end(),
        kind,
        any::<bool>(),
        any::<bool>(),
        option::of(mapping()),
    )
        .prop_map(
            |(from, to, kind, accept_version, probe, adapter)| Connector {
                from,
                to,
                kind,
                accept_version,
                probe,
                adapter,
            },
        )
}

fn mapping() -> impl Strategy<Value = Mapping> {
    let policy = select(vec![Policy::Saturate, Policy::Invalid, Policy::LeaveOut]);
    let place = select(vec!["get", "get.ok.x[]", "step(input).position", "a b\"c"]);
    let number = || option::of(-1e9..1e9_f64);
    let rule = (
        (option::of(text()), option::of(text()), number(), number()),
        option::of(policy),
        collection::btree_map(text(), text(), 0..3),
        option::of(text()),
        any::<bool>(),
    )
        .prop_map(
            |((from, default, factor, offset), policy, cases, otherwise, to_confirm)| Rule {
                from,
                default,
                factor,
                offset,
                policy,
                cases,
                otherwise,
                to_confirm,
            },
        );
    let rules = collection::btree_map(place.prop_map(str::to_owned), rule, 0..3);
    (rules, option::of(any::<u32>())).prop_map(|(rules, bound)| Mapping { rules, bound })
}

/// `ab` is a direct connector from `a` to `b`, `a~b` a buffered one.
pub(crate) fn graph(connectors: &[&str]) -> (Document, BTreeMap<String, InstanceId>) {
    let mut document = Document::default();
    let mut ids = document.new_ids();
    let component = ids.component();
    let source = ComponentSource::File("a.wasm".to_owned());
    let mut edits = vec![Edit::InsertComponent(
        component,
        Component {
            name: "any".to_owned(),
            source,
        },
    )];
    let mut known = BTreeMap::new();
    let names = connectors
        .concat()
        .chars()
        .filter(char::is_ascii_alphabetic)
        .collect::<BTreeSet<_>>();
    for name in names.iter().rev() {
        let id = ids.instance();
        known.insert(name.to_string(), id);
        let instance = Instance {
            name: name.to_string(),
            composition: None,
            component,
            prefix: None,
            partition: None,
            activations: vec![],
            bindings: [].into(),
            blocks: [].into(),
            configuration: [].into(),
            parameters: [].into(),
            nv_data: [].into(),
            capabilities: [].into(),
        };
        edits.push(Edit::InsertInstance(id, instance));
    }
    for connector in connectors {
        let kind = match connector.contains('~') {
            true => ConnectorKind::Buffered(Buffering::default()),
            false => ConnectorKind::Direct,
        };
        let end = |name: &str| End::Port {
            instance: known[name],
            port: "p".to_owned(),
        };
        let (first, last) = (connector.get(..1), connector.get(connector.len() - 1..));
        let (from, to) = (end(first.unwrap()), end(last.unwrap()));
        edits.push(Edit::Connect(
            ids.connector(),
            Connector {
                from,
                to,
                kind,
                accept_version: false,
                probe: false,
                adapter: None,
            },
        ));
    }
    document.apply_batch(edits).unwrap();
    (document, known)
}

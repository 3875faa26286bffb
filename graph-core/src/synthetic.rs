//! Systems of any size for tests and benchmarks: components made of types alone, whose bytes are
//! empty. No part of the product.

mod hierarchy;
mod wiring;

pub use hierarchy::hierarchy;
pub use wiring::{PORTS, Wiring, wiring};

use crate::{document::*, edit::Edit, library::*};
use autosar_wit::{component::*, types::*};
use std::sync::Arc;

/// A chain of `count` instances in partitions of at most 90 on one ECU, each reading the one before
/// through a buffered connector, each with an initial and a cyclic runnable. Without findings above
/// information.
pub fn system(count: usize) -> (Document, Library) {
    let mut document = Document {
        name: "synthetic".to_owned(),
        ..Document::default()
    };
    let mut ids = document.new_ids();
    let (component, ecu) = (ids.component(), ids.ecu());
    let partitions = count.div_ceil(PARTITION).max(1);
    let mut edits = vec![
        Edit::InsertComponent(
            component,
            Component {
                name: "link".to_owned(),
                source: ComponentSource::File("link.wasm".to_owned()),
            },
        ),
        Edit::InsertEcu(ecu, self::ecu(partitions)),
    ];
    let mut before = None;
    for index in 0..count {
        let id = ids.instance();
        edits.push(Edit::InsertInstance(id, instance(component, ecu, index)));
        let from = before.replace(id).unwrap_or(id);
        edits.push(Edit::Connect(ids.connector(), connector(from, id)));
    }
    document
        .apply_batch(edits)
        .unwrap_or_else(|error| unreachable!("the system is sound, this is a bug: {error}"));
    let mut library = Library::default();
    let entry = Entry::Loaded {
        component_type: Arc::new(link()),
        bytes: Arc::from([]),
    };
    library.components.insert(component, entry);
    (document, library)
}

/// `count` instances with about two wires each, most to the right, a few back (see [`wiring`]), on
/// as many ECUs; 0: not deployed. Without runnables: for layouts, not for composition.
pub fn network(count: usize, ecus: usize, seed: u64) -> (Document, Library) {
    let mut document = Document {
        name: "network".to_owned(),
        ..Document::default()
    };
    let component = ComponentId(0);
    let source = ComponentSource::File("node.wasm".to_owned());
    let name = "node".to_owned();
    document
        .components
        .insert(component, Component { name, source });
    let id = |number: usize| InstanceId(1 + number as u64);
    for number in 0..ecus {
        let ecu = Ecu {
            name: format!("ecu{number}"),
            ..self::ecu(1)
        };
        document.ecus.insert(EcuId(1_000_000 + number as u64), ecu);
    }
    for number in 0..count {
        // Neighbours in the chain of signals are on one ECU.
        let ecu = EcuId(1_000_000 + (number * ecus / count) as u64);
        let mut instance = instance(component, ecu, 0);
        instance.name = format!("node{number}");
        instance.activations.clear();
        if ecus == 0 {
            instance.partition = None;
        }
        document.instances.insert(id(number), instance);
    }
    for (number, wire) in wiring(count, seed).into_iter().enumerate() {
        let is_back = wire.from.0 >= wire.to.0;
        document.connectors.insert(
            ConnectorId(2_000_000 + number as u64),
            Connector {
                from: End::Port {
                    instance: id(wire.from.0),
                    port: format!("out{}", wire.from.1),
                },
                to: End::Port {
                    instance: id(wire.to.0),
                    port: format!("in{}", wire.to.1),
                },
                kind: match is_back || number % 3 == 0 {
                    true => ConnectorKind::Buffered(Buffering::default()),
                    false => ConnectorKind::Direct,
                },
                accept_version: false,
                probe: false,
                adapter: None,
            },
        );
    }
    document.next_id = 3_000_000;
    let mut library = Library::default();
    let entry = Entry::Loaded {
        component_type: Arc::new(node()),
        bytes: Arc::from([]),
    };
    library.components.insert(component, entry);
    (document, library)
}

/// Three required and three provided ports of one element each.
fn node() -> ComponentType {
    let port = |direction, name: String| Port {
        direction,
        name,
        item: PortItem::Interface(Interface {
            id: None,
            functions: vec![function("get", Some(ValueType::F32))],
            types: Vec::new(),
            docs: String::new(),
        }),
        kind: PortKind::SenderReceiver,
    };
    let required = (0..PORTS).map(|number| port(Direction::Required, format!("in{number}")));
    let provided = (0..PORTS).map(|number| port(Direction::Provided, format!("out{number}")));
    ComponentType {
        name: "node".to_owned(),
        ports: required.chain(provided).collect(),
        ..link()
    }
}

/// What the checks allow in one partition.
const PARTITION: usize = crate::check::MAXIMUM_INSTANCES;
const PORT: &str = "wireloom:synthetic/value@1.0.0";

/// What [`link`] describes, with code, as text: it hands on what it reads.
pub const CODE: &str = r#"(component
    (import "wireloom:synthetic/value@1.0.0" (instance $before (export "get" (func (result f32)))))
    (core func $before (canon lower (func $before "get")))
    (core module $link
        (import "" "get" (func $before (result f32)))
        (global $value (mut f32) (f32.const 0))
        (func (export "get") (result f32) global.get $value)
        (func (export "initialize"))
        (func (export "step") (global.set $value (call $before))))
    (core instance $link (instantiate $link (with "" (instance (export "get" (func $before))))))
    (func $get (result f32) (canon lift (core func $link "get")))
    (func $initialize (canon lift (core func $link "initialize")))
    (func $step (canon lift (core func $link "step")))
    (instance $value (export "get" (func $get)))
    (instance $run (export "initialize" (func $initialize)) (export "step" (func $step)))
    (export "wireloom:synthetic/value@1.0.0" (instance $value))
    (export "wireloom:synthetic/run@1.0.0" (instance $run)))"#;

/// `import value; export value; export run { initialize, step }`
pub fn link() -> ComponentType {
    let id = |interface: &str| InterfaceId {
        namespace: "wireloom".to_owned(),
        package: "synthetic".to_owned(),
        interface: interface.to_owned(),
        version: Some(semver::Version::new(1, 0, 0)),
    };
    let port = |direction, interface: &str, functions, kind| Port {
        direction,
        name: id(interface).to_string(),
        item: PortItem::Interface(Interface {
            id: Some(id(interface)),
            functions,
            types: Vec::new(),
            docs: String::new(),
        }),
        kind,
    };
    let get = || vec![function("get", Some(ValueType::F32))];
    let run = vec![function("initialize", None), function("step", None)];
    ComponentType {
        name: "link".to_owned(),
        docs: String::new(),
        ports: vec![
            port(
                Direction::Required,
                "value",
                get(),
                PortKind::SenderReceiver,
            ),
            port(
                Direction::Provided,
                "value",
                get(),
                PortKind::SenderReceiver,
            ),
            port(Direction::Provided, "run", run, PortKind::Trigger),
        ],
        origin: Origin::Wit,
        producers: Vec::new(),
        metadata: autosar_wit::metadata::Metadata::default(),
    }
}

fn function(name: &str, result: Option<ValueType>) -> Function {
    Function {
        name: name.to_owned(),
        kind: FunctionKind::Free,
        parameters: Vec::new(),
        result,
        is_async: false,
        docs: String::new(),
    }
}

fn ecu(partitions: usize) -> Ecu {
    let partition = Partition {
        memory_bytes: 64 << 20,
        fuel: 1_000_000_000,
        on_trap: deployment::Reaction::Restart,
        blocks: [].into(),
    };
    Ecu {
        name: "ecu".to_owned(),
        target: None,
        fuel_ps: 1000,
        activation_ns: 1000,
        partitions: (0..partitions)
            .map(|index| (partition_name(index), partition.clone()))
            .collect(),
    }
}

fn instance(component: ComponentId, ecu: EcuId, index: usize) -> Instance {
    Instance {
        name: format!("link{index}"),
        composition: None,
        component,
        prefix: None,
        partition: Some(PartitionKey {
            ecu,
            partition: partition_name(index / PARTITION),
        }),
        activations: crate::runnable::suggested_activations(&link()),
        bindings: [].into(),
        blocks: [].into(),
        configuration: [].into(),
        parameters: [].into(),
        nv_data: [].into(),
        capabilities: [].into(),
    }
}

fn connector(from: InstanceId, to: InstanceId) -> Connector {
    let end = |instance| End::Port {
        instance,
        port: PORT.to_owned(),
    };
    Connector {
        from: end(from),
        to: end(to),
        kind: ConnectorKind::Buffered(Buffering::default()),
        accept_version: false,
        probe: false,
        adapter: None,
    }
}

fn partition_name(index: usize) -> String {
    format!("part{index}")
}

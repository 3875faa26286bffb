//! A large system of one small component, wired in a grid.

use autosar_wit::{
    component::{ComponentType, Direction, Origin, Port, PortItem, PortKind},
    types::{Function, FunctionKind, Interface, ValueType},
};
use graph_core::{
    document::{
        Component, ComponentId, ComponentSource, Connector, ConnectorId, ConnectorKind, Document,
        End, Instance, InstanceId,
    },
    library::{Entry, Library},
};
use std::{collections::BTreeMap, sync::Arc};

/// `count` instances with two wires each.
pub(crate) fn of(count: u64) -> (Document, Library) {
    let mut document = Document {
        name: "large".into(),
        next_id: 1_000_000,
        ..Document::default()
    };
    let mut library = Library::default();
    let component = ComponentId(1);
    let source = ComponentSource::File("node.wasm".into());
    document.components.insert(
        component,
        Component {
            name: "node".into(),
            source,
        },
    );
    let component_type = Arc::new(node());
    library.components.insert(
        component,
        Entry::Loaded {
            component_type,
            bytes: Arc::from([]),
        },
    );
    let columns = 40;
    for number in 0..count {
        let id = InstanceId(number);
        let instance = Instance {
            name: format!("node-{number}"),
            composition: None,
            component,
            prefix: None,
            partition: None,
            activations: Vec::new(),
            bindings: BTreeMap::new(),
            blocks: BTreeMap::new(),
            configuration: BTreeMap::new(),
            parameters: BTreeMap::new(),
            nv_data: BTreeMap::new(),
            capabilities: BTreeMap::new(),
        };
        document.instances.insert(id, instance);
        let at = (
            (number % columns) as f32 * 300.0,
            (number / columns) as f32 * 160.0,
        );
        document.layout.positions.insert(id, at);
        for (port, distance) in [("a", 1), ("b", columns)] {
            let Some(before) = number.checked_sub(distance) else {
                continue;
            };
            let connector = Connector {
                from: end(before, &format!("out-{port}")),
                to: end(number, &format!("in-{port}")),
                kind: ConnectorKind::Direct,
                accept_version: false,
                probe: false,
                adapter: None,
            };
            document
                .connectors
                .insert(ConnectorId(number * 2 + distance % 2), connector);
        }
    }
    (document, library)
}

fn end(instance: u64, port: &str) -> End {
    End::Port {
        instance: InstanceId(instance),
        port: port.into(),
    }
}

fn node() -> ComponentType {
    let ports = [
        (Direction::Required, "in-a"),
        (Direction::Required, "in-b"),
        (Direction::Provided, "out-a"),
        (Direction::Provided, "out-b"),
    ];
    ComponentType {
        name: "node".into(),
        docs: String::new(),
        ports: ports
            .into_iter()
            .map(|(direction, name)| port(direction, name))
            .collect(),
        origin: Origin::Wit,
        producers: Vec::new(),
        metadata: Default::default(),
    }
}

fn port(direction: Direction, name: &str) -> Port {
    let get = Function {
        name: "get".into(),
        kind: FunctionKind::Free,
        parameters: Vec::new(),
        result: Some(ValueType::F32),
        is_async: false,
        docs: String::new(),
    };
    let interface = Interface {
        id: None,
        functions: vec![get],
        types: Vec::new(),
        docs: String::new(),
    };
    Port {
        direction,
        name: name.into(),
        item: PortItem::Interface(interface),
        kind: PortKind::SenderReceiver,
    }
}

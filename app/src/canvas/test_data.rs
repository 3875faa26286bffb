//! Small documents for the tests of the canvas. Knows nothing of files.

use autosar_wit::{
    component::{ComponentType, Direction, Origin, Port, PortItem, PortKind},
    types::{Field, Function, FunctionKind, Interface, TypeDefinition, TypeKind, ValueType},
};
use graph_core::{
    document::{
        Component, ComponentId, ComponentSource, Connector, ConnectorId, ConnectorKind, Document,
        End, Instance, InstanceId,
    },
    library::{Entry, Library},
};
use std::{collections::BTreeMap, sync::Arc};

pub(crate) fn function(
    name: &str,
    parameters: &[(&str, ValueType)],
    result: Option<ValueType>,
) -> Function {
    Function {
        name: name.into(),
        kind: FunctionKind::Free,
        parameters: parameters
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect(),
        result,
        is_async: false,
        docs: String::new(),
    }
}

pub(crate) fn getter(name: &str, value: ValueType) -> Function {
    function(name, &[], Some(value))
}

pub(crate) fn record(name: &str, fields: &[(&str, ValueType)]) -> ValueType {
    let field = |(name, value): &(&str, ValueType)| Field {
        name: (*name).into(),
        value: value.clone(),
        docs: String::new(),
    };
    let kind = TypeKind::Record(fields.iter().map(field).collect());
    ValueType::Named(Arc::new(TypeDefinition {
        owner: None,
        name: name.into(),
        kind,
        docs: String::new(),
    }))
}

pub(crate) fn interface_port(
    direction: Direction,
    name: &str,
    kind: PortKind,
    functions: Vec<Function>,
) -> Port {
    let interface = Interface {
        id: None,
        functions,
        types: Vec::new(),
        docs: String::new(),
    };
    Port {
        direction,
        name: name.into(),
        item: PortItem::Interface(interface),
        kind,
    }
}

pub(crate) fn component(name: &str, ports: Vec<Port>) -> ComponentType {
    ComponentType {
        name: name.into(),
        docs: String::new(),
        ports,
        origin: Origin::Wit,
        producers: Vec::new(),
        metadata: Default::default(),
    }
}

/// A sensor at (0, 0) with a provided `temperature`, and controllers that require it.
pub(crate) fn climate(controllers: u64) -> (Document, Library) {
    let port = |direction| {
        interface_port(
            direction,
            "w:t/temperature@0.1.0",
            PortKind::SenderReceiver,
            vec![getter("get", ValueType::F32)],
        )
    };
    let types = [
        component("sensor", vec![port(Direction::Provided)]),
        component(
            "controller",
            vec![
                port(Direction::Required),
                interface_port(
                    Direction::Required,
                    "w:t/mode@0.1.0",
                    PortKind::SenderReceiver,
                    vec![getter("get", ValueType::U8)],
                ),
                interface_port(
                    Direction::Provided,
                    "w:t/duty@0.1.0",
                    PortKind::SenderReceiver,
                    vec![getter("get", ValueType::F32)],
                ),
            ],
        ),
    ];
    let (mut document, mut library) = (
        Document {
            name: "climate".into(),
            ..Document::default()
        },
        Library::default(),
    );
    for (number, component_type) in types.into_iter().enumerate() {
        let id = ComponentId(number as u64);
        let name = component_type.name.clone();
        document.components.insert(
            id,
            Component {
                name: name.clone(),
                source: ComponentSource::File(format!("{name}.wasm")),
            },
        );
        let entry = Entry::Loaded {
            component_type: Arc::new(component_type),
            bytes: Arc::from([]),
        };
        library.components.insert(id, entry);
    }
    instance(&mut document, 10, "sensor", ComponentId(0), (0.0, 0.0));
    for number in 0..controllers {
        let name = format!("controller-{number}");
        instance(
            &mut document,
            11 + number,
            &name,
            ComponentId(1),
            (300.0 + 300.0 * number as f32, 0.0),
        );
    }
    (document, library)
}

pub(crate) fn instance(
    document: &mut Document,
    id: u64,
    name: &str,
    component: ComponentId,
    at: (f32, f32),
) {
    let instance = Instance {
        name: name.into(),
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
    document.instances.insert(InstanceId(id), instance);
    document.layout.positions.insert(InstanceId(id), at);
}

pub(crate) fn connect(document: &mut Document, id: u64, from: End, to: End) {
    let kind = ConnectorKind::Direct;
    document.connectors.insert(
        ConnectorId(id),
        Connector {
            from,
            to,
            kind,
            accept_version: false,
            probe: false,
            adapter: None,
        },
    );
}

pub(crate) fn port_end(instance: u64, port: &str) -> End {
    End::Port {
        instance: InstanceId(instance),
        port: port.into(),
    }
}

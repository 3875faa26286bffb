//! A small document for edits, and what is put into it.

use graph_core::{document::*, edit::Edit};

/// `pump` on a component of that name in `climate`/`main`, a connector to itself, `can0`, `i2c0`.
pub(crate) fn small() -> Document {
    let mut document = Document {
        name: "small".to_owned(),
        ..Document::default()
    };
    let partition = Partition {
        memory_bytes: 1 << 20,
        fuel: 1_000_000,
        on_trap: deployment::Reaction::Restart,
        blocks: [].into(),
    };
    let ecu = Ecu {
        name: "climate".to_owned(),
        target: None,
        fuel_ps: 1000,
        activation_ns: 0,
        partitions: ["main", "spare"]
            .map(|name| (name.to_owned(), partition.clone()))
            .into(),
    };
    let devices = vec![];
    document
        .apply_batch(vec![
            Edit::InsertComponent(ComponentId(1), component("pump")),
            Edit::InsertEcu(EcuId(2), ecu),
            Edit::InsertBus(BusId(3), can("can0")),
            Edit::InsertBus(
                BusId(4),
                Bus {
                    name: "i2c0".to_owned(),
                    kind: BusKind::I2c {
                        clock_hz: 100_000,
                        devices,
                    },
                },
            ),
            Edit::InsertInstance(InstanceId(5), instance("pump")),
            Edit::Connect(ConnectorId(6), connector("in", "out")),
            Edit::Connect(
                ConnectorId(7),
                Connector {
                    to: End::Signal {
                        bus: BusId(3),
                        message: "M".to_owned(),
                        signal: "S".to_owned(),
                    },
                    ..connector("in", "out")
                },
            ),
            Edit::InsertPdu(PduId(8), pdu("M")),
            Edit::Move(InstanceId(5), Some((1.0, 2.0))),
        ])
        .unwrap();
    document
}

pub(crate) fn component(name: &str) -> Component {
    Component {
        name: name.to_owned(),
        source: ComponentSource::File("pump.wasm".to_owned()),
    }
}

pub(crate) fn instance(name: &str) -> Instance {
    Instance {
        name: name.to_owned(),
        composition: None,
        component: ComponentId(1),
        prefix: None,
        partition: Some(main()),
        activations: vec![],
        bindings: [("get-bus".to_owned(), Binding::to_bus(BusId(4)))].into(),
        blocks: [].into(),
        configuration: [].into(),
        parameters: [].into(),
        nv_data: [].into(),
        capabilities: [].into(),
    }
}

pub(crate) fn main() -> PartitionKey {
    PartitionKey {
        ecu: EcuId(2),
        partition: "main".to_owned(),
    }
}

pub(crate) fn connector(from: &str, to: &str) -> Connector {
    let port = |port: &str| End::Port {
        instance: InstanceId(5),
        port: port.to_owned(),
    };
    Connector {
        from: port(from),
        to: port(to),
        kind: ConnectorKind::Direct,
        accept_version: false,
        probe: false,
        adapter: None,
    }
}

pub(crate) fn over(from: &str, to: &str, network: BusId) -> Connector {
    Connector {
        kind: ConnectorKind::Buffered(Buffering {
            network: Some(network),
            ..Buffering::default()
        }),
        ..connector(from, to)
    }
}

pub(crate) fn can(name: &str) -> Bus {
    Bus {
        name: name.to_owned(),
        kind: BusKind::Can {
            bitrate_bps: 500_000,
            flexible: None,
            description: None,
            restbus: std::collections::BTreeSet::new(),
        },
    }
}

pub(crate) fn pdu(message: &str) -> Pdu {
    Pdu {
        mode: Some(TransmissionMode::OnChange),
        ..Pdu::new(BusId(3), message.to_owned())
    }
}

//! Edits: what they refuse, and that undoing everything gives the first document.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a failed test panics"
)]

mod support;

use graph_core::{
    document::*,
    edit::{Building, Edit, EditError, removal},
    end,
    history::History,
};
use proptest::{collection, prelude::*};
use support::small::{can, component, connector, instance, main, over, pdu, small};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn undoing_all_gives_the_first_document(first in support::document(), edits in collection::vec(support::edit(), 0..40)) {
        let mut document = first.clone();
        let mut history = History::new();
        let mut states = vec![];
        for edit in edits {
            let before = document.clone();
            match history.apply(&mut document, "step", vec![edit]) {
                Ok(()) => { history.end_gesture(); states.push(document.clone()); }
                Err(_) => prop_assert_eq!(&document, &before, "a refused edit changed the document"),
            }
        }
        for _ in 0..states.len() {
            prop_assert!(history.undo(&mut document).is_some());
        }
        prop_assert!(history.undo(&mut document).is_none());
        prop_assert_eq!(without_next_id(&document), without_next_id(&first));
        prop_assert!(!history.is_modified());
        for state in &states {
            prop_assert!(history.redo(&mut document).is_some());
            prop_assert_eq!(without_next_id(&document), without_next_id(state));
        }
    }

    #[test]
    fn an_index_refuses_and_changes_the_same(first in support::document(), edits in collection::vec(support::edit(), 0..80)) {
        let mut document = first.clone();
        let mut building = Building::new(first);
        for edit in edits {
            prop_assert_eq!(building.apply(edit.clone()), edit.apply(&mut document));
        }
        prop_assert_eq!(building.finished(), document);
    }

    #[test]
    fn a_failing_batch_changes_nothing(first in support::document(), mut edits in collection::vec(support::edit(), 0..10)) {
        let mut document = first.clone();
        edits.push(Edit::RemoveInstance(InstanceId(999)));
        prop_assert!(document.apply_batch(edits).is_err());
        prop_assert_eq!(document, first);
    }

    #[test]
    fn removal_takes_everything_that_refers_along(first in support::document(), subjects in collection::vec(support::subject(), 1..4)) {
        let present = subjects.iter().all(|subject| match subject {
            Subject::Component(id) => first.components.contains_key(id),
            Subject::Instance(id) => first.scope_at(*id).is_some(),
            Subject::Connector(id) => first.connectors.contains_key(id),
            Subject::Bus(id) => first.buses.contains_key(id),
            Subject::Ecu(id) => first.ecus.contains_key(id),
            Subject::Pdu(id) => first.pdus.contains_key(id),
            Subject::Frame(id) => first.frames.contains_key(id),
            Subject::Note(id) => first.notes.contains_key(id),
            Subject::Partition(key) => first.partition(key).is_some(),
            Subject::Project | Subject::Port { .. } => true,
        });
        prop_assume!(present);
        let mut document = first.clone();
        let inverse = document.apply_batch(removal(&first, &subjects));
        prop_assert!(inverse.is_ok(), "{:?}", inverse);
        document.apply_batch(inverse.unwrap()).unwrap();
        prop_assert_eq!(document, first);
    }

    #[test]
    fn ends_are_read_as_they_are_written(document in support::document()) {
        for connector in document.connectors.values() {
            for end in [&connector.from, &connector.to] {
                let scope = document.scope_of(connector);
                prop_assert_eq!(end::parse_in(&document, scope, &end::text(&document, end)), Ok(end.clone()));
            }
        }
    }
}

fn without_next_id(document: &Document) -> Document {
    Document {
        next_id: 0,
        ..document.clone()
    }
}

/// Each refused edit with its message.
#[test]
fn refused_edits_say_why() {
    let mut lonely = small();
    lonely
        .apply_batch(vec![
            Edit::Disconnect(ConnectorId(6)),
            Edit::Disconnect(ConnectorId(7)),
        ])
        .unwrap();
    let at_nowhere = PartitionKey {
        ecu: EcuId(2),
        partition: "aux".to_owned(),
    };
    let empty_ecu = Ecu {
        name: "climate".to_owned(),
        target: None,
        fuel_ps: 1,
        activation_ns: 0,
        partitions: [].into(),
    };
    let odd = Activation {
        runnable: FunctionPath {
            port: "a b".to_owned(),
            function: None,
        },
        event: RteEvent::Init,
        priority: 0,
        task: None,
        disabled_in: [].into(),
    };
    let twins = ["dev", "DEV"].map(|name| Device {
        name: name.to_owned(),
        model: "tmp105".to_owned(),
        address: 0x48,
        stimuli: [].into(),
    });
    let edits = vec![
        Edit::InsertComponent(ComponentId(1), component("valve")),
        Edit::InsertComponent(ComponentId(9), component("pump")),
        Edit::InsertComponent(ComponentId(9), component("two\nlines")),
        Edit::RemoveComponent(ComponentId(9)),
        Edit::RemoveComponent(ComponentId(1)),
        Edit::InsertInstance(InstanceId(5), instance("valve")),
        Edit::InsertInstance(InstanceId(9), instance("PUMP")),
        Edit::InsertInstance(InstanceId(9), instance("Front_Left")),
        Edit::InsertInstance(
            InstanceId(9),
            Instance {
                component: ComponentId(9),
                ..instance("valve")
            },
        ),
        Edit::InsertInstance(
            InstanceId(9),
            Instance {
                partition: Some(at_nowhere.clone()),
                ..instance("valve")
            },
        ),
        Edit::InsertInstance(
            InstanceId(9),
            Instance {
                bindings: [("b".to_owned(), Binding::to_bus(BusId(9)))].into(),
                ..instance("valve")
            },
        ),
        Edit::InsertInstance(
            InstanceId(9),
            Instance {
                activations: vec![odd],
                ..instance("valve")
            },
        ),
        Edit::ChangeInstance(InstanceId(9), instance("valve")),
        Edit::RemoveInstance(InstanceId(5)),
        Edit::Connect(ConnectorId(9), connector("in", "out")),
        Edit::Connect(ConnectorId(9), connector("in put", "out")),
        Edit::ChangeConnector(
            ConnectorId(6),
            Connector {
                adapter: Some(autosar_wit::mapping::Mapping {
                    rules: [(
                        "get.ok".to_owned(),
                        autosar_wit::mapping::Rule {
                            factor: Some(f64::NAN),
                            ..Default::default()
                        },
                    )]
                    .into(),
                    bound: None,
                }),
                ..connector("in", "out")
            },
        ),
        Edit::Connect(
            ConnectorId(9),
            Connector {
                to: End::Port {
                    instance: InstanceId(9),
                    port: "out".to_owned(),
                },
                ..connector("in", "out")
            },
        ),
        Edit::Connect(ConnectorId(9), over("in", "in", BusId(9))),
        Edit::Disconnect(ConnectorId(9)),
        Edit::InsertBus(BusId(9), can("CAN0")),
        Edit::InsertBus(
            BusId(9),
            Bus {
                name: "i2c1".to_owned(),
                kind: BusKind::I2c {
                    clock_hz: 1,
                    devices: twins.into(),
                },
            },
        ),
        Edit::RemoveBus(BusId(3)),
        Edit::RemoveBus(BusId(4)),
        Edit::RemoveEcu(EcuId(2)),
        Edit::ChangeEcu(EcuId(2), empty_ecu.clone()),
        Edit::InsertEcu(EcuId(9), empty_ecu),
        Edit::RenamePartition(at_nowhere.clone(), "spare".to_owned()),
        Edit::RenamePartition(main(), "two words".to_owned()),
        Edit::RenamePartition(main(), "SPARE".to_owned()),
        Edit::InsertPdu(PduId(9), pdu("M")),
        Edit::RemovePdu(PduId(9)),
        Edit::Rename(" ".to_owned()),
        Edit::Move(InstanceId(9), None),
        Edit::Move(InstanceId(5), Some((f32::NAN, 0.0))),
        Edit::Reroute(ConnectorId(9), vec![(1.0, 2.0)]),
        Edit::Reroute(ConnectorId(6), vec![(1.0, 2.0), (f32::INFINITY, 0.0)]),
    ];
    let mut messages = String::new();
    for edit in edits {
        let mut document = small();
        messages += &format!("{}\n", edit.apply(&mut document).unwrap_err());
        assert_eq!(document, small());
    }
    messages += &Edit::RemoveInstance(InstanceId(5))
        .apply(&mut lonely)
        .unwrap_err()
        .to_string();
    insta::assert_snapshot!(messages);
}

#[test]
fn a_partition_is_renamed_with_all_that_runs_in_it() {
    let mut document = small();
    let edit = Edit::RenamePartition(main(), "control".to_owned());
    let inverse = edit.apply(&mut document).unwrap();
    let key = PartitionKey {
        partition: "control".to_owned(),
        ..main()
    };
    assert!(document.partition(&key).is_some());
    assert!(document.partition(&main()).is_none());
    assert_eq!(document.instances[&InstanceId(5)].partition, Some(key));
    inverse.apply(&mut document).unwrap();
    assert_eq!(document, small());
}

#[test]
fn connectors_over_a_removed_network_stay_and_name_none() {
    let mut document = small();
    let network = Bus {
        name: "eth0".to_owned(),
        kind: BusKind::Ethernet {
            bitrate_bps: 100_000_000,
            latency_ns: 0,
        },
    };
    document
        .apply_batch(vec![
            Edit::InsertBus(BusId(9), network),
            Edit::Connect(ConnectorId(10), over("in", "in", BusId(9))),
        ])
        .unwrap();
    let before = document.clone();
    let refused = Edit::RemoveBus(BusId(9)).apply(&mut document).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "bus `eth0` is still used by the connector from `pump.in` to `pump.in`; remove that first"
    );
    let removal = removal(&document, &[Subject::Bus(BusId(9))]);
    let inverse = document.apply_batch(removal).unwrap();
    assert_eq!(document.connectors[&ConnectorId(10)].network(), None);
    document.apply_batch(inverse).unwrap();
    assert_eq!(document, before);
}

#[test]
fn consecutive_moves_are_one_step() {
    let mut document = small();
    let first = document.clone();
    let mut history = History::new();
    for x in [10.0, 20.0, 30.0] {
        history
            .apply(
                &mut document,
                "Move `pump`",
                vec![Edit::Move(InstanceId(5), Some((x, 0.0)))],
            )
            .unwrap();
    }
    history.end_gesture();
    history
        .apply(
            &mut document,
            "Move `pump`",
            vec![Edit::Move(InstanceId(5), Some((40.0, 0.0)))],
        )
        .unwrap();
    assert_eq!(history.undo(&mut document).as_deref(), Some("Move `pump`"));
    assert_eq!(document.layout.positions[&InstanceId(5)], (30.0, 0.0));
    assert_eq!(history.undo(&mut document).as_deref(), Some("Move `pump`"));
    assert_eq!(document, first);
    assert_eq!(history.undo(&mut document), None);
    assert_eq!(history.redo_name(), Some("Move `pump`"));
}

#[test]
fn points_of_a_wire_come_back_with_it() {
    let mut document = small();
    let (wire, points) = (ConnectorId(6), vec![(30.0, 40.0), (50.0, 60.0)]);
    let set = Edit::Reroute(wire, points.clone())
        .apply(&mut document)
        .unwrap();
    assert_eq!(document.layout.reroute_points[&wire], points);
    let before = document.clone();
    let undo = Edit::Disconnect(wire).apply(&mut document).unwrap();
    assert!(!graph_core::file::write_layout(&document).contains("wires"));
    undo.apply(&mut document).unwrap();
    assert_eq!(document, before);
    set.apply(&mut document).unwrap();
    assert_eq!(document, small());
}

#[test]
fn a_document_is_modified_until_it_is_as_saved() {
    let mut document = small();
    let mut history = History::new();
    let rename = |name: &str| vec![Edit::Rename(name.to_owned())];
    assert!(!history.is_modified());
    history.apply(&mut document, "Rename", rename("a")).unwrap();
    assert!(history.is_modified());
    history.mark_saved();
    history.undo(&mut document).unwrap();
    assert!(history.is_modified());
    history.redo(&mut document).unwrap();
    assert!(!history.is_modified());
    history.undo(&mut document).unwrap();
    history.apply(&mut document, "Rename", rename("b")).unwrap();
    assert!(
        history.is_modified(),
        "as many steps as at the save, but another state"
    );
}

#[test]
fn a_refused_gesture_keeps_what_can_be_done_again() {
    let mut document = small();
    let mut history = History::new();
    history
        .apply(&mut document, "Rename", vec![Edit::Rename("a".to_owned())])
        .unwrap();
    history.undo(&mut document).unwrap();
    let error = history.apply(
        &mut document,
        "Remove",
        vec![Edit::RemoveInstance(InstanceId(5))],
    );
    assert!(matches!(error, Err(EditError::StillReferenced { .. })));
    assert_eq!(history.redo_name(), Some("Rename"));
}

#[test]
fn texts_that_are_no_ends_say_why() {
    let document = small();
    let texts = [
        "",
        "pump",
        "pump.",
        ".in",
        "pump.a b",
        "pump.in#",
        "pump.in#f ->x",
        "pump.in#f -> a..b",
        "pump.in#f()",
        "pump.in#f(a",
        "pump.in#f(a.)",
        "can0:M",
        "can0:M.S.T",
        "valve.in",
        "can9:M.S",
    ];
    let messages =
        texts.map(|text| format!("{text}: {}\n", end::parse(&document, text).unwrap_err()));
    insta::assert_snapshot!(messages.concat());
}

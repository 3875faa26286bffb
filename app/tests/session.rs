//! The session by commands and events alone: no window, no engine, no files.
#![allow(clippy::unwrap_used, reason = "a test fails by panic")]

use autosar_wit::{
    component::{ComponentType, Direction, Origin, Port, PortItem, PortKind},
    types::{Function, FunctionKind, Interface, InterfaceId, ValueType},
};
use graph_core::document::{End, InstanceId};
use std::{path::PathBuf, sync::Arc};
use wireloom::{
    command::{self, Command},
    session::{
        Effect, Event, Item, LiveValue, Phase, RunSpeed, Session, ShelfEntry, SimulationOrder,
        Snapshot,
    },
};

/// `sensor` gives `speed`, `display` needs it.
fn session() -> Session {
    let mut session = Session::default();
    let entries = [
        ("sensor", Direction::Provided, ValueType::F32),
        ("display", Direction::Required, ValueType::F32),
    ];
    let shelf = entries.into_iter().map(|(name, direction, value)| {
        let entry = ShelfEntry {
            path: PathBuf::from(format!("{name}.wasm")),
            component_type: Arc::new(component(name, direction, value)),
            bytes: Arc::from(Vec::new()),
        };
        (name.to_string(), entry)
    });
    session.receive(Event::ComponentsRead(shelf.collect()));
    session
}

fn component(name: &str, direction: Direction, value: ValueType) -> ComponentType {
    let id: InterfaceId = "test:vehicle/speed@1.0.0".parse().unwrap();
    let get = Function {
        name: "get".into(),
        kind: FunctionKind::Free,
        parameters: Vec::new(),
        result: Some(value),
        is_async: false,
        docs: String::new(),
    };
    let interface = Interface {
        id: Some(id.clone()),
        functions: vec![get],
        types: Vec::new(),
        docs: String::new(),
    };
    ComponentType {
        name: name.into(),
        docs: String::new(),
        ports: vec![Port {
            direction,
            name: id.to_string(),
            item: PortItem::Interface(interface),
            kind: PortKind::SenderReceiver,
        }],
        origin: Origin::Wit,
        producers: Vec::new(),
        metadata: Default::default(),
    }
}

fn insert(session: &mut Session, component: &str) -> InstanceId {
    session.apply(Command::Insert {
        component: component.into(),
        at: (10.0, 20.0),
    });
    *session.document().instances.keys().next_back().unwrap()
}

fn wire(session: &mut Session, from: InstanceId, to: InstanceId) -> Vec<Effect> {
    let port = |instance| End::Port {
        instance,
        port: "test:vehicle/speed@1.0.0".into(),
    };
    session.apply(Command::Connect(port(from), port(to)))
}

#[test]
fn an_instance_comes_from_the_shelf_with_a_free_name_and_is_selected() {
    let mut session = session();
    let first = insert(&mut session, "sensor");
    let second = insert(&mut session, "sensor");
    let names: Vec<&str> = session
        .document()
        .instances
        .values()
        .map(|instance| instance.name.as_str())
        .collect();
    assert_eq!(names, ["sensor", "sensor2"]);
    assert_eq!(
        session.document().components.len(),
        1,
        "both are of one component type"
    );
    assert_eq!(session.selection(), &[Item::Instance(second)].into());
    assert_eq!(session.document().layout.positions[&first], (10.0, 20.0));
}

#[test]
fn what_is_not_in_the_library_is_told_and_changes_nothing() {
    let mut session = session();
    session.apply(Command::Insert {
        component: "radar".into(),
        at: (0.0, 0.0),
    });
    assert!(session.document().instances.is_empty());
    assert_eq!(
        session.notices()[0].text,
        "there is no component `radar` in the library; add its file first"
    );
}

#[test]
fn every_gesture_is_one_named_step() {
    let mut session = session();
    let (sensor, display) = (
        insert(&mut session, "sensor"),
        insert(&mut session, "display"),
    );
    wire(&mut session, sensor, display);
    assert_eq!(session.undo_name(), Some("Connect"));
    session.apply(Command::Select(vec![Item::Instance(sensor)]));
    session.apply(Command::Delete);
    assert_eq!(
        (
            session.document().instances.len(),
            session.document().connectors.len()
        ),
        (1, 0)
    );
    session.apply(Command::Undo);
    assert_eq!(
        (
            session.document().instances.len(),
            session.document().connectors.len()
        ),
        (2, 1)
    );
    session.apply(Command::Undo);
    session.apply(Command::Undo);
    session.apply(Command::Undo);
    assert!(session.document().instances.is_empty());
    assert_eq!(session.undo_name(), None);
    session.apply(Command::Redo);
    assert_eq!(session.document().instances.len(), 1);
}

#[test]
fn a_wire_the_wrong_way_round_is_refused_with_words() {
    let mut session = session();
    let (sensor, display) = (
        insert(&mut session, "sensor"),
        insert(&mut session, "display"),
    );
    wire(&mut session, display, sensor);
    assert!(session.document().connectors.is_empty());
    assert_eq!(session.notices().len(), 1);
    assert!(!session.notices()[0].text.is_empty());
}

#[test]
fn a_name_that_is_taken_is_refused_and_nothing_changes() {
    let mut session = session();
    let (sensor, _) = (
        insert(&mut session, "sensor"),
        insert(&mut session, "display"),
    );
    session.apply(Command::Rename(sensor, "display".into()));
    assert_eq!(session.document().instances[&sensor].name, "sensor");
    assert!(
        session.notices()[0].text.contains("`display`"),
        "{:?}",
        session.notices()
    );
}

#[test]
fn a_drag_of_many_moves_is_one_step() {
    let mut session = session();
    let sensor = insert(&mut session, "sensor");
    for x in 0..5 {
        session.apply(Command::Move(vec![(sensor, (x as f32, 0.0))]));
    }
    session.apply(Command::EndGesture);
    session.apply(Command::Move(vec![(sensor, (50.0, 0.0))]));
    session.apply(Command::Undo);
    assert_eq!(session.document().layout.positions[&sensor], (4.0, 0.0));
    session.apply(Command::Undo);
    assert_eq!(session.document().layout.positions[&sensor], (10.0, 20.0));
}

#[test]
fn unsaved_work_is_kept_after_every_change() {
    let mut session = session();
    let effects = session.apply(Command::Insert {
        component: "sensor".into(),
        at: (0.0, 0.0),
    });
    let [Effect::Autosave { path: None, files }] = effects.as_slice() else {
        panic!("{effects:?}");
    };
    assert!(files.project.contains("sensor"), "{}", files.project);
    assert!(session.is_changed());
    session.receive(Event::Saved {
        path: "a.wireloom".into(),
    });
    assert!(!session.is_changed());
}

#[test]
fn what_comes_from_a_registry_goes_into_the_projects_folder() {
    let mut session = session();
    let pull = || Command::PullComponent(" r.example/fan:1.0.0 ".to_owned());
    assert!(session.apply(pull()).is_empty());
    assert_eq!(
        session.notices()[0].text,
        "`r.example/fan:1.0.0` was not pulled: the project has no folder yet; save it, then pull again"
    );
    session.receive(Event::Saved {
        path: PathBuf::from("/vehicle/a.wireloom"),
    });
    let effects = session.apply(pull());
    let [Effect::PullComponent { reference, folder }] = effects.as_slice() else {
        panic!("{effects:?}");
    };
    assert_eq!(reference, "r.example/fan:1.0.0");
    assert_eq!(folder, &PathBuf::from("/vehicle/components"));
    session.receive(Event::Pulled {
        reference: reference.clone(),
        file: folder.join("fan.wasm"),
    });
    let last = session.notices().last().unwrap();
    assert_eq!(
        last.text,
        "pulled r.example/fan:1.0.0 to /vehicle/components/fan.wasm"
    );
    assert!(
        session
            .apply(Command::PullComponent(" ".to_owned()))
            .is_empty()
    );
}

#[test]
fn a_save_without_a_file_asks_for_one() {
    let mut session = session();
    insert(&mut session, "sensor");
    assert!(session.apply(Command::Save).is_empty());
    assert!(session.view().dialog.is_some());
    let effects = session.apply(Command::SaveAs("a.wireloom".into()));
    assert!(matches!(effects.as_slice(), [Effect::Save { .. }]));
}

#[test]
fn run_composes_first_and_then_only_goes_on() {
    let mut session = session();
    insert(&mut session, "sensor");
    let effects = session.apply(Command::Run);
    assert!(matches!(
        effects.as_slice(),
        [
            Effect::StartSimulation { .. },
            Effect::Simulation(SimulationOrder::Run(RunSpeed::RealTime))
        ]
    ));
    session.receive(Event::Snapshot(Snapshot {
        phase: Phase::Paused,
        now_ns: 5_000_000,
        values: vec![(
            "sensor.x".into(),
            LiveValue {
                text: "1".into(),
                number: Some(1.0),
                at_ns: 4_000_000,
            },
        )],
        ..Snapshot::default()
    }));
    assert_eq!(session.run().values["sensor.x"].text, "1");
    let effects = session.apply(Command::Run);
    assert!(matches!(
        effects.as_slice(),
        [Effect::Simulation(SimulationOrder::Run(_))]
    ));
}

#[test]
fn a_stopped_simulation_says_nothing_any_more() {
    let mut session = session();
    insert(&mut session, "sensor");
    session.apply(Command::Run);
    session.apply(Command::Stop);
    session.receive(Event::Snapshot(Snapshot {
        phase: Phase::Running,
        now_ns: 7,
        ..Snapshot::default()
    }));
    assert_eq!(
        (session.run().phase.clone(), session.run().now_ns),
        (Phase::Stopped, 0)
    );
}

#[test]
fn a_simulation_that_cannot_start_leaves_the_session_stopped_and_says_why() {
    let mut session = session();
    insert(&mut session, "sensor");
    session.apply(Command::Run);
    session.receive(Event::SimulationFailed("out of tea".into()));
    assert!(!session.run().is_started());
    assert_eq!(session.notices()[0].text, "out of tea");
}

#[test]
fn ids_texts_and_keys_of_commands_are_unique() {
    let entries = command::all();
    for (position, entry) in entries.iter().enumerate() {
        for other in &entries[position + 1..] {
            assert_ne!(entry.id, other.id);
            assert_ne!(entry.text, other.text);
            assert!(
                entry.shortcut.is_none() || entry.shortcut != other.shortcut,
                "{} {}",
                entry.id,
                other.id
            );
        }
        assert!(!entry.tooltip.ends_with('.'), "{}", entry.id);
    }
}

#[test]
fn commands_that_make_no_sense_are_disabled() {
    let session = Session::default();
    for id in [
        "edit.undo",
        "edit.redo",
        "edit.delete",
        "simulation.run",
        "simulation.pause",
        "file.export",
    ] {
        let entry = command::find(id).unwrap();
        assert!(!(entry.enabled)(&session), "{id}");
    }
}

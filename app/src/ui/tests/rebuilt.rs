//! A component is built anew while its project is open.

use super::desk::{Desk, climate};
use crate::session::{Effect, Event};
use autosar_wit::{
    component::{ComponentType, Direction, PortItem},
    types::{InterfaceId, ValueType},
};
use egui::{Key, Modifiers};
use graph_core::{
    document::{ComponentId, ComponentSource},
    library::Entry,
};
use std::{path::Path, sync::Arc};

const SENSOR: ComponentId = ComponentId(0);

/// The sensor with something changed.
fn rebuilt(change: impl FnOnce(&mut ComponentType)) -> Event {
    let (_, library) = climate();
    let Some(Entry::Loaded { component_type, .. }) = library.components.get(&SENSOR) else {
        unreachable!("the sensor is there");
    };
    let mut component_type = (**component_type).clone();
    change(&mut component_type);
    Event::ComponentRebuilt {
        component: SENSOR,
        entry: Entry::Loaded {
            component_type: Arc::new(component_type),
            bytes: Arc::from([1]),
        },
    }
}

#[test]
fn the_files_of_an_open_project_are_watched() {
    let desk = Desk::open();
    let watched = desk.effects().into_iter().find_map(|effect| match effect {
        Effect::Watch(files) => Some(files),
        _ => None,
    });
    let watched = watched.unwrap();
    assert_eq!(watched.len(), 3);
    let (id, path, source) = &watched[0];
    assert_eq!(*id, SENSOR);
    assert_eq!(path, Path::new("/projects/climate/components/sensor.wasm"));
    assert!(matches!(source, ComponentSource::File(_)));
}

#[test]
fn a_build_with_the_same_ports_is_taken_without_a_question() {
    let mut desk = Desk::open();
    desk.happen(rebuilt(|_| {}));
    assert!(desk.says("`sensor` was rebuilt; its ports are as before"));
    assert!(desk.session().impact().is_none());
}

#[test]
fn wires_that_break_are_told_with_the_reason() {
    let mut desk = Desk::open();
    desk.happen(rebuilt(|sensor| {
        let PortItem::Interface(interface) = &mut sensor.ports[0].item else {
            unreachable!("the port is an interface");
        };
        interface.functions[0].result = Some(ValueType::U16);
    }));
    assert!(desk.says("`sensor` was rebuilt"));
    assert!(desk.says("has another type"));
    assert!(desk.says("WHAT IS WRONG NOW"));
    desk.look("impact");
    desk.click("Close");
    assert!(desk.session().impact().is_none());
    let is_about = |one: &&graph_core::diagnostic::Diagnostic| one.code == "type-mismatch";
    assert_eq!(
        desk.session().diagnostics().iter().filter(is_about).count(),
        1
    );
}

#[test]
fn wires_follow_a_port_to_its_new_version_in_one_step() {
    let mut desk = Desk::open();
    desk.happen(rebuilt(|sensor| {
        let port = &mut sensor.ports[0];
        let PortItem::Interface(interface) = &mut port.item else {
            unreachable!("the port is an interface");
        };
        let id = InterfaceId {
            namespace: "wireloom".into(),
            package: "thermal".into(),
            interface: "temperature".into(),
            version: Some("0.1.1".parse().unwrap()),
        };
        port.name = id.to_string();
        interface.id = Some(id);
        assert_eq!(port.direction, Direction::Provided);
    }));
    assert!(desk.says("is `wireloom:thermal/temperature@0.1.1` now"));
    assert!(desk.says("can go on as sensor.wireloom:thermal/temperature@0.1.1"));
    desk.look("impact-moves");
    desk.click("Move the wire");
    let errors = || {
        let all = desk.session().diagnostics().iter();
        all.filter(|one| one.code == "connector-end").count()
    };
    assert_eq!(errors(), 0);
    assert_eq!(
        desk.session().undo_name(),
        Some("Move a wire to its new port")
    );
    desk.harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    desk.harness.run();
    assert_eq!(desk.session().undo_name(), None);
}

#[test]
fn what_cannot_be_read_changes_nothing() {
    let mut desk = Desk::open();
    let before = desk.session().diagnostics().to_vec();
    desk.happen(Event::ComponentRebuilt {
        component: SENSOR,
        entry: Entry::Missing {
            reason: "sensor.wasm: it ends too early".to_owned(),
        },
    });
    assert!(desk.says("it ends too early; the studio keeps what it had"));
    assert_eq!(desk.session().diagnostics(), before);
}

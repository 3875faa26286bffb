//! A project from nothing: ECUs, partitions, buses, devices and how messages are sent.

use super::desk::{Desk, shelf_entry};
use crate::session::{Effect, Event};
use egui::{Key, Modifiers, pos2};
use egui_kittest::kittest::Queryable;
use graph_core::document::BusKind;

#[test]
fn a_platform_is_made_from_nothing_and_taken_back() {
    let mut desk = Desk::empty(Vec::new());
    for button in ["Add ECU", "Add CAN bus", "Add I2C bus"] {
        desk.accept(button);
    }
    desk.accept("Add partition to ecu0");
    desk.accept("Add device to i2c0");
    desk.look("platform");
    let document = desk.session().document();
    let ecu = document.ecus.values().next().unwrap();
    assert_eq!(ecu.name, "ecu0");
    let partitions: Vec<&str> = ecu.partitions.keys().map(String::as_str).collect();
    assert_eq!(partitions, ["main", "partition0"]);
    let buses: Vec<&str> = document.buses.values().map(|bus| &*bus.name).collect();
    assert_eq!(buses, ["can0", "i2c0"]);
    assert_eq!(devices(&desk), [("device0".to_owned(), 0x48)]);

    desk.accept("Add device to i2c0");
    assert_eq!(devices(&desk)[1], ("device1".to_owned(), 0x49));
    desk.accept("Remove device device0");
    assert_eq!(devices(&desk), [("device1".to_owned(), 0x49)]);
    desk.accept("Remove partition ecu0/partition0");
    assert_eq!(desk.session().undo_name(), Some("Remove `partition0`"));
    desk.accept("Remove BUS can0");
    assert_eq!(desk.session().document().buses.len(), 1);
    desk.harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    desk.harness.run();
    assert_eq!(desk.session().document().buses.len(), 2);
}

#[test]
fn an_ecu_that_goes_leaves_its_instances_undeployed() {
    let mut desk = Desk::open();
    desk.accept("Remove ECU climate");
    let document = desk.session().document();
    assert!(document.ecus.is_empty());
    assert_eq!(document.instances.len(), 2);
    assert!(
        document
            .instances
            .values()
            .all(|one| one.partition.is_none())
    );
}

#[test]
fn a_first_instance_brings_an_ecu() {
    let mut desk = Desk::empty(Vec::new());
    desk.happen(Event::ComponentsRead(vec![shelf_entry("blower")]));
    let from = desk.place("blower component");
    desk.drag(from, pos2(560.0, 300.0));
    let document = desk.session().document();
    let instance = document.instances.values().next().unwrap();
    let key = instance.partition.as_ref().unwrap();
    assert!(document.partition(key).is_some());
    desk.harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    desk.harness.run();
    assert!(desk.session().document().ecus.is_empty(), "one step");
}

#[test]
fn a_typed_description_is_read_and_a_stale_answer_is_not_taken() {
    let mut desk = Desk::empty(Vec::new());
    desk.accept("Add CAN bus");
    desk.effects();
    type_into(&mut desk, "can0 DBC file", "thermal.dbc");
    let asked = desk.effects().into_iter().find_map(|effect| match effect {
        Effect::ReadDescriptions { files, .. } => Some(files),
        _ => None,
    });
    let files = asked.unwrap();
    let (bus, file) = files[0].clone();
    assert_eq!(file, "thermal.dbc");
    let read = |file: &str| Event::DescriptionRead {
        bus,
        file: file.to_owned(),
        database: Default::default(),
    };
    desk.happen(read("other.dbc"));
    assert!(desk.session().library().descriptions.is_empty());
    desk.happen(read("thermal.dbc"));
    assert!(desk.session().library().descriptions.contains_key(&bus));
    desk.harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    desk.harness.run();
    assert!(desk.session().library().descriptions.is_empty());
}

#[test]
fn a_name_that_is_no_label_is_refused_with_words() {
    let mut desk = Desk::empty(Vec::new());
    desk.accept("Add ECU");
    type_into(&mut desk, "ecu0 Name", "body control");
    assert!(desk.says("body control"));
    let document = desk.session().document();
    assert_eq!(document.ecus.values().next().unwrap().name, "ecu0");
    assert!(!desk.session().notices().is_empty());
}

#[test]
fn ecus_partitions_and_buses_are_renamed_with_all_that_refers_to_them() {
    let mut desk = Desk::open();
    type_into(&mut desk, "climate/main Name", "control");
    let document = desk.session().document();
    let key = document.partitions().next().unwrap().0;
    assert_eq!(key.partition, "control");
    assert_eq!(document.instances_in(&key).count(), 2);
    assert_eq!(desk.session().undo_name(), Some("Rename partition `main`"));
    assert!(desk.says("Remove partition climate/control"));

    type_into(&mut desk, "climate Name", "cabin");
    type_into(&mut desk, "i2c0 Name", "sensors");
    let document = desk.session().document();
    assert_eq!(document.ecus.values().next().unwrap().name, "cabin");
    assert_eq!(document.buses.values().next().unwrap().name, "sensors");
    for _ in 0..3 {
        desk.harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
        desk.harness.run();
    }
    let key = desk.session().document().partitions().next().unwrap().0;
    assert_eq!(key.partition, "main");
    assert_eq!(desk.session().document().instances_in(&key).count(), 2);
}

#[test]
fn a_partition_keeps_its_name_where_another_has_the_new_one() {
    let mut desk = Desk::open();
    desk.accept("Add partition to climate");
    type_into(&mut desk, "climate/partition0 Name", "main");
    assert!(desk.says("already a partition `main`"));
    let names = desk.session().document().ecus.values().next().unwrap();
    assert_eq!(names.partitions.len(), 2);
    assert!(names.partitions.contains_key("partition0"));
}

#[test]
fn a_number_is_dragged_in_one_step() {
    let mut desk = Desk::empty(Vec::new());
    desk.accept("Add CAN bus");
    let number = egui::accesskit::Role::SpinButton;
    let from = desk.harness.get_by_role(number).rect().center();
    desk.drag(from, from - egui::vec2(40.0, 0.0));
    let document = desk.session().document();
    let bus = document.buses.values().next().unwrap();
    let BusKind::Can { bitrate_bps, .. } = bus.kind else {
        panic!("no CAN bus");
    };
    assert!(bitrate_bps < 500_000, "{bitrate_bps}");
    desk.harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    desk.harness.run();
    let document = desk.session().document();
    let bus = document.buses.values().next().unwrap();
    assert!(matches!(
        bus.kind,
        BusKind::Can {
            bitrate_bps: 500_000,
            ..
        }
    ));
}

#[test]
fn a_new_project_asks_for_a_save_first() {
    let new = crate::command::find("file.new").unwrap();
    let mut desk = Desk::open();
    assert!((new.enabled)(desk.session()));
    desk.accept("Add ECU");
    assert!(!(new.enabled)(desk.session()));
    desk.happen(Event::Saved {
        path: "/projects/climate/climate.wireloom".into(),
    });
    desk.harness.key_press_modifiers(Modifiers::COMMAND, Key::N);
    desk.harness.run();
    assert!(desk.session().document().instances.is_empty());
    assert_eq!(desk.session().path(), None);
}

#[test]
fn a_reference_is_pulled_by_enter() {
    let mut desk = Desk::open();
    desk.effects();
    type_into(&mut desk, "Registry reference", "r.example/fan:1.0.0");
    let effects = desk.effects();
    let pulled = effects.iter().find_map(|effect| match effect {
        Effect::PullComponent { reference, folder } => Some((reference.as_str(), folder.clone())),
        _ => None,
    });
    let folder = "/projects/climate/components".into();
    assert_eq!(pulled, Some(("r.example/fan:1.0.0", folder)));
    // The field is free for the next one, and what is being fetched is shown.
    type_into(&mut desk, "Registry reference", "");
    assert!(desk.effects().is_empty());
}

#[test]
fn the_library_is_found_by_name_and_by_interface() {
    let mut desk = Desk::open();
    type_into(&mut desk, "Find in the library", "temperature");
    assert!(desk.says("sensor component"));
    assert!(!desk.says("fan component"), "it has no such interface");
    type_into(&mut desk, "Find in the library", "fan");
    assert!(desk.says("fan component"));
    assert!(!desk.says("sensor component"));
    type_into(&mut desk, "Find in the library", "nothing like it");
    assert!(desk.says("No component has this name or interface"));
}

fn type_into(desk: &mut Desk, label: &str, text: &str) {
    desk.harness
        .get_by_role_and_label(egui::accesskit::Role::TextInput, label)
        .focus();
    desk.harness.run();
    desk.harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    desk.harness.event(egui::Event::Text(text.to_owned()));
    desk.harness.key_press(Key::Enter);
    desk.harness.run();
}

fn devices(desk: &Desk) -> Vec<(String, u16)> {
    let buses = desk.session().document().buses.values();
    buses
        .filter_map(|bus| match &bus.kind {
            BusKind::I2c { devices, .. } => Some(devices),
            _ => None,
        })
        .flatten()
        .map(|device| (device.name.clone(), device.address))
        .collect()
}

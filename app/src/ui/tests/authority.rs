//! The table of authority: what is picked lights up, cells and the canvas's menu deny and allow.

use super::desk::Desk;
use crate::{
    command::Command,
    session::{Event, Item},
};
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;
use graph_core::{
    capability::{Capability, Treatment},
    document::InstanceId,
};

/// A sample in a window with the table open.
fn open(sample: &str) -> Desk {
    let mut desk = Desk::empty(Vec::new());
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../samples");
    let project = crate::files::open_project(&folder.join(sample)).unwrap();
    desk.happen(Event::ProjectOpened {
        path: format!("/projects/{sample}/{sample}.wireloom").into(),
        document: Box::new(project.document),
        library: project.library,
        recovery: None,
    });
    desk.harness.key_press(Key::F4);
    desk.harness.run();
    desk
}

fn instance(desk: &Desk, name: &str) -> InstanceId {
    desk.session().document().instance_named(name).unwrap()
}

fn treatment(desk: &Desk, name: &str, capability: Capability) -> Option<Treatment> {
    let instance = &desk.session().document().instances[&instance(desk, name)];
    instance.capabilities.get(&capability).copied()
}

/// Names of the instances that are lit.
fn lit(desk: &Desk) -> Vec<String> {
    let spotlight = desk.session().spotlight().unwrap();
    let all = &desk.session().document().instances;
    let mut names: Vec<String> = spotlight
        .instances
        .iter()
        .map(|id| all[id].name.clone())
        .collect();
    names.sort();
    names
}

#[test]
fn a_heading_lights_up_whom_it_reaches_and_a_cell_the_path() {
    let mut desk = open("pedal");
    desk.look("authority");
    desk.click("SPI: light up whom it reaches");
    assert_eq!(lit(&desk), ["light", "sensor"]);
    assert!(desk.says("SPI reaches 2 of 2 instances"));
    desk.click("SPI of light: indirect");
    assert_eq!(lit(&desk), ["light", "sensor"]);
    assert_eq!(desk.session().spotlight().unwrap().connectors.len(), 1);
    assert!(desk.says("light <- sensor <- platform spi0/pedal-adc"));
    desk.click("SPI of sensor: direct");
    assert_eq!(lit(&desk), ["sensor"], "the rest is dimmed");
    desk.look("authority-picked");
    desk.click("SPI of sensor: direct");
    assert_eq!(desk.session().spotlight(), None, "once more ends it");
}

#[test]
fn keys_on_a_cell_deny_and_allow() {
    let mut desk = open("thermal");
    desk.harness.get_by_label("I2C of sensor: direct").focus();
    desk.harness.run();
    desk.harness.key_press(Key::D);
    desk.harness.run();
    assert_eq!(
        treatment(&desk, "sensor", Capability::I2c),
        Some(Treatment::Deny)
    );
    assert_eq!(desk.session().undo_name(), Some("Deny I2C of `sensor`"));
    assert!(desk.says("I2C of sensor: denied"));
    assert!(
        desk.says("I2C of controller: –"),
        "nobody lends what is denied"
    );
    let told = desk
        .session()
        .diagnostics()
        .iter()
        .any(|one| one.code == "capability");
    assert!(told);
    desk.look("authority-denied");
    desk.harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    desk.harness.run();
    assert_eq!(treatment(&desk, "sensor", Capability::I2c), None);
    desk.harness.get_by_label("I2C of sensor: direct").focus();
    desk.harness.run();
    desk.harness.key_press(Key::V);
    desk.harness.run();
    assert_eq!(treatment(&desk, "sensor", Capability::I2c), None);
    assert!(desk.says("there is no virtual I2C that an instance could be given"));
}

#[test]
fn the_menu_of_a_cell_and_of_an_instance_do_the_same() {
    let mut desk = open("pedal");
    desk.harness
        .get_by_label("NV blocks of sensor: direct")
        .click_secondary();
    desk.harness.run();
    desk.look("authority-menu");
    desk.click("Make virtual");
    assert_eq!(
        treatment(&desk, "sensor", Capability::Nv),
        Some(Treatment::Virtual)
    );
    let sensor = instance(&desk, "sensor");
    desk.harness
        .state_mut()
        .apply(Command::Show(Item::Instance(sensor)));
    desk.harness.run();
    let at = desk.place("sensor instance, component pedal-sensor");
    desk.harness.hover_at(at);
    for pressed in [true, false] {
        desk.harness.event(egui::Event::PointerButton {
            pos: at,
            button: egui::PointerButton::Secondary,
            pressed,
            modifiers: Modifiers::NONE,
        });
    }
    desk.harness.run();
    // The table has these names too, and stands below the canvas.
    let highest = |desk: &Desk, name: &str| {
        let all = desk.harness.query_all_by_label_contains(name);
        let mut places: Vec<egui::Pos2> = all.map(|node| node.rect().center()).collect();
        places.sort_by(|a, b| a.y.total_cmp(&b.y));
        places[0]
    };
    let authority = highest(&desk, "Authority");
    desk.harness.hover_at(authority);
    desk.harness.run();
    let blocks = highest(&desk, "NV blocks");
    desk.harness.hover_at(blocks);
    desk.harness.run();
    desk.look("authority-canvas-menu");
    desk.click("Allow");
    assert_eq!(treatment(&desk, "sensor", Capability::Nv), None);
}

#[test]
fn a_composition_stands_for_its_parts_and_decides_for_them() {
    let mut desk = open("pedal");
    let sensor = instance(&desk, "sensor");
    let apply = |desk: &mut Desk, command| {
        desk.harness.state_mut().apply(command);
        desk.harness.run();
    };
    apply(&mut desk, Command::Show(Item::Instance(sensor)));
    apply(&mut desk, Command::Group);
    let all = desk.session().document().instances.keys();
    let group = all
        .copied()
        .find(|id| desk.session().is_composition(*id))
        .unwrap();
    let key = (group, Capability::Spi);
    let authority = desk.session().authority();
    assert!(authority.grants[&key].is_direct());
    assert!(authority.ways[&key][0].starts_with("sensor <- platform spi0/pedal-adc"));
    // What calls the part reaches it through the box that is shown.
    let light = instance(&desk, "light");
    let path = &desk.session().authority().grants[&(light, Capability::Spi)].paths[0];
    assert_eq!(
        (path.instances.as_slice(), path.connectors.len()),
        ([group].as_slice(), 1)
    );
    apply(
        &mut desk,
        Command::Treat(group, Capability::Spi, Some(Treatment::Deny)),
    );
    assert_eq!(
        desk.session().document().instances[&group].capabilities[&Capability::Spi],
        Treatment::Deny
    );
    apply(&mut desk, Command::Enter(group));
    let reason = desk
        .session()
        .why_not_treated(sensor, Capability::Spi, Treatment::Virtual);
    assert!(reason.unwrap().contains("which it is a part of"));
}

#[test]
fn a_pick_ends_with_its_instance() {
    let mut desk = open("pedal");
    desk.click("SPI of light: indirect");
    assert!(desk.session().spotlight().is_some());
    let light = instance(&desk, "light");
    for command in [Command::Show(Item::Instance(light)), Command::Delete] {
        desk.harness.state_mut().apply(command);
        desk.harness.run();
    }
    assert!(desk.session().spotlight().is_none());
}

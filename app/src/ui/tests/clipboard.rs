//! Copies, cuts, pastes and duplicates, lined-up instances, things found by name.

use super::desk::Desk;
use crate::session::{Item, Palette};
use egui::{Event, Key, Modifiers};
use egui_kittest::kittest::Queryable;
use graph_core::document::InstanceId;

/// What the window has put on the clipboard.
fn copied(desk: &Desk) -> Option<String> {
    let commands = &desk.harness.output().platform_output.commands;
    commands.iter().find_map(|command| match command {
        egui::OutputCommand::CopyText(text) => Some(text.clone()),
        _ => None,
    })
}

fn key(desk: &mut Desk, modifiers: Modifiers, key: Key) {
    desk.harness.key_press_modifiers(modifiers, key);
    desk.harness.run();
}

fn counts(desk: &Desk) -> (usize, usize) {
    let document = desk.session().document();
    (document.instances.len(), document.connectors.len())
}

fn copy_all(desk: &mut Desk) -> String {
    key(desk, Modifiers::COMMAND, Key::A);
    desk.harness.event(Event::Copy);
    desk.harness.run_steps(2);
    copied(desk).unwrap()
}

#[test]
fn copies_go_through_the_clipboard_with_their_wires() {
    let mut desk = Desk::open();
    let text = copy_all(&mut desk);
    desk.harness.event(Event::Paste(text.clone()));
    desk.harness.run();
    assert_eq!(counts(&desk), (4, 2));
    assert_eq!(desk.session().undo_name(), Some("Paste 2 instances"));
    assert!(desk.says("sensor2 instance, component sensor"));
    assert_eq!(
        desk.session().selection().len(),
        2,
        "what came in is selected"
    );
    desk.look("pasted");

    let mut other = Desk::open();
    other.harness.event(Event::Paste(text));
    other.harness.run();
    assert_eq!(counts(&other), (4, 2), "another window takes it too");
}

#[test]
fn what_is_cut_comes_back_by_its_name() {
    let mut desk = Desk::open();
    desk.click("sensor instance, component sensor");
    desk.harness.event(Event::Cut);
    desk.harness.run_steps(2);
    let text = copied(&desk);
    desk.harness.run();
    assert_eq!(counts(&desk), (1, 0));
    assert_eq!(desk.session().undo_name(), Some("Cut"));
    desk.harness.event(Event::Paste(text.unwrap()));
    desk.harness.run();
    assert!(desk.says("sensor instance, component sensor"));
}

#[test]
fn duplicates_take_wires_from_outside_with_shift() {
    let mut desk = Desk::open();
    desk.click("controller instance, component controller");
    key(&mut desk, Modifiers::COMMAND, Key::D);
    assert_eq!(counts(&desk), (3, 1));
    key(&mut desk, Modifiers::COMMAND, Key::Z);
    desk.click("controller instance, component controller");
    key(&mut desk, Modifiers::COMMAND | Modifiers::SHIFT, Key::D);
    assert_eq!(counts(&desk), (3, 2));
    assert!(desk.says("wire from sensor.temperature to controller2.temperature"));
}

#[test]
fn other_text_is_refused_in_words() {
    let mut desk = Desk::open();
    desk.harness.event(Event::Paste("a shopping list".into()));
    desk.harness.run();
    assert!(desk.says("what was copied is no part of a project"));
    assert_eq!(counts(&desk), (2, 1));
}

#[test]
fn text_fields_keep_the_clipboard() {
    let mut desk = Desk::open();
    desk.click("sensor instance, component sensor");
    desk.harness
        .get_by_role_and_label(egui::accesskit::Role::TextInput, "Registry reference")
        .focus();
    desk.harness.run();
    desk.harness.event(Event::Paste("x".into()));
    desk.harness.run();
    assert_eq!(counts(&desk), (2, 1));
    assert!(desk.session().notices().is_empty());
}

#[test]
fn selected_instances_are_lined_up_as_one_step() {
    let mut desk = Desk::open();
    key(&mut desk, Modifiers::COMMAND, Key::A);
    desk.click("Arrange");
    desk.look("arrange menu");
    desk.click("Align top");
    let positions = desk.session().document().layout.positions.clone();
    let top = |id| positions[&InstanceId(id)].1;
    assert_eq!((top(10), top(11)), (0.0, 0.0));
    assert_eq!(desk.session().undo_name(), Some("Align"));
    key(&mut desk, Modifiers::COMMAND, Key::Z);
    let positions = &desk.session().document().layout.positions;
    assert_eq!(positions[&InstanceId(10)].1, 40.0);
}

#[test]
fn things_are_found_by_name_selected_and_shown() {
    let mut desk = Desk::open();
    key(&mut desk, Modifiers::COMMAND, Key::F);
    desk.harness.event(Event::Text("duty contr".into()));
    desk.harness.run();
    desk.look("find");
    desk.harness.key_press(Key::Enter);
    desk.harness.run();
    let selection: Vec<&Item> = desk.session().selection().iter().collect();
    assert!(
        matches!(selection.as_slice(), [Item::Port { port, .. }] if port.contains("duty")),
        "{selection:?}"
    );
    assert_eq!(desk.session().view().palette, None);
    key(&mut desk, Modifiers::COMMAND, Key::F);
    assert_eq!(desk.session().view().palette, Some(Palette::Things));
    desk.harness.event(Event::Text("i2c0".into()));
    desk.harness.run();
    desk.harness.key_press(Key::Enter);
    desk.harness.run();
    assert!(matches!(
        desk.session().selection().first(),
        Some(Item::Bus(_))
    ));
}

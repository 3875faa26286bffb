//! The path of a newcomer: look, drag in, wire wrongly and read why, wire rightly, undo, delete.

use super::desk::{Desk, shelf_entry};
use crate::session::{Effect, Event};
use egui::{Key, Modifiers, pos2, vec2};
use graph_core::document::{End, InstanceId, Subject};

const SOURCE: &str = "controller provided port duty, not connected";

#[test]
fn an_opened_project_is_shown_with_names() {
    let desk = Desk::open();
    desk.look("open");
    assert!(desk.says("sensor instance, component sensor"));
    assert!(desk.says("wire from sensor.temperature to controller.temperature"));
    assert!(desk.says(SOURCE));
}

#[test]
fn an_empty_window_says_what_to_do() {
    let desk = Desk::empty(Vec::new());
    desk.look("empty");
    assert!(desk.says("No components yet"));
    assert!(desk.says("Nothing to check yet"));
}

#[test]
fn a_component_is_dragged_in_wired_undone_and_deleted() {
    let mut desk = Desk::open();
    let from = desk.place("fan component");
    let to = pos2(560.0, 480.0);
    desk.hold(from, to);
    desk.look("placing");
    desk.harness.drop_at(to);
    desk.harness.run();
    assert_eq!(desk.session().document().instances.len(), 3);
    assert_eq!(desk.session().undo_name(), Some("Insert `fan`"));
    let required = "fan required port duty, not connected";
    assert!(desk.says(required), "what is dropped is seen");

    desk.drag_wire(SOURCE, required);
    assert_eq!(desk.session().document().connectors.len(), 2);
    assert!(desk.says("fan required port duty, connected to controller.duty"));
    desk.look("wired");

    desk.harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    desk.harness.run();
    assert_eq!(desk.session().document().connectors.len(), 1);
    desk.harness
        .key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    desk.harness.run();
    assert_eq!(desk.session().document().connectors.len(), 2);

    desk.click("fan instance, component fan");
    desk.look("selected");
    desk.harness.key_press(Key::Delete);
    desk.harness.run();
    assert_eq!(desk.session().document().instances.len(), 2);
    assert_eq!(
        desk.session().document().connectors.len(),
        1,
        "its wire went with it"
    );
}

#[test]
fn a_wrong_wire_says_why_before_it_is_let_go() {
    let mut desk = Desk::open();
    let from = desk.place("fan component");
    desk.drag(from, pos2(760.0, 480.0));
    let (from, to) = (
        desk.place("sensor provided port temperature, connected to controller.temperature"),
        desk.place("fan required port duty, not connected"),
    );
    desk.hold(from, to);
    desk.look("refused");
    assert!(
        desk.says("u8"),
        "the types are named while the wire is in hand"
    );
    desk.harness.drop_at(to);
    desk.harness.run();
    assert_eq!(desk.session().document().connectors.len(), 1);
    assert!(desk.says("u8"), "and after it was let go");
    desk.harness.key_press(Key::Escape);
    desk.harness.run();
    assert!(desk.session().notices().is_empty());
}

#[test]
fn ports_are_connected_without_a_pointer() {
    let mut desk = Desk::open();
    let from = desk.place("fan component");
    desk.drag(from, pos2(760.0, 480.0));
    desk.accept(SOURCE);
    desk.accept("fan required port duty, not connected");
    let connector = desk
        .session()
        .document()
        .connectors
        .values()
        .last()
        .cloned()
        .unwrap();
    assert!(
        matches!(
            connector.from,
            End::Port {
                instance: InstanceId(11),
                ..
            }
        ),
        "{connector:?}"
    );
}

#[test]
fn instances_move_on_the_grid_and_back_with_undo() {
    let mut desk = Desk::open();
    let at = desk.place("sensor instance, component sensor") + vec2(0.0, 40.0);
    desk.drag(at, at + vec2(62.0, 33.0));
    let positions = &desk.session().document().layout.positions;
    assert_eq!(positions[&InstanceId(10)], (60.0, 70.0));
    desk.harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    desk.harness.run();
    assert_eq!(
        desk.session().document().layout.positions[&InstanceId(10)],
        (0.0, 40.0)
    );
}

#[test]
fn what_was_read_from_files_can_be_dragged_in() {
    let mut desk = Desk::open();
    desk.happen(Event::ComponentsRead(vec![shelf_entry("blower")]));
    let from = desk.place("blower component");
    desk.drag(from, pos2(560.0, 480.0));
    assert!(desk.says("blower required port duty, not connected"));
    let autosaved = |effect: &Effect| matches!(effect, Effect::Autosave { .. });
    assert!(desk.effects().iter().any(autosaved), "unsaved work is kept");
}

#[test]
fn the_inspector_shows_what_is_selected() {
    let mut desk = Desk::open();
    desk.click("sensor instance, component sensor");
    assert!(desk.says("ACTIVATIONS"));
    assert!(desk.says("Nothing starts this instance"));
    desk.look("inspector-instance");
    desk.click("wire from sensor.temperature to controller.temperature");
    assert!(
        desk.session()
            .selection()
            .iter()
            .any(|item| matches!(item, Subject::Connector(_)))
    );
    assert!(desk.says("Any major version"));
    desk.look("inspector-wire");
    desk.click("controller provided port control, not connected");
    assert!(desk.says("client-server"));
    desk.look("inspector-port");
}

#[test]
fn the_palette_finds_commands() {
    let mut desk = Desk::open();
    desk.harness.key_press_modifiers(Modifiers::COMMAND, Key::K);
    desk.harness.run();
    desk.harness.event(egui::Event::Text("select all".into()));
    desk.harness.run();
    desk.look("palette");
    desk.harness.key_press(Key::Enter);
    desk.harness.run();
    assert_eq!(desk.session().selection().len(), 2);
    assert_eq!(desk.session().view().palette, None);
}

#[test]
fn the_light_theme_shows_the_same() {
    let mut desk = Desk::open();
    desk.harness
        .state_mut()
        .apply(crate::command::Command::NextTheme);
    desk.harness.run();
    desk.look("light");
    assert!(desk.says("sensor instance, component sensor"));
}

#[test]
fn pictures_of_one_window_are_the_same_bytes() {
    let pictures = [Desk::open().picture(), Desk::open().picture()];
    assert!(pictures[0] == pictures[1]);
}

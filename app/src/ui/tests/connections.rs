//! The table of receivers and senders.

use super::desk::Desk;
use crate::command::Command;
use egui::pos2;
use egui_kittest::kittest::Queryable;
use graph_core::document::ConnectorKind;

fn open() -> Desk {
    let mut desk = Desk::open();
    let fan = desk.place("fan component");
    desk.drag(fan, pos2(800.0, 480.0));
    desk.click("Connections");
    desk
}

/// The first column from top to bottom.
fn receivers(desk: &Desk) -> Vec<String> {
    let names = ["controller.temperature", "fan.duty"];
    let mut found: Vec<(f32, String)> = names
        .iter()
        .flat_map(|name| {
            let labels = desk.harness.query_all_by_label(name);
            labels.map(|label| (label.rect().top(), (*name).to_owned()))
        })
        .collect();
    found.sort_by(|a, b| a.0.total_cmp(&b.0));
    found.into_iter().map(|(_, name)| name).collect()
}

#[test]
fn a_sender_is_chosen_changed_and_taken_away() {
    let mut desk = open();
    desk.look("connections");
    desk.click("Sender of fan.duty");
    desk.click("controller.duty");
    assert_eq!(desk.session().document().connectors.len(), 2);
    assert_eq!(desk.session().undo_name(), Some("Connect another sender"));
    desk.click("Sender of controller.temperature");
    desk.click("nothing");
    assert_eq!(desk.session().document().connectors.len(), 1);
    assert_eq!(desk.session().undo_name(), Some("Disconnect"));
}

#[test]
fn the_kind_is_changed() {
    let mut desk = open();
    desk.click("Kind of sensor.temperature to controller.temperature");
    desk.click("buffered");
    let wire = desk
        .session()
        .document()
        .connectors
        .values()
        .next()
        .unwrap();
    assert!(matches!(wire.kind, ConnectorKind::Buffered(_)));
}

#[test]
fn another_sender_keeps_the_buffer() {
    let mut desk = open();
    let (id, mut wire) = {
        let mut wires = desk.session().document().connectors.iter();
        let (id, wire) = wires.next().unwrap();
        (*id, wire.clone())
    };
    let buffering = graph_core::document::Buffering {
        queue: Some(3),
        ..Default::default()
    };
    wire.kind = ConnectorKind::Buffered(buffering.clone());
    let studio = desk.harness.state_mut();
    studio.apply(Command::ChangeConnector(id, wire));
    desk.click("sensor instance, component sensor");
    desk.harness
        .key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::D);
    desk.harness.run();
    desk.click("Sender of controller.temperature");
    desk.click("sensor2.temperature");
    let wire = desk
        .session()
        .document()
        .connectors
        .values()
        .next()
        .unwrap();
    assert_eq!(wire.kind, ConnectorKind::Buffered(buffering));
}

#[test]
fn headings_sort_and_words_filter() {
    let mut desk = open();
    assert_eq!(receivers(&desk), ["controller.temperature", "fan.duty"]);
    desk.click("Receiver ↑");
    assert_eq!(receivers(&desk), ["fan.duty", "controller.temperature"]);
    desk.harness
        .get_by_role_and_label(egui::accesskit::Role::TextInput, "Filter the connections")
        .focus();
    desk.harness.run();
    desk.harness
        .event(egui::Event::Text("not connected".into()));
    desk.harness.run();
    assert_eq!(receivers(&desk), ["fan.duty"]);
}

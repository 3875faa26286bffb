//! Wiring in one gesture: a wire over empty canvas, an instance into a wire and out of it, another
//! component, a selection connected at once.

use super::desk::{Desk, shelf_entry};
use crate::{command::Command, session::Event};
use egui::{Key, Modifiers, pos2};
use graph_core::document::{Document, InstanceId};

const SOURCE: &str = "controller provided port duty, not connected";

fn names(document: &Document) -> Vec<&str> {
    let mut names: Vec<&str> = document
        .instances
        .values()
        .map(|instance| instance.name.as_str())
        .collect();
    names.sort_unstable();
    names
}

fn wires(desk: &Desk) -> Vec<String> {
    let document = desk.session().document();
    let text = |end: &graph_core::document::End| graph_core::end::text(document, end);
    let wire = |wire: &graph_core::document::Connector| {
        format!("{} > {}", text(&wire.from), text(&wire.to))
    };
    let mut wires: Vec<String> = document.connectors.values().map(wire).collect();
    wires.sort();
    wires
}

const FIRST: &str =
    "sensor.wireloom:thermal/temperature@0.1.0 > controller.wireloom:thermal/temperature@0.1.0";

#[test]
fn a_wire_over_empty_canvas_offers_what_takes_it() {
    let mut desk = Desk::open();
    let from = desk.place(SOURCE);
    desk.drag(from, pos2(1000.0, 560.0));
    desk.look("offer");
    assert!(desk.says("What takes controller.duty"));
    assert!(desk.says("fan  wireloom:thermal/duty@0.1.0"));
    assert!(
        !desk.says("sensor  wireloom"),
        "what does not fit is not offered"
    );
    desk.harness.key_press(Key::Enter);
    desk.harness.run();
    assert_eq!(desk.session().undo_name(), Some("Insert `fan`"));
    assert_eq!(
        wires(&desk),
        [
            "controller.wireloom:thermal/duty@0.1.0 > fan.wireloom:thermal/duty@0.1.0",
            FIRST
        ]
    );
    desk.harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    desk.harness.run();
    assert_eq!(wires(&desk), [FIRST], "instance and wire are one step");
    assert_eq!(names(desk.session().document()), ["controller", "sensor"]);
}

#[test]
fn an_offer_is_found_by_words_and_left_by_escape() {
    let mut desk = Desk::open();
    desk.happen(Event::ComponentsRead(vec![
        shelf_entry("blower"),
        shelf_entry("pump"),
    ]));
    let from = desk.place(SOURCE);
    desk.drag(from, pos2(1000.0, 560.0));
    desk.harness.event(egui::Event::Text("pump".into()));
    desk.harness.run();
    assert!(!desk.says("blower  wireloom"));
    desk.harness.key_press(Key::Escape);
    desk.harness.run();
    assert!(!desk.says("What takes"));
    assert_eq!(wires(&desk), [FIRST]);

    desk.drag(from, pos2(1000.0, 560.0));
    desk.harness.event(egui::Event::Text("pump".into()));
    desk.harness.run();
    desk.harness.key_press(Key::Enter);
    desk.harness.run();
    assert_eq!(
        names(desk.session().document()),
        ["controller", "pump", "sensor"]
    );
}

#[test]
fn an_instance_is_dropped_into_a_wire_and_deleted_with_the_wire_healed() {
    let mut desk = Desk::open();
    let fan = desk.place("fan component");
    desk.drag(fan, pos2(1000.0, 620.0));
    // A second controller's temperature would do for a splice, but nothing gives one: it stays beside.
    let wire = desk.place("wire from sensor.temperature to controller.temperature");
    desk.drag(fan, wire);
    assert!(desk.says("was not put into the wire"));
    assert_eq!(wires(&desk), [FIRST]);
    desk.harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    desk.harness.run();

    desk.happen(Event::ComponentsRead(vec![super::desk::filter_entry()]));
    let filter = desk.place("filter component");
    let wire = desk.place("wire from sensor.temperature to controller.temperature");
    desk.drag(filter, wire);
    desk.look("spliced");
    let spliced = [
        "filter.wireloom:thermal/temperature@0.1.0 > controller.wireloom:thermal/temperature@0.1.0",
        "sensor.wireloom:thermal/temperature@0.1.0 > filter.wireloom:thermal/temperature@0.1.0",
    ];
    assert_eq!(wires(&desk), spliced);
    assert_eq!(desk.session().undo_name(), Some("Insert `filter`"));

    desk.harness
        .key_press_modifiers(Modifiers::COMMAND, Key::Delete);
    desk.harness.run();
    assert_eq!(wires(&desk), [FIRST]);
    assert_eq!(desk.session().undo_name(), Some("Delete and heal a wire"));
    desk.harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    desk.harness.run();
    assert_eq!(wires(&desk), spliced);
}

#[test]
fn an_instance_that_is_there_is_moved_into_a_wire() {
    let mut desk = Desk::open();
    desk.happen(Event::ComponentsRead(vec![super::desk::filter_entry()]));
    let filter = desk.place("filter component");
    desk.drag(filter, pos2(760.0, 480.0));
    let wire = desk.place("wire from sensor.temperature to controller.temperature");
    let body = desk.place("filter instance, component filter");
    desk.drag(body, wire);
    assert_eq!(wires(&desk).len(), 2);
    assert_eq!(desk.session().undo_name(), Some("Put `filter` into a wire"));
}

#[test]
fn another_component_keeps_the_wires_that_fit() {
    let mut desk = Desk::open();
    desk.happen(Event::ComponentsRead(vec![super::desk::filter_entry()]));
    desk.click("controller instance, component controller");
    desk.click("Component");
    desk.look("swap");
    desk.click("filter");
    assert_eq!(wires(&desk), [FIRST]);
    assert_eq!(
        desk.session().undo_name(),
        Some("Make `controller` a `filter`")
    );
    assert!(desk.session().notices().is_empty());
    let swap = Command::Swap {
        instance: InstanceId(11),
        component: "fan".into(),
    };
    desk.harness.state_mut().apply(swap);
    desk.harness.run();
    assert_eq!(wires(&desk), [""; 0]);
    assert!(desk.says("do not fit and are gone"));
}

#[test]
fn what_can_mean_one_thing_is_connected_after_a_look() {
    let mut desk = Desk::open();
    desk.harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    let fan = desk.place("fan component");
    desk.drag(fan, pos2(1000.0, 480.0));
    desk.drag(fan, pos2(600.0, 480.0));
    desk.harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    desk.harness
        .key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::C);
    desk.harness.run();
    desk.look("auto connect");
    assert!(desk.says("controller.duty to fan.duty"));
    desk.click("controller.duty to fan2.duty");
    desk.click("Connect 1 wire");
    assert_eq!(
        wires(&desk),
        [
            "controller.wireloom:thermal/duty@0.1.0 > fan.wireloom:thermal/duty@0.1.0",
            FIRST
        ]
    );
}

#[test]
fn several_that_fit_are_a_choice() {
    let mut desk = Desk::open();
    let fan = desk.place("fan component");
    desk.drag(fan, pos2(1000.0, 560.0));
    desk.click("controller instance, component controller");
    desk.harness.key_press_modifiers(Modifiers::COMMAND, Key::D);
    desk.harness.run();
    desk.harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    desk.harness
        .key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::C);
    desk.harness.run();
    desk.look("ambiguous");
    // The duplicate reads the one sensor; the fan could have either duty.
    let sender = "Sender of fan.duty";
    desk.click(sender);
    desk.click("controller2.duty");
    desk.click("Connect 2 wires");
    assert_eq!(
        wires(&desk),
        [
            "controller2.wireloom:thermal/duty@0.1.0 > fan.wireloom:thermal/duty@0.1.0",
            FIRST,
            "sensor.wireloom:thermal/temperature@0.1.0 > controller2.wireloom:thermal/temperature@0.1.0",
        ]
    );
}

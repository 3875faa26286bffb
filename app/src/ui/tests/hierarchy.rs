//! Compositions in the window: group, enter, leave, ports at the boundary, ungroup; undo goes to where
//! the step was done.

use super::desk::{Desk, relay_entry};
use crate::{
    command::Command,
    session::{Event, Item, LiveValue, Phase, Snapshot, Version, VersionPurpose},
    ui::canvas::live_values,
};
use egui::{Key, Modifiers, Pos2, pos2, vec2};
use egui_kittest::kittest::Queryable;
use graph_core::{
    document::{End, InstanceId},
    hierarchy::flattened,
};

const CONTROLLER: &str = "controller instance, component controller";
const GROUP: &str = "group instance, composition group";

fn key(desk: &mut Desk, modifiers: Modifiers, key: Key) {
    desk.harness.key_press_modifiers(modifiers, key);
    desk.harness.run();
}

fn double_click(desk: &mut Desk, at: Pos2) {
    // A step of the harness is a quarter of a second.
    let context = &desk.harness.ctx;
    context.options_mut(|options| options.input_options.max_double_click_delay = 1.2);
    desk.harness.hover_at(at);
    desk.harness.run();
    for _ in 0..2 {
        desk.harness.drag_at(at);
        desk.harness.drop_at(at);
    }
    desk.harness.run();
}

/// The controller in a composition, which is shown from outside.
fn grouped() -> Desk {
    let mut desk = Desk::open();
    desk.click(CONTROLLER);
    key(&mut desk, Modifiers::COMMAND, Key::G);
    desk
}

fn header(desk: &Desk, label: &str) -> Pos2 {
    let rect = desk.harness.get_by_label(label).rect();
    rect.left_top() + vec2(30.0, 14.0)
}

fn flat_names(desk: &Desk) -> Vec<String> {
    let flat = flattened(desk.session().project()).document.into_owned();
    flat.instances.into_values().map(|one| one.name).collect()
}

/// Beside the boundary, on the screen.
fn outside(desk: &Desk) -> Pos2 {
    let view = &desk.harness.state().canvas;
    let frame = view.scene().boundary.unwrap();
    let at = view.state.view.to_screen(crate::canvas::geometry::point(
        frame.max.x + 40.0,
        frame.center().y,
    ));
    pos2(at.x, at.y)
}

#[test]
fn a_selection_becomes_a_composition_and_is_taken_apart() {
    let mut desk = Desk::open();
    let before = flat_names(&desk);
    desk.click(CONTROLLER);
    key(&mut desk, Modifiers::COMMAND, Key::G);
    assert_eq!(desk.session().undo_name(), Some("Group as `group`"));
    assert!(desk.says(GROUP));
    assert!(!desk.says(CONTROLLER));
    assert!(desk.says("wire from sensor.temperature to group.temperature"));
    assert_eq!(flat_names(&desk), before);
    desk.look("grouped");
    key(&mut desk, Modifiers::COMMAND | Modifiers::SHIFT, Key::G);
    assert!(desk.says(CONTROLLER));
    assert!(!desk.session().project().has_compositions());
    key(&mut desk, Modifiers::COMMAND, Key::Z);
    assert!(desk.says(GROUP));
    key(&mut desk, Modifiers::COMMAND, Key::Z);
    assert!(desk.says(CONTROLLER));
    assert_eq!(flat_names(&desk), before);
}

#[test]
fn a_composition_is_entered_and_left() {
    let mut desk = grouped();
    let at = header(&desk, GROUP);
    double_click(&mut desk, at);
    assert!(desk.says(CONTROLLER));
    assert!(desk.says("temperature port, from outside"));
    assert!(desk.says("wire from temperature.temperature to controller.temperature"));
    assert!(!desk.says("sensor instance"));
    desk.look("entered");
    key(&mut desk, Modifiers::ALT, Key::ArrowUp);
    assert!(desk.says("sensor instance, component sensor"));
    let group = desk.session().document().instance_named("group").unwrap();
    assert_eq!(desk.session().selection(), &[Item::Instance(group)].into());
    // By keys in, by the way above out.
    key(&mut desk, Modifiers::NONE, Key::Enter);
    assert!(desk.says(CONTROLLER));
    desk.click("Show climate");
    assert!(desk.says("sensor instance, component sensor"));
}

#[test]
fn a_port_is_dragged_to_the_boundary() {
    let mut desk = grouped();
    let at = header(&desk, GROUP);
    double_click(&mut desk, at);
    let pin = desk.place("controller provided port duty, not connected");
    let to = outside(&desk);
    desk.hold(pin, to);
    desk.look("to-the-boundary");
    desk.harness.drop_at(to);
    desk.harness.run();
    assert_eq!(
        desk.session().undo_name(),
        Some("Add a port to the composition")
    );
    assert!(desk.says("duty port, to outside"));
    desk.look("port-added");
    key(&mut desk, Modifiers::ALT, Key::ArrowUp);
    assert!(desk.says("group provided port duty, not connected"));
    // Undone from outside, it is shown where it was done.
    key(&mut desk, Modifiers::COMMAND, Key::Z);
    assert!(desk.says(CONTROLLER));
    assert!(!desk.says("duty port, to outside"));
}

#[test]
fn what_is_open_inside_can_become_a_port() {
    let mut desk = grouped();
    let at = header(&desk, GROUP);
    double_click(&mut desk, at);
    desk.click("temperature port, from outside");
    key(&mut desk, Modifiers::NONE, Key::Delete);
    assert!(!desk.says("temperature port, from outside"));
    desk.look("open-inside");
    desk.accept("add a port for controller.temperature");
    assert!(desk.says("temperature port, from outside"));
    let wires = &desk.session().document().connectors;
    assert_eq!(wires.len(), 1);
    assert!(
        desk.session()
            .document()
            .is_delegation(wires.values().next().unwrap())
    );
}

#[test]
fn a_composition_that_is_used_twice_says_so() {
    let mut desk = grouped();
    desk.harness.state_mut().apply(Command::Insert {
        component: "group".into(),
        at: (320.0, 260.0),
    });
    desk.harness.run();
    assert!(desk.says("group2 instance, composition group"));
    key(&mut desk, Modifiers::NONE, Key::Enter);
    assert!(desk.says("used 2 times"));
    desk.look("used-twice");
    assert_eq!(
        flat_names(&desk).last().map(String::as_str),
        Some("group2-controller")
    );
    // A problem of the second one leads there.
    let problems = desk.session().diagnostics();
    let at = problems
        .iter()
        .position(|one| one.message.contains("`group2/controller`"));
    desk.harness
        .state_mut()
        .apply(Command::GoToProblem(at.unwrap()));
    desk.harness.run();
    assert_eq!(desk.session().place().path.len(), 1);
    assert!(desk.says(CONTROLLER));
}

#[test]
fn parts_of_a_composition_are_edited_where_they_are() {
    let mut desk = grouped();
    let at = header(&desk, GROUP);
    double_click(&mut desk, at);
    desk.click(CONTROLLER);
    key(&mut desk, Modifiers::COMMAND, Key::D);
    assert!(desk.says("controller2 instance, component controller"));
    let scope = desk.session().scope();
    let project = desk.session().project();
    assert_eq!(project.parts(scope).count(), 2);
    assert_eq!(project.parts(None).count(), 2);
    let moved = project.layout.positions.get(&InstanceId(11)).copied();
    key(&mut desk, Modifiers::NONE, Key::ArrowRight);
    assert_eq!(
        desk.session()
            .project()
            .layout
            .positions
            .get(&InstanceId(11))
            .copied(),
        moved
    );
}

/// Wires inside carry what the instance that was entered gets.
#[test]
fn values_inside_are_those_of_the_entered_instance() {
    let mut desk = grouped();
    desk.happen(Event::SimulationStarted { devices: vec![] });
    let at = header(&desk, GROUP);
    double_click(&mut desk, at);
    let (wire, _) = desk.session().document().connectors.iter().next().unwrap();
    let element = desk.session().element(*wire).cloned();
    let sensor = "sensor.wireloom:thermal/temperature@0.1.0";
    assert_eq!(element.as_deref(), Some(sensor));
}

fn insert(desk: &mut Desk, component: &str, at: (f32, f32)) {
    desk.harness.state_mut().apply(Command::Insert {
        component: component.into(),
        at,
    });
    desk.harness.run();
}

fn connect(desk: &mut Desk, from: &str, to: &str, port: &str) {
    let [from, to] = [from, to].map(|name| End::Port {
        instance: desk.session().document().instance_named(name).unwrap(),
        port: port.into(),
    });
    desk.harness.state_mut().apply(Command::Connect(from, to));
    desk.harness.run();
}

/// Calls from the one relay go through the composition to the other: what would lead back is refused
/// at the pointer, as the check would refuse it.
#[test]
fn a_circle_through_a_composition_is_told_while_the_wire_is_dragged() {
    const CALLS: &str = "acme:heat/calls@1.0.0";
    let mut desk = Desk::open();
    desk.happen(Event::ComponentsRead([relay_entry()].into()));
    for at in [(0.0, 300.0), (320.0, 300.0), (640.0, 300.0)] {
        insert(&mut desk, "relay", at);
    }
    key(&mut desk, Modifiers::NONE, Key::F);
    connect(&mut desk, "relay", "relay2", CALLS);
    connect(&mut desk, "relay2", "relay3", CALLS);
    desk.click("relay2 instance, component relay");
    key(&mut desk, Modifiers::COMMAND, Key::G);
    let (from, to) = (
        desk.place("relay3 provided port calls, not connected"),
        desk.place("relay required port calls, not connected"),
    );
    desk.hold(from, to);
    desk.look("circle-through-a-composition");
    let reason = "it closes a circle of direct connectors: `relay3` depends on `relay` already";
    assert!(desk.says(reason));
    let before = desk.session().document().connectors.len();
    desk.harness.drop_at(to);
    desk.harness.run();
    assert_eq!(desk.session().document().connectors.len(), before);
    // Without the wire out of the composition there is none.
    desk.accept("wire from group.relay2-calls to relay3.calls");
    key(&mut desk, Modifiers::NONE, Key::Delete);
    desk.drag(from, to);
    assert!(desk.says("wire from relay3.calls to relay.calls"));
}

/// Ports of compositions are connected automatically like those of components, whatever they are
/// called; inside, what comes from outside is a sender.
#[test]
fn ports_of_compositions_are_connected_automatically() {
    let mut desk = Desk::open();
    insert(&mut desk, "fan", (700.0, 200.0));
    connect(
        &mut desk,
        "controller",
        "fan",
        "wireloom:thermal/duty@0.1.0",
    );
    desk.click(CONTROLLER);
    key(&mut desk, Modifiers::COMMAND, Key::G);
    for wire in [
        "wire from sensor.temperature to group.temperature",
        "wire from group.duty to fan.duty",
    ] {
        desk.accept(wire);
        key(&mut desk, Modifiers::NONE, Key::Delete);
        assert!(!desk.says(wire));
    }
    key(&mut desk, Modifiers::COMMAND, Key::A);
    key(&mut desk, Modifiers::COMMAND | Modifiers::SHIFT, Key::C);
    assert!(desk.says("sensor.temperature to group.temperature"));
    assert!(desk.says("group.duty to fan.duty"));
    desk.look("ports-connected-automatically");
    desk.click("Connect 2 wires");
    assert!(desk.says("wire from sensor.temperature to group.temperature"));
    assert!(desk.says("wire from group.duty to fan.duty"));
    let at = header(&desk, GROUP);
    double_click(&mut desk, at);
    desk.click(CONTROLLER);
    key(&mut desk, Modifiers::COMMAND, Key::D);
    key(&mut desk, Modifiers::COMMAND, Key::A);
    key(&mut desk, Modifiers::COMMAND | Modifiers::SHIFT, Key::C);
    desk.click("Connect 1 wire");
    assert!(desk.says("wire from temperature.temperature to controller2.temperature"));
}

/// In each of two uses wires carry what runs there.
#[test]
fn values_on_wires_inside_are_those_of_the_use_that_was_entered() {
    const ELEMENT: &str = "sensor.wireloom:thermal/temperature@0.1.0";
    let mut desk = Desk::open();
    key(&mut desk, Modifiers::COMMAND, Key::A);
    key(&mut desk, Modifiers::COMMAND, Key::G);
    insert(&mut desk, "group", (320.0, 260.0));
    desk.click("Run");
    desk.happen(Event::SimulationStarted { devices: vec![] });
    let value = |text: &str| LiveValue {
        text: text.into(),
        number: None,
        at_ns: 1,
    };
    let values = [
        (ELEMENT.to_owned(), value("21.5")),
        (format!("group2-{ELEMENT}"), value("30.25")),
    ];
    desk.happen(Event::Snapshot(Snapshot {
        phase: Phase::Paused,
        now_ns: 1,
        rate: 1.0,
        values: values.into(),
        ..Snapshot::default()
    }));
    for (group, value) in [("group", "21.5"), ("group2", "30.25")] {
        desk.click(&format!("{group} instance, composition group"));
        key(&mut desk, Modifiers::NONE, Key::Enter);
        assert!(desk.says(CONTROLLER));
        let drawn: Vec<String> = live_values(desk.session()).into_values().collect();
        assert_eq!(drawn, [value]);
        desk.look(&format!("values-in-{group}"));
        key(&mut desk, Modifiers::ALT, Key::ArrowUp);
    }
}

/// The project as it is, as another version.
fn version(desk: &Desk) -> Version {
    Version {
        path: "/projects/climate/before.wireloom".into(),
        document: desk.session().project().clone(),
        library: desk.session().library().clone(),
    }
}

fn compare(desk: &mut Desk, other: Version) {
    desk.happen(Event::VersionsRead {
        project: desk.session().path().map(Into::into),
        versions: vec![other],
        purpose: VersionPurpose::Compare,
    });
}

/// What is gone inside is a ghost there, and comes back at a click.
#[test]
fn a_removed_part_is_a_ghost_inside_its_composition() {
    let mut desk = grouped();
    let at = header(&desk, GROUP);
    double_click(&mut desk, at);
    desk.click(CONTROLLER);
    key(&mut desk, Modifiers::COMMAND, Key::D);
    let other = version(&desk);
    key(&mut desk, Modifiers::COMMAND, Key::Z);
    key(&mut desk, Modifiers::ALT, Key::ArrowUp);
    compare(&mut desk, other);
    const REMOVED: &str = "removed composition group: instances / controller2";
    desk.click(REMOVED);
    assert!(desk.says(CONTROLLER));
    assert!(!desk.says("controller2 instance"));
    assert!(desk.says(&format!("difference: {REMOVED}")));
    desk.look("removed-part");
    desk.click(&format!("Take over: {REMOVED}"));
    assert!(desk.says("controller2 instance, component controller"));
}

/// A part under another name is told as that, shown where it is, and called as before at a click.
#[test]
fn a_renamed_part_is_a_difference_inside_its_composition() {
    let mut desk = grouped();
    let other = version(&desk);
    let part = desk
        .session()
        .project()
        .part_named(
            desk.session().project().component_named("group"),
            "controller",
        )
        .unwrap();
    let at = header(&desk, GROUP);
    double_click(&mut desk, at);
    let rename = Command::Rename(part, "regulator".into());
    desk.harness.state_mut().apply(rename);
    key(&mut desk, Modifiers::ALT, Key::ArrowUp);
    compare(&mut desk, other);
    const RENAMED: &str = "renamed composition group: instances / regulator (was controller)";
    assert_eq!(desk.session().comparison().unwrap().differences.len(), 1);
    // Outside its sign stands at the composition.
    assert!(desk.says(&format!("difference: {RENAMED}")));
    desk.look("renamed-part-outside");
    desk.click(RENAMED);
    assert!(desk.says("regulator instance, component controller"));
    assert_eq!(desk.session().selection(), &[Item::Instance(part)].into());
    assert!(desk.says(&format!("difference: {RENAMED}")));
    desk.look("renamed-part");
    desk.click(&format!("Take over: {RENAMED}"));
    assert!(desk.says(CONTROLLER));
    assert!(desk.session().comparison().unwrap().differences.is_empty());
}

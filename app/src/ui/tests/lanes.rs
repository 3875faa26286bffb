//! ECUs as lanes on the canvas: instances are assigned by a drag, and what that takes is told.

use super::desk::{Desk, climate};
use crate::{
    command::Command,
    session::{EcuBudget, Effect, Event, Flash, ImportBudget, Ram},
};
use egui::{Key, Modifiers, Pos2, vec2};
use egui_kittest::kittest::Queryable;
use graph_core::document::*;

const SENSOR: &str = "sensor instance, component sensor";
const FRONT: &str = "partition front/main, 0 instances";

fn front() -> PartitionKey {
    PartitionKey {
        ecu: EcuId(51),
        partition: "main".into(),
    }
}

/// The climate project with a second ECU, both with boards, as lanes.
fn laned() -> Desk {
    let (mut document, library) = climate();
    let board = Some("qemu-mps2-an386".to_owned());
    let climate = document.ecus.get_mut(&EcuId(50)).unwrap();
    climate.target = board;
    let front = Ecu {
        name: "front".into(),
        ..climate.clone()
    };
    document.ecus.insert(EcuId(51), front);
    let mut desk = Desk::empty(Vec::new());
    desk.happen(Event::ProjectOpened {
        path: "/projects/climate/climate.wireloom".into(),
        document: Box::new(document),
        library,
        recovery: None,
    });
    told(&mut desk, [(200, 1), (100, 0)]);
    desk.harness.key_press(Key::L);
    desk.harness.run();
    desk
}

/// The document and the number that budgets were asked for last.
fn asked(desk: &Desk) -> Option<(Document, u64)> {
    let effects = desk.effects().into_iter();
    let budgets = effects.filter_map(|effect| match effect {
        Effect::Budget {
            document, revision, ..
        } => Some((*document, revision)),
        _ => None,
    });
    budgets.last()
}

/// What was asked is told: of each ECU the KiB of flash, and how many interfaces are not served.
fn told(desk: &mut Desk, figures: [(u64, usize); 2]) {
    let (_, revision) = asked(desk).unwrap();
    let budget = |(ecu, (kib, missing)): (&str, (u64, usize))| EcuBudget {
        ecu: ecu.into(),
        board: "qemu-mps2-an386".into(),
        form: "pulley",
        flash: Some(Flash {
            firmware_bytes: None,
            payload_bytes: None,
            slot_bytes: None,
            used_bytes: kib * 1024,
            limit_bytes: 400 * 1024,
        }),
        ram: Some(Ram {
            fixed_bytes: None,
            heap_bytes: None,
            heap_limit_bytes: None,
            memory_bytes: 0,
            stack_bytes: None,
            used_bytes: 64 * 1024,
            limit_bytes: 128 * 1024,
        }),
        start: None,
        cpu: None,
        partitions: Vec::new(),
        imports: (0..missing)
            .map(|_| ImportBudget {
                interface: "wasi:i2c/i2c".into(),
                instances: vec!["sensor".into()],
                served: false,
            })
            .collect(),
        unshrinkable: Vec::new(),
        refusals: Vec::new(),
    };
    let budgets = ["climate", "front"].into_iter().zip(figures).map(budget);
    desk.happen(Event::Budgeted {
        revision,
        budgets: Ok(budgets.collect()),
    });
}

/// A place in the band that has that title.
fn into_band(desk: &Desk, band: &str) -> Pos2 {
    let title = desk.harness.get_by_label(band).rect();
    title.center_bottom() + vec2(0.0, 20.0)
}

fn partition(desk: &Desk, id: u64) -> Option<PartitionKey> {
    desk.session().document().instances[&InstanceId(id)]
        .partition
        .clone()
}

#[test]
fn lanes_show_boards_and_what_ecus_take_of_them() {
    let mut desk = laned();
    desk.look("lanes");
    for words in [
        "lane climate: qemu-mps2-an386; Flash: 200 KiB of 400 KiB · 50 %",
        "not served: wasi:i2c/i2c",
        "lane front: qemu-mps2-an386; Flash: 100 KiB of 400 KiB · 25 %",
        "lane Not deployed: drag an instance to a partition",
        "partition climate/main, 2 instances",
    ] {
        assert!(desk.says(words), "{words}");
    }
    // What stands freely stays there.
    let positions = desk.session().document().layout.positions.clone();
    desk.harness.key_press(Key::L);
    desk.harness.run();
    assert!(!desk.says("lane climate"));
    assert_eq!(desk.session().document().layout.positions, positions);
}

#[test]
fn a_drag_into_a_lane_assigns_and_says_before_what_it_would_take() {
    let mut desk = laned();
    let places = desk.session().document().layout.positions.clone();
    let grip = desk.place(SENSOR) - vec2(0.0, 12.0);
    let to = into_band(&desk, FRONT);
    desk.effects();
    desk.hold(grip, to);
    let (tried, _) = {
        let effects = desk.outside.borrow();
        let last = effects
            .effects
            .iter()
            .rev()
            .find_map(|effect| match effect {
                Effect::Budget {
                    document, revision, ..
                } => Some((document.clone(), *revision)),
                _ => None,
            });
        last.unwrap()
    };
    assert_eq!(tried.instances[&InstanceId(10)].partition, Some(front()));
    assert!(desk.says("as it is; reckoning what would be…"));
    told(&mut desk, [(120, 0), (390, 1)]);
    assert!(desk.says(
        "lane front: qemu-mps2-an386; as it would be; Flash: 390 KiB of 400 KiB · 98 %, tight"
    ));
    desk.look("lanes-drag");
    assert_eq!(
        partition(&desk, 10).unwrap().ecu,
        EcuId(50),
        "nothing has happened yet"
    );
    desk.harness.drop_at(to);
    desk.harness.run();
    assert_eq!(partition(&desk, 10), Some(front()));
    assert_eq!(
        desk.session().undo_name(),
        Some("Assign `sensor` to `front/main`")
    );
    assert!(desk.says("of the last version; reckoning…"));
    assert!(desk.says("partition front/main, 1 instance"));
    let (document, _) = asked(&desk).unwrap();
    assert_eq!(document.instances[&InstanceId(10)].partition, Some(front()));
    desk.harness.state_mut().apply(Command::Undo);
    assert_eq!(partition(&desk, 10).unwrap().ecu, EcuId(50));
    assert_eq!(
        desk.session().document().layout.positions,
        places,
        "one step"
    );
}

#[test]
fn a_drag_that_is_left_forgets_what_was_tried() {
    let mut desk = laned();
    let grip = desk.place(SENSOR) - vec2(0.0, 12.0);
    let to = into_band(&desk, FRONT);
    desk.hold(grip, to);
    assert!(desk.session().lanes().trial().is_some());
    desk.harness.key_press(Key::Escape);
    desk.harness.run();
    assert!(desk.session().lanes().trial().is_none());
    assert!(desk.says("lane front: qemu-mps2-an386; Flash: 100 KiB"));
    assert_eq!(partition(&desk, 10).unwrap().ecu, EcuId(50));
}

#[test]
fn inside_its_band_an_instance_moves_only() {
    let mut desk = laned();
    let place = |desk: &Desk, id| desk.session().document().layout.positions[&InstanceId(id)];
    let before = place(&desk, 11);
    let label = "controller instance, component controller";
    let grip = desk.place(label) - vec2(0.0, 12.0);
    let zoom = desk.harness.state().canvas.state.view.zoom;
    desk.drag(grip, grip + vec2(60.0, 0.0) * zoom);
    assert_eq!(partition(&desk, 11).unwrap().ecu, EcuId(50));
    assert_eq!(desk.session().undo_name(), Some("Move"));
    let after = place(&desk, 11);
    assert!(
        (after.0 - before.0 - 60.0).abs() <= 10.0 && (after.1 - before.1).abs() <= 10.0,
        "{before:?} {after:?}"
    );
    assert!(desk.session().lanes().trial().is_none());
}

#[test]
fn a_component_from_the_library_is_deployed_where_it_is_dropped() {
    let mut desk = laned();
    let fan = desk.place("fan component");
    let to = into_band(&desk, FRONT);
    desk.drag(fan, to);
    let document = desk.session().document();
    let fan = document.instance_named("fan").unwrap();
    assert_eq!(document.instances[&fan].partition, Some(front()));
}

#[test]
fn by_keys_the_selection_is_moved_to_another_ecu() {
    let mut desk = laned();
    desk.harness.state_mut().apply(Command::SelectAll);
    desk.harness
        .key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::M);
    desk.harness.run();
    assert!(desk.says("climate / main") && desk.says("Not deployed"));
    desk.harness.event(egui::Event::Text("front".into()));
    desk.harness.run();
    desk.harness.key_press(Key::Enter);
    desk.harness.run();
    assert_eq!(partition(&desk, 10), Some(front()));
    assert_eq!(partition(&desk, 11), Some(front()));
    assert_eq!(
        desk.session().undo_name(),
        Some("Assign 2 instances to `front/main`")
    );
    // A screen reader selects an ECU by its lane.
    let told = desk.harness.get_by_label_contains("lane front: ");
    told.click_accesskit();
    desk.harness.run();
    assert_eq!(
        desk.session().selection().first(),
        Some(&Subject::Ecu(EcuId(51)))
    );
}

#[test]
fn arranging_keeps_partitions_together_while_there_are_lanes() {
    let mut desk = laned();
    desk.harness.state_mut().apply(Command::Arrange);
    desk.harness.run();
    assert_eq!(desk.session().undo_name(), Some("Arrange"));
    for label in [SENSOR, "controller instance, component controller"] {
        let node = desk.harness.get_by_label(label).rect();
        let band = desk
            .harness
            .get_by_label("partition climate/main, 2 instances")
            .rect();
        assert!(
            node.min.x > band.min.x && node.min.y > band.min.y,
            "{label}"
        );
    }
}

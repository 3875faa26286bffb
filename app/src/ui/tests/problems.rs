//! Problems: each is gone to, fixed by a click, and back by undo. Instances are arranged.

use super::desk::Desk;
use egui::{Key, Modifiers, pos2};
use graph_core::document::{InstanceId, Subject};

#[test]
fn problems_are_gone_to_one_by_one() {
    let mut desk = Desk::open();
    let subjects: Vec<Subject> = desk
        .session()
        .diagnostics()
        .iter()
        .map(|diagnostic| diagnostic.subject.clone())
        .collect();
    assert!(subjects.len() > 2, "{subjects:?}");
    for subject in &subjects {
        desk.harness.key_press(Key::F8);
        desk.harness.run();
        assert_eq!(desk.session().selection().first(), Some(subject));
    }
    desk.harness.key_press_modifiers(Modifiers::SHIFT, Key::F8);
    desk.harness.run();
    let before = subjects.iter().rev().nth(1);
    assert_eq!(desk.session().selection().first(), before);
}

#[test]
fn a_quick_fix_is_a_click_and_a_step() {
    let mut desk = Desk::open();
    let before = desk.session().diagnostics().len();
    desk.click("Run `wireloom:thermal/control@0.1.0#step` every 10 ms");
    let session = desk.session();
    assert!(session.diagnostics().len() < before);
    let controller = &session.document().instances[&InstanceId(11)];
    assert_eq!(controller.activations.len(), 1);
    assert_eq!(
        session.undo_name(),
        Some("Run `wireloom:thermal/control@0.1.0#step` every 10 ms")
    );
    desk.harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    desk.harness.run();
    assert_eq!(desk.session().diagnostics().len(), before);
}

#[test]
fn all_or_the_selection_are_arranged() {
    let mut desk = Desk::open();
    let fan = desk.place("fan component");
    desk.drag(fan, pos2(800.0, 520.0));
    let place = |desk: &Desk, id| desk.session().document().layout.positions[&InstanceId(id)];
    let fan = *desk.session().document().instances.keys().last().unwrap();
    let stood = place(&desk, fan.0);
    desk.click("sensor instance, component sensor");
    let select = crate::command::Command::ToggleSelection(Subject::Instance(InstanceId(11)));
    desk.harness.state_mut().apply(select);
    desk.click("Arrange");
    desk.click("Arrange selection");
    assert_eq!(desk.session().undo_name(), Some("Arrange the selection"));
    assert_eq!(place(&desk, fan.0), stood, "what is not selected stays");
    let (sensor, controller) = (place(&desk, 10), place(&desk, 11));
    assert_eq!(sensor, (0.0, 0.0), "their corner stays");
    assert!(controller.0 > sensor.0, "senders stand left of receivers");
    let back = crate::command::Command::Move(vec![(InstanceId(11), (-700.0, 300.0))]);
    desk.harness.state_mut().apply(back);
    desk.harness
        .key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::A);
    desk.harness.run();
    assert_eq!(desk.session().undo_name(), Some("Arrange"));
    assert!(place(&desk, 11).0 > place(&desk, 10).0);
}

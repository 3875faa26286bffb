//! The path of a newcomer: look, drag in, wire, undo, delete.

use super::desk::Desk;

#[test]
fn an_opened_project_is_shown_with_names() {
    let desk = Desk::open();
    desk.look("open");
    assert!(desk.says("sensor instance, component sensor"));
    assert!(desk.says("wire from sensor.temperature to controller.temperature"));
    assert!(desk.says("controller provided port duty, not connected"));
}

#[test]
fn an_empty_window_says_what_to_do() {
    let desk = Desk::empty(Vec::new());
    desk.look("empty");
    assert!(desk.says("No components yet"));
}

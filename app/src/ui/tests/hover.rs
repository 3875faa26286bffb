//! What a pin says to a pointer that rests on it.

use super::desk::Desk;
use egui::Modifiers;

const PIN: &str = "controller required port temperature, connected to sensor.temperature";

#[test]
fn a_pin_that_is_rested_on_shows_its_wit_and_a_passing_pointer_does_not() {
    let mut desk = Desk::open();
    let pin = desk.place(PIN);
    desk.harness.hover_at(pin);
    desk.harness.run_steps(2);
    assert!(desk.says("required sender-receiver port"));
    assert!(!desk.says("get: func() -> f32"));
    // Each step of the test's clock is a quarter of a second.
    desk.harness.run_steps(4);
    assert!(desk.says("get: func() -> f32"));
    desk.look("hover");
    desk.harness.hover_at(pin + egui::vec2(0.0, 300.0));
    desk.harness.run_steps(2);
    assert!(!desk.says("get: func() -> f32"));
}

#[test]
fn alt_shows_the_wit_at_once() {
    let mut desk = Desk::open();
    let pin = desk.place(PIN);
    desk.harness.hover_at(pin);
    desk.harness.run_steps(1);
    desk.harness.run_steps(1);
    let held = egui::Event::ModifiersChanged(Modifiers::ALT);
    desk.harness.event(held);
    desk.harness.run_steps(1);
    assert!(desk.says("get: func() -> f32"));
}

//! Breakpoints in the window: written, taken from wires, instances and rows, switched, removed.

use super::{desk::Desk, run::running};
use crate::{command::Command, observe::Hit, session::*};
use egui::{PointerButton, accesskit::Role};
use egui_kittest::kittest::Queryable;

/// The last list that the simulation was given.
fn given(desk: &Desk) -> Vec<String> {
    let orders = desk
        .effects()
        .into_iter()
        .filter_map(|effect| match effect {
            Effect::Simulation(SimulationOrder::SetBreakpoints(texts)) => Some(texts),
            _ => None,
        });
    orders.last().expect("breakpoints were given")
}

#[test]
fn a_breakpoint_is_written_switched_and_removed() {
    let mut desk = running();
    let studio = desk.harness.state_mut();
    studio.apply(Command::TogglePanel(Panel::Breakpoints));
    desk.harness.run();
    assert!(desk.says("No breakpoints"));
    let field = desk
        .harness
        .get_by_role_and_label(Role::TextInput, "New breakpoint");
    field.focus();
    desk.harness.run();
    desk.harness
        .get_by_role_and_label(Role::TextInput, "New breakpoint")
        .type_text("value sensor.temperature > 22");
    desk.harness.run();
    desk.click("Add");
    const TEXT: &str = "value sensor.temperature > 22";
    assert_eq!(given(&desk), [TEXT]);
    desk.happen(Event::BreakpointsRefused(
        [(TEXT.to_owned(), "there is no value of that name".to_owned())].into(),
    ));
    assert!(desk.says("there is no value of that name"));
    desk.happen(Event::BreakpointsRefused(Default::default()));
    desk.happen(Event::Snapshot(Snapshot {
        phase: Phase::Paused,
        now_ns: 4_100_000_000,
        stopped: Some(Hit {
            text: TEXT.into(),
            at_ns: 4_100_000_000,
            reason: "sensor.temperature = 22.1".into(),
        }),
        ..Snapshot::default()
    }));
    assert!(desk.says("stopped at 4.100 000 s: sensor.temperature = 22.1"));
    assert!(desk.says("at a breakpoint"));
    desk.look("breakpoints");
    let switch = format!("Breakpoint {TEXT}");
    desk.harness
        .get_by_role_and_label(Role::Switch, &switch)
        .click();
    desk.harness.run();
    assert!(given(&desk).is_empty(), "it is off");
    desk.accept(&format!("Remove breakpoint {TEXT}"));
    assert_eq!(desk.session().view().breakpoints, []);
}

#[test]
fn wires_instances_and_rows_offer_breakpoints() {
    let mut desk = running();
    desk.click("Trace");
    desk.harness
        .get_by_label("120#2700")
        .click_button(PointerButton::Secondary);
    desk.harness.run();
    desk.click("Stop at the next one");
    assert_eq!(given(&desk), ["frame can0:FanStatus"]);
    desk.click("wire from sensor.temperature to controller.temperature");
    let at = desk.place("wire from sensor.temperature to controller.temperature");
    second_button(&mut desk, at);
    desk.click("Stop at accesses");
    let wire = given(&desk).pop().unwrap();
    assert!(wire.starts_with("access sensor."), "{wire}");
    desk.click("controller instance, component controller");
    let at = desk.place("controller instance, component controller");
    second_button(&mut desk, at);
    desk.click("Stop at");
    desk.click("Its runnables");
    assert_eq!(given(&desk).pop().unwrap(), "run controller");
    // A new run has them from its start.
    desk.harness.state_mut().apply(Command::Stop);
    desk.harness.state_mut().apply(Command::Step);
    let effects = desk.effects();
    let started = effects
        .iter()
        .position(|effect| matches!(effect, Effect::StartSimulation { .. }));
    let next = &effects[started.unwrap() + 1];
    assert!(
        matches!(next, Effect::Simulation(SimulationOrder::SetBreakpoints(texts)) if texts.len() == 3)
    );
}

fn second_button(desk: &mut Desk, at: egui::Pos2) {
    desk.harness.hover_at(at);
    desk.harness.run();
    for pressed in [true, false] {
        desk.harness.event(egui::Event::PointerButton {
            pos: at,
            button: PointerButton::Secondary,
            pressed,
            modifiers: egui::Modifiers::NONE,
        });
        desk.harness.run_steps(1);
    }
    desk.harness.run();
}

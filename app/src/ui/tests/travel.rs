//! Back to an earlier instant: by slider, buttons, question, trace and plot.

use super::{desk::Desk, run::running};
use crate::session::*;
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;

/// What the simulation was asked for since the last call.
fn ordered(desk: &Desk) -> Vec<SimulationOrder> {
    let orders = desk.effects().into_iter();
    let orders = orders.filter_map(|effect| match effect {
        Effect::Simulation(order) => Some(order),
        _ => None,
    });
    orders.collect()
}

#[test]
fn the_slider_goes_back_when_it_is_let_go() {
    let mut desk = running();
    desk.effects();
    let role = egui::accesskit::Role::Slider;
    let rect = desk.harness.get_by_role_and_label(role, "Time").rect();
    let at = |part: f32| egui::pos2(rect.left() + part * rect.width(), rect.center().y);
    desk.hold(at(0.95), at(0.5));
    assert_eq!(ordered(&desk), [], "only where it is let go");
    desk.look("travel-dragged");
    desk.harness.drop_at(at(0.5));
    desk.harness.run();
    let [SimulationOrder::GoTo(at_ns)] = ordered(&desk)[..] else {
        panic!("it goes there once");
    };
    assert!((1_800_000_000..2_200_000_000).contains(&at_ns), "{at_ns}");
    // By keys it goes at once.
    let slider = desk.harness.get_by_role_and_label(role, "Time");
    slider.decrement_accesskit();
    desk.harness.run();
    assert!(matches!(ordered(&desk)[..], [SimulationOrder::GoTo(at_ns)] if at_ns < 4_000_000_000));
}

#[test]
fn what_was_seen_later_is_gone_and_comes_again() {
    let mut desk = running();
    desk.click("Trace");
    assert!(desk.says("80 of 80 rows"));
    let again = Snapshot {
        phase: Phase::Paused,
        is_anew: true,
        now_ns: 1_000_000_000,
        reached_ns: 4_000_000_000,
        stimuli: vec![("cabin.temperature".into(), 30.0)],
        ..Snapshot::default()
    };
    desk.happen(Event::Snapshot(again.clone()));
    assert!(desk.says("1.000 000 s") && desk.says("No trace yet"));
    let shown = |desk: &Desk| desk.session().run().devices[0].stimuli[0].value;
    assert_eq!(shown(&desk), 30.0);
    assert_eq!(desk.session().run().reached_ns, 4_000_000_000);
    // From before the change the slider stands where it began.
    desk.happen(Event::Snapshot(Snapshot {
        stimuli: Vec::new(),
        ..again
    }));
    assert_eq!(shown(&desk), 21.5);
}

#[test]
fn steps_are_taken_back_by_button_and_keys() {
    let mut desk = running();
    desk.effects();
    desk.click("Step back");
    let back = |size| SimulationOrder::StepBack(size);
    assert_eq!(ordered(&desk), [back(StepSize::Activation)]);
    for (modifiers, key, order) in [
        (Modifiers::COMMAND, Key::F10, back(StepSize::Activation)),
        (Modifiers::COMMAND, Key::F11, back(StepSize::Event)),
        (
            Modifiers::NONE,
            Key::F11,
            SimulationOrder::Step(StepSize::Event),
        ),
    ] {
        desk.harness.key_press_modifiers(modifiers, key);
        desk.harness.run();
        assert_eq!(ordered(&desk), [order]);
    }
}

#[test]
fn an_instant_is_asked_for() {
    let mut desk = running();
    desk.effects();
    let ask = |desk: &mut Desk, text: &str| {
        desk.harness.key_press_modifiers(Modifiers::COMMAND, Key::T);
        desk.harness.run();
        let role = egui::accesskit::Role::TextInput;
        let field = desk.harness.get_by_role_and_label(role, "Time");
        field.focus();
        desk.harness.run();
        desk.harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
        let field = desk.harness.get_by_role_and_label(role, "Time");
        field.type_text(text);
        desk.harness.run();
    };
    ask(&mut desk, "soon");
    assert!(desk.says("`soon` is no time"));
    desk.look("travel-asked");
    desk.click("Cancel");
    assert_eq!(ordered(&desk), []);
    ask(&mut desk, "250ms");
    desk.click("Go");
    assert_eq!(ordered(&desk), [SimulationOrder::GoTo(250_000_000)]);
    assert!(!desk.session().view().asks_instant);
}

#[test]
fn a_row_of_the_trace_leads_to_its_instant() {
    let mut desk = running();
    desk.click("Trace");
    desk.effects();
    desk.harness
        .get_by_label("120#2700")
        .click_button(egui::PointerButton::Secondary);
    desk.harness.run();
    desk.click("Go to this instant");
    assert_eq!(ordered(&desk), [SimulationOrder::GoTo(3_900_000_000)]);
}

//! An adapter is offered while a wire is dropped, looked at, confirmed, inserted; seen on the wire,
//! edited and removed in the inspector; proposed and confirmed by quick-fixes.

use super::desk::{Desk, gauge_entry};
use crate::{command::Command, session::Event};
use autosar_wit::mapping::{Mapping, Policy};
use egui::{Key, Modifiers, pos2};
use egui_kittest::kittest::Queryable;
use graph_core::document::{Connector, Subject};

const SOURCE: &str = "controller provided port duty, not connected";
const GAUGE: &str = "gauge required port level, not connected";
const WIRE: &str = "wire from controller.duty to gauge.level, with an adapter";

/// A gauge on the canvas, which takes the duty as another number.
fn desk() -> Desk {
    let mut desk = Desk::open();
    desk.happen(Event::ComponentsRead(vec![gauge_entry()]));
    let gauge = desk.place("gauge component");
    desk.drag(gauge, pos2(960.0, 520.0));
    desk
}

fn adapted(desk: &Desk) -> Option<&Connector> {
    let connectors = &desk.session().document().connectors;
    connectors.values().find(|one| one.adapter.is_some())
}

fn mapping(desk: &Desk) -> Mapping {
    adapted(desk).unwrap().adapter.clone().unwrap()
}

/// Codes of what the checks say of the wire to the gauge.
fn findings(desk: &Desk) -> Vec<&'static str> {
    let diagnostics = desk.session().diagnostics().iter();
    diagnostics
        .filter(|one| matches!(one.subject, Subject::Connector(_)))
        .map(|one| one.code)
        .collect()
}

/// Drops the wire, confirms what is proposed, inserts it.
fn insert(desk: &mut Desk) {
    desk.drag_wire(SOURCE, GAUGE);
    desk.click("Confirm all");
    desk.click("Insert adapter");
}

#[test]
fn a_dropped_wire_that_does_not_fit_is_offered_an_adapter() {
    let mut desk = desk();
    let (from, to) = (desk.place(SOURCE), desk.place(GAUGE));
    desk.hold(from, to);
    desk.look("adapter-verdict");
    assert!(desk.says("`level` of `gauge` fits with an adapter"));
    desk.harness.drop_at(to);
    desk.harness.run();
    desk.look("adapter-offer");
    assert!(desk.says("Insert an adapter"));
    assert!(desk.says("needs s8, is given u8 by get"));
    assert!(desk.says("to confirm"));
    assert!(adapted(&desk).is_none(), "nothing is connected yet");
    // Nothing is guessed silently: what is not confirmed is not inserted.
    desk.accept("Insert adapter");
    assert!(adapted(&desk).is_none());
    desk.click("Confirm level");
    desk.click("Insert adapter");
    let found = mapping(&desk);
    assert_eq!(found.rules["level"].from.as_deref(), Some("get"));
    assert_eq!(found.rules["level"].policy, Some(Policy::Saturate));
    assert!(found.to_confirm().next().is_none());
    assert_eq!(findings(&desk), [""; 0]);
    assert_eq!(desk.session().undo_name(), Some("Connect with an adapter"));
    desk.place(WIRE);
    desk.look("adapter-inserted");
    desk.harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    desk.harness.run();
    assert!(adapted(&desk).is_none());
}

#[test]
fn an_offer_is_left_without_a_trace() {
    let mut desk = desk();
    let before = desk.session().document().clone();
    desk.drag_wire(SOURCE, GAUGE);
    desk.click("Cancel");
    assert!(!desk.says("Insert an adapter"));
    desk.drag_wire(SOURCE, GAUGE);
    desk.harness.key_press(Key::Escape);
    desk.harness.run();
    assert!(!desk.says("Insert an adapter"));
    assert_eq!(*desk.session().document(), before);
}

#[test]
fn the_inspector_shows_and_edits_the_mapping() {
    let mut desk = desk();
    insert(&mut desk);
    assert!(
        desk.says("needs s8, is given u8 by get"),
        "the wire is selected"
    );
    desk.look("adapter-inspector");
    desk.click("level Outside");
    desk.look("adapter-policy");
    desk.click("Invalid");
    // The getter gives a plain number: it cannot say invalid.
    assert_eq!(mapping(&desk).rules["level"].policy, Some(Policy::Invalid));
    assert!(desk.says("the function cannot say `invalid`; choose another policy"));
    assert_eq!(findings(&desk), ["adapter"]);
    desk.look("adapter-wrong");
    let diagnostics = desk.session().diagnostics();
    let wrong = diagnostics.iter().position(|one| one.code == "adapter");
    let anew = Command::ApplyFix {
        diagnostic: wrong.unwrap(),
        fix: 0,
    };
    assert_eq!(
        diagnostics[wrong.unwrap()].fixes[0].title,
        "Propose the adapter anew"
    );
    desk.harness.state_mut().apply(anew);
    desk.harness.run();
    assert_eq!(mapping(&desk).rules["level"].policy, Some(Policy::Saturate));
    // The inspector's own, of several: quick-fixes say the same.
    let remove = desk.harness.query_all_by_label("Remove the adapter").next();
    remove.unwrap().click_accesskit();
    desk.harness.run();
    assert!(adapted(&desk).is_none());
    assert_eq!(desk.session().undo_name(), Some("Remove the adapter"));
    assert_eq!(findings(&desk), ["type-mismatch"]);
    desk.click("Insert an adapter…");
    assert!(desk.says("needs s8, is given u8 by get"));
    desk.click("Confirm all");
    desk.click("Insert adapter");
    assert_eq!(desk.session().undo_name(), Some("Insert an adapter"));
    assert_eq!(findings(&desk), [""; 0]);
}

#[test]
fn problems_offer_an_adapter_and_have_it_confirmed() {
    let mut desk = desk();
    insert(&mut desk);
    let id = *desk
        .session()
        .document()
        .connectors
        .iter()
        .find(|(_, one)| one.adapter.is_some())
        .unwrap()
        .0;
    desk.harness.state_mut().apply(Command::RemoveAdapter(id));
    desk.harness.state_mut().apply(Command::Select(Vec::new()));
    desk.harness.run();
    assert_eq!(findings(&desk), ["type-mismatch"]);
    desk.click("Insert an adapter");
    assert_eq!(findings(&desk), ["adapter"]);
    assert!(desk.says("is a proposal: `level` from get, saturated"));
    desk.look("adapter-problems");
    desk.click("Confirm the rule of the adapter");
    assert_eq!(findings(&desk), [""; 0]);
    assert_eq!(mapping(&desk).rules["level"].from.as_deref(), Some("get"));
}

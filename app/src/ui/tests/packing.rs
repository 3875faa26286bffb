//! Connectors between ECUs packed into CAN frames: looked at, changed by hand, taken over, undone.

use super::{desk::Desk, ethernet::two_ecus};
use crate::{
    packing::Plan,
    session::{Effect, Event},
};
use egui::{Key, Modifiers, accesskit::Role};
use egui_kittest::kittest::Queryable;
use graph_core::document::{BusKind, ConnectorKind, End};

fn open() -> Desk {
    let mut desk = two_ecus(&[]);
    desk.click("Edit");
    desk.click("Pack into CAN frames…");
    desk
}

/// What the window has asked to be written.
fn written(desk: &Desk) -> Option<(Box<Plan>, String)> {
    desk.effects().into_iter().find_map(|effect| match effect {
        Effect::WriteDescription { plan, text, .. } => Some((plan, text)),
        _ => None,
    })
}

fn type_over(desk: &mut Desk, role: Role, label: &str, text: &str) {
    let field = desk.harness.get_by_role_and_label(role, label);
    field.focus();
    desk.harness.run();
    desk.harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    desk.harness.event(egui::Event::Text(text.to_owned()));
    desk.harness.key_press(Key::Enter);
    desk.harness.run();
}

#[test]
fn frames_are_looked_at_and_taken_over_in_one_step() {
    let mut desk = open();
    let before = desk.session().document().clone();
    assert!(desk.says("load of `can0` at 500 kbit/s"));
    assert!(desk.says("shorter periods") || desk.says("sent on change"));
    desk.look("packing");
    desk.click("Take over");
    let (plan, text) = written(&desk).unwrap();
    assert!(text.contains("BO_ 256 Climate"), "{text}");
    assert_eq!(*desk.session().document(), before, "the file comes first");
    desk.happen(Event::DescriptionWritten {
        plan,
        file: "can0-frames.dbc".to_owned(),
    });
    let document = desk.session().document();
    let bus = document.buses.values().find(|bus| bus.name == "can0");
    let expected = BusKind::Can {
        bitrate_bps: 500_000,
        flexible: None,
        description: Some("can0-frames.dbc".to_owned()),
        restbus: std::collections::BTreeSet::new(),
    };
    assert_eq!(bus.unwrap().kind, expected);
    let through = document.connectors.values().filter(|connector| {
        let is_signal = |end: &End| matches!(end, End::Signal { .. });
        is_signal(&connector.from) || is_signal(&connector.to)
    });
    assert_eq!(through.count(), 2);
    let is_direct = |kind: &ConnectorKind| matches!(kind, ConnectorKind::Direct);
    assert!(!document.connectors.values().any(|one| is_direct(&one.kind)));
    let reads = desk.effects().into_iter();
    let mut reads = reads.filter(|effect| matches!(effect, Effect::ReadDescriptions { .. }));
    assert!(reads.next().is_some(), "the description is read");
    desk.harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    desk.harness.run();
    assert_eq!(desk.session().document().connectors, before.connectors);
    assert_eq!(desk.session().document().buses, before.buses);
}

#[test]
fn names_and_cycles_are_changed_and_what_is_wrong_keeps_it_back() {
    let mut desk = open();
    let name = desk.session().packing().unwrap().proposal.frames[0]
        .name
        .clone();
    type_over(&mut desk, Role::TextInput, "Frame", "2nd");
    assert!(desk.says("`2nd` is no name in a DBC"));
    desk.look("packing-refused");
    desk.click("Take over");
    assert!(written(&desk).is_none(), "it is held back");
    type_over(&mut desk, Role::TextInput, "Frame", "Cabin");
    type_over(&mut desk, Role::SpinButton, "Cycle", "20");
    type_over(&mut desk, Role::SpinButton, "Identifier", "123");
    desk.click("Take over");
    let (plan, text) = written(&desk).unwrap();
    let frame = &plan.proposal.frames[0];
    assert_ne!(frame.name, name);
    assert_eq!((frame.id, frame.cycle_ms), (0x123, Some(20)));
    assert!(text.contains("BO_ 291 Cabin: 4 climate"), "{text}");
    assert!(
        text.contains("BA_ \"GenMsgCycleTime\" BO_ 291 20;"),
        "{text}"
    );
}

#[test]
fn a_project_that_was_never_saved_is_to_be_saved_first() {
    let desk = two_ecus(&[]);
    let (document, library) = {
        let session = desk.session();
        (session.document().clone(), session.library().clone())
    };
    let mut desk = Desk::empty(Vec::new());
    desk.happen(Event::Reopened {
        document: Box::new(document),
        library,
        parts: Default::default(),
        notes: Vec::new(),
    });
    desk.click("Edit");
    desk.click("Pack into CAN frames…");
    desk.click("Take over");
    assert!(written(&desk).is_none());
    assert!(desk.says("save the project first"));
}

//! The tour of the first start is done by doing what it says.

use super::desk::Desk;
use crate::{
    command::Command,
    session::{Effect, Event, Settings},
};
use egui::{Key, Modifiers};

#[test]
fn five_steps_are_done_one_by_one_and_the_tour_does_not_come_back() {
    let mut desk = Desk::open();
    assert!(!desk.says("Tour: step"));
    desk.harness.state_mut().apply(Command::Tour);
    desk.harness.run();
    assert!(desk.says("Tour: step 1 of 5") && desk.says("Skip this step"));
    desk.look("tour");
    desk.accept("sensor instance, component sensor");
    assert!(desk.says("Done"));
    desk.click("Next");
    assert!(desk.says("Take a wire away") && !desk.says("Done"));
    let wire = *desk.session().document().connectors.keys().next().unwrap();
    let item = crate::session::Item::Connector(wire);
    desk.harness.state_mut().apply(Command::Select(vec![item]));
    desk.harness.key_press(Key::Delete);
    desk.harness.run();
    desk.click("Next");
    assert!(desk.says("Wire it again") && !desk.says("Done"));
    desk.look("tour-wire");
    desk.harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    desk.harness.run();
    desk.click("Next");
    assert!(desk.says("Run it"));
    desk.harness.key_press(Key::F5);
    desk.harness.run();
    desk.happen(Event::SimulationStarted { devices: vec![] });
    desk.click("Next");
    assert!(desk.says("Tour: step 5 of 5"));
    desk.effects();
    desk.click("Finish");
    assert!(!desk.says("Tour: step"));
    let kept = desk.effects().into_iter().find_map(|effect| match effect {
        Effect::KeepSettings(text) => Some(Settings::from_text(&text).unwrap()),
        _ => None,
    });
    assert!(kept.unwrap().tour_seen);
}

#[test]
fn a_tour_can_be_ended_and_begun_again_from_the_list_of_commands() {
    let mut desk = Desk::open();
    desk.harness.state_mut().apply(Command::Tour);
    desk.harness.run();
    desk.click("End the tour");
    assert!(!desk.says("Tour: step"));
    desk.click("View");
    desk.click("Tour");
    assert!(desk.says("Tour: step 1 of 5"));
}

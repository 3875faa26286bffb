//! Calibration parameters before and during a run.

use super::{desk::Desk, modes::drive};
use crate::session::{Effect, Event, Session, SimulationOrder};

const BRIGHTNESS: &str = "acme:drive/tuning@1.0.0#brightness";

fn desk() -> Desk {
    let mut desk = Desk::empty(Vec::new());
    let (document, library) = drive();
    desk.happen(Event::ProjectOpened {
        path: "/projects/drive/drive.wireloom".into(),
        document: Box::new(document),
        library,
        recovery: None,
    });
    desk.click("Parameters");
    desk
}

/// The raw value in the project.
fn of_project(session: &Session, key: &str) -> String {
    let mut instances = session.document().instances.values();
    let lamp = instances.find(|one| one.name == "lamp").unwrap();
    lamp.parameters[key].clone()
}

fn given(desk: &Desk) -> Vec<(String, String)> {
    let effects = desk.effects().into_iter();
    effects
        .filter_map(|effect| match effect {
            Effect::Simulation(SimulationOrder::SetParameter { element, text }) => {
                Some((element, text))
            }
            _ => None,
        })
        .collect()
}

#[test]
fn before_a_run_a_choice_is_the_projects_and_can_be_undone() {
    let mut desk = desk();
    for words in ["lamp.tuning.brightness", "0 to 100 %", "read only"] {
        assert!(desk.says(words), "{words}");
    }
    desk.look("parameters-declared");
    desk.click("lamp.tuning.colour value");
    desk.click("white");
    let colour = "acme:drive/tuning@1.0.0#colour";
    assert_eq!(of_project(desk.session(), colour), "white");
    desk.click("Undo");
    assert_eq!(of_project(desk.session(), colour), "amber");
}

#[test]
fn during_a_run_a_value_changes_at_once_goes_back_and_is_taken_over() {
    let mut desk = desk();
    desk.click("Run");
    desk.happen(Event::SimulationStarted {
        devices: Vec::new(),
    });
    desk.effects();
    desk.click("lamp.tuning.colour value");
    desk.click("white");
    let element = "lamp.acme:drive/tuning@1.0.0#colour".to_owned();
    assert_eq!(given(&desk), [(element.clone(), "white".to_owned())]);
    let colour = "acme:drive/tuning@1.0.0#colour";
    assert_eq!(of_project(desk.session(), colour), "amber", "not yet");
    assert!(desk.says("project amber"));
    desk.look("parameters");
    desk.click("lamp.tuning.colour back to the project's value");
    assert_eq!(given(&desk), [(element, "amber".to_owned())]);
    assert!(!desk.says("project amber"));
    desk.click("lamp.tuning.colour value");
    desk.click("white");
    desk.click("Take over lamp.tuning.colour");
    assert_eq!(of_project(desk.session(), colour), "white");
    assert!(!desk.says("project amber"));
    desk.click("Undo");
    assert_eq!(of_project(desk.session(), colour), "amber");
    assert_eq!(of_project(desk.session(), BRIGHTNESS), "50");
}

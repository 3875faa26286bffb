//! Another version on the canvas: signs, ghosts, the list, and differences that are taken over.

use super::desk::{Desk, climate, shelf_entry};
use crate::{
    command::Command,
    session::{Effect, Event, Panel, Version, VersionPurpose},
    ui::dialogs::Answer,
};
use egui::Key;
use graph_core::{difference::compare, document::*, edit::Edit, library::Entry};

const GONE: &str = "removed instance fan";
const CHANGED: &str = "changed instance controller: activations / wireloom:thermal/control@0.1.0#step / priority 7 → 3";
const ADDED: &str = "added connector sensor.wireloom:thermal/temperature@0.1.0 to controller.wireloom:thermal/temperature@0.1.0";

/// The climate project with an activation of the controller.
fn mine(priority: u32) -> (Document, graph_core::library::Library) {
    let (mut document, library) = climate();
    let controller = document.instances.get_mut(&InstanceId(11)).unwrap();
    controller.activations = vec![Activation {
        runnable: FunctionPath {
            port: "wireloom:thermal/control@0.1.0".into(),
            function: Some("step".into()),
        },
        event: RteEvent::Timing {
            period_ns: 10_000_000,
            offset_ns: 0,
        },
        priority,
        task: None,
        disabled_in: Default::default(),
    }];
    (document, library)
}

/// The version before: with a fan that is wired, without the sensor's wire, another priority.
fn before() -> Version {
    let (mut document, library) = mine(7);
    let fan = Instance {
        name: "fan".into(),
        component: ComponentId(2),
        ..document.instances[&InstanceId(10)].clone()
    };
    let end = |id, port: &str| crate::canvas::test_data::port_end(id, port);
    let duty = "wireloom:thermal/duty@0.1.0";
    let wire = Connector {
        from: end(11, duty),
        to: end(12, duty),
        ..document.connectors[&ConnectorId(30)].clone()
    };
    document
        .apply_batch(vec![
            Edit::Disconnect(ConnectorId(30)),
            Edit::InsertInstance(InstanceId(12), fan),
            Edit::Move(InstanceId(12), Some((660.0, 190.0))),
            Edit::Connect(ConnectorId(31), wire),
        ])
        .unwrap();
    Version {
        path: "/projects/climate/before.wireloom".into(),
        document,
        library,
    }
}

fn open() -> Desk {
    let mut desk = Desk::empty(vec![Answer::Chosen(vec!["before.wireloom".into()])]);
    let (document, library) = mine(3);
    desk.happen(Event::ProjectOpened {
        path: "/projects/climate/climate.wireloom".into(),
        document: Box::new(document),
        library,
        recovery: None,
    });
    desk
}

/// Compared with [`before`].
fn compared() -> Desk {
    let mut desk = open();
    desk.click("File");
    desk.click("Compare with…");
    let asked = desk.effects().into_iter().find_map(|effect| match effect {
        Effect::ReadVersions { paths, purpose, .. } => Some((paths, purpose)),
        _ => None,
    });
    let path = std::path::PathBuf::from("before.wireloom");
    assert_eq!(asked, Some((vec![path], VersionPurpose::Compare)));
    desk.happen(Event::VersionsRead {
        project: desk.session().path().map(Into::into),
        versions: vec![before()],
        purpose: VersionPurpose::Compare,
    });
    desk
}

fn left(desk: &Desk) -> usize {
    desk.session().comparison().unwrap().differences.len()
}

#[test]
fn what_differs_stands_on_the_canvas_and_in_the_list() {
    let mut desk = compared();
    desk.look("differences");
    for told in [GONE, CHANGED, ADDED] {
        assert!(desk.says(&format!("difference: {told}")), "{told}");
        desk.click(told);
    }
    // The sign on the canvas leads to the same.
    let sign = format!("difference: {CHANGED}");
    desk.click(&sign);
    let selected = desk.session().selection().first().cloned();
    assert_eq!(selected, Some(Subject::Instance(InstanceId(11))));
    assert_eq!(
        desk.session().document().instances.len(),
        2,
        "a ghost is no instance"
    );
}

#[test]
fn frames_and_notes_differ_too() {
    let mut desk = compared();
    let mut other = before();
    let frame = Frame {
        title: "Cooling".into(),
        colour: 3,
    };
    let area = Area {
        x: 280.0,
        y: -60.0,
        width: 320.0,
        height: 240.0,
    };
    let edits = vec![
        Edit::InsertFrame(FrameId(70), frame),
        Edit::PlaceFrame(FrameId(70), Some(area)),
    ];
    other.document.apply_batch(edits).unwrap();
    desk.happen(Event::VersionsRead {
        project: desk.session().path().map(Into::into),
        versions: vec![other],
        purpose: VersionPurpose::Compare,
    });
    desk.look("differences-frame");
    assert!(desk.says("difference: removed frame Cooling"));
    desk.accept("Take over: removed frame Cooling");
    let document = desk.session().document();
    let id = document.frame_titled("Cooling").unwrap();
    assert_eq!(document.layout.frames[&id], area);
}

#[test]
fn keys_go_from_one_to_the_next() {
    let mut desk = compared();
    let mut seen = Vec::new();
    for _ in 0..left(&desk) {
        desk.harness.key_press(Key::F7);
        desk.harness.run();
        seen.push(desk.session().comparison().unwrap().at.unwrap());
    }
    assert_eq!(seen, [0, 1, 2, 3]);
    desk.harness
        .key_press_modifiers(egui::Modifiers::SHIFT, Key::F7);
    desk.harness.run();
    assert_eq!(desk.session().comparison().unwrap().at, Some(2));
}

#[test]
fn each_is_taken_over_as_a_step_of_its_own() {
    let mut desk = compared();
    assert_eq!(left(&desk), 4);
    desk.click(&format!("Take over: {CHANGED}"));
    let controller = &desk.session().document().instances[&InstanceId(11)];
    assert_eq!(controller.activations[0].priority, 7);
    assert_eq!(
        desk.session().undo_name(),
        Some("Take over instance `controller`")
    );
    assert_eq!(left(&desk), 3);
    // The wire to the fan brings the fan, to where it stood.
    desk.click("Take over: removed connector controller.wireloom:thermal/duty@0.1.0 to fan.wireloom:thermal/duty@0.1.0");
    let document = desk.session().document();
    let fan = document.instance_named("fan").unwrap();
    assert_eq!(document.layout.positions[&fan], (660.0, 190.0));
    assert_eq!(document.instances[&fan].component, ComponentId(2));
    assert_eq!(left(&desk), 1);
    desk.click(&format!("Take over: {ADDED}"));
    assert!(compare(&before().document, desk.session().document()).is_empty());
    assert!(desk.says("No difference in meaning"));
    desk.harness.state_mut().apply(Command::Undo);
    assert_eq!(left(&desk), 1, "the list follows undo");
}

#[test]
fn escape_leaves_after_the_selection() {
    let mut desk = compared();
    desk.harness.key_press(Key::F7);
    desk.harness.run();
    desk.click(CHANGED);
    for _ in 0..2 {
        assert!(desk.session().comparison().is_some());
        desk.harness.key_press(Key::Escape);
        desk.harness.run();
    }
    assert!(desk.session().comparison().is_none());
    assert!(!desk.says("difference: "));
    // The panel that is left open says what to do.
    desk.harness
        .state_mut()
        .apply(Command::TogglePanel(Panel::Differences));
    desk.harness.run();
    assert!(desk.says("Choose another version of the project"));
}

#[test]
fn what_was_done_since_the_project_was_saved_is_reverted() {
    let mut desk = open();
    let saved = Version {
        path: "/projects/climate/climate.wireloom".into(),
        document: desk.session().document().clone(),
        library: desk.session().library().clone(),
    };
    let id = InstanceId(10);
    desk.harness
        .state_mut()
        .apply(Command::Rename(id, "probe".into()));
    desk.click("File");
    desk.click("Compare with the saved file");
    let reads = |desk: &mut Desk, wanted: VersionPurpose| {
        let mut effects = desk.effects().into_iter();
        let reads =
            |effect| matches!(effect, Effect::ReadVersions { purpose, .. } if purpose == wanted);
        effects.any(reads)
    };
    assert!(reads(&mut desk, VersionPurpose::CompareSaved));
    desk.happen(Event::VersionsRead {
        project: desk.session().path().map(Into::into),
        versions: vec![saved.clone()],
        purpose: VersionPurpose::CompareSaved,
    });
    desk.click("Revert: renamed instance probe (was sensor)");
    assert_eq!(desk.session().document().instances[&id].name, "sensor");
    assert_eq!(left(&desk), 0);
    // After a save the file is read anew.
    desk.happen(Event::Saved {
        path: "/projects/climate/climate.wireloom".into(),
    });
    assert!(reads(&mut desk, VersionPurpose::Refresh));
    // That brings no panel back that was hidden.
    let studio = desk.harness.state_mut();
    studio.apply(Command::TogglePanel(Panel::Differences));
    studio.apply(Command::Rename(id, "probe".into()));
    studio.apply(Command::GoToDifference(0));
    let again = Event::VersionsRead {
        project: desk.session().path().map(Into::into),
        versions: vec![saved],
        purpose: VersionPurpose::Refresh,
    };
    desk.happen(again);
    assert_eq!(left(&desk), 1);
    assert_eq!(desk.session().comparison().unwrap().at, Some(0));
    assert!(
        desk.session()
            .view()
            .hidden_panels
            .contains(&Panel::Differences)
    );
}

#[test]
fn a_version_that_another_project_asked_for_is_not_shown() {
    let mut desk = open();
    desk.happen(Event::VersionsRead {
        project: Some("/projects/boat/boat.wireloom".into()),
        versions: vec![before()],
        purpose: VersionPurpose::Compare,
    });
    assert!(desk.session().comparison().is_none());
}

#[test]
fn going_to_a_difference_makes_no_new_picture_of_all() {
    let mut desk = compared();
    let stamp = |desk: &Desk| desk.session().comparison().unwrap().stamp;
    let before = stamp(&desk);
    desk.harness.state_mut().apply(Command::NextDifference);
    assert_eq!(desk.session().comparison().unwrap().at, Some(0));
    assert_eq!(stamp(&desk), before);
}

#[test]
fn a_component_that_was_taken_over_without_its_file_comes_back_with_it() {
    let mut desk = compared();
    let mut other = before();
    let id = ComponentId(0);
    let component = other.document.components.get_mut(&id).unwrap();
    component.source = ComponentSource::File("/shelf/blower.wasm".into());
    let reason = "it is not there".to_owned();
    other
        .library
        .components
        .insert(id, Entry::Missing { reason });
    desk.happen(Event::VersionsRead {
        project: desk.session().path().map(Into::into),
        versions: vec![other],
        purpose: VersionPurpose::Compare,
    });
    desk.click(
        "Take over: changed component sensor: file /shelf/blower.wasm → components/sensor.wasm",
    );
    assert!(desk.session().component_type(id).is_none());
    desk.happen(Event::ComponentsRead(vec![shelf_entry("blower")]));
    let name = |desk: &Desk| desk.session().component_type(id).unwrap().name.clone();
    assert_eq!(name(&desk), "blower");
    desk.harness.state_mut().apply(Command::Undo);
    assert_eq!(name(&desk), "sensor");
    desk.harness.state_mut().apply(Command::Redo);
    assert_eq!(name(&desk), "blower");
}

#[test]
fn another_file_of_a_component_is_taken_over_with_what_it_is() {
    let mut desk = compared();
    let mut other = before();
    let source = ComponentSource::File("components/blower.wasm".into());
    other
        .document
        .components
        .get_mut(&ComponentId(0))
        .unwrap()
        .source = source;
    let entry = other.library.components[&ComponentId(2)].clone();
    other.library.components.insert(ComponentId(0), entry);
    desk.happen(Event::VersionsRead {
        project: desk.session().path().map(Into::into),
        versions: vec![other],
        purpose: VersionPurpose::Compare,
    });
    let component = |desk: &Desk| {
        desk.session()
            .component_type(ComponentId(0))
            .unwrap()
            .name
            .clone()
    };
    assert_eq!(component(&desk), "sensor");
    desk.click(
        "Take over: changed component sensor: file components/blower.wasm → components/sensor.wasm",
    );
    assert_eq!(component(&desk), "fan");
    desk.harness.state_mut().apply(Command::Undo);
    assert_eq!(component(&desk), "sensor");
    desk.harness.state_mut().apply(Command::Redo);
    assert_eq!(component(&desk), "fan");
}

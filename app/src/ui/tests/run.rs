//! Problems with their fixes, running, values, devices, export.

use super::desk::Desk;
use crate::session::*;
use egui::{Key, pos2};
use std::path::PathBuf;

/// A running system that has written a value and a frame.
pub(super) fn running() -> Desk {
    let mut desk = Desk::open();
    desk.click("Run");
    let started = |effect: &Effect| matches!(effect, Effect::StartSimulation { .. });
    assert!(desk.effects().iter().any(started));
    let stimulus = StimulusView {
        name: "temperature".into(),
        unit: "°C".into(),
        minimum: -40.0,
        maximum: 125.0,
        step: 0.0625,
        value: 21.5,
    };
    let device = DeviceView {
        name: "cabin".into(),
        model: "tmp105".into(),
        bus: "i2c0".into(),
        stimuli: vec![stimulus],
    };
    let stimulus = StimulusView {
        name: "active".into(),
        unit: String::new(),
        minimum: 0.0,
        maximum: 1.0,
        step: 1.0,
        value: 0.0,
    };
    let button = DeviceView {
        name: "button".into(),
        model: "digital pin".into(),
        bus: "io".into(),
        stimuli: vec![stimulus],
    };
    desk.outside
        .borrow_mut()
        .events
        .push(Event::SimulationStarted {
            devices: vec![device, button],
        });
    desk.harness.run_steps(2);
    let element = desk
        .session()
        .run()
        .connectors
        .values()
        .next()
        .cloned()
        .unwrap();
    for step in 1..=40u64 {
        let temperature = 21.5 + (step as f64 / 6.0).sin();
        let at_ns = step * 100_000_000;
        let value = LiveValue {
            text: format!("{temperature:.3}"),
            number: Some(temperature),
            at_ns,
        };
        let row = |kind, subject: &str, text: String, decoded: &str| TraceRow {
            at_ns,
            kind,
            subject: subject.into(),
            text,
            decoded: decoded.into(),
        };
        let snapshot = Snapshot {
            phase: Phase::Paused,
            now_ns: at_ns,
            rate: 1.0,
            values: vec![(element.clone(), value.clone())],
            rows: vec![
                row(TraceKind::Value, &element, value.text, ""),
                row(
                    TraceKind::Frame,
                    "can0",
                    format!("120#{step:02X}00"),
                    "FanStatus Duty=40 %",
                ),
            ],
            points: vec![(
                element.clone(),
                "°C".into(),
                [at_ns as f64 / 1e9, temperature],
            )],
            bus_load: [("can0".to_owned(), 0.031)].into(),
            trace_hash: "5f2c8e7a91b04d36".into(),
            incidents: Vec::new(),
            ..Snapshot::default()
        };
        desk.outside
            .borrow_mut()
            .events
            .push(Event::Snapshot(snapshot));
    }
    desk.harness.run();
    desk
}

#[test]
fn values_change_on_wires_in_the_plot_and_in_the_trace() {
    let mut desk = running();
    assert!(desk.says("4.000 000 s"));
    desk.click("Add value");
    desk.click("sensor.temperature");
    assert_eq!(desk.session().view().plotted.len(), 1);
    desk.click("Trace");
    desk.look("running");
    assert!(desk.says("120#2800"));
    desk.click("wire from sensor.temperature to controller.temperature");
    assert!(desk.says("Remove from the plot"));
}

#[test]
fn the_trace_is_filtered_by_words() {
    let mut desk = running();
    desk.click("Trace");
    assert!(desk.says("80 of 80 rows"));
    desk.harness
        .state_mut()
        .apply(crate::command::Command::FilterTrace("frame duty".into()));
    desk.harness.run();
    assert!(desk.says("40 of 80 rows"));
}

#[test]
fn a_slider_sets_a_stimulus() {
    let mut desk = running();
    desk.effects();
    use egui_kittest::kittest::Queryable;
    let role = egui::accesskit::Role::Slider;
    let slider = desk
        .harness
        .get_by_role_and_label(role, "cabin temperature");
    slider.increment_accesskit();
    desk.harness.run();
    let set = |effect: &Effect| matches!(effect, Effect::Simulation(SimulationOrder::SetStimulus { value, .. }) if *value > 21.5);
    assert!(desk.effects().iter().any(set));
}

/// What the window has ordered a stimulus to be.
fn ordered(desk: &Desk) -> Vec<(String, f64)> {
    let effects = desk.effects().into_iter();
    let ordered = effects.filter_map(|effect| match effect {
        Effect::Simulation(SimulationOrder::SetStimulus { device, value, .. }) => {
            Some((device, value))
        }
        _ => None,
    });
    ordered.collect()
}

#[test]
fn a_digital_pin_is_switched_on_and_off() {
    use egui_kittest::kittest::Queryable;
    let mut desk = running();
    desk.effects();
    // A switch, not a slider with decimals.
    let role = egui::accesskit::Role::Switch;
    let switch = desk.harness.get_by_role_and_label(role, "button active");
    switch.click();
    desk.harness.run();
    assert_eq!(ordered(&desk), [("button".to_owned(), 1.0)]);
    desk.look("switch");
    desk.accept("button active");
    assert_eq!(ordered(&desk), [("button".to_owned(), 0.0)]);
}

#[test]
fn a_problem_is_gone_to_with_a_click_and_mended_with_a_button() {
    let mut desk = Desk::open();
    let from = desk.place("fan component");
    desk.drag(from, pos2(760.0, 480.0));
    let (number, fix) = {
        let diagnostics = desk.session().diagnostics();
        assert!(!diagnostics.is_empty(), "an unconnected fan is a problem");
        let number = diagnostics.iter().position(|found| !found.fixes.is_empty());
        (
            0,
            number.map(|number| diagnostics[number].fixes[0].title.clone()),
        )
    };
    desk.look("problems");
    let message = desk.session().diagnostics()[number].message.clone();
    let subject = desk.session().diagnostics()[number].subject.clone();
    desk.click(&message);
    assert!(desk.session().selection().contains(&subject));
    assert_eq!(desk.session().problem(), Some(number));
    if let Some(title) = fix {
        let before = desk.session().document().clone();
        use egui_kittest::kittest::Queryable;
        desk.harness
            .get_all_by_label(&title)
            .next()
            .unwrap()
            .click();
        desk.harness.run();
        assert_ne!(*desk.session().document(), before);
        assert_eq!(desk.session().undo_name(), Some(title.as_str()));
    }
}

#[test]
fn an_export_goes_to_the_folder_that_was_typed() {
    let mut desk = Desk::open();
    desk.click("Export");
    desk.look("export");
    desk.click("OCI image layout");
    desk.click("Next");
    desk.effects();
    use egui_kittest::kittest::Queryable;
    let buttons: Vec<_> = desk.harness.get_all_by_label("Export").collect();
    buttons.last().unwrap().click();
    desk.harness.run();
    let wanted = PathBuf::from("/projects/climate/export");
    let exported = |effect: &Effect| {
        matches!(effect, Effect::Export { order, .. }
        if order.destination == Destination::Portable(Target::OciLayout) && order.directory == wanted)
    };
    let order = desk.effects().into_iter().find_map(|effect| match effect {
        found @ Effect::Export { .. } if exported(&found) => match found {
            Effect::Export { order, .. } => Some(order),
            _ => None,
        },
        _ => None,
    });
    desk.happen(Event::Exported {
        order: order.unwrap(),
        files: vec!["index.json".into()],
    });
    assert!(desk.says("exported 1 file"));
    desk.look("exported");
    desk.click("Close");
    desk.click("Dismiss");
    assert!(!desk.says("exported 1 file"));
}

#[test]
fn long_work_shows_and_can_be_cancelled() {
    let mut desk = Desk::open();
    desk.outside
        .borrow_mut()
        .events
        .push(Event::JobStarted(Job {
            id: 7,
            text: "Exporting `climate`".into(),
            part: Some(0.4),
        }));
    desk.harness.run_steps(3);
    desk.click("Cancel");
    assert!(
        desk.effects()
            .iter()
            .any(|effect| matches!(effect, Effect::CancelJob(7)))
    );
}

#[test]
fn unsaved_work_is_asked_for_before_the_window_closes() {
    let mut desk = Desk::open();
    let at = desk.place("sensor instance, component sensor") + egui::vec2(0.0, 40.0);
    desk.drag(at, at + egui::vec2(60.0, 0.0));
    desk.harness
        .key_press_modifiers(egui::Modifiers::COMMAND, Key::Q);
    desk.harness.run();
    desk.look("leaving");
    assert!(desk.says("Save `climate` first?"));
    desk.click("Keep working");
    assert!(!desk.says("Save `climate` first?"));
}

#[test]
fn a_dialog_s_answer_opens_a_project() {
    use crate::ui::dialogs::Answer;
    let path = PathBuf::from("/projects/other/other.wireloom");
    let mut desk = Desk::empty(vec![Answer::Chosen(vec![path.clone()])]);
    desk.harness
        .key_press_modifiers(egui::Modifiers::COMMAND, Key::O);
    desk.harness.run();
    let opened = |effect: &Effect| matches!(effect, Effect::OpenProject(opened) if *opened == path);
    assert!(desk.effects().iter().any(opened));
}

#[test]
fn a_probed_wire_tells_its_calls() {
    use graph_core::document::ConnectorKind;
    let mut desk = running().tall();
    let (id, mut connector) = {
        let mut all = desk.session().document().connectors.iter();
        all.next().map(|(id, one)| (*id, one.clone())).unwrap()
    };
    (connector.kind, connector.probe) = (ConnectorKind::Direct, true);
    let document = desk.session().document();
    let [from, to] =
        [&connector.from, &connector.to].map(|one| graph_core::end::text(document, one));
    let mut follower = crate::observe::ProbeFollower::default();
    let subject = format!("climate/main/{from} -> {to}/get");
    for (time_ns, kind) in [
        (1_000, simulator::trace::Kind::Called),
        (3_500, simulator::trace::Kind::Returned),
    ] {
        let row = simulator::trace::Row {
            number: 0,
            time_ns,
            kind,
            subject: &subject,
            detail: "",
        };
        follower.follow(&crate::observe::Meaning::default(), &row);
    }
    let studio = desk.harness.state_mut();
    studio.apply(crate::command::Command::ChangeConnector(id, connector));
    studio.apply(crate::command::Command::Select(vec![Item::Connector(id)]));
    desk.happen(Event::Snapshot(Snapshot {
        phase: Phase::Paused,
        now_ns: 4_100_000_000,
        probes: follower.known.into_iter().collect(),
        ..Snapshot::default()
    }));
    desk.look("probed");
    assert!(desk.says("1 call"));
    assert!(desk.says("2.5 us to 2.5 us, mean 2.5 us"));
}

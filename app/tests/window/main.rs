//! A newcomer's whole path through the window, on the `thermal` sample, with real workers: open,
//! drag in, wire wrongly and read why, wire rightly, run, see the value change, export.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panics"
)]

mod picture;
mod support;
mod travel;

use egui::{pos2, vec2};
use egui_kittest::kittest::Queryable;
use std::path::PathBuf;
use support::{Window, copy_of_thermal};
use wireloom::{
    command::Command,
    session::{Panel, Phase, Work},
    ui::dialogs::Answer,
};

#[test]
fn a_newcomer_opens_wires_runs_and_exports() {
    let folder = tempfile::tempdir().unwrap();
    let project = copy_of_thermal(folder.path());
    let exported = folder.path().join("exported");
    let mut window = Window::open(vec![Answer::Chosen(vec![exported.clone()])]);

    // Alone, so that it stands in the library where the pointer reaches it.
    let filter = "assets/components/temperature-filter.wasm";
    let filter = folder.path().join(filter);
    window
        .harness
        .state_mut()
        .apply(Command::AddComponentFiles(vec![filter]));
    window.harness.state_mut().apply(Command::OpenPath(project));
    window.wait("the project is open", |session| {
        session.document().instances.len() == 4
            && session.shelf().contains_key("temperature-filter")
    });
    window.look("1-open");

    let filter = window.place("temperature-filter component");
    window.drag(filter, pos2(1000.0, 560.0));
    assert_eq!(window.session().document().instances.len(), 5);

    let target = window.place("temperature-filter required port temperature");
    let wrong = window.place("fan provided port fan-status");
    window.hold(wrong, target);
    window.look("2-refused");
    assert!(
        window.says("fan-status"),
        "the reason is read before the wire is let go"
    );
    let connectors = window.session().document().connectors.len();
    window.let_go(target);
    assert_eq!(window.session().document().connectors.len(), connectors);

    let right = window.place("sensor provided port temperature");
    window.drag(right, target);
    assert_eq!(window.session().document().connectors.len(), connectors + 1);
    assert!(
        window.session().can_compose(),
        "{:?}",
        window.session().diagnostics()
    );

    window.click("Run");
    window.wait("the sensor has measured", |session| {
        session
            .run()
            .values
            .values()
            .any(|value| value.text == "27.5 °C")
    });
    window.look("3-running");
    window.harness.get_by_label("Pause").click();
    window.wait("time stands", |session| {
        session.run().phase == Phase::Paused
    });

    // The project's own stimulus stands on the slider; a little more is seen by the whole system.
    let slider = window
        .harness
        .get_all_by_label("cabin temperature")
        .next()
        .unwrap();
    slider.increment_accesskit();
    window.harness.run_steps(4);
    let stimulus = window.session().run().devices[0].stimuli[0].value;
    assert!(stimulus > 28.0 && stimulus < 32.0, "{stimulus}");
    window.click("Run");
    window.wait("the change has arrived", |session| {
        let near = |number: f64| (number - stimulus).abs() <= 0.5;
        let mut values = session.run().values.values();
        values.any(|value| value.number.is_some_and(near))
    });
    assert!(
        window
            .session()
            .run()
            .series
            .contains_key("can0:FanStatus.Temperature")
    );
    window.harness.get_by_label("Stop").click();
    window.wait("the run has ended", |session| !session.run().is_started());

    window.click("Export");
    window.click("Next");
    window.click("Browse…");
    window.look("4-export");
    let export = window.harness.get_all_by_label("Export").last().unwrap();
    export.click();
    window.wait("the export is done", |session| {
        session
            .notices()
            .iter()
            .any(|notice| notice.text.contains("exported"))
    });
    window.look("5-exported");
    assert!(exported.join("system.json").is_file());
    assert!(exported.join("climate-main.wasm").is_file());
}

/// Target, budget, key, files, verification, what comes next: each page with what is really made.
#[test]
fn the_wizard_makes_an_image_for_a_virtual_board_and_verifies_it() {
    let folder = tempfile::tempdir().unwrap();
    let project = copy_of_thermal(folder.path());
    let exported = folder.path().join("image");
    let mut window = Window::open(vec![Answer::Chosen(vec![exported.clone()])]);
    window.harness.state_mut().apply(Command::OpenPath(project));
    window.wait("the project is open", |session| {
        session.document().instances.len() == 4
    });
    window.click("Export");
    window
        .harness
        .get_by_label("QEMU mps2-an386 (virtual)")
        .click_accesskit();
    window.harness.run_steps(4);
    window.look("wizard-1-target");
    window.click("Next");
    window.wait("the budget is known", |session| {
        matches!(session.view().export.preview, Work::Done(_))
    });
    window.look("wizard-2-budget");
    let Work::Done(preview) = &window.session().view().export.preview else {
        unreachable!("it was waited for")
    };
    let climate = preview.ecus.iter().find(|ecu| ecu.ecu == "climate");
    let climate = climate.unwrap();
    assert!(climate.refusals.is_empty(), "{:?}", climate.refusals);
    assert!(climate.cpu.as_ref().unwrap().instructions_per_second > 10_000);
    assert!(window.says("Imports: 1 of 1 served") || window.says("Imports: 2 of 2 served"));
    // It may be scrolled out of sight.
    window
        .harness
        .get_by_label("Image for ECU cockpit")
        .click_accesskit();
    window.harness.run_steps(4);
    window.click("Next");
    window.look("wizard-3-key");
    window.click("Next");
    window.click("Browse…");
    window.look("wizard-4-files");
    window
        .harness
        .get_all_by_label("Export")
        .last()
        .unwrap()
        .click();
    window.wait("the image is written", |session| {
        matches!(session.view().export.export, Work::Done(_))
    });
    assert!(exported.join("climate.elf").is_file());
    assert!(!exported.join("cockpit.elf").exists(), "it was left out");
    window
        .harness
        .get_all_by_label("Verify")
        .last()
        .unwrap()
        .click();
    window.harness.run_steps(2);
    window.wait("the image is verified", |session| {
        !matches!(
            session.view().export.verification,
            Work::Nothing | Work::Going
        )
    });
    window.look("wizard-5-verified");
    let Work::Done(verified) = &window.session().view().export.verification else {
        panic!("{:?}", window.session().view().export.verification)
    };
    let [only] = verified.as_slice() else {
        panic!("{verified:?}")
    };
    assert!(only.agrees && only.ecu == "climate", "{only:?}");
    assert!(window.says("the same on qemu-mps2-an386"));
    window.click("Next");
    window.look("wizard-6-next");
    assert!(window.says("qemu-system-arm -M mps2-an386"));
}

/// An ECU that gets a board has bars in its lane, and they follow the next edit.
#[test]
fn a_lane_follows_edits() {
    let folder = tempfile::tempdir().unwrap();
    let project = copy_of_thermal(folder.path());
    let mut window = Window::open(Vec::new());
    window.harness.state_mut().apply(Command::OpenPath(project));
    window.wait("the project is open", |session| {
        session.document().instances.len() == 4
    });
    window
        .harness
        .state_mut()
        .apply(Command::TogglePanel(Panel::Outline));
    window.harness.run_steps(4);
    let place = |window: &mut Window, board: &str| {
        let ecus = &window.session().document().ecus;
        let (id, ecu) = ecus.iter().find(|(_, ecu)| ecu.name == "climate").unwrap();
        let (id, mut ecu) = (*id, ecu.clone());
        ecu.target = Some(board.to_owned());
        window
            .harness
            .state_mut()
            .apply(Command::ChangeEcu(id, ecu));
    };
    place(&mut window, "qemu-mps2-an386");
    window.wait("the lane has a budget", |session| {
        session.lanes().budget("climate").is_some() && !session.lanes().is_old()
    });
    window.look("lanes");
    assert!(window.says("Flash: "));
    assert!(window.says("CPU load: "));
    assert!(
        window.says("No board: choose one in the inspector"),
        "cockpit"
    );
    let budget = window.session().lanes().budget("climate").unwrap();
    assert_eq!(budget.board, "qemu-mps2-an386");

    // The STM32F405 of QEMU has no I2C.
    place(&mut window, "qemu-netduinoplus2");
    window.wait("the lane has followed", |session| {
        let budget = session.lanes().budget("climate");
        budget.is_some_and(|budget| budget.board == "qemu-netduinoplus2")
    });
    window.look("lanes-refused");
    assert!(window.says("Imports: 0 of 1 served"));
    assert!(window.says("does not serve"));
}

#[test]
fn a_dropped_composition_is_a_graph_that_is_edited_and_saved() {
    let folder = tempfile::tempdir().unwrap();
    let project = wireloom::files::open_project(&copy_of_thermal(folder.path())).unwrap();
    let composed = graph_core::compose::compose(&project.document, &project.library).unwrap();
    let files: Vec<PathBuf> = composed
        .partitions
        .iter()
        .map(|partition| {
            let path = folder.path().join(&partition.file_name);
            std::fs::write(&path, &partition.bytes).unwrap();
            path
        })
        .collect();

    let mut window = Window::open(Vec::new());
    window.drop_files(&files);
    window.wait("the graph is there", |session| {
        session.document().instances.len() == 4
    });
    assert!(window.says("sensor instance, component temperature-sensor"));
    assert!(window.says("wire from sensor.temperature to controller.temperature"));
    window.look("reopened");
    assert_eq!(window.session().path(), None, "it is not saved yet");
    assert!(window.session().is_changed());
    assert!(window.session().can_compose());

    // It is edited like any project, and brings its parts along to where it is saved.
    let fan = window.place("fan instance, component fan");
    window.drag(fan, fan + vec2(0.0, 120.0));
    assert_eq!(window.session().undo_name(), Some("Move"));
    let saved = folder.path().join("again/thermal.wireloom");
    window
        .harness
        .state_mut()
        .apply(Command::SaveAs(saved.clone()));
    window.wait("it is saved", |session| session.path().is_some());
    let again = wireloom::files::open_project(&saved).unwrap();
    assert_eq!(again.warnings, Vec::<String>::new());
    let again = graph_core::compose::compose(&again.document, &again.library).unwrap();
    assert_eq!(again.partitions, composed.partitions);

    // With unsaved work nothing is opened over it: what is dropped joins the library.
    window
        .harness
        .state_mut()
        .apply(Command::RenameProject("warm".to_owned()));
    window.drop_files(&files[..1]);
    window.wait("it is in the library", |session| {
        session.shelf().contains_key("climate-main")
    });
    assert_eq!(window.session().document().name, "warm");

    // A leaf says why it is none.
    let leaf = folder.path().join("assets/components/fan.wasm");
    window.harness.state_mut().apply(Command::OpenPath(leaf));
    window.wait("it is refused with words", |session| {
        let mut notices = session.notices().iter();
        notices.any(|notice| {
            notice.text.starts_with("`fan.wasm` was made by C 17")
                && notice.text.ends_with("drag it in as one component")
        })
    });
}

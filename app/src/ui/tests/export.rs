//! The export wizard by its accessible labels: pages, budget, keys, refusals, what comes next.

use super::desk::Desk;
use crate::{session::*, ui::dialogs::Answer};
use egui_kittest::kittest::Queryable;
use std::path::PathBuf;

const BOARD: &str = "QEMU mps2-an385 (virtual)";

fn ecu(name: &str, refusals: &[&str]) -> EcuPreview {
    EcuPreview {
        name: name.into(),
        partitions: vec![PartitionPreview {
            name: "main".into(),
            instances: vec!["sensor".into(), "controller".into()],
            component_bytes: 40_000,
            memory_bytes: Some(12_000),
        }],
        refusals: refusals.iter().map(|text| (*text).to_owned()).collect(),
        code_bytes: Some(150_000),
        ram_bytes: Some(48_000),
    }
}

/// The wizard's page with the budget of these ECUs.
fn at_budget(answers: Vec<Answer>, ecus: Vec<EcuPreview>) -> Desk {
    let mut desk = Desk::open_with(answers);
    desk.click("Export");
    desk.harness.get_by_label(BOARD).click_accesskit();
    desk.harness.run();
    desk.look("wizard-1-target");
    desk.effects();
    desk.click("Next");
    let asked = desk.effects().into_iter().find_map(|effect| match effect {
        Effect::PreviewExport {
            destination,
            revision,
            ..
        } => Some((destination, revision)),
        _ => None,
    });
    let (destination, revision) = asked.unwrap();
    assert_eq!(destination, Destination::Board("qemu-mps2-an385"));
    desk.happen(Event::ExportPreviewed {
        destination,
        revision,
        preview: Ok(Preview { ecus }),
    });
    desk
}

fn last(desk: &mut Desk, label: &str) {
    let buttons: Vec<_> = desk.harness.get_all_by_label(label).collect();
    buttons.last().unwrap().click();
    desk.harness.run();
}

fn ordered(desk: &Desk) -> ExportOrder {
    let order = desk.effects().into_iter().find_map(|effect| match effect {
        Effect::Export { order, .. } => Some(order),
        _ => None,
    });
    order.unwrap()
}

#[test]
fn a_board_is_chosen_budgeted_signed_written_and_flashed() {
    let mut desk = at_budget(Vec::new(), vec![ecu("climate", &[])]);
    desk.look("wizard-2-budget");
    assert!(desk.says("Flash beside the firmware: 146 KiB of 4096 KiB"));
    assert!(desk.says("RAM: 47 KiB of 4096 KiB"));
    assert!(desk.says("sensor, controller"));
    desk.click("Next");
    desk.look("wizard-3-key");
    assert!(desk.says("DEVELOPMENT KEY"), "a loud mark");
    desk.click("Next");
    desk.look("wizard-4-files");
    assert!(desk.says("development key, which everybody has"));
    desk.effects();
    last(&mut desk, "Export");
    let order = ordered(&desk);
    assert_eq!(order.directory, PathBuf::from("/projects/climate/export"));
    assert_eq!((&order.key, order.counter), (&None, 0));
    assert!(order.ecus.is_empty(), "all");

    desk.happen(Event::Exported {
        order,
        files: vec!["climate.elf".into(), "manifest.json".into()],
    });
    desk.look("wizard-5-next");
    assert!(desk.says("2 files are in /projects/climate/export"));
    let command =
        "qemu-system-arm -M mps2-an385 -nographic -kernel /projects/climate/export/climate.elf";
    assert!(desk.says(command));
    desk.harness
        .get_by_label("Copy: Run `climate` in QEMU")
        .click();
    desk.harness.run_steps(1);
    let copied = |output: &egui::OutputCommand| matches!(output, egui::OutputCommand::CopyText(text) if text == command);
    let commands = &desk.harness.output().platform_output.commands;
    assert!(commands.iter().any(copied), "{commands:?}");
    desk.click("Close");
    assert!(!desk.session().view().export.open);
}

#[test]
fn what_does_not_fit_is_refused_with_help_and_can_be_left_out() {
    let refusal = "`sensor` (component `sensor`) imports `wasi:spi/spi`, which board `qemu-mps2-an385` does not serve; connect it, or choose a board that has it";
    let ecus = vec![ecu("climate", &[refusal]), ecu("cockpit", &[])];
    let mut desk = at_budget(Vec::new(), ecus);
    desk.look("wizard-refused");
    assert!(desk.says(refusal));
    desk.click("Next");
    assert!(!desk.says("DEVELOPMENT KEY"), "it does not go on");
    desk.click("Image for ECU climate");
    desk.click("Next");
    desk.click("Next");
    desk.effects();
    last(&mut desk, "Export");
    assert_eq!(ordered(&desk).ecus, ["cockpit"]);
    desk.happen(Event::ExportFailed(
        "there is no room; empty the disk".into(),
    ));
    assert!(desk.says("there is no room; empty the disk"));
    desk.click("Back");
    assert!(desk.says("WHAT IS WRITTEN"), "another folder can be tried");
}

#[test]
fn a_key_is_chosen_or_made() {
    let chosen = PathBuf::from("/keys/fleet.pem");
    let answers = vec![Answer::Chosen(vec![chosen.clone()])];
    let mut desk = at_budget(answers, vec![ecu("climate", &[])]);
    desk.click("Next");
    desk.click("A key of yours");
    assert!(!desk.says("DEVELOPMENT KEY"));
    desk.effects();
    desk.click("Make a new key");
    let wanted = PathBuf::from("/projects/climate/signing-key.pem");
    let asked = |effect: &Effect| matches!(effect, Effect::MakeKey(path) if *path == wanted);
    assert!(desk.effects().iter().any(asked));
    let reason = "it is there already; choose another file";
    desk.happen(Event::KeyMade(Err(reason.into())));
    assert!(desk.says(reason));
    desk.happen(Event::KeyMade(Ok(NewKey {
        private_path: wanted.clone(),
        public_path: "/projects/climate/signing-key.pem.pub".into(),
        id: "00aabbcc".into(),
    })));
    desk.look("wizard-key-made");
    assert!(desk.says("Key 00aabbcc is made"));
    desk.click("Browse…");
    desk.click("Next");
    desk.effects();
    last(&mut desk, "Export");
    assert_eq!(ordered(&desk).key, Some(chosen));
}

#[test]
fn a_preview_can_be_stopped_and_is_made_anew() {
    let mut desk = Desk::open();
    desk.click("Export");
    desk.harness.get_by_label(BOARD).click_accesskit();
    desk.harness.run();
    desk.click("Next");
    desk.happen(Event::JobStarted(Job {
        id: 3,
        text: "Compiling for the board".into(),
        part: Some(0.5),
    }));
    desk.effects();
    last(&mut desk, "Stop");
    let stopped = |effect: &Effect| matches!(effect, Effect::CancelJob(3));
    assert!(desk.effects().iter().any(stopped));
    desk.click("Back");
    desk.outside
        .borrow_mut()
        .events
        .extend([Event::ExportStopped, Event::JobEnded { id: 3 }]);
    desk.harness.run();
    assert_eq!(desk.session().view().export.preview, Work::Nothing);
    desk.click("Next");
    let asked = |effect: &Effect| matches!(effect, Effect::PreviewExport { .. });
    assert!(desk.effects().iter().any(asked));
}

#[test]
fn every_board_stands_on_the_first_page_with_what_was_shown_of_it() {
    let mut desk = Desk::open();
    desk.click("Export");
    for id in exporter::boards::ids() {
        let name = exporter::boards::board(id).unwrap().name;
        assert!(desk.says(&name), "{name}");
    }
    assert!(desk.says("runs in QEMU"));
    assert!(desk.says("not run here"));
    assert!(desk.says("4096 KiB flash"));
}

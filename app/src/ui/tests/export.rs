//! The export wizard by its accessible labels: pages, budget, keys, refusals, verification, what comes
//! next.

use super::desk::Desk;
use crate::{session::*, ui::dialogs::Answer};
use egui_kittest::kittest::Queryable;
use std::path::PathBuf;

const BOARD: &str = "QEMU mps2-an385 (virtual)";

fn ecu(name: &str, refusals: &[&str]) -> EcuBudget {
    EcuBudget {
        ecu: name.into(),
        board: "qemu-mps2-an385".into(),
        form: "pulley",
        flash: Some(Flash {
            firmware_bytes: Some(600_000),
            payload_bytes: Some(150_000),
            slot_bytes: Some(400_000),
            used_bytes: 750_000,
            limit_bytes: 4 << 20,
        }),
        ram: Some(Ram {
            fixed_bytes: Some(8_000),
            heap_bytes: Some(48_000),
            heap_limit_bytes: Some(3 << 20),
            memory_bytes: 12_000,
            stack_bytes: Some(11_000),
            used_bytes: 67_000,
            limit_bytes: 4 << 20,
        }),
        start: Some(Start {
            instructions: 6_300_000,
            ms: None,
        }),
        cpu: Some(Cpu {
            instructions_per_second: 22_000_000,
            clock_hz: Some(25_000_000),
            load: Some(0.88),
            basis: LoadBasis::OneInstructionACycle,
        }),
        partitions: vec![PartitionBudget {
            name: "main".into(),
            component_bytes: 40_000,
            code_bytes: Some(150_000),
            metadata_bytes: Some(9_000),
            core_instances: Some(5),
            memory_bytes: Some(12_000),
            heap_bytes: Some(46_000),
            parts: ["sensor", "controller"].map(part).to_vec(),
            tasks: vec![TaskBudget {
                name: "control".into(),
                activations_per_second: 10.0,
                instructions: Some(190_000),
                ms: None,
                fuel: 900.0,
                functions: 40.0,
                host_calls: 12.0,
                records: 6.0,
                frames: 0.0,
                i2c_bytes: 0.0,
                operators: [("integers".into(), 400.0)].into(),
            }],
        }],
        imports: vec![ImportBudget {
            interface: "wasi:i2c/i2c@0.2.0-draft".into(),
            instances: vec!["sensor".into()],
            served: refusals.is_empty(),
        }],
        unshrinkable: Vec::new(),
        refusals: refusals.iter().map(|text| (*text).to_owned()).collect(),
    }
}

fn part(name: &str) -> PartBudget {
    PartBudget {
        name: name.into(),
        generated: false,
        code_bytes: 60_000,
        memory_bytes: 4_000,
        heap_bytes: 20_000,
        fuel_per_second: Some(5_000.0),
        instructions_per_second: Some(110_000),
    }
}

/// The wizard's page with the budget of these ECUs.
fn at_budget(answers: Vec<Answer>, ecus: Vec<EcuBudget>) -> Desk {
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
    assert!(desk.says("Flash: 732 KiB of 4096 KiB"));
    assert!(desk.says("RAM: 65 KiB of 4096 KiB"));
    assert!(desk.says("heap and stack are estimates"));
    assert!(desk.says("CPU load: 88 %"));
    assert!(desk.says("88 %, tight"), "not by colour alone");
    assert!(desk.says("at one instruction a cycle; not measured on the board"));
    assert!(desk.says("Imports: 1 of 1 served"));
    assert!(desk.says("about 6.3 million instructions to the first task"));
    assert!(desk.says("task control: 10 a second of 190 thousand instructions"));
    assert!(desk.says("sensor: code 59 KiB · RAM 20 KiB · 110 thousand instructions/s"));
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
    assert!(
        desk.says("held against the simulation, input by input"),
        "the page after the files"
    );
    desk.click("Next");
    desk.look("wizard-6-next");
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
    assert!(desk.says("Imports: 0 of 1 served"));
    assert!(desk.says("1 missing"));
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
fn what_was_written_is_verified_with_the_first_difference() {
    let mut desk = at_budget(Vec::new(), vec![ecu("climate", &[]), ecu("cockpit", &[])]);
    desk.click("Image for ECU cockpit");
    desk.click("Next");
    desk.click("Next");
    last(&mut desk, "Export");
    let order = ordered(&desk);
    desk.happen(Event::Exported {
        order,
        files: vec!["climate.elf".into()],
    });
    last(&mut desk, "Verify");
    let asked = desk.effects().into_iter().find_map(|effect| match effect {
        Effect::Verify {
            destination, ecus, ..
        } => Some((destination, ecus)),
        _ => None,
    });
    let wanted = (
        Destination::Board("qemu-mps2-an385"),
        vec!["climate".into()],
    );
    assert_eq!(asked, Some(wanted), "only what was exported");

    desk.happen(Event::JobStarted(Job {
        id: 9,
        text: "Verifying `climate`".into(),
        part: Some(0.4),
    }));
    desk.look("wizard-5-verifying");
    last(&mut desk, "Stop");
    let stopped = |effect: &Effect| matches!(effect, Effect::CancelJob(9));
    assert!(desk.effects().iter().any(stopped));
    desk.outside
        .borrow_mut()
        .events
        .extend([Event::Verified(None), Event::JobEnded { id: 9 }]);
    desk.harness.run();
    last(&mut desk, "Verify");

    let text = "ECU climate: different on qemu-mps2-an385 after 7 of 90 inputs and outputs\n  in sensor-sample at 1000000 ns\n  simulation\n    read 21.5\n  target\n    read 0.0";
    desk.happen(Event::Verified(Some(Ok(vec![VerifiedEcu {
        ecu: "climate".into(),
        agrees: false,
        text: text.into(),
    }]))));
    desk.look("wizard-5-different");
    assert!(desk.says("ECU climate: different"));
    assert!(desk.says("in sensor-sample at 1000000 ns"));
    desk.happen(Event::Verified(Some(Err(
        "QEMU is not installed; install it".into(),
    ))));
    assert!(desk.says("QEMU is not installed; install it"));
    desk.click("Verify again");
    desk.happen(Event::Verified(Some(Ok(vec![VerifiedEcu {
        ecu: "climate".into(),
        agrees: true,
        text: "ECU climate: the same on qemu-mps2-an385".into(),
    }]))));
    desk.look("wizard-5-same");
    assert!(desk.says("ECU climate: the same"));
}

/// The wizard behind an export of a native image for the board of that label.
fn exported_natively(label: &str, wanted: Destination) -> Desk {
    let mut desk = Desk::open();
    desk.click("Export");
    desk.harness.get_by_label(label).click_accesskit();
    desk.harness.run();
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
    assert_eq!(destination, wanted);
    desk.happen(Event::ExportPreviewed {
        destination,
        revision,
        preview: Ok(Preview {
            ecus: vec![ecu("climate", &[])],
        }),
    });
    desk.click("Next");
    assert!(
        !desk.says("DEVELOPMENT KEY"),
        "native images are not signed"
    );
    last(&mut desk, "Export");
    let order = ordered(&desk);
    assert_eq!(order.key, None);
    desk.happen(Event::Exported {
        order,
        files: vec!["climate/image.elf".into()],
    });
    desk
}

#[test]
fn what_runs_nowhere_here_says_so_instead_of_a_verification() {
    let due = Destination::Board("arduino-due");
    let mut desk = exported_natively("Arduino Due", due);
    assert!(desk.says("Nothing on this machine runs this target"));
    desk.click("Next");
    assert!(desk.says("What next"));
}

#[test]
fn a_native_image_is_verified_as_such() {
    let native = Destination::Native("qemu-mps2-an385");
    let mut desk = exported_natively("QEMU mps2-an385 (virtual), native code", native);
    assert!(desk.says("It runs on the native image on a Cortex-M3, in QEMU."));
    last(&mut desk, "Verify");
    let asked = desk.effects().into_iter().find_map(|effect| match effect {
        Effect::Verify { destination, .. } => Some(destination),
        _ => None,
    });
    assert_eq!(asked, Some(native));
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
    for target in crate::targets::targets() {
        assert!(desk.says(&target.name), "{}", target.name);
    }
    assert!(desk.says("QEMU mps2-an385 (virtual), native code"));
    assert!(desk.says("runs in QEMU"));
    assert!(desk.says("not run here"));
    assert!(desk.says("4096 KiB flash"));
}

//! What to do with an export: commands of flashing tools and hosts, ready to copy. Knows nothing of
//! the window; runs nothing.

use crate::session::{Destination, ExportOrder, Target};
use exporter::boards::{self, Board, Execution, Kind};
use std::path::Path;

/// One command, with what it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NextStep {
    pub title: String,
    pub command: String,
}

/// Chips as `probe-rs` names them, of boards with a debugger that it knows.
const PROBE_RS_CHIPS: [(&str, &str); 1] = [("stm32f469-disco", "STM32F469NIHx")];

/// What can be done with these files, the nearest first.
pub fn next_steps(order: &ExportOrder, files: &[String]) -> Vec<NextStep> {
    let directory = order.directory.as_path();
    match order.destination {
        Destination::Portable(Target::Wasm) => portable(directory, files),
        Destination::Portable(Target::OciLayout) => image_layout(directory),
        Destination::Portable(Target::Wac) => documents(directory, files),
        Destination::Portable(Target::Dbc) => descriptions(directory, files),
        Destination::Portable(Target::Arxml) => description(directory, files),
        Destination::Board(id) | Destination::Native(id) => match boards::board(id) {
            Ok(board) if board.kind == Kind::Linux => bundles(directory, files),
            Ok(board) if board.execution == Execution::CProject => {
                projects(&board, directory, files)
            }
            Ok(board) => images(&board, directory, files),
            Err(_) => Vec::new(),
        },
    }
}

fn step(title: impl Into<String>, command: String) -> NextStep {
    let title = title.into();
    NextStep { title, command }
}

fn portable(directory: &Path, files: &[String]) -> Vec<NextStep> {
    let partitions = files.iter().filter(|file| file.ends_with(".wasm"));
    let first = partitions.take(1).map(|file| {
        let path = quoted(&directory.join(file));
        step(
            "See a partition's tasks and imports",
            format!("wireloom inspect {path}"),
        )
    });
    first.collect()
}

fn descriptions(directory: &Path, files: &[String]) -> Vec<NextStep> {
    let described = files.iter().filter(|file| file.ends_with(".dbc"));
    let check = |file: &String| {
        let path = quoted(&directory.join(file));
        step(
            format!("Look into `{file}`"),
            format!("wireloom dbc check {path}"),
        )
    };
    described.map(check).collect()
}

/// What another import would find, and whether it comes back.
fn description(directory: &Path, files: &[String]) -> Vec<NextStep> {
    let descriptions = files.iter().filter(|file| file.ends_with(".arxml"));
    let first = descriptions.take(1).map(|file| {
        let path = quoted(&directory.join(file));
        step("See what is in it", format!("wireloom arxml check {path}"))
    });
    first.collect()
}

fn image_layout(directory: &Path) -> Vec<NextStep> {
    let path = quoted(directory);
    vec![
        step(
            "See the tags",
            format!("jq -r '.manifests[].annotations' {path}/index.json"),
        ),
        step(
            "Copy an image to a registry",
            format!("skopeo copy oci:{path}:TAG docker://REGISTRY/NAME:TAG"),
        ),
    ]
}

/// For each ECU's archive: there, and installed by its own script.
fn bundles(directory: &Path, files: &[String]) -> Vec<NextStep> {
    let archives = files.iter().filter_map(|file| file.strip_suffix(".tar"));
    let steps = archives.flat_map(|ecu| {
        let path = quoted(&directory.join(format!("{ecu}.tar")));
        [
            step(
                format!("Copy `{ecu}` to its machine"),
                format!("scp {path} USER@HOST:"),
            ),
            step(
                format!("Install `{ecu}` there, or update to it"),
                format!("ssh -t USER@HOST 'tar xf {ecu}.tar && sudo sh {ecu}/install.sh'"),
            ),
        ]
    });
    steps.collect()
}

fn documents(directory: &Path, files: &[String]) -> Vec<NextStep> {
    let documents = files.iter().filter(|file| file.ends_with(".wac"));
    let compose = documents.take(1).map(|file| {
        let path = quoted(&directory.join(file));
        let deps = quoted(&directory.join("deps"));
        step(
            "Compose it with stock wac",
            format!("wac compose {path} --deps-dir {deps} -o composed.wasm"),
        )
    });
    compose.collect()
}

/// For each ECU's image: the board's own command, its debugger's, its virtual machine.
fn images(board: &Board, directory: &Path, files: &[String]) -> Vec<NextStep> {
    let mut steps = Vec::new();
    for stem in files.iter().filter_map(|file| file.strip_suffix(".elf")) {
        let path = |ending: &str| quoted(&directory.join(format!("{stem}.{ending}")));
        // A native image stands in a folder of its ECU's name.
        let ecu = stem.strip_suffix("/image").unwrap_or(stem);
        if let Some(command) = &board.flash_command {
            let mut command = command.clone();
            for ending in ["elf", "hex", "bin"] {
                command = command.replace(&format!("{{{ending}}}"), &path(ending));
            }
            steps.push(step(format!("Flash `{ecu}`"), command));
        }
        let chip = PROBE_RS_CHIPS.iter().find(|(id, _)| *id == board.id);
        if let Some((_, chip)) = chip {
            let command = format!("probe-rs run --chip {chip} {}", path("elf"));
            steps.push(step(
                format!("Flash `{ecu}` with probe-rs, and run it"),
                command,
            ));
        }
        if let Some(qemu) = &board.qemu {
            let machine = &qemu.machine;
            let command = format!(
                "qemu-system-arm -M {machine} -nographic -kernel {}",
                path("elf")
            );
            steps.push(step(format!("Run `{ecu}` in QEMU"), command));
        }
    }
    steps
}

/// The vendor's build system makes an image of each ECU's project and flashes it.
fn projects(board: &Board, directory: &Path, files: &[String]) -> Vec<NextStep> {
    let Some(command) = &board.flash_command else {
        return Vec::new();
    };
    let made = files
        .iter()
        .filter_map(|file| file.strip_suffix("/c/CMakeLists.txt"));
    let steps = made.map(|ecu| {
        let folder = quoted(&directory.join(ecu).join("c"));
        step(
            format!("Build `{ecu}` with ESP-IDF and flash it"),
            format!("cd {folder} && idf.py set-target esp32 && {command}"),
        )
    });
    steps.collect()
}

/// A path as a shell takes it.
fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "/._-+=:,@%".contains(letter);
    match !text.is_empty() && text.chars().all(is_plain) {
        true => text,
        false => format!("'{}'", text.replace('\'', "'\\''")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(destination: Destination, directory: &str) -> ExportOrder {
        ExportOrder {
            destination,
            directory: directory.into(),
            ecus: Vec::new(),
            key: None,
            counter: 0,
        }
    }

    fn commands(destination: Destination, directory: &str, files: &[&str]) -> Vec<String> {
        let files: Vec<String> = files.iter().map(|file| (*file).to_owned()).collect();
        let steps = next_steps(&order(destination, directory), &files);
        steps.into_iter().map(|step| step.command).collect()
    }

    const IMAGES: [&str; 4] = ["climate.bin", "climate.elf", "climate.hex", "manifest.json"];

    #[test]
    fn a_board_is_flashed_by_its_own_command_and_by_probe_rs() {
        assert_eq!(
            commands(Destination::Board("stm32f469-disco"), "/out", &IMAGES),
            [
                "st-flash --reset write /out/climate.bin 0x08000000",
                "probe-rs run --chip STM32F469NIHx /out/climate.elf"
            ]
        );
        assert_eq!(
            commands(Destination::Board("arduino-due"), "/out", &IMAGES),
            ["bossac --erase --write --verify --boot=1 --reset /out/climate.bin"]
        );
    }

    #[test]
    fn a_virtual_board_is_started() {
        let found = commands(Destination::Board("qemu-mps2-an385"), "/out", &IMAGES);
        let wanted = "qemu-system-arm -M mps2-an385 -nographic -kernel /out/climate.elf";
        assert_eq!(found, [wanted]);
    }

    #[test]
    fn native_images_are_named_by_their_ecu() {
        let files = ["climate/image.bin", "climate/image.elf", "climate/c/main.c"];
        assert_eq!(
            commands(Destination::Board("arduino-due"), "/out", &files),
            ["bossac --erase --write --verify --boot=1 --reset /out/climate/image.bin"]
        );
        let order = order(Destination::Native("qemu-mps2-an385"), "/out");
        let steps = next_steps(&order, &files.map(str::to_owned));
        assert_eq!(
            steps,
            [NextStep {
                title: "Run `climate` in QEMU".into(),
                command: "qemu-system-arm -M mps2-an385 -nographic -kernel /out/climate/image.elf"
                    .into(),
            }]
        );
    }

    #[test]
    fn a_project_for_a_vendor_is_built_and_flashed_in_its_folder() {
        let files = ["climate/c/CMakeLists.txt", "climate/c/main/CMakeLists.txt"];
        assert_eq!(
            commands(Destination::Board("esp32-wrover"), "/out", &files),
            ["cd /out/climate/c && idf.py set-target esp32 && idf.py flash"]
        );
    }

    #[test]
    fn a_bundle_is_copied_and_installed() {
        let files = ["climate.tar", "climate/install.sh"];
        assert_eq!(
            commands(
                Destination::Board("linux-aarch64"),
                "/my vans/d'Orsay",
                &files
            ),
            [
                "scp '/my vans/d'\\''Orsay/climate.tar' USER@HOST:",
                "ssh -t USER@HOST 'tar xf climate.tar && sudo sh climate/install.sh'"
            ]
        );
    }

    #[test]
    fn every_target_has_a_next_step_but_boards_without_a_way_to_flash() {
        let files = [
            "box.elf",
            "box.tar",
            "box.arxml",
            "box.dbc",
            "box-main.wac",
            "box-main.wasm",
            "box/c/CMakeLists.txt",
            "box/image.elf",
        ];
        for target in crate::targets::targets() {
            let found = commands(target.destination, "/out", &files);
            let has_way = target.id != "imxrt700-evk";
            assert_eq!(!found.is_empty(), has_way, "{:?}", target.destination);
        }
        let layout = Destination::Portable(Target::OciLayout);
        assert_eq!(commands(layout, "/out", &["index.json"]).len(), 2);
    }
}

//! What to do with an export: commands of flashing tools and hosts, ready to copy. Knows nothing of
//! the window; runs nothing.

use crate::session::{Destination, ExportOrder, Target};
use exporter::boards::{self, Board, Kind};
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
        Destination::Board(id) => match boards::board(id) {
            Ok(board) if board.kind == Kind::Linux => bundle(directory),
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

fn bundle(directory: &Path) -> Vec<NextStep> {
    let path = quoted(directory);
    vec![step(
        "Copy it to the ECU",
        format!("scp -r {path} USER@HOST:"),
    )]
}

/// For each ECU's image: the board's own command, its debugger's, its virtual machine.
fn images(board: &Board, directory: &Path, files: &[String]) -> Vec<NextStep> {
    let mut steps = Vec::new();
    for stem in files.iter().filter_map(|file| file.strip_suffix(".elf")) {
        let path = |ending: &str| quoted(&directory.join(format!("{stem}.{ending}")));
        if let Some(command) = &board.flash_command {
            let mut command = command.clone();
            for ending in ["elf", "hex", "bin"] {
                command = command.replace(&format!("{{{ending}}}"), &path(ending));
            }
            steps.push(step(format!("Flash `{stem}`"), command));
        }
        let chip = PROBE_RS_CHIPS.iter().find(|(id, _)| *id == board.id);
        if let Some((_, chip)) = chip {
            let command = format!("probe-rs run --chip {chip} {}", path("elf"));
            steps.push(step(
                format!("Flash `{stem}` with probe-rs, and run it"),
                command,
            ));
        }
        if let Some(qemu) = &board.qemu {
            let machine = &qemu.machine;
            let command = format!(
                "qemu-system-arm -M {machine} -nographic -kernel {}",
                path("elf")
            );
            steps.push(step(format!("Run `{stem}` in QEMU"), command));
        }
    }
    // A project for a vendor's build has no image yet.
    if steps.is_empty()
        && let Some(command) = &board.flash_command
    {
        let command = format!("cd {} && {command}", quoted(directory));
        steps.push(step("Build and flash", command));
    }
    steps
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
    fn odd_paths_are_quoted() {
        let found = commands(Destination::Board("linux-aarch64"), "/my vans/d'Orsay", &[]);
        assert_eq!(found, ["scp -r '/my vans/d'\\''Orsay' USER@HOST:"]);
    }

    #[test]
    fn every_destination_but_an_empty_one_has_a_next_step() {
        for id in boards::ids() {
            let found = commands(Destination::Board(id), "/out", &IMAGES);
            let has_way = !["imxrt700-evk"].contains(&id);
            assert_eq!(!found.is_empty(), has_way, "{id}");
        }
        let layout = Destination::Portable(Target::OciLayout);
        assert_eq!(commands(layout, "/out", &["index.json"]).len(), 2);
    }
}

//! `wireloom budget PROJECT --target BOARD`: what images would take of a board, before anything is
//! written. Flash is exact; RAM is an estimate; load is that of the simulated, lowered system.

use super::{compose::opened_and_composed, outcome::Outcome, progress};
use crate::{boards::ImageOrder, files, observe};
use clap::builder::PossibleValuesParser;
use exporter::{boards, microcontroller::ImageEntry};
use serde_json::json;
use simulator::{Options, Simulation, Summary};
use std::{fmt::Write, path::PathBuf};

/// Virtual time of the run that gives the load.
const RUN_NS: u64 = 10_000_000_000;

#[derive(Debug, clap::Args)]
pub(super) struct BudgetArguments {
    /// Folder or `.wireloom` file
    project: PathBuf,
    /// The board
    #[arg(long, value_name = "BOARD", value_parser = PossibleValuesParser::new(boards::ids().collect::<Vec<_>>()))]
    target: String,
    /// The ECU that is such a board; several are fine, none means all
    #[arg(long = "ecu", value_name = "NAME")]
    ecus: Vec<String>,
}

pub(super) fn budget(arguments: &BudgetArguments) -> Outcome {
    match budgets(arguments) {
        Ok((images, summary)) => outcome(&images, &summary),
        Err(outcome) => *outcome,
    }
}

fn budgets(arguments: &BudgetArguments) -> Result<(Vec<ImageEntry>, Summary), Box<Outcome>> {
    let failed = |error: &dyn std::fmt::Display| Box::new(Outcome::failed(error));
    let wrong = |error: &dyn std::fmt::Display| Box::new(Outcome::wrong(error));
    let opened = opened_and_composed(&arguments.project)?;
    let (document, library) = (&opened.project.document, &opened.project.library);
    let composed = &opened.composed;
    let board = boards::board(&arguments.target).map_err(|error| failed(&error))?;
    let firmware = files::read_firmware(&board.id).map_err(|error| failed(&error))?;
    let order = ImageOrder {
        board: &board,
        firmware: &firmware,
        ecus: &arguments.ecus,
        key: &payload::SigningKey::development(),
        counter: 0,
    };
    let bar = progress::spinner("Compiling");
    let images = crate::boards::budget(document, library, composed, &order);
    let images = images.map_err(|error| wrong(&error))?;
    let lowered = crate::boards::lowered(document, library, composed, &board, &arguments.ecus)
        .map_err(|error| wrong(&error))?;
    let mut simulation = Simulation::new(&observe::system_files(&lowered), Options::default())
        .map_err(|error| wrong(&error))?;
    simulation.run_until(RUN_NS, &mut |_: &Simulation| true);
    bar.finish_and_clear();
    Ok((images, simulation.summary()))
}

fn outcome(images: &[ImageEntry], summary: &Summary) -> Outcome {
    let mut text = String::new();
    let mut ecus = Vec::new();
    for image in images {
        let load = summary.ecus.iter().find(|ecu| ecu.ecu == image.ecu);
        let load = load.map(|ecu| ecu.load);
        write_text(&mut text, image, load);
        ecus.push(json!({ "image": image, "load": load }));
    }
    Outcome::fine(json!({ "ecus": ecus }), text)
}

fn write_text(text: &mut String, image: &ImageEntry, load: Option<f64>) {
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{} on {}", image.ecu, image.board);
    let _ = writeln!(text, "  flash  firmware {:>8} bytes", image.firmware_bytes);
    let _ = writeln!(
        text,
        "         payload  {:>8} of {} bytes",
        image.payload_bytes, image.slot_bytes
    );
    let _ = writeln!(
        text,
        "  RAM    estimate {:>8} of {} bytes",
        image.ram_bytes, image.device_ram_bytes
    );
    for partition in &image.partitions {
        let _ = writeln!(
            text,
            "  {:<12} code {:>7}, memories {:>6}, heap {:>6} bytes",
            partition.name, partition.code_bytes, partition.memory_bytes, partition.heap_bytes
        );
    }
    if let Some(load) = load {
        let percent = load * 100.0;
        let _ = writeln!(
            text,
            "  load   {percent:.1} % as simulated with the ECU's time per fuel; not measured on the board"
        );
    }
}

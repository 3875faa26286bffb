//! `wireloom run PROJECT`: the same partitions in real time, each ECU a process of its own, joined
//! by a virtual CAN over a local socket with simulated devices behind it.

use super::{
    compose::{Opened, opened_and_composed},
    outcome::Outcome,
};
use crate::{
    calibration::{self, Change},
    concurrency, export,
    files::{self, Project},
    linux,
    realtime::{self, Ethernet, OnBoard, OnBoardError, Order, Programs, RunError},
    targets,
};
use exporter::boards;
use graph_core::compose::compose;
use runner::RunnerOptions;
use simulator::{
    StimulusChange,
    can::log::Log,
    logs::{self, Format},
};
use std::{fmt::Write, net::SocketAddr, num::NonZeroU32, path::PathBuf, time::Duration};
use tempfile::TempDir;

#[derive(Debug, clap::Args)]
pub(super) struct RunArguments {
    /// Folder or `.wireloom` file
    project: PathBuf,
    /// Real time to run: `10s`, `500ms`
    #[arg(long = "for", value_name = "TIME", default_value = "10s")]
    duration: String,
    /// Write all frames as a log: `.asc`, `.blf`, `.csv`, `.pcapng`, any other name of candump
    #[arg(long, value_name = "FILE")]
    trace: Option<PathBuf>,
    /// Run the bundles in this folder, as `export --target linux-…` has written it
    #[arg(long, value_name = "DIR")]
    bundles: Option<PathBuf>,
    /// What runs the bundles' programs where they are for another processor: `qemu-aarch64-static`
    #[arg(long, value_name = "PROGRAM", requires = "bundles")]
    emulator: Option<String>,
    /// Values between ECUs go by zenoh from process to process, as on vehicles; without `--bundles`
    /// bundles for this machine are made for it
    #[arg(long)]
    zenoh: bool,
    /// Clocks and buses go so many times slower: for emulated processors and busy machines
    #[arg(long, value_name = "N", default_value = "1")]
    slower: NonZeroU32,
    /// An ECU runs as image of this board in QEMU: `ECU=BOARD`
    #[arg(long, value_name = "ECU=BOARD")]
    on: Vec<OnBoard>,
    /// A device's stimulus gets a value, `DEVICE.STIMULUS=VALUE@TIME`; a calibration parameter begins
    /// with one, `INSTANCE.PORT.PARAMETER=VALUE`
    #[arg(long = "set", value_name = "CHANGE")]
    changes: Vec<Change>,
}

#[derive(Debug, clap::Args)]
pub(super) struct EcuArguments {
    /// Folder with the system file and the partitions
    #[arg(long)]
    system: PathBuf,
    /// Name of the ECU
    #[arg(long)]
    ecu: String,
    /// Folder of its non-volatile blocks
    #[arg(long)]
    nv: Option<PathBuf>,
    /// Address of the virtual buses
    #[arg(long)]
    hub: SocketAddr,
}

pub(super) fn run(arguments: &RunArguments) -> Outcome {
    let duration_ns = match simulator::parse_duration_ns(&arguments.duration) {
        Ok(duration_ns) => duration_ns,
        Err(error) => return Outcome::failed(error),
    };
    let mut opened = match opened_and_composed(&arguments.project) {
        Ok(opened) => opened,
        Err(outcome) => return *outcome,
    };
    if let Err(outcome) = arguments.calibrate(&mut opened) {
        return *outcome;
    }
    let stimuli = arguments.changes.iter().filter_map(Change::stimulus);
    let stimuli: Vec<StimulusChange> = stimuli.cloned().collect();
    let Project {
        document, library, ..
    } = &opened.project;
    let ecus = opened.composed.system.ecus.iter();
    let ecus = ecus.map(|ecu| ecu.name.as_str());
    let target = format!("linux-{}", std::env::consts::ARCH);
    if let Err(error) = concurrency::refuse((document, library), ecus, &target) {
        return Outcome::wrong(error);
    }
    let program = match std::env::current_exe() {
        Ok(program) => program,
        Err(error) => return Outcome::failed(format!("this program cannot find itself: {error}")),
    };
    let run_for = Duration::from_nanos(duration_ns);
    let ethernet = match arguments.zenoh {
        true => Ethernet::Zenoh,
        false => Ethernet::Hub,
    };
    if arguments.zenoh && !realtime::has_flows(&opened.composed.system) {
        return Outcome::failed(
            "no connector of the project goes over an Ethernet network; leave `--zenoh` out",
        );
    }
    let made = match arguments.zenoh && arguments.bundles.is_none() {
        true => match bundles_for_this_machine(&opened) {
            Ok(made) => Some(made),
            Err(outcome) => return *outcome,
        },
        false => None,
    };
    let made = made.as_ref().map(|folder| folder.path());
    let programs = match arguments.bundles.as_deref().or(made) {
        None => Programs::Itself(&program),
        Some(folder) => Programs::Bundles {
            folder,
            emulator: arguments.emulator.as_deref(),
            ethernet,
        },
    };
    let order = Order {
        project: &opened.project,
        composed: &opened.composed,
        run_for,
        slower: arguments.slower,
        changes: &stimuli,
        programs,
        on: &arguments.on,
    };
    let report = match realtime::run(&order) {
        Ok(report) => report,
        Err(error @ RunError::OnBoard(OnBoardError::Image(_))) => return Outcome::wrong(error),
        Err(error) => return Outcome::failed(error),
    };
    if let Some(path) = &arguments.trace {
        // A run without a frame has an empty log.
        let frames = Log::parse(&report.candump).unwrap_or_default().entries;
        let log = logs::write(Format::of(path), &frames);
        if let Err(error) = files::write_atomically(path, &log) {
            return Outcome::failed(error);
        }
    }
    let mut text = format!(
        "{} s, {} frames",
        report.time_ns as f64 / 1e9,
        report.frames
    );
    if report.values > 0 {
        let _ = write!(text, ", {} values over Ethernet", report.values);
    }
    if !report.pins.is_empty() {
        let _ = write!(text, ", {} changes of pins", report.pins.len());
    }
    text.push('\n');
    for ecu in &report.ecus {
        let _ = writeln!(
            text,
            "ECU {:<12} {:>8} activations  late {}  lost {}  traps {}",
            ecu.ecu, ecu.activations, ecu.late, ecu.lost, ecu.traps
        );
    }
    for ecu in &report.ecus {
        for network in &ecu.networks {
            let _ = writeln!(
                text,
                "network {:<8} {:<12} sent {}  received {}  refused {}  lost {}",
                network.name,
                ecu.ecu,
                network.sent,
                network.received,
                network.refused,
                network.lost
            );
        }
    }
    for incident in &report.incidents {
        let _ = writeln!(text, "incident: {incident}");
    }
    match serde_json::to_value(&report) {
        Ok(json) => Outcome::fine(json, text).with_warnings(&opened.warnings),
        Err(error) => Outcome::failed(error),
    }
}

impl RunArguments {
    /// Composes once more with the parameters that are given a value.
    fn calibrate(&self, opened: &mut Opened) -> Result<(), Box<Outcome>> {
        let given: Vec<_> = self.changes.iter().filter_map(Change::parameter).collect();
        if given.is_empty() {
            return Ok(());
        }
        if self.bundles.is_some() {
            return Err(Box::new(Outcome::failed(
                "bundles have the values that their parameters had when they were exported; leave out `--bundles`, or change the project and export it again",
            )));
        }
        let project = &mut opened.project;
        project.document =
            calibration::at_start(&project.document, &project.library, given.into_iter())
                .map_err(|error| Box::new(Outcome::failed(error)))?;
        opened.composed = compose(&project.document, &project.library)
            .map_err(|error| Box::new(Outcome::wrong(error)))?;
        Ok(())
    }
}

/// What a vehicle of this machine's processor would get, in a folder that goes away.
fn bundles_for_this_machine(opened: &Opened) -> Result<TempDir, Box<Outcome>> {
    let failed = |error: String| Box::new(Outcome::failed(error));
    let board = boards::board(&format!("linux-{}", std::env::consts::ARCH));
    let board = board.map_err(|error| failed(error.to_string()))?;
    let Project {
        document, library, ..
    } = &opened.project;
    let product = export::checked_product(document, library);
    let product = product.map_err(|error| Box::new(Outcome::wrong(error)))?;
    let files = linux::bundles(&product, &board, &[], &linux::programs());
    let files = files.map_err(|error| failed(error.to_string()))?;
    let folder = tempfile::tempdir().map_err(|error| failed(error.to_string()))?;
    targets::write(folder.path(), &files).map_err(|error| failed(error.to_string()))?;
    Ok(folder)
}

/// One ECU, until the hub ends it.
pub(super) fn ecu(arguments: &EcuArguments) -> Outcome {
    let (system, partitions) = match runner::read_folder(&arguments.system, &arguments.ecu) {
        Ok(both) => both,
        Err(error) => return Outcome::failed(error),
    };
    let options = RunnerOptions {
        system,
        partitions,
        ecu: arguments.ecu.clone(),
        hub: arguments.hub,
        nv: arguments.nv.clone(),
    };
    match runner::run(options) {
        Ok(report) => match serde_json::to_value(&report) {
            Ok(json) => Outcome::fine(json, String::new()),
            Err(error) => Outcome::failed(error),
        },
        Err(error) => Outcome::failed(format!("ECU `{}`: {error}", arguments.ecu)),
    }
}

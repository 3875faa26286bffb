//! `wireloom simulate PROJECT --for 60s …`.

use super::{
    breaks,
    collector::Collector,
    compare,
    compose::{Opened, opened_and_composed},
    outcome::Outcome,
    probes, progress,
    told::Told,
};
use crate::{
    calibration::{self, Change},
    files, observe, targets, verify,
};
use clap::builder::PossibleValuesParser;
use exporter::boards::Kind;
use graph_core::compose::Composed;
use simulator::{
    Fault, FaultState, Halt, Options, Replay, ReplayTiming, Simulation, SimulationError,
    StimulusChange, Summary,
    logs::{self, Format},
};
use std::{
    fmt::Write,
    path::{Path, PathBuf},
    sync::Arc,
};

#[derive(Debug, clap::Args)]
pub(super) struct SimulateArguments {
    /// Folder or `.wireloom` file
    project: PathBuf,
    #[command(flatten)]
    stimuli: Stimuli,
    /// Write all frames as a log: `.asc`, `.blf`, `.csv`, `.pcapng`, any other name of candump
    #[arg(long, value_name = "FILE")]
    trace: Option<PathBuf>,
    /// Write the canonical trace, for `wireloom compare`: its SHA-256 is the hash of the run
    #[arg(long, value_name = "FILE")]
    rows: Option<PathBuf>,
    /// Write the lines of buses and pins as a Value Change Dump (`.vcd`)
    #[arg(long, value_name = "FILE")]
    waves: Option<PathBuf>,
    /// Send activations, runnables, calls and frames as spans to an OpenTelemetry collector (OTLP over
    /// HTTP in JSON): `ADDRESS:PORT`, such as 127.0.0.1:4318, or a `.jsonl` file, a request a line
    #[arg(long, value_name = "COLLECTOR")]
    otlp: Option<Collector>,
    /// Write what passes between an ECU and its board, for a back-to-back test (docs/verification.md)
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
    /// The ECU that is recorded, needed where the project has several; with `--target` the one
    /// that is such a board
    #[arg(long, value_name = "NAME")]
    ecu: Option<String>,
    /// Run the partitions as this board would have them: memories of exactly their need, and what
    /// does not fit is refused
    #[arg(long, value_name = "BOARD", value_parser = boards())]
    target: Option<String>,
    /// With `--target`: as the board's native image has them, which counts no fuel: an activation
    /// takes its constant part and what it waits for
    #[arg(long, requires = "target")]
    native: bool,
    /// Stop there (docs/simulation.md): `frame can0:FanStatus`, `value fan.duty > 50`,
    /// `run controller`, `access sensor.temperature`, `incident`; several are fine
    #[arg(long = "break", value_name = "TEXT")]
    breaks: Vec<String>,
}

fn boards() -> PossibleValuesParser {
    PossibleValuesParser::new(exporter::boards::ids().collect::<Vec<_>>())
}

/// What a run in virtual time is given.
#[derive(Debug, clap::Args)]
pub(super) struct Stimuli {
    /// Virtual time to run: `60s`, `250ms`, `5us`
    #[arg(long = "for", value_name = "TIME", default_value = "10s")]
    duration: String,
    /// Of everything random
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// A device's stimulus, a signal of the restbus or a calibration parameter gets a value:
    /// `DEVICE.STIMULUS=VALUE@TIME`, `BUS:MESSAGE.SIGNAL=VALUE@TIME`,
    /// `INSTANCE.PORT.PARAMETER=VALUE@TIME`
    #[arg(long = "set", value_name = "CHANGE")]
    changes: Vec<Change>,
    /// Non-volatile blocks begin with what this folder keeps, and `simulate` keeps there what was
    /// stored
    #[arg(long, value_name = "DIR")]
    nv: Option<PathBuf>,
    /// A log (`.asc`, `.blf`, any other name of candump) is sent on a bus: `LOG:BUS`
    #[arg(long, value_name = "LOG:BUS")]
    replay: Vec<String>,
    /// Something goes wrong (docs/faults.md): `at 3 s for 200 ms can body lose FanCommand`
    #[arg(long = "fault", value_name = "FAULT")]
    faults: Vec<Fault>,
    /// Times of replayed logs as recorded, also where they are whole seconds
    #[arg(long)]
    as_recorded: bool,
}

pub(super) fn simulate(arguments: &SimulateArguments) -> Outcome {
    let (end_ns, mut options) = match arguments.stimuli.read() {
        Ok(both) => both,
        Err(outcome) => return *outcome,
    };
    let mut opened = match opened_for_target(arguments) {
        Ok(opened) => opened,
        Err(outcome) => return *outcome,
    };
    observe::surround(
        &mut options,
        &opened.project.document,
        &opened.project.library,
    );
    if let Err(outcome) = arguments.stimuli.given(&mut options, &mut opened) {
        return *outcome;
    }
    let composed = &opened.composed;
    if arguments.record.is_some() {
        match super::outcome::chosen_ecu(&composed.system, arguments.ecu.as_deref()) {
            Ok(ecu) => options.record = Some(ecu),
            Err(outcome) => return *outcome,
        }
    }
    let compiling = progress::spinner("Compiling");
    let simulation = simulation(composed, options);
    compiling.finish_and_clear();
    let mut simulation = match simulation {
        Ok(simulation) => simulation,
        Err(error) => return arguments.stimuli.refused(error),
    };
    let bar = progress::virtual_time("Simulating", end_ns);
    let ran = breaks::run(
        &opened,
        &arguments.breaks,
        &mut simulation,
        end_ns,
        &|simulation| bar.set_position(simulation.now_ns() / 1_000_000),
    );
    bar.finish_and_clear();
    let (halt, stopped) = match ran {
        Ok(ran) => ran,
        Err(outcome) => return *outcome,
    };
    let log = |path: &Path| logs::write(Format::of(path), &logs::frames(simulation.trace()));
    if let Some(path) = &arguments.trace
        && let Err(error) = files::write_atomically(path, &log(path))
    {
        return Outcome::failed(error);
    }
    if let Some(path) = &arguments.waves
        && let Err(error) = files::write_atomically(path, &simulation.waves())
    {
        return Outcome::failed(error);
    }
    if let Some(collector) = &arguments.otlp
        && let Err(outcome) = collector.take(simulation.trace())
    {
        return *outcome;
    }
    if let Some(path) = &arguments.rows
        && let Err(outcome) = compare::write_rows(path, &simulation)
    {
        return *outcome;
    }
    if let (Some(path), Some(mut recording)) = (&arguments.record, simulation.recording()) {
        if arguments.native {
            verify::without_fuel(&mut recording);
        }
        if let Err(error) = files::write_atomically(path, recording.to_text().as_bytes()) {
            return Outcome::failed(error);
        }
    }
    if let Some(folder) = &arguments.stimuli.nv
        && let Err(error) = files::keep_nv(folder, simulation.nv())
    {
        return Outcome::failed(error);
    }
    let told = Told::of(&opened, &simulation);
    let outcome = breaks::add(outcome(&simulation.summary(), &told, halt), stopped);
    probes::add(outcome, &opened, &simulation).with_warnings(&opened.warnings)
}

fn opened_for_target(arguments: &SimulateArguments) -> Result<Opened, Box<Outcome>> {
    let mut opened = opened_and_composed(&arguments.project)?;
    let Some(id) = &arguments.target else {
        return Ok(opened);
    };
    let board = exporter::boards::board(id).map_err(|error| Box::new(Outcome::failed(error)))?;
    if board.kind == Kind::Microcontroller {
        let (document, library) = (&opened.project.document, &opened.project.library);
        let ecus = arguments.ecu.as_slice();
        let lowered = crate::boards::lowered(document, library, &opened.composed, &board, ecus);
        opened.composed = lowered.map_err(|error| Box::new(Outcome::wrong(error)))?;
    }
    if arguments.native {
        targets::native_named(id).map_err(|error| Box::new(Outcome::failed(error)))?;
        let ecus = opened.composed.system.ecus.iter();
        let ecus: Vec<String> = match &arguments.ecu {
            Some(ecu) => vec![ecu.clone()],
            None => ecus.map(|ecu| ecu.name.clone()).collect(),
        };
        verify::without_time_of_fuel(&mut opened.composed, &ecus);
    }
    Ok(opened)
}

impl Stimuli {
    /// Virtual time to run, and the rest.
    pub(super) fn read(&self) -> Result<(u64, Options), Box<Outcome>> {
        let end_ns = simulator::parse_duration_ns(&self.duration)
            .map_err(|error| Box::new(Outcome::failed(error)))?;
        let timing = match self.as_recorded {
            true => ReplayTiming::AsRecorded,
            false => ReplayTiming::Automatic,
        };
        let mut replays = Vec::new();
        for text in &self.replay {
            replays.push(read_replay(text, timing)?);
        }
        let options = Options {
            seed: self.seed,
            stimuli: self.stimuli().cloned().collect(),
            replays,
            faults: self.faults.clone(),
            ..Options::default()
        };
        Ok((end_ns, options))
    }

    fn stimuli(&self) -> impl Iterator<Item = &StimulusChange> {
        self.changes.iter().filter_map(Change::stimulus)
    }

    /// What is given to parameters and what blocks hold, once it is known which there are.
    pub(super) fn given(
        &self,
        options: &mut Options,
        opened: &mut Opened,
    ) -> Result<(), Box<Outcome>> {
        if let Some(folder) = &self.nv {
            let kept = files::read_nv(folder, &opened.composed.system)
                .map_err(|error| Box::new(Outcome::failed(error)))?;
            options.nv = kept.contents;
            let others = kept.others.iter().map(|path| {
                let path = path.display();
                format!("`{path}` is of no block of the project; it stays as it is")
            });
            opened.warnings.extend(others);
        }
        let (document, library) = (&opened.project.document, &opened.project.library);
        for given in self.changes.iter().filter_map(Change::parameter) {
            let change = calibration::change(document, library, &opened.composed, given);
            let change = change.map_err(|error| Box::new(Outcome::failed(error)))?;
            options.parameters.push(change);
        }
        Ok(())
    }

    /// A change or replay that does not fit the project is a wrong call, all else a wrong model:
    /// the project has stimuli of its own.
    pub(super) fn refused(&self, error: SimulationError) -> Outcome {
        let is_given = |device: &str| self.stimuli().any(|change| change.device == device);
        let is_call = match &error {
            SimulationError::UnknownBus { .. }
            | SimulationError::Restbus(_)
            | SimulationError::Fault(_) => true,
            SimulationError::UnknownDevice { device, .. }
            | SimulationError::UnknownStimulus { device, .. }
            | SimulationError::StimulusRange { device, .. } => is_given(device),
            _ => false,
        };
        match is_call {
            true => Outcome::failed(error),
            false => Outcome::wrong(error),
        }
    }
}

fn read_replay(text: &str, timing: ReplayTiming) -> Result<Replay, Box<Outcome>> {
    let (path, bus) =
        simulator::split_replay(text).map_err(|error| Box::new(Outcome::failed(error)))?;
    let path_of: &Path = path.as_ref();
    let content = files::read_bytes(path_of).map_err(|error| Box::new(Outcome::failed(error)))?;
    let log = logs::read(Format::of(path_of), &content)
        .map_err(|error| Box::new(Outcome::failed(format!("`{path}`: {error}"))))?;
    Ok(Replay::new(log, bus, timing))
}

/// At time 0; large partitions are compiled once and kept.
pub(super) fn simulation(
    composed: &Composed,
    options: Options,
) -> Result<Simulation, SimulationError> {
    let system = Arc::new(observe::system_files(composed));
    Simulation::with_programs(system, options, &files::programs()?)
}

fn outcome(summary: &Summary, told: &Told, halt: Halt) -> Outcome {
    let text = summary_text(summary) + &told.text();
    let json = serde_json::to_value(summary).and_then(|mut json| {
        if let Some(object) = json.as_object_mut() {
            told.add_to(object)?;
        }
        Ok(json)
    });
    let json = match json {
        Ok(json) => json,
        Err(error) => return Outcome::failed(error),
    };
    match halt {
        Halt::Ended => Outcome {
            json,
            text: format!("{text}the run ended early\n"),
            ..Outcome::wrong("")
        },
        _ => Outcome::fine(json, text),
    }
}

/// What a person wants to know of a run.
pub(super) fn summary_text(summary: &Summary) -> String {
    let mut text = String::new();
    let seconds = summary.time_ns as f64 / 1e9;
    let _ = writeln!(
        text,
        "{seconds} s, {} activations, {} frames",
        summary.activations, summary.frames
    );
    for bus in &summary.buses {
        let _ = writeln!(
            text,
            "bus {:<12} {:>8} frames  load {:>5.1} %",
            bus.bus,
            bus.frames,
            bus.load * 100.0
        );
        for one in &bus.controllers {
            let _ = writeln!(
                text,
                "  {:<14} TEC {} (expected {})  REC {} (expected {})",
                one.controller,
                one.transmit_errors,
                one.expected_transmit_errors,
                one.receive_errors,
                one.expected_receive_errors
            );
        }
    }
    for network in &summary.networks {
        for link in &network.links {
            let _ = writeln!(
                text,
                "network {:<8} {:>8} values from {}  {} bytes  load {:>5.3} %",
                network.network,
                link.values,
                link.ecu,
                link.bytes,
                link.load * 100.0
            );
        }
    }
    for ecu in &summary.ecus {
        let _ = writeln!(text, "ECU {:<12} load {:>7.3} %", ecu.ecu, ecu.load * 100.0);
    }
    for task in &summary.tasks {
        let _ = writeln!(
            text,
            "task {:<40} {:>8} times  worst cost {:>9} ns  worst response {:>9} ns  late {}  lost {}",
            format!("{}/{}/{}", task.ecu, task.partition, task.task),
            task.activations,
            task.cost_worst_ns,
            task.response_worst_ns,
            task.late,
            task.lost
        );
    }
    for fault in &summary.faults {
        let state = match fault.state {
            FaultState::Waiting => "not begun",
            FaultState::Active => "active",
            FaultState::Over => "over",
        };
        let _ = writeln!(
            text,
            "fault `{}`: {state}, {} times",
            fault.fault, fault.effects
        );
    }
    for incident in &summary.incidents {
        let instance = incident.instance.as_deref().unwrap_or("-");
        let _ = writeln!(
            text,
            "incident at {} s in `{instance}` ({}/{}): {}",
            incident.time_ns as f64 / 1e9,
            incident.ecu,
            incident.partition,
            incident.message
        );
    }
    let _ = writeln!(text, "trace hash {}", summary.trace_hash);
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use simulator::{LinkSummary, NetworkSummary};

    #[test]
    fn a_summary_reads_well() {
        let summary = Summary {
            trace_hash: "ab".into(),
            seed: 0,
            time_ns: 1_500_000_000,
            frames: 3,
            activations: 7,
            ecus: Vec::new(),
            tasks: Vec::new(),
            buses: Vec::new(),
            networks: Vec::new(),
            incidents: Vec::new(),
            faults: Vec::new(),
        };
        assert_eq!(
            summary_text(&summary),
            "1.5 s, 7 activations, 3 frames\ntrace hash ab\n"
        );
        let link = LinkSummary {
            ecu: "climate".into(),
            values: 5,
            bytes: 690,
            load: 0.25,
        };
        let network = NetworkSummary {
            network: "eth0".into(),
            links: vec![link],
        };
        assert_eq!(json!(summary).get("networks"), None);
        let networked = Summary {
            networks: vec![network],
            ..summary.clone()
        };
        assert_eq!(
            summary_text(&networked).lines().nth(1).unwrap(),
            "network eth0            5 values from climate  690 bytes  load 25.000 %"
        );
        assert_eq!(json!(summary)["trace_hash"], "ab");
    }
}

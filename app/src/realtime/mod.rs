//! `wireloom run`: each ECU a process of its own, joined by the runner's hub; the simulator's
//! device models answer on the I2C and SPI buses, and its lines are the pins. Values over Ethernet go
//! through the hub, or by zenoh from process to process. An ECU may also be a virtual board in QEMU, with the
//! sensors there. Knows the two sides, of which neither knows the other.

mod board_log;
mod bridge;
mod devices;
mod loopback;
mod machine;
mod on_board;
mod processes;
mod restbus;

use crate::{files::Project, observe};
pub use devices::PinChange;
use devices::VirtualDevices;
use graph_core::compose::Composed;
pub(crate) use loopback::has_flows;
use on_board::Placed;
pub use on_board::{OnBoard, OnBoardError};
pub use processes::{Ethernet, Programs};
use processes::{Processes, on_hub};
use restbus::LiveRestbus;
use runner::{Hub, HubEvent, HubOptions, LoggedFrame, NetworkReport};
use serde::Serialize;
use simulator::{
    StimulusChange,
    can::{Flexible, Frame, Id},
};
use std::{
    collections::BTreeMap,
    io,
    net::SocketAddr,
    num::NonZeroU32,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, ScopedJoinHandle},
    time::Duration,
};

/// How long the ECU processes may take to compile their partitions.
const READY_WITHIN: Duration = Duration::from_secs(120);

/// What is run, and how.
#[derive(Debug)]
pub struct Order<'a> {
    pub project: &'a Project,
    pub composed: &'a Composed,
    /// By the ECUs' clocks.
    pub run_for: Duration,
    /// One nanosecond of these clocks passes in so many real ones.
    pub slower: NonZeroU32,
    pub changes: &'a [StimulusChange],
    pub programs: Programs<'a>,
    /// ECUs that run on a virtual board; all others are processes.
    pub on: &'a [OnBoard],
}

/// What a run gave. Field names are those of `wireloom run --json`.
#[derive(Debug, Serialize)]
pub struct Report {
    pub time_ns: u64,
    /// On all buses.
    pub frames: usize,
    /// On all Ethernet networks.
    #[serde(skip_serializing_if = "is_zero")]
    pub values: usize,
    /// What pins did, by time.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub pins: Vec<PinChange>,
    pub ecus: Vec<EcuReport>,
    /// Traps of guests and other things that went wrong, in order.
    pub incidents: Vec<String>,
    /// All frames as `candump -l` writes them, with times since the start.
    #[serde(skip)]
    pub candump: String,
}

/// What one ECU counted.
#[derive(Debug, Serialize)]
pub struct EcuReport {
    pub ecu: String,
    pub activations: u64,
    pub late: u64,
    pub lost: u64,
    pub traps: u64,
    pub restarts: u64,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub networks: Vec<NetworkReport>,
}

/// Why a project cannot be run.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    #[error(
        "the folder for the running system cannot be made: {0}; check the space in the folder for temporary files"
    )]
    Folder(std::io::Error),
    #[error(
        "no port of this machine can be had for an ECU: {0}; end what holds many ports, and run again"
    )]
    Port(std::io::Error),
    #[error(transparent)]
    Files(#[from] crate::files::FilesError),
    #[error("ECU `{ecu}` cannot be started as a process: {source}")]
    Process { ecu: String, source: std::io::Error },
    #[error(transparent)]
    Hub(#[from] runner::HubError),
    #[error("{0}")]
    Device(String),
    #[error(transparent)]
    OnBoard(#[from] OnBoardError),
    #[error(transparent)]
    Machine(#[from] MachineError),
    #[error("a virtual board runs in real time; leave `--slower` or `--on` out")]
    SlowerBoard,
}

/// Why a virtual board was lost.
#[derive(Debug, thiserror::Error)]
pub enum MachineError {
    #[error(
        "`{program}` cannot be started: {error}; install QEMU, on Debian the package `qemu-system-arm`"
    )]
    Start {
        program: &'static str,
        error: io::Error,
    },
    #[error("QEMU does not carry out `{command}`: {error}")]
    Control {
        command: &'static str,
        error: io::Error,
    },
    #[error("a board's connection to the virtual buses broke: {0}; run again")]
    Hub(io::Error),
    #[error("ECU `{ecu}` on `{board}` was lost: {reason}{log}")]
    Lost {
        ecu: String,
        board: String,
        reason: String,
        /// What the board wrote, each line behind a line feed.
        log: String,
    },
}

/// Runs a composed project for so long.
pub fn run(order: &Order<'_>) -> Result<Report, RunError> {
    let system = &order.composed.system;
    if order.slower > NonZeroU32::MIN && !order.on.is_empty() {
        return Err(RunError::SlowerBoard);
    }
    let said = observe::restbus(&order.project.document, &order.project.library);
    let restbus = LiveRestbus::new(said).map_err(RunError::Device)?;
    let devices = VirtualDevices::new(system, restbus, order.changes);
    let mut devices = devices.map_err(RunError::Device)?;
    let boards = on_board::placed(order.project, system, order.on, order.changes)?;
    let folder = tempfile::tempdir().map_err(RunError::Folder)?;
    let mut files = system_folder(order.composed);
    let ethernet = order.programs.ethernet();
    let networks = match ethernet {
        Ethernet::Hub => BTreeMap::new(),
        Ethernet::Zenoh => loopback::networks(system).map_err(RunError::Port)?,
    };
    let bound = system.ecus.iter().map(|ecu| ecu.name.as_str());
    files.extend(bound.map(|ecu| {
        let networks = networks.get(ecu).map(String::as_str);
        on_hub(system, ecu, folder.path(), networks)
    }));
    crate::files::write_all(folder.path(), &files)?;
    let hub = Hub::bind()?;
    let address = hub.address();
    let ecus: Vec<String> = system.ecus.iter().map(|ecu| ecu.name.clone()).collect();
    let is_process = |ecu: &&String| boards.iter().all(|board| board.machine.ecu != **ecu);
    let as_processes: Vec<String> = ecus.iter().filter(is_process).cloned().collect();
    let stop = Arc::new(AtomicBool::new(false));
    let mut processes = Processes::start(
        &order.programs,
        folder.path(),
        address,
        &as_processes,
        stop.clone(),
    )?;
    let options = HubOptions {
        ecus,
        buses: system.buses.clone(),
        run_for: Some(order.run_for),
        slower: order.slower,
        ready_within: READY_WITHIN,
        stop,
    };
    let mut seen = Seen::default();
    let (reports, lost) = thread::scope(|scope| {
        let stop = &*options.stop;
        let bridges = boards
            .into_iter()
            .map(|board| scope.spawn(move || bridged(board, address, stop)))
            .collect();
        let reports = hub.serve(&options, &mut devices, &mut |event| seen.take(event));
        (reports, first_error(bridges))
    });
    processes.end();
    lost?;
    let reports = reports?;
    Ok(Report {
        time_ns: order.run_for.as_nanos() as u64,
        frames: seen.frames,
        values: match ethernet {
            Ethernet::Hub => seen.values,
            Ethernet::Zenoh => received(&reports),
        },
        pins: devices.pin_changes(order.run_for.as_nanos() as u64),
        ecus: reports.into_iter().map(summed).collect(),
        incidents: seen.incidents,
        candump: seen.candump,
    })
}

/// A board that is lost ends the run for all.
fn bridged(board: Placed, hub: SocketAddr, stop: &AtomicBool) -> Result<(), MachineError> {
    let served = bridge::serve(&board.machine, board.changes, hub);
    if served.is_err() {
        stop.store(true, Ordering::Relaxed);
    }
    served
}

fn first_error(
    bridges: Vec<ScopedJoinHandle<'_, Result<(), MachineError>>>,
) -> Result<(), MachineError> {
    let ended = bridges.into_iter().map(|bridge| match bridge.join() {
        Ok(ended) => ended,
        Err(bug) => std::panic::resume_unwind(bug),
    });
    // All of them are waited for.
    ended.fold(Ok(()), Result::and)
}

/// The partitions and the system file by name.
pub(crate) fn system_folder(composed: &Composed) -> BTreeMap<String, Vec<u8>> {
    let partitions = composed.partitions.iter();
    let mut files: BTreeMap<String, Vec<u8>> = partitions
        .map(|partition| (partition.file_name.clone(), partition.bytes.clone()))
        .collect();
    files.insert(
        deployment::SYSTEM_FILE.to_owned(),
        composed.system.to_text().into_bytes(),
    );
    files
}

fn received(reports: &[runner::EcuReport]) -> usize {
    let networks = reports.iter().flat_map(|report| &report.networks);
    networks.map(|network| network.received as usize).sum()
}

fn is_zero(count: &usize) -> bool {
    *count == 0
}

fn summed(report: runner::EcuReport) -> EcuReport {
    let runner::EcuReport {
        ecu,
        partitions,
        networks,
    } = report;
    let tasks = || partitions.iter().flat_map(|partition| &partition.tasks);
    EcuReport {
        ecu,
        activations: tasks().map(|task| task.activations).sum(),
        late: tasks().map(|task| task.late).sum(),
        lost: tasks().map(|task| task.lost).sum(),
        traps: partitions.iter().map(|partition| partition.traps).sum(),
        restarts: partitions.iter().map(|partition| partition.restarts).sum(),
        networks,
    }
}

/// What the hub has told.
#[derive(Default)]
struct Seen {
    frames: usize,
    values: usize,
    candump: String,
    incidents: Vec<String>,
}

impl Seen {
    fn take(&mut self, event: HubEvent) {
        match event {
            HubEvent::Frame(logged) => self.log(&logged),
            HubEvent::Trapped {
                at_ns,
                ecu,
                partition,
                text,
                ..
            } => {
                self.incidents.push(format!(
                    "{} s, {ecu}/{partition}: {text}",
                    at_ns as f64 / 1e9
                ));
            }
            HubEvent::Dropped { ecu, bus, id } => {
                self.incidents
                    .push(format!("a frame {id:#x} of `{ecu}` was dropped on `{bus}`"));
            }
            HubEvent::Value(_) => self.values += 1,
            HubEvent::ValueDropped { ecu, network, key } => self.incidents.push(format!(
                "a value `{key}` of `{ecu}` was dropped on `{network}`"
            )),
            HubEvent::Stranger { reason } => self
                .incidents
                .push(format!("a stranger connected: {reason}")),
            HubEvent::Ready { .. }
            | HubEvent::Started
            | HubEvent::Printed { .. }
            | HubEvent::Finished(_) => {}
        }
    }

    fn log(&mut self, logged: &LoggedFrame) {
        let frame = &logged.frame;
        let id = match frame.extended {
            true => Id::extended(frame.id),
            false => Id::standard(frame.id),
        };
        let made = id.and_then(|id| match (frame.remote, frame.flexible) {
            (true, _) => Frame::remote(id, frame.data.len()),
            (false, None) => Frame::data(id, &frame.data),
            (false, Some(one)) => {
                let flexible = Flexible {
                    bit_rate_switch: one.bit_rate_switch,
                    error_state_indicator: one.error_state_indicator,
                };
                Frame::flexible(id, &frame.data, flexible)
            }
        });
        match made {
            Ok(made) => {
                self.frames += 1;
                // Writing to a string does not fail.
                let _ = simulator::can::log::write_line(
                    &mut self.candump,
                    logged.at_ns,
                    &frame.bus,
                    &made,
                );
                self.candump.push('\n');
            }
            Err(error) => self
                .incidents
                .push(format!("`{}` sent what is no frame: {error}", logged.ecu)),
        }
    }
}

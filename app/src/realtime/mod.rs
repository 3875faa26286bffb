//! `wireloom run`: each ECU a process of its own, joined by the runner's hub; the simulator's
//! device models answer on the I2C buses. Knows the two sides, of which neither knows the other.

mod devices;
mod processes;

use deployment::BusKind;
use devices::VirtualDevices;
use graph_core::compose::Composed;
pub use processes::Programs;
use processes::{ON_HUB, Processes};
use runner::{Hub, HubEvent, HubOptions, LoggedFrame, PartitionReport};
use serde::Serialize;
use simulator::{
    StimulusChange,
    can::{Frame, Id},
};
use std::{
    collections::BTreeMap,
    num::NonZeroU32,
    sync::{Arc, atomic::AtomicBool},
    time::Duration,
};

/// How long the ECU processes may take to compile their partitions.
const READY_WITHIN: Duration = Duration::from_secs(120);

/// What a run gave. Field names are those of `wireloom run --json`.
#[derive(Debug, Serialize)]
pub struct Report {
    pub time_ns: u64,
    /// On all buses.
    pub frames: usize,
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
}

/// Why a project cannot be run.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    #[error("the folder for the running system cannot be made: {0}")]
    Folder(std::io::Error),
    #[error(transparent)]
    Files(#[from] crate::files::FilesError),
    #[error("ECU `{ecu}` cannot be started as a process: {source}")]
    Process { ecu: String, source: std::io::Error },
    #[error(transparent)]
    Hub(#[from] runner::HubError),
    #[error("{0}")]
    Device(String),
    #[error(
        "the virtual buses of running processes are CAN and I2C, `{bus}` is {kind}; simulate the project, or export it to a Linux ECU"
    )]
    NotServed { bus: String, kind: &'static str },
}

/// Runs a composed project for so long.
pub fn run(
    composed: &Composed,
    run_for: Duration,
    changes: &[StimulusChange],
    programs: &Programs<'_>,
) -> Result<Report, RunError> {
    refuse_unserved(&composed.system)?;
    let folder = tempfile::tempdir().map_err(RunError::Folder)?;
    crate::files::write_all(folder.path(), &system_folder(composed))?;
    let mut devices = VirtualDevices::new(&composed.system, changes).map_err(RunError::Device)?;
    let hub = Hub::bind()?;
    let ecus: Vec<String> = composed
        .system
        .ecus
        .iter()
        .map(|ecu| ecu.name.clone())
        .collect();
    let stop = Arc::new(AtomicBool::new(false));
    let mut processes =
        Processes::start(programs, folder.path(), hub.address(), &ecus, stop.clone())?;
    let options = HubOptions {
        ecus,
        buses: composed.system.buses.clone(),
        run_for: Some(run_for),
        slower: NonZeroU32::MIN,
        ready_within: READY_WITHIN,
        stop,
    };
    let mut seen = Seen::default();
    let reports = hub.serve(&options, &mut devices, &mut |event| seen.take(event));
    processes.end();
    let reports = reports?;
    Ok(Report {
        time_ns: run_for.as_nanos() as u64,
        frames: seen.frames,
        ecus: reports
            .into_iter()
            .map(|report| summed(report.ecu, &report.partitions))
            .collect(),
        incidents: seen.incidents,
        candump: seen.candump,
    })
}

/// The hub's protocol has CAN and I2C.
fn refuse_unserved(system: &deployment::System) -> Result<(), RunError> {
    for bus in &system.buses {
        let kind = match bus.kind {
            BusKind::Can { .. } | BusKind::I2c { .. } => continue,
            BusKind::Spi { .. } => "an SPI bus",
            BusKind::Gpio { .. } => "a GPIO controller",
        };
        let bus = bus.name.clone();
        return Err(RunError::NotServed { bus, kind });
    }
    Ok(())
}

/// The partitions and the system file by name.
pub(crate) fn system_folder(composed: &Composed) -> BTreeMap<String, Vec<u8>> {
    let partitions = composed.partitions.iter();
    let mut files: BTreeMap<String, Vec<u8>> = partitions
        .map(|partition| (partition.file_name.clone(), partition.bytes.clone()))
        .collect();
    let buses = composed.system.buses.iter();
    let on_hub: String = buses
        .map(|bus| format!("[buses.{}]\nkind = \"hub\"\n", bus.name))
        .collect();
    files.insert(ON_HUB.to_owned(), on_hub.into_bytes());
    files.insert(
        deployment::SYSTEM_FILE.to_owned(),
        composed.system.to_text().into_bytes(),
    );
    files
}

fn summed(ecu: String, partitions: &[PartitionReport]) -> EcuReport {
    let tasks = || partitions.iter().flat_map(|partition| &partition.tasks);
    EcuReport {
        ecu,
        activations: tasks().map(|task| task.activations).sum(),
        late: tasks().map(|task| task.late).sum(),
        lost: tasks().map(|task| task.lost).sum(),
        traps: partitions.iter().map(|partition| partition.traps).sum(),
        restarts: partitions.iter().map(|partition| partition.restarts).sum(),
    }
}

/// What the hub has told.
#[derive(Default)]
struct Seen {
    frames: usize,
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
        let made = id.and_then(|id| match frame.remote {
            true => Frame::remote(id, frame.data.len()),
            false => Frame::data(id, &frame.data),
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

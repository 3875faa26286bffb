//! The ECU processes: this program started once an ECU, watched, and ended with the run.

use super::RunError;
use deployment::System;
use runner::Configuration;
use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

/// What a process may take to end by itself when the run is over.
const GRACE: Duration = Duration::from_secs(5);

/// Which program is an ECU.
#[derive(Debug, Clone, Copy)]
pub enum Programs<'a> {
    /// This one: it compiles the partitions when it starts.
    Itself(&'a Path),
    /// The program of each ECU's bundle, with the native code there.
    Bundles {
        /// As `wireloom export --target linux-…` has written it.
        folder: &'a Path,
        /// Runs programs of another processor: `qemu-aarch64-static`.
        emulator: Option<&'a str>,
        ethernet: Ethernet,
    },
}

/// What carries values between ECUs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ethernet {
    /// A virtual network, with the time that the project's model says.
    Hub,
    /// Zenoh over TCP on this machine.
    Zenoh,
}

/// Name and text of the configuration of an ECU in the folder of a run: all buses, devices and pins
/// are the hub's, so are networks where no others are given, and its blocks live as long as the run.
pub(super) fn on_hub(
    system: &System,
    ecu: &str,
    run: &Path,
    given: Option<&str>,
) -> (String, Vec<u8>) {
    let Configuration {
        buses,
        networks,
        pins,
        ..
    } = Configuration::all_on_hub(system);
    let names = |table: &'static str, names: Vec<&String>| {
        let entry = move |name| format!("[{table}.{name}]\nkind = \"hub\"\n");
        names.into_iter().map(entry).collect::<String>()
    };
    let text = [
        names("buses", buses.keys().collect()),
        match given {
            Some(given) => given.to_owned(),
            None => names("networks", networks.keys().collect()),
        },
        names("pins", pins.keys().collect()),
        // A path is text between quotation marks for `{:?}` and for TOML alike.
        format!("[nv]\ndirectory = {:?}\n", blocks(run, ecu)),
    ];
    (configuration(ecu), text.concat().into_bytes())
}

fn configuration(ecu: &str) -> String {
    format!("{ecu}-on-hub.toml")
}

/// Where an ECU keeps its blocks during a run.
fn blocks(run: &Path, ecu: &str) -> PathBuf {
    run.join("nv").join(ecu)
}

impl Programs<'_> {
    /// What carries values between ECUs.
    pub(super) fn ethernet(&self) -> Ethernet {
        match self {
            Programs::Itself(_) => Ethernet::Hub,
            Programs::Bundles { ethernet, .. } => *ethernet,
        }
    }

    fn command(&self, run: &Path, ecu: &str) -> Command {
        match self {
            Programs::Itself(program) => {
                let mut command = Command::new(program);
                command.args(["ecu", "--ecu", ecu, "--system"]).arg(run);
                command.arg("--nv").arg(blocks(run, ecu));
                command
            }
            Programs::Bundles {
                folder, emulator, ..
            } => {
                let bundle = folder.join(ecu);
                let program = bundle.join(exporter::linux::RUNNER);
                let mut command = match emulator {
                    None => Command::new(program),
                    Some(emulator) => {
                        let mut command = Command::new(emulator);
                        command.arg(program);
                        command
                    }
                };
                let configuration = run.join(configuration(ecu));
                command.arg("--configuration").arg(configuration);
                command.arg(bundle);
                command
            }
        }
    }
}

pub(super) struct Processes {
    children: Vec<Child>,
    stop: Arc<AtomicBool>,
}

impl Processes {
    pub(super) fn start(
        programs: &Programs<'_>,
        folder: &Path,
        hub: SocketAddr,
        ecus: &[String],
        stop: Arc<AtomicBool>,
    ) -> Result<Processes, RunError> {
        let mut processes = Processes {
            children: Vec::new(),
            stop,
        };
        for ecu in ecus {
            let child = programs
                .command(folder, ecu)
                .args(["--hub", &hub.to_string()])
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .spawn();
            match child {
                Ok(child) => processes.children.push(child),
                Err(source) => {
                    return Err(RunError::Process {
                        ecu: ecu.clone(),
                        source,
                    });
                }
            }
        }
        Ok(processes)
    }

    /// Waits a little for each process, then ends it by force.
    pub(super) fn end(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        let step = Duration::from_millis(10);
        for child in &mut self.children {
            let mut waited = Duration::ZERO;
            while waited < GRACE && matches!(child.try_wait(), Ok(None)) {
                std::thread::sleep(step);
                waited += step;
            }
            // One that has ended already needs no end.
            let _ = child.kill();
            let _ = child.wait();
        }
        self.children.clear();
    }
}

/// Also when the run ends by an error: no process outlives it.
impl Drop for Processes {
    fn drop(&mut self) {
        self.end();
    }
}

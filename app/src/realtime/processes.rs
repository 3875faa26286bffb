//! The ECU processes: this program started once an ECU, watched, and ended with the run.

use super::RunError;
use std::{
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

/// What a process may take to end by itself when the run is over.
const GRACE: Duration = Duration::from_secs(5);

pub(super) struct Processes {
    children: Vec<Child>,
    stop: Arc<AtomicBool>,
}

impl Processes {
    pub(super) fn start(
        program: &Path,
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
            let child = Command::new(program)
                .arg("ecu")
                .arg("--system")
                .arg(folder)
                .args(["--ecu", ecu])
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

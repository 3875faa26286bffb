//! A microcontroller played by QEMU, as a process: its log, its CAN buses as SLCAN, QEMU's own
//! control (QMP). All three are sockets of this machine, in which QEMU is the client. Time on the
//! board is real time. Knows nothing of the hub.

use super::MachineError;
use serde_json::{Value, json};
use std::{
    io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write},
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};
use tempfile::TempDir;

const PROGRAM: &str = "qemu-system-arm";
/// How long QEMU may take until it has connected, and for an answer.
const PATIENCE: Duration = Duration::from_secs(60);
/// Between two looks at a listener.
const LOOK: Duration = Duration::from_millis(5);
/// Serial lines of every board of ours: the log, then one for each CAN bus.
const CAN_LINES: usize = 2;

/// What a machine is made of.
#[derive(Debug, Clone)]
pub(super) struct MachineOrder {
    pub(super) ecu: String,
    pub(super) board: String,
    /// QEMU's name.
    pub(super) machine: String,
    /// Firmware and payload.
    pub(super) image: Vec<u8>,
    /// The system's CAN buses, in the board's order.
    pub(super) buses: Vec<String>,
    pub(super) sensors: Vec<Sensor>,
}

/// A `tmp105` on the board's first I2C controller: QEMU's own model.
#[derive(Debug, Clone)]
pub(super) struct Sensor {
    pub(super) name: String,
    pub(super) address: u16,
}

/// It runs until this goes.
pub(super) struct Machine {
    child: Child,
    control: Control,
    pub(super) log: TcpStream,
    /// By the board's number.
    pub(super) can: Vec<TcpStream>,
    errors: std::fs::File,
    _folder: TempDir,
}

impl Machine {
    /// The board is made and stands still.
    pub(super) fn start(order: &MachineOrder) -> Result<Machine, MachineError> {
        let failed = |error| MachineError::Start {
            program: PROGRAM,
            error,
        };
        let mut machine = Machine::spawn(order).map_err(failed)?;
        machine.control("qmp_capabilities", Value::Null)?;
        Ok(machine)
    }

    fn spawn(order: &MachineOrder) -> io::Result<Machine> {
        let folder = tempfile::tempdir()?;
        let image = folder.path().join("image.elf");
        std::fs::write(&image, &order.image)?;
        let listeners: Vec<TcpListener> = (0..2 + order.can_lines())
            .map(|_| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))
            .collect::<io::Result<_>>()?;
        let mut errors = tempfile::tempfile()?;
        let mut child = order
            .command(&image, &listeners)?
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(errors.try_clone()?)
            .spawn()?;
        match connections(&listeners, &mut child) {
            Ok((log, control, can)) => Ok(Machine {
                child,
                control: Control(BufReader::new(control)),
                log,
                can,
                errors,
                _folder: folder,
            }),
            Err(error) => {
                // It may have ended by itself.
                let _killed = child.kill();
                let _status = child.wait();
                Err(with_words(error, &mut errors))
            }
        }
    }

    /// Reset: the board begins.
    pub(super) fn go(&mut self) -> Result<(), MachineError> {
        self.control("cont", Value::Null)
    }

    /// Of a sensor, at once.
    pub(super) fn set_temperature(
        &mut self,
        sensor: &str,
        celsius: f64,
    ) -> Result<(), MachineError> {
        let arguments = json!({
            "path": format!("/machine/peripheral/{}", device_id(sensor)),
            "property": "temperature",
            "value": (celsius * 1_000.0).round() as i64,
        });
        self.control("qom-set", arguments)
    }

    fn control(&mut self, command: &'static str, arguments: Value) -> Result<(), MachineError> {
        self.control.execute(command, arguments).map_err(|error| {
            let error = with_words(error, &mut self.errors);
            MachineError::Control { command, error }
        })
    }
}

/// No machine outlives its run.
impl Drop for Machine {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _killed = self.child.kill();
        let _status = self.child.wait();
    }
}

impl MachineOrder {
    fn can_lines(&self) -> usize {
        self.buses.len().min(CAN_LINES)
    }

    fn command(&self, image: &Path, listeners: &[TcpListener]) -> io::Result<Command> {
        let mut ports = listeners.iter().map(|listener| {
            let port = listener.local_addr()?.port();
            Ok::<_, io::Error>(format!("tcp:{}:{port},nodelay=on", Ipv4Addr::LOCALHOST))
        });
        let mut port = || ports.next().unwrap_or(Ok("null".to_owned()));
        let mut command = Command::new(PROGRAM);
        command
            .args(["-M", &self.machine, "-display", "none", "-monitor", "none"])
            .arg("-S")
            .arg("-kernel")
            .arg(image);
        command.args(["-serial", &port()?, "-qmp", &port()?]);
        for _ in 0..CAN_LINES {
            command.args(["-serial", &port()?]);
        }
        for sensor in &self.sensors {
            let (id, address) = (device_id(&sensor.name), sensor.address);
            let device = format!("tmp105,id={id},bus=i2c,address={address:#x}");
            command.args(["-device", &device]);
        }
        Ok(command)
    }
}

/// QEMU has names of its own.
fn device_id(sensor: &str) -> String {
    format!("device-{sensor}")
}

type Connections = (TcpStream, TcpStream, Vec<TcpStream>);

/// Log, control, CAN buses.
fn connections(listeners: &[TcpListener], child: &mut Child) -> io::Result<Connections> {
    let begin = Instant::now();
    let mut streams = listeners
        .iter()
        .map(|listener| accepted(listener, child, begin))
        .collect::<io::Result<Vec<_>>>()?
        .into_iter();
    match (streams.next(), streams.next()) {
        (Some(log), Some(control)) => Ok((log, control, streams.collect())),
        _ => unreachable!("there are at least two listeners: this is a bug"),
    }
}

fn accepted(listener: &TcpListener, child: &mut Child, begin: Instant) -> io::Result<TcpStream> {
    listener.set_nonblocking(true)?;
    loop {
        match listener.accept() {
            Ok((stream, _)) => {
                stream.set_nonblocking(false)?;
                stream.set_nodelay(true)?;
                return Ok(stream);
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
        if let Some(status) = child.try_wait()? {
            return Err(io::Error::other(format!("it has ended: {status}")));
        }
        if begin.elapsed() > PATIENCE {
            return Err(io::ErrorKind::TimedOut.into());
        }
        thread::sleep(LOOK);
    }
}

/// With what QEMU has said.
fn with_words(error: io::Error, errors: &mut std::fs::File) -> io::Error {
    let mut words = String::new();
    let read = errors
        .seek(SeekFrom::Start(0))
        .and_then(|_| errors.read_to_string(&mut words));
    match (read, words.trim()) {
        (Err(_), _) | (_, "") => error,
        (Ok(_), words) => io::Error::other(format!("{error}: {words}")),
    }
}

/// QEMU's machine protocol: a line of JSON asks, a line of JSON answers.
struct Control(BufReader<TcpStream>);

impl Control {
    fn execute(&mut self, command: &str, arguments: Value) -> io::Result<()> {
        let stream = self.0.get_mut();
        stream.set_read_timeout(Some(PATIENCE))?;
        let message = match arguments {
            Value::Null => json!({ "execute": command }),
            arguments => json!({ "execute": command, "arguments": arguments }),
        };
        stream.write_all(format!("{message}\n").as_bytes())?;
        loop {
            let mut line = String::new();
            if self.0.read_line(&mut line)? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            // Greeting and events stand between the answers.
            let answer: Value = serde_json::from_str(&line)?;
            if let Some(refused) = answer.get("error") {
                return Err(io::Error::other(refused.to_string()));
            }
            if answer.get("return").is_some() {
                return Ok(());
            }
        }
    }
}

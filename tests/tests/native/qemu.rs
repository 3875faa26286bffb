//! QEMU's mps2-an385 with an image: the log on its standard output or the frames, line by line, and
//! the sensor's temperature over QMP. Instructions make the time, so that every run is the same.

use exporter::native::{NativeImage, NativeInput, native_board, native_image};
use std::{
    io::{BufRead, BufReader, Write},
    os::unix::net::{UnixListener, UnixStream},
    process::{Child, ChildStdout, Command, Stdio},
};

/// One partition's table and component.
pub(crate) type Part = (deployment::Partition, Vec<u8>);

/// The image of these partitions for the virtual board, or for another.
pub(crate) fn image_for(
    board: &str,
    system: &deployment::System,
    parts: &[Part],
    trace: bool,
) -> NativeImage {
    let partitions: Vec<_> = parts
        .iter()
        .map(|(table, bytes)| (table.clone(), bytes.as_slice()))
        .collect();
    let input = NativeInput {
        system,
        partitions: &partitions,
        trace,
    };
    native_image(native_board(board).unwrap(), &input).unwrap()
}

pub(crate) fn image(system: &deployment::System, parts: &[Part], trace: bool) -> Vec<u8> {
    let mut image = image_for("qemu-mps2-an385", system, parts, trace);
    image.files.remove("image.elf").unwrap()
}

/// More than any test waits for.
const LINES: usize = 50_000;

/// Which serial port is read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Port {
    Log,
    Can,
}

/// What stands on the port, up to the line for which `enough` is true.
pub(crate) fn run(
    image: &[u8],
    port: Port,
    millidegrees: Option<i64>,
    mut enough: impl FnMut(&str) -> bool,
) -> Vec<String> {
    let mut machine = start(image, port, millidegrees);
    read(&mut machine, port, &mut enough)
}

/// The same once the board has said `greeting` and was told `input`.
pub(crate) fn talk(
    image: &[u8],
    port: Port,
    greeting: &str,
    input: &str,
    mut enough: impl FnMut(&str) -> bool,
) -> Vec<String> {
    let mut machine = start(image, port, None);
    read(&mut machine, port, &mut |line| line == greeting);
    let mut serial = machine.child.stdin.take().unwrap();
    serial.write_all(input.as_bytes()).unwrap();
    read(&mut machine, port, &mut enough)
}

fn start(image: &[u8], port: Port, millidegrees: Option<i64>) -> Machine {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("image.elf");
    std::fs::write(&file, image).unwrap();
    let socket = folder.path().join("qmp");
    let listener = UnixListener::bind(&socket).unwrap();
    // A machine that says nothing ends some time, too.
    let mut command = Command::new("prlimit");
    command.args(["--cpu=120", "qemu-system-arm"]);
    command.args([
        "-M",
        "mps2-an385",
        "-display",
        "none",
        "-monitor",
        "none",
        "-S",
    ]);
    command.args(["-icount", "shift=5,align=off,sleep=off"]);
    let serials = match port {
        Port::Log => ["stdio", "null"],
        Port::Can => ["null", "stdio"],
    };
    command.args(["-serial", serials[0], "-serial", serials[1]]);
    command.arg("-kernel").arg(&file);
    command.args(["-qmp", &format!("unix:{}", socket.display())]);
    if millidegrees.is_some() {
        command.args(["-device", "tmp105,id=cabin,address=0x48"]);
    }
    let spawned = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let mut child = spawned.unwrap();
    let output = BufReader::new(child.stdout.take().unwrap());
    let machine = Machine { child, output };
    let mut monitor = BufReader::new(listener.accept().unwrap().0);
    // Its greeting.
    monitor.read_line(&mut String::new()).unwrap();
    ask(&mut monitor, r#"{"execute":"qmp_capabilities"}"#);
    if let Some(millidegrees) = millidegrees {
        ask(
            &mut monitor,
            &format!(
                r#"{{"execute":"qom-set","arguments":{{"path":"/machine/peripheral/cabin","property":"temperature","value":{millidegrees}}}}}"#
            ),
        );
    }
    ask(&mut monitor, r#"{"execute":"cont"}"#);
    machine
}

fn read(machine: &mut Machine, port: Port, enough: &mut impl FnMut(&str) -> bool) -> Vec<String> {
    let end = match port {
        Port::Log => b'\n',
        Port::Can => b'\r',
    };
    let mut lines = Vec::new();
    loop {
        let mut line = Vec::new();
        assert!(
            machine.output.read_until(end, &mut line).unwrap() > 0,
            "{lines:#?}"
        );
        let line = String::from_utf8(line).unwrap().trim_end().to_owned();
        assert!(lines.len() < LINES, "{lines:#?}");
        let done = enough(&line);
        lines.push(line);
        if done {
            return lines;
        }
    }
}

fn ask(monitor: &mut BufReader<UnixStream>, command: &str) {
    writeln!(monitor.get_mut(), "{command}").unwrap();
    loop {
        let mut answer = String::new();
        monitor.read_line(&mut answer).unwrap();
        assert!(!answer.contains("\"error\""), "{answer}");
        if answer.contains("\"return\"") {
            return;
        }
    }
}

/// Ends with the test, whatever happens.
struct Machine {
    child: Child,
    output: BufReader<ChildStdout>,
}

impl Drop for Machine {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

//! What an image can be verified on: a sorted list, and how each is started.

use super::{
    Request, VerifyError,
    process::{self, Started},
};
use crate::{
    boards::{self, ImageOrder},
    session::Destination,
};
use exporter::{boards::Board, program};
use graph_core::compose::Composed;
use runner::Code;

/// Something that runs an ECU and speaks the back-to-back link.
#[derive(Debug, PartialEq, Eq)]
pub struct Target {
    /// As in `--target`; that of the board, where it is one.
    pub id: &'static str,
    /// For people.
    pub description: &'static str,
    kind: Kind,
}

#[derive(Debug, PartialEq, Eq)]
enum Kind {
    /// The Linux runner as a process of this machine.
    Process(Code),
    /// QEMU's machine of the board with the target's id.
    Qemu,
}

/// Anti-rollback: a machine that has just been made remembers none.
const COUNTER: u32 = 0;
/// File of the boot log, in the folder of the target.
const BOOT_LOG: &str = "boot.log";

/// By id.
pub const TARGETS: &[Target] = &[
    Target {
        id: "linux-x86_64",
        description: "the Linux runner with native code, as a process here",
        kind: Kind::Process(Code::Native),
    },
    Target {
        id: "pulley64",
        description: "the Linux runner with the interpreter of the microcontroller images, as a process here",
        kind: Kind::Process(Code::Pulley64),
    },
    Target {
        id: "qemu-mps2-an385",
        description: "the image on a Cortex-M3, in QEMU",
        kind: Kind::Qemu,
    },
    Target {
        id: "qemu-mps2-an386",
        description: "the image on a Cortex-M4F, in QEMU",
        kind: Kind::Qemu,
    },
    Target {
        id: "qemu-mps2-an505",
        description: "the image on a Cortex-M33, in QEMU",
        kind: Kind::Qemu,
    },
    Target {
        id: "qemu-netduinoplus2",
        description: "the image on an STM32F405, in QEMU",
        kind: Kind::Qemu,
    },
];

/// The project as the target runs it: on a microcontroller, lowered.
pub(super) fn composed(request: &Request<'_>) -> Result<Composed, VerifyError> {
    match request.target.kind {
        Kind::Process(_) => Ok(request.composed.clone()),
        Kind::Qemu => {
            let board = board(request.target)?;
            let (document, library) = (&request.project.document, &request.project.library);
            Ok(boards::lowered(
                document,
                library,
                request.composed,
                &board,
                request.ecus,
            )?)
        }
    }
}

fn board(target: &Target) -> Result<Board, VerifyError> {
    exporter::boards::board(target.id).map_err(VerifyError::Board)
}

/// What runs an export's destination on this machine, in the form that the export has.
pub fn on_this_machine(destination: Destination) -> Option<&'static Target> {
    let Destination::Board(id) = destination else {
        return None;
    };
    let target = target_named(id)?;
    let runs = match target.kind {
        Kind::Process(_) => id.ends_with(std::env::consts::ARCH),
        Kind::Qemu => true,
    };
    runs.then_some(target)
}

/// The target of that id.
pub fn target_named(id: &str) -> Option<&'static Target> {
    TARGETS.iter().find(|target| target.id == id)
}

/// Starts the target with an ECU on it.
pub(super) fn start(request: &Request<'_>, ecu: &str) -> Result<Started, VerifyError> {
    match request.target.kind {
        Kind::Process(code) => runner(request, ecu, code),
        Kind::Qemu => machine(request, ecu),
    }
}

fn runner(request: &Request<'_>, ecu: &str, code: Code) -> Result<Started, VerifyError> {
    let folder = process::folder()?;
    crate::files::write_all(
        folder.path(),
        &crate::realtime::system_folder(request.composed),
    )?;
    let mut command = program(request.program);
    command
        .args(["ecu-under-test", "--ecu", ecu, "--system"])
        .arg(folder.path());
    if code == Code::Pulley64 {
        command.arg("--interpreted");
    }
    process::start(command, folder, None, "is it allowed to run?")
}

/// The board's image, as `export` makes it, in the machine that plays the board: the line of
/// docs/verification.md.
fn machine(request: &Request<'_>, ecu: &str) -> Result<Started, VerifyError> {
    let board = board(request.target)?;
    let (Some(qemu), Some(ram)) = (&board.qemu, board.ram) else {
        unreachable!("a target that runs in QEMU has a machine and RAM: this is a bug")
    };
    let folder = process::folder()?;
    let image = folder.path().join("image.elf");
    crate::files::write_atomically(&image, &elf(request, &board, ecu)?)?;
    let boot_log = folder.path().join(BOOT_LOG);
    let loader = format!(
        "loader,addr={:#x},data={:#x},data-len=4",
        ram.address,
        back_to_back::BOOT_MODE
    );
    let mut command = program("qemu-system-arm");
    command
        .args(["-M", &qemu.machine, "-display", "none", "-monitor", "none"])
        .arg("-kernel")
        .arg(&image)
        .args(["-device", &loader])
        .arg("-serial")
        .arg(format!("file:{}", boot_log.display()))
        .args(["-serial", "null", "-serial", "null"])
        .args(["-chardev", "stdio,id=link,signal=off"])
        .args(["-serial", "chardev:link"]);
    let help = "install QEMU, on Debian the package `qemu-system-arm`";
    process::start(command, folder, Some(boot_log), help)
}

fn elf(request: &Request<'_>, board: &Board, ecu: &str) -> Result<Vec<u8>, VerifyError> {
    let firmware = crate::files::read_firmware(&board.id)?;
    let ecus = [ecu.to_owned()];
    let order = ImageOrder {
        board,
        firmware: &firmware,
        ecus: &ecus,
        key: &payload::SigningKey::development(),
        counter: COUNTER,
    };
    let mut files = boards::images(&request.project.document, &request.project.library, &order)?;
    Ok(files
        .remove(&format!("{ecu}.elf"))
        .unwrap_or_else(|| unreachable!("an image has an ELF file: this is a bug")))
}

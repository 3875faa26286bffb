//! What an image can be verified on: a sorted list, and how each is started.

use super::{
    Request, VerifyError,
    process::{self, Started},
    without_fuel::without_time_of_fuel,
};
use crate::{
    boards::{self, ImageOrder},
    export::{self, ExportError},
    native,
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
    /// The same with the image of the native path.
    QemuNative,
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

/// By id: those whose images come by C, where that is not the board's default.
pub const NATIVE_TARGETS: &[Target] = &[Target {
    id: "qemu-mps2-an385",
    description: "the native image on a Cortex-M3, in QEMU",
    kind: Kind::QemuNative,
}];

impl Target {
    /// As a report names it, and as the command line takes it.
    pub fn label(&self) -> String {
        match self.is_native() {
            true => format!("{} --native", self.id),
            false => self.id.to_owned(),
        }
    }

    /// Whether its image comes by C, which counts no fuel.
    pub fn is_native(&self) -> bool {
        self.kind == Kind::QemuNative
    }
}

/// The project as the target runs it: on a microcontroller, lowered.
pub(super) fn composed(request: &Request<'_>) -> Result<Composed, VerifyError> {
    if let Kind::Process(_) = request.target.kind {
        return Ok(request.composed.clone());
    }
    let board = board(request.target)?;
    let (document, library) = (&request.project.document, &request.project.library);
    let (composed, ecus) = (request.composed, request.ecus);
    let mut lowered = boards::lowered(document, library, composed, &board, ecus)?;
    if request.target.is_native() {
        without_time_of_fuel(&mut lowered, ecus);
    }
    Ok(lowered)
}

fn board(target: &Target) -> Result<Board, VerifyError> {
    exporter::boards::board(target.id).map_err(VerifyError::Board)
}

/// What runs an export's destination on this machine, in the form that the export has.
pub fn on_this_machine(destination: Destination) -> Option<&'static Target> {
    let target = match destination {
        Destination::Board(id) => target_named(id)?,
        Destination::Native(id) => native_named(id)?,
        Destination::Portable(_) => return None,
    };
    let runs = match target.kind {
        Kind::Process(_) => target.id.ends_with(std::env::consts::ARCH),
        Kind::Qemu | Kind::QemuNative => true,
    };
    runs.then_some(target)
}

/// The target of that id.
pub fn target_named(id: &str) -> Option<&'static Target> {
    TARGETS.iter().find(|target| target.id == id)
}

/// The target of that id with an image by C.
pub fn native_named(id: &str) -> Option<&'static Target> {
    NATIVE_TARGETS.iter().find(|target| target.id == id)
}

/// Starts the target with an ECU on it.
pub(super) fn start(request: &Request<'_>, ecu: &str) -> Result<Started, VerifyError> {
    match request.target.kind {
        Kind::Process(code) => runner(request, ecu, code),
        Kind::Qemu | Kind::QemuNative => machine(request, ecu),
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
    let bytes = match request.target.is_native() {
        true => native_elf(request, &board, ecu)?,
        false => elf(request, &board, ecu)?,
    };
    crate::files::write_atomically(&image, &bytes)?;
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

fn native_elf(request: &Request<'_>, board: &Board, ecu: &str) -> Result<Vec<u8>, ExportError> {
    let (document, library) = (&request.project.document, &request.project.library);
    let product = export::checked_product(document, library)?;
    boards::refuse_unfit(document, library, &product, ecu, board)?;
    let by_c = exporter::native::native_board(&board.id)
        .unwrap_or_else(|| unreachable!("a native target has a native path: this is a bug"));
    let mut image = native::image(&product, ecu, by_c)?;
    Ok(image
        .files
        .remove("image.elf")
        .unwrap_or_else(|| unreachable!("QEMU's images are linked here: this is a bug")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::Target as Portable;

    #[test]
    fn an_export_is_verified_in_the_form_that_it_has() {
        let board = "qemu-mps2-an385";
        let label = |destination| on_this_machine(destination).map(Target::label);
        assert_eq!(label(Destination::Board(board)).as_deref(), Some(board));
        assert_eq!(
            label(Destination::Native(board)).as_deref(),
            Some("qemu-mps2-an385 --native")
        );
        // Its image is native, and nothing here has its machine.
        assert_eq!(label(Destination::Board("arduino-due")), None);
        assert_eq!(label(Destination::Portable(Portable::Wasm)), None);
    }

    #[test]
    fn native_targets_have_a_machine_and_a_native_path() {
        for target in NATIVE_TARGETS {
            let board = exporter::boards::board(target.id).unwrap();
            assert!(board.qemu.is_some() && board.ram.is_some(), "{}", target.id);
            assert!(crate::targets::native_named(target.id).is_ok());
        }
    }
}

//! What an image can be verified on: a sorted list, and how each is started.

use super::{
    Request, VerifyError,
    process::{self, Started},
};
use runner::Code;
use std::process::Command;

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
}

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
];

/// The target of that id.
pub fn target_named(id: &str) -> Option<&'static Target> {
    TARGETS.iter().find(|target| target.id == id)
}

/// Starts the target with an ECU on it.
pub(super) fn start(request: &Request<'_>, ecu: &str) -> Result<Started, VerifyError> {
    match request.target.kind {
        Kind::Process(code) => runner(request, ecu, code),
    }
}

fn runner(request: &Request<'_>, ecu: &str, code: Code) -> Result<Started, VerifyError> {
    let folder = process::folder()?;
    crate::files::write_all(
        folder.path(),
        &crate::realtime::system_folder(request.composed),
    )?;
    let mut command = Command::new(request.program);
    command
        .args(["ecu-under-test", "--ecu", ecu, "--system"])
        .arg(folder.path());
    if code == Code::Pulley64 {
        command.arg("--interpreted");
    }
    process::start(command, folder, "is it allowed to run?")
}

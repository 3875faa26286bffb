//! Programs that are started: compilers, virtual boards, ECUs. Knows nothing of what they do.

use std::{ffi::OsStr, process::Command};

/// A program that opens no console of its own on Windows, where whoever starts it has none.
pub fn program(name: impl AsRef<OsStr>) -> Command {
    #[cfg_attr(
        not(windows),
        expect(unused_mut, reason = "only Windows opens consoles")
    )]
    let mut command = Command::new(name);
    #[cfg(windows)]
    {
        use std::os::windows::process::CommandExt;
        /// CREATE_NO_WINDOW, of the system's processthreadsapi.h
        const NO_WINDOW: u32 = 0x0800_0000;
        command.creation_flags(NO_WINDOW);
    }
    command
}

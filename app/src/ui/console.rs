//! The console on Windows. The one program is command line and window: it is a console program, so
//! that a shell waits for it, shows what it says and has its exit status. Who opens it from a folder
//! gets a console with it (before Windows 11 24H2, which reads `windows.manifest`): it is given back
//! when the window opens. Knows nothing of the window.

/// Gives back a console that was made for this program alone.
#[cfg(windows)]
#[expect(unsafe_code, reason = "system calls; each says why it is sound")]
pub(super) fn give_back() {
    use windows_sys::Win32::System::Console::{FreeConsole, GetConsoleProcessList};
    let mut processes = [0; 2];
    // SAFETY: writes at most as many numbers as it is told there is room for.
    let count = unsafe { GetConsoleProcessList(processes.as_mut_ptr(), 2) };
    if count == 1 {
        // SAFETY: takes nothing; without a console it does nothing.
        unsafe { FreeConsole() };
    }
}

/// Other systems make none.
#[cfg(not(windows))]
pub(super) fn give_back() {}

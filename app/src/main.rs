//! The `wireloom` program: window and command line.

use std::process::ExitCode;

// The C library's returns the triangles of a picture to the system and has them cleared for the next:
// half of a picture's time.
#[cfg(target_os = "linux")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    wireloom::cli::main(std::env::args_os())
}

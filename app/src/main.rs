//! The `wireloom` program: window and command line.

use std::process::ExitCode;

fn main() -> ExitCode {
    wireloom::cli::main(std::env::args_os())
}

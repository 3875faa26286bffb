//! `wireloom-aot ARCHITECTURE FILE.wasm FILE.cwasm`: compiles a composed partition for a processor
//! that the export's own build has no compiler for. A program of its own, so that nothing else
//! carries those compilers, and that a compiler that fails takes nothing with it.

use std::{env, fs, process::ExitCode};

fn main() -> ExitCode {
    let words: Vec<String> = env::args().skip(1).collect();
    let done = match words.as_slice() {
        [flag] if flag == "--version" => {
            let engine = runner::engine_for("");
            println!("{} {}", engine.wasmtime, engine.settings_sha256);
            Ok(())
        }
        [architecture, from, to] => compile(architecture, from, to),
        _ => Err("usage: wireloom-aot ARCHITECTURE FILE.wasm FILE.cwasm".to_owned()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(words) => {
            eprintln!("error: {words}");
            ExitCode::FAILURE
        }
    }
}

fn compile(architecture: &str, from: &str, to: &str) -> Result<(), String> {
    let component = fs::read(from).map_err(|error| format!("`{from}` cannot be read: {error}"))?;
    let code = runner::compile(&component, architecture)?;
    fs::write(to, code).map_err(|error| format!("`{to}` cannot be written: {error}"))
}

//! From a composed product to the bundles of its Linux ECUs: has the partitions compiled for
//! the board's processor, and adds the program that was built for it. Looks for programs beside this
//! one; writes nothing.

use crate::{boards::selected, export::ExportError};
use exporter::{
    Files, Partition, Product,
    boards::Board,
    linux::{self, LinuxParts, RUNNER},
    program,
};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// What builds the programs.
const SCRIPT: &str = "scripts/build-runner";
/// Compiles for processors that this build has no compiler for.
const COMPILER: &str = "wireloom-aot";

/// Why there is no bundle.
#[derive(Debug, thiserror::Error)]
pub enum LinuxError {
    #[error(transparent)]
    Export(#[from] ExportError),
    #[error("board `{board}` does not run Linux; choose another target")]
    NotLinux { board: String },
    #[error(
        "`{program}` for {architecture} is not there (looked for `{}`); build it by `{SCRIPT} {argument}`",
        .path.display()
    )]
    NoProgram {
        program: &'static str,
        architecture: String,
        path: PathBuf,
        argument: String,
    },
    #[error("`{}` can not be used: {reason}; build it again by `{SCRIPT}`", .path.display())]
    Program { path: PathBuf, reason: String },
    #[error(
        "partition `{file}` can not be compiled for {architecture}: {reason}; simulate it first: what stops there stops here"
    )]
    Compile {
        file: String,
        architecture: String,
        reason: String,
    },
}

/// The folder with the programs: what WIRELOOM_ECU_PROGRAMS names, else `ecu` beside this program or
/// beside its folder, as `scripts/build-runner` leaves it.
pub fn programs() -> PathBuf {
    if let Some(folder) = std::env::var_os("WIRELOOM_ECU_PROGRAMS") {
        return folder.into();
    }
    let own = std::env::current_exe().unwrap_or_default();
    let beside = |folder: &Path| folder.join("ecu");
    let folders = own.ancestors().skip(1).take(2).map(beside);
    let mut folders: Vec<PathBuf> = folders.collect();
    let found = folders.iter().position(|folder| folder.is_dir());
    folders.swap_remove(found.unwrap_or(0))
}

/// The files of the bundles of these ECUs, of all where none is named, by path.
pub fn bundles(
    product: &Product,
    board: &Board,
    ecus: &[String],
    programs: &Path,
) -> Result<Files, LinuxError> {
    let architecture = architecture_of(board)?;
    let ecus = selected(&product.system, ecus)?;
    let mut built = Files::new();
    for ecu in &ecus {
        let program = linux::program(&product.system, ecu);
        if !built.contains_key(program) {
            built.insert(
                program.to_owned(),
                runner_for(architecture, programs, program)?,
            );
        }
    }
    let mut native = Files::new();
    for partition in &product.partitions {
        if ecus.contains(&partition.ecu) {
            let code = compiled(partition, architecture, programs)?;
            native.insert(partition.file_name.clone(), code);
        }
    }
    let parts = LinuxParts {
        board: board.clone(),
        architecture: architecture.to_owned(),
        engine: runner::engine_for(architecture),
        programs: built,
        native,
        ecus,
    };
    let files = linux::export(product, &parts).map_err(ExportError::from)?;
    Ok(files)
}

/// What of the programs that a bundle for this board takes is not there.
pub fn missing(board: &Board, programs: &Path) -> Option<LinuxError> {
    let look = || {
        let architecture = architecture_of(board)?;
        runner_for(architecture, programs, RUNNER)?;
        match architecture == std::env::consts::ARCH {
            true => Ok(()),
            false => refuse_other_version(&programs.join(COMPILER), architecture),
        }
    };
    look().err()
}

fn architecture_of(board: &Board) -> Result<&str, LinuxError> {
    linux::architecture(board).ok_or_else(|| LinuxError::NotLinux {
        board: board.id.clone(),
    })
}

fn runner_for(
    architecture: &str,
    programs: &Path,
    program: &'static str,
) -> Result<Vec<u8>, LinuxError> {
    let path = programs.join(architecture).join(program);
    let absent = |path: PathBuf| LinuxError::NoProgram {
        program,
        architecture: architecture.to_owned(),
        path,
        argument: architecture.to_owned(),
    };
    fs::read(&path).map_err(|_| absent(path))
}

/// In this process for its own processor, by [`COMPILER`] for others.
fn compiled(
    partition: &Partition,
    architecture: &str,
    programs: &Path,
) -> Result<Vec<u8>, LinuxError> {
    let failed = |reason: String| LinuxError::Compile {
        file: partition.file_name.clone(),
        architecture: architecture.to_owned(),
        reason,
    };
    if architecture == std::env::consts::ARCH {
        return runner::compile(&partition.bytes, architecture).map_err(failed);
    }
    let compiler = programs.join(COMPILER);
    refuse_other_version(&compiler, architecture)?;
    let folder = tempfile::tempdir().map_err(|error| failed(error.to_string()))?;
    let (from, to) = (
        folder.path().join("in.wasm"),
        folder.path().join("out.cwasm"),
    );
    fs::write(&from, &partition.bytes).map_err(|error| failed(error.to_string()))?;
    let done = program(&compiler)
        .arg(architecture)
        .args([&from, &to])
        .output()
        .map_err(|error| failed(error.to_string()))?;
    match done.status.success() {
        true => fs::read(&to).map_err(|error| failed(error.to_string())),
        false => Err(failed(
            String::from_utf8_lossy(&done.stderr).trim().to_owned(),
        )),
    }
}

/// Code of another version or with other settings would be refused on the vehicle.
fn refuse_other_version(compiler: &Path, architecture: &str) -> Result<(), LinuxError> {
    let said = program(compiler).arg("--version").output();
    let said = said.map_err(|_| LinuxError::NoProgram {
        program: COMPILER,
        architecture: architecture.to_owned(),
        path: compiler.to_owned(),
        argument: "aot".to_owned(),
    })?;
    let ours = runner::engine_for(architecture);
    let expected = format!("{} {}", ours.wasmtime, ours.settings_sha256);
    let found = String::from_utf8_lossy(&said.stdout).trim().to_owned();
    match found == expected {
        true => Ok(()),
        false => Err(LinuxError::Program {
            path: compiler.to_owned(),
            reason: format!(
                "it compiles for wasmtime and settings {found}, this program is of {expected}"
            ),
        }),
    }
}

//! The bundle of a Linux ECU: program, native code, configuration, service and slots for the vehicle;
//! portable parts and bill of materials for the decades after. Compiled code and the program come in;
//! knows no compiler, no disk.

mod configuration;

use crate::{
    ExportError, Files, MadeFor, MadeForm, Product,
    boards::{Board, Kind},
    digest::sha256,
    wasm,
};
use deployment::{
    BUNDLE_FILE, Bundle, BusKind, FORMAT, NativeEngine, NativePartition, PinDirection, System,
};
use std::fmt::Write;

/// What a bundle is made of besides the product.
#[derive(Debug, Clone)]
pub struct LinuxParts {
    pub board: Board,
    /// `x86_64`, `aarch64`.
    pub architecture: String,
    pub engine: NativeEngine,
    /// The programs of that architecture by name; see [`program`].
    pub programs: Files,
    /// Native code by the partition's file name.
    pub native: Files,
    /// Names of the ECUs that get a bundle.
    pub ecus: Vec<String>,
}

/// The name of the program in a bundle.
pub const RUNNER: &str = "wireloom-ecu";
/// The same program with zenoh, among those that were built.
pub const RUNNER_WITH_ETHERNET: &str = "wireloom-ecu-ethernet";
/// What of a bundle is started.
pub const EXECUTABLE: [&str; 3] = ["install.sh", "slot", RUNNER];
/// Every file of a bundle with its SHA-256, as `sha256sum --check` reads it.
const SUMS: &str = "SHA256SUMS";
/// Files with `@ECU@`, `@SYSTEM@` and `@BOARD@` in them.
const TEMPLATES: [(&str, &str); 4] = [
    ("README.md", include_str!("templates/README.md")),
    ("install.sh", include_str!("templates/install.sh")),
    ("slot", include_str!("templates/slot")),
    ("wireloom-@ECU@.service", include_str!("templates/service")),
];

/// The architecture of a board's processor, where it runs Linux.
pub fn architecture(board: &Board) -> Option<&str> {
    let target = board.rust_target.as_deref()?;
    (board.kind == Kind::Linux).then(|| target.split('-').next().unwrap_or(target))
}

/// Which of the built programs an ECU takes: the one with zenoh where values come or go over
/// Ethernet.
pub fn program(system: &System, ecu: &str) -> &'static str {
    let is_over_ethernet = system.buses.iter().any(|bus| match &bus.kind {
        BusKind::Ethernet { flows, .. } => flows.iter().any(|flow| flow.concerns(ecu)),
        _ => false,
    });
    match is_over_ethernet {
        true => RUNNER_WITH_ETHERNET,
        false => RUNNER,
    }
}

/// A folder an ECU, and beside each the same as one archive.
pub fn export(product: &Product, parts: &LinuxParts) -> Result<Files, ExportError> {
    refuse_both_ways(product)?;
    let mut files = Files::new();
    let ecus = product.system.ecus.iter();
    for ecu in ecus.filter(|ecu| parts.ecus.contains(&ecu.name)) {
        let bundle = bundle(product, parts, ecu)?;
        let in_folder = bundle
            .iter()
            .map(|(path, bytes)| (format!("{}/{path}", ecu.name), bytes.clone()))
            .collect();
        let archive = crate::archive::tar(&in_folder)?;
        files.extend(in_folder);
        files.insert(format!("{}.tar", ecu.name), archive);
    }
    Ok(files)
}

/// The kernel gives a line as input or as output.
fn refuse_both_ways(product: &Product) -> Result<(), ExportError> {
    let pins = product.system.buses.iter().flat_map(|bus| match &bus.kind {
        BusKind::Gpio { pins } => pins.as_slice(),
        _ => &[],
    });
    for pin in pins {
        if pin.direction == PinDirection::InOut {
            return Err(ExportError::BothWays {
                pin: pin.name.clone(),
            });
        }
    }
    Ok(())
}

fn bundle(
    product: &Product,
    parts: &LinuxParts,
    ecu: &deployment::Ecu,
) -> Result<Files, ExportError> {
    let mut extra = Files::new();
    let mut partitions = Vec::new();
    for partition in &ecu.partitions {
        let (entry, code, table) = native(product, parts, partition)?;
        extra.insert(entry.code.clone(), code);
        extra.insert(entry.table.clone(), table);
        partitions.push(entry);
    }
    let bundle = Bundle {
        format: FORMAT,
        ecu: ecu.name.clone(),
        board: parts.board.id.clone(),
        engine: parts.engine.clone(),
        system_sha256: sha256(product.system.to_text().as_bytes()),
        partitions,
    };
    extra.insert(BUNDLE_FILE.to_owned(), bundle.to_text().into_bytes());
    let program = program(&product.system, &ecu.name);
    let runner = parts.programs.get(program);
    let runner = runner.ok_or_else(|| ExportError::Absent {
        file: program.to_owned(),
    })?;
    extra.insert(RUNNER.to_owned(), runner.clone());
    let configuration = configuration::text(&product.system, ecu);
    extra.insert("ecu.toml".to_owned(), configuration.into_bytes());
    for (name, text) in TEMPLATES {
        let filled = |text: &str| {
            text.replace("@ECU@", &ecu.name)
                .replace("@SYSTEM@", &product.system.name)
                .replace("@BOARD@", &parts.board.name)
        };
        extra.insert(filled(name), filled(text).into_bytes());
    }
    let made_for = MadeFor {
        board: parts.board.id.clone(),
        form: MadeForm::Linux,
        ecus: vec![ecu.name.clone()],
        counter: 0,
    };
    let mut files = wasm::export_for(product, extra, made_for)?;
    files.insert(SUMS.to_owned(), sums(&files).into_bytes());
    Ok(files)
}

fn native(
    product: &Product,
    parts: &LinuxParts,
    file: &deployment::PartitionFile,
) -> Result<(NativePartition, Vec<u8>, Vec<u8>), ExportError> {
    let absent = || ExportError::Absent {
        file: file.file.clone(),
    };
    let partition = product
        .partitions
        .iter()
        .find(|partition| partition.file_name == file.file)
        .ok_or_else(absent)?;
    let code = parts.native.get(&file.file).ok_or_else(absent)?.clone();
    let table = ecu_host::deployment_of(&partition.bytes).map_err(|_| absent())?;
    let table = table.to_bytes();
    let stem = file.file.trim_end_matches(".wasm");
    let entry = NativePartition {
        name: file.name.clone(),
        code: format!("native/{stem}.cwasm"),
        code_sha256: sha256(&code),
        table: format!("native/{stem}.json"),
        table_sha256: sha256(&table),
    };
    Ok((entry, code, table))
}

fn sums(files: &Files) -> String {
    let mut text = String::new();
    for (path, bytes) in files {
        let _ = writeln!(text, "{}  {path}", sha256(bytes));
    }
    text
}

//! Target: a microcontroller. From composed partitions to images that a board boots: lowers,
//! compiles, signs, links, one image an ECU; beside them stands everything that makes them again.
//! Knows nothing of the disk: the board's firmware comes in as bytes.

use crate::{
    ExportError, Files, MadeFor, MadeForm, Product,
    boards::{Board, Execution, Kind, UnservedBus, refuse_flexible},
    budget::{self, PartitionSize},
    compile::{self, CompileError},
    digest::sha256,
    image::{self, Firmware, ImageError},
    lower::{self, LowerError, Lowered},
    wasm,
};
use deployment::System;
use ecu_host::microcontroller::{CONFIG_SHA256, TARGET, WASMTIME_VERSION, WORLD_SHA256};
use payload::{Content, DEVELOPMENT_MARK, Hash, SigningKey};
use serde::Serialize;

/// What an image is made of.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    pub product: &'a Product,
    /// Name of the ECU.
    pub ecu: &'a str,
    pub board: &'a Board,
    /// The board's firmware: an ELF file of `scripts/build-firmware`.
    pub firmware: &'a [u8],
    pub key: &'a SigningKey,
    /// Anti-rollback: a device that has confirmed a payload takes no lower one.
    pub counter: u32,
}

/// The images of one ECU.
#[derive(Debug, Clone)]
pub struct EcuImage {
    files: Files,
    entry: ImageEntry,
}

impl EcuImage {
    /// What the image takes of the board.
    pub fn entry(&self) -> &ImageEntry {
        &self.entry
    }
}

/// What an image is and takes of its board: the budget, and the manifest's entry.
#[derive(Debug, Clone, Serialize)]
pub struct ImageEntry {
    pub ecu: String,
    pub board: String,
    /// What the partitions were compiled for.
    pub execution: &'static str,
    pub wasmtime: &'static str,
    pub config_sha256: String,
    pub world_sha256: String,
    pub firmware_sha256: String,
    /// Flash that the firmware takes.
    pub firmware_bytes: u64,
    pub payload_bytes: usize,
    /// Flash that the payload may take.
    pub slot_bytes: u32,
    /// What the payload's header asks for: the partitions' heap and what the engine needs beside.
    pub ram_bytes: u64,
    /// RAM that the firmware leaves to payloads.
    pub device_ram_bytes: u32,
    /// RAM that the firmware takes at rest, without heap and stack.
    pub firmware_ram_bytes: u64,
    pub partitions: Vec<PartitionEntry>,
    /// Anti-rollback.
    pub counter: u32,
    pub key: KeyEntry,
}

/// What a partition takes.
#[derive(Debug, Clone, Serialize)]
pub struct PartitionEntry {
    pub name: String,
    /// Flash of its code.
    pub code_bytes: usize,
    /// Of it, what the engine reads into its heap.
    pub metadata_bytes: u64,
    /// Core modules that are instantiated.
    pub core_instances: u64,
    /// Its linear memories.
    pub memory_bytes: u64,
    /// RAM: the linear memories and an estimate of what the engine keeps of it.
    pub heap_bytes: u64,
}

#[derive(Debug, Clone, Serialize)]
pub struct KeyEntry {
    pub id: String,
    /// A warning, where everybody has the key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub development: Option<&'static str>,
}

/// Why there is no image.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MicrocontrollerError {
    #[error("the system has no ECU `{ecu}`; choose one of `{known}`")]
    NoEcu { ecu: String, known: String },
    #[error(
        "board `{board}` runs no images of this kind; its default is another one: choose a board with Pulley"
    )]
    NotPulley { board: String },
    #[error("`{file}` does not fit microcontrollers: a component of it {source}")]
    Lower { file: String, source: LowerError },
    #[error(
        "a connector joins ECU `{ecu}` to ECU `{other}` without a bus, which microcontrollers do not serve; send the value as a CAN signal"
    )]
    Route { ecu: String, other: String },
    #[error("`{file}` has no deployment; compose the project again")]
    NoDeployment { file: String },
    #[error(transparent)]
    Bus(#[from] UnservedBus),
    #[error(transparent)]
    Compile(#[from] CompileError),
    #[error(transparent)]
    Payload(#[from] payload::WriteError),
    #[error(transparent)]
    Image(#[from] ImageError),
    #[error(transparent)]
    Export(#[from] ExportError),
}

/// The files of an export: the portable parts of the whole product, and the images.
pub fn export(product: &Product, images: Vec<EcuImage>) -> Result<Files, MicrocontrollerError> {
    let mut further = Files::new();
    let mut entries = Vec::with_capacity(images.len());
    for image in images {
        further.extend(image.files);
        entries.push(image.entry);
    }
    let made_for = entries.first().map(|first| MadeFor {
        board: first.board.clone(),
        form: MadeForm::Signed,
        ecus: entries.iter().map(|entry| entry.ecu.clone()).collect(),
        counter: first.counter,
    });
    Ok(wasm::export_of(product, further, made_for, entries)?)
}

/// The images of one ECU: ELF, Intel HEX, flat file, and the payload alone for a field update. The
/// same input gives the same bytes.
pub fn image(input: &Input<'_>) -> Result<EcuImage, MicrocontrollerError> {
    let made = make(input)?;
    let entry = entry(input, &made);
    refuse_too_much_ram(input.board, &entry)?;
    let files = files(input, &made.firmware, made.payload)?;
    Ok(EcuImage { files, entry })
}

/// What the image would take of the board, whether the board has it or not.
pub fn measured(input: &Input<'_>) -> Result<ImageEntry, MicrocontrollerError> {
    Ok(entry(input, &make(input)?))
}

/// All that an image is linked of.
struct Made {
    firmware: Firmware,
    programs: Vec<Program>,
    payload: Vec<u8>,
    ram_bytes: u64,
}

fn make(input: &Input<'_>) -> Result<Made, MicrocontrollerError> {
    if input.board.kind != Kind::Microcontroller || input.board.execution != Execution::Pulley {
        return Err(MicrocontrollerError::NotPulley {
            board: input.board.id.clone(),
        });
    }
    let system = part_of(&input.product.system, input.ecu)?;
    refuse_routes(&input.product.system, input.ecu)?;
    let firmware = Firmware::read(input.board, input.firmware)?;
    let programs = programs(input, &system)?;
    let ram_bytes = budget::ecu_heap_bytes(programs.iter().map(Program::size));
    let partitions: Vec<_> = programs
        .iter()
        .map(|program| (program.table.clone(), program.code.clone()))
        .collect();
    let content = Content {
        board: firmware.info.board,
        engine: firmware.info.engine,
        config: Hash(CONFIG_SHA256),
        world: Hash(WORLD_SHA256),
        counter: input.counter,
        ram_bytes: u32::try_from(ram_bytes).unwrap_or(u32::MAX),
        system: &system,
        partitions: &partitions,
    };
    let payload = payload::write(&content, input.key)?;
    Ok(Made {
        firmware,
        programs,
        payload,
        ram_bytes,
    })
}

/// A partition on its way to a device.
struct Program {
    table: deployment::Partition,
    lowered: Lowered,
    code: Vec<u8>,
}

impl Program {
    fn size(&self) -> PartitionSize {
        PartitionSize::of(&self.lowered, &self.code)
    }
}

fn part_of(system: &System, ecu: &str) -> Result<System, MicrocontrollerError> {
    payload::part_of_ecu(system, ecu).ok_or_else(|| {
        let names: Vec<&str> = system.ecus.iter().map(|ecu| ecu.name.as_str()).collect();
        MicrocontrollerError::NoEcu {
            ecu: ecu.to_owned(),
            known: names.join("`, `"),
        }
    })
}

/// Values that would have to leave the ECU or reach it other than by its buses.
fn refuse_routes(system: &System, ecu: &str) -> Result<(), MicrocontrollerError> {
    let outside =
        system
            .routes
            .iter()
            .find_map(|route| match (route.from.ecu == ecu, route.to.ecu == ecu) {
                (true, false) => Some(&route.to.ecu),
                (false, true) => Some(&route.from.ecu),
                _ => None,
            });
    match outside {
        None => Ok(()),
        Some(other) => Err(MicrocontrollerError::Route {
            ecu: ecu.to_owned(),
            other: other.clone(),
        }),
    }
}

fn programs(input: &Input<'_>, system: &System) -> Result<Vec<Program>, MicrocontrollerError> {
    let names = system.ecus.iter().flat_map(|ecu| &ecu.partitions);
    let programs = names.map(|named| {
        let file = named.file.clone();
        let partition = input
            .product
            .partitions
            .iter()
            .find(|partition| partition.file_name == file)
            .ok_or_else(|| ExportError::Absent { file: file.clone() })?;
        let table = ecu_host::deployment_of(&partition.bytes)
            .map_err(|_| MicrocontrollerError::NoDeployment { file: file.clone() })?;
        refuse_flexible(system, [&table], &input.board.id)?;
        let lowered = lower::lower(&partition.bytes).map_err(|source| {
            let file = file.clone();
            MicrocontrollerError::Lower { file, source }
        })?;
        let code = compile::compile(&file, &lowered.bytes)?;
        Ok(Program {
            table,
            lowered,
            code,
        })
    });
    programs.collect()
}

fn refuse_too_much_ram(board: &Board, entry: &ImageEntry) -> Result<(), MicrocontrollerError> {
    let (needed_bytes, device_bytes) = (entry.ram_bytes, entry.device_ram_bytes);
    match needed_bytes <= u64::from(device_bytes) {
        true => Ok(()),
        false => Err(ImageError::Ram {
            board: board.id.clone(),
            needed_bytes,
            device_bytes,
        }
        .into()),
    }
}

fn files(
    input: &Input<'_>,
    firmware: &Firmware,
    payload: Vec<u8>,
) -> Result<Files, MicrocontrollerError> {
    let key = input.key.public();
    let image = firmware.link(&payload, &key)?;
    let (_, flat) = image::bin(&image)?;
    let ecu = input.ecu;
    Ok(Files::from([
        (format!("{ecu}.elf"), image::elf(&image)),
        (format!("{ecu}.hex"), image::hex(&image).into_bytes()),
        (format!("{ecu}.bin"), flat),
        (format!("{ecu}.payload"), payload),
        (format!("{ecu}.public-key.pem"), key.to_pem().into_bytes()),
    ]))
}

fn entry(input: &Input<'_>, made: &Made) -> ImageEntry {
    let firmware = &made.firmware;
    let [slot, _] = firmware.info.slots;
    let key = input.key.public();
    ImageEntry {
        ecu: input.ecu.to_owned(),
        board: input.board.id.clone(),
        execution: TARGET,
        wasmtime: WASMTIME_VERSION,
        config_sha256: Hash(CONFIG_SHA256).to_string(),
        world_sha256: Hash(WORLD_SHA256).to_string(),
        firmware_sha256: sha256(input.firmware),
        firmware_bytes: firmware.written_bytes(),
        payload_bytes: made.payload.len(),
        slot_bytes: slot.bytes,
        ram_bytes: made.ram_bytes,
        device_ram_bytes: firmware.info.ram_bytes,
        firmware_ram_bytes: firmware.static_ram_bytes(),
        partitions: made.programs.iter().map(partition_entry).collect(),
        counter: input.counter,
        key: KeyEntry {
            id: key.id().to_string(),
            development: key.is_development().then_some(DEVELOPMENT_MARK),
        },
    }
}

fn partition_entry(program: &Program) -> PartitionEntry {
    let size = program.size();
    PartitionEntry {
        name: program.table.name.clone(),
        code_bytes: program.code.len(),
        metadata_bytes: size.metadata_bytes,
        core_instances: size.core_instances,
        memory_bytes: size.memory_bytes,
        heap_bytes: size.heap_bytes(&budget::calibration().pulley.heap),
    }
}

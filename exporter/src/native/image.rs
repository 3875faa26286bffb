//! From the partitions of an ECU to the files of its native image: a C project, and where a
//! compiler here can make it, ELF, Intel HEX and raw bytes.

use super::{
    finding::NativeFinding,
    flatten::flatten,
    glue::{self, NativePartition},
    runtime, system,
    tools::{self, Compiler, ToolError},
    translated::with_fixed_memories,
};
use crate::{
    Files,
    boards::{UnservedBus, refuse_flexible},
    image::ImageError,
    lower::{LowerError, lower},
};
use deployment::{Partition, System};
use std::path::Path;

/// A board that the native path has a start and drivers for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NativeBoard {
    /// As in the list of boards.
    pub id: &'static str,
    /// Name of its C file in `exporter/native/boards/`.
    file: &'static str,
    sources: &'static [(&'static str, &'static str)],
    links: Links,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Links {
    /// By a compiler for Cortex-M on this machine.
    Here,
    /// By the vendor's own build system: a project leaves the studio.
    InProject,
}

/// By id.
pub const BOARDS: &[NativeBoard] = &[
    NativeBoard {
        id: "arduino-due",
        file: "due",
        sources: runtime::DUE,
        links: Links::Here,
    },
    NativeBoard {
        id: "esp32-wrover",
        file: "esp32",
        sources: runtime::ESP32,
        links: Links::InProject,
    },
    NativeBoard {
        id: "qemu-mps2-an385",
        file: "mps2",
        sources: runtime::MPS2,
        links: Links::Here,
    },
];

/// The native board of that id.
pub fn native_board(id: &str) -> Option<&'static NativeBoard> {
    BOARDS.iter().find(|board| board.id == id)
}

/// What of the programs that make an image for this board is not there.
pub fn missing_tools(board: &NativeBoard) -> Option<ToolError> {
    let compiler = || match board.links {
        Links::Here => Compiler::find().map(drop),
        Links::InProject => Ok(()),
    };
    tools::check_wasm2c().and_then(|()| compiler()).err()
}

/// What a native export is made of.
#[derive(Debug, Clone)]
pub struct NativeInput<'a> {
    pub system: &'a System,
    /// The partitions of one ECU in the order of the system file: table, component.
    pub partitions: &'a [(Partition, &'a [u8])],
    /// Prints every published element and the time of every task on the log: for tests.
    pub trace: bool,
}

/// The files of a native image, and what it takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NativeImage {
    /// `image.elf`, `image.hex`, `image.bin` where a compiler here can make them; `c/…` always.
    pub files: Files,
    pub flash_bytes: Option<u32>,
    /// Memories, state and stack.
    pub ram_bytes: Option<u32>,
    /// The compiler that made the image.
    pub compiler: Option<&'static str>,
}

/// Why there is no native image.
#[derive(Debug, thiserror::Error)]
pub enum NativeError {
    #[error(transparent)]
    Bus(#[from] UnservedBus),
    #[error(transparent)]
    Finding(#[from] NativeFinding),
    #[error(transparent)]
    Lower(#[from] LowerError),
    #[error(transparent)]
    Image(#[from] ImageError),
    #[error(transparent)]
    Tool(#[from] ToolError),
}

const C_FLAGS: &[&str] = &[
    "-O2",
    "-std=gnu11",
    "-ffreestanding",
    "-ffunction-sections",
    "-fdata-sections",
    "-fno-common",
    "-fno-ident",
    "-Wall",
    "-Wextra",
    "-I.",
    "-Ifreestanding",
];
/// Nobody reads the warnings about translated code.
const TRANSLATED_FLAGS: &[&str] = &["-w"];

/// Makes the image of one ECU for a board.
pub fn native_image(
    board: &NativeBoard,
    input: &NativeInput<'_>,
) -> Result<NativeImage, NativeError> {
    let tables = input.partitions.iter().map(|(table, _)| table);
    refuse_flexible(input.system, tables, board.id)?;
    let mut partitions = Vec::new();
    for (table, component) in input.partitions {
        let lowered = lower(component)?;
        partitions.push(NativePartition {
            table: table.clone(),
            flattened: flatten(&table.name, &lowered.bytes)?,
        });
    }
    tools::check_wasm2c()?;
    let folder = tempfile::tempdir().map_err(|error| ToolError::Folder {
        reason: error.to_string(),
    })?;
    let project = project(board, folder.path(), &partitions, input.system)?;
    let mut image = NativeImage {
        files: Files::new(),
        flash_bytes: None,
        ram_bytes: None,
        compiler: None,
    };
    if board.links == Links::Here {
        build(board, folder.path(), &project, input.trace, &mut image)?;
    }
    for (path, bytes) in project {
        image.files.insert(format!("c/{path}"), bytes);
    }
    Ok(image)
}

/// All sources, by their paths in the project.
fn project(
    board: &NativeBoard,
    folder: &Path,
    partitions: &[NativePartition],
    system: &System,
) -> Result<Files, ToolError> {
    let mut files = Files::new();
    let freestanding: &[_] = match board.links {
        Links::Here => runtime::FREESTANDING,
        Links::InProject => &[],
    };
    let known = [runtime::COMMON, freestanding, board.sources].concat();
    for (path, text) in known {
        files.insert(path.to_owned(), text.as_bytes().to_vec());
    }
    for (number, partition) in partitions.iter().enumerate() {
        let name = format!("module{number}");
        let module = &partition.flattened.module;
        let prefix = format!("p{number}");
        let mut translated = tools::wasm2c(folder, module, &name, &prefix)?;
        if let Some(source) = translated.get_mut(&format!("{name}.c")) {
            let text = String::from_utf8_lossy(source);
            let bytes = &partition.flattened.memory_bytes;
            *source = with_fixed_memories(&text, &format!("{name}.h"), &prefix, bytes).into_bytes();
        }
        files.extend(translated);
        let source = glue::partition_source(number, partition, system);
        files.insert(format!("partition{number}.c"), source.into_bytes());
    }
    let source = system::system_source(partitions, system);
    files.insert("system.c".to_owned(), source.into_bytes());
    Ok(files)
}

fn build(
    board: &NativeBoard,
    folder: &Path,
    project: &Files,
    trace: bool,
    image: &mut NativeImage,
) -> Result<(), NativeError> {
    let compiler = Compiler::find()?;
    for (path, bytes) in project {
        tools::write(&folder.join(path), bytes)?;
    }
    let mut objects = Vec::new();
    // A translated module is a part of its partition's file.
    let compiled = project.keys().filter(|path| {
        let source = path.ends_with(".c") || path.ends_with(".S");
        source && !path.starts_with("module")
    });
    for source in compiled {
        let object = format!("{}.o", source.replace(['/', '.'], "_"));
        let translated = source.starts_with("partition");
        let more: &[_] = match translated {
            true => TRANSLATED_FLAGS,
            false => &[],
        };
        let mut flags: Vec<_> = C_FLAGS
            .iter()
            .chain(more)
            .map(|one| (*one).to_owned())
            .collect();
        if trace {
            flags.extend(["-DWL_TRACE_VALUES", "-DWL_TRACE_TASKS"].map(str::to_owned));
        }
        compiler.compile(folder, source, &object, &flags)?;
        objects.push(object);
    }
    // The board's script includes the common one by its name.
    let common = folder.join("freestanding/cortex_m.ld");
    tools::write(&folder.join("cortex_m.ld"), &tools::read(&common)?)?;
    let script = format!("boards/{}.ld", board.file);
    compiler.link(folder, board.id, &objects, &script, "image.elf")?;
    let elf_bytes = tools::read(&folder.join("image.elf"))?;
    let linked = crate::image::read(board.id, &elf_bytes)?;
    let (_, raw) = crate::image::bin(&linked)?;
    let ram = linked
        .segments
        .iter()
        .filter(|segment| segment.bytes.is_empty() || segment.address != segment.virtual_address);
    image.flash_bytes = u32::try_from(raw.len()).ok();
    image.ram_bytes = Some(ram.map(|segment| segment.memory_bytes).sum());
    image.compiler = Some(compiler.name());
    let hex = crate::image::hex(&linked).into_bytes();
    image.files.insert("image.hex".to_owned(), hex);
    image.files.insert("image.bin".to_owned(), raw);
    image.files.insert("image.elf".to_owned(), elf_bytes);
    Ok(())
}

//! The form of a board's file. Unknown fields are errors: a misspelt limit is none.

use serde::Deserialize;

/// A target.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Board {
    /// As the command line names it, and its file.
    pub id: String,
    /// As people name it.
    pub name: String,
    pub kind: Kind,
    pub core: String,
    /// Of the core, as the firmware sets it.
    pub clock_hz: Option<u64>,
    /// Of the firmware, measured on the real board; without it nothing is said in milliseconds.
    pub cycles_per_instruction: Option<f64>,
    /// What the Rust compiler calls it; none where there is no compiler for it.
    pub rust_target: Option<String>,
    pub execution: Execution,
    pub proof: Proof,
    /// CAN buses that can be joined to it.
    pub can_buses: u32,
    /// Packages of interfaces to devices that it serves; with Pulley also packages of WASI.
    /// What every ECU serves is not listed.
    pub serves: Vec<String>,
    /// Whether it has memory for the non-volatile blocks of `wireloom:ecu/nv`; without, that
    /// interface answers that it is not served.
    #[serde(default)]
    pub keeps_blocks: bool,
    /// What puts an image on the board; `{elf}`, `{hex}` and `{bin}` stand for files.
    pub flash_command: Option<String>,
    /// What a user should know.
    pub note: Option<String>,
    /// Code and payloads; microcontrollers only.
    pub flash: Option<Region>,
    /// Data; microcontrollers only.
    pub ram: Option<Region>,
    /// The machine that plays it.
    pub qemu: Option<Qemu>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    Microcontroller,
    Linux,
}

/// How partitions run on it by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Execution {
    /// Compiled to Pulley, interpreted by a prebuilt firmware.
    Pulley,
    /// Compiled to the core's own instructions.
    Native,
    /// As C sources for the vendor's build.
    CProject,
    /// As a folder for Linux.
    LinuxBundle,
}

/// What Wireloom's own tests show of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Proof {
    /// It runs as itself.
    Here,
    /// It runs in QEMU's model of the machine.
    Qemu,
    /// Its program runs under QEMU's user mode.
    QemuUser,
    /// Its firmware is compiled and linked.
    Compiled,
    None,
}

/// Part of the address space.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Region {
    pub address: u32,
    pub bytes: u32,
}

impl Region {
    /// Whether so many bytes from `address` on lie inside.
    pub fn contains(&self, address: u32, bytes: u32) -> bool {
        let end = u64::from(address) + u64::from(bytes);
        address >= self.address && end <= u64::from(self.address) + u64::from(self.bytes)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Qemu {
    /// Of `-M`.
    pub machine: String,
}

/// Why there is no such board.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BoardError {
    #[error("there is no board `{id}`; choose one of `{known}`")]
    Unknown { id: String, known: String },
    #[error("the file of board `{id}` is not readable: {reason}")]
    Unreadable { id: String, reason: String },
    #[error("the file of board `{id}` says that it is `{found}`; name it so")]
    Misnamed { id: String, found: String },
    #[error("board `{id}` is a microcontroller and has no `{missing}`; add it to its file")]
    Incomplete { id: String, missing: &'static str },
}

impl Board {
    /// Reads a board's file; `id` is the file's name.
    pub fn parse(id: &str, text: &str) -> Result<Board, BoardError> {
        let board: Board = toml::from_str(text).map_err(|error| BoardError::Unreadable {
            id: id.to_owned(),
            reason: error.message().to_owned(),
        })?;
        if board.id != id {
            return Err(BoardError::Misnamed {
                id: id.to_owned(),
                found: board.id,
            });
        }
        let missing = match (board.kind, board.flash, board.ram) {
            (Kind::Microcontroller, None, _) => "flash",
            (Kind::Microcontroller, _, None) => "ram",
            _ => return Ok(board),
        };
        Err(BoardError::Incomplete {
            id: id.to_owned(),
            missing,
        })
    }

    /// Whether components can import this interface (`wasi:i2c/i2c@0.2.0-draft`) there.
    pub fn serves(&self, interface: &str) -> bool {
        let package = interface.split(['/', '@']).next().unwrap_or(interface);
        let is_listed = |name: &str| self.serves.iter().any(|served| served == name);
        // Pins are watched by pollables.
        if interface.starts_with("wasi:io/poll") && is_listed("wasi:gpio") {
            return true;
        }
        let is_device = DEVICE_PACKAGES.contains(&package);
        // Firmware leaves out what of WASI its board does not list. A Linux ECU has all of it, and
        // what of it becomes C the native path says by itself.
        let is_optional = self.execution == Execution::Pulley && package.starts_with("wasi:");
        !(is_device || is_optional) || is_listed(package)
    }
}

/// Packages that need something of the board.
pub(crate) const DEVICE_PACKAGES: [&str; 4] = ["autosar:can", "wasi:gpio", "wasi:i2c", "wasi:spi"];

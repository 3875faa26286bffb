//! Where a firmware and its payloads lie in the address space: one table a board, for the program
//! and for its linker script, so that they cannot disagree. Knows no board.
#![no_std]

extern crate alloc;

use alloc::{format, string::String};

/// Part of the address space.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Region {
    pub address: u32,
    /// 0: there is none.
    pub bytes: u32,
}

/// Memory map of one board.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    /// The firmware, its vector table first.
    pub firmware: Region,
    /// Where code begins, if not behind the vector table: flash in between belongs to others.
    pub code_address: Option<u32>,
    /// What the device remembers between boots, in two erasable halves; no bytes: nothing.
    pub state: Region,
    /// Slots A and B for payloads; B without bytes on a board with one slot.
    pub slots: [Region; 2],
    /// RAM. Its first [`BOOT_WORDS_BYTES`] belong to whoever starts the device.
    pub ram: Region,
    /// For the engine, the partitions and their memories; at most what the rest leaves.
    pub heap_bytes: u32,
    /// The stack grows down from the end of RAM and has at least so much.
    pub stack_bytes: u32,
    /// RAM of its own for the stack, which it then has from end to end.
    pub stack_ram: Option<Region>,
}

/// At the start of RAM, neither cleared nor filled at the start: the first word is the boot mode.
pub const BOOT_WORDS_BYTES: u32 = 16;

impl Layout {
    /// `memory.x` for the linker script of `cortex-m-rt`.
    pub fn linker_script(&self) -> String {
        let code = self
            .code_address
            .map(|at| format!("_stext = {at:#010x};\n"));
        format!(
            "MEMORY {{\n  FLASH : ORIGIN = {:#010x}, LENGTH = {}\n  RAM : ORIGIN = {:#010x}, LENGTH = {}\n}}\n\
             {}_heap_bytes = {};\n_stack_bytes = {};\n\
             SECTIONS {{ .wireloom.firmware : ALIGN(4) {{ KEEP(*(.wireloom.firmware)) }} > FLASH }} INSERT AFTER .rodata;\n\
             {}",
            self.firmware.address,
            self.firmware.bytes,
            self.ram.address + BOOT_WORDS_BYTES,
            self.ram.bytes - BOOT_WORDS_BYTES,
            code.unwrap_or_default(),
            self.heap_bytes,
            self.stack_bytes,
            self.stack(),
        )
    }

    /// Where the stack ends and starts, and that it fits. What lies between is painted at the start.
    fn stack(&self) -> String {
        match self.stack_ram {
            Some(own) => format!(
                "_stack_end = {:#010x};\n_stack_start = {:#010x};\n\
                 ASSERT(_stack_start - _stack_end >= _stack_bytes, \"the stack does not fit its RAM\");\n\
                 ASSERT(__sheap + _heap_bytes <= ORIGIN(RAM) + LENGTH(RAM), \"the heap does not fit the RAM\");\n",
                own.address,
                own.address + own.bytes,
            ),
            None => String::from(
                "_stack_end = __sheap + _heap_bytes;\n\
                 ASSERT(_stack_end + _stack_bytes <= ORIGIN(RAM) + LENGTH(RAM), \"heap and stack do not fit the RAM\");\n",
            ),
        }
    }
}

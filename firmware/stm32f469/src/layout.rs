//! Memory map (ST RM0386, sections 2.3 and 3.3; sectors in `stm32f4_drivers::flash`).

use firmware_layout::{Layout, Region};

/// Sectors 14 and 15: non-volatile blocks.
pub(crate) const BLOCKS: Region = Region {
    address: 0x0810_8000,
    bytes: 0x8000,
};

/// Bank 1 holds the firmware and slot A, bank 2 what is written while the firmware runs: the state,
/// the non-volatile blocks, slot B. So writing never stops the firmware's code, which runs from
/// bank 1.
pub(crate) const LAYOUT: Layout = Layout {
    // Sectors 0 to 9.
    firmware: Region {
        address: 0x0800_0000,
        bytes: 0xc_0000,
    },
    code_address: None,
    // Sectors 12 and 13: the two halves.
    state: Region {
        address: 0x0810_0000,
        bytes: 0x8000,
    },
    slots: [
        // Sectors 10 and 11.
        Region {
            address: 0x080c_0000,
            bytes: 0x4_0000,
        },
        // Sectors 17 and 18.
        Region {
            address: 0x0812_0000,
            bytes: 0x4_0000,
        },
    ],
    // SRAM 1, 2 and 3.
    ram: Region {
        address: 0x2000_0000,
        bytes: 0x5_0000,
    },
    heap_bytes: 0x4_a000,
    stack_bytes: 0x1_0000,
    // Core-coupled: below it there is nothing, so a stack that overflows faults at once.
    stack_ram: Some(Region {
        address: 0x1000_0000,
        bytes: 0x1_0000,
    }),
};

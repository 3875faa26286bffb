//! Memory map (ST RM0090, sections 2.3 and 3.3).

use firmware_layout::{Layout, Region};

/// One slot: a megabyte of flash has no room for two beside the firmware. QEMU plays the flash as
/// memory that cannot be written, so there is no state.
pub(crate) const LAYOUT: Layout = Layout {
    firmware: Region {
        address: 0x0800_0000,
        bytes: 0xc_0000,
    },
    code_address: None,
    state: Region {
        address: 0,
        bytes: 0,
    },
    slots: [
        Region {
            address: 0x080c_0000,
            bytes: 0x4_0000,
        },
        Region {
            address: 0,
            bytes: 0,
        },
    ],
    // SRAM1 and SRAM2; the core-coupled RAM is not played.
    ram: Region {
        address: 0x2000_0000,
        bytes: 0x2_0000,
    },
    heap_bytes: 0x1_8000,
    stack_bytes: 0x4800,
    stack_ram: None,
};

//! Memory map (ST RM0090, sections 2.3 and 3.3).

use firmware_layout::{Layout, Region};

/// QEMU plays the flash as memory that cannot be written: whoever starts the machine fills state and
/// slots, and the firmware reads them.
pub(crate) const LAYOUT: Layout = Layout {
    firmware: Region {
        address: 0x0800_0000,
        bytes: 0xa_0000,
    },
    code_address: None,
    state: Region {
        address: 0x080a_0000,
        bytes: 0x8000,
    },
    slots: [
        Region {
            address: 0x080a_8000,
            bytes: 0x2_c000,
        },
        Region {
            address: 0x080d_4000,
            bytes: 0x2_c000,
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

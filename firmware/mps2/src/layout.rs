//! Memory maps (Arm application notes AN385, AN386 and AN505, table "memory map").

use firmware_layout::{Layout, Region};

/// The code RAM plays flash: the firmware at its start, then state and slots.
const fn layout(code: u32, ram: u32) -> Layout {
    Layout {
        firmware: Region {
            address: code,
            bytes: 0xc_0000,
        },
        code_address: None,
        state: Region {
            address: code + 0xc_0000,
            bytes: 0x8000,
        },
        slots: [
            Region {
                address: code + 0xd_0000,
                bytes: 0x6_0000,
            },
            Region {
                address: code + 0x13_0000,
                bytes: 0x6_0000,
            },
        ],
        ram: Region {
            address: ram,
            bytes: 0x20_0000,
        },
        heap_bytes: 0x1f_0000,
        stack_bytes: 0x8000,
        stack_ram: None,
    }
}

/// SSRAM1, and SSRAM2 and 3.
#[cfg(not(feature = "an505"))]
pub(crate) const LAYOUT: Layout = layout(0x0000_0000, 0x2000_0000);
/// SSRAM1 and SSRAM2 by their secure addresses.
#[cfg(feature = "an505")]
pub(crate) const LAYOUT: Layout = layout(0x1000_0000, 0x3800_0000);

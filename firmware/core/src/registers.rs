//! Access to a device's registers: 32-bit words at fixed places behind its address. For boards whose
//! devices no crate of their field covers.
#![allow(unsafe_code, reason = "registers are addresses")]

/// The registers of one device.
#[derive(Debug, Clone, Copy)]
pub struct Registers {
    address: usize,
}

impl Registers {
    /// # Safety
    /// A device whose registers may be read and written stands at the address.
    pub const unsafe fn at(address: usize) -> Registers {
        Registers { address }
    }

    /// The word so many bytes behind the address.
    pub fn read(self, offset: usize) -> u32 {
        // SAFETY: see `at`.
        unsafe { ((self.address + offset) as *const u32).read_volatile() }
    }

    /// Writes the word so many bytes behind the address.
    pub fn write(self, offset: usize, value: u32) {
        // SAFETY: see `at`.
        unsafe { ((self.address + offset) as *mut u32).write_volatile(value) }
    }
}

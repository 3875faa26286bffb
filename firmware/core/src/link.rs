//! The verification link as a port of bytes: the tester drives the ECU in virtual time. Knows
//! nothing of what the bytes say.

use back_to_back::{Closed, Port};

use crate::hardware::Hardware;

/// The board's own line for it.
pub(crate) struct LinkPort<H>(pub(crate) H);

impl<H: Hardware> Port for LinkPort<H> {
    fn read(&mut self) -> Result<u8, Closed> {
        loop {
            if let Some(byte) = self.0.link_receive() {
                return Ok(byte);
            }
            // What else comes in has no reader in this mode.
            while self.0.command().is_some() {}
            cortex_m::interrupt::free(|_| {
                if !self.0.has_input() {
                    cortex_m::asm::wfi();
                }
            });
        }
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Closed> {
        self.0.link_send(bytes);
        Ok(())
    }
}

//! How a controller comes to its bus and leaves it while the bus runs: its mode, a reset, frames
//! that are taken back. Knows nothing of what happens on the wire.

use super::{
    bus::{Bus, ControllerId},
    controller::{Controller, Mode},
};

impl Bus {
    /// From the next frame on the controller takes part this way.
    pub fn set_mode(&mut self, now_ns: u64, controller: ControllerId, mode: Mode) {
        self.now_ns = self.now_ns.max(now_ns);
        if let Some(controller) = self.member(controller) {
            controller.settings.mode = mode;
        }
    }

    /// The controller forgets its errors and its frames; what is on the bus is not tried again.
    pub fn forget(&mut self, now_ns: u64, controller: ControllerId) {
        self.now_ns = self.now_ns.max(now_ns);
        self.reset(controller);
        if let Some(controller) = self.member(controller) {
            controller.try_no_more(None);
        }
    }

    /// As [`Bus::withdraw`]; a frame that is on the bus is not tried again if it fails.
    pub fn give_up(&mut self, now_ns: u64, controller: ControllerId, token: u64) -> bool {
        let is_withdrawn = self.withdraw(now_ns, controller, token);
        if let Some(controller) = self.member(controller).filter(|_| !is_withdrawn) {
            controller.try_no_more(Some(token));
        }
        is_withdrawn
    }

    fn member(&mut self, id: ControllerId) -> Option<&mut Controller> {
        self.controllers.get_mut(id.0 as usize)
    }
}

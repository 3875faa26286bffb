//! Controllers that wait: those in error passive state after a transmission of theirs, and those
//! that are bus-off. Knows nothing of frames.
//!
//! Source: ISO 11898-1, "Suspend transmission", "Bus-off state".

use super::{
    bus::Bus,
    controller::{Controller, ErrorState, RECOVERY_SEQUENCES},
    event::BusEvent,
};

/// Bits that an error passive controller waits after its own transmission.
const SUSPEND_BITS: u32 = 8;
/// Recessive bits of one sequence of the recovery from bus-off.
const RECOVERY_BITS: u32 = 11;

impl Bus {
    pub(super) fn next_recovery_ns(&self) -> Option<u64> {
        let bus_off = self
            .controllers
            .iter()
            .filter(|one| one.state() == ErrorState::BusOff);
        bus_off.map(|controller| self.recovery_ns(controller)).min()
    }

    fn recovery_ns(&self, controller: &Controller) -> u64 {
        let missing = RECOVERY_SEQUENCES.saturating_sub(controller.recessive_sequences);
        self.idle_ns + self.duration_ns(missing * RECOVERY_BITS)
    }

    /// The end of every frame and error frame is recessive for 11 bits.
    pub(super) fn see_delimiter(&mut self) {
        let all = self.controllers.iter_mut();
        all.for_each(|one| one.recessive_sequences += 1);
    }

    pub(super) fn suspend_passive(&mut self, senders: &[usize]) {
        let ready_ns = self.idle_ns + self.duration_ns(SUSPEND_BITS);
        self.each(senders, |one| {
            if one.state() == ErrorState::ErrorPassive {
                one.ready_ns = ready_ns;
            }
        });
    }

    /// The bus was idle until now.
    pub(super) fn count_recessive_bits(&mut self, now_ns: u64) {
        let idle_ns = u128::from(now_ns.saturating_sub(self.idle_ns));
        let bits = idle_ns * u128::from(self.rates.bitrate_bps) / 1_000_000_000;
        let sequences = u32::try_from(bits / u128::from(RECOVERY_BITS)).unwrap_or(u32::MAX);
        for controller in &mut self.controllers {
            let seen = controller.recessive_sequences.saturating_add(sequences);
            controller.recessive_sequences = seen.min(RECOVERY_SEQUENCES);
        }
    }

    pub(super) fn recover(&mut self, at_ns: u64, events: &mut Vec<BusEvent>) {
        let before = self.states();
        let due = |bus: &Bus, one: &Controller| {
            one.state() == ErrorState::BusOff && bus.recovery_ns(one) <= at_ns
        };
        let due: Vec<usize> = (0..self.controllers.len())
            .filter(|position| {
                self.controllers
                    .get(*position)
                    .is_some_and(|one| due(self, one))
            })
            .collect();
        self.each(&due, Controller::recover);
        self.report_changes(at_ns, &before, events);
    }
}

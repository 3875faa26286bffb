//! Faults of whole ECUs and their controllers, and faults at random: what must happen outside of the
//! world, or again and again. Knows nothing of frames' contents.

use super::{Change, What, sensors::next_random};
use crate::{
    can::ControllerId,
    simulation::{Simulation, world::World},
    trace::Kind,
};
use ecu_host::PartitionId;

/// Bits of a frame that chance may choose: with most of them there is such a bit.
const RANDOM_BITS: u64 = 110;

/// What a fault asks of the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Due {
    BusOff { net: usize, node: ControllerId },
    Reset { ecu: usize },
}

impl World {
    /// A bit of the next frame is turned over, and the time of the next fault is chosen: on average
    /// as often as was asked for, each at least a tenth of the average behind the last.
    pub(super) fn strike_at_random(&mut self, at_ns: u64, number: usize) {
        let Some(entry) = self.faults.entries.get_mut(number) else {
            return;
        };
        let What::Random { net, per_s, state } = &mut entry.what else {
            return;
        };
        if entry.state != super::FaultState::Active {
            return;
        }
        let bit = (next_random(state) % RANDOM_BITS) as u32;
        let mean_ns = 1_000_000_000 / u64::from(*per_s).max(1);
        let wait_ns = mean_ns / 10 + next_random(state) % (mean_ns * 9 / 5).max(1);
        let net = *net;
        entry.effects += 1;
        let detail = format_args!("corrupt next {bit}");
        self.trace.record(at_ns, Kind::Fault, entry.subject, detail);
        if let Some(net) = self.cans.get_mut(net) {
            net.bus.disturb(bit);
        }
        let next_ns = at_ns.saturating_add(wait_ns.max(1));
        self.faults.schedule(next_ns, Change::Strike(number));
    }
}

impl Simulation {
    /// What faults have asked for since the last event.
    pub(in crate::simulation) fn settle_faults(&mut self, at_ns: u64) {
        while let Some(due) = self.world_mut().faults.due.pop_front() {
            match due {
                Due::BusOff { net, node } => self.go_bus_off(at_ns, net, node),
                Due::Reset { ecu } => self.reset_ecu(at_ns, ecu),
            }
        }
    }

    fn go_bus_off(&mut self, at_ns: u64, net: usize, node: ControllerId) {
        let mut events = Vec::new();
        if let Some(of) = self.world_mut().cans.get_mut(net) {
            of.bus.switch_off(at_ns, node, &mut events);
        }
        for event in events {
            self.tell_of(net, event);
        }
    }

    /// All partitions begin anew; its controllers have forgotten what they were to send.
    fn reset_ecu(&mut self, at_ns: u64, number: usize) {
        let world = self.world_mut();
        for of in &mut world.cans {
            let own = of.ecus.iter().position(|ecu| *ecu == Some(number));
            if let Some(own) = own {
                of.bus.reset(ControllerId(own as u32));
                of.expected.reset(ControllerId(own as u32));
            }
        }
        if let Some((_, ecu)) = self.ecus.get_mut(number) {
            let all = (0..).map(PartitionId);
            let all: Vec<PartitionId> = all
                .take_while(|one| ecu.partition(*one).is_some())
                .collect();
            all.into_iter().for_each(|one| ecu.restart(at_ns, one));
        }
    }
}

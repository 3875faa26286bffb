//! What a controller does to frames whose bits are of another length than its own: it samples them
//! at its own pace, meets a rule of stuffing or of form that is broken, and raises its flag.
//!
//! Simplified: it synchronises at start of frame only, samples at three quarters of its bit, and
//! its flag is told by the bit of the frame in which it begins. A frame that it sends itself is
//! judged the other way round: by where the others see such an error in it.
//!
//! Source: ISO 11898-1, "Error detection".

use super::{
    bits::{BitSequence, Level},
    bus::Bus,
    controller::{Controller, ErrorState, Mode},
    frame::Frame,
};

/// Equal bits that break the rule of stuffing.
const STUFF_ERROR_BITS: u32 = 6;

impl Bus {
    /// The bit of the frame that somebody turns over who does not share the others' bit timing.
    pub(super) fn mistimed_flag(
        &self,
        frame: &Frame,
        senders: &[usize],
        receivers: &[usize],
    ) -> Option<u32> {
        let one = |position: &usize| self.controllers.get(*position);
        let receiving = receivers.iter().filter_map(one).filter_map(disturbing);
        let sending = senders.iter().filter_map(one).filter_map(rate);
        let bus_bps = self.rates.bitrate_bps;
        let mut pairs: Vec<(u32, u32)> = receiving.map(|own_bps| (bus_bps, own_bps)).collect();
        pairs.extend(sending.map(|own_bps| (own_bps, bus_bps)));
        if pairs.is_empty() {
            return None;
        }
        let sequence = BitSequence::of(frame);
        pairs
            .into_iter()
            .map(|(sent_bps, sampled_bps)| flag_bit(sequence.levels(), sent_bps, sampled_bps))
            .min()
    }
}

fn rate(controller: &Controller) -> Option<u32> {
    match controller.settings.mode {
        Mode::Mistimed { bitrate_bps } => Some(bitrate_bps.max(1)),
        Mode::Normal | Mode::ListenOnly | Mode::Off => None,
    }
}

/// A passive flag disturbs nobody.
fn disturbing(controller: &Controller) -> Option<u32> {
    rate(controller).filter(|_| controller.state() == ErrorState::ErrorActive)
}

/// The first recessive bit under the flag of who samples at another rate; the last bit of all if
/// what it samples breaks the rule of stuffing nowhere, since then the checksum does not fit.
fn flag_bit(levels: &[Level], sent_bps: u32, sampled_bps: u32) -> u32 {
    let (sent, sampled) = (u64::from(sent_bps), u64::from(sampled_bps.max(1)));
    let at = |quarters: u64| usize::try_from(quarters * sent / (4 * sampled)).unwrap_or(usize::MAX);
    let (mut before, mut run) = (None, 0);
    for bit in 0.. {
        let Some(level) = levels.get(at(4 * bit + 3)) else {
            return u32::MAX;
        };
        run = if before == Some(*level) { run + 1 } else { 1 };
        before = Some(*level);
        if run == STUFF_ERROR_BITS {
            let under_flag = levels.iter().enumerate().skip(at(4 * (bit + 1)));
            let mut recessive = under_flag.filter(|(_, level)| **level == Level::Recessive);
            return recessive.next().map_or(u32::MAX, |(bit, _)| bit as u32);
        }
    }
    u32::MAX
}

#[cfg(test)]
mod tests {
    use super::super::{
        bus::tests::{frame, run, sent, settings},
        controller::Attempts::UntilSent,
        event::BusEvent,
    };
    use super::*;

    const SLOW: Mode = Mode::Mistimed {
        bitrate_bps: 125_000,
    };
    const FAST: Mode = Mode::Mistimed {
        bitrate_bps: 1_000_000,
    };

    /// SOF and identifier 0x555, then five zeros and a stuff bit: sampled twice a bit, the third
    /// zero makes the sixth equal sample.
    #[test]
    fn twice_the_rate_sees_six_equal_bits_in_three() {
        let sequence = BitSequence::of(&frame("555#00"));
        // Bits 12, 13 and 14 are the first three equal ones; the flag begins with bit 15 and turns
        // over the stuff bit behind the five zeros.
        assert_eq!(flag_bit(sequence.levels(), 500_000, 1_000_000), 17);
    }

    #[test]
    fn who_is_mistimed_disturbs_until_it_is_passive() {
        for mode in [SLOW, FAST] {
            let mut bus = Bus::new(500_000);
            let nodes =
                [Mode::Normal, Mode::Normal, mode].map(|mode| bus.attach(settings(0, mode)));
            bus.request(0, nodes[0], frame("555#00"), 0, UntilSent)
                .unwrap();
            let events = run(&mut bus, 100_000_000);
            let failed = events
                .iter()
                .filter(|one| matches!(one, BusEvent::Failed(_)));
            // Its receive errors grow by 1 and by 8 a frame: 15 of them make it passive. The sender's
            // grow by 8 a frame, so it is at 120, still active, and is heard at last.
            assert_eq!(failed.count(), 15, "{mode:?}");
            assert_eq!(sent(&events).len(), 1);
            let [sender, other, mistimed] = nodes.map(|node| bus.controller(node).unwrap());
            assert_eq!(sender.transmit_errors(), 15 * 8 - 1);
            assert_eq!(other.receive_errors(), 15 - 1);
            assert_eq!(mistimed.receive_errors(), 15 * 9 + 1);
        }
    }

    #[test]
    fn nobody_understands_a_mistimed_sender() {
        let mut bus = Bus::new(500_000);
        let nodes = [FAST, Mode::Normal].map(|mode| bus.attach(settings(0, mode)));
        bus.request(0, nodes[0], frame("123#00"), 0, UntilSent)
            .unwrap();
        let events = run(&mut bus, 5_500_000);
        assert_eq!(sent(&events), []);
        let states = events.iter().filter_map(|event| match event {
            BusEvent::StateChanged { state, .. } => Some(*state),
            _ => None,
        });
        let expected = [ErrorState::ErrorPassive, ErrorState::BusOff];
        assert_eq!(states.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn who_is_off_is_not_there() {
        let mut bus = Bus::new(500_000);
        let nodes = [Mode::Normal, Mode::Off].map(|mode| bus.attach(settings(0, mode)));
        bus.request(0, nodes[0], frame("123#"), 0, UntilSent)
            .unwrap();
        assert_eq!(sent(&run(&mut bus, 1_000_000)), [], "nobody acknowledges");
        assert!(
            bus.request(0, nodes[1], frame("123#"), 0, UntilSent)
                .is_err()
        );
        bus.set_mode(1_000_000, nodes[1], Mode::Normal);
        let events = run(&mut bus, 2_000_000);
        assert_eq!(sent(&events).len(), 1);
        bus.forget(2_000_000, nodes[0]);
        assert_eq!(bus.controller(nodes[0]).unwrap().transmit_errors(), 0);
    }
}

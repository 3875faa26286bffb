//! One virtual CAN bus of the hub: one frame at a time, for as long as its bits take (without
//! stuff bits); of the frames that wait, the one that wins arbitration is next. Pure: time is an
//! argument. The simulator's bus is the exact one.

use deployment::BusKind;
use ecu_host::board::CanFrame;

/// A bus and what is on its way.
#[derive(Debug)]
pub(crate) struct VirtualCan {
    bitrate_bps: u64,
    /// Of data; without one it carries classic frames only.
    data_bitrate_bps: Option<u64>,
    /// The frame on the wire and the end of its last bit.
    sending: Option<(Sent, u64)>,
    waiting: Vec<Sent>,
    idle_from_ns: u64,
}

/// A frame and the ECU that sent it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sent {
    pub(crate) from: usize,
    /// The number that this ECU gave it.
    pub(crate) request: u64,
    pub(crate) frame: CanFrame,
}

/// Frames that wait at most on one bus; more are dropped, as by a controller whose queue is full.
const WAITING_FRAMES: usize = 4_096;

impl VirtualCan {
    /// None where no frames of CAN go.
    pub(crate) fn of(kind: &BusKind) -> Option<VirtualCan> {
        match kind {
            BusKind::Can { bitrate_bps } => Some(VirtualCan::new(*bitrate_bps, None)),
            BusKind::CanFd {
                bitrate_bps,
                data_bitrate_bps,
                ..
            } => Some(VirtualCan::new(*bitrate_bps, Some(*data_bitrate_bps))),
            _ => None,
        }
    }

    fn new(bitrate_bps: u32, data_bitrate_bps: Option<u32>) -> VirtualCan {
        VirtualCan {
            bitrate_bps: u64::from(bitrate_bps.max(1)),
            data_bitrate_bps: data_bitrate_bps.map(|rate| u64::from(rate.max(1))),
            sending: None,
            waiting: Vec::new(),
            idle_from_ns: 0,
        }
    }

    /// A frame is ready to be sent; `false` when too many wait, or it is not of the bus's kind.
    pub(crate) fn offer(&mut self, now_ns: u64, sent: Sent) -> bool {
        let is_carried = sent.frame.flexible.is_none() || self.data_bitrate_bps.is_some();
        let fits = is_carried && self.waiting.len() < WAITING_FRAMES;
        if fits {
            self.waiting.push(sent);
            self.begin(now_ns);
        }
        fits
    }

    /// Takes a frame back that waits; `false` when it is on the wire or has been.
    pub(crate) fn withdraw(&mut self, from: usize, request: u64) -> bool {
        let before = self.waiting.len();
        self.waiting
            .retain(|sent| (sent.from, sent.request) != (from, request));
        self.waiting.len() < before
    }

    /// When the frame on the wire ends.
    pub(crate) fn next_end_ns(&self) -> Option<u64> {
        self.sending.as_ref().map(|(_, end_ns)| *end_ns)
    }

    /// The frame that has ended by now, with its end; the next one begins there.
    pub(crate) fn finish(&mut self, now_ns: u64) -> Option<(Sent, u64)> {
        if self.next_end_ns()? > now_ns {
            return None;
        }
        let (sent, end_ns) = self.sending.take()?;
        self.begin(end_ns);
        Some((sent, end_ns))
    }

    fn begin(&mut self, now_ns: u64) {
        if self.sending.is_some() {
            return;
        }
        let first = self
            .waiting
            .iter()
            .enumerate()
            .min_by_key(|(_, sent)| arbitration(&sent.frame));
        let Some(position) = first.map(|(position, _)| position) else {
            return;
        };
        let sent = self.waiting.remove(position);
        let start_ns = now_ns.max(self.idle_from_ns);
        self.idle_from_ns = start_ns + self.duration_ns(&sent.frame);
        self.sending = Some((sent, self.idle_from_ns));
    }
}

impl VirtualCan {
    fn duration_ns(&self, frame: &CanFrame) -> u64 {
        let all = bits(frame);
        let fast = match frame.flexible {
            Some(flexible) if flexible.bit_rate_switch => all - slow_bits(frame),
            _ => 0,
        };
        let data_bps = self.data_bitrate_bps.unwrap_or(self.bitrate_bps);
        (all - fast) * 1_000_000_000 / self.bitrate_bps + fast * 1_000_000_000 / data_bps
    }
}

/// The bits of the arbitration field in their order on the wire; 0 is dominant and the least wins.
fn arbitration(frame: &CanFrame) -> (u32, bool, bool, u32, bool) {
    match frame.extended {
        false => (frame.id, frame.remote, false, 0, false),
        true => (
            frame.id >> 18,
            true,
            true,
            frame.id & 0x3_ffff,
            frame.remote,
        ),
    }
}

/// Of a frame that switches the rate, those before ESI and those behind the CRC delimiter, which
/// shares its two rates with BRS.
fn slow_bits(frame: &CanFrame) -> u64 {
    if frame.extended { 48 } else { 29 }
}

/// Bits from SOF to the end of the intermission, without stuff bits but the fixed ones of CAN FD.
fn bits(frame: &CanFrame) -> u64 {
    if frame.flexible.is_some() {
        let header = if frame.extended { 41 } else { 22 };
        let checks = if frame.data.len() > 16 { 32 } else { 27 };
        return header + 8 * frame.data.len() as u64 + checks + 13;
    }
    let header = if frame.extended { 67 } else { 47 };
    let data_bytes = if frame.remote {
        0
    } else {
        frame.data.len() as u64
    };
    header + 8 * data_bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use ecu_host::board::CanFlexible;

    fn sent(id: u32, data_bytes: usize) -> Sent {
        let bus = "can0".to_owned();
        let data = vec![0; data_bytes];
        Sent {
            from: 0,
            request: 0,
            frame: CanFrame {
                bus,
                id,
                extended: false,
                remote: false,
                data,
                flexible: None,
            },
        }
    }

    #[test]
    fn a_frame_takes_its_bits() {
        let mut bus = VirtualCan::new(500_000, None);
        assert!(bus.offer(1_000, sent(1, 8)));
        assert_eq!(bus.next_end_ns(), Some(1_000 + 111 * 2_000));
        assert_eq!(bus.finish(1_000), None);
        assert_eq!(bus.finish(300_000), Some((sent(1, 8), 223_000)));
        assert_eq!((bus.finish(u64::MAX), bus.next_end_ns()), (None, None));
    }

    #[test]
    fn a_frame_of_can_fd_takes_its_bits_at_two_rates() {
        let flexible = CanFlexible {
            bit_rate_switch: true,
            ..CanFlexible::default()
        };
        let mut long = sent(1, 64);
        long.frame.flexible = Some(flexible);
        let mut bus = VirtualCan::new(500_000, Some(2_000_000));
        assert!(bus.offer(0, long.clone()));
        // 579 bits, 550 of them from BRS to the CRC delimiter.
        assert_eq!(bus.next_end_ns(), Some(29 * 2_000 + 550 * 500));
        assert!(!VirtualCan::new(500_000, None).offer(0, long));
    }

    #[test]
    fn the_lowest_of_the_waiting_is_next() {
        let mut bus = VirtualCan::new(1_000_000, None);
        for id in [5, 9, 3, 3] {
            bus.offer(0, sent(id, 0));
        }
        let ids: Vec<_> = std::iter::from_fn(|| bus.finish(u64::MAX)).collect();
        let expected = [
            (sent(5, 0), 47_000),
            (sent(3, 0), 94_000),
            (sent(3, 0), 141_000),
            (sent(9, 0), 188_000),
        ];
        assert_eq!(ids, expected);
    }

    #[test]
    fn standard_beats_extended_and_data_beat_remote() {
        let standard = sent(0x100, 0).frame;
        let remote = CanFrame {
            remote: true,
            ..standard.clone()
        };
        let extended = CanFrame {
            id: 0x100 << 18,
            extended: true,
            ..standard.clone()
        };
        let mut all = [extended.clone(), remote.clone(), standard.clone()];
        all.sort_by_key(arbitration);
        assert_eq!(all, [standard, remote, extended]);
    }

    #[test]
    fn what_waits_is_withdrawn_by_its_sender() {
        let mut bus = VirtualCan::new(1_000_000, None);
        for request in [1, 2, 3] {
            let sent = Sent {
                request,
                ..sent(5, 0)
            };
            bus.offer(0, sent);
        }
        assert!(!bus.withdraw(0, 1), "it is on the wire");
        assert!(!bus.withdraw(1, 2), "it is another's");
        assert!(bus.withdraw(0, 2));
        let left = std::iter::from_fn(|| bus.finish(u64::MAX));
        let left: Vec<_> = left.map(|(sent, _)| sent.request).collect();
        assert_eq!(left, [1, 3]);
    }

    #[test]
    fn a_flood_is_bounded() {
        let mut bus = VirtualCan::new(1, None);
        let taken = (0..WAITING_FRAMES + 10)
            .filter(|_| bus.offer(0, sent(1, 0)))
            .count();
        assert_eq!(taken, WAITING_FRAMES + 1);
    }
}

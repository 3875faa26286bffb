//! One virtual CAN bus of the hub: one frame at a time, for as long as its bits take (without
//! stuff bits); of the frames that wait, the one that wins arbitration is next. Pure: time is an
//! argument. The simulator's bus is the exact one.

use ecu_host::board::CanFrame;

/// A bus and what is on its way.
#[derive(Debug)]
pub(crate) struct VirtualCan {
    bitrate_bps: u64,
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
    pub(crate) fn new(bitrate_bps: u32) -> VirtualCan {
        VirtualCan {
            bitrate_bps: u64::from(bitrate_bps.max(1)),
            sending: None,
            waiting: Vec::new(),
            idle_from_ns: 0,
        }
    }

    /// A frame is ready to be sent; `false` when too many wait.
    pub(crate) fn offer(&mut self, now_ns: u64, sent: Sent) -> bool {
        let fits = self.waiting.len() < WAITING_FRAMES;
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
        self.idle_from_ns = start_ns + bits(&sent.frame) * 1_000_000_000 / self.bitrate_bps;
        self.sending = Some((sent, self.idle_from_ns));
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

/// Bits from SOF to the end of the intermission, without stuff bits.
fn bits(frame: &CanFrame) -> u64 {
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
            },
        }
    }

    #[test]
    fn a_frame_takes_its_bits() {
        let mut bus = VirtualCan::new(500_000);
        assert!(bus.offer(1_000, sent(1, 8)));
        assert_eq!(bus.next_end_ns(), Some(1_000 + 111 * 2_000));
        assert_eq!(bus.finish(1_000), None);
        assert_eq!(bus.finish(300_000), Some((sent(1, 8), 223_000)));
        assert_eq!((bus.finish(u64::MAX), bus.next_end_ns()), (None, None));
    }

    #[test]
    fn the_lowest_of_the_waiting_is_next() {
        let mut bus = VirtualCan::new(1_000_000);
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
        let mut bus = VirtualCan::new(1_000_000);
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
        let mut bus = VirtualCan::new(1);
        let taken = (0..WAITING_FRAMES + 10)
            .filter(|_| bus.offer(0, sent(1, 0)))
            .count();
        assert_eq!(taken, WAITING_FRAMES + 1);
    }
}

//! Frames that wait for one of the controller's three mailboxes: what wins arbitration goes first,
//! frames that are equal in it in the order in which they came. Knows no registers.

use slcan::Frame;

use super::mailbox::arbitration;

/// A frame with the number of its request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    pub request: u64,
    pub frame: Frame,
}

/// At most `N` frames.
#[derive(Debug, Default)]
pub struct Queue<const N: usize> {
    /// In the order in which they came.
    waiting: heapless::Vec<Waiting, N>,
}

impl<const N: usize> Queue<N> {
    /// None wait.
    pub const fn new() -> Queue<N> {
        Queue {
            waiting: heapless::Vec::new(),
        }
    }

    /// Appends a frame; false where there is no room.
    #[must_use]
    pub fn put(&mut self, waiting: Waiting) -> bool {
        self.waiting.push(waiting).is_ok()
    }

    /// Whether one more has room.
    pub fn has_room(&self) -> bool {
        !self.waiting.is_full()
    }

    /// Takes the frame that goes next. Of frames with equal identifiers only one may be in a
    /// mailbox: the controller would send those in the order of its mailboxes.
    pub fn take_next(&mut self, in_mailboxes: &[Option<Waiting>]) -> Option<Waiting> {
        let in_mailbox = |frame: &Frame| {
            let mut held = in_mailboxes.iter().flatten();
            held.any(|held| arbitration(&held.frame) == arbitration(frame))
        };
        let candidates = self.waiting.iter().enumerate();
        let free = candidates.filter(|(_, waiting)| !in_mailbox(&waiting.frame));
        // The first of equals: they are in the order in which they came.
        let (position, _) = free.min_by_key(|(_, waiting)| arbitration(&waiting.frame))?;
        Some(self.waiting.remove(position))
    }

    /// Takes out the frame of that request, where it still waits.
    pub fn withdraw(&mut self, request: u64) -> Option<Waiting> {
        let mut requests = self.waiting.iter();
        let position = requests.position(|waiting| waiting.request == request)?;
        Some(self.waiting.remove(position))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waiting(request: u64, id: u32) -> Waiting {
        let frame = Frame {
            id,
            length: 1,
            bytes: [request as u8; 8],
            ..Frame::default()
        };
        Waiting { request, frame }
    }

    fn filled(ids: &[u32]) -> Queue<4> {
        let mut queue = Queue::new();
        for (request, id) in (0..).zip(ids) {
            assert!(queue.put(waiting(request, *id)));
        }
        queue
    }

    fn drained(mut queue: Queue<4>, held: &[Option<Waiting>]) -> Vec<u64> {
        std::iter::from_fn(|| queue.take_next(held))
            .map(|waiting| waiting.request)
            .collect()
    }

    #[test]
    fn the_lower_identifier_goes_first_and_equals_in_their_order() {
        assert_eq!(drained(filled(&[5, 3, 5, 1]), &[]), [3, 1, 0, 2]);
    }

    #[test]
    fn an_identifier_that_is_in_a_mailbox_waits() {
        let held = [None, Some(waiting(9, 3)), None];
        assert_eq!(drained(filled(&[3, 3, 7]), &held), [2]);
    }

    #[test]
    fn a_full_queue_refuses_and_a_withdrawn_frame_leaves_room() {
        let mut queue = filled(&[1, 2, 3, 4]);
        assert!(!queue.has_room());
        assert!(!queue.put(waiting(4, 0)));
        assert_eq!(queue.withdraw(2), Some(waiting(2, 3)));
        assert_eq!(queue.withdraw(2), None);
        assert!(queue.put(waiting(4, 0)));
        assert_eq!(drained(queue, &[]), [4, 0, 1, 3]);
    }
}

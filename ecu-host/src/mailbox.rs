//! Bounded queues of bytes between a bus or another partition and the tasks that take them.

use alloc::{collections::VecDeque, vec::Vec};

use crate::schedule::Growth;

/// What waits for one PDU or element, oldest first.
#[derive(Debug)]
pub(crate) struct Mailbox {
    bound: usize,
    waiting: VecDeque<Vec<u8>>,
}

impl Mailbox {
    /// At most `bound` wait; 0 counts as 1 (the last is best).
    pub(crate) fn new(bound: u32) -> Mailbox {
        Mailbox {
            bound: bound.max(1) as usize,
            waiting: VecDeque::new(),
        }
    }

    /// One more; when the box is full, the oldest goes.
    pub(crate) fn put(&mut self, bytes: &[u8]) -> Growth {
        let growth = match self.waiting.len() < self.bound {
            true => Growth::Queued,
            false => Growth::Replaced,
        };
        if growth == Growth::Replaced {
            self.waiting.pop_front();
        }
        self.waiting.push_back(bytes.to_vec());
        growth
    }

    /// The oldest.
    pub(crate) fn take(&mut self) -> Option<Vec<u8>> {
        self.waiting.pop_front()
    }

    /// Whether a lost one is a loss: where the last is best it is not.
    pub(crate) fn is_queue(&self) -> bool {
        self.bound > 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_is_best_in_a_box_of_one() {
        let mut mailbox = Mailbox::new(0);
        assert_eq!(mailbox.put(b"a"), Growth::Queued);
        assert_eq!(mailbox.put(b"b"), Growth::Replaced);
        assert_eq!(mailbox.take().as_deref(), Some(&b"b"[..]));
        assert_eq!(mailbox.take(), None);
        assert!(!mailbox.is_queue());
    }

    #[test]
    fn a_full_queue_loses_its_oldest() {
        let mut mailbox = Mailbox::new(2);
        for bytes in [b"a", b"b"] {
            assert_eq!(mailbox.put(bytes), Growth::Queued);
        }
        assert_eq!(mailbox.put(b"c"), Growth::Replaced);
        assert_eq!(mailbox.take().as_deref(), Some(&b"b"[..]));
        assert_eq!(mailbox.take().as_deref(), Some(&b"c"[..]));
        assert_eq!(mailbox.take(), None);
    }
}

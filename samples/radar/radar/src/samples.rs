//! What waits for one subscriber: the last samples, up to as many as it has asked for.
//! Knows nothing of streams.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    task::{Context, Poll, Waker},
};

/// Samples that the subscriber has not taken yet.
pub struct Samples<T> {
    new: RefCell<VecDeque<T>>,
    most: usize,
    gone: Cell<bool>,
    waiting: RefCell<Option<Waker>>,
}

impl<T> Samples<T> {
    pub fn new(most: usize) -> Samples<T> {
        Samples {
            new: RefCell::default(),
            most,
            gone: Cell::new(false),
            waiting: RefCell::default(),
        }
    }

    /// A further sample; the oldest gives way.
    pub fn publish(&self, sample: T) {
        let mut new = self.new.borrow_mut();
        new.push_back(sample);
        while new.len() > self.most {
            new.pop_front();
        }
        if let Some(waiting) = self.waiting.take() {
            waiting.wake();
        }
    }

    /// Whether there is something new; whoever asks in vain is woken by the next one.
    pub fn poll_new(&self, context: &Context<'_>) -> Poll<()> {
        if !self.new.borrow().is_empty() {
            return Poll::Ready(());
        }
        *self.waiting.borrow_mut() = Some(context.waker().clone());
        Poll::Pending
    }

    /// Those that were offered and not taken, then the new ones: the last of them, as many as may
    /// wait.
    pub fn offer(&self, mut untaken: Vec<T>) -> Vec<T> {
        untaken.extend(self.new.borrow_mut().drain(..));
        let surplus = untaken.len().saturating_sub(self.most);
        untaken.drain(..surplus);
        untaken
    }

    /// The subscriber has dropped its end.
    pub fn end(&self) {
        self.gone.set(true);
    }

    pub fn is_ended(&self) -> bool {
        self.gone.get()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_samples_wait_in_order() {
        let samples = Samples::new(2);
        for sample in 1..=3 {
            samples.publish(sample);
        }
        assert_eq!(samples.offer(Vec::new()), [2, 3]);
        samples.publish(4);
        assert_eq!(samples.offer(vec![2, 3]), [3, 4]);
        assert_eq!(samples.offer(vec![4]), [4]);
    }

    #[test]
    fn who_waits_is_told_once() {
        let samples = Samples::new(1);
        let context = Context::from_waker(Waker::noop());
        assert!(samples.poll_new(&context).is_pending());
        samples.publish(1);
        assert!(samples.poll_new(&context).is_ready());
        assert!(!samples.is_ended());
        samples.end();
        assert!(samples.is_ended());
    }
}

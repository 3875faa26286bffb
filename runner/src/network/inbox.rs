//! Values that have arrived and wait for the loop. Threads of the network put them here, the loop
//! takes them and never waits for such a thread. Knows no network.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, TryLockError,
        atomic::{AtomicBool, Ordering},
    },
};

use deployment::RouteEnd;

use super::counters::{Counters, add};

/// Values that wait at most; the oldest has to go for one more.
pub(super) const INBOX_VALUES: usize = 256;

/// A value of another ECU.
pub(crate) struct Arrived {
    /// Who takes it.
    pub(crate) targets: Arc<[RouteEnd]>,
    /// As it came: the header, and the packed value behind it.
    pub(crate) bytes: Vec<u8>,
    /// Of the network that brought it.
    pub(super) counters: Arc<Counters>,
}

/// What waits, and how the loop is woken for it.
pub(crate) struct Inbox {
    waiting: Mutex<VecDeque<Arrived>>,
    /// The loop has been woken and has not looked yet.
    is_told: AtomicBool,
    wake: Box<dyn Fn() + Send + Sync>,
}

impl Inbox {
    /// `wake` is called when there is something for a loop that was not woken yet.
    pub(crate) fn new(wake: impl Fn() + Send + Sync + 'static) -> Inbox {
        Inbox {
            waiting: Mutex::new(VecDeque::with_capacity(INBOX_VALUES)),
            is_told: AtomicBool::new(false),
            wake: Box::new(wake),
        }
    }

    /// Puts a value behind those that wait. Full: the oldest goes, and is counted.
    pub(super) fn put(&self, arrived: Arrived) {
        let dropped = {
            // A thread that panicked has left a queue that is whole.
            let mut waiting = self.waiting.lock().unwrap_or_else(|held| held.into_inner());
            let is_full = waiting.len() >= INBOX_VALUES;
            let dropped = is_full.then(|| waiting.pop_front()).flatten();
            waiting.push_back(arrived);
            dropped
        };
        // Outside of the lock: what it takes to give its memory back keeps nobody waiting.
        if let Some(dropped) = dropped {
            add(&dropped.counters.dropped, 1);
        }
        // Behind the lock: a loop that found it taken is woken by who held it.
        if !self.is_told.swap(true, Ordering::AcqRel) {
            (self.wake)();
        }
    }

    /// Takes all that waits, in the order in which it came. Nothing where a thread puts something in
    /// at this instant: it wakes the loop as soon as it is done.
    pub(crate) fn take(&self, into: &mut VecDeque<Arrived>) {
        self.is_told.store(false, Ordering::Release);
        let mut waiting = match self.waiting.try_lock() {
            Ok(waiting) => waiting,
            Err(TryLockError::Poisoned(held)) => held.into_inner(),
            Err(TryLockError::WouldBlock) => return,
        };
        std::mem::swap(&mut *waiting, into);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicUsize;

    fn value(byte: u8, counters: &Arc<Counters>) -> Arrived {
        Arrived {
            targets: Vec::new().into(),
            bytes: vec![byte],
            counters: counters.clone(),
        }
    }

    fn woken() -> (Arc<AtomicUsize>, Inbox) {
        let woken = Arc::new(AtomicUsize::new(0));
        let count = woken.clone();
        let inbox = Inbox::new(move || {
            count.fetch_add(1, Ordering::SeqCst);
        });
        (woken, inbox)
    }

    fn taken(inbox: &Inbox) -> Vec<u8> {
        let mut taken = VecDeque::new();
        inbox.take(&mut taken);
        taken.iter().map(|arrived| arrived.bytes[0]).collect()
    }

    #[test]
    fn values_come_out_in_order_and_wake_the_loop_once() {
        let (woken, inbox) = woken();
        let counters = Arc::default();
        (1..=3).for_each(|byte| inbox.put(value(byte, &counters)));
        assert_eq!(woken.load(Ordering::SeqCst), 1);
        assert_eq!(taken(&inbox), [1, 2, 3]);
        assert!(taken(&inbox).is_empty());
        inbox.put(value(4, &counters));
        assert_eq!(woken.load(Ordering::SeqCst), 2);
        assert_eq!(taken(&inbox), [4]);
    }

    #[test]
    fn the_oldest_goes_when_it_is_full_and_is_counted_where_it_came_from() {
        let (_, inbox) = woken();
        let (old, new) = (Arc::default(), Arc::default());
        inbox.put(value(1, &old));
        (0..INBOX_VALUES).for_each(|_| inbox.put(value(2, &new)));
        let found = taken(&inbox);
        assert_eq!(found.len(), INBOX_VALUES);
        assert!(found.iter().all(|byte| *byte == 2));
        assert_eq!(old.report("eth0").dropped, 1);
        assert_eq!(new.report("eth0").dropped, 0);
    }

    #[test]
    fn a_loop_that_finds_it_taken_goes_on_and_is_woken_again() {
        let (woken, inbox) = woken();
        let counters = Arc::default();
        inbox.put(value(1, &counters));
        let held = inbox.waiting.lock().unwrap();
        assert!(taken(&inbox).is_empty());
        drop(held);
        inbox.put(value(2, &counters));
        assert_eq!(woken.load(Ordering::SeqCst), 2);
        assert_eq!(taken(&inbox), [1, 2]);
    }

    #[test]
    fn nothing_is_lost_between_threads() {
        let (_, inbox) = woken();
        let inbox = Arc::new(inbox);
        let counters = Arc::<Counters>::default();
        let put = {
            let (inbox, counters) = (inbox.clone(), counters.clone());
            move || (0..20_000_u32).for_each(|n| inbox.put(value((n % 251) as u8, &counters)))
        };
        let putter = std::thread::spawn(put);
        let mut found = 0;
        while !putter.is_finished() {
            found += taken(&inbox).len() as u64;
        }
        putter.join().unwrap();
        found += taken(&inbox).len() as u64;
        assert_eq!(found + counters.report("eth0").dropped, 20_000);
    }
}

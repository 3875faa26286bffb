//! Long work with progress and cancel, each on a named thread; and one thread that keeps unsaved
//! work in the order in which it came.

use super::Events;
use crate::{
    files::FilesError,
    session::{Event, Job},
};
use std::{
    collections::BTreeMap,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{Sender, channel},
    },
    thread::Builder,
};

type Keeping = (
    &'static str,
    Box<dyn FnOnce() -> Result<(), FilesError> + Send>,
);

/// The jobs of one window.
pub(super) struct Jobs {
    events: Events,
    next_id: u64,
    cancels: BTreeMap<u64, Arc<AtomicBool>>,
    keeper: Option<Sender<Keeping>>,
}

/// What a job knows of itself.
pub(super) struct Handle {
    id: u64,
    events: Events,
    cancelled: Arc<AtomicBool>,
}

impl Handle {
    pub(super) fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }

    pub(super) fn progress(&self, done: usize, of: usize) {
        let part = done as f32 / of.max(1) as f32;
        self.events.send(Event::JobProgress { id: self.id, part });
    }
}

impl Jobs {
    pub(super) fn new(events: Events) -> Jobs {
        Jobs {
            events,
            next_id: 1,
            cancels: BTreeMap::new(),
            keeper: None,
        }
    }

    /// Runs work on a thread of its own; its events come when it has ended.
    pub(super) fn start(
        &mut self,
        text: String,
        work: impl FnOnce(&Handle) -> Vec<Event> + Send + 'static,
    ) {
        let id = self.next_id;
        self.next_id += 1;
        let cancelled = Arc::new(AtomicBool::new(false));
        self.cancels.insert(id, cancelled.clone());
        let events = self.events.clone();
        events.send(Event::JobStarted(Job {
            id,
            text: text.clone(),
            part: None,
        }));
        let handle = Handle {
            id,
            events: events.clone(),
            cancelled,
        };
        let thread = Builder::new().name(format!("job {id}")).spawn(move || {
            // A job that fails in a way nobody foresaw must not leave the window waiting for it.
            let results = catch_unwind(AssertUnwindSafe(|| work(&handle)));
            let failed = || {
                vec![Event::Failed(format!(
                    "{text} ended by an error of the studio; this is a bug"
                ))]
            };
            for event in results.unwrap_or_else(|_| failed()) {
                handle.events.send(event);
            }
            handle.events.send(Event::JobEnded { id });
        });
        if let Err(error) = thread {
            self.events.send(Event::Failed(format!(
                "no thread could be started: {error}; close other programs and try again"
            )));
            self.events.send(Event::JobEnded { id });
        }
    }

    pub(super) fn cancel(&mut self, id: u64) {
        if let Some(cancelled) = self.cancels.remove(&id) {
            cancelled.store(true, Ordering::Relaxed);
        }
    }

    /// Writes in the background, one after the other.
    pub(super) fn keep(
        &mut self,
        what: &'static str,
        work: impl FnOnce() -> Result<(), FilesError> + Send + 'static,
    ) {
        let keeper = self.keeper.take().or_else(|| self.start_keeper());
        if let Some(keeper) = keeper {
            let _ = keeper.send((what, Box::new(work)));
            self.keeper = Some(keeper);
        }
    }

    fn start_keeper(&self) -> Option<Sender<Keeping>> {
        let (sender, receiver) = channel::<Keeping>();
        let events = self.events.clone();
        let thread = Builder::new().name("keeper".into()).spawn(move || {
            for (what, work) in receiver {
                if let Err(error) = work() {
                    events.send(Event::Warned(format!("{what} not kept: {error}")));
                }
            }
        });
        match thread {
            Ok(_) => Some(sender),
            Err(error) => {
                self.events.send(Event::Warned(format!(
                    "unsaved work is not kept: {error}; save the project"
                )));
                None
            }
        }
    }
}

//! What listens and writes beside the loop: for the signal that ends the process, and lines of the log.
//! Its two threads are started when the loop first has time, since nothing that an ECU does waits for
//! them, and its first task would wait for their making.

use std::sync::mpsc::{Receiver, Sender};

use crate::{
    RunError,
    linux_board::News,
    os,
    services::{Export, Line, Log},
};

/// Signals are held back and lines kept until [`Background::start`].
pub(crate) struct Background {
    end: Option<(os::Held, Sender<News>)>,
    log: Option<Log>,
}

impl Background {
    /// Before any other thread is started.
    pub(crate) fn hold(end: Sender<News>) -> Result<Background, RunError> {
        let held = os::hold_end().map_err(RunError::set_up("the signal that ends the service"))?;
        Ok(Background {
            end: Some((held, end)),
            log: None,
        })
    }

    /// Of an ECU whose process has nothing else to do.
    #[cfg(feature = "compile")]
    pub(crate) fn none() -> Background {
        Background {
            end: None,
            log: None,
        }
    }

    pub(crate) fn keep_log(&mut self, lines: Receiver<Line>, export: Option<Export>) {
        self.log = Some(Log::new(lines, export));
    }

    /// Both threads; the second call does nothing.
    pub(crate) fn start(&mut self) -> Result<(), RunError> {
        if let Some((held, end)) = self.end.take() {
            held.listen(move || drop(end.send(News::End)))
                .map_err(RunError::set_up("the signal that ends the service"))?;
        }
        match &mut self.log {
            Some(log) => log.start().map_err(RunError::set_up("the log")),
            None => Ok(()),
        }
    }

    /// See [`Log::finish`].
    pub(crate) fn finish(self) {
        if let Some(log) = self.log {
            log.finish();
        }
    }
}

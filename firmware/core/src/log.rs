//! The log on the board's first serial line. Also for panics and faults, when nothing else works.

use core::{cell::Cell, fmt};

use critical_section::Mutex;

/// Sends bytes and returns when they are on their way; works at any time, also in a fault.
pub type Write = fn(&[u8]);

static WRITE: Mutex<Cell<Option<Write>>> = Mutex::new(Cell::new(None));

/// One line of the log.
macro_rules! log {
    ($($part:tt)*) => {{
        use core::fmt::Write as _;
        // The log takes everything.
        let _written = writeln!($crate::log::Log, "{}\r", format_args!($($part)*));
    }};
}
pub(crate) use log;

/// From now on the log goes there.
pub fn install(write: Write) {
    critical_section::with(|section| WRITE.borrow(section).set(Some(write)));
}

/// One line of the log, for a board's crate.
pub fn tell(line: &str) {
    log!("{line}");
}

/// Sends what is formatted; for [`log!`].
pub(crate) struct Log;

impl fmt::Write for Log {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let write = critical_section::with(|section| WRITE.borrow(section).get());
        if let Some(write) = write {
            write(text.as_bytes());
        }
        Ok(())
    }
}

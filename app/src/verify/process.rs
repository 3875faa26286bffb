//! A target as a child process: its standard input and output are the link, its standard error is
//! kept. One that says nothing for long is ended. Knows nothing of what the bytes mean.

use super::VerifyError;
use back_to_back::Stream;
use std::{
    io::{self, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
        mpsc::{RecvTimeoutError, Sender, channel},
    },
    thread,
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// How long a target may say nothing: longer than any of them compiles or boots.
const SILENCE: Duration = Duration::from_secs(120);
/// What firmware writes to its boot log when it listens to the link.
const LISTENS: &str = "verification: driven over the link";
/// Between two looks at the boot log.
const LOOK: Duration = Duration::from_millis(5);
/// Of the log, for messages.
const LOG_BYTES: usize = 4_096;

/// A target that runs.
pub(super) struct Started {
    pub(super) port: Stream<Heard, ChildStdin>,
    pub(super) process: Process,
}

/// The process itself; it ends with this.
pub(super) struct Process {
    child: Arc<Mutex<Child>>,
    log: std::fs::File,
    /// Its end ends the watch.
    _watch: Sender<()>,
    /// Of a machine: what it writes to its first line.
    boot_log: Option<PathBuf>,
    /// What the process reads; it goes last.
    _folder: TempDir,
}

/// Standard output that counts.
pub(super) struct Heard {
    output: ChildStdout,
    bytes: Arc<AtomicU64>,
}

impl Read for Heard {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.output.read(buffer)?;
        self.bytes.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

/// A folder for what the process reads.
pub(super) fn folder() -> Result<TempDir, VerifyError> {
    let failed = |error| VerifyError::Start {
        program: "a folder for the target".to_owned(),
        error,
        help: "is there room for temporary files?",
    };
    tempfile::tempdir().map_err(failed)
}

pub(super) fn start(
    mut command: Command,
    folder: TempDir,
    boot_log: Option<PathBuf>,
    help: &'static str,
) -> Result<Started, VerifyError> {
    let program = command.get_program().to_string_lossy().into_owned();
    let failed = |error| VerifyError::Start {
        program,
        error,
        help,
    };
    spawn(&mut command, folder, boot_log).map_err(failed)
}

fn spawn(command: &mut Command, folder: TempDir, boot_log: Option<PathBuf>) -> io::Result<Started> {
    let log = tempfile::tempfile()?;
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(log.try_clone()?)
        .spawn()?;
    let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
        unreachable!("both were asked for: this is a bug")
    };
    let (child, bytes) = (Arc::new(Mutex::new(child)), Arc::default());
    if let Some(log) = &boot_log {
        wait_until_it_listens(&child, log);
    }
    let watch = watch(Arc::clone(&child), Arc::clone(&bytes));
    Ok(Started {
        port: Stream::new(Heard { output, bytes }, input),
        process: Process {
            child,
            log,
            _watch: watch,
            boot_log,
            _folder: folder,
        },
    })
}

/// A serial line loses what comes before the firmware has enabled it (ST RM0090, section 30.6.4).
/// A machine that has ended, or that never listens, is told apart by who speaks to it then.
fn wait_until_it_listens(child: &Mutex<Child>, boot_log: &Path) {
    let listens = || std::fs::read_to_string(boot_log).is_ok_and(|log| log.contains(LISTENS));
    let ended = || {
        let mut child = child.lock().unwrap_or_else(PoisonError::into_inner);
        !matches!(child.try_wait(), Ok(None))
    };
    let begin = Instant::now();
    while !listens() && !ended() && begin.elapsed() < SILENCE {
        thread::sleep(LOOK);
    }
}

/// Ends the process when nothing has been heard of it for [`SILENCE`].
fn watch(child: Arc<Mutex<Child>>, bytes: Arc<AtomicU64>) -> Sender<()> {
    let (watch, ended) = channel();
    let look = move || {
        let mut seen = bytes.load(Ordering::Relaxed);
        while ended.recv_timeout(SILENCE) == Err(RecvTimeoutError::Timeout) {
            let now = bytes.load(Ordering::Relaxed);
            if now == seen {
                kill(&child);
                return;
            }
            seen = now;
        }
    };
    // Without the thread a silent target is waited for, which the user can end.
    drop(
        thread::Builder::new()
            .name("target watch".to_owned())
            .spawn(look),
    );
    watch
}

fn kill(child: &Mutex<Child>) {
    let mut child = child.lock().unwrap_or_else(PoisonError::into_inner);
    // It may have ended by itself.
    let _killed = child.kill();
    let _status = child.wait();
}

impl Process {
    /// Ends it at once.
    pub(super) fn kill(&self) {
        kill(&self.child);
    }

    /// Ends it; the last that it wrote to standard error, and to its boot log.
    pub(super) fn end(mut self) -> String {
        kill(&self.child);
        let mut text = Vec::new();
        let read = self
            .log
            .seek(SeekFrom::Start(0))
            .and_then(|_| self.log.read_to_end(&mut text));
        // A machine that did not come so far has no log.
        let boot = self.boot_log.as_ref().map(std::fs::read);
        text.extend(boot.and_then(Result::ok).unwrap_or_default());
        let kept = match read {
            Ok(_) => text
                .get(text.len().saturating_sub(LOG_BYTES)..)
                .unwrap_or_default(),
            Err(_) => &[],
        };
        String::from_utf8_lossy(kept).into_owned()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        kill(&self.child);
    }
}

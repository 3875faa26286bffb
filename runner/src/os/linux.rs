//! Linux: scheduling classes, locked memory, signals, CLOCK_MONOTONIC, systemd's socket. The only
//! place with system calls of our own: crates that wrap them turn on a feature of libc, and with it
//! a second build of the engine.
#![expect(unsafe_code, reason = "system calls; each says why it is sound")]

use std::{
    io, mem,
    os::{
        linux::net::SocketAddrExt,
        unix::net::{SocketAddr, UnixDatagram},
    },
    thread,
};

use crate::configuration::Realtime;

/// Enters the class that the configuration asks for; gives what was refused, in words.
pub(crate) fn enter(realtime: &Realtime) -> Vec<String> {
    let mut refused = Vec::new();
    // The ordinary class wakes up to 50 µs late, so that wake-ups are few.
    // SAFETY: takes numbers only.
    unsafe { libc::prctl(libc::PR_SET_TIMERSLACK, 1) };
    if realtime.lock_memory
        && let Err(error) = lock_memory()
    {
        refused.push(format!(
            "memory stays pageable: {error}; give the service LimitMEMLOCK=infinity"
        ));
    }
    if realtime.priority > 0
        && let Err(error) = first_in_first_out(realtime.priority)
    {
        refused.push(format!(
            "the ordinary scheduler is used: {error}; give the service LimitRTPRIO={}",
            realtime.priority
        ));
    }
    refused
}

/// The class below the loop's, for threads that work for it: they come before all others, and never
/// before the loop. What is refused is told by [`enter`].
#[cfg(feature = "zenoh")]
pub(crate) fn enter_below(realtime: &Realtime) {
    if realtime.priority > 1 {
        let _entered = first_in_first_out(realtime.priority - 1);
    }
}

/// The ordinary class again, for a thread that waits for nothing of the loop's and was started by it.
pub(crate) fn leave() {
    // Nobody is refused that.
    let _left = scheduled(libc::SCHED_OTHER, 0);
}

fn lock_memory() -> io::Result<()> {
    // SAFETY: takes flags only.
    done(unsafe { libc::mlockall(libc::MCL_CURRENT | libc::MCL_FUTURE) })
}

/// SCHED_FIFO for this thread; those that it starts from now on inherit it.
fn first_in_first_out(priority: u8) -> io::Result<()> {
    scheduled(libc::SCHED_FIFO, priority)
}

fn scheduled(class: libc::c_int, priority: u8) -> io::Result<()> {
    // SAFETY: a structure of integers, of which musl's has more than glibc's.
    let mut parameters: libc::sched_param = unsafe { mem::zeroed() };
    parameters.sched_priority = i32::from(priority);
    // By number: musl's own function refuses, since POSIX means processes where Linux means threads.
    // SAFETY: the structure is read during the call only; 0 is the calling thread.
    let answer = unsafe {
        libc::syscall(
            libc::SYS_sched_setscheduler,
            0,
            class,
            &raw const parameters,
        )
    };
    match answer {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

/// The signals that ask the process to end (SIGTERM, SIGINT), held back until somebody listens.
pub(crate) struct Held(libc::sigset_t);

/// Holds them back. Before any other thread is started, so that none of them takes one.
pub(crate) fn hold_end() -> io::Result<Held> {
    // SAFETY: `sigemptyset` makes it a set before it is read.
    let mut signals: libc::sigset_t = unsafe { mem::zeroed() };
    // SAFETY: the set is ours, and the signals are valid.
    unsafe {
        done(libc::sigemptyset(&raw mut signals))?;
        done(libc::sigaddset(&raw mut signals, libc::SIGTERM))?;
        done(libc::sigaddset(&raw mut signals, libc::SIGINT))?;
    }
    // SAFETY: the set is read during the call; no old one is asked for.
    let blocked =
        unsafe { libc::pthread_sigmask(libc::SIG_BLOCK, &raw const signals, std::ptr::null_mut()) };
    match blocked {
        0 => Ok(Held(signals)),
        error => Err(io::Error::from_raw_os_error(error)),
    }
}

impl Held {
    /// Calls `ended` once when the process is asked to end, or was before.
    pub(crate) fn listen(self, ended: impl FnOnce() + Send + 'static) -> io::Result<()> {
        let signals = self.0;
        thread::Builder::new()
            .name("signals".to_owned())
            .spawn(move || {
                leave();
                let mut signal = 0;
                // SAFETY: both live as long as the call.
                if unsafe { libc::sigwait(&raw const signals, &raw mut signal) } == 0 {
                    ended();
                }
            })
            .map(drop)
    }
}

/// The system's CLOCK_MONOTONIC in nanoseconds, for whoever measures across processes; 0 where it
/// can not be read.
pub fn monotonic_ns() -> u64 {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: writes the structure during the call.
    match unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &raw mut time) } {
        0 => time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64,
        _ => 0,
    }
}

fn done(answer: i32) -> io::Result<()> {
    match answer {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

/// Whoever started the service and wants to hear of it.
pub(crate) type Manager = UnixDatagram;

/// Its socket: a path, or a name in the abstract space behind `@`.
pub(crate) fn manager(address: &str) -> io::Result<Manager> {
    let socket = UnixDatagram::unbound()?;
    socket.set_nonblocking(true)?;
    match address.strip_prefix('@') {
        Some(name) => socket.connect_addr(&SocketAddr::from_abstract_name(name)?)?,
        None => socket.connect(address)?,
    }
    Ok(socket)
}

//! Systems that only try a vehicle out, by `wireloom run`: the ordinary scheduler, pageable memory,
//! no service manager. What the configuration asks for beyond that is told as refused.

use std::{convert::Infallible, io};

use crate::configuration::Realtime;

/// Gives what the configuration asks for and is not to be had here, in words.
pub(crate) fn enter(realtime: &Realtime) -> Vec<String> {
    let mut refused = Vec::new();
    if realtime.lock_memory {
        refused.push("memory stays pageable: locking it needs Linux".to_owned());
    }
    if realtime.priority > 0 {
        refused.push("the ordinary scheduler is used: SCHED_FIFO needs Linux".to_owned());
    }
    refused
}

/// As the loop.
#[cfg(feature = "zenoh")]
pub(crate) fn enter_below(_: &Realtime) {}

/// Nobody asks: whoever ends the process does it at once.
pub(crate) struct Held;

pub(crate) fn hold_end() -> io::Result<Held> {
    Ok(Held)
}

impl Held {
    pub(crate) fn listen(self, _: impl FnOnce() + Send + 'static) -> io::Result<()> {
        Ok(())
    }
}

/// There is one class.
pub(crate) fn leave() {}

/// 0: there is no clock here that other processes read too.
pub fn monotonic_ns() -> u64 {
    0
}

/// There is none.
pub(crate) struct Manager(Infallible);

impl Manager {
    pub(crate) fn send(&self, _: &[u8]) -> io::Result<usize> {
        match self.0 {}
    }
}

pub(crate) fn manager(_: &str) -> io::Result<Manager> {
    Err(io::ErrorKind::Unsupported.into())
}

//! Calls into partitions whose components wait for each other: `async func`, streams, futures.
//! Nothing outside the partition answers such a wait, so a call is over at once: it has returned, or
//! it never will. Knows nothing of time: what waits is waited for within one activation.

use alloc::{sync::Arc, task::Wake};
use core::{
    future::Future,
    pin::pin,
    sync::atomic::{AtomicBool, Ordering},
    task::{Context, Poll, Waker},
};

use wasmtime::{
    Result, Store, Trap,
    component::{Instance, InstancePre},
};

use crate::{binding::TaskFunc, host::Host};

type Instantiate<B> = fn(&InstancePre<Host<B>>, &mut Store<Host<B>>) -> Result<Instance>;

/// How a partition is made and called. A board that can be sent to another thread is asked for where
/// this is made, since the engine asks it of whatever waits, and nowhere else.
pub(crate) struct Calls<B: 'static> {
    instantiate: Instantiate<B>,
    call: fn(&mut Store<Host<B>>, &TaskFunc) -> Result<()>,
}

impl<B: 'static> Clone for Calls<B> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<B: 'static> Copy for Calls<B> {}

impl<B: Send + 'static> Calls<B> {
    pub(crate) fn new() -> Calls<B> {
        Calls {
            instantiate: |pre, store| at_once(pre.instantiate_async(store)),
            call,
        }
    }
}

impl<B: 'static> Calls<B> {
    pub(crate) fn instantiate(
        self,
        pre: &InstancePre<Host<B>>,
        store: &mut Store<Host<B>>,
    ) -> Result<Instance> {
        (self.instantiate)(pre, store)
    }

    pub(crate) fn call(self, store: &mut Store<Host<B>>, task: &TaskFunc) -> Result<()> {
        (self.call)(store, task)
    }
}

/// Runs a task to its end, then everything that it has started until all of that waits: a sample
/// that was sent lies ready at its receivers when the next activation begins.
fn call<B: Send + 'static>(store: &mut Store<Host<B>>, task: &TaskFunc) -> Result<()> {
    at_once(task.call_async(&mut *store, ()))?;
    let rest = store.run_concurrent(async |_| core::future::pending::<()>().await);
    polled(rest).unwrap_or(Ok(()))
}

fn at_once<T>(future: impl Future<Output = Result<T>>) -> Result<T> {
    polled(future).unwrap_or_else(|| Err(Trap::AsyncDeadlock.into()))
}

/// What comes of a future, or none if it waits for somebody else: the engine wakes it itself where it
/// only lets others go first.
fn polled<T>(future: impl Future<Output = T>) -> Option<T> {
    let mut future = pin!(future);
    let woken = Arc::new(Woken(AtomicBool::new(false)));
    let waker = Waker::from(woken.clone());
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(outcome) => return Some(outcome),
            Poll::Pending if woken.0.swap(false, Ordering::Relaxed) => {}
            Poll::Pending => return None,
        }
    }
}

/// Whether to look again.
struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

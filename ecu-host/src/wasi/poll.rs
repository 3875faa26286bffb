//! `wasi:io/poll` in the ECU's time: to block is to wait, and that is a cost of the activation.

use alloc::{string::String, vec::Vec};

use wasmtime::{
    Result,
    component::{LinkerInstance, Resource, ResourceType},
};

use crate::{
    board::{Board, PinWatch},
    host::{Call, Host, now_ns, wait, with_board},
    misuse::Misuse,
};

/// What a handle `pollable` stands for.
#[derive(Clone)]
pub(crate) enum Pollable {
    /// Ready from this time of the ECU on.
    At { ready_ns: u64 },
    /// Ready once the condition has held at a pin, at or after `since_ns`.
    Pin {
        name: String,
        watch: PinWatch,
        since_ns: u64,
    },
}

type Handle = Resource<Pollable>;

pub(crate) fn define<B: Board + 'static>(linker: &mut LinkerInstance<'_, Host<B>>) -> Result<()> {
    linker.resource(
        "pollable",
        ResourceType::host::<Pollable>(),
        |mut call, handle| {
            call.data_mut().resources.delete(Handle::new_own(handle))?;
            Ok(())
        },
    )?;
    linker.func_wrap(
        "[method]pollable.ready",
        |mut call: Call<'_, B>, (handle,): (Handle,)| {
            let ready_ns = ready_ns(&mut call, &handle)?;
            let now_ns = now_ns(&mut call)?;
            Ok((ready_ns.is_some_and(|ready_ns| ready_ns <= now_ns),))
        },
    )?;
    linker.func_wrap(
        "[method]pollable.block",
        |mut call: Call<'_, B>, (handle,): (Handle,)| {
            let ready_ns = ready_ns(&mut call, &handle)?;
            wait_until(&mut call, ready_ns.ok_or(Misuse::WaitsForPin)?)
        },
    )?;
    linker.func_wrap("poll", poll::<B>)
}

fn poll<B: Board>(mut call: Call<'_, B>, (handles,): (Vec<Handle>,)) -> Result<(Vec<u32>,)> {
    let times = handles.iter().map(|handle| ready_ns(&mut call, handle));
    let times = times.collect::<Result<Vec<Option<u64>>>>()?;
    if times.is_empty() {
        return Err(Misuse::EmptyPoll.into());
    }
    let first_ns = times.iter().flatten().min();
    let first_ns = *first_ns.ok_or(Misuse::WaitsForPin)?;
    wait_until(&mut call, first_ns)?;
    let now_ns = now_ns(&mut call)?.max(first_ns);
    let ready = |(position, ready_ns): (usize, &Option<u64>)| {
        let is_ready = ready_ns.is_some_and(|ready_ns| ready_ns <= now_ns);
        is_ready.then_some(position as u32)
    };
    Ok((times.iter().enumerate().filter_map(ready).collect(),))
}

/// None while nobody knows.
fn ready_ns<B: Board>(call: &mut Call<'_, B>, handle: &Handle) -> Result<Option<u64>> {
    match call.data().resources.get(handle)?.clone() {
        Pollable::At { ready_ns } => Ok(Some(ready_ns)),
        Pollable::Pin {
            name,
            watch,
            since_ns,
        } => {
            let known = with_board(call, |_, board, at_ns| {
                board.pin_ready(at_ns, &name, watch, since_ns)
            })?;
            // The board watched the pin when the pollable was made; one that has lost it since
            // never becomes ready.
            Ok(known.unwrap_or(None))
        }
    }
}

fn wait_until<B: Board>(call: &mut Call<'_, B>, until_ns: u64) -> Result<()> {
    let wait_ns = until_ns.saturating_sub(now_ns(call)?);
    wait(call, wait_ns)
}

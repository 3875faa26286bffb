//! `wasi:io/poll` in the ECU's time: to block is to wait, and that is a cost of the activation.

use alloc::vec::Vec;

use wasmtime::{
    Result,
    component::{LinkerInstance, Resource, ResourceType},
};

use crate::{
    board::Board,
    host::{Call, Host, now_ns, wait},
    misuse::Misuse,
};

/// What a handle `pollable` stands for: ready from this time of the ECU on.
#[derive(Clone, Copy)]
pub(crate) struct Pollable {
    pub(crate) ready_ns: u64,
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
            let ready_ns = ready_ns(&call, &handle)?;
            Ok((ready_ns <= now_ns(&mut call)?,))
        },
    )?;
    linker.func_wrap(
        "[method]pollable.block",
        |mut call: Call<'_, B>, (handle,): (Handle,)| {
            let ready_ns = ready_ns(&call, &handle)?;
            wait_until(&mut call, ready_ns)
        },
    )?;
    linker.func_wrap("poll", poll::<B>)
}

fn poll<B: Board>(mut call: Call<'_, B>, (handles,): (Vec<Handle>,)) -> Result<(Vec<u32>,)> {
    let times = handles.iter().map(|handle| ready_ns(&call, handle));
    let times = times.collect::<Result<Vec<u64>>>()?;
    let first_ns = times.iter().copied().min().ok_or(Misuse::EmptyPoll)?;
    wait_until(&mut call, first_ns)?;
    let now_ns = now_ns(&mut call)?.max(first_ns);
    let ready =
        |(position, ready_ns): (usize, &u64)| (*ready_ns <= now_ns).then_some(position as u32);
    Ok((times.iter().enumerate().filter_map(ready).collect(),))
}

fn ready_ns<B>(call: &Call<'_, B>, handle: &Handle) -> Result<u64> {
    Ok(call.data().resources.get(handle)?.ready_ns)
}

fn wait_until<B: Board>(call: &mut Call<'_, B>, until_ns: u64) -> Result<()> {
    let wait_ns = until_ns.saturating_sub(now_ns(call)?);
    wait(call, wait_ns)
}

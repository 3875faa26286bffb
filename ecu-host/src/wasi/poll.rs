//! `wasi:io/poll` in the ECU's time: to block is to wait, and that is a cost of the activation.

use alloc::{string::String, vec::Vec};

use wasmtime::Result;

use crate::{
    binding::{LinkerInstance, Resource, ResourceType},
    board::{Board, PinWatch, WatchedPin},
    host::{Call, Host, now_ns, pass, wait, with_board},
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
            wait_for_one(&mut call, core::slice::from_ref(&handle)).map(drop)
        },
    )?;
    linker.func_wrap("poll", poll::<B>)
}

fn poll<B: Board>(mut call: Call<'_, B>, (handles,): (Vec<Handle>,)) -> Result<(Vec<u32>,)> {
    if handles.is_empty() {
        return Err(Misuse::EmptyPoll.into());
    }
    let times = wait_for_one(&mut call, &handles)?;
    let first_ns = times.iter().flatten().min().copied();
    let now_ns = now_ns(&mut call)?.max(first_ns.unwrap_or_default());
    let ready = |(position, ready_ns): (usize, &Option<u64>)| {
        let is_ready = ready_ns.is_some_and(|ready_ns| ready_ns <= now_ns);
        is_ready.then_some(position as u32)
    };
    Ok((times.iter().enumerate().filter_map(ready).collect(),))
}

/// Until at least one is ready; gives when each is, as far as that is known then.
fn wait_for_one<B: Board>(call: &mut Call<'_, B>, handles: &[Handle]) -> Result<Vec<Option<u64>>> {
    loop {
        let times = handles.iter().map(|handle| ready_ns(call, handle));
        let times = times.collect::<Result<Vec<Option<u64>>>>()?;
        let first_ns = times.iter().flatten().min().copied();
        let at_ns = now_ns(call)?;
        if first_ns.is_some_and(|first_ns| first_ns <= at_ns) {
            return Ok(times);
        }
        // What is known to come may be preceded by a pin of which nobody knows.
        let longest_ns = call.data().left_wait_ns();
        let until_ns = first_ns.unwrap_or(at_ns.saturating_add(longest_ns));
        let Some(back_ns) = wait_for_pins(call, handles, at_ns, until_ns)? else {
            wait_until(call, first_ns.ok_or(Misuse::WaitsForPin)?)?;
            return Ok(times);
        };
        pass(call, back_ns.saturating_sub(at_ns))?;
        if back_ns >= until_ns && first_ns.is_none() {
            let limit_ns = call.data().settings.longest_wait_ns;
            return Err(Misuse::WaitsTooLong { limit_ns }.into());
        }
    }
}

/// None where no pin is among them, or the board does not wait for pins.
fn wait_for_pins<B: Board>(
    call: &mut Call<'_, B>,
    handles: &[Handle],
    at_ns: u64,
    until_ns: u64,
) -> Result<Option<u64>> {
    let pollables = handles
        .iter()
        .map(|handle| call.data().resources.get(handle).cloned());
    let pollables = pollables.collect::<Result<Vec<Pollable>, _>>()?;
    let pin = |pollable| match pollable {
        &Pollable::At { .. } => None,
        Pollable::Pin {
            name,
            watch,
            since_ns,
        } => Some(WatchedPin {
            pin: name,
            watch: *watch,
            since_ns: *since_ns,
        }),
    };
    let watched: Vec<WatchedPin<'_>> = pollables.iter().filter_map(pin).collect();
    if watched.is_empty() {
        return Ok(None);
    }
    with_board(call, |_, board, _| {
        board.wait_for_pins(at_ns, &watched, until_ns)
    })
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

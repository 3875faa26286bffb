//! `wireloom:ecu/frames`.

use alloc::vec::Vec;

use deployment::{Direction, Pdu};
use wasmtime::Result;

use super::entry;
use crate::{
    binding::{LinkerInstance, WasmList},
    board::Board,
    host::{Call, Host, with_board},
    misuse::Misuse,
};

pub(crate) fn define<B: Board + 'static>(linker: &mut LinkerInstance<'_, Host<B>>) -> Result<()> {
    linker.func_wrap("transmit", transmit::<B>)?;
    linker.func_wrap("take", take::<B>)
}

fn transmit<B: Board>(mut call: Call<'_, B>, (pdu, data): (u32, WasmList<u8>)) -> Result<()> {
    let entry = checked(
        "frames.transmit",
        &call.data().table.pdus,
        pdu,
        Direction::Out,
    )?;
    let (found, expected) = (data.len(), entry.length_bytes);
    if found != usize::from(expected) {
        return Err(Misuse::FrameLength {
            pdu: entry.name.clone(),
            found,
            expected,
        }
        .into());
    }
    // The frame of the table is taken out, filled and put back, so that nothing is allocated.
    let Some(mut frame) = call
        .data_mut()
        .frames
        .get_mut(pdu as usize)
        .map(core::mem::take)
    else {
        return Ok(());
    };
    frame.data.clear();
    frame.data.extend_from_slice(data.as_le_slice(&call));
    let request = call.data_mut().next_request();
    let taken = with_board(&mut call, |_, board, at_ns| {
        board.transmit(at_ns, request, &frame)
    })?;
    let host = call.data_mut();
    if taken.is_err() {
        host.kept.counters.frames_refused += 1;
    }
    if let Some(place) = host.frames.get_mut(pdu as usize) {
        *place = frame;
    }
    Ok(())
}

fn take<B: Board>(mut call: Call<'_, B>, (pdu,): (u32,)) -> Result<(Option<Vec<u8>>,)> {
    checked("frames.take", &call.data().table.pdus, pdu, Direction::In)?;
    let mailbox = call.data_mut().mailboxes.get_mut(pdu as usize);
    Ok((mailbox.and_then(|mailbox| mailbox.take()),))
}

fn checked<'a>(
    function: &'static str,
    pdus: &'a [Pdu],
    pdu: u32,
    direction: Direction,
) -> Result<&'a Pdu, Misuse> {
    let pdu = entry(function, pdus, pdu)?;
    match pdu.direction == direction {
        true => Ok(pdu),
        false => Err(Misuse::Direction {
            function,
            name: pdu.name.clone(),
        }),
    }
}

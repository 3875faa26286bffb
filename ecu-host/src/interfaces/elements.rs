//! `wireloom:ecu/elements`.

use alloc::vec::Vec;

use deployment::Direction;
use wasmtime::Result;

use super::entry;
use crate::{
    binding::{LinkerInstance, WasmList},
    board::{Board, Record},
    host::{Call, Host, record},
    misuse::Misuse,
};

pub(crate) fn define<B: Board + 'static>(linker: &mut LinkerInstance<'_, Host<B>>) -> Result<()> {
    linker.func_wrap("publish", publish::<B>)?;
    linker.func_wrap("refuse", refuse::<B>)?;
    linker.func_wrap("take", take::<B>)
}

fn publish<B: Board>(mut call: Call<'_, B>, (element, value): (u32, WasmList<u8>)) -> Result<()> {
    check(&call, "elements.publish", element, Direction::Out)?;
    let host = call.data();
    if host
        .wanted
        .get(element as usize)
        .is_some_and(|wanted| *wanted)
    {
        let bytes = value.as_le_slice(&call).to_vec();
        call.data_mut().published.push((element, bytes));
    }
    record(&mut call, |partition, call| Record::Published {
        partition,
        element,
        value: value.as_le_slice(call),
    })
}

fn refuse<B: Board>(mut call: Call<'_, B>, (element,): (u32,)) -> Result<()> {
    entry("elements.refuse", &call.data().table.elements, element)?;
    call.data_mut().kept.counters.values_refused += 1;
    record(&mut call, |partition, _| Record::Refused {
        partition,
        element,
    })
}

fn take<B: Board>(mut call: Call<'_, B>, (element,): (u32,)) -> Result<(Option<Vec<u8>>,)> {
    check(&call, "elements.take", element, Direction::In)?;
    let inbox = call.data_mut().inboxes.get_mut(element as usize);
    Ok((inbox.and_then(|inbox| inbox.take()),))
}

fn check<B>(
    call: &Call<'_, B>,
    function: &'static str,
    element: u32,
    direction: Direction,
) -> Result<(), Misuse> {
    let element = entry(function, &call.data().table.elements, element)?;
    match element.direction == direction {
        true => Ok(()),
        false => Err(Misuse::Direction {
            function,
            name: element.name.clone(),
        }),
    }
}

//! `wireloom:ecu/buses`.

use wasmtime::{
    Result,
    component::{LinkerInstance, Resource, WasmStr},
};

use super::{delay::Delay, i2c::I2cBus};
use crate::{
    board::Board,
    handles::{self, push},
    host::{Call, Host, with_board},
    misuse::Misuse,
};

pub(crate) fn define<B: Board + 'static>(linker: &mut LinkerInstance<'_, Host<B>>) -> Result<()> {
    linker.func_wrap("open-i2c", open_i2c::<B>)?;
    linker.func_wrap("open-delay", |mut call: Call<'_, B>, (): ()| {
        Ok((push(&mut call, Delay)?,))
    })
}

fn open_i2c<B: Board>(mut call: Call<'_, B>, (name,): (WasmStr,)) -> Result<(Resource<I2cBus>,)> {
    let name = handles::text(&call, &name)?;
    match with_board(&mut call, |_, board, _| board.has_i2c(&name))? {
        true => Ok((push(&mut call, I2cBus { name })?,)),
        false => Err(Misuse::NoI2cBus { name }.into()),
    }
}

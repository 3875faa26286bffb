//! `wireloom:ecu/buses`.

use wasmtime::{
    Result,
    component::{LinkerInstance, Resource, WasmStr},
};

use super::{
    delay::Delay,
    i2c::I2cBus,
    pins::{self, AnalogIn, AnalogInOut, AnalogOut, DigitalIn, DigitalInOut, DigitalOut},
    spi::SpiDevice,
};
use crate::{
    board::Board,
    handles::{self, push},
    host::{Call, Host, with_board},
    misuse::Misuse,
};

pub(crate) fn define<B: Board + 'static>(linker: &mut LinkerInstance<'_, Host<B>>) -> Result<()> {
    linker.func_wrap("open-i2c", open_i2c::<B>)?;
    linker.func_wrap("open-spi", open_spi::<B>)?;
    linker.func_wrap("open-digital-out", pins::open::<B, DigitalOut>)?;
    linker.func_wrap("open-digital-in", pins::open::<B, DigitalIn>)?;
    linker.func_wrap("open-digital-in-out", pins::open::<B, DigitalInOut>)?;
    linker.func_wrap("open-analog-out", pins::open::<B, AnalogOut>)?;
    linker.func_wrap("open-analog-in", pins::open::<B, AnalogIn>)?;
    linker.func_wrap("open-analog-in-out", pins::open::<B, AnalogInOut>)?;
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

fn open_spi<B: Board>(
    mut call: Call<'_, B>,
    (name,): (WasmStr,),
) -> Result<(Resource<SpiDevice>,)> {
    let name = handles::text(&call, &name)?;
    match with_board(&mut call, |_, board, _| board.has_spi(&name))? {
        true => Ok((push(&mut call, SpiDevice { name })?,)),
        false => Err(Misuse::NoSpiDevice { name }.into()),
    }
}

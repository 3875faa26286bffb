//! `wireloom:ecu/buses`.

use wasmtime::Result;

use crate::{binding::LinkerInstance, board::Board, host::Host};
#[cfg(any(feature = "i2c", feature = "spi"))]
use crate::{
    binding::{Resource, WasmStr},
    handles::{self, push},
    host::{Call, with_board},
    misuse::Misuse,
};

pub(crate) fn define<B: Board + 'static>(linker: &mut LinkerInstance<'_, Host<B>>) -> Result<()> {
    #[cfg(feature = "i2c")]
    define_i2c(linker)?;
    #[cfg(feature = "spi")]
    linker.func_wrap("open-spi", open_spi::<B>)?;
    #[cfg(feature = "gpio")]
    define_pins(linker)?;
    let _nothing_more = linker;
    Ok(())
}

#[cfg(feature = "gpio")]
fn define_pins<B: Board + 'static>(linker: &mut LinkerInstance<'_, Host<B>>) -> Result<()> {
    use super::pins::{
        AnalogIn, AnalogInOut, AnalogOut, DigitalIn, DigitalInOut, DigitalOut, open,
    };
    linker.func_wrap("open-digital-out", open::<B, DigitalOut>)?;
    linker.func_wrap("open-digital-in", open::<B, DigitalIn>)?;
    linker.func_wrap("open-digital-in-out", open::<B, DigitalInOut>)?;
    linker.func_wrap("open-analog-out", open::<B, AnalogOut>)?;
    linker.func_wrap("open-analog-in", open::<B, AnalogIn>)?;
    linker.func_wrap("open-analog-in-out", open::<B, AnalogInOut>)
}

/// The delay is that of `wasi:i2c`.
#[cfg(feature = "i2c")]
fn define_i2c<B: Board + 'static>(linker: &mut LinkerInstance<'_, Host<B>>) -> Result<()> {
    linker.func_wrap("open-i2c", open_i2c::<B>)?;
    linker.func_wrap("open-delay", |mut call: Call<'_, B>, (): ()| {
        Ok((push(&mut call, super::delay::Delay)?,))
    })
}

#[cfg(feature = "i2c")]
fn open_i2c<B: Board>(
    mut call: Call<'_, B>,
    (name,): (WasmStr,),
) -> Result<(Resource<super::i2c::I2cBus>,)> {
    let name = handles::text(&call, &name)?;
    match with_board(&mut call, |_, board, _| board.has_i2c(&name))? {
        true => Ok((push(&mut call, super::i2c::I2cBus { name })?,)),
        false => Err(Misuse::NoI2cBus { name }.into()),
    }
}

#[cfg(feature = "spi")]
fn open_spi<B: Board>(
    mut call: Call<'_, B>,
    (name,): (WasmStr,),
) -> Result<(Resource<super::spi::SpiDevice>,)> {
    let name = handles::text(&call, &name)?;
    match with_board(&mut call, |_, board, _| board.has_spi(&name))? {
        true => Ok((push(&mut call, super::spi::SpiDevice { name })?,)),
        false => Err(Misuse::NoSpiDevice { name }.into()),
    }
}

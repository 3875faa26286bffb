//! Host functions of `wireloom:ecu`, `wasi:i2c`, `wasi:spi`, `wasi:gpio` and `autosar:can`, typed, one
//! interface a file (the types of `autosar:can` have their own, and so has what all pins share).

#[cfg(feature = "gpio")]
pub(crate) mod analog;
pub(crate) mod buses;
#[cfg(feature = "can")]
pub(crate) mod can;
#[cfg(feature = "can-fd")]
mod can_flexible;
#[cfg(feature = "can")]
mod can_types;
pub(crate) mod clock;
#[cfg(any(feature = "gpio", feature = "i2c"))]
pub(crate) mod delay;
#[cfg(feature = "gpio")]
pub(crate) mod digital;
pub(crate) mod elements;
pub(crate) mod frames;
#[cfg(feature = "i2c")]
pub(crate) mod i2c;
pub(crate) mod meter;
pub(crate) mod nv;
#[cfg(feature = "gpio")]
pub(crate) mod pins;
pub(crate) mod probes;
#[cfg(feature = "spi")]
pub(crate) mod spi;

use crate::misuse::Misuse;

/// The entry of a table at a number that a guest gave.
fn entry<'a, T>(function: &'static str, table: &'a [T], number: u32) -> Result<&'a T, Misuse> {
    let count = table.len();
    table.get(number as usize).ok_or(Misuse::Number {
        function,
        number,
        count,
    })
}

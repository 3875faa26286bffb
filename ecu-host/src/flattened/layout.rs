//! How values lie in a guest's memory and among core values: sizes, alignments, and the values that
//! consist of nothing but themselves. See "Canonical ABI" of the Component Model.

use alloc::string::String;

use wasmtime::{Error, Result};

use super::{
    error::AbiError,
    guest::{Lifting, Lowering},
};

/// Size, alignment and number of core values of a type.
pub(crate) trait ComponentType {
    const BYTES: u32;
    const ALIGN: u32;
    /// Core values that it is passed as.
    const FLAT: usize;
}

/// What can be read from a guest.
pub(crate) trait Lift: ComponentType + Sized {
    /// From [`ComponentType::FLAT`] core values.
    fn lift(from: &Lifting<'_>, flat: &mut Flat<'_>) -> Result<Self>;
    /// From memory; `at` is aligned.
    fn load(from: &Lifting<'_>, at: u32) -> Result<Self>;
}

/// What can be given to a guest.
pub(crate) trait Lower: ComponentType + Sized {
    /// As one core value, of what [`ComponentType::FLAT`] says that it is one.
    fn lower<B: 'static>(self, _to: &mut Lowering<'_, '_, B>) -> Result<u64> {
        let what = "a value of several parts is no core value: this is a bug";
        Err(Error::msg(what))
    }
    /// Into memory; `at` is aligned.
    fn store<B: 'static>(self, to: &mut Lowering<'_, '_, B>, at: u32) -> Result<()>;
}

/// Core values as bits, in their order.
pub(crate) struct Flat<'a> {
    values: &'a [u64],
}

impl<'a> Flat<'a> {
    pub(crate) fn new(values: &'a [u64]) -> Flat<'a> {
        Flat { values }
    }

    pub(crate) fn next(&mut self) -> Result<u64> {
        let (first, rest) = self.values.split_first().ok_or(AbiError::Missing {
            what: "further core value",
        })?;
        self.values = rest;
        Ok(*first)
    }

    /// The next so many values, whatever is read of them.
    pub(crate) fn part(&mut self, count: usize) -> Flat<'a> {
        let (part, rest) = self.values.split_at_checked(count).unwrap_or_default();
        self.values = rest;
        Flat { values: part }
    }
}

/// The next multiple of an alignment.
pub(crate) const fn aligned(at: u32, align: u32) -> u32 {
    at.next_multiple_of(align)
}

/// The greatest of two.
pub(crate) const fn greatest(one: u32, other: u32) -> u32 {
    match one > other {
        true => one,
        false => other,
    }
}

macro_rules! scalar {
    ($type:ty, $bytes:literal, $of_bits:expr, $bits:expr) => {
        impl ComponentType for $type {
            const BYTES: u32 = $bytes;
            const ALIGN: u32 = $bytes;
            const FLAT: usize = 1;
        }

        impl Lift for $type {
            fn lift(_: &Lifting<'_>, flat: &mut Flat<'_>) -> Result<$type> {
                let of_bits: fn(u64) -> $type = $of_bits;
                Ok(of_bits(flat.next()?))
            }

            fn load(from: &Lifting<'_>, at: u32) -> Result<$type> {
                let of_bits: fn(u64) -> $type = $of_bits;
                let mut bits = [0; 8];
                let (low, _) = bits.split_at_mut($bytes);
                low.copy_from_slice(from.bytes(at, $bytes)?);
                Ok(of_bits(u64::from_le_bytes(bits)))
            }
        }

        impl Lower for $type {
            fn lower<B: 'static>(self, _: &mut Lowering<'_, '_, B>) -> Result<u64> {
                let bits: fn($type) -> u64 = $bits;
                Ok(bits(self))
            }

            fn store<B: 'static>(self, to: &mut Lowering<'_, '_, B>, at: u32) -> Result<()> {
                let bits: fn($type) -> u64 = $bits;
                let bytes = bits(self).to_le_bytes();
                let (low, _) = bytes.split_at($bytes);
                to.put(at, low)
            }
        }
    };
}

scalar!(u8, 1, |bits| bits as u8, u64::from);
scalar!(u16, 2, |bits| bits as u16, u64::from);
scalar!(u32, 4, |bits| bits as u32, u64::from);
scalar!(u64, 8, |bits| bits, |value| value);
scalar!(f32, 4, |bits| f32::from_bits(bits as u32), |value| {
    u64::from(value.to_bits())
});
// Any number but zero is true.
scalar!(bool, 1, |bits| bits as u32 != 0, u64::from);

impl ComponentType for () {
    const BYTES: u32 = 0;
    const ALIGN: u32 = 1;
    const FLAT: usize = 0;
}

impl Lift for () {
    fn lift(_: &Lifting<'_>, _: &mut Flat<'_>) -> Result<()> {
        Ok(())
    }

    fn load(_: &Lifting<'_>, _: u32) -> Result<()> {
        Ok(())
    }
}

impl Lower for () {
    fn lower<B: 'static>(self, _: &mut Lowering<'_, '_, B>) -> Result<u64> {
        Ok(0)
    }

    fn store<B: 'static>(self, _: &mut Lowering<'_, '_, B>, _: u32) -> Result<()> {
        Ok(())
    }
}

impl ComponentType for String {
    const BYTES: u32 = 8;
    const ALIGN: u32 = 4;
    const FLAT: usize = 2;
}

impl Lower for String {
    fn store<B: 'static>(self, to: &mut Lowering<'_, '_, B>, at: u32) -> Result<()> {
        let place = to.room(1, self.len())?;
        to.put(place, self.as_bytes())?;
        place.store(to, at)?;
        (self.len() as u32).store(to, at + 4)
    }
}

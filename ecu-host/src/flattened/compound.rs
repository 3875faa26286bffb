//! Values that consist of others: tuples, options, results, lists.

use alloc::vec::Vec;

use wasmtime::Result;

use super::{
    error::AbiError,
    guest::{Lifting, Lowering},
    layout::{ComponentType, Flat, Lift, Lower, aligned, greatest},
};

/// Parameters or results.
pub(crate) trait ComponentNamedList: ComponentType {}

impl ComponentNamedList for () {}

macro_rules! tuple {
    ($($name:ident)+) => {
        impl<$($name: ComponentType),+> ComponentNamedList for ($($name,)+) {}

        impl<$($name: ComponentType),+> ComponentType for ($($name,)+) {
            const ALIGN: u32 = {
                let mut align = 1;
                $(align = greatest(align, $name::ALIGN);)+
                align
            };
            const BYTES: u32 = {
                let mut end = 0;
                $(end = aligned(end, $name::ALIGN) + $name::BYTES;)+
                aligned(end, Self::ALIGN)
            };
            const FLAT: usize = 0 $(+ $name::FLAT)+;
        }

        #[allow(non_snake_case, reason = "a value is named as its type")]
        impl<$($name: Lift),+> Lift for ($($name,)+) {
            fn lift(from: &Lifting<'_>, flat: &mut Flat<'_>) -> Result<Self> {
                Ok(($($name::lift(from, flat)?,)+))
            }

            fn load(from: &Lifting<'_>, at: u32) -> Result<Self> {
                let mut end = at;
                $(
                    let place = aligned(end, $name::ALIGN);
                    end = place + $name::BYTES;
                    let $name = $name::load(from, place)?;
                )+
                let _end = end;
                Ok(($($name,)+))
            }
        }

        #[allow(non_snake_case, reason = "a value is named as its type")]
        impl<$($name: Lower),+> Lower for ($($name,)+) {
            fn lower<B_: 'static>(self, to: &mut Lowering<'_, '_, B_>) -> Result<u64> {
                let ($($name,)+) = self;
                let mut value = 0;
                // One of them has a core value, where the tuple is one.
                $(if $name::FLAT == 1 { value = $name.lower(to)?; })+
                Ok(value)
            }

            fn store<B_: 'static>(self, to: &mut Lowering<'_, '_, B_>, at: u32) -> Result<()> {
                let ($($name,)+) = self;
                let mut end = at;
                $(
                    let place = aligned(end, $name::ALIGN);
                    end = place + $name::BYTES;
                    $name.store(to, place)?;
                )+
                let _end = end;
                Ok(())
            }
        }
    };
}

tuple!(A);
tuple!(A B);
tuple!(A B C);
tuple!(A B C D);

const fn most(one: usize, other: usize) -> usize {
    match one > other {
        true => one,
        false => other,
    }
}

impl<T: ComponentType> ComponentType for Option<T> {
    const ALIGN: u32 = T::ALIGN;
    const BYTES: u32 = aligned(T::ALIGN + T::BYTES, T::ALIGN);
    const FLAT: usize = 1 + T::FLAT;
}

impl<T: Lift> Lift for Option<T> {
    fn lift(from: &Lifting<'_>, flat: &mut Flat<'_>) -> Result<Self> {
        let case = flat.next()? as u32;
        let mut payload = flat.part(T::FLAT);
        match case {
            0 => Ok(None),
            1 => Ok(Some(T::lift(from, &mut payload)?)),
            found => Err(AbiError::Discriminant { found }.into()),
        }
    }

    fn load(from: &Lifting<'_>, at: u32) -> Result<Self> {
        match u8::load(from, at)? {
            0 => Ok(None),
            1 => Ok(Some(T::load(from, at + T::ALIGN)?)),
            found => {
                let found = u32::from(found);
                Err(AbiError::Discriminant { found }.into())
            }
        }
    }
}

impl<T: Lower> Lower for Option<T> {
    fn store<B: 'static>(self, to: &mut Lowering<'_, '_, B>, at: u32) -> Result<()> {
        u8::from(self.is_some()).store(to, at)?;
        match self {
            Some(value) => value.store(to, at + T::ALIGN),
            None => Ok(()),
        }
    }
}

impl<T: ComponentType, E: ComponentType> ComponentType for Result<T, E> {
    const ALIGN: u32 = greatest(T::ALIGN, E::ALIGN);
    const BYTES: u32 = aligned(Self::ALIGN + greatest(T::BYTES, E::BYTES), Self::ALIGN);
    const FLAT: usize = 1 + most(T::FLAT, E::FLAT);
}

impl<T: Lift, E: Lift> Lift for Result<T, E> {
    fn lift(from: &Lifting<'_>, flat: &mut Flat<'_>) -> Result<Self> {
        let case = flat.next()? as u32;
        let mut payload = flat.part(Self::FLAT - 1);
        match case {
            0 => Ok(Ok(T::lift(from, &mut payload)?)),
            1 => Ok(Err(E::lift(from, &mut payload)?)),
            found => Err(AbiError::Discriminant { found }.into()),
        }
    }

    fn load(from: &Lifting<'_>, at: u32) -> Result<Self> {
        match u8::load(from, at)? {
            0 => Ok(Ok(T::load(from, at + Self::ALIGN)?)),
            1 => Ok(Err(E::load(from, at + Self::ALIGN)?)),
            found => {
                let found = u32::from(found);
                Err(AbiError::Discriminant { found }.into())
            }
        }
    }
}

impl<T: Lower, E: Lower> Lower for Result<T, E> {
    fn lower<B: 'static>(self, _: &mut Lowering<'_, '_, B>) -> Result<u64> {
        // One core value: neither case has more.
        Ok(u64::from(self.is_err()))
    }

    fn store<B: 'static>(self, to: &mut Lowering<'_, '_, B>, at: u32) -> Result<()> {
        u8::from(self.is_err()).store(to, at)?;
        match self {
            Ok(value) => value.store(to, at + Self::ALIGN),
            Err(error) => error.store(to, at + Self::ALIGN),
        }
    }
}

impl<T> ComponentType for Vec<T> {
    const BYTES: u32 = 8;
    const ALIGN: u32 = 4;
    const FLAT: usize = 2;
}

impl<T: Lift> Lift for Vec<T> {
    fn lift(from: &Lifting<'_>, flat: &mut Flat<'_>) -> Result<Self> {
        let (at, length) = (flat.next()? as u32, flat.next()? as u32);
        list(from, at, length)
    }

    fn load(from: &Lifting<'_>, at: u32) -> Result<Self> {
        list(from, u32::load(from, at)?, u32::load(from, at + 4)?)
    }
}

fn list<T: Lift>(from: &Lifting<'_>, at: u32, length: u32) -> Result<Vec<T>> {
    if !at.is_multiple_of(T::ALIGN) {
        return Err(AbiError::Alignment.into());
    }
    let bytes = length.checked_mul(T::BYTES).ok_or(AbiError::ListBounds)?;
    from.bytes(at, bytes).map_err(|_| AbiError::ListBounds)?;
    from.pay((length as usize).saturating_mul(size_of::<T>()))?;
    let places = (0..length).map(|number| at + number * T::BYTES);
    places.map(|place| T::load(from, place)).collect()
}

impl<T: Lower> Lower for Vec<T> {
    fn store<B: 'static>(self, to: &mut Lowering<'_, '_, B>, at: u32) -> Result<()> {
        let length = self.len();
        let bytes = length.saturating_mul(T::BYTES as usize);
        let place = to.room(T::ALIGN, bytes)?;
        let mut end = place;
        for value in self {
            value.store(to, end)?;
            end += T::BYTES;
        }
        place.store(to, at)?;
        (length as u32).store(to, at + 4)
    }
}

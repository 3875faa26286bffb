//! Types of WIT as they cross the border to a guest, for both bindings: with feature `component` the
//! engine's derives, else the same by `flattened`. Written as
//!
//! ```text
//! wit! { #[derive(Clone)] pub(crate) record Frame: [Lift Lower] { "dlc" pub(crate) dlc: u8, } }
//! wit! { variant Operation: [Lift] { "read" Read(u64), "write" Write(WasmList<u8>), } }
//! wit! { enumeration State: [Lift Lower] { "active" Active, "inactive" Inactive, } }
//! ```
//! with the words of WIT before each name, and whether it is read (`Lift`) or given (`Lower`).

#[cfg(feature = "component")]
macro_rules! wit {
    ($(#[$meta:meta])* $vis:vis record $name:ident: [$($way:ident)+] {
        $($word:tt $field_vis:vis $field:ident: $ty:ty,)+
    }) => {
        $(#[$meta])*
        #[derive(wasmtime::component::ComponentType, $(wasmtime::component::$way),+)]
        #[component(record)]
        $vis struct $name {
            $(#[component(name = $word)] $field_vis $field: $ty,)+
        }
    };
    ($(#[$meta:meta])* $vis:vis variant $name:ident: [$($way:ident)+] {
        $($word:tt $case:ident $(($ty:ty))?,)+
    }) => {
        $(#[$meta])*
        #[derive(wasmtime::component::ComponentType, $(wasmtime::component::$way),+)]
        #[component(variant)]
        #[allow(dead_code, reason = "one side alone makes some of the cases")]
        $vis enum $name {
            $(#[component(name = $word)] $case $(($ty))?,)+
        }
    };
    ($(#[$meta:meta])* $vis:vis enumeration $name:ident: [$($way:ident)+] {
        $($word:tt $case:ident,)+
    }) => {
        $(#[$meta])*
        #[derive(Clone, Copy)]
        #[derive(wasmtime::component::ComponentType, $(wasmtime::component::$way),+)]
        #[component(enum)]
        #[repr(u8)]
        #[allow(dead_code, reason = "one side alone makes some of the cases")]
        $vis enum $name {
            $(#[component(name = $word)] $case,)+
        }
    };
    ($(#[$meta:meta])* $vis:vis flags $name:ident { $($word:tt $flag:ident,)+ }) => {
        wasmtime::component::flags! {
            $name { $(#[component(name = $word)] const $flag;)+ }
        }
    };
}

#[cfg(not(feature = "component"))]
macro_rules! wit {
    ($(#[$meta:meta])* $vis:vis record $name:ident: [$($way:ident)+] $body:tt) => {
        wit!(@struct [$(#[$meta])*] $vis $name $body);
        $(wit!(@$way record $name $body);)+
    };
    ($(#[$meta:meta])* $vis:vis variant $name:ident: [$($way:ident)+] $body:tt) => {
        wit!(@enum [$(#[$meta])*] $vis $name $body);
        $(wit!(@$way variant $name $body);)+
    };
    ($(#[$meta:meta])* $vis:vis enumeration $name:ident: [$($way:ident)+] $body:tt) => {
        wit!(@enumeration [$(#[$meta])*] $vis $name $body);
        $(wit!(@$way enumeration $name $body);)+
    };
    ($vis:vis flags $name:ident { $($word:tt $flag:ident,)+ }) => {
        #[derive(Clone, Copy, Default, PartialEq, Eq)]
        $vis struct $name(u8);

        impl $name {
            wit!(@flag 0; $($flag)+);
        }

        impl $crate::flattened::ComponentType for $name {
            const BYTES: u32 = 1;
            const ALIGN: u32 = 1;
            const FLAT: usize = 1;
        }

        impl $crate::flattened::Lift for $name {
            fn lift(
                from: &$crate::flattened::Lifting<'_>,
                flat: &mut $crate::flattened::Flat<'_>,
            ) -> wasmtime::Result<Self> {
                Ok($name($crate::flattened::Lift::lift(from, flat)?))
            }

            fn load(from: &$crate::flattened::Lifting<'_>, at: u32) -> wasmtime::Result<Self> {
                Ok($name($crate::flattened::Lift::load(from, at)?))
            }
        }

        impl $crate::flattened::Lower for $name {
            fn store<B: 'static>(
                self,
                to: &mut $crate::flattened::Lowering<'_, '_, B>,
                at: u32,
            ) -> wasmtime::Result<()> {
                to.put(at, &[self.0])
            }
        }
    };
    (@flag $bit:expr; $first:ident $($rest:ident)*) => {
        #[allow(dead_code, reason = "guests give them")]
        pub(crate) const $first: Self = Self(1 << ($bit));
        wit!(@flag $bit + 1; $($rest)*);
    };
    (@flag $bit:expr;) => {};

    (@struct [$($meta:tt)*] $vis:vis $name:ident {
        $($word:tt $field_vis:vis $field:ident: $ty:ty,)+
    }) => {
        $($meta)*
        $vis struct $name { $($field_vis $field: $ty,)+ }

        impl $crate::flattened::ComponentType for $name {
            const ALIGN: u32 = {
                let mut align = 1;
                $(align = $crate::flattened::greatest(
                    align,
                    <$ty as $crate::flattened::ComponentType>::ALIGN,
                );)+
                align
            };
            const BYTES: u32 = {
                let mut end = 0;
                $(end = $crate::flattened::aligned(
                    end,
                    <$ty as $crate::flattened::ComponentType>::ALIGN,
                ) + <$ty as $crate::flattened::ComponentType>::BYTES;)+
                $crate::flattened::aligned(end, Self::ALIGN)
            };
            const FLAT: usize = 0 $(+ <$ty as $crate::flattened::ComponentType>::FLAT)+;
        }
    };
    (@Lift record $name:ident { $($word:tt $field_vis:vis $field:ident: $ty:ty,)+ }) => {
        impl $crate::flattened::Lift for $name {
            fn lift(
                from: &$crate::flattened::Lifting<'_>,
                flat: &mut $crate::flattened::Flat<'_>,
            ) -> wasmtime::Result<Self> {
                Ok($name { $($field: <$ty as $crate::flattened::Lift>::lift(from, flat)?,)+ })
            }

            fn load(from: &$crate::flattened::Lifting<'_>, at: u32) -> wasmtime::Result<Self> {
                let mut end = at;
                $(
                    let place = $crate::flattened::aligned(
                        end,
                        <$ty as $crate::flattened::ComponentType>::ALIGN,
                    );
                    end = place + <$ty as $crate::flattened::ComponentType>::BYTES;
                    let $field = <$ty as $crate::flattened::Lift>::load(from, place)?;
                )+
                let _end = end;
                Ok($name { $($field,)+ })
            }
        }
    };
    (@Lower record $name:ident { $($word:tt $field_vis:vis $field:ident: $ty:ty,)+ }) => {
        impl $crate::flattened::Lower for $name {
            fn store<B: 'static>(
                self,
                to: &mut $crate::flattened::Lowering<'_, '_, B>,
                at: u32,
            ) -> wasmtime::Result<()> {
                let mut end = at;
                $(
                    let place = $crate::flattened::aligned(
                        end,
                        <$ty as $crate::flattened::ComponentType>::ALIGN,
                    );
                    end = place + <$ty as $crate::flattened::ComponentType>::BYTES;
                    $crate::flattened::Lower::store(self.$field, to, place)?;
                )+
                let _end = end;
                Ok(())
            }
        }
    };

    (@enum [$($meta:tt)*] $vis:vis $name:ident { $($word:tt $case:ident $(($ty:ty))?,)+ }) => {
        $($meta)*
        #[allow(dead_code, reason = "one side alone makes some of the cases")]
        $vis enum $name { $($case $(($ty))?,)+ }

        impl $crate::flattened::ComponentType for $name {
            /// Where the payload lies.
            const ALIGN: u32 = {
                let mut align = 1;
                $($(align = $crate::flattened::greatest(
                    align,
                    <$ty as $crate::flattened::ComponentType>::ALIGN,
                );)?)+
                align
            };
            const BYTES: u32 = {
                let mut payload = 0;
                $($(payload = $crate::flattened::greatest(
                    payload,
                    <$ty as $crate::flattened::ComponentType>::BYTES,
                );)?)+
                $crate::flattened::aligned(Self::ALIGN + payload, Self::ALIGN)
            };
            const FLAT: usize = {
                let mut payload = 0;
                $($(payload = $crate::flattened::greatest(
                    payload,
                    <$ty as $crate::flattened::ComponentType>::FLAT as u32,
                );)?)+
                1 + payload as usize
            };
        }
    };
    (@Lift variant $name:ident { $($word:tt $case:ident $(($ty:ty))?,)+ }) => {
        impl $crate::flattened::Lift for $name {
            fn lift(
                from: &$crate::flattened::Lifting<'_>,
                flat: &mut $crate::flattened::Flat<'_>,
            ) -> wasmtime::Result<Self> {
                enum Number { $($case),+ }
                let found = flat.next()? as u32;
                let mut payload =
                    flat.part(<Self as $crate::flattened::ComponentType>::FLAT - 1);
                let _unused = (from, &mut payload);
                $(if found == Number::$case as u32 {
                    return Ok($name::$case $((
                        <$ty as $crate::flattened::Lift>::lift(from, &mut payload)?
                    ))?);
                })+
                Err($crate::flattened::AbiError::Discriminant { found }.into())
            }

            fn load(from: &$crate::flattened::Lifting<'_>, at: u32) -> wasmtime::Result<Self> {
                enum Number { $($case),+ }
                let found = u32::from(<u8 as $crate::flattened::Lift>::load(from, at)?);
                let payload = at + <Self as $crate::flattened::ComponentType>::ALIGN;
                let _unused = payload;
                $(if found == Number::$case as u32 {
                    return Ok($name::$case $((
                        <$ty as $crate::flattened::Lift>::load(from, payload)?
                    ))?);
                })+
                Err($crate::flattened::AbiError::Discriminant { found }.into())
            }
        }
    };
    (@Lower variant $name:ident { $($word:tt $case:ident $(($ty:ty))?,)+ }) => {
        impl $crate::flattened::Lower for $name {
            fn store<B: 'static>(
                self,
                to: &mut $crate::flattened::Lowering<'_, '_, B>,
                at: u32,
            ) -> wasmtime::Result<()> {
                enum Number { $($case),+ }
                let payload = at + <Self as $crate::flattened::ComponentType>::ALIGN;
                let _unused = payload;
                match self {
                    $($name::$case $((wit!(@bind value $ty)))? => {
                        to.put(at, &[Number::$case as u8])?;
                        $(<$ty as $crate::flattened::Lower>::store(value, to, payload)?;)?
                    })+
                }
                Ok(())
            }
        }
    };
    (@bind $value:ident $ty:ty) => { $value };

    (@enumeration [$($meta:tt)*] $vis:vis $name:ident { $($word:tt $case:ident,)+ }) => {
        $($meta)*
        #[derive(Clone, Copy)]
        #[repr(u8)]
        #[allow(dead_code, reason = "one side alone makes some of the cases")]
        $vis enum $name { $($case,)+ }

        impl $crate::flattened::ComponentType for $name {
            const BYTES: u32 = 1;
            const ALIGN: u32 = 1;
            const FLAT: usize = 1;
        }
    };
    (@Lift enumeration $name:ident { $($word:tt $case:ident,)+ }) => {
        impl $name {
            fn of(found: u32) -> wasmtime::Result<Self> {
                $(if found == $name::$case as u32 {
                    return Ok($name::$case);
                })+
                Err($crate::flattened::AbiError::Discriminant { found }.into())
            }
        }

        impl $crate::flattened::Lift for $name {
            fn lift(
                _: &$crate::flattened::Lifting<'_>,
                flat: &mut $crate::flattened::Flat<'_>,
            ) -> wasmtime::Result<Self> {
                $name::of(flat.next()? as u32)
            }

            fn load(from: &$crate::flattened::Lifting<'_>, at: u32) -> wasmtime::Result<Self> {
                $name::of(u32::from(<u8 as $crate::flattened::Lift>::load(from, at)?))
            }
        }
    };
    (@Lower enumeration $name:ident $body:tt) => {
        impl $crate::flattened::Lower for $name {
            fn lower<B: 'static>(
                self,
                _: &mut $crate::flattened::Lowering<'_, '_, B>,
            ) -> wasmtime::Result<u64> {
                Ok(u64::from(self as u8))
            }

            fn store<B: 'static>(
                self,
                to: &mut $crate::flattened::Lowering<'_, '_, B>,
                at: u32,
            ) -> wasmtime::Result<()> {
                to.put(at, &[self as u8])
            }
        }
    };
}

pub(crate) use wit;

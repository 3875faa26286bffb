//! A guest as a host function sees it: memories to read and write, room by its `realloc`, its
//! flags, its handles.

use alloc::{borrow::Cow, vec::Vec};
use core::{cell::Cell, marker::PhantomData};

use wasmtime::{Global, Memory, Result, Trap, TypedFunc, Val};

use super::{
    error::AbiError,
    handles::Handles,
    import::Side,
    layout::{ComponentType, Flat, Lift},
};
use crate::host::Call;

/// What a store keeps of its instance.
#[derive(Default)]
pub(crate) struct Guest {
    pub(super) memories: Vec<Memory>,
    pub(super) reallocs: Vec<Realloc>,
    pub(super) flags: Vec<Global>,
    pub(super) handles: Handles,
}

pub(super) type Realloc = TypedFunc<(u32, u32, u32, u32), u32>;

/// Bit of the flags that says that the instance may call out.
const MAY_LEAVE: i32 = 1;

/// Reads parameters.
pub(crate) struct Lifting<'a> {
    memory: Option<(Memory, &'a [u8])>,
    handles: &'a Handles,
    side: &'a Side,
    /// What the host may still copy for this call.
    left_bytes: Cell<usize>,
}

impl<'a> Lifting<'a> {
    pub(super) fn new<B: 'static>(call: &'a Call<'_, B>, side: &'a Side) -> Lifting<'a> {
        let host = call.data();
        let memory = side
            .memory
            .and_then(|number| host.guest.memories.get(number as usize));
        Lifting {
            memory: memory.map(|memory| (*memory, memory.data(call))),
            handles: &host.guest.handles,
            side,
            left_bytes: Cell::new(host.settings.call_bytes),
        }
    }

    /// So many bytes of memory.
    pub(crate) fn bytes(&self, at: u32, length: u32) -> Result<&'a [u8]> {
        let (_, memory) = self.memory.ok_or(AbiError::Missing { what: "memory" })?;
        let rest = memory.get(at as usize..).ok_or(AbiError::Bounds)?;
        let bytes = rest.get(..length as usize).ok_or(AbiError::Bounds)?;
        Ok(bytes)
    }

    /// The host copies so many bytes.
    pub(super) fn pay(&self, bytes: usize) -> Result<()> {
        let left = self.left_bytes.get().checked_sub(bytes);
        self.left_bytes.set(left.ok_or(AbiError::TooMuch)?);
        Ok(())
    }

    /// What a handle of the guest's stands for.
    pub(super) fn entry<T: 'static>(&self, handle: u32) -> Result<u32> {
        Ok(self.handles.entry::<T>(handle, &self.side.taken)?)
    }

    /// Bytes that stay where they are; who takes them may copy them, so they are paid for.
    fn place(&self, at: u32, length: u32, error: AbiError) -> Result<Place> {
        let (memory, _) = self.memory.ok_or(AbiError::Missing { what: "memory" })?;
        self.bytes(at, length).map_err(|_| error)?;
        self.pay(length as usize)?;
        Ok(Place { memory, at, length })
    }
}

/// Writes results.
pub(crate) struct Lowering<'a, 'b, B: 'static> {
    pub(super) call: &'a mut Call<'b, B>,
    pub(super) side: &'a Side,
}

impl<B: 'static> Lowering<'_, '_, B> {
    fn memory(&self) -> Result<Memory> {
        let memories = &self.call.data().guest.memories;
        let memory = self
            .side
            .memory
            .and_then(|number| memories.get(number as usize));
        Ok(*memory.ok_or(AbiError::Missing { what: "memory" })?)
    }

    /// Writes bytes.
    pub(crate) fn put(&mut self, at: u32, bytes: &[u8]) -> Result<()> {
        let memory = self.memory()?;
        let rest = memory.data_mut(&mut *self.call).get_mut(at as usize..);
        let place = rest.and_then(|rest| rest.get_mut(..bytes.len()));
        place.ok_or(AbiError::Bounds)?.copy_from_slice(bytes);
        Ok(())
    }

    /// Room that the guest makes.
    pub(super) fn room(&mut self, align: u32, bytes: usize) -> Result<u32> {
        let bytes = u32::try_from(bytes).map_err(|_| AbiError::ReallocBounds)?;
        let reallocs = &self.call.data().guest.reallocs;
        let number = self.side.realloc.unwrap_or(u16::MAX);
        let realloc = reallocs.get(number as usize);
        let realloc = realloc
            .ok_or(AbiError::Missing { what: "realloc" })?
            .clone();
        let place = realloc.call(&mut *self.call, (0, 0, align, bytes))?;
        if !place.is_multiple_of(align) {
            return Err(AbiError::ReallocAlignment.into());
        }
        let end = u64::from(place) + u64::from(bytes);
        let memory_bytes = self.memory()?.data_size(&*self.call) as u64;
        match end <= memory_bytes {
            true => Ok(place),
            false => Err(AbiError::ReallocBounds.into()),
        }
    }

    /// While the guest makes room it must not call out.
    pub(super) fn staying<R>(&mut self, write: impl FnOnce(&mut Self) -> Result<R>) -> Result<R> {
        let flags = flags(self.call, self.side);
        let Some(flags) = flags else {
            return write(self);
        };
        let before = value(self.call, flags);
        flags.set(&mut *self.call, Val::I32(before & !MAY_LEAVE))?;
        let written = write(self)?;
        flags.set(&mut *self.call, Val::I32(before))?;
        Ok(written)
    }
}

fn flags<B: 'static>(call: &Call<'_, B>, side: &Side) -> Option<Global> {
    let flags = &call.data().guest.flags;
    flags.get(usize::from(side.flags?)).copied()
}

fn value<B: 'static>(call: &mut Call<'_, B>, flags: Global) -> i32 {
    flags.get(&mut *call).i32().unwrap_or_default()
}

/// Whether the guest may call the host now.
pub(super) fn may_leave<B: 'static>(call: &mut Call<'_, B>, side: &Side) -> Result<()> {
    match flags(call, side) {
        Some(flags) if value(call, flags) & MAY_LEAVE == 0 => {
            Err(Trap::CannotLeaveComponent.into())
        }
        _ => Ok(()),
    }
}

/// Bytes that lie in a guest's memory; it never shrinks.
#[derive(Debug, Clone, Copy)]
struct Place {
    memory: Memory,
    at: u32,
    length: u32,
}

impl Place {
    fn bytes<'a, B: 'static>(&self, call: &'a Call<'_, B>) -> &'a [u8] {
        let (at, length) = (self.at as usize, self.length as usize);
        let rest = self.memory.data(call).get(at..);
        let bytes = rest.and_then(|rest| rest.get(..length));
        bytes.unwrap_or_default()
    }
}

/// A list of bytes that stays where the guest has it.
pub(crate) struct WasmList<T> {
    place: Place,
    element: PhantomData<T>,
}

impl WasmList<u8> {
    pub(crate) fn len(&self) -> usize {
        self.place.length as usize
    }

    pub(crate) fn as_le_slice<'a, B: 'static>(&self, call: &'a Call<'_, B>) -> &'a [u8] {
        self.place.bytes(call)
    }
}

impl ComponentType for WasmList<u8> {
    const BYTES: u32 = 8;
    const ALIGN: u32 = 4;
    const FLAT: usize = 2;
}

impl Lift for WasmList<u8> {
    fn lift(from: &Lifting<'_>, flat: &mut Flat<'_>) -> Result<Self> {
        let (at, length) = (flat.next()? as u32, flat.next()? as u32);
        Ok(WasmList {
            place: from.place(at, length, AbiError::ListBounds)?,
            element: PhantomData,
        })
    }

    fn load(from: &Lifting<'_>, at: u32) -> Result<Self> {
        let values = [u32::load(from, at)?, u32::load(from, at + 4)?];
        Self::lift(from, &mut Flat::new(&values.map(u64::from)))
    }
}

/// A text that stays where the guest has it.
pub(crate) struct WasmStr {
    place: Place,
}

impl WasmStr {
    pub(crate) fn to_str<'a, B: 'static>(&self, call: &'a Call<'_, B>) -> Result<Cow<'a, str>> {
        let text = core::str::from_utf8(self.place.bytes(call));
        Ok(Cow::Borrowed(text.map_err(|_| AbiError::Utf8)?))
    }
}

impl ComponentType for WasmStr {
    const BYTES: u32 = 8;
    const ALIGN: u32 = 4;
    const FLAT: usize = 2;
}

impl Lift for WasmStr {
    fn lift(from: &Lifting<'_>, flat: &mut Flat<'_>) -> Result<Self> {
        let (at, length) = (flat.next()? as u32, flat.next()? as u32);
        Ok(WasmStr {
            place: from.place(at, length, AbiError::StringBounds)?,
        })
    }

    fn load(from: &Lifting<'_>, at: u32) -> Result<Self> {
        let values = [u32::load(from, at)?, u32::load(from, at + 4)?];
        Self::lift(from, &mut Flat::new(&values.map(u64::from)))
    }
}

//! Handles among parameters and results.

use wasmtime::Result;

use super::{
    error::AbiError,
    guest::{Lifting, Lowering},
    layout::{ComponentType, Flat, Lift, Lower},
    table::Resource,
};

impl<T> ComponentType for Resource<T> {
    const BYTES: u32 = 4;
    const ALIGN: u32 = 4;
    const FLAT: usize = 1;
}

impl<T: 'static> Lift for Resource<T> {
    fn lift(from: &Lifting<'_>, flat: &mut Flat<'_>) -> Result<Self> {
        Ok(Resource::new_own(from.entry::<T>(flat.next()? as u32)?))
    }

    fn load(from: &Lifting<'_>, at: u32) -> Result<Self> {
        Ok(Resource::new_own(from.entry::<T>(u32::load(from, at)?)?))
    }
}

impl<T: 'static> Lower for Resource<T> {
    fn lower<B: 'static>(self, to: &mut Lowering<'_, '_, B>) -> Result<u64> {
        let table = to.side.made;
        let table = table.ok_or(AbiError::Missing { what: "table" })?;
        let handles = &mut to.call.data_mut().guest.handles;
        Ok(u64::from(handles.make::<T>(table, self.rep())?))
    }

    fn store<B: 'static>(self, to: &mut Lowering<'_, '_, B>, at: u32) -> Result<()> {
        let handle = self.lower(to)? as u32;
        handle.store(to, at)
    }
}

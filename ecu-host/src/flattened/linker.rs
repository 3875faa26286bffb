//! Where interfaces define their functions, and how a call with core values becomes one of a typed
//! function. Knows no interface and no module.

use alloc::{string::String, sync::Arc, vec::Vec};
use core::any::TypeId;

use wasmtime::{AsContextMut, Result};

use super::{
    compound::ComponentNamedList,
    error::AbiError,
    guest::{Lifting, Lowering},
    import::Side,
    layout::{Flat, Lift, Lower},
    table::ResourceType,
};
use crate::host::{Call, Host};

/// More parameters would lie in memory; no interface of an ECU has as many.
pub(super) const FLAT_PARAMETERS: usize = 16;

/// A function with its parameters as bits, and where its result goes as the last one where it is
/// more than a core value.
type Entry<B> = dyn Fn(Call<'_, B>, &Side, &[u64]) -> Result<u64> + Send + Sync;
type Destructor<B> = dyn Fn(Call<'_, B>, u32) -> Result<()> + Send + Sync;

/// A function of an interface.
pub(super) struct Function<B: 'static> {
    interface: &'static str,
    name: String,
    /// Core values that it takes.
    pub(super) parameters: usize,
    /// Core values that it gives.
    pub(super) results: usize,
    pub(super) entry: Arc<Entry<B>>,
}

/// What interfaces have defined.
pub(super) struct Functions<B: 'static> {
    list: Vec<Function<B>>,
    destructors: Vec<(TypeId, Arc<Destructor<B>>)>,
}

impl<B: 'static> Functions<B> {
    pub(super) fn new() -> Functions<B> {
        Functions {
            list: Vec::new(),
            destructors: Vec::new(),
        }
    }

    /// Where an interface defines its functions.
    pub(super) fn instance(&mut self, interface: &'static str) -> LinkerInstance<'_, Host<B>> {
        LinkerInstance {
            interface,
            functions: self,
        }
    }

    pub(super) fn find(&self, interface: &str, name: &str) -> Option<&Function<B>> {
        let mut list = self.list.iter();
        list.find(|function| function.interface == interface && function.name == name)
    }

    pub(super) fn into_destructors(self) -> Destructors<B> {
        Destructors(self.destructors.into())
    }
}

/// What ends the things behind handles.
pub(super) struct Destructors<B: 'static>(Arc<[(TypeId, Arc<Destructor<B>>)]>);

impl<B: 'static> Clone for Destructors<B> {
    fn clone(&self) -> Self {
        Destructors(self.0.clone())
    }
}

impl<B: 'static> Destructors<B> {
    pub(super) fn destroy(&self, call: Call<'_, B>, kind: TypeId, rep: u32) -> Result<()> {
        let mut list = self.0.iter();
        let found = list.find(|(other, _)| *other == kind);
        let (_, destructor) = found.ok_or(AbiError::Missing {
            what: "resource type",
        })?;
        destructor(call, rep)
    }
}

/// One interface while it is defined.
pub(crate) struct LinkerInstance<'a, T: AnyHost> {
    interface: &'static str,
    functions: &'a mut Functions<T::Board>,
}

/// The board of a host, so that an instance is named by the store's data, as the engine's is.
pub(crate) trait AnyHost {
    type Board: 'static;
}

impl<B: 'static> AnyHost for Host<B> {
    type Board = B;
}

impl<B: 'static> LinkerInstance<'_, Host<B>> {
    /// A function of the interface.
    pub(crate) fn func_wrap<P, R>(
        &mut self,
        name: &str,
        function: impl Fn(Call<'_, B>, P) -> Result<R> + Send + Sync + 'static,
    ) -> Result<()>
    where
        P: ComponentNamedList + Lift + 'static,
        R: ComponentNamedList + Lower + 'static,
    {
        const { assert!(P::FLAT <= FLAT_PARAMETERS) };
        let entry = move |mut call: Call<'_, B>, side: &Side, values: &[u64]| {
            let mut flat = Flat::new(values);
            let parameters = P::lift(&Lifting::new(&call, side), &mut flat)?;
            let result = function(call.as_context_mut(), parameters)?;
            let mut lowering = Lowering {
                call: &mut call,
                side,
            };
            match R::FLAT {
                0 | 1 => result.lower(&mut lowering),
                _ => answer(&mut lowering, result, flat.next()? as u32),
            }
        };
        let (in_memory, flat) = match R::FLAT {
            0 | 1 => (0, R::FLAT),
            _ => (1, 0),
        };
        self.functions.list.push(Function {
            interface: self.interface,
            name: String::from(name),
            parameters: P::FLAT + in_memory,
            results: flat,
            entry: Arc::new(entry),
        });
        Ok(())
    }

    /// A resource of the interface, and what happens when its owner gives it back.
    pub(crate) fn resource(
        &mut self,
        _name: &str,
        of: ResourceType,
        destructor: impl Fn(Call<'_, B>, u32) -> Result<()> + Send + Sync + 'static,
    ) -> Result<()> {
        let entry: Arc<Destructor<B>> = Arc::new(destructor);
        self.functions.destructors.push((of.kind, entry));
        Ok(())
    }
}

/// Writes a result where the guest wants it.
fn answer<B: 'static, R: Lower>(
    lowering: &mut Lowering<'_, '_, B>,
    result: R,
    at: u32,
) -> Result<u64> {
    if !at.is_multiple_of(R::ALIGN) {
        return Err(AbiError::Alignment.into());
    }
    lowering.staying(|lowering| result.store(lowering, at))?;
    Ok(0)
}

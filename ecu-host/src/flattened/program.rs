//! From a flattened module to its tasks: what its imports are, and what the host keeps of its
//! instance. Knows nothing of time or order.

use alloc::{format, string::ToString, vec::Vec};

use deployment::Partition;
use wasmtime::{
    AsContextMut, Caller, Engine, ExternType, FuncType, Instance, InstancePre, Linker, Module,
    Result, Store, Trap, TypedFunc, Val, ValType,
};

use super::{
    error::AbiError,
    guest::{Guest, may_leave},
    handles::Dropped,
    import::{FLAGS, Import, MEMORY, REALLOC, START, Side},
    linker::{Destructors, FLAT_PARAMETERS, Functions},
};
use crate::{
    LoadError,
    board::Board,
    host::{Call, Host},
    misuse::Misuse,
    served::{Interfaces, is_absent},
};

/// A task as the engine calls it.
pub(crate) type TaskFunc = TypedFunc<(), ()>;

/// A module with all its imports answered.
pub(crate) struct Program<B: 'static> {
    pre: InstancePre<Host<B>>,
}

impl<B: Board + 'static> Program<B> {
    /// Holds the module against the table, and answers its imports.
    pub(crate) fn new(
        engine: &Engine,
        module: &Module,
        table: &Partition,
    ) -> Result<Program<B>, LoadError> {
        for task in &table.tasks {
            let is_task = |ty: ExternType| {
                ty.func()
                    .is_some_and(|ty| ty.params().len() + ty.results().len() == 0)
            };
            if !module.get_export(&task.name).is_some_and(is_task) {
                return Err(LoadError::MissingTask {
                    partition: table.name.clone(),
                    task: task.name.clone(),
                });
            }
        }
        let pre = link(engine, module, &table.name)?;
        Ok(Program { pre })
    }

    /// The instance's tasks, in the table's order.
    pub(crate) fn start(
        &self,
        store: &mut Store<Host<B>>,
        table: &Partition,
    ) -> Result<Vec<TaskFunc>> {
        let instance = self.pre.instantiate(&mut *store)?;
        let guest = reached(&instance, store)?;
        store.data_mut().guest = guest;
        if let Some(start) = instance.get_func(&mut *store, START) {
            start.typed::<(), ()>(&*store)?.call(&mut *store, ())?;
        }
        let tasks = table.tasks.iter();
        tasks
            .map(|task| instance.get_typed_func(&mut *store, &task.name))
            .collect()
    }
}

/// Bytes that one call may make the host copy are counted where they are: see `Lifting`.
pub(crate) fn limit_copies<B>(_: &mut Store<Host<B>>, _call_bytes: usize) {}

/// What the imports name by number.
fn reached<B: 'static>(instance: &Instance, store: &mut Store<Host<B>>) -> Result<Guest> {
    let mut guest = Guest::default();
    while let Some(memory) =
        instance.get_memory(&mut *store, &format!("{MEMORY}{}", guest.memories.len()))
    {
        guest.memories.push(memory);
    }
    while let Some(realloc) =
        instance.get_func(&mut *store, &format!("{REALLOC}{}", guest.reallocs.len()))
    {
        guest.reallocs.push(realloc.typed(&*store)?);
    }
    while let Some(flags) =
        instance.get_global(&mut *store, &format!("{FLAGS}{}", guest.flags.len()))
    {
        guest.flags.push(flags);
    }
    Ok(guest)
}

fn link<B: Board + 'static>(
    engine: &Engine,
    module: &Module,
    partition: &str,
) -> Result<InstancePre<Host<B>>, LoadError> {
    let failed = |error: wasmtime::Error| LoadError::Link {
        partition: partition.to_string(),
        reason: format!("{error:#}"),
    };
    let mut functions = Functions::new();
    for interface in Interfaces::<B>::all() {
        (interface.define)(&mut functions.instance(interface.name)).map_err(failed)?;
    }
    let mut linker = Linker::new(engine);
    // Two instances of a component import the same by the same name.
    linker.allow_shadowing(true);
    let mut intrinsics = Vec::new();
    for import in module.imports() {
        let (place, name) = (import.module(), import.name());
        let ExternType::Func(ty) = import.ty() else {
            return Err(unserved(partition, place, name));
        };
        match Import::read(place, name) {
            Some(Import::Function {
                interface,
                function,
                side,
            }) => {
                let answered = answer(&functions, &interface, &function, side, &ty);
                let answered =
                    answered.ok_or_else(|| unserved(partition, &interface, &function))?;
                define(&mut linker, place, name, ty, answered).map_err(failed)?;
            }
            Some(intrinsic) => intrinsics.push((place, name, ty, intrinsic)),
            None => return Err(unserved(partition, place, name)),
        }
    }
    let destructors = functions.into_destructors();
    for (place, name, ty, intrinsic) in intrinsics {
        let answered = intrinsic_answer(intrinsic, &destructors);
        define(&mut linker, place, name, ty, answered).map_err(failed)?;
    }
    linker.instantiate_pre(module).map_err(failed)
}

fn unserved(partition: &str, interface: &str, function: &str) -> LoadError {
    LoadError::Unserved {
        partition: partition.to_string(),
        import: format!("{interface}#{function}"),
    }
}

/// What answers an import: bits in, bits out.
type Answer<B> = alloc::boxed::Box<dyn Fn(Call<'_, B>, &[u64]) -> Result<u64> + Send + Sync>;

/// None for a function that is not served, or has another type.
fn answer<B: Board + 'static>(
    functions: &Functions<B>,
    interface: &str,
    function: &str,
    side: Side,
    ty: &FuncType,
) -> Option<Answer<B>> {
    let (name, version) = interface.split_once('@').unwrap_or((interface, ""));
    let served = Interfaces::<B>::find(name, version);
    let found = served.and_then(|served| functions.find(served.name, function));
    let Some(found) = found else {
        let function = format!("{interface}#{function}");
        let trap = move |_: Call<'_, B>, _: &[u64]| {
            let function = function.clone();
            Err(Misuse::Unserved { function }.into())
        };
        return is_absent(name, version).then(|| alloc::boxed::Box::new(trap) as Answer<B>);
    };
    let fits = (ty.params().len(), ty.results().len()) == (found.parameters, found.results);
    let entry = found.entry.clone();
    fits.then(|| {
        let answer = move |mut call: Call<'_, B>, values: &[u64]| {
            may_leave(&mut call, &side)?;
            entry(call, &side, values)
        };
        alloc::boxed::Box::new(answer) as Answer<B>
    })
}

fn intrinsic_answer<B: 'static>(intrinsic: Import, destructors: &Destructors<B>) -> Answer<B> {
    let destructors = destructors.clone();
    alloc::boxed::Box::new(move |mut call: Call<'_, B>, values: &[u64]| {
        let value = |position: usize| values.get(position).copied().unwrap_or_default() as u32;
        let handles = &mut call.data_mut().guest.handles;
        match &intrinsic {
            Import::Drop { table } => {
                if let Dropped::Own { kind, rep } = handles.remove(value(0), *table)? {
                    destructors.destroy(call, kind, rep)?;
                }
                Ok(0)
            }
            Import::MoveOwn => Ok(handles.hand_over(value(0), value(1), value(2))?.into()),
            Import::Lend => Ok(handles.lend(value(0), value(1), value(2))?.into()),
            Import::CopyUtf8 { from, to } => {
                copy_utf8(&mut call, *from, *to, [value(0), value(1), value(2)])?;
                Ok(0)
            }
            Import::Trap => {
                let trap = u8::try_from(value(0)).ok().and_then(Trap::from_u8);
                Err(trap.unwrap_or(Trap::UnreachableCodeReached).into())
            }
            Import::Function { .. } => Err(AbiError::Missing { what: "intrinsic" }.into()),
        }
    })
}

/// From one memory to another, by a buffer: the engine lends one of them at a time.
fn copy_utf8<B: 'static>(
    call: &mut Call<'_, B>,
    from: u32,
    to: u32,
    [source, bytes, target]: [u32; 3],
) -> Result<()> {
    let memories = &call.data().guest.memories;
    let memory = |number: u32| memories.get(number as usize).copied();
    let both = memory(from).zip(memory(to));
    let (from, to) = both.ok_or(AbiError::Missing { what: "memory" })?;
    let text = from.data(&*call).get(source as usize..);
    let text = text.and_then(|rest| rest.get(..bytes as usize));
    let text = text.ok_or(AbiError::StringBounds)?;
    core::str::from_utf8(text).map_err(|_| AbiError::Utf8)?;
    let mut buffer = [0; 64];
    for begin in (0..bytes).step_by(buffer.len()) {
        let length = (bytes - begin).min(buffer.len() as u32) as usize;
        let part = buffer.get_mut(..length).unwrap_or_default();
        from.read(&*call, (source + begin) as usize, part)?;
        to.write(&mut *call, target as usize + begin as usize, part)?;
    }
    Ok(())
}

fn define<B: 'static>(
    linker: &mut Linker<Host<B>>,
    module: &str,
    name: &str,
    ty: FuncType,
    answer: Answer<B>,
) -> Result<()> {
    let result = ty.results().next().map(Kind::of);
    let entry = move |mut caller: Caller<'_, Host<B>>, values: &[Val], results: &mut [Val]| {
        let mut bits = [0; FLAT_PARAMETERS + 1];
        for (place, value) in bits.iter_mut().zip(values) {
            *place = bits_of(value);
        }
        let bits = bits.get(..values.len()).unwrap_or_default();
        let answered = answer(caller.as_context_mut(), bits)?;
        if let (Some(place), Some(kind)) = (results.first_mut(), result) {
            *place = kind.value(answered);
        }
        Ok(())
    };
    linker.func_new(module, name, ty, entry)?;
    Ok(())
}

fn bits_of(value: &Val) -> u64 {
    match value {
        Val::I32(value) => u64::from(value.cast_unsigned()),
        Val::I64(value) => value.cast_unsigned(),
        Val::F32(bits) => u64::from(*bits),
        Val::F64(bits) => *bits,
        _ => 0,
    }
}

/// A type of core values, smaller than the engine's.
#[derive(Clone, Copy)]
enum Kind {
    I32,
    I64,
    F32,
    F64,
}

impl Kind {
    fn of(ty: ValType) -> Kind {
        match ty {
            ValType::I64 => Kind::I64,
            ValType::F32 => Kind::F32,
            ValType::F64 => Kind::F64,
            _ => Kind::I32,
        }
    }

    fn value(self, bits: u64) -> Val {
        match self {
            Kind::I32 => Val::I32((bits as u32).cast_signed()),
            Kind::I64 => Val::I64(bits.cast_signed()),
            Kind::F32 => Val::F32(bits as u32),
            Kind::F64 => Val::F64(bits),
        }
    }
}

//! The binding to a partition that is a component, by the engine's own support of the Component
//! Model: joins its imports to the host functions, and finds its tasks. Knows no interface.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use deployment::Partition;
use wasmtime::{
    Engine, Result, Store,
    component::{
        Component, ComponentExportIndex, Instance, InstancePre, Linker, TypedFunc,
        types::ComponentItem,
    },
};

use crate::{
    LoadError,
    absent::trap_the_rest,
    board::Board,
    host::Host,
    served::{Interfaces, is_absent},
};

/// A task as the engine calls it.
pub(crate) type TaskFunc = TypedFunc<(), ()>;

/// What the store keeps of its instance: nothing, the engine keeps it.
#[derive(Default)]
pub(crate) struct Guest {}

/// A component with all its imports served.
pub(crate) struct Program<B: 'static> {
    pre: InstancePre<Host<B>>,
    exports: Vec<ComponentExportIndex>,
}

impl<B: Board + 'static> Program<B> {
    /// Holds the component against the table, and serves its imports.
    pub(crate) fn new(
        engine: &Engine,
        component: &Component,
        table: &Partition,
    ) -> Result<Program<B>, LoadError> {
        let exports = exports(engine, component, table)?;
        let pre = link(engine, component, &table.name)?;
        Ok(Program { pre, exports })
    }

    /// The instance's tasks, in the table's order.
    pub(crate) fn start(&self, store: &mut Store<Host<B>>, _: &Partition) -> Result<Vec<TaskFunc>> {
        self.start_as(store, |pre, store| pre.instantiate(store))
    }

    /// The same, of an instance that is made so.
    pub(crate) fn start_as(
        &self,
        store: &mut Store<Host<B>>,
        make: impl FnOnce(&InstancePre<Host<B>>, &mut Store<Host<B>>) -> Result<Instance>,
    ) -> Result<Vec<TaskFunc>> {
        let instance = make(&self.pre, &mut *store)?;
        let exports = self.exports.iter();
        exports
            .map(|export| instance.get_typed_func(&mut *store, export))
            .collect()
    }
}

/// Bytes that one call may make the host copy.
pub(crate) fn limit_copies<B>(store: &mut Store<Host<B>>, call_bytes: usize) {
    store.set_hostcall_fuel(call_bytes);
}

/// Every task is exported as `func()`.
fn exports(
    engine: &Engine,
    component: &Component,
    table: &Partition,
) -> Result<Vec<ComponentExportIndex>, LoadError> {
    let ty = component.component_type();
    let export = |name: &str| {
        let ComponentItem::ComponentFunc(function) = ty.get_export(engine, name)?.ty else {
            return None;
        };
        let plain = function.params().len() == 0 && function.results().len() == 0;
        component
            .get_export_index(None, name)
            .filter(|_| plain && (!function.async_() || cfg!(feature = "concurrency")))
    };
    let missing = |task: &str| LoadError::MissingTask {
        partition: table.name.clone(),
        task: String::from(task),
    };
    table
        .tasks
        .iter()
        .map(|task| export(&task.name).ok_or_else(|| missing(&task.name)))
        .collect()
}

/// The component with all its imports served.
fn link<B: Board + 'static>(
    engine: &Engine,
    component: &Component,
    partition: &str,
) -> Result<InstancePre<Host<B>>, LoadError> {
    let failed = |error: wasmtime::Error| LoadError::Link {
        partition: partition.to_string(),
        reason: format!("{error:#}"),
    };
    let mut linker = Linker::new(engine);
    for (import, item) in component.component_type().imports(engine) {
        if is_types_only(engine, &item.ty) {
            continue;
        }
        let served = serve(&mut linker, engine, import, &item.ty).map_err(failed)?;
        if served == Served::No {
            let (partition, import) = (partition.to_string(), import.to_string());
            return Err(LoadError::Unserved { partition, import });
        }
    }
    linker.instantiate_pre(component).map_err(failed)
}

/// Types alone need no host: also those of an interface without functions and resources.
fn is_types_only(engine: &Engine, item: &ComponentItem) -> bool {
    match item {
        // A resource at the root names one of an imported interface; one of its own does not link.
        ComponentItem::Type(_) | ComponentItem::Resource(_) => true,
        ComponentItem::ComponentInstance(instance) => instance
            .exports(engine)
            .all(|(_, export)| matches!(export.ty, ComponentItem::Type(_))),
        _ => false,
    }
}

#[derive(PartialEq, Eq)]
enum Served {
    Yes,
    No,
}

fn serve<B: Board + 'static>(
    linker: &mut Linker<Host<B>>,
    engine: &Engine,
    import: &str,
    item: &ComponentItem,
) -> Result<Served> {
    let ComponentItem::ComponentInstance(instance) = item else {
        return Ok(Served::No);
    };
    let (name, version) = import.split_once('@').unwrap_or((import, ""));
    let ours = Interfaces::<B>::find(name, version);
    let is_absent = is_absent(name, version);
    if ours.is_none() && !is_absent {
        return Ok(Served::No);
    }
    let mut place = linker.instance(import)?;
    if let Some(interface) = ours {
        (interface.define)(&mut place)?;
    }
    if is_absent {
        trap_the_rest(&mut place, engine, import, instance)?;
    }
    Ok(Served::Yes)
}

//! Store and tasks instantiated side by side; the host plays the instances and the ECU.

use rte::{Glue, STORE_INPUTS};
use std::{
    collections::{BTreeMap, VecDeque},
    sync::OnceLock,
};
use wasmtime::{
    Engine, Store,
    component::{Component, Instance, Linker, Val, types::ComponentItem},
};

/// What the ECU sees, and what it will say.
#[derive(Debug, Default)]
pub(crate) struct Ecu {
    pub(crate) now_ns: u64,
    pub(crate) published: Vec<(u32, Vec<u8>)>,
    pub(crate) refused: Vec<u32>,
    pub(crate) transmitted: Vec<(u32, Vec<u8>)>,
    pub(crate) waiting: BTreeMap<u32, VecDeque<Vec<u8>>>,
    pub(crate) frames: BTreeMap<u32, VecDeque<Vec<u8>>>,
    /// `enter`ed runnables, and `leave` as `None`.
    pub(crate) meter: Vec<Option<u32>>,
    pub(crate) reports: Vec<(&'static str, Vec<Val>)>,
    /// Arguments of calls to instances, by `port#function` or the name of a root function.
    pub(crate) calls: Vec<(String, Vec<Val>)>,
    /// What instances answer.
    pub(crate) answers: BTreeMap<String, Vec<Val>>,
    pub(crate) limits: wasmtime::StoreLimits,
    /// `set` and `mark` of the store, still to be done.
    inputs: Vec<(&'static str, Vec<Val>)>,
}

pub(crate) struct Partition {
    pub(crate) store: Store<Ecu>,
    tasks: Instance,
    cells: Option<Instance>,
    served: BTreeMap<(String, String), String>,
}

pub(crate) fn engine() -> &'static Engine {
    static ENGINE: OnceLock<Engine> = OnceLock::new();
    ENGINE.get_or_init(Engine::default)
}

pub(crate) fn validate(bytes: &[u8]) {
    wasmparser::Validator::new_with_features(wasmparser::WasmFeatures::default())
        .validate_all(bytes)
        .unwrap();
}

impl Partition {
    pub(crate) fn new(glue: &Glue) -> Self {
        let mut store = Store::new(engine(), Ecu::default());
        let cells = glue.store.as_ref().map(|bytes| {
            validate(bytes);
            let component = Component::new(engine(), bytes).unwrap();
            Linker::new(engine())
                .instantiate(&mut store, &component)
                .unwrap()
        });
        validate(&glue.tasks);
        let component = Component::new(engine(), &glue.tasks).unwrap();
        let mut linker = Linker::new(engine());
        define_ecu(&mut linker);
        define_called(&mut linker, &component, glue);
        let tasks = linker.instantiate(&mut store, &component).unwrap();
        let served = glue
            .served
            .iter()
            .map(|one| ((one.instance.clone(), one.port.clone()), one.export.clone()))
            .collect();
        Self {
            store,
            tasks,
            cells,
            served,
        }
    }

    /// Runs a task, and does to the store what it asked for.
    pub(crate) fn run(&mut self, task: &str) {
        let task = self.tasks.get_func(&mut self.store, task).unwrap();
        task.call(&mut self.store, &[], &mut []).unwrap();
        for (name, arguments) in std::mem::take(&mut self.store.data_mut().inputs) {
            let cells = self.cells.unwrap();
            let inputs = cells
                .get_export_index(&mut self.store, None, STORE_INPUTS)
                .unwrap();
            let index = cells
                .get_export_index(&mut self.store, Some(&inputs), name)
                .unwrap();
            let function = cells.get_func(&mut self.store, index).unwrap();
            function.call(&mut self.store, &arguments, &mut []).unwrap();
        }
    }

    /// What an instance reads at its required port.
    pub(crate) fn read(&mut self, instance: &str, port: &str, function: &str) -> Val {
        let export = &self.served[&(instance.to_owned(), port.to_owned())];
        let cells = self.cells.unwrap();
        let port = cells
            .get_export_index(&mut self.store, None, export)
            .unwrap();
        let index = cells
            .get_export_index(&mut self.store, Some(&port), function)
            .unwrap();
        let getter = cells.get_func(&mut self.store, index).unwrap();
        let mut result = [Val::Bool(false)];
        getter.call(&mut self.store, &[], &mut result).unwrap();
        let [result] = result;
        result
    }

    pub(crate) fn ecu(&mut self) -> &mut Ecu {
        self.store.data_mut()
    }

    /// The arguments of the last call to `function`.
    pub(crate) fn called_with(&mut self, function: &str) -> Vec<Val> {
        let calls = &self.store.data().calls;
        calls
            .iter()
            .rfind(|(name, _)| name == function)
            .unwrap()
            .1
            .clone()
    }
}

fn bytes(value: &Val) -> Vec<u8> {
    let Val::List(values) = value else {
        unreachable!("{value:?}")
    };
    values
        .iter()
        .map(|value| {
            if let Val::U8(byte) = value {
                *byte
            } else {
                unreachable!()
            }
        })
        .collect()
}

pub(crate) fn list(bytes: &[u8]) -> Val {
    Val::List(bytes.iter().copied().map(Val::U8).collect())
}

fn word(value: &Val) -> u32 {
    let Val::U32(word) = value else {
        unreachable!("{value:?}")
    };
    *word
}

pub(crate) fn define_ecu(linker: &mut Linker<Ecu>) {
    let mut clock = linker.instance("wireloom:ecu/clock@0.1.0").unwrap();
    clock
        .func_wrap("now", |context, (): ()| Ok((context.data().now_ns,)))
        .unwrap();
    let mut meter = linker.instance("wireloom:ecu/meter@0.1.0").unwrap();
    meter
        .func_wrap("enter", |mut context, (runnable,): (u32,)| {
            context.data_mut().meter.push(Some(runnable));
            Ok(())
        })
        .unwrap();
    meter
        .func_wrap("leave", |mut context, (): ()| {
            context.data_mut().meter.push(None);
            Ok(())
        })
        .unwrap();
    let mut elements = linker.instance("wireloom:ecu/elements@0.1.0").unwrap();
    elements
        .func_new("publish", |mut context, _, arguments, _| {
            let publication = (word(&arguments[0]), bytes(&arguments[1]));
            context.data_mut().published.push(publication);
            Ok(())
        })
        .unwrap();
    elements
        .func_wrap("refuse", |mut context, (element,): (u32,)| {
            context.data_mut().refused.push(element);
            Ok(())
        })
        .unwrap();
    elements
        .func_wrap("take", |mut context, (element,): (u32,)| {
            let waiting = context.data_mut().waiting.entry(element).or_default();
            Ok((waiting.pop_front(),))
        })
        .unwrap();
    let mut frames = linker.instance("wireloom:ecu/frames@0.1.0").unwrap();
    frames
        .func_new("transmit", |mut context, _, arguments, _| {
            let frame = (word(&arguments[0]), bytes(&arguments[1]));
            context.data_mut().transmitted.push(frame);
            Ok(())
        })
        .unwrap();
    frames
        .func_wrap("take", |mut context, (pdu,): (u32,)| {
            Ok((context
                .data_mut()
                .frames
                .entry(pdu)
                .or_default()
                .pop_front(),))
        })
        .unwrap();
    let mut probes = linker.instance("wireloom:ecu/probes@0.1.0").unwrap();
    for name in ["called", "returned", "pause", "resume"] {
        probes
            .func_new(name, move |mut context, _, arguments, _| {
                context.data_mut().reports.push((name, arguments.to_vec()));
                Ok(())
            })
            .unwrap();
    }
    let mut inputs = linker.instance(STORE_INPUTS).unwrap();
    for name in ["set", "mark"] {
        inputs
            .func_new(name, move |mut context, _, arguments, _| {
                context.data_mut().inputs.push((name, arguments.to_vec()));
                Ok(())
            })
            .unwrap();
    }
}

/// Plays every instance that the tasks call.
fn define_called(linker: &mut Linker<Ecu>, component: &Component, glue: &Glue) {
    let ty = component.component_type();
    for called in &glue.called {
        match ty.get_import(engine(), &called.import).unwrap().ty {
            ComponentItem::ComponentInstance(instance) => {
                for (name, item) in instance.exports(engine()) {
                    if let ComponentItem::ComponentFunc(_) = item.ty {
                        let mut port = linker.instance(&called.import).unwrap();
                        define(&mut port, name, format!("{}#{name}", called.port));
                    }
                }
            }
            ComponentItem::ComponentFunc(_) => {
                define(&mut linker.root(), &called.import, called.port.clone());
            }
            other => unreachable!("{other:?}"),
        }
    }
}

pub(crate) fn define(
    linker: &mut wasmtime::component::LinkerInstance<'_, Ecu>,
    name: &str,
    key: String,
) {
    linker
        .func_new(name, move |mut context, _, arguments, results| {
            let ecu = context.data_mut();
            ecu.calls.push((key.clone(), arguments.to_vec()));
            results.clone_from_slice(&ecu.answers[&key]);
            Ok(())
        })
        .unwrap();
}

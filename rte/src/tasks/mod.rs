//! The tasks of a partition: inputs latched, runnables called in order, outputs handed on.
//! Knows the plan; knows nothing of when a task runs.

pub(crate) mod call;
mod carry;
mod input;
mod mode;
mod multiplexed;
mod output;
mod pdu;
mod protected;
mod target;

use crate::{
    code::{Body, Module},
    plan::{Called, FunctionRef, GenerateError, Plan, RunnablePlan, STORE_INPUTS, TaskPlan},
    protection::{self, PROTECTION},
    store::{self, Store},
    synthesis::World,
};
use autosar_wit::{
    component::PortItem,
    types::{Function, FunctionKind},
};
use call::Call;
use indexmap::IndexMap;
use pdu::Pdu;
use std::collections::BTreeMap;
use target::Target;

/// The component of the tasks, and what it calls.
pub(crate) fn tasks(plan: &Plan, store: &Store) -> Result<(Vec<u8>, Vec<Called>), GenerateError> {
    let mut tasks = Tasks {
        plan,
        store,
        module: Module::new(),
        world: World::default(),
        init: Body::new(0),
        calls: IndexMap::new(),
        labels: IndexMap::new(),
        targets: Vec::new(),
        made: IndexMap::new(),
        pdus: Vec::new(),
        modes: Vec::new(),
        branches: BTreeMap::new(),
        arena_bytes: 0,
    };
    tasks.place_pdus()?;
    tasks.place_calls()?;
    tasks.place_modes()?;
    tasks.place_targets()?;
    let mut largest = 0;
    for task in &plan.tasks {
        tasks.arena_bytes = 256;
        tasks.task(task)?;
        largest = tasks.arena_bytes.max(largest);
    }
    tasks.arena_bytes = largest;
    tasks.finish()
}

struct Tasks<'a> {
    plan: &'a Plan,
    store: &'a Store,
    module: Module,
    world: World,
    /// Runs before everything else.
    init: Body,
    calls: IndexMap<FunctionRef, Call>,
    /// (instance, port) → import.
    labels: IndexMap<(String, String), String>,
    /// One per link.
    targets: Vec<Target>,
    /// Targets by their place: several links may lead to one.
    made: IndexMap<String, Target>,
    pdus: Vec<Pdu>,
    /// One per mode machine.
    modes: Vec<mode::Image>,
    /// (PDU, what is multiplexed in it) → where its signals are packed.
    branches: BTreeMap<(usize, usize), u32>,
    /// What the task at hand may take of the arena.
    arena_bytes: u64,
}

impl<'a> Tasks<'a> {
    fn task(&mut self, task: &TaskPlan) -> Result<(), GenerateError> {
        let export = self.module.declare(&[], &[]);
        let mut body = Body::new(0);
        let runnables = self.runnables_of(task)?;
        let mut is_async = false;
        for (_, runnable) in &runnables {
            is_async |= self.call(&runnable.function)?.is_async;
        }
        let mut result = Ok(());
        body.keep_heap(|body| {
            result = self
                .inputs(body, task, &runnables)
                .map(|()| self.decide(body, task))
                .and_then(|decided| {
                    self.call_runnables(body, &runnables, &decided)?;
                    self.outputs(body, task, &runnables, &decided)
                });
        });
        result?;
        self.module.define(export, body);
        self.module.export(&task.name, export);
        let function = Function {
            name: task.name.clone(),
            kind: FunctionKind::Free,
            parameters: Vec::new(),
            result: None,
            // Called as a plain function where it is one: who waits in it is what it calls.
            is_async,
            docs: String::new(),
        };
        self.world
            .export(&task.name, PortItem::Function(function), "the tasks");
        Ok(())
    }

    fn runnables_of(
        &self,
        task: &TaskPlan,
    ) -> Result<Vec<(usize, &'a RunnablePlan)>, GenerateError> {
        let find = |number: &usize| {
            self.plan
                .runnables
                .get(*number)
                .map(|runnable| (*number, runnable))
                .ok_or_else(|| GenerateError::Missing {
                    place: format!("{}: runnable {number}", task.name),
                })
        };
        task.runnables.iter().map(find).collect()
    }

    fn finish(mut self) -> Result<(Vec<u8>, Vec<Called>), GenerateError> {
        self.import_called()?;
        if self.store.component.is_some() {
            // Also where no task hands a value on: who joins the two need not know.
            self.store_set();
            self.world.import(
                STORE_INPUTS,
                PortItem::Interface(store::inputs()),
                "the store",
            );
        }
        if self.pdus.iter().any(Pdu::is_protected) {
            self.world
                .import(PROTECTION, protection::interface(), "the protection");
        }
        self.module.export_realloc();
        self.module.reserve(self.arena_bytes);
        let start = self.module.declare(&[], &[]);
        self.module.define(start, self.init);
        self.module.start(start);
        let called = self
            .labels
            .iter()
            .map(|((instance, port), import)| Called {
                import: import.clone(),
                instance: instance.clone(),
                port: port.clone(),
            })
            .collect();
        Ok((self.world.glue(self.module.finish())?, called))
    }
}

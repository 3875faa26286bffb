//! One loaded partition: its store, its instance, its tasks as typed functions, and the end of
//! each call in words. Knows nothing of time or order.

use alloc::{
    boxed::Box,
    collections::{BTreeSet, VecDeque},
    string::String,
    sync::Arc,
    vec::Vec,
};

use deployment::{Event, Partition};
use wasmtime::{Engine, Store};

use crate::{
    Code, EcuSettings, LoadError, PartitionId, Work,
    binding::{Program, TaskFunc, limit_copies},
    board::Board,
    host::{Host, Kept},
    meter::Meter,
    verify,
};

/// A partition with its store, and its instance once it has started.
pub(crate) struct Loaded<B: 'static> {
    pub(crate) table: Arc<Partition>,
    settings: Arc<EcuSettings>,
    engine: Engine,
    /// How it is called if its components wait for each other.
    #[cfg(feature = "concurrency")]
    pub(crate) concurrent: Option<crate::concurrent::Calls<B>>,
    program: Program<B>,
    wanted: Arc<[bool]>,
    pub(crate) store: Store<Host<B>>,
    tasks: Vec<TaskFunc>,
    /// By element: tasks that its data activate.
    pub(crate) element_tasks: Vec<Vec<u32>>,
    /// By PDU: tasks that its frames activate.
    pub(crate) pdu_tasks: Vec<Vec<u32>>,
    /// By element: where its values go.
    pub(crate) routes: Vec<Vec<(PartitionId, u32)>>,
    /// Elements whose values the board takes.
    pub(crate) leaving: BTreeSet<u32>,
    /// Times of the last restarts.
    pub(crate) restarts_ns: VecDeque<u64>,
}

/// What a call into the partition came to.
pub(crate) struct Called {
    pub(crate) left_fuel: u64,
    pub(crate) result: wasmtime::Result<()>,
}

impl<B: Board + 'static> Loaded<B> {
    pub(crate) fn new(
        engine: &Engine,
        code: &Code,
        table: Partition,
        settings: Arc<EcuSettings>,
        id: PartitionId,
    ) -> Result<Loaded<B>, LoadError> {
        verify::table(&table)?;
        let program = Program::new(engine, code, &table)?;
        let element_tasks = listeners(&table, table.elements.len(), |event| match event {
            Event::DataReceived { elements, .. } => elements,
            Event::Init | Event::Timing { .. } => &[],
        });
        let pdu_tasks = listeners(&table, table.pdus.len(), |event| match event {
            Event::DataReceived { pdus, .. } => pdus,
            Event::Init | Event::Timing { .. } => &[],
        });
        let wanted: Arc<[bool]> = element_tasks
            .iter()
            .map(|tasks| !tasks.is_empty())
            .collect();
        let table = Arc::new(table);
        let kept = Kept {
            request: u64::from(id.0) << 48,
            ..Kept::default()
        };
        let host = Host::new(table.clone(), settings.clone(), wanted.clone(), kept);
        Ok(Loaded {
            store: fresh(engine, host)?,
            routes: table.elements.iter().map(|_| Vec::new()).collect(),
            leaving: BTreeSet::new(),
            table,
            settings,
            engine: engine.clone(),
            #[cfg(feature = "concurrency")]
            concurrent: None,
            program,
            wanted,
            tasks: Vec::new(),
            element_tasks,
            pdu_tasks,
            restarts_ns: VecDeque::new(),
        })
    }

    /// From now on values of this element also go there.
    pub(crate) fn route(&mut self, element: u32, to: (PartitionId, u32)) {
        let Some(routes) = self.routes.get_mut(element as usize) else {
            return;
        };
        routes.push(to);
        self.want(element);
    }

    /// From now on the board takes values of this element.
    pub(crate) fn leave(&mut self, element: u32) {
        self.leaving.insert(element);
        self.want(element);
    }

    fn want(&mut self, element: u32) {
        let mut wanted = self.wanted.to_vec();
        if let Some(entry) = wanted.get_mut(element as usize) {
            *entry = true;
        }
        self.wanted = wanted.into();
        self.store.data_mut().wanted = self.wanted.clone();
    }

    /// A new store; the instance is made by [`Work::Start`]. What waited is gone.
    pub(crate) fn reset(&mut self) {
        self.tasks.clear();
        let kept = self.store.data().kept;
        let host = Host::new(
            self.table.clone(),
            self.settings.clone(),
            self.wanted.clone(),
            kept,
        );
        if let Ok(store) = fresh(&self.engine, host) {
            self.store = store;
        }
    }

    /// Does the work with the board in the store, then takes it out again.
    pub(crate) fn call(
        &mut self,
        board: &mut Option<Box<B>>,
        work: Work,
        started_ns: u64,
    ) -> Called {
        let host = self.store.data_mut();
        core::mem::swap(&mut host.board, board);
        host.meter = Meter::start(started_ns);
        host.memory.forget_refusals();
        host.published.clear();
        let result = self
            .store
            .set_fuel(self.table.limits.fuel)
            .and_then(|()| self.work(work));
        let left_fuel = self.store.get_fuel().unwrap_or(0);
        Called { left_fuel, result }
    }

    /// The board goes back to the ECU.
    pub(crate) fn give_back(&mut self, board: &mut Option<Box<B>>) {
        core::mem::swap(&mut self.store.data_mut().board, board);
    }

    fn work(&mut self, work: Work) -> wasmtime::Result<()> {
        let task = match work {
            Work::Start => return self.start(),
            Work::Task(task) => self.tasks.get(task as usize),
        };
        let Some(function) = task else {
            return Err(wasmtime::Error::msg(
                "the task has no function: this is a bug",
            ));
        };
        #[cfg(feature = "concurrency")]
        if let Some(calls) = self.concurrent {
            return calls.call(&mut self.store, function);
        }
        function.call(&mut self.store, ())
    }

    fn start(&mut self) -> wasmtime::Result<()> {
        #[cfg(feature = "concurrency")]
        if let Some(calls) = self.concurrent {
            let make = |program: &_, store: &mut _| calls.instantiate(program, store);
            self.tasks = self.program.start_as(&mut self.store, make)?;
            return Ok(());
        }
        self.tasks = self.program.start(&mut self.store, &self.table)?;
        Ok(())
    }
}

fn fresh<B: 'static>(engine: &Engine, host: Host<B>) -> Result<Store<Host<B>>, LoadError> {
    let call_bytes = host.settings.call_bytes;
    let mut store = Store::new(engine, host);
    store.limiter(|host| &mut host.memory);
    limit_copies(&mut store, call_bytes);
    store.set_fuel(0).map_err(|_| LoadError::Engine)?;
    Ok(store)
}

/// For each number in a table: the tasks whose event names it.
fn listeners(table: &Partition, count: usize, numbers: fn(&Event) -> &[u32]) -> Vec<Vec<u32>> {
    let mut listeners = alloc::vec![Vec::new(); count];
    for (task, entry) in table.tasks.iter().enumerate() {
        for number in numbers(&entry.event) {
            if let Some(tasks) = listeners.get_mut(*number as usize) {
                tasks.push(task as u32);
            }
        }
    }
    listeners
}

/// The names of all frames' functions, innermost first.
pub(crate) fn backtrace(error: &wasmtime::Error) -> Vec<String> {
    let frames = error
        .downcast_ref::<wasmtime::WasmBacktrace>()
        .map(|trace| trace.frames());
    frames.unwrap_or_default().iter().map(frame).collect()
}

fn frame(frame: &wasmtime::FrameInfo) -> String {
    let module = frame.module().name().unwrap_or("module");
    let symbol = frame.symbols().iter().find_map(|symbol| symbol.name());
    match symbol.or(frame.func_name()) {
        Some(function) => alloc::format!("{module}!{function}"),
        None => alloc::format!("{module}!function {}", frame.func_index()),
    }
}

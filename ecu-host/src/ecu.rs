//! One ECU: partitions, their order, and what passes between them. Knows neither real nor virtual
//! time: the caller polls it.

use alloc::{boxed::Box, sync::Arc, vec::Vec};

use deployment::{Direction, Partition, Reaction};
use wasmtime::Engine;

use crate::{
    Activation, Code, Completion, Confirmation, Consequence, DeliverError, EcuSettings, LoadError,
    Outcome, PartitionCounters, PartitionId, PartitionState, TaskCounters, Trapped, Work,
    board::{Board, CanEvent, CanFrame},
    explain::explain,
    host::runnable_names,
    partition::{Loaded, backtrace},
    schedule::{Growth, Schedule},
};

/// One ECU with its board. `B` is the platform; it stays with the ECU and is lent to the partition
/// that runs.
pub struct Ecu<B: 'static> {
    engine: Engine,
    settings: Arc<EcuSettings>,
    partitions: Vec<Loaded<B>>,
    schedule: Schedule,
    board: Option<Box<B>>,
}

#[cfg(feature = "concurrency")]
impl<B: Board + Send + 'static> Ecu<B> {
    /// [`Ecu::add`] of a partition that needs concurrency; its code is of an engine made with
    /// [`crate::concurrent_engine_config`].
    pub fn add_concurrent(
        &mut self,
        code: &Code,
        partition: Partition,
    ) -> Result<PartitionId, LoadError> {
        let id = self.load(code.engine(), code, partition)?;
        if let Some(loaded) = self.partitions.get_mut(id.0 as usize) {
            loaded.concurrent = Some(crate::concurrent::Calls::new());
        }
        Ok(id)
    }
}

impl<B: Board + 'static> Ecu<B> {
    /// An ECU without partitions. The engine is made with [`crate::engine_config`].
    pub fn new(engine: &Engine, settings: EcuSettings, board: B) -> Ecu<B> {
        Ecu {
            engine: engine.clone(),
            schedule: Schedule::new(settings.waiting_activations),
            settings: Arc::new(settings),
            partitions: Vec::new(),
            board: Some(Box::new(board)),
        }
    }

    /// A further partition; it starts at time zero. Its table is held against its code.
    pub fn add(&mut self, code: &Code, partition: Partition) -> Result<PartitionId, LoadError> {
        let engine = self.engine.clone();
        self.load(&engine, code, partition)
    }

    fn load(
        &mut self,
        engine: &Engine,
        code: &Code,
        partition: Partition,
    ) -> Result<PartitionId, LoadError> {
        if self.partition_named(&partition.name).is_some() {
            return Err(LoadError::DuplicatePartition {
                partition: partition.name,
            });
        }
        let id = PartitionId(self.partitions.len() as u32);
        let loaded = Loaded::new(engine, code, partition, self.settings.clone(), id)?;
        self.schedule.add(&loaded.table, 0);
        self.partitions.push(loaded);
        Ok(id)
    }

    /// A buffered connector between two partitions: what the first publishes of an element waits
    /// at the other from the end of the activation on.
    pub fn connect(
        &mut self,
        from: (PartitionId, u32),
        to: (PartitionId, u32),
    ) -> Result<(), LoadError> {
        self.check_end(from, Direction::Out)?;
        self.check_end(to, Direction::In)?;
        if let Some(loaded) = self.partitions.get_mut(from.0.0 as usize) {
            loaded.route(from.1, to);
        }
        Ok(())
    }

    /// What a partition publishes of an element is also handed to [`Board::publish`]: the start of a
    /// connector to another ECU.
    pub fn connect_out(&mut self, from: (PartitionId, u32)) -> Result<(), LoadError> {
        self.check_end(from, Direction::Out)?;
        if let Some(loaded) = self.partitions.get_mut(from.0.0 as usize) {
            loaded.leave(from.1);
        }
        Ok(())
    }

    fn check_end(
        &self,
        (partition, element): (PartitionId, u32),
        direction: Direction,
    ) -> Result<(), LoadError> {
        let table = self.partition(partition);
        let entry = table.and_then(|table| table.elements.get(element as usize));
        match entry.is_some_and(|entry| entry.direction == direction) {
            true => Ok(()),
            false => Err(LoadError::RouteEnd {
                partition: partition.0,
                element,
            }),
        }
    }

    /// What runs next and when at the earliest; none when nothing is due ever again.
    pub fn next_activation(&self) -> Option<Activation> {
        self.schedule.next()
    }

    /// Runs the most urgent activation that is released at `now_ns` to its end; none while the ECU
    /// is busy or nothing is due. Call it with the time of [`Ecu::next_activation`] or later.
    pub fn run(&mut self, now_ns: u64) -> Option<Completion> {
        let activation = self.schedule.begin(now_ns)?;
        let index = activation.partition.0 as usize;
        let loaded = self.partitions.get_mut(index)?;
        let called = loaded.call(&mut self.board, activation.work, now_ns);
        let host = loaded.store.data_mut();
        let ended_ns = host.now_ns(called.left_fuel);
        let fuel = host.meter.spent_fuel_at(called.left_fuel);
        loaded.give_back(&mut self.board);
        let outcome = match &called.result {
            Ok(()) => self.complete(&activation, ended_ns),
            Err(error) => self.fail(&activation, ended_ns, error),
        };
        Some(Completion {
            partition: activation.partition,
            work: activation.work,
            released_ns: activation.released_ns,
            started_ns: now_ns,
            cost_ns: ended_ns.saturating_sub(now_ns),
            fuel,
            outcome,
        })
    }

    fn complete(&mut self, activation: &Activation, ended_ns: u64) -> Outcome {
        self.schedule.end(activation, ended_ns);
        let sender = activation.partition;
        let Some(loaded) = self.partitions.get_mut(sender.0 as usize) else {
            return Outcome::Completed;
        };
        let published = core::mem::take(&mut loaded.store.data_mut().published);
        for (element, value) in &published {
            self.hand_on(sender, *element, value, ended_ns);
        }
        Outcome::Completed
    }

    fn hand_on(&mut self, sender: PartitionId, element: u32, value: &[u8], at_ns: u64) {
        let Some(loaded) = self.partitions.get(sender.0 as usize) else {
            return;
        };
        for task in loaded
            .element_tasks
            .get(element as usize)
            .into_iter()
            .flatten()
        {
            self.schedule
                .release_data(sender, *task, at_ns, Growth::Queued);
        }
        let leaves = loaded.leaving.contains(&element);
        let routes = loaded
            .routes
            .get(element as usize)
            .cloned()
            .unwrap_or_default();
        for (receiver, inbox) in routes {
            // Both ends were checked when they were connected.
            let _delivered = self.deliver(at_ns, receiver, inbox, value);
        }
        if leaves && let Some(board) = self.board.as_deref_mut() {
            board.publish(at_ns, sender, element, value);
        }
    }

    fn fail(&mut self, activation: &Activation, ended_ns: u64, error: &wasmtime::Error) -> Outcome {
        self.schedule.count(activation, ended_ns);
        let consequence = self.consequence(activation.partition, ended_ns);
        let Some(loaded) = self.partitions.get_mut(activation.partition.0 as usize) else {
            return Outcome::Completed;
        };
        let host = loaded.store.data_mut();
        host.kept.counters.traps += 1;
        let names = host
            .meter
            .runnable()
            .and_then(|runnable| runnable_names(&loaded.table, runnable));
        let (instance, runnable) = names.unzip();
        let (cause, reason) = explain(error, loaded.store.data());
        loaded.reset();
        let backtrace = backtrace(error);
        self.follow(activation.partition, consequence, ended_ns);
        let trapped = Trapped {
            cause,
            instance,
            runnable,
            reason,
            backtrace,
            consequence,
        };
        Outcome::Trapped(Box::new(trapped))
    }

    fn consequence(&mut self, partition: PartitionId, at_ns: u64) -> Consequence {
        let limit = self.settings.restarts;
        let Some(loaded) = self.partitions.get_mut(partition.0 as usize) else {
            return Consequence::Stops;
        };
        match loaded.table.on_trap {
            Reaction::Stop => return Consequence::Stops,
            Reaction::StopRun => return Consequence::StopsRun,
            Reaction::Restart => {}
        }
        let restarts_ns = &mut loaded.restarts_ns;
        while restarts_ns
            .front()
            .is_some_and(|past_ns| at_ns.saturating_sub(*past_ns) >= limit.within_ns)
        {
            restarts_ns.pop_front();
        }
        if restarts_ns.len() >= limit.count as usize {
            return Consequence::GivenUp;
        }
        restarts_ns.push_back(at_ns);
        Consequence::Restarts
    }

    fn follow(&mut self, partition: PartitionId, consequence: Consequence, at_ns: u64) {
        match consequence {
            Consequence::Restarts => self.begin_again(partition, at_ns),
            Consequence::Stops | Consequence::GivenUp => self.schedule.stop(partition),
            Consequence::StopsRun => self.schedule.stop_all(),
        }
    }

    fn begin_again(&mut self, partition: PartitionId, at_ns: u64) {
        self.schedule.start(partition, at_ns);
        if let Some(loaded) = self.partitions.get_mut(partition.0 as usize) {
            loaded.store.data_mut().kept.counters.restarts += 1;
        }
    }

    /// Makes a partition anew, whatever its state; the limit of restarts does not count this one.
    pub fn restart(&mut self, now_ns: u64, partition: PartitionId) {
        if let Some(loaded) = self.partitions.get_mut(partition.0 as usize) {
            loaded.reset();
            self.begin_again(partition, now_ns);
        }
    }

    /// A frame has arrived at the ECU's controller: it waits for every PDU that it carries, and
    /// activates the tasks that wait for these.
    pub fn receive(&mut self, now_ns: u64, frame: &CanFrame) {
        for (partition, loaded) in self.partitions.iter_mut().enumerate() {
            let id = PartitionId(partition as u32);
            if self.schedule.state(id) == Some(PartitionState::Stopped) {
                continue;
            }
            for (pdu, growth) in loaded.receive(now_ns, frame) {
                for task in loaded.pdu_tasks.get(pdu).into_iter().flatten() {
                    self.schedule.release_data(id, *task, now_ns, growth);
                }
            }
        }
    }

    /// The board knows what became of a transmission; told to the driver that asked for it, if one
    /// did.
    pub fn confirm(&mut self, confirmation: Confirmation) {
        let partition = self
            .partitions
            .get_mut((confirmation.request >> 48) as usize);
        if let Some(loaded) = partition {
            loaded.store.data_mut().controllers.confirm(confirmation);
        }
    }

    /// The ECU's controller at a CAN bus has met something; told to every driver that has it open
    /// and started.
    pub fn can_event(&mut self, now_ns: u64, bus: &str, event: CanEvent) {
        for loaded in &mut self.partitions {
            let controllers = &mut loaded.store.data_mut().controllers;
            controllers.note(now_ns, bus, event);
        }
    }

    /// A value of another partition has arrived, packed: it waits, and activates the tasks that
    /// wait for it. A stopped partition takes it and does nothing.
    pub fn deliver(
        &mut self,
        now_ns: u64,
        partition: PartitionId,
        element: u32,
        value: &[u8],
    ) -> Result<(), DeliverError> {
        let missing = DeliverError::NoElement {
            partition: partition.0,
            element,
        };
        let loaded = self.partitions.get_mut(partition.0 as usize);
        let loaded = loaded.ok_or(missing)?;
        let growth = loaded.deliver(element, value);
        let growth = growth.ok_or(DeliverError::NoElement {
            partition: partition.0,
            element,
        })?;
        for task in loaded
            .element_tasks
            .get(element as usize)
            .into_iter()
            .flatten()
        {
            self.schedule.release_data(partition, *task, now_ns, growth);
        }
        Ok(())
    }

    /// The platform.
    pub fn board(&self) -> &B {
        self.board.as_deref().unwrap_or_else(|| {
            unreachable!("the board is lent only while `run` works: this is a bug")
        })
    }

    /// The platform, to be changed.
    pub fn board_mut(&mut self) -> &mut B {
        self.board.as_deref_mut().unwrap_or_else(|| {
            unreachable!("the board is lent only while `run` works: this is a bug")
        })
    }

    /// The table of a partition.
    pub fn partition(&self, partition: PartitionId) -> Option<&Partition> {
        self.partitions
            .get(partition.0 as usize)
            .map(|loaded| loaded.table.as_ref())
    }

    /// The partition of that name.
    pub fn partition_named(&self, name: &str) -> Option<PartitionId> {
        let position = self
            .partitions
            .iter()
            .position(|loaded| loaded.table.name == name)?;
        Some(PartitionId(position as u32))
    }

    /// The name of a task, or `start` for the start of a partition.
    pub fn work_name(&self, partition: PartitionId, work: Work) -> &str {
        let task = |task: u32| {
            Some(
                self.partition(partition)?
                    .tasks
                    .get(task as usize)?
                    .name
                    .as_str(),
            )
        };
        match work {
            Work::Start => "start",
            Work::Task(number) => task(number).unwrap_or("?"),
        }
    }

    /// Where a partition is in its life.
    pub fn state(&self, partition: PartitionId) -> Option<PartitionState> {
        self.schedule.state(partition)
    }

    /// What was counted of a task.
    pub fn task_counters(&self, partition: PartitionId, task: u32) -> Option<TaskCounters> {
        self.schedule.counters(partition, task)
    }

    /// What was counted of a partition.
    pub fn partition_counters(&self, partition: PartitionId) -> Option<PartitionCounters> {
        Some(
            self.partitions
                .get(partition.0 as usize)?
                .store
                .data()
                .kept
                .counters,
        )
    }

    /// Fuel that the last activation of a partition has left, of users' code and generated code;
    /// none of a partition that has failed since.
    pub fn left_fuel(&self, partition: PartitionId) -> Option<u64> {
        let loaded = self.partitions.get(partition.0 as usize)?;
        loaded.store.get_fuel().ok()
    }
}

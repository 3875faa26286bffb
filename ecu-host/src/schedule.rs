//! The table of tasks of one ECU: releases, order, late and lost activations. Pure; knows neither
//! engine nor board.

use alloc::{collections::VecDeque, string::String, vec::Vec};
use core::cmp::Reverse;

use deployment::Event;

use crate::{Activation, PartitionId, PartitionState, TaskCounters, Work};

/// All partitions' tasks.
#[derive(Debug, Default)]
pub(crate) struct Schedule {
    lanes: Vec<Lane>,
    /// All tasks, most urgent first.
    order: Vec<(usize, usize)>,
    /// Lanes by the partition's name.
    starts: Vec<usize>,
    idle_from_ns: u64,
    waiting_activations: usize,
}

/// The tasks of one partition.
#[derive(Debug)]
struct Lane {
    name: String,
    state: PartitionState,
    /// When the partition is to start, while it is [`PartitionState::Starting`].
    start_ns: u64,
    tasks: Vec<Slot>,
}

#[derive(Debug)]
struct Slot {
    name: String,
    priority: u32,
    kind: Kind,
    /// Releases that wait, oldest first.
    waiting: VecDeque<u64>,
    ended_ns: u64,
    counters: TaskCounters,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Init,
    Timing { period_ns: u64, next_ns: u64 },
    Data,
}

impl Slot {
    fn earliest_ns(&self) -> Option<u64> {
        match (self.waiting.front(), self.kind) {
            (Some(release_ns), _) => Some(*release_ns),
            (None, Kind::Timing { next_ns, .. }) => Some(next_ns),
            (None, Kind::Init | Kind::Data) => None,
        }
    }

    fn release(&mut self, at_ns: u64, bound: usize) {
        if self.waiting.len() >= bound {
            self.counters.lost += 1;
            return;
        }
        if !self.waiting.is_empty() || at_ns < self.ended_ns {
            self.counters.late += 1;
        }
        self.waiting.push_back(at_ns);
    }

    fn release_due(&mut self, until_ns: u64, bound: usize) {
        while let Kind::Timing { period_ns, next_ns } = self.kind {
            if next_ns > until_ns {
                return;
            }
            let full = self.waiting.len() >= bound;
            // A full queue loses all that is due at once: no loop over a long time.
            let count = if full {
                (until_ns - next_ns) / period_ns + 1
            } else {
                1
            };
            if full {
                self.counters.lost += count;
            } else {
                self.release(next_ns, bound);
            }
            let next_ns = next_ns.saturating_add(period_ns.saturating_mul(count));
            self.kind = Kind::Timing { period_ns, next_ns };
            if next_ns == u64::MAX {
                return;
            }
        }
    }
}

impl Lane {
    fn runs(&self, slot: &Slot) -> bool {
        match self.state {
            PartitionState::Starting | PartitionState::Stopped => false,
            PartitionState::Initialising => slot.kind == Kind::Init,
            PartitionState::Running => true,
        }
    }
}

impl Schedule {
    pub(crate) fn new(waiting_activations: u32) -> Schedule {
        Schedule {
            waiting_activations: waiting_activations.max(1) as usize,
            ..Schedule::default()
        }
    }

    /// A further partition, to be started at `start_ns`.
    pub(crate) fn add(&mut self, partition: &deployment::Partition, start_ns: u64) {
        let tasks = partition.tasks.iter().map(|task| Slot {
            name: task.name.clone(),
            priority: task.priority,
            kind: match task.event {
                Event::Init => Kind::Init,
                Event::Timing {
                    period_ns,
                    offset_ns,
                } => Kind::Timing {
                    period_ns: period_ns.max(1),
                    next_ns: offset_ns,
                },
                Event::DataReceived { .. } => Kind::Data,
            },
            waiting: VecDeque::new(),
            ended_ns: 0,
            counters: TaskCounters::default(),
        });
        self.lanes.push(Lane {
            name: partition.name.clone(),
            state: PartitionState::Starting,
            start_ns,
            tasks: tasks.collect(),
        });
        self.sort();
    }

    fn sort(&mut self) {
        let lanes = &self.lanes;
        let mut keyed: Vec<_> = lanes
            .iter()
            .enumerate()
            .flat_map(|(lane, entry)| {
                entry.tasks.iter().enumerate().map(move |(task, slot)| {
                    let late_rank = slot.kind != Kind::Init;
                    (
                        (late_rank, Reverse(slot.priority), &slot.name, &entry.name),
                        (lane, task),
                    )
                })
            })
            .collect();
        // No two are equal, and the other sort has 4 KB on the stack.
        keyed.sort_unstable();
        self.order = keyed.into_iter().map(|(_, place)| place).collect();
        self.starts = (0..lanes.len()).collect();
        self.starts
            .sort_unstable_by_key(|lane| (lanes.get(*lane).map(|entry| &entry.name), *lane));
    }

    fn slot(&self, lane: usize, task: usize) -> Option<(&Lane, &Slot)> {
        let entry = self.lanes.get(lane)?;
        Some((entry, entry.tasks.get(task)?))
    }

    fn slot_mut(&mut self, partition: PartitionId, task: u32) -> Option<&mut Slot> {
        self.lanes
            .get_mut(partition.0 as usize)?
            .tasks
            .get_mut(task as usize)
    }

    fn starting(&self) -> impl Iterator<Item = (usize, u64)> {
        self.starts.iter().filter_map(|lane| {
            let entry = self.lanes.get(*lane)?;
            (entry.state == PartitionState::Starting).then_some((*lane, entry.start_ns))
        })
    }

    fn runnable(&self) -> impl Iterator<Item = (usize, usize, u64)> {
        self.order.iter().filter_map(|&(lane, task)| {
            let (entry, slot) = self.slot(lane, task)?;
            let earliest_ns = slot.earliest_ns().filter(|_| entry.runs(slot))?;
            Some((lane, task, earliest_ns))
        })
    }

    /// What runs next and when at the earliest.
    pub(crate) fn next(&self) -> Option<Activation> {
        let starts = self.starting().map(|(_, at_ns)| at_ns);
        let tasks = self.runnable().map(|(_, _, at_ns)| at_ns);
        let at_ns = starts.chain(tasks).min()?.max(self.idle_from_ns);
        self.most_urgent(at_ns)
    }

    fn most_urgent(&self, at_ns: u64) -> Option<Activation> {
        if let Some((lane, released_ns)) = self.starting().find(|(_, start_ns)| *start_ns <= at_ns)
        {
            let partition = PartitionId(lane as u32);
            return Some(Activation {
                at_ns,
                released_ns,
                partition,
                work: Work::Start,
                priority: 0,
            });
        }
        let (lane, task, released_ns) = self.runnable().find(|(_, _, due_ns)| *due_ns <= at_ns)?;
        let (_, slot) = self.slot(lane, task)?;
        Some(Activation {
            at_ns,
            released_ns,
            partition: PartitionId(lane as u32),
            work: Work::Task(task as u32),
            priority: slot.priority,
        })
    }

    /// Releases what is due at `now_ns` and takes the most urgent activation out; none while the
    /// ECU is busy or nothing is due.
    pub(crate) fn begin(&mut self, now_ns: u64) -> Option<Activation> {
        if now_ns < self.idle_from_ns {
            return None;
        }
        let bound = self.waiting_activations;
        for lane in &mut self.lanes {
            if matches!(
                lane.state,
                PartitionState::Initialising | PartitionState::Running
            ) {
                lane.tasks
                    .iter_mut()
                    .for_each(|slot| slot.release_due(now_ns, bound));
            }
        }
        let activation = self.most_urgent(now_ns)?;
        if let Work::Task(task) = activation.work {
            self.slot_mut(activation.partition, task)?
                .waiting
                .pop_front();
        }
        Some(activation)
    }

    /// The activation has ended well: counts it and lets the partition go on.
    pub(crate) fn end(&mut self, activation: &Activation, ended_ns: u64) {
        self.count(activation, ended_ns);
        match activation.work {
            Work::Start => self.initialise(activation.partition, ended_ns),
            Work::Task(_) => self.leave_initialisation(activation.partition),
        }
    }

    /// The activation has trapped: counts it. The partition's state is the caller's matter.
    pub(crate) fn count(&mut self, activation: &Activation, ended_ns: u64) {
        self.idle_from_ns = ended_ns;
        let started_ns = activation.at_ns;
        let Work::Task(task) = activation.work else {
            return;
        };
        let Some(slot) = self.slot_mut(activation.partition, task) else {
            return;
        };
        slot.ended_ns = ended_ns;
        slot.counters.activations += 1;
        slot.counters.busy_ns += ended_ns.saturating_sub(started_ns);
        let response_ns = ended_ns.saturating_sub(activation.released_ns);
        slot.counters.worst_response_ns = slot.counters.worst_response_ns.max(response_ns);
    }

    fn initialise(&mut self, partition: PartitionId, at_ns: u64) {
        let bound = self.waiting_activations;
        let Some(lane) = self.lanes.get_mut(partition.0 as usize) else {
            return;
        };
        lane.state = PartitionState::Initialising;
        for slot in lane.tasks.iter_mut().filter(|slot| slot.kind == Kind::Init) {
            slot.release(at_ns, bound);
        }
        self.leave_initialisation(partition);
    }

    fn leave_initialisation(&mut self, partition: PartitionId) {
        let Some(lane) = self.lanes.get_mut(partition.0 as usize) else {
            return;
        };
        let initial = |slot: &Slot| slot.kind == Kind::Init && !slot.waiting.is_empty();
        if lane.state == PartitionState::Initialising && !lane.tasks.iter().any(initial) {
            lane.state = PartitionState::Running;
        }
    }

    /// Data for a task have come. `Growth::None`: they replaced some that wait already, for which
    /// an activation may wait as well.
    pub(crate) fn release_data(
        &mut self,
        partition: PartitionId,
        task: u32,
        at_ns: u64,
        growth: Growth,
    ) {
        let bound = self.waiting_activations;
        if self
            .state(partition)
            .is_none_or(|state| state == PartitionState::Stopped)
        {
            return;
        }
        let Some(slot) = self.slot_mut(partition, task) else {
            return;
        };
        if growth == Growth::Queued || slot.waiting.is_empty() {
            slot.release(at_ns, bound);
        }
    }

    /// The partition starts (again) at `at_ns`; what waits in it is lost, its timers keep their phase.
    pub(crate) fn start(&mut self, partition: PartitionId, at_ns: u64) {
        self.drop_waiting(partition, PartitionState::Starting);
        if let Some(lane) = self.lanes.get_mut(partition.0 as usize) {
            lane.start_ns = at_ns;
            for slot in &mut lane.tasks {
                slot.skip_to(at_ns);
            }
        }
    }

    /// Nothing of the partition runs any more.
    pub(crate) fn stop(&mut self, partition: PartitionId) {
        self.drop_waiting(partition, PartitionState::Stopped);
    }

    /// Nothing of the ECU runs any more.
    pub(crate) fn stop_all(&mut self) {
        for lane in 0..self.lanes.len() {
            self.stop(PartitionId(lane as u32));
        }
    }

    fn drop_waiting(&mut self, partition: PartitionId, state: PartitionState) {
        let Some(lane) = self.lanes.get_mut(partition.0 as usize) else {
            return;
        };
        lane.state = state;
        for slot in &mut lane.tasks {
            slot.counters.lost += slot.waiting.len() as u64;
            slot.waiting.clear();
        }
    }

    pub(crate) fn state(&self, partition: PartitionId) -> Option<PartitionState> {
        self.lanes.get(partition.0 as usize).map(|lane| lane.state)
    }

    pub(crate) fn counters(&self, partition: PartitionId, task: u32) -> Option<TaskCounters> {
        let (_, slot) = self.slot(partition.0 as usize, task as usize)?;
        Some(slot.counters)
    }
}

impl Slot {
    /// After a restart: releases from the time in which the partition did not run are not made up
    /// for.
    fn skip_to(&mut self, at_ns: u64) {
        if let Kind::Timing { period_ns, next_ns } = self.kind
            && next_ns < at_ns
        {
            let periods = (at_ns - next_ns).div_ceil(period_ns);
            let next_ns = next_ns.saturating_add(period_ns.saturating_mul(periods));
            self.kind = Kind::Timing { period_ns, next_ns };
        }
    }
}

/// Whether data that arrived wait beside others or in the place of others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Growth {
    /// One more waits.
    Queued,
    /// An older one went.
    Replaced,
}

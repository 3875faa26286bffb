//! What is counted while a run goes on, and its summary. Knows nothing of how events happen.

use super::{
    Simulation,
    board::VirtualEcu,
    effort::{Asking, Efforts},
    summary::{
        BusSummary, ControllerSummary, EcuSummary, IdSummary, Incident, IncidentReaction, Summary,
        TaskSummary,
    },
};
use crate::can::{Controller, ControllerId, statistics::share};
use ecu_host::{Completion, Consequence, Outcome, PartitionId, Trapped, Work};

/// Incidents that are kept; all are in the trace.
const INCIDENTS_KEPT: usize = 1_000;

#[derive(Debug, Default)]
pub(super) struct Statistics {
    ecus: Vec<EcuStatistics>,
    incidents: Vec<Incident>,
}

#[derive(Debug, Default)]
struct EcuStatistics {
    activations: u64,
    busy_ns: u64,
    /// When the last activation ended; it may lie ahead of now.
    busy_until_ns: u64,
    /// By partition, then by task.
    cost_worst_ns: Vec<Vec<u64>>,
    efforts: Efforts,
}

/// An activation that has run.
pub(super) struct Ran<'a> {
    pub(super) ecu: usize,
    pub(super) completion: &'a Completion,
}

/// What people call it.
pub(super) struct WorkName<'a> {
    pub(super) ecu: &'a str,
    pub(super) partition: &'a str,
    pub(super) task: &'a str,
}

impl Statistics {
    pub(super) fn new<'a>(ecus: impl Iterator<Item = &'a (String, VirtualEcu)>) -> Statistics {
        let ecus = ecus.map(|(name, ecu)| EcuStatistics {
            efforts: Efforts::new(name, ecu),
            cost_worst_ns: tables(ecu)
                .map(|(_, table)| vec![0; table.tasks.len()])
                .collect(),
            ..EcuStatistics::default()
        });
        Statistics {
            ecus: ecus.collect(),
            incidents: Vec::new(),
        }
    }

    pub(super) fn incidents(&self) -> &[Incident] {
        &self.incidents
    }

    pub(super) fn efforts(&self) -> impl Iterator<Item = &Efforts> {
        self.ecus.iter().map(|ecu| &ecu.efforts)
    }

    pub(super) fn add_effort(
        &mut self,
        number: usize,
        ecu: &VirtualEcu,
        completion: &Completion,
        asking: Asking,
    ) {
        if let Some(counted) = self.ecus.get_mut(number) {
            counted.efforts.add(ecu, completion, asking);
        }
    }

    pub(super) fn add_incident(&mut self, incident: Incident) {
        if self.incidents.len() < INCIDENTS_KEPT {
            self.incidents.push(incident);
        }
    }

    /// Counts an activation; what it was if it failed.
    pub(super) fn add(&mut self, ran: Ran<'_>, name: Option<WorkName<'_>>) -> Option<Incident> {
        let completion = ran.completion;
        let ecu = self.ecus.get_mut(ran.ecu)?;
        ecu.busy_ns += completion.cost_ns;
        ecu.busy_until_ns = completion.ended_ns();
        if let Work::Task(task) = completion.work {
            ecu.activations += 1;
            let tasks = ecu.cost_worst_ns.get_mut(completion.partition.0 as usize)?;
            let worst_ns = tasks.get_mut(task as usize)?;
            *worst_ns = completion.cost_ns.max(*worst_ns);
        }
        let (Outcome::Trapped(trapped), Some(name)) = (&completion.outcome, name) else {
            return None;
        };
        Some(Incident {
            time_ns: completion.ended_ns(),
            ecu: name.ecu.to_owned(),
            partition: name.partition.to_owned(),
            instance: trapped.instance.clone(),
            task: matches!(completion.work, Work::Task(_)).then(|| name.task.to_owned()),
            message: message(trapped),
            backtrace: trapped.backtrace.clone(),
            reaction: match trapped.consequence {
                Consequence::Restarts => IncidentReaction::Restarted,
                Consequence::Stops => IncidentReaction::Stopped,
                Consequence::GivenUp => IncidentReaction::GivenUp,
                Consequence::StopsRun => IncidentReaction::RunEnded,
            },
        })
    }

    pub(super) fn summary(&self, simulation: &Simulation) -> Summary {
        let world = simulation.world();
        let buses: Vec<BusSummary> = world
            .cans
            .iter()
            .map(|net| BusSummary {
                controllers: match simulation.faults().is_empty() {
                    true => Vec::new(),
                    false => controllers(net),
                },
                ..bus_summary(net, simulation.now_ns)
            })
            .collect();
        Summary {
            trace_hash: world.trace.hash(),
            seed: simulation.options.seed,
            time_ns: simulation.now_ns,
            frames: buses.iter().map(|bus| bus.frames).sum(),
            activations: self.ecus.iter().map(|ecu| ecu.activations).sum(),
            ecus: simulation
                .ecus
                .iter()
                .zip(&self.ecus)
                .map(|((name, _), ecu)| EcuSummary {
                    ecu: name.clone(),
                    load: ecu.load(simulation.now_ns),
                })
                .collect(),
            tasks: self.tasks(simulation),
            buses,
            networks: world.networks.summaries(simulation.now_ns),
            incidents: self.incidents.clone(),
            faults: simulation.faults(),
        }
    }

    fn tasks(&self, simulation: &Simulation) -> Vec<TaskSummary> {
        let mut tasks = Vec::new();
        for ((name, ecu), counted) in simulation.ecus.iter().zip(&self.ecus) {
            for (partition, table) in tables(ecu) {
                let costs = counted.cost_worst_ns.get(partition.0 as usize);
                for (number, task) in table.tasks.iter().enumerate() {
                    let counters = ecu
                        .task_counters(partition, number as u32)
                        .unwrap_or_default();
                    tasks.push(TaskSummary {
                        ecu: name.clone(),
                        partition: table.name.clone(),
                        task: task.name.clone(),
                        activations: counters.activations,
                        cost_worst_ns: costs
                            .and_then(|costs| costs.get(number))
                            .copied()
                            .unwrap_or(0),
                        response_worst_ns: counters.worst_response_ns,
                        late: counters.late,
                        lost: counters.lost,
                    });
                }
            }
        }
        tasks
    }
}

impl Simulation {
    /// Activations of `ecu/partition/task` that were late, and that were lost, up to now.
    pub fn late_and_lost(&self, task: &str) -> Option<(u64, u64)> {
        let mut words = task.splitn(3, '/');
        let (ecu, partition, name) = (words.next()?, words.next()?, words.next()?);
        let (_, ecu) = self.ecus.iter().find(|(known, _)| known == ecu)?;
        let partition = ecu.partition_named(partition)?;
        let tasks = &ecu.partition(partition)?.tasks;
        let number = tasks.iter().position(|task| task.name == name)?;
        let counters = ecu.task_counters(partition, u32::try_from(number).ok()?)?;
        Some((counters.late, counters.lost))
    }
}

impl EcuStatistics {
    /// Only what lies before now counts of the last activation.
    fn load(&self, now_ns: u64) -> f64 {
        let ahead_ns = self.busy_until_ns.saturating_sub(now_ns);
        share(self.busy_ns.saturating_sub(ahead_ns), now_ns)
    }
}

/// What happened, in the words of generated code where that ended the activation.
fn message(trapped: &Trapped) -> String {
    let innermost = trapped.backtrace.first();
    let said = innermost.and_then(|frame| frame.split_once(deployment::ENDED));
    match said {
        Some((_, reason)) => {
            let reason = reason.to_owned();
            Trapped {
                reason,
                ..trapped.clone()
            }
            .to_string()
        }
        None => trapped.to_string(),
    }
}

fn tables(ecu: &VirtualEcu) -> impl Iterator<Item = (PartitionId, &deployment::Partition)> {
    (0..)
        .map(PartitionId)
        .map_while(|partition| Some((partition, ecu.partition(partition)?)))
}

fn bus_summary(net: &super::world::CanNet, now_ns: u64) -> BusSummary {
    let statistics = net.bus.statistics();
    let ids = statistics.ids().map(|(id, counted)| IdSummary {
        id: id.to_string(),
        frames: counted.frames,
        load: share(counted.busy_ns, now_ns),
    });
    BusSummary {
        bus: net.name.clone(),
        frames: statistics.frames(),
        error_frames: statistics.error_frames(),
        load: statistics.load(now_ns),
        ids: ids.collect(),
        controllers: Vec::new(),
    }
}

fn controllers(net: &super::world::CanNet) -> Vec<ControllerSummary> {
    let all = net.bus.controllers().iter().zip(0..);
    let summary = |(one, number): (&Controller, u32)| {
        let expected = net.expected.of(ControllerId(number));
        ControllerSummary {
            controller: one.name().to_owned(),
            state: one.state(),
            transmit_errors: one.transmit_errors(),
            expected_transmit_errors: expected.transmit_errors,
            receive_errors: one.receive_errors(),
            expected_receive_errors: expected.receive_errors,
        }
    };
    all.map(summary).collect()
}

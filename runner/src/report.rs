//! What an ECU has counted, as data.

use ecu_host::{Ecu, PartitionId, PartitionState, board::Board};

use crate::{
    linux_board::LinuxBoard,
    protocol::{EcuReport, PartitionReport, TaskReport},
};

pub(crate) fn of(ecu: &Ecu<LinuxBoard>, name: &str) -> EcuReport {
    let partitions = partitions(ecu).map(|(id, table)| {
        let counters = ecu.partition_counters(id).unwrap_or_default();
        let tasks = (0_u32..).zip(&table.tasks);
        PartitionReport {
            name: table.name.clone(),
            traps: counters.traps,
            restarts: counters.restarts,
            frames_lost: counters.frames_lost,
            frames_refused: counters.frames_refused,
            values_lost: counters.values_lost,
            values_refused: counters.values_refused,
            tasks: tasks
                .map(|(task, entry)| task_report(ecu, id, task, &entry.name))
                .collect(),
        }
    });
    EcuReport {
        ecu: name.to_owned(),
        partitions: partitions.collect(),
        networks: ecu.board().networks.reports(),
    }
}

/// Names of partitions that run no more.
pub(crate) fn stopped<B: Board + 'static>(ecu: &Ecu<B>) -> Vec<String> {
    let is_stopped = |id| ecu.state(id) == Some(PartitionState::Stopped);
    partitions(ecu)
        .filter(|(id, _)| is_stopped(*id))
        .map(|(_, table)| table.name.clone())
        .collect()
}

fn partitions<B: Board + 'static>(
    ecu: &Ecu<B>,
) -> impl Iterator<Item = (PartitionId, &deployment::Partition)> {
    (0..)
        .map(PartitionId)
        .map_while(|id| ecu.partition(id).map(|table| (id, table)))
}

fn task_report<B: Board + 'static>(
    ecu: &Ecu<B>,
    partition: PartitionId,
    task: u32,
    name: &str,
) -> TaskReport {
    let counters = ecu.task_counters(partition, task).unwrap_or_default();
    TaskReport {
        name: name.to_owned(),
        activations: counters.activations,
        late: counters.late,
        lost: counters.lost,
        worst_response_ns: counters.worst_response_ns,
        busy_ns: counters.busy_ns,
    }
}

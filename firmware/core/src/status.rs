//! What the firmware says of itself when it is asked: `s` on the log's line. Lines of `name value`,
//! so that a test and a person can read them.

use ecu_host::{Ecu, PartitionId};

use crate::{hardware::Hardware, log::log, memory, mode::ModeBoard, realtime::Sleep};

/// The question.
pub(crate) const STATUS: u8 = b's';

pub(crate) fn tell<H: Hardware>(ecu: &Ecu<ModeBoard<H>>, now_ns: u64, sleep: &Sleep) {
    let heap = memory::heap();
    log!("status at_us {}", now_ns / 1_000);
    log!("status sleeps {}", sleep.count);
    log!("status asleep_us {}", sleep.asleep_ns / 1_000);
    log!("status heap_bytes {}", heap.now);
    log!("status heap_peak_bytes {}", heap.peak);
    log!("status stack_peak_bytes {}", memory::stack_peak_bytes());
    for id in (0..).map(PartitionId) {
        let Some(table) = ecu.partition(id) else {
            break;
        };
        let counters = ecu.partition_counters(id).unwrap_or_default();
        log!(
            "status partition {} traps {} restarts {} frames_lost {}",
            table.name,
            counters.traps,
            counters.restarts,
            counters.frames_lost
        );
        for (number, task) in (0..).zip(&table.tasks) {
            let counters = ecu.task_counters(id, number).unwrap_or_default();
            log!(
                "status task {}/{} activations {} late {} lost {} worst_response_us {} busy_us {}",
                table.name,
                task.name,
                counters.activations,
                counters.late,
                counters.lost,
                counters.worst_response_ns / 1_000,
                counters.busy_ns / 1_000
            );
        }
    }
    log!("status end");
}

//! The C of the ECU: its partitions, the order of their tasks, its buses. Knows nothing of what the
//! partitions import.

use super::glue::{NativePartition, array, quoted};
use deployment::{BusKind, Direction, Event, System};
use std::{cmp::Reverse, fmt::Write};

/// Blocks that a waiting value takes at most by estimate; a value of a scalar takes one.
const BLOCKS_PER_VALUE: u32 = 3;
/// C for the ECU: its partitions in the order of the system file, and the order of their tasks.
pub fn system_source(partitions: &[NativePartition], system: &System) -> String {
    let mut text =
        String::from("/* Generated: the ECU's partitions, and the order of their tasks. */\n");
    text.push_str("#include \"wireloom.h\"\n");
    for number in 0..partitions.len() {
        let _ = writeln!(text, "extern const wl_partition_t wl_partition{number};");
    }
    let addresses: Vec<_> = (0..partitions.len())
        .map(|number| format!("&wl_partition{number}"))
        .collect();
    array(
        &mut text,
        "const wl_partition_t *const partitions",
        &addresses,
        "NULL",
    );
    let mut starts: Vec<_> = (0..partitions.len()).collect();
    starts.sort_by_key(|number| partitions.get(*number).map(|one| &one.table.name));
    let starts: Vec<_> = starts.iter().map(usize::to_string).collect();
    array(&mut text, "const uint16_t starts", &starts, "0");
    let order = order(partitions);
    array(&mut text, "const wl_place_t order", &order, "{0}");
    let buses: Vec<_> = system
        .buses
        .iter()
        .filter(|bus| matches!(bus.kind, BusKind::I2c { .. }))
        .map(|bus| quoted(&bus.name))
        .collect();
    array(&mut text, "const char *const i2c_buses", &buses, "NULL");
    let rates: Vec<_> = system
        .buses
        .iter()
        .filter_map(|bus| match bus.kind {
            BusKind::Can { bitrate_bps } => Some(format!("{bitrate_bps}u")),
            BusKind::I2c { .. } => None,
        })
        .collect();
    array(&mut text, "const uint32_t can_rates_bps", &rates, "0");
    let blocks = blocks(partitions);
    let name = partitions.first().map_or(system.name.clone(), |one| {
        format!("{}, ECU {}", system.name, one.table.ecu)
    });
    let _ = writeln!(
        text,
        "static wl_block_t blocks[{blocks}];\nconst wl_system_t wl_system = {{\n    {}, partitions, starts, order, i2c_buses,\n    can_rates_bps, {}, {}, {}, {}, {blocks}, blocks}};",
        quoted(&name),
        partitions.len(),
        order.len(),
        buses.len(),
        rates.len(),
    );
    text
}

fn order(partitions: &[NativePartition]) -> Vec<String> {
    let mut keyed: Vec<_> = partitions
        .iter()
        .enumerate()
        .flat_map(|(number, partition)| {
            let table = &partition.table;
            table.tasks.iter().enumerate().map(move |(place, task)| {
                let late = task.event != Event::Init;
                let key = (late, Reverse(task.priority), &task.name, &table.name);
                (key, format!("{{{number}, {place}}}"))
            })
        })
        .collect();
    keyed.sort();
    keyed.into_iter().map(|(_, place)| place).collect()
}

fn blocks(partitions: &[NativePartition]) -> u32 {
    let values = partitions.iter().flat_map(|partition| {
        let elements = partition.table.elements.iter().map(|one| one.queue.max(1));
        let pdus = partition
            .table
            .pdus
            .iter()
            .filter(|pdu| pdu.direction == Direction::In)
            .map(|pdu| pdu.queue.max(1));
        elements.chain(pdus)
    });
    let blocks = values.fold(8_u32, |sum, queue| {
        sum.saturating_add(queue.saturating_mul(BLOCKS_PER_VALUE))
    });
    blocks.min(u32::from(u16::MAX) - 1)
}

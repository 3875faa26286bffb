//! The C of the ECU: its partitions, the order of their tasks, its buses. Knows nothing of what the
//! partitions import.

use super::glue::{NativePartition, array, is_wanted, quoted};
use deployment::{BusKind, Direction, Element, Event, System};
use std::{cmp::Reverse, fmt::Write};

/// Blocks of a scalar, and of a value with lists, strings or names of its own: 256 bytes, which is
/// what the runtime hands on (`WL_VALUE_BYTES`, `WL_BLOCK_BYTES`).
const BLOCKS_OF_A_SCALAR: u32 = 1;
const BLOCKS_OF_A_VALUE: u32 = 22;
const SCALARS: [&str; 12] = [
    "bool", "char", "f32", "f64", "s8", "s16", "s32", "s64", "u8", "u16", "u32", "u64",
];
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
            _ => None,
        })
        .collect();
    array(&mut text, "const uint32_t can_rates_bps", &rates, "0");
    let names = system.buses.iter().filter_map(|bus| match bus.kind {
        BusKind::Can { .. } => Some(quoted(&bus.name)),
        _ => None,
    });
    array(
        &mut text,
        "const char *const can_buses",
        &names.collect::<Vec<_>>(),
        "NULL",
    );
    let blocks = blocks(partitions, system);
    let name = partitions.first().map_or(system.name.clone(), |one| {
        format!("{}, ECU {}", system.name, one.table.ecu)
    });
    let _ = writeln!(
        text,
        "static wl_block_t blocks[{blocks}];\nconst wl_system_t wl_system = {{\n    {}, partitions, starts, order, i2c_buses,\n    can_buses, can_rates_bps, {}, {}, {}, {}, {blocks}, blocks}};",
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

/// Room for all that can wait at a time: received frames, values for another partition, and the
/// same values until the activation that published them has ended.
fn blocks(partitions: &[NativePartition], system: &System) -> u32 {
    let values = partitions.iter().flat_map(|partition| {
        let table = &partition.table;
        let waits = |number: u32, element: &Element| match element.direction {
            Direction::In => true,
            Direction::Out => is_wanted(table, system, number),
        };
        let elements = (0..).zip(&table.elements);
        let elements = elements.filter(move |(number, element)| waits(*number, element));
        let elements = elements.map(|(_, element)| {
            let of_one = match SCALARS.contains(&element.value.as_str()) {
                true => BLOCKS_OF_A_SCALAR,
                false => BLOCKS_OF_A_VALUE,
            };
            element.queue.max(1).saturating_mul(of_one)
        });
        let pdus = table.pdus.iter();
        let received = pdus.filter(|pdu| pdu.direction == Direction::In);
        elements.chain(received.map(|pdu| pdu.queue.max(1)))
    });
    let blocks = values.fold(8_u32, u32::saturating_add);
    blocks.min(u32::from(u16::MAX) - 1)
}

//! The C of the ECU: its partitions, the order of their tasks, its buses. Knows nothing of what the
//! partitions import.

use super::glue::{NativePartition, array, is_wanted, quoted};
use deployment::{
    ActiveLevel, BusKind, Direction, Element, Event, PinDirection, PinSignal, Pull, System,
};
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
    let devices = devices(&mut text, partitions, system);
    let blocks = blocks(partitions, system);
    let ecu = partitions.first().map(|one| one.table.ecu.as_str());
    let ecu = system
        .ecus
        .iter()
        .find(|one| Some(one.name.as_str()) == ecu);
    let activation_ns = ecu.map_or(0, |ecu| ecu.activation_ns);
    let name = partitions.first().map_or(system.name.clone(), |one| {
        format!("{}, ECU {}", system.name, one.table.ecu)
    });
    let _ = writeln!(
        text,
        "static wl_block_t blocks[{blocks}];\nconst wl_system_t wl_system = {{\n    {}, partitions, starts, order, i2c_buses,\n    can_buses, can_rates_bps, {}, {}, {}, {}, {blocks}, {activation_ns}u, blocks,\n    \
         spi_devices, spi_configs, pins, pin_states, nv_blocks, {devices}}};",
        quoted(&name),
        partitions.len(),
        order.len(),
        buses.len(),
        rates.len(),
    );
    text
}

/// SPI devices, pins and non-volatile blocks of the ECU; how many there are of each.
fn devices(text: &mut String, partitions: &[NativePartition], system: &System) -> String {
    let (spi, configs) = spi_devices(system);
    array(text, "const wl_spi_device_t spi_devices", &spi, "{0}");
    array(text, "wl_spi_config_t spi_configs", &configs, "{0}");
    let pins = pins(system);
    array(text, "const wl_pin_t pins", &pins, "{0}");
    let states = pins.len().max(1);
    let _ = writeln!(text, "static wl_pin_state_t pin_states[{states}];");
    let ecu = partitions.first().map(|one| one.table.ecu.as_str());
    let blocks = system.blocks.iter();
    let ours = blocks.filter(|block| Some(block.ecu.as_str()) == ecu);
    let ours = ours.filter_map(|block| {
        let mut names = partitions.iter().map(|one| one.table.name.as_str());
        Some((names.position(|name| name == block.partition)?, block))
    });
    let ours = ours.enumerate();
    let kept = ours.map(|(number, (partition, block))| nv_block(text, number, partition, block));
    let kept: Vec<_> = kept.collect();
    array(text, "const wl_nv_block_t nv_blocks", &kept, "{0}");
    format!("{}, {}, {}", spi.len(), pins.len(), kept.len())
}

/// In the order of their names, and how each is spoken to at first.
fn spi_devices(system: &System) -> (Vec<String>, Vec<String>) {
    let buses = system.buses.iter().filter_map(|bus| match &bus.kind {
        BusKind::Spi { clock_hz, devices } => Some((clock_hz, devices)),
        _ => None,
    });
    let mut all: Vec<_> = buses
        .enumerate()
        .flat_map(|(number, (clock_hz, devices))| {
            devices.iter().map(move |device| (device, number, clock_hz))
        })
        .collect();
    all.sort_by_key(|(device, ..)| &device.name);
    let entry = |(device, number, clock_hz): &(&deployment::SpiDevice, usize, &u32)| {
        let (name, select) = (quoted(&device.name), device.chip_select);
        let mode = device.mode.number();
        (
            format!("{{{name}, {clock_hz}u, {number}, {select}}}"),
            format!("{{{clock_hz}u, {mode}, 0}}"),
        )
    };
    all.iter().map(entry).unzip()
}

/// With their positions among the pins of their kind, by which a board gives them its lines.
fn pins(system: &System) -> Vec<String> {
    let (mut digital, mut inputs, mut outputs) = (0, 0, 0);
    let pins = system.buses.iter().flat_map(|bus| match &bus.kind {
        BusKind::Gpio { pins } => pins.as_slice(),
        _ => &[],
    });
    let entry = |pin: &deployment::Pin| {
        let (next, full_scale) = match (pin.signal, pin.direction) {
            (PinSignal::Digital, _) => (&mut digital, 0),
            (PinSignal::Analog { full_scale }, PinDirection::Out) => (&mut outputs, full_scale),
            (PinSignal::Analog { full_scale }, _) => (&mut inputs, full_scale),
        };
        let line = *next;
        *next += 1;
        let direction = match pin.direction {
            PinDirection::In => "WL_PIN_IN",
            PinDirection::Out => "WL_PIN_OUT",
            PinDirection::InOut => "WL_PIN_IN_OUT",
        };
        let active_low = u8::from(pin.active_level == ActiveLevel::Low);
        let pull = match pin.pull {
            None => "WL_PULL_NONE",
            Some(Pull::Up) => "WL_PULL_UP",
            Some(Pull::Down) => "WL_PULL_DOWN",
        };
        let name = quoted(&pin.name);
        format!("{{{name}, {full_scale}u, {line}, {direction}, {active_low}, {pull}}}")
    };
    pins.map(entry).collect()
}

/// The block's entry in the table; its content, state and first content stand before it.
fn nv_block(
    text: &mut String,
    number: usize,
    partition: usize,
    block: &deployment::Block,
) -> String {
    let size_bytes = block.size_bytes;
    let _ = writeln!(
        text,
        "static uint8_t nv_content{number}[{}];
static wl_nv_state_t nv_state{number};",
        size_bytes.max(1)
    );
    let initial = match &block.initial {
        None => "NULL, 0".to_owned(),
        Some(bytes) => {
            let listed: Vec<_> = bytes.iter().map(u8::to_string).collect();
            array(
                text,
                &format!("const uint8_t nv_initial{number}"),
                &listed,
                "0",
            );
            format!("nv_initial{number}, {}u", bytes.len())
        }
    };
    let name = quoted(&block.name);
    format!(
        "{{&wl_partition{partition}, {name}, {size_bytes}u, nv_content{number}, &nv_state{number}, {initial}}}"
    )
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

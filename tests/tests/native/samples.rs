//! The samples as native images on the virtual board, against their simulation.

use super::{
    composed::composed,
    qemu::{Part, Port, image, image_for, run},
};
use graph_core::compose::Composed;
use simulator::{Options, Simulation, SystemFiles};

fn parts(composed: &Composed, ecu: &str) -> Vec<Part> {
    let partitions = composed.partitions.iter().filter(|one| one.ecu == ecu);
    partitions
        .map(|one| (one.deployment.clone(), one.bytes.clone()))
        .collect()
}

fn simulated(composed: &Composed, until_ns: u64) -> Simulation {
    let partitions = composed.partitions.iter();
    let files = SystemFiles {
        system: composed.system.clone(),
        partitions: partitions
            .map(|partition| (partition.file_name.clone(), partition.bytes.clone()))
            .collect(),
    };
    let mut simulation = Simulation::new(&files, Options::default()).unwrap();
    simulation.run_until(until_ns, &mut |_| true);
    simulation
}

/// `(0.001007) can0 120#0A01F830` as SLCAN writes it.
fn slcan(line: &str) -> String {
    let frame = line.split(' ').nth(2).unwrap();
    let (id, data) = frame.split_once('#').unwrap();
    let kind = if id.len() == 8 { 'T' } else { 't' };
    format!("{kind}{id}{}{data}", data.len() / 2)
}

#[test]
fn thermal_sends_the_frames_of_its_simulation() {
    let composed = composed("thermal");
    let expected: Vec<_> = simulated(&composed, 4_000_000_000)
        .candump()
        .lines()
        .map(slcan)
        .collect();
    assert!(expected.len() >= 39, "{expected:?}");
    let image = image(&composed.system, &parts(&composed, "climate"), false);
    let mut count = 0;
    let frames = run(&image, Port::Can, Some(27_500), |_| {
        count += 1;
        count == expected.len()
    });
    assert_eq!(frames, expected);
}

#[test]
fn the_temperature_of_the_virtual_sensor_is_in_the_frames() {
    let composed = composed("thermal");
    let image = image(&composed.system, &parts(&composed, "climate"), false);
    let first = |millidegrees| run(&image, Port::Can, Some(millidegrees), |_| true).remove(0);
    // 0.1 °C with an offset of 40 °C, 12 bits, big-endian (thermal.dbc).
    assert!(first(40_000).ends_with("0000"), "{}", first(40_000));
    assert!(first(27_500).ends_with("F830"), "{}", first(27_500));
}

#[test]
fn antipinch_publishes_the_values_of_its_simulation() {
    let composed = composed("antipinch");
    let simulation = simulated(&composed, 1_600_000_000);
    let partitions: Vec<_> = composed
        .partitions
        .iter()
        .map(|one| &one.deployment)
        .collect();
    let number = |partition: &str, element: &str| {
        let table = partitions
            .iter()
            .find(|table| table.name == partition)
            .unwrap();
        let elements = table.elements.iter();
        let mut out = elements.enumerate().filter(|(_, one)| one.name == element);
        out.next().unwrap().0
    };
    let rows = simulation.trace().rows_from(0).map(|row| row.to_string());
    let expected: Vec<_> = rows
        .filter_map(|row| {
            let fields: Vec<_> = row.split('\t').map(str::to_owned).collect();
            if fields[1] != "publish" {
                return None;
            }
            let (_, rest) = fields[2].split_once('/').unwrap();
            let (partition, element) = rest.split_once('/').unwrap();
            let element = number(partition, element);
            Some(format!("publish {partition} {element} {}", fields[3]))
        })
        .collect();
    assert!(expected.len() > 1_000);
    let image = image(&composed.system, &parts(&composed, "door"), true);
    let mut count = 0;
    let lines = run(&image, Port::Log, None, |line| {
        count += usize::from(line.starts_with("publish "));
        count == expected.len()
    });
    let published = lines
        .into_iter()
        .filter(|line| line.starts_with("publish "));
    assert_eq!(published.collect::<Vec<_>>(), expected);
}

#[test]
fn thermal_keeps_to_its_sizes_on_every_board() {
    let composed = composed("thermal");
    for board in ["qemu-mps2-an385", "arduino-due"] {
        let image = image_for(board, &composed.system, &parts(&composed, "climate"), false);
        let (flash, ram) = (image.flash_bytes.unwrap(), image.ram_bytes.unwrap());
        assert!(flash <= 40 * 1024, "{board}: {flash} bytes of flash");
        assert!(ram <= 32 * 1024, "{board}: {ram} bytes of RAM");
        let again = image_for(board, &composed.system, &parts(&composed, "climate"), false);
        assert!(
            again == image,
            "{board}: the same input gives the same bytes"
        );
    }
}

//! What a simulation says of values and frames, in the words of the native log.

use super::qemu::Part;
use graph_core::compose::Composed;
use simulator::{Options, Simulation, SystemFiles};

/// The partitions of one ECU, in the order of the system file.
pub(crate) fn parts(composed: &Composed, ecu: &str) -> Vec<Part> {
    let partitions = composed.partitions.iter().filter(|one| one.ecu == ecu);
    partitions
        .map(|one| (one.deployment.clone(), one.bytes.clone()))
        .collect()
}

/// The system as it was composed.
pub(crate) fn simulated(composed: &Composed, until_ns: u64) -> Simulation {
    run(composed, until_ns, |bytes| bytes.to_vec())
}

/// The system with memories as a microcontroller has them.
pub(crate) fn lowered(composed: &Composed, until_ns: u64) -> Simulation {
    run(composed, until_ns, |bytes| {
        exporter::lower::lower(bytes).unwrap().bytes
    })
}

fn run(composed: &Composed, until_ns: u64, change: impl Fn(&[u8]) -> Vec<u8>) -> Simulation {
    let partitions = composed.partitions.iter();
    let files = SystemFiles {
        system: composed.system.clone(),
        partitions: partitions
            .map(|partition| (partition.file_name.clone(), change(&partition.bytes)))
            .collect(),
    };
    let mut simulation = Simulation::new(&files, Options::default()).unwrap();
    simulation.run_until(until_ns, &mut |_| true);
    simulation
}

/// Lines of an ECU as `publish main 3 0a00` and `refuse main 3`, in their order.
pub(crate) fn values(composed: &Composed, simulation: &Simulation, ecu: &str) -> Vec<String> {
    let number = |partition: &str, element: &str| {
        let mut tables = composed.partitions.iter().map(|one| &one.deployment);
        let table =
            tables.find(|table| (table.ecu.as_str(), table.name.as_str()) == (ecu, partition));
        let table = table.unwrap();
        let mut elements = table.elements.iter();
        elements.position(|one| one.name == element).unwrap()
    };
    let rows = simulation.trace().rows_from(0).map(|row| row.to_string());
    let values = rows.filter_map(|row| {
        let fields: Vec<_> = row.split('\t').collect();
        if !["publish", "refuse"].contains(&fields[1]) {
            return None;
        }
        let (found, rest) = fields[2].split_once('/').unwrap();
        if found != ecu {
            return None;
        }
        let (partition, element) = rest.split_once('/').unwrap();
        let element = number(partition, element);
        let line = format!("{} {partition} {element} {}", fields[1], fields[3]);
        Some(line.trim_end().to_owned())
    });
    values.collect()
}

/// The same lines of a native log.
pub(crate) fn native_values(log: &[String]) -> Vec<String> {
    let values = log
        .iter()
        .filter(|line| line.starts_with("publish ") || line.starts_with("refuse "));
    values.cloned().collect()
}

/// Frames as SLCAN writes them: `(0.001007) can0 120#0A01F830` is `t12040A01F830`.
pub(crate) fn frames(simulation: &Simulation) -> Vec<String> {
    simulation.candump().lines().map(slcan).collect()
}

fn slcan(line: &str) -> String {
    let frame = line.split(' ').nth(2).unwrap();
    let (id, data) = frame.split_once('#').unwrap();
    let extended = id.len() == 8;
    if let Some(code) = data.strip_prefix('R') {
        let kind = if extended { 'R' } else { 'r' };
        let code = if code.is_empty() { "0" } else { code };
        return format!("{kind}{id}{code}");
    }
    let kind = if extended { 'T' } else { 't' };
    format!("{kind}{id}{}{data}", data.len() / 2)
}

/// The frames of a simulation as a script for `machine`: when each arrives.
pub(crate) fn script(simulation: &Simulation) -> String {
    let log = simulation.candump();
    let lines = log.lines().map(|line| {
        let time = line.trim_start_matches('(').split(')').next().unwrap();
        let (seconds, micros) = time.split_once('.').unwrap();
        let at_us: u64 = format!("{seconds}{micros:0<6}").parse().unwrap();
        format!("{at_us} {}\n", slcan(line))
    });
    lines.collect()
}

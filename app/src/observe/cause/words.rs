//! How steps of an answer read. Knows nothing of how they are found.

use super::{Ask, Certainty, Node, Why, index::Activation};
use graph_core::document::{BusKind, InstanceId, Subject};
use std::fmt::Write;

/// A line a step, indented by how far it is from the value: back, then forward.
pub fn told(why: &Why) -> String {
    let mut text = told_back(why);
    if !why.forward.is_empty() {
        text.push_str("and what it changed\n");
        why.forward
            .iter()
            .for_each(|node| lines(&mut text, node, 1));
    }
    text
}

/// Only what led to the value.
pub fn told_back(why: &Why) -> String {
    let mut text = format!("{} at {}\n", why.element, seconds(why.at_ns));
    lines(&mut text, &why.back, 1);
    text
}

fn lines(text: &mut String, node: &Node, depth: usize) {
    // Writing to a string does not fail.
    let _ = write!(text, "{:width$}{}", "", node.text, width = 2 * depth);
    if let Some(at_ns) = node.at_ns {
        let _ = write!(text, "  at {}", seconds(at_ns));
    }
    if let Some(age_ns) = node.age_ns {
        let _ = write!(text, ", {} old", age(age_ns));
    }
    let _ = match node.certainty {
        Certainty::Fact => writeln!(text),
        Certainty::OneOf => writeln!(text, "  (one of these)"),
        Certainty::Possible => writeln!(text, "  (possible)"),
    };
    node.branches
        .iter()
        .for_each(|branch| lines(text, branch, depth + 1));
}

/// `0.300123 s`
pub fn seconds(at_ns: u64) -> String {
    format!("{:.6} s", at_ns as f64 / 1e9)
}

/// `1.2 ms`
pub fn age(age_ns: u64) -> String {
    match age_ns {
        0..1_000 => format!("{age_ns} ns"),
        1_000..1_000_000 => format!("{:.1} us", age_ns as f64 / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} ms", age_ns as f64 / 1e6),
        _ => format!("{:.3} s", age_ns as f64 / 1e9),
    }
}

/// `climate/main/fan-step ran 13.2 us`
pub(super) fn activation(activation: &Activation<'_>) -> String {
    let table = activation.table;
    let name = format!("{}/{}/{}", table.ecu, table.name, activation.task);
    match activation.end_ns {
        u64::MAX => format!("{name}, which still runs"),
        end_ns => format!(
            "{name} ran {}",
            age(end_ns.saturating_sub(activation.start_ns))
        ),
    }
}

impl Ask<'_, '_> {
    pub(super) fn name(&self, id: InstanceId) -> &str {
        let instance = self.run.document.instances.get(&id);
        instance.map_or("?", |instance| &instance.name)
    }

    /// `fan.fan-status.duty`
    pub(super) fn short(&self, name: &str) -> String {
        let document = self.run.document;
        match graph_core::end::parse(document, name) {
            Ok(end) => {
                let name = crate::canvas::names::end_name(document, &end);
                name.strip_suffix(".get")
                    .map_or(name.clone(), str::to_owned)
            }
            Err(_) => name.to_owned(),
        }
    }

    /// What an element is on the canvas: its instance, or its bus.
    pub(super) fn item(&self, name: &str) -> Option<Subject> {
        if self.index.pins.contains_key(name) {
            let mut buses = self.run.document.buses.iter();
            let of = buses.find(|(_, bus)| bus.parts().contains(&name));
            return of.map(|(id, _)| Subject::Bus(*id));
        }
        let end = graph_core::end::parse(self.run.document, name).ok()?;
        match end.bus() {
            Some(bus) => Some(Subject::Bus(bus)),
            None => end.instance().map(Subject::Instance),
        }
    }

    pub(super) fn bus(&self, name: &str) -> Option<Subject> {
        self.run.document.bus_named(name).map(Subject::Bus)
    }

    /// The device at an I2C address.
    pub(super) fn i2c_device(&self, bus: &str, address: &str) -> Option<&str> {
        let address = u16::from_str_radix(address.trim_start_matches("0x"), 16).ok()?;
        let bus = self.run.document.bus_named(bus)?;
        let BusKind::I2c { devices, .. } = &self.run.document.buses.get(&bus)?.kind else {
            return None;
        };
        let found = devices.iter().find(|device| device.address == address)?;
        Some(&found.name)
    }

    /// The instance that a task runs, or its partition where it runs several or none.
    pub(super) fn place(&self, activation: &Activation<'_>) -> Option<Subject> {
        let instances: Vec<InstanceId> = self.index.instances_of(activation).into_iter().collect();
        if let [only] = instances.as_slice() {
            return Some(Subject::Instance(*only));
        }
        let ecu = self.run.document.ecu_named(&activation.table.ecu)?;
        let partition = activation.table.name.clone();
        let key = graph_core::document::PartitionKey { ecu, partition };
        Some(Subject::Partition(key))
    }
}

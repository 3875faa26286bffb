//! A trace by what is asked of it: activations, writes of elements, frames. Judges nothing.

use super::{
    Run,
    source::{self, Source},
};
use deployment::{Direction, Partition};
use graph_core::document::{BusKind, ConnectorId, InstanceId};
use simulator::trace::{Kind, Row};
use std::collections::{BTreeMap, BTreeSet};

/// One activation of a task.
#[derive(Debug)]
pub(super) struct Activation<'a> {
    pub(super) table: &'a Partition,
    pub(super) task: &'a str,
    /// Number of its first row, and of its last or of what comes behind the trace.
    pub(super) begin: u64,
    pub(super) end: u64,
    pub(super) start_ns: u64,
    pub(super) end_ns: u64,
}

/// See the file's head.
pub(super) struct Index<'a> {
    /// In the order of their rows.
    pub(super) activations: Vec<Activation<'a>>,
    /// Rows by the name of the element that they write.
    pub(super) writes: BTreeMap<&'a str, Vec<u64>>,
    /// Rows by bus, then by identifier and whether that has 29 bits.
    pub(super) frames: BTreeMap<&'a str, BTreeMap<(u32, bool), Vec<u64>>>,
    /// Rows by key and receiving ECU.
    pub(super) carried: BTreeMap<(&'a str, &'a str), Vec<u64>>,
    /// Rows that belong to an ECU's doings: writes, calls, transfers, pins, blocks, what is printed.
    doings: BTreeMap<&'a str, Vec<u64>>,
    /// Rows by pin, for every pin of the project.
    pub(super) pins: BTreeMap<&'a str, Vec<u64>>,
    /// Rows by `device.stimulus`.
    pub(super) stimuli: BTreeMap<&'a str, Vec<u64>>,
    instances: BTreeMap<&'a str, InstanceId>,
    /// Names of elements that are sent.
    pub(super) sent: BTreeSet<&'a str>,
    /// What buffered connectors carry.
    pub(super) carried_by: BTreeMap<ConnectorId, Vec<Source>>,
}

impl<'a> Index<'a> {
    pub(super) fn new(run: &Run<'a>) -> Index<'a> {
        let instances = run.document.instances.iter();
        let mut index = Index {
            activations: Vec::new(),
            writes: BTreeMap::new(),
            frames: BTreeMap::new(),
            carried: BTreeMap::new(),
            doings: BTreeMap::new(),
            pins: pins(run),
            stimuli: BTreeMap::new(),
            instances: instances
                .map(|(id, one)| (one.name.as_str(), *id))
                .collect(),
            sent: BTreeSet::new(),
            carried_by: BTreeMap::new(),
        };
        for partition in &run.composed.partitions {
            let elements = partition.deployment.elements.iter();
            let sent = elements.filter(|one| one.direction == Direction::Out);
            index.sent.extend(sent.map(|one| one.name.as_str()));
        }
        let connectors = run.document.connectors.iter();
        for (id, connector) in connectors.filter(|(_, one)| !one.kind.is_direct()) {
            let sources = source::sources(run, &index, &connector.from);
            index.carried_by.insert(*id, sources);
        }
        let mut open: BTreeMap<&str, usize> = BTreeMap::new();
        for row in run.trace.rows_from(run.trace.begin()) {
            index.add(run, row, &mut open);
        }
        index
    }

    fn add(&mut self, run: &Run<'a>, row: Row<'a>, open: &mut BTreeMap<&'a str, usize>) {
        match row.kind {
            Kind::Began => {
                let Some((table, task)) = task_of(run, row.subject) else {
                    return;
                };
                open.insert(&table.ecu, self.activations.len());
                self.activations.push(Activation {
                    table,
                    task,
                    begin: row.number,
                    end: u64::MAX,
                    start_ns: row.time_ns,
                    end_ns: u64::MAX,
                });
            }
            Kind::Ended => {
                let ecu = row.subject.split('/').next().unwrap_or_default();
                let ended = open.remove(ecu).and_then(|at| self.activations.get_mut(at));
                if let Some(activation) = ended {
                    (activation.end, activation.end_ns) = (row.number, row.time_ns);
                }
            }
            Kind::Published => {
                let name = row.subject.splitn(3, '/').nth(2).unwrap_or_default();
                self.writes.entry(name).or_default().push(row.number);
                self.do_at(row.subject, row.number);
            }
            Kind::Frame => {
                if let Some(frame) = row.frame() {
                    let key = (frame.id().value(), frame.id().is_extended());
                    let of_bus = self.frames.entry(row.subject).or_default();
                    of_bus.entry(key).or_default().push(row.number);
                }
            }
            Kind::Carried => {
                let mut words = row.detail.split(' ');
                if let (Some(key), Some(ecu)) = (words.next(), words.next()) {
                    let rows = self.carried.entry((key, ecu)).or_default();
                    rows.push(row.number);
                }
            }
            Kind::Pin => {
                self.pins.entry(row.subject).or_default().push(row.number);
                self.do_at(row.detail, row.number);
            }
            Kind::I2c | Kind::Spi => self.do_at(row.detail, row.number),
            Kind::Nv | Kind::Called | Kind::Returned | Kind::Printed => {
                self.do_at(row.subject, row.number);
            }
            Kind::Stimulus => self
                .stimuli
                .entry(row.subject)
                .or_default()
                .push(row.number),
            _ => {}
        }
    }

    /// The first word of a subject or detail is the ECU.
    fn do_at(&mut self, text: &'a str, row: u64) {
        let ecu = text.split(['/', ' ']).next().unwrap_or_default();
        self.doings.entry(ecu).or_default().push(row);
    }

    /// The rows of what an activation did, in their order.
    pub(super) fn doings(&self, activation: &Activation<'_>) -> &[u64] {
        let rows = self.doings.get(activation.table.ecu.as_str());
        let rows = rows.map_or(&[][..], Vec::as_slice);
        let from = rows.partition_point(|row| *row < activation.begin);
        let to = rows.partition_point(|row| *row <= activation.end);
        rows.get(from..to).unwrap_or_default()
    }

    /// The activation in which an ECU wrote that row.
    pub(super) fn of_row(&self, ecu: &str, row: u64) -> Option<usize> {
        let before = self.activations.partition_point(|one| one.begin < row);
        let mut all = self.activations.iter().enumerate().take(before).rev();
        let (at, activation) = all.find(|(_, one)| one.table.ecu == ecu)?;
        (row <= activation.end).then_some(at)
    }

    /// Activations of an ECU that ran at that time: two where one ends as the next begins.
    pub(super) fn at_time(&self, ecu: &str, at_ns: u64) -> Vec<usize> {
        let all = self.activations.iter().enumerate();
        let found = all.filter(|(_, one)| {
            one.table.ecu == ecu && (one.start_ns..=one.end_ns).contains(&at_ns)
        });
        found.map(|(at, _)| at).collect()
    }

    /// The last activation before a row that runs the instance.
    pub(super) fn last_of(&self, instance: InstanceId, before: u64) -> Option<usize> {
        let count = self.activations.partition_point(|one| one.begin < before);
        let mut all = self.activations.iter().enumerate().take(count).rev();
        all.find(|(_, one)| self.instances_of(one).contains(&instance))
            .map(|(at, _)| at)
    }

    /// Instances whose runnables the task runs.
    pub(super) fn instances_of(&self, activation: &Activation<'_>) -> BTreeSet<InstanceId> {
        let table = activation.table;
        let names = runnables(activation).filter_map(|(instance, _)| table.instances.get(instance));
        names
            .filter_map(|name| self.instances.get(name.as_str()).copied())
            .collect()
    }

    pub(super) fn instance(&self, name: &str) -> Option<InstanceId> {
        self.instances.get(name).copied()
    }

    /// Whether the task runs that function of the instance.
    pub(super) fn runs(
        &self,
        activation: &Activation<'_>,
        instance: InstanceId,
        function: &str,
    ) -> bool {
        let table = activation.table;
        runnables(activation).any(|(position, name)| {
            let of = table.instances.get(position);
            name == function && of.and_then(|name| self.instance(name)) == Some(instance)
        })
    }
}

fn pins<'a>(run: &Run<'a>) -> BTreeMap<&'a str, Vec<u64>> {
    let buses = run.document.buses.values();
    let gpio = buses.filter(|bus| matches!(bus.kind, BusKind::Gpio { .. }));
    let names = gpio.flat_map(|bus| bus.parts());
    names.map(|name| (name, Vec::new())).collect()
}

/// Position of the instance, and the function.
fn runnables<'a>(activation: &Activation<'a>) -> impl Iterator<Item = (usize, &'a str)> {
    let table = activation.table;
    let task = table.tasks.iter().find(|task| task.name == activation.task);
    let numbers = task.map_or(&[][..], |task| task.runnables.as_slice());
    let found = numbers
        .iter()
        .filter_map(|at| table.runnables.get(*at as usize));
    found.map(|one| (one.instance as usize, one.function.as_str()))
}

/// The partition and task of `ecu/partition/task`; none for its start.
fn task_of<'a>(run: &Run<'a>, subject: &'a str) -> Option<(&'a Partition, &'a str)> {
    let mut words = subject.splitn(3, '/');
    let (ecu, partition, task) = (words.next()?, words.next()?, words.next()?);
    let mut all = run.composed.partitions.iter();
    let found = all.find(|one| one.ecu == ecu && one.name == partition)?;
    Some((&found.deployment, task))
}

/// Whether a partition sends that frame as a PDU.
pub(super) fn sends(table: &Partition, bus: &str, id: u32, extended: bool) -> bool {
    table.pdus.iter().any(|pdu| {
        pdu.direction == Direction::Out
            && pdu.bus == bus
            && (pdu.id, pdu.extended) == (id, extended)
    })
}

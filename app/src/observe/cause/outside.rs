//! What an activation was told from outside: transfers on buses, pins, non-volatile blocks, and what
//! reached the devices there. Knows nothing of connectors.

use super::{Ask, Node, What};
use simulator::trace::{Kind, Row};
use std::collections::BTreeSet;

impl Ask<'_, '_> {
    /// What an activation was told on buses and pins and from its blocks.
    pub(super) fn transfers(&self, at: usize) -> Vec<Node> {
        let Some(activation) = self.index.activations.get(at) else {
            return Vec::new();
        };
        let rows = self.index.doings(activation).iter();
        let rows = rows.filter_map(|row| self.run.trace.row(*row));
        let mut nodes: Vec<Node> = rows.filter_map(|row| self.told(&row)).collect();
        let ecu = &activation.table.ecu;
        let reads = self
            .run
            .trace
            .pin_reads(ecu, activation.start_ns, activation.end_ns);
        nodes.extend(reads.iter().map(|read| {
            let text = format!("pin {} read as {}", read.pin, read.value);
            let before = self.run.trace.number_at(read.time_ns.saturating_add(1));
            Node::new(What::Pin, text)
                .at(read.time_ns)
                .with(self.behind_pin(read.pin, before))
        }));
        nodes
    }

    fn told(&self, row: &Row<'_>) -> Option<Node> {
        let mut words = row.detail.split(' ');
        match row.kind {
            Kind::I2c | Kind::Spi => {
                let named = words.nth(1).unwrap_or_default();
                let device = match row.kind {
                    // By its address there.
                    Kind::I2c => self.i2c_device(row.subject, named).unwrap_or(named),
                    _ => named,
                };
                let said: Vec<&str> = words.collect();
                let said = said
                    .get(..said.len().saturating_sub(1))
                    .unwrap_or_default()
                    .join(" ");
                let text = format!("{device} on {}: {said}", row.subject);
                let node = Node::new(What::Transfer, text)
                    .at(row.time_ns)
                    .on(self.bus(row.subject));
                Some(node.with(self.stimuli(device, row.number)))
            }
            Kind::Nv if words.next() == Some("read") => {
                let block = row.subject.splitn(3, '/').nth(2).unwrap_or_default();
                let text = format!("block {block}: {}", row.detail);
                Some(Node::new(What::Block, text).at(row.time_ns))
            }
            Kind::Returned => {
                let call = row.subject.splitn(3, '/').nth(2).unwrap_or_default();
                let observed = self.run.meaning.observe(row).row.decoded;
                Some(Node::new(What::Call, format!("called {call}: {observed}")).at(row.time_ns))
            }
            _ => None,
        }
    }

    /// What reached a device from outside, as it was at that row.
    fn stimuli(&self, device: &str, before: u64) -> Vec<Node> {
        let prefix = format!("{device}.");
        let all = self
            .index
            .stimuli
            .iter()
            .filter(|(name, _)| name.starts_with(&prefix));
        let mut nodes: Vec<Node> = all
            .filter_map(|(name, rows)| {
                let count = rows.partition_point(|row| *row < before);
                let row = self.run.trace.row(*rows.get(count.checked_sub(1)?)?)?;
                let text = format!("{name} = {}", row.detail);
                Some(Node::new(What::Stimulus, text).at(row.time_ns))
            })
            .collect();
        let known: BTreeSet<String> = nodes.iter().map(|node| node.text.clone()).collect();
        let buses = self.run.document.buses.values();
        for (name, stimuli) in buses.flat_map(|bus| bus.stimuli()) {
            for (stimulus, value) in stimuli.iter().filter(|_| name == device) {
                let is_known = known
                    .iter()
                    .any(|text| text.starts_with(&format!("{prefix}{stimulus} =")));
                if !is_known {
                    let text = format!("{prefix}{stimulus} = {value}, from the start");
                    nodes.push(Node::new(What::Stimulus, text));
                }
            }
        }
        nodes
    }

    /// Who drove a pin last.
    fn behind_pin(&self, pin: &str, before: u64) -> Vec<Node> {
        let rows = self.index.pins.get(pin).map_or(&[][..], Vec::as_slice);
        let count = rows.partition_point(|row| *row < before);
        let last = count
            .checked_sub(1)
            .and_then(|at| self.run.trace.row(*rows.get(at)?));
        let Some(row) = last else {
            return self.stimuli(pin, before);
        };
        let (driver, level) = row.detail.split_once(' ').unwrap_or((row.detail, ""));
        let text = format!("{pin} driven to {level} by {driver}");
        let node = Node::new(What::Pin, text).at(row.time_ns);
        vec![node.with(self.driver(&row))]
    }

    /// The activation that drove a pin, or what reached it from outside.
    pub(super) fn driver(&self, row: &Row<'_>) -> Vec<Node> {
        let driver = row.detail.split(' ').next().unwrap_or_default();
        match self.index.of_row(driver, row.number) {
            Some(at) => vec![self.activation(at)],
            None => self.stimuli(row.subject, row.number.saturating_add(1)),
        }
    }
}

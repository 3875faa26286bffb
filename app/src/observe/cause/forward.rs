//! From a value forward: who read it before it was written again, and what they did then.

use super::{
    Ask, Certainty, Node, What,
    source::{self, Kind, Source},
};
use graph_core::{
    document::{Connector, ConnectorId, End, InstanceId, Path},
    end,
};
use simulator::trace::{self, Row};

/// Readers of one value that are told one by one.
const READERS: usize = 2;

impl Ask<'_, '_> {
    /// Everything that took the value of that row.
    pub(super) fn readers(&self, source: &Source, row: u64) -> Vec<Node> {
        let until = source::next(self.index, source, row).unwrap_or(u64::MAX);
        let mut nodes = Vec::new();
        for id in source::carriers(self.index, source) {
            let Some(connector) = self.run.document.connectors.get(&id) else {
                continue;
            };
            match &connector.to {
                End::Signal { .. } => nodes.extend(self.sent_on(connector, id, row, until)),
                _ => nodes.extend(self.read_by(source, connector, id, (row, until))),
            }
        }
        if source.kind == Kind::Element {
            nodes.extend(self.callers(source, row));
        }
        nodes
    }

    /// Activations that had the value at their beginning.
    fn read_by(
        &self,
        source: &Source,
        connector: &Connector,
        id: ConnectorId,
        (row, until): (u64, u64),
    ) -> Vec<Node> {
        let Some(instance) = connector.to.instance() else {
            return Vec::new();
        };
        let over_network = matches!(self.run.document.path_of(connector), Some(Path::Over(_)));
        let (row, until) = match over_network {
            true => match self.arrival(source, instance, row) {
                Some(both) => both,
                None => return Vec::new(),
            },
            false => (row, until),
        };
        let runs = |at: usize| {
            let Some(activation) = self.index.activations.get(at) else {
                return false;
            };
            let is_in_time = activation.begin > row && activation.begin < until;
            is_in_time
                && match &connector.to {
                    End::Parameter { function, .. } => {
                        self.index
                            .runs(activation, instance, &end::function_text(function))
                    }
                    _ => self.index.instances_of(activation).contains(&instance),
                }
        };
        let found: Vec<usize> = (0..self.index.activations.len())
            .filter(|at| runs(*at))
            .collect();
        let more = found.len().saturating_sub(READERS);
        let mut nodes: Vec<Node> = found
            .iter()
            .take(READERS)
            .map(|at| {
                let node = self.activation(*at).along(vec![id]);
                Node {
                    text: format!("read by {}", node.text),
                    ..node
                }
            })
            .collect();
        if more > 0 {
            let text = format!(
                "and {more} more activations of {} with the same value",
                self.name(instance)
            );
            nodes.push(Node::new(What::Elsewhere, text).along(vec![id]));
        }
        nodes
    }

    /// The rows in which a value and the next one reach another ECU.
    fn arrival(&self, source: &Source, receiver: InstanceId, row: u64) -> Option<(u64, u64)> {
        let instance = self.run.document.instances.get(&receiver)?;
        let ecu = self
            .run
            .document
            .ecus
            .get(&instance.partition.as_ref()?.ecu)?;
        let rows = self.flow(source, &ecu.name)?;
        let position = match self.run.trace.begin() {
            0 => source::rows(self.index, source).partition_point(|write| *write < row),
            // Some writes are no longer known: the first arrival behind it.
            _ => rows.partition_point(|arrival| *arrival < row),
        };
        let arrival = *rows.get(position)?;
        Some((arrival, rows.get(position + 1).copied().unwrap_or(u64::MAX)))
    }

    /// Frames that carried it, and who received them.
    fn sent_on(&self, connector: &Connector, id: ConnectorId, row: u64, until: u64) -> Vec<Node> {
        let name = end::text(self.run.document, &connector.to);
        let Ok(signal) = source::find(self.run, self.index, &name) else {
            return Vec::new();
        };
        let carries = |frame: &&u64| self.packs(**frame, row, until);
        let frames = source::rows(self.index, &signal).iter();
        let frames: Vec<u64> = frames
            .filter(|frame| **frame > row)
            .take_while(carries)
            .copied()
            .collect();
        let more = frames.len().saturating_sub(READERS);
        let mut nodes: Vec<Node> = frames
            .iter()
            .take(READERS)
            .filter_map(|frame| {
                let row = self.run.trace.row(*frame)?;
                let node = Node::new(What::Frame, self.frame_text(&row));
                let node = node
                    .at(row.time_ns)
                    .on(self.bus(row.subject))
                    .along(vec![id]);
                Some(node.with(self.readers(&signal, *frame)))
            })
            .collect();
        if more > 0 {
            let text = format!("and {more} more frames with the same value");
            nodes.push(Node::new(What::Elsewhere, text).along(vec![id]));
        }
        nodes
    }

    /// Whether a frame was packed after that row and before the value was written anew.
    fn packs(&self, frame: u64, row: u64, until: u64) -> bool {
        let (Some(frame), Some(written)) = (self.run.trace.row(frame), self.run.trace.row(row))
        else {
            return false;
        };
        let asked = self.run.trace.asked_ns(frame.number);
        let asked_ns = asked.into_iter().flatten().next();
        let anew_ns = self
            .run
            .trace
            .row(until)
            .map_or(u64::MAX, |row| row.time_ns);
        match asked_ns {
            Some(asked_ns) => (written.time_ns..anew_ns).contains(&asked_ns),
            None => frame.number < until,
        }
    }

    /// Instances that can have called for it directly before its owner was active again.
    fn callers(&self, source: &Source, row: u64) -> Vec<Node> {
        let Ok(from) = end::parse(self.run.document, &source.name) else {
            return Vec::new();
        };
        let Some(provider) = from.instance() else {
            return Vec::new();
        };
        let again = self
            .index
            .activations
            .iter()
            .find(|one| one.begin > row && self.index.instances_of(one).contains(&provider));
        let until = again.map_or(u64::MAX, |one| one.begin);
        let clients = self.run.document.connectors.iter().filter(|(_, one)| {
            let is_port = matches!(from, End::Result { .. }) || one.from.port() == from.port();
            one.kind.is_direct() && one.from.instance() == Some(provider) && is_port
        });
        let read = clients.flat_map(|(id, connector)| {
            let nodes = self
                .read_by(source, connector, *id, (row, until))
                .into_iter();
            nodes.map(|node| {
                let text = node.text.replacen("read by", "called for by", 1);
                Node { text, ..node }.certain(Certainty::Possible)
            })
        });
        read.collect()
    }

    /// What an activation wrote, sent and switched, and who took that in turn.
    pub(super) fn outputs(&self, at: usize) -> Vec<Node> {
        let Some(activation) = self.index.activations.get(at) else {
            return Vec::new();
        };
        let rows = self.index.doings(activation).iter();
        let rows = rows.filter_map(|row| self.run.trace.row(*row));
        rows.filter_map(|row| self.done(&row)).collect()
    }

    fn done(&self, row: &Row<'_>) -> Option<Node> {
        let at = |what, text: String| Node::new(what, text).at(row.time_ns);
        match row.kind {
            trace::Kind::Published => {
                let name = row.subject.splitn(3, '/').nth(2)?;
                let source = Source {
                    name: name.to_owned(),
                    kind: Kind::Element,
                };
                let value = source::value(self.run, &source, row.number);
                let mut node = at(What::Value, format!("{} = {value}", self.short(name)));
                node.element = Some(name.to_owned());
                Some(
                    node.on(self.item(name))
                        .with(self.readers(&source, row.number)),
                )
            }
            trace::Kind::Pin => {
                let level = row.detail.split(' ').nth(1).unwrap_or_default();
                Some(at(
                    What::Pin,
                    format!("pin {} driven to {level}", row.subject),
                ))
            }
            trace::Kind::I2c | trace::Kind::Spi => {
                let mut said = row.detail.split(' ').skip(1);
                let device = said.next().unwrap_or_default();
                let device = self.i2c_device(row.subject, device).unwrap_or(device);
                let said: Vec<&str> = said.filter(|word| word.starts_with(['w', 't'])).collect();
                let node = at(
                    What::Transfer,
                    format!("{device} on {}: {}", row.subject, said.join(" ")),
                );
                Some(node.on(self.bus(row.subject)))
            }
            trace::Kind::Nv if row.detail.starts_with("write") => {
                let block = row.subject.splitn(3, '/').nth(2)?;
                Some(at(What::Block, format!("block {block}: {}", row.detail)))
            }
            trace::Kind::Printed => {
                let instance = row.subject.splitn(3, '/').nth(2)?;
                let text = row.detail.split_once(' ').map_or("", |(_, text)| text);
                let id = self.index.instance(instance);
                let node = at(What::Printed, format!("{instance} printed {text}"));
                Some(node.on(id.map(graph_core::document::Subject::Instance)))
            }
            _ => None,
        }
    }
}

//! What the instances of an activation brought with them: those that they can have called, and what
//! they kept. No trace says what is in an instance: all of it is possible, unless a probe saw the call.

use super::{Ask, Certainty, Node, What};
use graph_core::document::{Connector, ConnectorId, End, InstanceId, Subject};
use simulator::trace::Kind;
use std::collections::BTreeSet;

impl Ask<'_, '_> {
    /// Instances that the activation can have called directly, as their last activation left them.
    pub(super) fn called(&self, at: usize, instances: &BTreeSet<InstanceId>) -> Vec<Node> {
        let mut nodes = Vec::new();
        let mut seen = instances.clone();
        let mut open: Vec<(InstanceId, Vec<ConnectorId>)> =
            instances.iter().map(|id| (*id, Vec::new())).collect();
        while let Some((client, way)) = open.pop() {
            for (id, connector) in &self.run.document.connectors {
                let ends = connector.from.instance().zip(connector.to.instance());
                let Some((provider, _)) =
                    ends.filter(|(_, to)| connector.kind.is_direct() && *to == client)
                else {
                    continue;
                };
                let was_called = self.probed(at, connector);
                if was_called == Some(false) || !seen.insert(provider) {
                    continue;
                }
                let along: Vec<ConnectorId> = way.iter().copied().chain([*id]).collect();
                let certainty = was_called.map_or(Certainty::Possible, |_| Certainty::Fact);
                nodes.push(
                    self.provider(at, provider, along.clone())
                        .certain(certainty),
                );
                open.push((provider, along));
            }
        }
        nodes
    }

    /// By the probe on a connector: whether the activation called along it.
    fn probed(&self, at: usize, connector: &Connector) -> Option<bool> {
        let activation = self.index.activations.get(at).filter(|_| connector.probe)?;
        let name = |end: &End| {
            let instance = end.instance().map_or("?", |id| self.name(id));
            format!("{instance}.{}", end.port().unwrap_or_default())
        };
        let probe = format!("/{} -> {}/", name(&connector.from), name(&connector.to));
        let mut rows = self
            .index
            .doings(activation)
            .iter()
            .filter_map(|row| self.run.trace.row(*row));
        Some(rows.any(|row| row.kind == Kind::Called && row.subject.contains(&probe)))
    }

    fn provider(&self, at: usize, provider: InstanceId, along: Vec<ConnectorId>) -> Node {
        let name = self.name(provider);
        let before = self.index.activations.get(at).map_or(0, |one| one.begin);
        let last = self.index.last_of(provider, before);
        let text = match last {
            Some(_) => format!("{name}, called directly, as its last activation left it"),
            None => format!("{name}, called directly"),
        };
        let mut node = Node::new(What::State, text).on(Some(Subject::Instance(provider)));
        node.branches = match last {
            Some(last) => vec![self.activation(last)],
            // It has no activations of its own: what it reads it reads for its caller.
            None => {
                let all = self.run.document.connectors.iter();
                let into = all.filter(|(_, one)| one.to.instance() == Some(provider));
                into.flat_map(|(id, one)| self.received(at, *id, one, &[]))
                    .collect()
            }
        };
        node.along(along)
    }

    /// What an instance can have kept: not followed, else every answer would go back to the start.
    pub(super) fn kept(&self, instance: InstanceId, before: u64) -> Option<Node> {
        let last = self
            .index
            .activations
            .get(self.index.last_of(instance, before)?)?;
        let table = last.table;
        let text = format!(
            "what {} kept from {}/{}/{}",
            self.name(instance),
            table.ecu,
            table.name,
            last.task
        );
        let node = Node::new(What::State, text)
            .at(last.start_ns)
            .on(Some(Subject::Instance(instance)));
        Some(node.certain(Certainty::Possible))
    }
}

//! From a value back: who wrote it, and what that had read.

use super::{
    Ask, Certainty, Node, What,
    index::sends,
    source::{self, Kind, Source},
    words,
};
use autosar_wit::component::Direction;
use graph_core::{
    document::{Buffering, Connector, ConnectorId, ConnectorKind, End, Path, Subject},
    end, resolve,
};
use simulator::trace::Row;

/// Values of a queue that are shown.
const QUEUED: usize = 4;

impl Ask<'_, '_> {
    /// What was there last before that row, read at that time.
    pub(super) fn value(&self, source: &Source, before: u64, read_ns: u64) -> Node {
        match source::last(self.index, source, before) {
            Some(row) => self.written(source, row, read_ns),
            None => self.initial(source),
        }
    }

    fn initial(&self, source: &Source) -> Node {
        let short = self.short(&source.name);
        let carriers = source::carriers(self.index, source);
        let initials = carriers.iter().filter_map(|id| {
            let ConnectorKind::Buffered(buffering) = &self.run.document.connectors.get(id)?.kind
            else {
                return None;
            };
            buffering.initial.as_deref()
        });
        let mut initials: Vec<&str> = initials.collect();
        initials.dedup();
        let what = match (&source.kind, initials.as_slice()) {
            (_, [initial]) => format!("initial value {initial}"),
            (Kind::Signal { .. }, _) => "initial value: no frame has come".to_owned(),
            (Kind::Element, _) => "initial value: never written".to_owned(),
            (Kind::Pin, _) => "initial level: nobody has driven it".to_owned(),
        };
        Node::new(What::Initial, format!("{short}: {what}")).on(self.item(&source.name))
    }

    /// The value in a row, and who wrote that.
    fn written(&self, source: &Source, row: u64, read_ns: u64) -> Node {
        let text = source::value(self.run, source, row);
        let text = format!("{} = {text}", self.short(&source.name));
        let Some(row) = self.run.trace.row(row) else {
            return Node::new(What::Value, text);
        };
        let mut node = Node::new(What::Value, text)
            .at(row.time_ns)
            .on(self.item(&source.name));
        node.age_ns = Some(read_ns.saturating_sub(row.time_ns));
        node.element = Some(source.name.clone());
        let cause = match &source.kind {
            Kind::Element => vec![self.writer(&row)],
            Kind::Signal { .. } => vec![self.frame(source, &row)],
            Kind::Pin => self.driver(&row),
        };
        node.with(cause)
    }

    /// The activation that wrote a row whose subject begins with its ECU.
    fn writer(&self, row: &Row<'_>) -> Node {
        let ecu = row.subject.split('/').next().unwrap_or_default();
        match self.index.of_row(ecu, row.number) {
            Some(at) => self.activation(at),
            None => Node::new(
                What::Elsewhere,
                format!("an activation of {ecu} that the trace no longer has"),
            ),
        }
    }

    pub(super) fn activation(&self, at: usize) -> Node {
        let Some(activation) = self.index.activations.get(at) else {
            return Node::new(What::Elsewhere, "an activation that is gone".to_owned());
        };
        let mut node = Node::new(What::Activation, words::activation(activation))
            .at(activation.start_ns)
            .on(self.place(activation));
        node.expand = Some(at);
        node
    }

    /// A frame, its senders, and what they put into the signal.
    fn frame(&self, source: &Source, row: &Row<'_>) -> Node {
        let text = self.frame_text(row);
        let mut words = row.detail.split(' ').skip(1);
        let senders = words.next().unwrap_or_default();
        let asked = self.run.trace.asked_ns(row.number);
        let branches = senders
            .split('+')
            .enumerate()
            .flat_map(|(position, sender)| {
                let asked_ns = asked.get(position).copied().flatten();
                self.senders(source, row, sender, asked_ns)
            });
        Node::new(What::Frame, text)
            .at(row.time_ns)
            .on(self.bus(row.subject))
            .with(branches.collect())
    }

    pub(super) fn frame_text(&self, row: &Row<'_>) -> String {
        let observed = self.run.meaning.observe(row).row;
        let name = observed.decoded.split(' ').next().unwrap_or_default();
        format!("{} on {}: {}", name, row.subject, observed.text)
    }

    /// The activations that can have asked for a frame: two where one ended as the next began.
    fn senders(
        &self,
        source: &Source,
        row: &Row<'_>,
        sender: &str,
        asked_ns: Option<u64>,
    ) -> Vec<Node> {
        let Kind::Signal {
            bus, id, extended, ..
        } = &source.kind
        else {
            return Vec::new();
        };
        let Some(asked_ns) = asked_ns else {
            let text = match self.run.document.ecu_named(sender) {
                Some(_) => format!("sent by {sender}; its activation is no longer in the trace"),
                None => format!("sent by {sender}, which is no ECU of the project"),
            };
            return vec![Node::new(What::Stimulus, text)];
        };
        let running = self.index.at_time(sender, asked_ns);
        let is_sending = |at: &&usize| {
            let activation = self.index.activations.get(**at);
            activation
                .is_some_and(|one| one.begin < row.number && sends(one.table, bus, *id, *extended))
        };
        let by_pdu: Vec<usize> = running.iter().filter(is_sending).copied().collect();
        let certainty = match by_pdu
            .len()
            .max(usize::from(by_pdu.is_empty()) * running.len())
        {
            0 | 1 => Certainty::Fact,
            _ => Certainty::OneOf,
        };
        if by_pdu.is_empty() {
            let drivers = running
                .into_iter()
                .map(|at| self.activation(at).certain(certainty));
            return drivers.collect();
        }
        let packed = by_pdu
            .into_iter()
            .map(|at| self.packed(source, at).certain(certainty));
        packed.collect()
    }

    /// The activation that packed a message, with what went into the signal.
    fn packed(&self, source: &Source, at: usize) -> Node {
        let mut node = self.activation(at);
        node.expand = None;
        let Some(activation) = self.index.activations.get(at) else {
            return node;
        };
        let all = self.run.document.connectors.iter();
        let into = all.filter(|(_, one)| end::text(self.run.document, &one.to) == source.name);
        node.branches = into
            .flat_map(|(id, _)| {
                let sources = self.index.carried_by.get(id).into_iter().flatten();
                sources.map(move |element| {
                    let value = self.value(element, activation.end, activation.end_ns);
                    value.along(vec![*id])
                })
            })
            .collect();
        node
    }

    /// Everything that an activation had: what it read, what it was told, what its instances kept.
    pub(super) fn inputs(&self, at: usize) -> Vec<Node> {
        let Some(activation) = self.index.activations.get(at) else {
            return Vec::new();
        };
        let instances = self.index.instances_of(activation);
        let mut nodes = Vec::new();
        for (id, connector) in &self.run.document.connectors {
            let reads = connector
                .to
                .instance()
                .is_some_and(|to| instances.contains(&to));
            if reads && self.is_read(at, connector) {
                nodes.extend(self.received(at, *id, connector, &[]));
            }
        }
        nodes.extend(self.transfers(at));
        nodes.extend(self.called(at, &instances));
        for instance in instances {
            nodes.extend(self.kept(instance, activation.begin));
        }
        nodes
    }

    /// A parameter belongs to one runnable; a port can be read by all of its instance.
    fn is_read(&self, at: usize, connector: &Connector) -> bool {
        let (
            End::Parameter {
                instance, function, ..
            },
            Some(activation),
        ) = (&connector.to, self.index.activations.get(at))
        else {
            return true;
        };
        self.index
            .runs(activation, *instance, &end::function_text(function))
    }

    /// What a buffered connector has brought to an activation.
    pub(super) fn received(
        &self,
        at: usize,
        id: ConnectorId,
        connector: &Connector,
        way: &[ConnectorId],
    ) -> Vec<Node> {
        let ConnectorKind::Buffered(buffering) = &connector.kind else {
            return Vec::new();
        };
        let Some(activation) = self.index.activations.get(at) else {
            return Vec::new();
        };
        let along = || way.iter().copied().chain([id]).collect::<Vec<_>>();
        let sources = self.index.carried_by.get(&id).into_iter().flatten();
        let taken = sources.filter(|source| self.takes(connector, source));
        taken
            .flat_map(|source| match self.run.document.path_of(connector) {
                Some(Path::Over(network)) => vec![self.carried(at, source, network)],
                _ => self.waiting(source, buffering, (activation.begin, activation.start_ns)),
            })
            .map(|node| self.judged(node, buffering).along(along()))
            .collect()
    }

    /// Whether a whole port that receives has the element.
    fn takes(&self, connector: &Connector, source: &Source) -> bool {
        let End::Port { instance, port } = &connector.to else {
            return true;
        };
        let Some((_, function)) = source.name.split_once('#') else {
            return true;
        };
        let component = resolve::component_type(self.run.document, self.run.library, *instance);
        let port = component.and_then(|one| one.port(Direction::Required, port));
        // An adapter gives elements other names.
        connector.adapter.is_some()
            || port.is_none_or(|port| {
                resolve::functions(port)
                    .iter()
                    .any(|one| one.name == function)
            })
    }

    /// The last value, or those that can have been the oldest of a queue.
    fn waiting(
        &self,
        source: &Source,
        buffering: &Buffering,
        (before, read_ns): (u64, u64),
    ) -> Vec<Node> {
        let Some(length) = buffering.queue.filter(|length| *length > 1) else {
            return vec![self.value(source, before, read_ns)];
        };
        let rows = source::rows(self.index, source);
        let count = rows.partition_point(|row| *row < before);
        let shown = (length as usize).min(QUEUED);
        let last = rows
            .get(count.saturating_sub(shown)..count)
            .unwrap_or_default();
        if last.is_empty() {
            return vec![self.initial(source)];
        }
        let nodes = last.iter().rev().map(|row| {
            let mut node = self
                .written(source, *row, read_ns)
                .certain(Certainty::OneOf);
            node.text.push_str(", one of a queue");
            node
        });
        nodes.collect()
    }

    /// A value that is too old reads as something else.
    fn judged(&self, mut node: Node, buffering: &Buffering) -> Node {
        let is_late = buffering
            .alive_timeout_ns
            .zip(node.age_ns)
            .is_some_and(|(limit, age)| age > limit);
        if is_late {
            let read = match &buffering.substitute {
                Some(substitute) => format!("; too old, read as {substitute}"),
                None => "; too old, read as `timeout`".to_owned(),
            };
            node.text.push_str(&read);
        }
        node
    }

    /// A value that came over a network.
    fn carried(&self, at: usize, source: &Source, network: graph_core::document::BusId) -> Node {
        let Some(activation) = self.index.activations.get(at) else {
            return self.initial(source);
        };
        let receiver = activation.table.ecu.as_str();
        let Some(rows) = self.flow(source, receiver) else {
            return self.initial(source);
        };
        let count = rows.partition_point(|row| *row < activation.begin);
        let Some(row) = count
            .checked_sub(1)
            .and_then(|last| self.run.trace.row(*rows.get(last)?))
        else {
            return self.initial(source);
        };
        let name = self
            .run
            .document
            .buses
            .get(&network)
            .map_or("?", |bus| &bus.name);
        let (sent, certainty) = self.sent(source, &row, count - 1);
        let value = source::value(self.run, source, sent.first().copied().unwrap_or(u64::MAX));
        let text = format!("{} = {value} over {name}", self.short(&source.name));
        let mut node = Node::new(What::Carried, text)
            .at(row.time_ns)
            .on(Some(Subject::Bus(network)));
        node.age_ns = Some(activation.start_ns.saturating_sub(row.time_ns));
        node.element = Some(source.name.clone());
        let branches = sent
            .iter()
            .map(|sent| self.written(source, *sent, row.time_ns).certain(certainty));
        node.with(branches.collect())
    }

    /// The rows in which an element's flow reached an ECU.
    pub(super) fn flow(&self, source: &Source, receiver: &str) -> Option<&[u64]> {
        let mut all = self.index.carried.iter();
        let (_, rows) = all.find(|((key, ecu), _)| {
            *ecu == receiver && self.run.meaning.carries(key) == Some(source.name.as_str())
        })?;
        Some(rows)
    }

    /// The writes that a carried value can be: values of one flow keep their order.
    fn sent(&self, source: &Source, row: &Row<'_>, position: usize) -> (Vec<u64>, Certainty) {
        let writes = source::rows(self.index, source);
        let digits = row.detail.split(' ').nth(4);
        let is_it = |write: &u64| self.run.trace.row(*write).map(|write| write.detail) == digits;
        let in_order = writes.get(position).copied().filter(is_it);
        if let (0, Some(write)) = (self.run.trace.begin(), in_order) {
            return (vec![write], Certainty::Fact);
        }
        let start_ns = row
            .detail
            .split(' ')
            .nth(3)
            .and_then(|word| word.parse().ok())
            .unwrap_or(row.time_ns);
        let earlier = writes.iter().copied().filter(|write| {
            self.run
                .trace
                .row(*write)
                .is_some_and(|one| one.time_ns <= start_ns)
        });
        let mut found: Vec<u64> = earlier.filter(is_it).collect();
        found.reverse();
        found.truncate(QUEUED);
        let certainty = if found.len() > 1 {
            Certainty::OneOf
        } else {
            Certainty::Fact
        };
        (found, certainty)
    }
}

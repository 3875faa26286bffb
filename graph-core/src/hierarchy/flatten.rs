//! The system without compositions: their parts stand at the top, connectors lead from part to part.

use super::{
    ends::Index,
    names::joined,
    origins::{Origin, Origins},
    port::split_key,
    size::{MAXIMUM, size},
};
use crate::{
    capability::{Capability, Treatment},
    diagnostic::{Diagnostic, Severity},
    document::*,
    edit::Edit,
    end,
};
use std::{borrow::Cow, collections::BTreeMap, rc::Rc};

/// A document without compositions, and where everything in it comes from.
#[derive(Debug, Clone)]
pub struct Flat<'a> {
    pub document: Cow<'a, Document>,
    pub origins: Origins,
    /// What compositions have wrong.
    pub(crate) findings: Vec<Diagnostic>,
    /// How many parts have a name that another one has too.
    pub(crate) clashes: usize,
}

/// What parts are called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Naming {
    /// As in the running system: `front-controller`.
    Labels,
    /// By their way, for people: `front/controller`.
    Paths,
}

/// The flat form of a document. A part that is there once keeps its number, so a system that was
/// grouped is flat what it was before. Positions on the canvas are left out.
pub fn flattened(document: &Document) -> Flat<'_> {
    flatten(document, Naming::Labels)
}

pub(crate) fn flatten(document: &Document, naming: Naming) -> Flat<'_> {
    if !document.has_compositions() {
        return Flat {
            document: Cow::Borrowed(document),
            origins: Origins::default(),
            findings: Vec::new(),
            clashes: 0,
        };
    }
    let flattening = Flattening::of(document, naming);
    let mut flat = flattening.flat;
    flat.next_id = flattening.next_id;
    Flat {
        document: Cow::Owned(flat),
        origins: flattening.origins,
        findings: flattening.findings,
        clashes: flattening.clashes,
    }
}

/// One place in which a composition stands.
#[derive(Debug, Clone, Default)]
pub(super) struct Occurrence {
    pub(super) composition: Option<ComponentId>,
    /// The instances of compositions on the way to it.
    pub(super) path: Vec<InstanceId>,
    /// The occurrence that it stands in.
    pub(super) outer: Option<usize>,
    prefix: String,
    /// Before names for people: `front/`.
    way: String,
    partition: Option<PartitionKey>,
    /// How all parts are treated.
    capabilities: BTreeMap<Capability, Treatment>,
}

/// What an instance is in an occurrence.
#[derive(Debug, Clone, Copy)]
pub(super) enum Part {
    Leaf(InstanceId),
    Inside(usize),
}

/// What a composition's instance binds, by the part that gets it.
type Bound = BTreeMap<InstanceId, BTreeMap<String, Binding>>;

/// A document while it is made flat, and afterwards what was learnt of its hierarchy.
pub(crate) struct Flattening<'a> {
    pub(super) source: &'a Document,
    pub(super) index: Rc<Index<'a>>,
    naming: Naming,
    pub(super) flat: Document,
    origins: Origins,
    findings: Vec<Diagnostic>,
    clashes: usize,
    pub(super) occurrences: Vec<Occurrence>,
    pub(super) parts: Vec<BTreeMap<InstanceId, Part>>,
    /// Flat names in lower case, and the ways to who has them.
    names: BTreeMap<String, String>,
    next_id: u64,
}

impl<'a> Flattening<'a> {
    /// Of a document with compositions.
    pub(crate) fn of(source: &'a Document, naming: Naming) -> Flattening<'a> {
        let mut flattening = Flattening::new(source, naming);
        match size(source, &flattening.index) > MAXIMUM {
            true => flattening.refuse(),
            false => {
                flattening.expand(Occurrence::default(), BTreeMap::new());
                flattening.connect();
                flattening.find_lonely_ports();
            }
        }
        flattening
    }

    fn new(source: &'a Document, naming: Naming) -> Flattening<'a> {
        let components = source.components.iter();
        let components = components
            .filter(|(_, component)| component.source != ComponentSource::Composition)
            .map(|(id, component)| (*id, component.clone()));
        let flat = Document {
            name: source.name.clone(),
            components: components.collect(),
            buses: source.buses.clone(),
            ecus: source.ecus.clone(),
            pdus: source.pdus.clone(),
            ..Document::default()
        };
        Flattening {
            source,
            index: Rc::new(Index::new(source)),
            naming,
            flat,
            origins: Origins::of_hierarchy(),
            findings: Vec::new(),
            clashes: 0,
            occurrences: Vec::new(),
            parts: Vec::new(),
            names: BTreeMap::new(),
            next_id: source.next_id,
        }
    }

    /// Nothing can be said of a system that is too large to be made flat.
    fn refuse(&mut self) {
        let message = format!(
            "`{}` has more than {MAXIMUM} parts and connectors in its compositions, more than can be checked or run",
            self.source.name
        );
        let found = Diagnostic::new("composition", Severity::Error, Subject::Project, message)
            .help("use compositions fewer times in other compositions");
        self.findings.push(found);
    }

    /// Brings the parts of an occurrence in, and returns its number.
    fn expand(&mut self, occurrence: Occurrence, bound: Bound) -> usize {
        let number = self.occurrences.len();
        self.occurrences.push(occurrence.clone());
        self.parts.push(BTreeMap::new());
        let index = self.index.clone();
        for (id, instance) in index.parts(occurrence.composition) {
            let mut bindings = instance.bindings.clone();
            bindings.extend(bound.get(&id).cloned().unwrap_or_default());
            let part = match self.source.is_composition(instance.component) {
                true => Part::Inside(self.expand_instance(number, id, instance, &bindings)),
                false => Part::Leaf(self.leaf(&occurrence, id, instance, bindings)),
            };
            if let (Part::Leaf(flat), Some(bound)) = (part, bound.get(&id)) {
                let keys = bound.keys().cloned().collect();
                self.origins.bound.insert(flat, keys);
            }
            if let Some(parts) = self.parts.get_mut(number) {
                parts.insert(id, part);
            }
        }
        number
    }

    fn expand_instance(
        &mut self,
        number: usize,
        id: InstanceId,
        instance: &Instance,
        bindings: &BTreeMap<String, Binding>,
    ) -> usize {
        let outer = self.occurrences.get(number).cloned().unwrap_or_default();
        let own = instance.prefix.as_ref().unwrap_or(&instance.name);
        let inner = Occurrence {
            composition: Some(instance.component),
            path: [outer.path.as_slice(), &[id]].concat(),
            outer: Some(number),
            prefix: joined(&outer.prefix, own),
            way: format!("{}{}/", outer.way, instance.name),
            partition: outer.partition.clone().or(instance.partition.clone()),
            capabilities: treated(instance, &outer.capabilities),
        };
        let mut bound = Bound::new();
        for (key, binding) in bindings {
            let (port, rest) = split_key(key);
            if self.index.behind(instance.component, port).next().is_none() {
                self.find_vain_binding(&outer, (id, instance), key);
            }
            for end in self.index.behind(instance.component, port) {
                if let (Some(part), Some(port)) = (end.instance(), end.port()) {
                    let keys = bound.entry(part).or_default();
                    keys.insert(format!("{port}{rest}"), binding.clone());
                }
            }
        }
        self.expand(inner, bound)
    }

    fn find_vain_binding(
        &mut self,
        at: &Occurrence,
        (id, instance): (InstanceId, &Instance),
        key: &str,
    ) {
        let way = format!("{}{}", at.way, instance.name);
        let message = format!("`{way}` binds `{key}`, behind which its composition has no part");
        let subject = Subject::Instance(id);
        let mut found = Diagnostic::new("composition", Severity::Error, subject, message).help(
            "bind what is in a port by the port's whole name, as `acme:heat/driver@1.0.0#init(bus)`, or remove the binding",
        );
        let mut changed = instance.clone();
        if changed.bindings.remove(key).is_some() {
            let edits = vec![Edit::ChangeInstance(id, changed)];
            found = found.fix(format!("Remove the binding of `{key}`"), edits);
        }
        found.scope = at.path.clone();
        self.findings.push(found);
    }

    fn leaf(
        &mut self,
        at: &Occurrence,
        id: InstanceId,
        instance: &Instance,
        bindings: BTreeMap<String, Binding>,
    ) -> InstanceId {
        let flat = match self.flat.instances.contains_key(&id) {
            true => InstanceId(self.take_id()),
            false => id,
        };
        let label = joined(&at.prefix, &instance.name);
        let way = format!("{}{}", at.way, instance.name);
        self.origins.instances.insert(
            flat,
            Origin {
                path: at.path.clone(),
                subject: id,
            },
        );
        let lower = label.to_ascii_lowercase();
        if let Some(other) = self.names.insert(lower, way.clone()) {
            let message =
                format!("`{other}` and `{way}` are both called `{label}` in the running system");
            let mut found = Diagnostic::new(
                "composition",
                Severity::Error,
                Subject::Instance(id),
                message,
            )
            .help("rename one of them, or give one of the compositions another name or prefix");
            found.scope = at.path.clone();
            self.findings.push(found);
            self.clashes += 1;
        }
        let part = Instance {
            name: match self.naming {
                Naming::Labels => label,
                Naming::Paths => way,
            },
            composition: None,
            prefix: None,
            partition: at.partition.clone().or(instance.partition.clone()),
            bindings,
            capabilities: treated(instance, &at.capabilities),
            ..instance.clone()
        };
        self.flat.instances.insert(flat, part);
        flat
    }

    /// Connectors of every occurrence, from what stands behind one end to what stands behind the other.
    fn connect(&mut self) {
        let index = self.index.clone();
        for number in 0..self.occurrences.len() {
            let Some(occurrence) = self.occurrences.get(number).cloned() else {
                continue;
            };
            for (id, connector) in index.connectors(occurrence.composition) {
                let (from, to) = (
                    self.landings(number, &connector.from),
                    self.landings(number, &connector.to),
                );
                if from.is_empty() || to.is_empty() {
                    self.find_dangling(&occurrence, id, connector);
                }
                for from in &from {
                    for to in &to {
                        let flat = match self.flat.connectors.contains_key(&id) {
                            true => ConnectorId(self.take_id()),
                            false => id,
                        };
                        let between = Connector {
                            from: from.end.clone(),
                            to: to.end.clone(),
                            ..connector.clone()
                        };
                        self.flat.connectors.insert(flat, between);
                        let origin = Origin {
                            path: occurrence.path.clone(),
                            subject: id,
                        };
                        self.origins.note(flat, origin.clone());
                        self.origins.connectors.insert(flat, origin);
                        for (number, delegation) in from.through.iter().chain(&to.through) {
                            let path = self.occurrences.get(*number).map(|one| one.path.clone());
                            self.origins.note(
                                flat,
                                Origin {
                                    path: path.unwrap_or_default(),
                                    subject: *delegation,
                                },
                            );
                        }
                    }
                }
            }
        }
    }

    /// A connector that leads to no part at one of its ends is none of the flat system's.
    fn find_dangling(&mut self, at: &Occurrence, id: ConnectorId, connector: &Connector) {
        let ends = [&connector.from, &connector.to].into_iter();
        let port = ends.filter_map(|end| {
            let instance = self.source.instances.get(&end.instance()?)?;
            let (composition, port) = (instance.component, end.port()?);
            let is_open = self.source.is_composition(composition)
                && self.index.behind(composition, port).next().is_none();
            is_open.then(|| (format!("{}{}", at.way, instance.name), port.to_owned()))
        });
        let open = port.map(|(instance, port)| {
            format!("nothing stands behind the port `{port}` of the composition `{instance}`")
        });
        let mut messages: Vec<String> = open.collect();
        if messages.is_empty() {
            let (from, to) = (
                end::text(self.source, &connector.from),
                end::text(self.source, &connector.to),
            );
            messages.push(format!(
                "the connector from `{}{from}` to `{}{to}` reaches no part: a port of a composition further inside leads nowhere",
                at.way, at.way
            ));
        }
        for message in messages {
            let mut found = Diagnostic::new(
                "composition",
                Severity::Error,
                Subject::Connector(id),
                message,
            )
            .help("enter the composition and connect a part to its port, or remove the connector");
            found.scope = at.path.clone();
            self.findings.push(found);
        }
    }

    /// Ports of compositions that lead nowhere, connected or not.
    fn find_lonely_ports(&mut self) {
        for number in 1..self.occurrences.len() {
            let Some(at) = self.occurrences.get(number) else {
                continue;
            };
            let Some(composition) = at.composition else {
                continue;
            };
            for (id, port) in self.source.ports_of(composition) {
                if self.index.behind(composition, &port.name).next().is_some() {
                    continue;
                }
                let way = at.way.trim_end_matches('/');
                let message = format!("the port `{}` of `{way}` leads to no part", port.name);
                let mut found = Diagnostic::new(
                    "composition",
                    Severity::Warning,
                    Subject::Instance(id),
                    message,
                )
                .help("connect a part to it inside, or remove it");
                found.scope = at.path.clone();
                self.findings.push(found);
            }
        }
    }

    fn take_id(&mut self) -> u64 {
        let id = self.next_id;
        self.next_id += 1;
        id
    }
}

/// What is said of an instance and of what it stands in; the outer one wins, as with partitions.
fn treated(
    instance: &Instance,
    outer: &BTreeMap<Capability, Treatment>,
) -> BTreeMap<Capability, Treatment> {
    let mut treated = instance.capabilities.clone();
    treated.extend(outer);
    treated
}

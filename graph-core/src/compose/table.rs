//! The tables of one partition: its data elements, PDUs, runnables and tasks, as the plan that the
//! generator works from and as the deployment that hosts read. Positions in both are the same.
//! Knows nothing of components' bytes.

use super::{
    ComposeError, buffering,
    nv_data::{self, NvTables},
    parameters, pdus, scaled,
    scope::{Member, Scope},
    tasks,
    types::end_type,
    ways::{Buffered, Ways},
};
use crate::{
    document::{BusId, Document, End, FunctionPath, InstanceId},
    end,
    library::Library,
};
use autosar_wit::{component::Direction, types::ValueType};
use deployment::Element;
use rte::{FunctionRef, InstancePlan, Link, Plan, PortPlan, ServedPort, Sink, Source};
use std::collections::{BTreeMap, BTreeSet};

/// What a partition consists of beside its instances.
pub(super) struct Tables {
    pub(super) plan: Plan,
    pub(super) deployment: deployment::Partition,
    pub(super) element_types: Vec<ValueType>,
    /// Sender's end → element that publishes it.
    pub(super) published: BTreeMap<End, u32>,
    pub(super) taken: Vec<Taken>,
    pub(super) nv: NvTables,
}

/// What comes from another partition.
pub(super) struct Taken {
    pub(super) sender: End,
    /// Position of the sender's partition.
    pub(super) from: usize,
    /// The element that takes it.
    pub(super) element: u32,
    /// Between two ECUs.
    pub(super) network: Option<BusId>,
}

/// Makes the tables of the partition at this position.
pub(super) fn tables(
    document: &Document,
    library: &Library,
    scopes: &[Scope<'_>],
    ways: &Ways<'_>,
    at: usize,
) -> Result<Tables, ComposeError> {
    let Some(scope) = scopes.get(at) else {
        unreachable!("positions come from the list itself: this is a bug");
    };
    let mut builder = Builder::new(document, library, scope, at)?;
    for way in ways
        .buffered
        .iter()
        .filter(|way| way.from_scope == Some(at))
    {
        builder.publish(way)?;
    }
    for way in &ways.buffered {
        builder.carry(scopes, ways, way)?;
    }
    parameters::add(&mut builder)?;
    nv_data::add(&mut builder)?;
    tasks::add(&mut builder, ways)?;
    pdus::add_sending_tasks(&mut builder);
    builder.add_ports(ways)?;
    Ok(builder.finish())
}

/// Tables in the making.
pub(super) struct Builder<'a> {
    pub(super) document: &'a Document,
    pub(super) library: &'a Library,
    pub(super) scope: &'a Scope<'a>,
    pub(super) at: usize,
    pub(super) tables: Tables,
    /// Positions of runnables.
    pub(super) runnables: BTreeMap<(InstanceId, FunctionPath), usize>,
    /// Positions of PDUs.
    pub(super) pdus: BTreeMap<(BusId, String, deployment::Direction), usize>,
    /// Receiver's end → position of the element that is taken for it.
    pub(super) inbox: BTreeMap<End, u32>,
    /// Positions of mode machines, by the required ports that users know them by.
    pub(super) modes: BTreeMap<(InstanceId, String), usize>,
    /// Required ports with parameters.
    pub(super) served: BTreeSet<(InstanceId, String)>,
}

impl<'a> Builder<'a> {
    fn new(
        document: &'a Document,
        library: &'a Library,
        scope: &'a Scope<'a>,
        at: usize,
    ) -> Result<Self, ComposeError> {
        let names = scope
            .members
            .iter()
            .map(|member| member.name().to_owned())
            .collect();
        let deployment = deployment::Partition {
            format: deployment::FORMAT,
            ecu: scope.ecu.name.clone(),
            name: scope.key.partition.clone(),
            instances: names,
            runnables: Vec::new(),
            tasks: Vec::new(),
            elements: Vec::new(),
            pdus: Vec::new(),
            probes: Vec::new(),
            limits: deployment::Limits {
                memory_bytes: scope.partition.memory_bytes,
                fuel: scope.partition.fuel,
            },
            on_trap: scope.partition.on_trap,
        };
        let mut builder = Self {
            document,
            library,
            scope,
            at,
            tables: Tables {
                plan: Plan::default(),
                deployment,
                element_types: Vec::new(),
                published: BTreeMap::new(),
                taken: Vec::new(),
                nv: NvTables::default(),
            },
            runnables: BTreeMap::new(),
            pdus: BTreeMap::new(),
            inbox: BTreeMap::new(),
            modes: BTreeMap::new(),
            served: BTreeSet::new(),
        };
        tasks::add_runnables(&mut builder)?;
        Ok(builder)
    }

    /// The element under which a sender's value leaves, for traces and other partitions.
    fn publish(&mut self, way: &Buffered<'_>) -> Result<(), ComposeError> {
        let bound = way.buffering.bound.unwrap_or(buffering::DEFAULT_BOUND);
        if let Some(element) = self.tables.published.get(&way.from) {
            let sink = Sink::Outbox { element: *element };
            let links = &mut self.tables.plan.links;
            if let Some(link) = links.iter_mut().find(|link| link.sink == sink) {
                link.buffering.bound = link.buffering.bound.max(bound);
            }
            return Ok(());
        }
        let value = self.value(&way.from, self.member(&way.from)?, Direction::Provided)?;
        let element = self.add_element(&way.from, deployment::Direction::Out, value, 1);
        self.tables.published.insert(way.from.clone(), element);
        let source = self.source(&way.from)?;
        self.tables.plan.links.push(Link {
            source,
            sink: Sink::Outbox { element },
            buffering: rte::Buffering {
                bound,
                ..rte::Buffering::default()
            },
        });
        Ok(())
    }

    /// Brings a value to its receiver in this partition, or from here to a bus.
    fn carry(
        &mut self,
        scopes: &[Scope<'_>],
        ways: &Ways<'_>,
        way: &Buffered<'_>,
    ) -> Result<(), ComposeError> {
        let here = Some(self.at);
        let mut source = match (way.from_scope, way.to_scope) {
            (from, to) if from == here && (to == here || to.is_none()) => self.source(&way.from)?,
            (None, to) if to == here => pdus::source(self, &way.from)?,
            (Some(from), to) if to == here => self.inbox(scopes, from, way)?,
            _ => return Ok(()),
        };
        let (mut sink, value) = match way.to_scope {
            None => (pdus::sink(self, &way.to)?, None),
            Some(_) => match self.adapted(ways, way) {
                Some((sink, value)) => (sink, Some(value)),
                None => {
                    let value = self.value(&way.to, self.member(&way.to)?, Direction::Required)?;
                    (self.sink(&way.to)?, Some(value))
                }
            },
        };
        let scale = scaled::scale(self.document, self.library, way, &mut source, &mut sink)?;
        let place = end::text(self.document, &way.to);
        if self
            .tables
            .plan
            .links
            .iter()
            .any(|link| buffering::overlap(&link.sink, &sink))
        {
            return Err(ComposeError::TwoSenders { to: place });
        }
        let mut buffering = buffering::pack(&place, way.buffering, value.as_ref())?;
        buffering.scale = scale;
        if buffering.alive_timeout_ns.is_none() {
            buffering.alive_timeout_ns = pdus::timeout_ns(self, &way.from);
        }
        self.tables.plan.links.push(Link {
            source,
            sink,
            buffering,
        });
        Ok(())
    }

    /// The adapter's port that takes the value, and what it takes: the store serves the adapter, and
    /// the adapter the receiver.
    fn adapted(&self, ways: &Ways<'_>, way: &Buffered<'_>) -> Option<(Sink, ValueType)> {
        let adapter = ways.adapters.get(way.adapter?)?;
        let End::Element { function, .. } = &way.to else {
            return None;
        };
        let mut functions = adapter.adaptation.functions.iter();
        let adapted = functions.find(|adapted| {
            let name = function.function.as_ref();
            name.is_none_or(|name| *name == adapted.outer.name)
        })?;
        let whole = adapted.inner.result.as_ref()?;
        let path = FunctionPath {
            port: rte::ADAPTER_INNER.to_owned(),
            function: function
                .function
                .as_ref()
                .map(|_| adapted.inner.name.clone()),
        };
        let value = rte::element_value(whole).unwrap_or(whole).clone();
        Some((Sink::Port(function_ref(&adapter.name, &path)), value))
    }

    /// The element that waits for a value from another partition.
    fn inbox(
        &mut self,
        scopes: &[Scope<'_>],
        from: usize,
        way: &Buffered<'_>,
    ) -> Result<Source, ComposeError> {
        let sender = way
            .from
            .instance()
            .and_then(|id| scopes.get(from)?.member(id));
        let sender = sender.ok_or_else(|| self.dangling(&way.from))?;
        let value = self.value(&way.from, sender, Direction::Provided)?;
        let queue = way.buffering.queue.unwrap_or(1);
        let element = self.add_element(&way.to, deployment::Direction::In, value.clone(), queue);
        self.tables.taken.push(Taken {
            sender: way.from.clone(),
            from,
            element,
            network: way.network,
        });
        self.inbox.insert(way.to.clone(), element);
        Ok(Source::Inbox { element, value })
    }

    /// An element that nobody in the project sends; it reads as it is until its host gives a value.
    pub(super) fn awaited(&mut self, end: &End, value: ValueType) -> Source {
        let element = self.add_element(end, deployment::Direction::In, value.clone(), 1);
        Source::Inbox { element, value }
    }

    fn source(&self, end: &End) -> Result<Source, ComposeError> {
        match end {
            End::Result {
                instance,
                function,
                fields,
            } => Ok(Source::Result {
                runnable: self.runnable(*instance, function)?,
                fields: fields.clone(),
            }),
            End::Element { function, .. } => Ok(Source::Getter(function_ref(
                self.member(end)?.name(),
                function,
            ))),
            _ => Err(self.no_value(end)),
        }
    }

    fn sink(&self, end: &End) -> Result<Sink, ComposeError> {
        match end {
            End::Parameter {
                instance,
                function,
                parameter,
                fields,
            } => Ok(Sink::Parameter {
                runnable: self.runnable(*instance, function)?,
                parameter: parameter.clone(),
                fields: fields.clone(),
            }),
            End::Element { function, .. } => {
                Ok(Sink::Port(function_ref(self.member(end)?.name(), function)))
            }
            _ => Err(self.no_value(end)),
        }
    }

    /// The type that a buffered connector carries from or to this end.
    fn value(
        &self,
        end: &End,
        member: Member<'_>,
        direction: Direction,
    ) -> Result<ValueType, ComposeError> {
        let whole = end_type(self.document, &member, end, direction)?;
        rte::element_value(whole)
            .cloned()
            .ok_or_else(|| self.no_value(end))
    }

    fn add_element(
        &mut self,
        end: &End,
        direction: deployment::Direction,
        value: ValueType,
        queue: u32,
    ) -> u32 {
        let element = position(self.tables.deployment.elements.len());
        self.tables.deployment.elements.push(Element {
            name: end::text(self.document, end),
            direction,
            value: autosar_wit::print::value_type(&value),
            queue,
        });
        self.tables.element_types.push(value);
        element
    }

    /// The element under which the checks of a received message are told; it names the partition,
    /// since each receiver checks for itself.
    pub(super) fn add_checks(&mut self, message: &str) -> u32 {
        let element = position(self.tables.deployment.elements.len());
        let (ecu, partition) = (&self.scope.ecu.name, &self.scope.key.partition);
        let value = rte::checked();
        self.tables.deployment.elements.push(Element {
            name: format!("{message}#e2e {ecu}/{partition}"),
            direction: deployment::Direction::Out,
            value: autosar_wit::print::value_type(&value),
            queue: 1,
        });
        self.tables.element_types.push(value);
        element
    }

    pub(super) fn member(&self, end: &End) -> Result<Member<'a>, ComposeError> {
        end.instance()
            .and_then(|id| self.scope.member(id))
            .ok_or_else(|| self.dangling(end))
    }

    fn runnable(&self, id: InstanceId, path: &FunctionPath) -> Result<usize, ComposeError> {
        self.runnables
            .get(&(id, path.clone()))
            .copied()
            .ok_or_else(|| {
                let instance = self.scope.member(id).map_or("?", |member| member.name());
                ComposeError::NotActivated {
                    instance: instance.to_owned(),
                    function: end::function_text(path),
                }
            })
    }

    fn dangling(&self, end: &End) -> ComposeError {
        ComposeError::Dangling {
            subject: format!("connector end `{}`", end::text(self.document, end)),
            missing: "an instance".to_owned(),
        }
    }

    fn no_value(&self, end: &End) -> ComposeError {
        ComposeError::NoValue {
            end: end::text(self.document, end),
        }
    }

    /// The ports that store and tasks have to do with.
    fn add_ports(&mut self, ways: &Ways<'_>) -> Result<(), ComposeError> {
        for member in &self.scope.members {
            let mut provides: BTreeMap<&str, PortPlan> = BTreeMap::new();
            let mut requires: BTreeMap<&str, PortPlan> = BTreeMap::new();
            let add = |ports: &mut BTreeMap<&'a str, PortPlan>, direction, name: &str| {
                let port = member.port(direction, name)?;
                let plan = PortPlan {
                    name: port.name.clone(),
                    item: port.item.clone(),
                };
                ports.insert(&port.name, plan);
                Ok(())
            };
            for activation in &member.instance.activations {
                add(
                    &mut provides,
                    Direction::Provided,
                    &activation.runnable.port,
                )?;
            }
            for way in &ways.buffered {
                if let (Some(port), true) =
                    (way.from.port(), way.from.instance() == Some(member.id))
                {
                    add(&mut provides, Direction::Provided, port)?;
                }
                if let (End::Element { instance, function }, true) =
                    (&way.to, way.to_scope.is_some() && way.adapter.is_none())
                    && *instance == member.id
                {
                    add(&mut requires, Direction::Required, &function.port)?;
                }
            }
            for (_, port) in self.served.iter().filter(|(id, _)| *id == member.id) {
                add(&mut requires, Direction::Required, port)?;
            }
            self.tables.plan.instances.push(InstancePlan {
                name: member.name().to_owned(),
                provides: provides.into_values().collect(),
                requires: requires.into_values().collect(),
                serves: None,
            });
        }
        for adapter in ways.adapters.iter().filter(|one| one.scope == self.at) {
            self.tables.plan.instances.push(InstancePlan {
                name: adapter.name.clone(),
                provides: Vec::new(),
                requires: vec![PortPlan {
                    name: rte::ADAPTER_INNER.to_owned(),
                    item: adapter.adaptation.inner.clone(),
                }],
                serves: Some(ServedPort {
                    instance: adapter.receiver.clone(),
                    port: adapter.required.clone(),
                }),
            });
        }
        Ok(())
    }

    fn finish(self) -> Tables {
        self.tables
    }
}

pub(super) fn function_ref(instance: &str, path: &FunctionPath) -> FunctionRef {
    FunctionRef {
        instance: instance.to_owned(),
        port: path.port.clone(),
        function: path.function.clone(),
    }
}

/// A position as the interfaces of `wireloom:ecu` pass it.
pub(super) fn position(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

//! Puts the pieces of a partition together: store first, then instances so that providers come
//! before requirers, with their environments and probes, tasks last.
//! Knows nothing of how pieces are generated or linked.

mod adapters;
mod nv_data;
mod stand_in;

use super::{
    ComposeError, PieceName, environment,
    link::{Piece, Source, Wire, link},
    order::{Handed, order as order_of},
    scope::{Member, Scope},
    strip::strip_labels,
    table::{Tables, position},
    ways::{Direct, Ways},
};
use crate::document::{ComponentId, Document, InstanceId};
use autosar_wit::{
    component::{Direction, PortItem},
    types::{Function, Interface},
};
use deployment::Probe;
use rte::{Glue, ProbePlan};
use std::{borrow::Cow, collections::BTreeMap};

/// Components that one partition takes: the engine gives up at about a hundred memories.
const PIECES: usize = 96;

/// The linked component, and the functions of each probe in it.
pub(super) struct Assembled {
    pub(super) bytes: Vec<u8>,
    pub(super) probe_types: Vec<Vec<Function>>,
    pub(super) pieces: Vec<PieceName>,
}

/// All pieces of a partition, in their order, and what it exports.
pub(super) struct Parts<'a> {
    pub(super) pieces: Vec<Made<'a>>,
    pub(super) exports: Vec<(String, Source)>,
    probe_types: Vec<Vec<Function>>,
}

/// Generates the glue and links the partition at this position. Its probes are added to the tables.
pub(super) fn assemble(
    document: &Document,
    scope: &Scope<'_>,
    at: usize,
    ways: &Ways<'_>,
    tables: &mut Tables,
) -> Result<Assembled, ComposeError> {
    parts(document, scope, at, ways, tables)?.link()
}

/// Generates the glue of the partition at this position, and says how everything is joined.
pub(super) fn parts<'a>(
    document: &Document,
    scope: &Scope<'a>,
    at: usize,
    ways: &Ways<'_>,
    tables: &mut Tables,
) -> Result<Parts<'a>, ComposeError> {
    let direct: Vec<&Direct<'_>> = ways.direct.iter().filter(|way| way.scope == at).collect();
    let order = order(scope, &direct)?;
    let glue = rte::generate(&tables.plan).map_err(|source| ComposeError::Glue {
        ecu: scope.ecu.name.clone(),
        partition: scope.key.partition.clone(),
        source: Box::new(source),
    })?;
    let mut assembly = Assembly::default();
    assembly.add_store(&glue);
    assembly.add_nv_data(scope, tables)?;
    for member in &order {
        assembly.add_adapters(scope, member, &direct, ways, &glue)?;
        assembly.add_probes(scope, member, &direct, tables)?;
        assembly.add_member(document, member, &direct, &glue)?;
    }
    assembly.add_tasks(&glue);
    assembly.finish(scope, tables)
}

/// Providers before requirers, else by name.
fn order<'a>(scope: &Scope<'a>, direct: &[&Direct<'_>]) -> Result<Vec<Member<'a>>, ComposeError> {
    let mut placed: Vec<Member<'a>> = Vec::with_capacity(scope.members.len());
    let mut left: Vec<Member<'a>> = scope.members.clone();
    while !left.is_empty() {
        let waits = |member: &Member<'_>| {
            direct.iter().any(|way| {
                way.requirer == member.id && left.iter().any(|other| other.id == way.provider)
            })
        };
        let Some(next) = left.iter().position(|member| !waits(member)) else {
            return Err(ComposeError::Cycle {
                path: cycle(&left, direct),
            });
        };
        placed.push(left.remove(next));
    }
    Ok(placed)
}

/// The names on a cycle: each of these instances has a provider among them.
fn cycle(members: &[Member<'_>], direct: &[&Direct<'_>]) -> Vec<String> {
    let provider = |requirer: InstanceId| {
        direct
            .iter()
            .filter(|way| way.requirer == requirer)
            .find_map(|way| members.iter().position(|member| member.id == way.provider))
    };
    let mut path: Vec<usize> = Vec::new();
    let mut at = Some(0);
    while let Some(position) = at {
        if let Some(start) = path.iter().position(|seen| *seen == position) {
            path.drain(..start);
            path.push(position);
            break;
        }
        path.push(position);
        at = members.get(position).and_then(|member| provider(member.id));
    }
    path.reverse();
    path.into_iter()
        .filter_map(|position| Some(members.get(position)?.name().to_owned()))
        .collect()
}

#[derive(Default)]
struct Assembly<'a> {
    pieces: Vec<Made<'a>>,
    store: Option<usize>,
    /// What serves non-volatile data: the wires of its ports, by instance.
    nv_data: BTreeMap<String, Vec<Wire>>,
    members: BTreeMap<InstanceId, usize>,
    packages: BTreeMap<ComponentId, usize>,
    /// Adapter of a required port.
    adapters: BTreeMap<(InstanceId, String), usize>,
    /// Probe of a required port.
    probes: BTreeMap<(InstanceId, String), usize>,
    probe_types: Vec<Vec<Function>>,
}

/// A piece with its bytes.
pub(super) struct Made<'a> {
    pub(super) name: String,
    pub(super) bytes: Cow<'a, [u8]>,
    /// Position of the first piece with the same bytes.
    pub(super) package: usize,
    pub(super) wires: Vec<Wire>,
    /// `None`: generated.
    pub(super) component: Option<ComponentId>,
}

impl<'a> Assembly<'a> {
    fn add_store(&mut self, glue: &Glue) {
        if let Some(store) = &glue.store {
            self.store = Some(self.add_generated("the store", store.clone(), Vec::new()));
        }
    }

    /// A probe for each probed connector to this instance.
    fn add_probes(
        &mut self,
        scope: &Scope<'_>,
        member: &Member<'_>,
        direct: &[&Direct<'_>],
        tables: &mut Tables,
    ) -> Result<(), ComposeError> {
        for way in direct
            .iter()
            .filter(|way| way.requirer == member.id && way.probe)
        {
            let name = way_name(scope, member, way);
            let interface = interface(member, way.required, &name)?;
            let plan = ProbePlan {
                probe: position(tables.deployment.probes.len()),
                interface,
            };
            let bytes = rte::probe(&plan).map_err(|source| ComposeError::Probe {
                connector: name.clone(),
                source: Box::new(source),
            })?;
            let functions = &plan.interface.functions;
            tables.deployment.probes.push(Probe {
                name: name.clone(),
                functions: functions
                    .iter()
                    .map(|function| function.name.clone())
                    .collect(),
            });
            let adapted = self.adapted(way.requirer, way.required);
            let wire = Wire {
                import: rte::PROBE_INNER.to_owned(),
                source: adapted.unwrap_or_else(|| self.provided(way)),
            };
            let piece = self.add_generated(&format!("the probe on {name}"), bytes, vec![wire]);
            self.probes
                .insert((way.requirer, way.required.to_owned()), piece);
            self.probe_types.push(plan.interface.functions);
        }
        Ok(())
    }

    fn add_member(
        &mut self,
        document: &Document,
        member: &Member<'a>,
        direct: &[&Direct<'_>],
        glue: &Glue,
    ) -> Result<(), ComposeError> {
        let mut wires = self.served(member.name(), glue);
        wires.extend(self.nv_data.remove(member.name()).unwrap_or_default());
        for way in direct.iter().filter(|way| way.requirer == member.id) {
            let probe = self.probes.get(&(member.id, way.required.to_owned()));
            let source = match probe {
                Some(probe) => Source {
                    piece: *probe,
                    path: vec![rte::PROBE_OUTER.to_owned()],
                },
                None => self
                    .adapted(way.requirer, way.required)
                    .unwrap_or_else(|| self.provided(way)),
            };
            wires.push(Wire {
                import: way.required.to_owned(),
                source,
            });
        }
        self.connect_adapters(member, &mut wires);
        self.add_stand_in(member, &mut wires)?;
        let connected: Vec<String> = wires.iter().map(|wire| wire.import.clone()).collect();
        self.add_environment(document, member, &connected, &mut wires)?;
        check_connected(member, &wires)?;
        let next = self.pieces.len();
        let package = *self.packages.entry(member.component).or_insert(next);
        let bytes = strip_labels(member.bytes).map_err(|error| ComposeError::Unreadable {
            piece: member.name().to_owned(),
            reason: error.to_string(),
        })?;
        self.members.insert(member.id, next);
        self.pieces.push(Made {
            name: member.name().to_owned(),
            bytes,
            package,
            wires,
            component: Some(member.component),
        });
        Ok(())
    }

    /// Ports that the store serves.
    fn served(&self, instance: &str, glue: &Glue) -> Vec<Wire> {
        let Some(store) = self.store else {
            return Vec::new();
        };
        let served = glue
            .served
            .iter()
            .filter(|served| served.instance == instance);
        served
            .map(|served| Wire {
                import: served.port.clone(),
                source: Source {
                    piece: store,
                    path: vec![served.export.clone()],
                },
            })
            .collect()
    }

    fn add_environment(
        &mut self,
        document: &Document,
        member: &Member<'_>,
        connected: &[String],
        wires: &mut Vec<Wire>,
    ) -> Result<(), ComposeError> {
        let is_connected = |port: &str| connected.iter().any(|connected| connected == port);
        self.add_blocks(member, &is_connected, wires)?;
        let Some(plan) = environment::environment(document, member, &is_connected)? else {
            return Ok(());
        };
        let bytes = rte::environment(&plan).map_err(|source| ComposeError::Environment {
            instance: member.name().to_owned(),
            source: Box::new(source),
        })?;
        let name = format!("the environment of {}", member.name());
        let piece = self.add_generated(&name, bytes, Vec::new());
        let exports = plan
            .handles
            .keys()
            .chain(&plan.delays)
            .chain(plan.environment.as_ref());
        wires.extend(exports.map(|export| Wire {
            import: export.clone(),
            source: Source {
                piece,
                path: vec![export.clone()],
            },
        }));
        Ok(())
    }

    fn add_blocks(
        &mut self,
        member: &Member<'_>,
        is_connected: &dyn Fn(&str) -> bool,
        wires: &mut Vec<Wire>,
    ) -> Result<(), ComposeError> {
        let blocks = environment::blocks(member);
        let Some((import, plan)) = blocks.filter(|(import, _)| !is_connected(import)) else {
            return Ok(());
        };
        let bytes = rte::blocks(&plan).map_err(|source| ComposeError::Environment {
            instance: member.name().to_owned(),
            source: Box::new(source),
        })?;
        let name = format!("the blocks of {}", member.name());
        let piece = self.add_generated(&name, bytes, Vec::new());
        let path = vec![rte::BLOCKS.to_owned()];
        let source = Source { piece, path };
        wires.push(Wire { import, source });
        Ok(())
    }

    fn add_tasks(&mut self, glue: &Glue) {
        let mut wires: Vec<Wire> = Vec::new();
        if let Some(store) = self.store {
            wires.push(Wire {
                import: rte::STORE_INPUTS.to_owned(),
                source: Source {
                    piece: store,
                    path: vec![rte::STORE_INPUTS.to_owned()],
                },
            });
        }
        if let Some(protection) = &glue.protection {
            let piece = self.add_generated("the protection", protection.clone(), Vec::new());
            wires.push(Wire {
                import: rte::PROTECTION.to_owned(),
                source: Source {
                    piece,
                    path: vec![rte::PROTECTION_EXPORT.to_owned()],
                },
            });
        }
        for called in &glue.called {
            let instance = self
                .pieces
                .iter()
                .position(|piece| piece.name == called.instance);
            wires.extend(instance.map(|piece| Wire {
                import: called.import.clone(),
                source: Source {
                    piece,
                    path: vec![called.port.clone()],
                },
            }));
        }
        self.add_generated("the tasks", glue.tasks.clone(), wires);
    }

    fn add_generated(&mut self, name: &str, bytes: Vec<u8>, wires: Vec<Wire>) -> usize {
        let package = self.pieces.len();
        self.pieces.push(Made {
            name: name.to_owned(),
            bytes: Cow::Owned(bytes),
            package,
            wires,
            component: None,
        });
        package
    }

    fn provided(&self, way: &Direct<'_>) -> Source {
        Source {
            piece: self
                .members
                .get(&way.provider)
                .copied()
                .unwrap_or(usize::MAX),
            path: vec![way.provided.to_owned()],
        }
    }

    fn finish(self, scope: &Scope<'_>, tables: &Tables) -> Result<Parts<'a>, ComposeError> {
        if self.pieces.len() > PIECES {
            return Err(ComposeError::TooLarge {
                ecu: scope.ecu.name.clone(),
                partition: scope.key.partition.clone(),
                pieces: self.pieces.len(),
                limit: PIECES,
            });
        }
        let tasks = self.pieces.len() - 1;
        let export = |name: &String| {
            let source = Source {
                piece: tasks,
                path: vec![name.clone()],
            };
            (name.clone(), source)
        };
        Ok(Parts {
            exports: tables
                .plan
                .tasks
                .iter()
                .map(|task| export(&task.name))
                .collect(),
            pieces: self.pieces,
            probe_types: self.probe_types,
        })
    }
}

impl Parts<'_> {
    fn link(self) -> Result<Assembled, ComposeError> {
        let pieces: Vec<Piece<'_>> = self
            .pieces
            .iter()
            .map(|made| Piece {
                name: &made.name,
                bytes: &made.bytes,
                package: made.package,
                wires: &made.wires,
            })
            .collect();
        let bytes = link(&pieces, &self.exports)?;
        let handed = self.pieces.iter().map(|made| Handed {
            name: match made.component {
                Some(_) => PieceName::Instance(made.name.clone()),
                None => PieceName::Generated(made.name.clone()),
            },
            bytes: &made.bytes,
        });
        Ok(Assembled {
            pieces: order_of(&bytes, handed.collect()),
            bytes,
            probe_types: self.probe_types,
        })
    }
}

/// The name of a direct connector in traces.
fn way_name(scope: &Scope<'_>, member: &Member<'_>, way: &Direct<'_>) -> String {
    let provider = scope
        .member(way.provider)
        .map_or("?", |provider| provider.name());
    let (from, to) = (way.provided, way.required);
    format!("{provider}.{from} -> {}.{to}", member.name())
}

/// The interface of a probed port, as its requirer has it.
fn interface(member: &Member<'_>, port: &str, connector: &str) -> Result<Interface, ComposeError> {
    match &member.port(Direction::Required, port)?.item {
        PortItem::Interface(interface) => Ok(interface.clone()),
        PortItem::Function(_) => Err(ComposeError::ProbeOnFunction {
            connector: connector.to_owned(),
        }),
    }
}

/// Nothing may stay open but what the host serves: open ports of the same name of two instances
/// would become one.
fn check_connected(member: &Member<'_>, wires: &[Wire]) -> Result<(), ComposeError> {
    for port in member.required_ports() {
        let (instance, name) = (member.name().to_owned(), port.name.clone());
        match wires.iter().filter(|wire| wire.import == port.name).count() {
            1 => {}
            0 => {
                return Err(ComposeError::Unconnected {
                    instance,
                    port: name,
                });
            }
            _ => {
                return Err(ComposeError::TwoProviders {
                    instance,
                    port: name,
                });
            }
        }
    }
    Ok(())
}

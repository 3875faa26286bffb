//! Whether a wire between two ends would do, while it is dragged: the same rules as the checks,
//! asked for one connector that is not there yet.

mod ends;

use crate::{
    adapter,
    check::*,
    context::{Context, Wire, is_bufferable},
    document::*,
    fit::Mismatch,
    library::Library,
    resolve::{self, Resolved, Side},
};
use autosar_wit::mapping::Mapping;
use ends::ends;
use std::collections::BTreeMap;

/// The verdict on a wire.
#[derive(Debug, Clone, PartialEq)]
pub enum WireVerdict {
    /// It becomes a connector of that kind; the notes say what the user should know.
    Fits {
        kind: ConnectorKind,
        notes: Vec<String>,
    },
    /// Its types differ, for these reasons, and an adapter with that mapping would do; what is guessed
    /// in it is to be confirmed.
    Adaptable {
        kind: ConnectorKind,
        mapping: Mapping,
        reasons: Vec<String>,
    },
    /// Why not, each with the path in the type where there is one.
    Refused { reasons: Vec<String> },
}

/// An end to which a wire could lead, and the verdict on it.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// The end that the wire does not start from.
    pub end: End,
    pub verdict: WireVerdict,
}

/// Verdict on a wire from sender to receiver. It is buffered where data elements meet, direct
/// where calls do.
pub fn wire(document: &Document, library: &Library, from: &End, to: &End) -> WireVerdict {
    judge(&Context::new(document, library), from, to)
}

/// Verdicts on wires from one end, which is their `side`, to all that may take one: whole ports for a
/// whole port, values for a value.
pub fn candidates(
    document: &Document,
    library: &Library,
    start: &End,
    side: Side,
) -> Vec<Candidate> {
    let context = Context::new(document, library);
    let mut types = TypeCache::default();
    let judge = |end: End| {
        let verdict = match side {
            Side::Source => types.judge(&context, start, &end, &end),
            Side::Target => types.judge(&context, &end, start, &end),
        };
        Candidate { end, verdict }
    };
    ends(&context, start, side).into_iter().map(judge).collect()
}

/// Type differences do not depend on the instance, only on its component: each is computed once.
#[derive(Default)]
struct TypeCache {
    known: BTreeMap<(Option<ComponentId>, End), Types>,
}

impl TypeCache {
    fn judge(&mut self, context: &Context, from: &End, to: &End, far: &End) -> WireVerdict {
        let component = far
            .instance()
            .and_then(|id| context.document.instances.get(&id))
            .map(|instance| instance.component);
        let key = (component, far.at(InstanceId(0)));
        judge_with(context, from, to, |wire| {
            let compute = || Types::new(context, wire);
            self.known.entry(key).or_insert_with(compute).clone()
        })
    }
}

/// What the types at both ends say.
#[derive(Clone)]
struct Types {
    differences: Vec<String>,
    /// Where an adapter would do.
    mapping: Option<Mapping>,
    /// Elements whose units differ.
    units: Vec<String>,
}

impl Types {
    fn new(context: &Context, wire: &Wire) -> Types {
        let differences = type_mismatch::problems(wire);
        let mapping = match differences.is_empty() {
            true => None,
            false => adapter::ports(context.document, context.library, wire.connector)
                .and_then(|ports| ports.propose(&Mapping::default()).ok()),
        };
        let units = unit_mismatch::problems(context, wire);
        Types {
            differences: differences.iter().map(Mismatch::to_string).collect(),
            mapping,
            units: units
                .iter()
                .flat_map(|(_, problems)| problems)
                .map(unit_mismatch::words)
                .collect(),
        }
    }
}

fn judge(context: &Context, from: &End, to: &End) -> WireVerdict {
    judge_with(context, from, to, |wire| Types::new(context, wire))
}

fn judge_with(
    context: &Context,
    from: &End,
    to: &End,
    types: impl FnOnce(&Wire) -> Types,
) -> WireVerdict {
    let mut notes = Vec::new();
    let mut connector = Connector {
        from: from.clone(),
        to: to.clone(),
        kind: ConnectorKind::Direct,
        accept_version: false,
        probe: false,
        adapter: None,
    };
    // A delegation has no kind of its own: what is connected outside has one.
    let is_delegation = context.document.is_delegation(&connector);
    if !is_delegation {
        let probe = Wire::new(context.document, context.library, NEW, &connector);
        connector.kind = default_kind(&probe);
    }
    let chosen = choose_network(context, &mut connector);
    let kind = connector.kind.clone();
    let wire = Wire::new(context.document, context.library, NEW, &connector);
    let mut reasons = reasons(context, &wire);
    if is_delegation && !wire.can_be_direct() {
        reasons.push(
            "a port of the composition takes whole ports; connect their fields outside".into(),
        );
    }
    let types = types(&wire);
    let cycle = closes_cycle(context, &wire);
    if let Some((needed, given)) = version_policy::problem(&wire) {
        notes.push(format!(
            "needs `{needed}` and is given `{given}`; accept the other version on the connector"
        ));
    }
    if let Some(Path::Over(network)) = context.document.path_of(&connector) {
        let name = context.bus_name(network);
        let rest = match chosen {
            Some(_) => "; choose another on the connector",
            None => "",
        };
        notes.push(format!("goes over the Ethernet network `{name}`{rest}"));
    }
    notes.extend(
        types
            .units
            .iter()
            .map(|units| format!("{units}; insert an adapter")),
    );
    let is_alone = reasons.is_empty() && cycle.is_none();
    if is_alone && types.differences.is_empty() {
        return WireVerdict::Fits { kind, notes };
    }
    reasons.extend(types.differences.into_iter().chain(cycle));
    match types.mapping {
        Some(mapping) if is_alone && !is_delegation => WireVerdict::Adaptable {
            kind,
            mapping,
            reasons,
        },
        _ => WireVerdict::Refused { reasons },
    }
}

/// Of several networks a new connector takes the first by name.
fn choose_network(context: &Context, connector: &mut Connector) -> Option<BusId> {
    if context.document.path_of(connector) != Some(Path::Undecided) {
        return None;
    }
    let mut networks: Vec<BusId> = context.document.networks().collect();
    networks.sort_by_key(|network| context.bus_name(*network));
    let first = networks.first().copied();
    if let ConnectorKind::Buffered(buffering) = &mut connector.kind {
        buffering.network = first;
    }
    first
}

/// The number of a connector that is not there.
const NEW: ConnectorId = ConnectorId(u64::MAX);

/// Calls are direct; data elements and everything that is no whole port are buffered.
fn default_kind(wire: &Wire) -> ConnectorKind {
    match (wire.can_be_direct(), &wire.to) {
        (true, Ok(Resolved::Port(port))) if !is_bufferable(port) => ConnectorKind::Direct,
        (true, Err(_)) => ConnectorKind::Direct,
        _ => ConnectorKind::Buffered(Buffering::default()),
    }
}

fn reasons(context: &Context, wire: &Wire) -> Vec<String> {
    let mut reasons = Vec::new();
    reasons.extend(connector_direction::problem(wire).map(|problem| problem.what));
    reasons.extend(connector_end::problems(wire).map(ToString::to_string));
    reasons.extend(
        signal_mapping::problems(wire)
            .into_iter()
            .map(|problem| problem.what),
    );
    for end in [&wire.from, &wire.to] {
        if let Err(error @ resolve::ResolveError::NoComponent { .. }) = end {
            reasons.push(error.to_string());
        }
    }
    if let Some((place, handle)) = resource_in_buffered::problem(wire) {
        reasons.push(format!("`{handle}` in `{place}` cannot be copied"));
    }
    match across_partitions::problem(context, wire) {
        Some(across_partitions::Problem::Ecus(gap, _)) => reasons.push(gap.reason().to_owned()),
        Some(across_partitions::Problem::Partitions(_)) => {
            reasons.push("calls do not leave a partition, and the instances are in two".to_owned());
        }
        None => {}
    }
    reasons.extend(taken(context, wire));
    reasons
}

/// A receiver that has a sender already.
fn taken(context: &Context, wire: &Wire) -> Option<String> {
    let connector = wire.connector;
    let clash = match (connector.to.instance(), connector.to.port()) {
        (Some(id), Some(port)) => context
            .into_port(id, port)
            .find(|other| duplicate_source::clash(other, wire)),
        _ => context
            .wires
            .iter()
            .find(|other| duplicate_source::clash(other, wire)),
    };
    let sender = context.text(&clash?.connector.from);
    Some(format!(
        "`{}` has the sender `{sender}` already",
        context.text(&connector.to)
    ))
}

fn closes_cycle(context: &Context, wire: &Wire) -> Option<String> {
    let (from, to) = (
        wire.connector.from.instance()?,
        wire.connector.to.instance()?,
    );
    let closes = wire.connector.kind.is_direct() && context.topology.reaches_directly(to, from);
    closes.then(|| {
        format!(
            "it closes a circle of direct connectors: `{}` depends on `{}` already",
            context.instance_name(from),
            context.instance_name(to)
        )
    })
}

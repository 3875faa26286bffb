//! Whether a wire between two ends would do, while it is dragged: the same rules as the checks,
//! asked for one connector that is not there yet. Where there are compositions they are asked for
//! what it would be in the flat system, in every place where its composition stands.

mod ends;

use crate::{
    adapter,
    check::{adapter as adapter_rule, unit_mismatch::Remedy, *},
    context::{Context, Wire, is_bufferable},
    document::*,
    fit::Mismatch,
    hierarchy::{Flattening, Naming},
    resolve::{self, Resolved, Side},
};
use autosar_wit::mapping::Mapping;
use ends::ends;
use std::collections::{BTreeMap, BTreeSet};

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
pub fn wire(sheet: &Sheet, from: &End, to: &End) -> WireVerdict {
    judged(sheet, |judge| judge.verdict(from, to))
}

/// Verdicts on wires from one end, which is their `side`, to each of those.
pub fn verdicts(sheet: &Sheet, start: &End, side: Side, ends: &[End]) -> Vec<WireVerdict> {
    judged(sheet, |judge| {
        let ends = ends.iter();
        ends.map(|end| judge.verdict_from(start, side, end))
            .collect()
    })
}

/// Verdicts on wires from one end, which is their `side`, to all that may take one: whole ports for a
/// whole port, values for a value.
pub fn candidates(sheet: &Sheet, start: &End, side: Side) -> Vec<Candidate> {
    judged(sheet, |judge| {
        let ends = ends(&judge.context, start, side).into_iter();
        ends.map(|end| Candidate {
            verdict: judge.verdict_from(start, side, &end),
            end,
        })
        .collect()
    })
}

/// Indexes what is shown, and the flat system behind it where there are compositions, for as many
/// verdicts as are asked for.
fn judged<R>(sheet: &Sheet, ask: impl FnOnce(&mut Judge) -> R) -> R {
    let project = sheet.project();
    let whole = project.as_ref();
    let whole = whole.map(|project| Flattening::of(project, Naming::Paths));
    let behind = whole.as_ref().map(|flattening| Behind {
        flattening,
        context: Context::new(flattening.document(), sheet.library),
        scope: sheet.scope(),
    });
    ask(&mut Judge {
        context: Context::new(sheet.document, sheet.library),
        behind,
        types: BTreeMap::new(),
    })
}

struct Judge<'a> {
    context: Context<'a>,
    /// `None`: nothing is behind what is shown.
    behind: Option<Behind<'a>>,
    /// Type differences do not depend on the instances, only on their components: each is computed
    /// once.
    types: BTreeMap<(Place, Place, bool), Types>,
}

/// The flat system.
struct Behind<'a> {
    flattening: &'a Flattening<'a>,
    context: Context<'a>,
    scope: Option<ComponentId>,
}

/// An end at any instance of a component.
type Place = (Option<ComponentId>, End);

/// What the types at both ends say.
#[derive(Debug, Clone, Default, PartialEq)]
struct Types {
    differences: Vec<String>,
    /// Where an adapter would do.
    mapping: Option<Mapping>,
    /// Where they fit: units that differ, with what a connector does about it.
    units: Vec<String>,
    /// The signal at one end is converted.
    is_converted: bool,
    /// The differences are of units alone, and have a scale.
    is_scaled: bool,
}

impl Types {
    fn new(context: &Context, wire: &Wire) -> Types {
        if wire.connector.adapter.is_some() {
            let misfits = adapter_rule::misfits(context, wire).into_iter();
            let said = |misfit| format!("the adapter of the connector outside: {misfit}");
            return Types {
                differences: misfits.map(said).collect(),
                ..Types::default()
            };
        }
        let differences = type_mismatch::problems(wire);
        let mut types = Types {
            differences: differences.iter().map(Mismatch::to_string).collect(),
            ..Types::default()
        };
        if !types.differences.is_empty() {
            types.mapping = adapter::ports(context.document, context.library, wire.connector)
                .and_then(|ports| ports.propose(&Mapping::default()).ok());
        } else if let Some(found) = unit_mismatch::problems(context, wire) {
            types.take(found);
        }
        types
    }
}

impl Types {
    /// Units of one dimension are a question of a scale; of others nothing would mean anything.
    fn take(&mut self, found: unit_mismatch::Found) {
        let words = found.words.into_iter();
        match found.remedy {
            Remedy::None => {
                let unlike = words.map(|words| format!("{words}: different physical dimensions"));
                self.differences.extend(unlike);
            }
            Remedy::Adapter(Some(mapping)) => {
                self.differences.extend(words);
                self.mapping = Some(mapping);
                self.is_scaled = true;
            }
            Remedy::Converted { scale } => {
                self.units
                    .extend(words.map(|words| format!("{words}: converted, {scale}")));
                self.is_converted = true;
            }
            Remedy::Adapter(None) | Remedy::Other => {
                self.units
                    .extend(words.map(|words| format!("{words}: nothing converts it")));
            }
        }
    }
}

impl Judge<'_> {
    fn verdict_from(&mut self, start: &End, side: Side, end: &End) -> WireVerdict {
        match side {
            Side::Source => self.verdict(start, end),
            Side::Target => self.verdict(end, start),
        }
    }

    fn verdict(&mut self, from: &End, to: &End) -> WireVerdict {
        let (document, library) = (self.context.document, self.context.library);
        let mut connector = Connector {
            from: from.clone(),
            to: to.clone(),
            kind: ConnectorKind::Direct,
            accept_version: false,
            probe: false,
            adapter: None,
        };
        // A delegation has no kind of its own: what is connected outside has one.
        let is_delegation = document.is_delegation(&connector);
        if !is_delegation {
            let probe = Wire::new(document, library, NEW, &connector);
            connector.kind = default_kind(&probe);
        }
        let chosen = self.choose_network(&mut connector);
        let mut kind = connector.kind.clone();
        let drawn = Wire::new(document, library, NEW, &connector);
        let led = self.led(&connector);
        let (context, wires) = match &self.behind {
            Some(behind) if !led.is_empty() => {
                let flat = &behind.context;
                let wire = |one| Wire::new(flat.document, flat.library, NEW, one);
                (flat, led.iter().map(wire).collect())
            }
            _ => (&self.context, vec![drawn.clone()]),
        };
        let mut reasons = reasons(&drawn);
        if is_delegation && !drawn.can_be_direct() {
            reasons.push(
                "a port of the composition takes whole ports; connect their fields outside".into(),
            );
        }
        if reasons.is_empty() {
            reasons = distinct(wires.iter().flat_map(self::reasons));
        }
        reasons.extend(distinct(
            wires.iter().filter_map(|wire| apart(context, wire)),
        ));
        reasons.extend(taken(&self.context, &drawn).or_else(|| taken_behind(context, &wires)));
        let mut types = types(context, &wires, &mut self.types);
        // Outside of the composition there is room for an adapter.
        if is_delegation && types.is_scaled {
            types.units.append(&mut types.differences);
        }
        let circle = closes_circle(context, &wires);
        let mut notes = distinct(wires.iter().filter_map(other_version));
        let over = wires.iter().filter_map(|wire| network(context, wire));
        notes.extend(distinct(over.map(|name| {
            let rest = match chosen {
                Some(_) => "; choose another on the connector",
                None => "",
            };
            format!("goes over the Ethernet network `{name}`{rest}")
        })));
        notes.extend(types.units);
        if let (true, ConnectorKind::Buffered(buffering)) = (types.is_converted, &mut kind) {
            buffering.conversion = Conversion::Unit;
        }
        let is_alone = reasons.is_empty() && circle.is_none();
        if is_alone && types.differences.is_empty() {
            return WireVerdict::Fits { kind, notes };
        }
        reasons.extend(types.differences.into_iter().chain(circle));
        match types.mapping {
            Some(mapping) if is_alone && !is_delegation => WireVerdict::Adaptable {
                kind,
                mapping,
                reasons,
            },
            _ => WireVerdict::Refused { reasons },
        }
    }

    /// What the connector is in the flat system; nothing where that is the same, or where nothing of
    /// it stands there.
    fn led(&self, connector: &Connector) -> Vec<Connector> {
        let behind = self.behind.as_ref();
        behind.map_or_else(Vec::new, |behind| {
            behind.flattening.led(behind.scope, connector)
        })
    }

    /// Of several networks a new connector takes the first by name.
    fn choose_network(&self, connector: &mut Connector) -> Option<BusId> {
        let is_undecided =
            |context: &Context, one| context.document.path_of(one) == Some(Path::Undecided);
        let led = self.led(connector);
        let is_open = match &self.behind {
            Some(behind) if !led.is_empty() => {
                led.iter().any(|one| is_undecided(&behind.context, one))
            }
            _ => is_undecided(&self.context, connector),
        };
        let ConnectorKind::Buffered(buffering) = &mut connector.kind else {
            return None;
        };
        if !is_open {
            return None;
        }
        let mut networks: Vec<BusId> = self.context.document.networks().collect();
        networks.sort_by_key(|network| self.context.bus_name(*network));
        buffering.network = networks.first().copied();
        buffering.network
    }
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

/// What speaks against the wire by itself.
fn reasons(wire: &Wire) -> Vec<String> {
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
    reasons
}

/// Ends that run in places between which it does not lead.
fn apart(context: &Context, wire: &Wire) -> Option<String> {
    Some(match across_partitions::problem(context, wire)? {
        across_partitions::Problem::Ecus(gap, _) => gap.reason().to_owned(),
        across_partitions::Problem::Partitions(_) => {
            "calls do not leave a partition, and the instances are in two".to_owned()
        }
    })
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

/// A part that has a sender already, or would have two of those behind the wire's one end.
fn taken_behind(context: &Context, wires: &[Wire]) -> Option<String> {
    let taken = wires.iter().find_map(|wire| taken(context, wire));
    taken.or_else(|| {
        let pairs = wires.iter().enumerate();
        let mut pairs = pairs
            .flat_map(|(position, one)| wires.iter().take(position).map(move |other| (other, one)));
        let is_clash = |(one, other): &(&Wire, &Wire)| {
            one.connector.to.instance() == other.connector.to.instance()
                && duplicate_source::clash(one, other)
        };
        let (one, other) = pairs.find(is_clash)?;
        Some(format!(
            "`{}` would have two senders, `{}` and `{}`",
            context.text(&one.connector.to),
            context.text(&one.connector.from),
            context.text(&other.connector.from)
        ))
    })
}

fn closes_circle(context: &Context, wires: &[Wire]) -> Option<String> {
    let direct = wires.iter().map(|wire| wire.connector);
    let direct = direct.filter(|connector| connector.kind.is_direct());
    let ends = direct.filter_map(|one| Some((one.from.instance()?, one.to.instance()?)));
    let (from, to) = context.topology.closing(&ends.collect::<Vec<_>>())?;
    Some(format!(
        "it closes a circle of direct connectors: `{}` depends on `{}` already",
        context.instance_name(from),
        context.instance_name(to)
    ))
}

fn other_version(wire: &Wire) -> Option<String> {
    let (needed, given) = version_policy::problem(wire)?;
    Some(format!(
        "needs `{needed}` and is given `{given}`; accept the other version on the connector"
    ))
}

/// The network that it goes over.
fn network<'a>(context: &Context<'a>, wire: &Wire) -> Option<&'a str> {
    match context.document.path_of(wire.connector)? {
        Path::Over(network) => Some(context.bus_name(network)),
        _ => None,
    }
}

/// What the types of all of them say; of parts behind one end that are not alike, of which.
fn types(
    context: &Context,
    wires: &[Wire],
    known: &mut BTreeMap<(Place, Place, bool), Types>,
) -> Types {
    let place = |end: &End| {
        let instance = end.instance();
        let instance = instance.and_then(|id| context.document.instances.get(&id));
        (
            instance.map(|instance| instance.component),
            end.at(InstanceId(0)),
        )
    };
    let of_one = |wire: &Wire| {
        let connector = wire.connector;
        if connector.adapter.is_some() {
            return Types::new(context, wire);
        }
        let key = (
            place(&connector.from),
            place(&connector.to),
            connector.kind.is_direct(),
        );
        let types = known.entry(key);
        types.or_insert_with(|| Types::new(context, wire)).clone()
    };
    let mut all: Vec<Types> = wires.iter().map(of_one).collect();
    if all.windows(2).all(|pair| pair.first() == pair.last()) {
        return all.pop().unwrap_or_default();
    }
    let mut types = Types::default();
    for (wire, one) in wires.iter().zip(all) {
        let ends = context.ends(wire.connector);
        let said =
            |all: Vec<String>| (!all.is_empty()).then(|| format!("{ends}: {}", all.join("; ")));
        types.differences.extend(said(one.differences));
        types.units.extend(said(one.units));
        types.is_converted |= one.is_converted;
    }
    types
}

fn distinct<T: Ord + Clone>(all: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut seen = BTreeSet::new();
    let all = all.into_iter();
    all.filter(|one| seen.insert(one.clone())).collect()
}

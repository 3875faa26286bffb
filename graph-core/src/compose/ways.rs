//! Connectors taken apart: direct ones as they are, buffered ones down to single data elements,
//! each with the partition where it starts and ends.
//! Knows nothing of the glue that carries them.

use super::{
    ComposeError,
    scope::{Member, Scope},
};
use crate::{
    adapter,
    document::{
        Buffering, BusId, Connector, ConnectorKind, Document, End, FunctionPath, InstanceId, Path,
    },
    end,
};
use autosar_wit::{
    component::{Direction, PortItem},
    mapping::{self, Adaptation},
    names,
    types::{Function, FunctionKind, Interface},
};

/// All connectors between deployed instances.
#[derive(Default)]
pub(super) struct Ways<'a> {
    pub(super) direct: Vec<Direct<'a>>,
    pub(super) buffered: Vec<Buffered<'a>>,
    /// Those of buffered connectors; direct ones hold their own.
    pub(super) adapters: Vec<Adapter>,
}

/// What stands between the store and a receiver.
pub(super) struct Adapter {
    /// Position of the receiver's partition in the scopes.
    pub(super) scope: usize,
    /// A label that no instance of the partition has; the glue knows it by that.
    pub(super) name: String,
    /// The connector, for messages and names.
    pub(super) connector: String,
    pub(super) requirer: InstanceId,
    /// Its name.
    pub(super) receiver: String,
    pub(super) required: String,
    pub(super) adaptation: Adaptation,
}

/// A direct connector inside one partition.
pub(super) struct Direct<'a> {
    /// Position of the partition in the scopes.
    pub(super) scope: usize,
    pub(super) provider: InstanceId,
    pub(super) provided: &'a str,
    pub(super) requirer: InstanceId,
    pub(super) required: &'a str,
    pub(super) probe: bool,
    pub(super) adaptation: Option<Adaptation>,
}

/// The way of one data element.
pub(super) struct Buffered<'a> {
    /// `Element`, `Result` or `Signal`.
    pub(super) from: End,
    /// `Element`, `Parameter` or `Signal`.
    pub(super) to: End,
    /// Positions of the partitions in the scopes; `None`: a bus.
    pub(super) from_scope: Option<usize>,
    pub(super) to_scope: Option<usize>,
    /// The Ethernet network from one ECU to the other.
    pub(super) network: Option<BusId>,
    pub(super) buffering: &'a Buffering,
    /// Position in [`Ways::adapters`].
    pub(super) adapter: Option<usize>,
}

/// Takes the connectors apart. Those of instances that run nowhere carry nothing and are left out.
pub(super) fn ways<'a>(
    document: &'a Document,
    scopes: &[Scope<'a>],
) -> Result<Ways<'a>, ComposeError> {
    let mut ways = Ways::default();
    for connector in document.connectors.values() {
        let (Some(from), Some(to)) = (place(scopes, &connector.from), place(scopes, &connector.to))
        else {
            continue;
        };
        match &connector.kind {
            ConnectorKind::Direct => ways.direct.push(direct(document, connector, from, to)?),
            ConnectorKind::Buffered(buffering) => {
                let adapter = adapter(document, scopes, &ways, connector, &from, &to)?;
                let pairs = match (&from, &to, &adapter) {
                    (_, _, Some(adapter)) => {
                        adapted_pairs(&adapter.adaptation, &connector.from, &connector.to)
                    }
                    (Place::Member(_, provider), Place::Member(_, requirer), None) => {
                        pairs(document, connector, provider, requirer)?
                    }
                    _ => vec![(
                        as_element(connector.from.clone()),
                        as_element(connector.to.clone()),
                    )],
                };
                let network = network(document, connector)?;
                let adapter = adapter.map(|adapter| {
                    ways.adapters.push(adapter);
                    ways.adapters.len() - 1
                });
                for (source, sink) in pairs {
                    ways.buffered.push(Buffered {
                        from: source,
                        to: sink,
                        from_scope: from.scope(),
                        to_scope: to.scope(),
                        network,
                        buffering,
                        adapter,
                    });
                }
            }
        }
    }
    refuse_signals_alone(document, &ways)?;
    Ok(ways)
}

/// Where an end lies.
enum Place<'a> {
    Bus,
    Member(usize, Member<'a>),
}

impl Place<'_> {
    fn scope(&self) -> Option<usize> {
        match self {
            Place::Bus => None,
            Place::Member(scope, _) => Some(*scope),
        }
    }
}

fn place<'a>(scopes: &[Scope<'a>], end: &End) -> Option<Place<'a>> {
    let Some(id) = end.instance() else {
        return Some(Place::Bus);
    };
    scopes
        .iter()
        .enumerate()
        .find_map(|(at, scope)| Some(Place::Member(at, scope.member(id)?)))
}

fn direct<'a>(
    document: &Document,
    connector: &'a Connector,
    from: Place<'a>,
    to: Place<'a>,
) -> Result<Direct<'a>, ComposeError> {
    let texts = || {
        (
            end::text(document, &connector.from),
            end::text(document, &connector.to),
        )
    };
    let (
        Place::Member(from_scope, provider),
        Place::Member(to_scope, requirer),
        End::Port { port: provided, .. },
        End::Port { port: required, .. },
    ) = (from, to, &connector.from, &connector.to)
    else {
        let (from, to) = texts();
        return Err(ComposeError::DirectParts { from, to });
    };
    if from_scope != to_scope {
        let (from, to) = texts();
        return Err(ComposeError::DirectApart { from, to });
    }
    provider.port(Direction::Provided, provided)?;
    requirer.port(Direction::Required, required)?;
    Ok(Direct {
        scope: from_scope,
        provider: provider.id,
        provided,
        requirer: requirer.id,
        required,
        probe: connector.probe,
        adaptation: adaptation(document, connector, &provider, &requirer)?,
    })
}

/// What the adapter of a connector does; `None`: it has none.
fn adaptation(
    document: &Document,
    connector: &Connector,
    provider: &Member<'_>,
    requirer: &Member<'_>,
) -> Result<Option<Adaptation>, ComposeError> {
    let Some(mapping) = &connector.adapter else {
        return Ok(None);
    };
    let (from, to) = (
        end::text(document, &connector.from),
        end::text(document, &connector.to),
    );
    let (End::Port { port: provided, .. }, End::Port { port: required, .. }) =
        (&connector.from, &connector.to)
    else {
        let reason = "its ends are no two whole ports".to_owned();
        return Err(ComposeError::Adapter { from, to, reason });
    };
    let provided = provider.port(Direction::Provided, provided)?;
    let required = requirer.port(Direction::Required, required)?;
    let resolution = mapping::resolve(
        &adapter::side(requirer.component_type, required),
        &adapter::side(provider.component_type, provided),
        adapter::way(&connector.kind),
        mapping,
    );
    match resolution.adaptation {
        Ok(_) if mapping.to_confirm().next().is_some() => {
            Err(ComposeError::AdapterToConfirm { from, to })
        }
        Ok(adaptation) => Ok(Some(adaptation)),
        Err(problems) => {
            let reasons: Vec<String> = problems.iter().map(ToString::to_string).collect();
            let reason = reasons.join("; ");
            Err(ComposeError::Adapter { from, to, reason })
        }
    }
}

/// The adapter of a buffered connector, under a name of its own in the receiver's partition.
fn adapter(
    document: &Document,
    scopes: &[Scope<'_>],
    ways: &Ways<'_>,
    connector: &Connector,
    from: &Place<'_>,
    to: &Place<'_>,
) -> Result<Option<Adapter>, ComposeError> {
    if connector.adapter.is_none() {
        return Ok(None);
    }
    let (Place::Member(_, provider), Place::Member(scope, requirer)) = (from, to) else {
        return Err(ComposeError::Adapter {
            from: end::text(document, &connector.from),
            to: end::text(document, &connector.to),
            reason: "its ends are no two whole ports".to_owned(),
        });
    };
    let Some(adaptation) = adaptation(document, connector, provider, requirer)? else {
        return Ok(None);
    };
    let members = scopes.get(*scope).map_or(&[][..], |scope| &scope.members);
    let is_taken = |name: &str| {
        members.iter().any(|member| member.name() == name)
            || ways.adapters.iter().any(|adapter| adapter.name == name)
    };
    Ok(Some(Adapter {
        scope: *scope,
        name: names::unique(&names::join("adapter", requirer.name()), is_taken),
        connector: wire_name(provider, &connector.from, requirer, &connector.to),
        requirer: requirer.id,
        receiver: requirer.name().to_owned(),
        required: connector.to.port().unwrap_or_default().to_owned(),
        adaptation,
    }))
}

/// `sensor.acme:heat/temperature@0.1.0 -> display.acme:show/heat@0.2.0`
pub(super) fn wire_name(
    provider: &Member<'_>,
    from: &End,
    requirer: &Member<'_>,
    to: &End,
) -> String {
    let port = |end: &End| end.port().unwrap_or_default().to_owned();
    format!(
        "{}.{} -> {}.{}",
        provider.name(),
        port(from),
        requirer.name(),
        port(to)
    )
}

/// A data element for each function that the adapter takes.
fn adapted_pairs(adaptation: &Adaptation, from: &End, to: &End) -> Vec<(End, End)> {
    let is_interface = matches!(adaptation.outer, PortItem::Interface(_));
    let element = |end: &End, name: &str| match end {
        End::Port { instance, port } => End::Element {
            instance: *instance,
            function: FunctionPath {
                port: port.clone(),
                function: is_interface.then(|| name.to_owned()),
            },
        },
        other => other.clone(),
    };
    adaptation
        .functions
        .iter()
        .map(|function| {
            (
                element(from, &function.provided),
                element(to, &function.outer.name),
            )
        })
        .collect()
}

/// The data elements of a buffered connector between two instances.
fn pairs(
    document: &Document,
    connector: &Connector,
    provider: &Member<'_>,
    requirer: &Member<'_>,
) -> Result<Vec<(End, End)>, ComposeError> {
    let interface = |member: &Member<'_>, direction, end: &End| match end {
        End::Port { port, .. } => match &member.port(direction, port)?.item {
            PortItem::Interface(interface) => Ok(Some(interface.clone())),
            PortItem::Function(_) => Ok(None),
        },
        _ => Ok(None),
    };
    let provided = interface(provider, Direction::Provided, &connector.from)?;
    let required = interface(requirer, Direction::Required, &connector.to)?;
    match (provided, required) {
        (Some(provided), Some(required)) => Ok(elements(
            &required,
            &provided,
            &connector.from,
            &connector.to,
        )),
        (None, None) => Ok(vec![(
            as_element(connector.from.clone()),
            as_element(connector.to.clone()),
        )]),
        _ => Err(ComposeError::PortToElement {
            from: end::text(document, &connector.from),
            to: end::text(document, &connector.to),
        }),
    }
}

/// A data element for each getter of the required port that the provided one has too; the others
/// read as unconnected.
fn elements(required: &Interface, provided: &Interface, from: &End, to: &End) -> Vec<(End, End)> {
    let (
        End::Port {
            instance: provider,
            port: from,
        },
        End::Port {
            instance: requirer,
            port: to,
        },
    ) = (from, to)
    else {
        return Vec::new();
    };
    let element = |instance: InstanceId, port: &str, name: &str| End::Element {
        instance,
        function: FunctionPath {
            port: port.to_owned(),
            function: Some(name.to_owned()),
        },
    };
    required
        .functions
        .iter()
        .filter(|function| is_getter(function) && provided.function(&function.name).is_some())
        .map(|function| {
            (
                element(*provider, from, &function.name),
                element(*requirer, to, &function.name),
            )
        })
        .collect()
}

/// A whole port that is a root function is its own only element.
fn as_element(end: End) -> End {
    match end {
        End::Port { instance, port } => End::Element {
            instance,
            function: FunctionPath {
                port,
                function: None,
            },
        },
        other => other,
    }
}

/// A function that gives a data element.
pub(super) fn is_getter(function: &Function) -> bool {
    function.kind == FunctionKind::Free
        && function.parameters.is_empty()
        && function.result.is_some()
}

/// What a connector between two ECUs goes over.
fn network(document: &Document, connector: &Connector) -> Result<Option<BusId>, ComposeError> {
    match document.path_of(connector) {
        None => Ok(None),
        Some(Path::Over(network)) => Ok(Some(network)),
        Some(Path::Missing | Path::Undecided | Path::NoNetwork(_)) => {
            Err(ComposeError::EcusApart {
                from: end::text(document, &connector.from),
                to: end::text(document, &connector.to),
            })
        }
    }
}

fn refuse_signals_alone(document: &Document, ways: &Ways<'_>) -> Result<(), ComposeError> {
    for way in &ways.buffered {
        if let (None, None) = (way.from_scope, way.to_scope) {
            let (from, to) = (end::text(document, &way.from), end::text(document, &way.to));
            return Err(ComposeError::SignalToSignal { from, to });
        }
    }
    Ok(())
}

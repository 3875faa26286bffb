//! Inside one partition connectors may be direct; between partitions of one ECU they are buffered;
//! between ECUs values travel over an Ethernet network, or as CAN signals.

use crate::{
    context::{Context, Wire},
    diagnostic::{Diagnostic, Severity},
    document::*,
    edit::Edit,
};
use autosar_wit::names;

pub(super) fn run(context: &Context) -> Vec<Diagnostic> {
    context
        .wires
        .iter()
        .filter_map(|wire| found(context, wire))
        .collect()
}

fn found(context: &Context, wire: &Wire) -> Option<Diagnostic> {
    match problem(context, wire)? {
        Problem::Ecus(gap, message) => Some(gap_finding(context, wire, gap, message)),
        Problem::Partitions(message) => {
            let diagnostic = Diagnostic::new(
                "across-partitions",
                Severity::Error,
                Subject::Connector(wire.id),
                message,
            );
            Some(match wire.can_be_buffered() {
                true => diagnostic
                    .help("make it buffered, or move both instances into one partition")
                    .fix("Make the connector buffered", wire.made_buffered()),
                false => diagnostic
                    .help("calls cannot be buffered; move both instances into one partition"),
            })
        }
    }
}

fn gap_finding(context: &Context, wire: &Wire, gap: Gap, message: String) -> Diagnostic {
    const CODE: &str = "across-partitions";
    let networks = || context.document.networks().take(3);
    let over = |diagnostic: Diagnostic, network: BusId| {
        let name = context.bus_name(network);
        diagnostic.fix(format!("Send it over `{name}`"), wire.over(network))
    };
    let found = wire.finding(CODE, message);
    match gap {
        Gap::Direct if wire.can_be_buffered() => found
            .help("make it buffered: its values then go over an Ethernet network")
            .fix("Make the connector buffered", wire.made_buffered()),
        Gap::Direct => found.help("calls do not leave an ECU; move both instances into one partition"),
        Gap::NoPath => found
            .help(
                "add an Ethernet network, or map the value to a signal of a CAN bus and the signal to the receiver",
            )
            .fix("Add an Ethernet network", new_network(context.document)),
        Gap::Undecided => {
            let found = found.help("choose the network on the connector");
            networks().fold(found, over)
        }
        Gap::NoNetwork => {
            let found = found.help("choose an Ethernet network on the connector");
            networks().fold(found, over)
        }
    }
}

/// A network as most vehicles have it between their computers (100BASE-T1 behind one switch).
fn new_network(document: &Document) -> Vec<Edit> {
    let taken = |name: &str| {
        let mut buses = document.buses.values();
        buses.any(|bus| bus.name.eq_ignore_ascii_case(name))
    };
    let bus = Bus {
        name: names::unique("eth0", taken),
        kind: BusKind::Ethernet {
            bitrate_bps: 100_000_000,
            latency_ns: 50_000,
        },
    };
    vec![Edit::InsertBus(document.new_ids().bus(), bus)]
}

pub(crate) enum Problem {
    Ecus(Gap, String),
    Partitions(String),
}

/// What a connector between two ECUs lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Gap {
    Direct,
    NoPath,
    Undecided,
    NoNetwork,
}

impl Gap {
    /// In the words of the canvas.
    pub(crate) fn reason(self) -> &'static str {
        match self {
            Gap::Direct => "calls do not leave an ECU, and the instances are on two",
            Gap::NoPath => {
                "the instances are on different ECUs; add an Ethernet network, or use a signal of a CAN bus"
            }
            Gap::Undecided => {
                "the instances are on different ECUs, and there are several Ethernet networks; choose one on the connector"
            }
            Gap::NoNetwork => {
                "the instances are on different ECUs, and the connector names a bus that is no Ethernet network"
            }
        }
    }
}

pub(crate) fn problem(context: &Context, wire: &Wire) -> Option<Problem> {
    let connector = wire.connector;
    let from = context.partition_of(&connector.from)?;
    let to = context.partition_of(&connector.to)?;
    let names = || {
        format!(
            "from `{}` to `{}`",
            context.partition_name(from),
            context.partition_name(to)
        )
    };
    if from.ecu != to.ecu {
        let (gap, rest) = gap(context, connector)?;
        let message = format!(
            "the connector {} leads {}, which are different ECUs{rest}",
            context.ends(connector),
            names()
        );
        return Some(Problem::Ecus(gap, message));
    }
    (from != to && connector.kind.is_direct()).then(|| {
        Problem::Partitions(format!(
            "the direct connector {} leads {}",
            context.ends(connector),
            names()
        ))
    })
}

/// What is missing, and how the message goes on.
fn gap(context: &Context, connector: &Connector) -> Option<(Gap, String)> {
    let ConnectorKind::Buffered(buffering) = &connector.kind else {
        return Some((Gap::Direct, ", and is direct".to_owned()));
    };
    match context.document.path(buffering) {
        Path::Over(_) => None,
        Path::Missing => Some((Gap::NoPath, " without a network between them".to_owned())),
        Path::Undecided => Some((
            Gap::Undecided,
            ", and names none of the networks".to_owned(),
        )),
        Path::NoNetwork(bus) => Some((
            Gap::NoNetwork,
            format!(
                ", and names `{}`, which is no Ethernet network",
                context.bus_name(bus)
            ),
        )),
    }
}

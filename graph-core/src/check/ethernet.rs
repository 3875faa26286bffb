//! Ethernet networks carry bits, and a connector names one only where it leaves its ECU.

use crate::{
    context::{Context, Wire},
    diagnostic::{Diagnostic, Severity},
    document::*,
    edit::Edit,
};

const CODE: &str = "ethernet";
/// What the fix of a network without a bit rate gives it: 100BASE-T1.
const BITRATE_BPS: u32 = 100_000_000;

pub(super) fn run(context: &Context) -> Vec<Diagnostic> {
    let mut found = without_rate(context);
    found.extend(context.wires.iter().filter_map(|wire| idle(context, wire)));
    found
}

fn without_rate(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (id, bus) in &context.document.buses {
        let BusKind::Ethernet {
            bitrate_bps: 0,
            latency_ns,
        } = bus.kind
        else {
            continue;
        };
        let mended = Bus {
            name: bus.name.clone(),
            kind: BusKind::Ethernet {
                bitrate_bps: BITRATE_BPS,
                latency_ns,
            },
        };
        let message = format!("the Ethernet network `{}` has a bit rate of 0", bus.name);
        found.push(
            Diagnostic::new(CODE, Severity::Error, Subject::Bus(*id), message)
                .help("give it the bit rate of its links")
                .fix(
                    format!("Give `{}` 100 Mbit/s", bus.name),
                    vec![Edit::ChangeBus(*id, mended)],
                ),
        );
    }
    found
}

/// A network on a connector that does not cross ECUs says something that does not happen.
fn idle(context: &Context, wire: &Wire) -> Option<Diagnostic> {
    let network = wire.connector.network()?;
    let ConnectorKind::Buffered(buffering) = &wire.connector.kind else {
        return None;
    };
    let is_deployed = |end: &End| end.instance().is_none() || context.partition_of(end).is_some();
    let [from, to] = [&wire.connector.from, &wire.connector.to];
    if context.document.path_of(wire.connector).is_some() || !(is_deployed(from) && is_deployed(to))
    {
        return None;
    }
    let mut without = buffering.clone();
    without.network = None;
    let message = format!(
        "the connector {} names the network `{}` and does not lead from one ECU to another",
        context.ends(wire.connector),
        context.bus_name(network)
    );
    let subject = Subject::Connector(wire.id);
    Some(
        Diagnostic::new(CODE, Severity::Warning, subject, message)
            .help("take the network away; the value does not go over it")
            .fix(
                "Take the network away",
                wire.with_kind(ConnectorKind::Buffered(without)),
            ),
    )
}

//! The mapping of an adapter leads from what is given to what is needed, and the user has confirmed
//! what was guessed in it.

use crate::{
    adapter::{self, Ports},
    context::{Context, Wire},
    diagnostic::{Diagnostic, Severity},
    document::Connector,
    edit::Edit,
};
use autosar_wit::mapping::Mapping;

const CODE: &str = "adapter";

pub(super) fn run(context: &Context) -> Vec<Diagnostic> {
    let wires = context.wires.iter();
    wires
        .filter_map(|wire| found(context, wire, wire.connector.adapter.as_ref()?))
        .collect()
}

/// Why the adapter of a connector does not lead from one port to the other.
pub(crate) fn misfits(context: &Context, wire: &Wire) -> Vec<String> {
    let ports = adapter::ports(context.document, context.library, wire.connector);
    let (Some(ports), Some(mapping)) = (ports, &wire.connector.adapter) else {
        return Vec::new();
    };
    match ports.resolve(mapping).adaptation {
        Err(problems) => problems.iter().map(ToString::to_string).collect(),
        Ok(_) => Vec::new(),
    }
}

fn found(context: &Context, wire: &Wire, mapping: &Mapping) -> Option<Diagnostic> {
    let name = context.ends(wire.connector);
    if wire.from.is_err() || wire.to.is_err() {
        // Another rule's: an end means nothing.
        return None;
    }
    let Some(ports) = adapter::ports(context.document, context.library, wire.connector) else {
        let message =
            format!("the connector {name} has an adapter, and its ends are no two whole ports");
        return Some(
            wire.finding(CODE, message)
                .help("connect whole ports, or remove the adapter")
                .fix("Remove the adapter", without(wire)),
        );
    };
    if let Some(other) = other_sender(context, wire) {
        let message = format!(
            "the connector {name} has an adapter, and its receiver has `{other}` as a sender too"
        );
        return Some(
            wire.finding(CODE, message)
                .help("a port with an adapter has one sender; remove a connector or the adapter")
                .fix("Remove the adapter", without(wire)),
        );
    }
    match ports.resolve(mapping).adaptation {
        Err(problems) => {
            let list: Vec<String> = problems.iter().map(ToString::to_string).collect();
            let message = format!(
                "the adapter of the connector {name} does not fit: {}",
                list.join("; ")
            );
            Some(mended(wire, &ports, mapping, wire.finding(CODE, message)))
        }
        Ok(_) if mapping.to_confirm().next().is_some() => Some(unconfirmed(wire, mapping, &name)),
        Ok(adaptation) if adaptation.is_plain() && !renames(context, wire) => {
            let message = format!("the adapter of the connector {name} changes nothing");
            let mut diagnostic = wire.finding(CODE, message);
            diagnostic.severity = Severity::Information;
            Some(
                diagnostic
                    .help("the ports fit without it")
                    .fix("Remove the adapter", without(wire)),
            )
        }
        Ok(_) => None,
    }
}

/// A mapping without effect still makes one interface of another for a direct connector whose ends
/// do not fit.
fn renames(context: &Context, wire: &Wire) -> bool {
    let bare = Connector {
        adapter: None,
        ..wire.connector.clone()
    };
    let bare = Wire::new(context.document, context.library, wire.id, &bare);
    !super::type_mismatch::problems(&bare).is_empty()
        || super::version_policy::problem(&bare).is_some()
}

/// Another connector into the same port.
fn other_sender(context: &Context, wire: &Wire) -> Option<String> {
    let to = &wire.connector.to;
    let mut wires = context.into_port(to.instance()?, to.port()?);
    let other = wires.find(|other| other.id != wire.id)?;
    Some(context.text(&other.connector.from))
}

fn unconfirmed(wire: &Wire, mapping: &Mapping, name: &str) -> Diagnostic {
    let open: Vec<String> = mapping
        .to_confirm()
        .map(|place| {
            let rule = mapping.rules.get(place);
            format!(
                "`{place}` {}",
                rule.map_or(String::new(), |rule| rule.words())
            )
        })
        .collect();
    let message = format!(
        "the adapter of the connector {name} is a proposal: {}",
        open.join("; ")
    );
    let title = match open.len() {
        1 => "Confirm the rule of the adapter".to_owned(),
        count => format!("Confirm the {count} rules of the adapter"),
    };
    wire.finding(CODE, message)
        .help("look at each rule, change what is meant otherwise, and confirm them")
        .fix(title, with(wire, mapping.confirmed()))
        .fix("Remove the adapter", without(wire))
}

fn mended(wire: &Wire, ports: &Ports, mapping: &Mapping, diagnostic: Diagnostic) -> Diagnostic {
    let anew = ports
        .propose(mapping)
        .or_else(|_| ports.propose(&Mapping::default()));
    let diagnostic = match anew {
        Ok(proposed) => diagnostic
            .help("an interface has changed, or a rule is wrong; correct the mapping, or let it be proposed anew")
            .fix("Propose the adapter anew", with(wire, proposed)),
        Err(_) => diagnostic.help("connect ports that mean the same; no mapping leads between these"),
    };
    diagnostic.fix("Remove the adapter", without(wire))
}

/// The edit that gives the connector that mapping.
pub(super) fn with(wire: &Wire, mapping: Mapping) -> Vec<Edit> {
    let connector = Connector {
        adapter: Some(mapping),
        ..wire.connector.clone()
    };
    vec![Edit::ChangeConnector(wire.id, connector)]
}

fn without(wire: &Wire) -> Vec<Edit> {
    let connector = Connector {
        adapter: None,
        ..wire.connector.clone()
    };
    vec![Edit::ChangeConnector(wire.id, connector)]
}

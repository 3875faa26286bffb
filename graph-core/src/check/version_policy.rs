//! A provider of another major version is connected only if the user accepts it: the link itself
//! takes any version.

use crate::{
    context::{Context, Wire},
    diagnostic::Diagnostic,
    document::Connector,
    edit::Edit,
    resolve::Resolved,
};
use autosar_wit::{
    compat::{self, VersionVerdict},
    component::{Port, PortItem},
    types::InterfaceId,
};

pub(super) fn run(context: &Context) -> Vec<Diagnostic> {
    context
        .wires
        .iter()
        .filter_map(|wire| found(context, wire))
        .collect()
}

fn found(context: &Context, wire: &Wire) -> Option<Diagnostic> {
    let (needed, given) = problem(wire)?;
    let message = format!(
        "the connector {} needs `{needed}` and is given `{given}`, which is not compatible by its version",
        context.ends(wire.connector)
    );
    let accepted = Connector {
        accept_version: true,
        ..wire.connector.clone()
    };
    Some(
        wire.finding("version-policy", message)
            .help("choose a provider of a compatible version, or accept this one on the connector")
            .fix(
                "Accept the other version",
                vec![Edit::ChangeConnector(wire.id, accepted)],
            ),
    )
}

/// The required and the provided interface, unless the user accepts them or an adapter makes one of
/// the other.
pub(crate) fn problem<'a>(wire: &Wire<'a>) -> Option<(&'a InterfaceId, &'a InterfaceId)> {
    if wire.connector.adapter.is_some() {
        return None;
    }
    let Some((Resolved::Port(given), Resolved::Port(needed))) = wire.resolved() else {
        return None;
    };
    let (needed, given) = (interface(needed)?, interface(given)?);
    let name = |id: &InterfaceId| {
        (
            id.namespace.clone(),
            id.package.clone(),
            id.interface.clone(),
        )
    };
    if wire.connector.accept_version || name(needed) != name(given) {
        return None;
    }
    match compat::version(needed.version.as_ref(), given.version.as_ref()) {
        VersionVerdict::Incompatible | VersionVerdict::Unversioned => Some((needed, given)),
        VersionVerdict::Same | VersionVerdict::Newer | VersionVerdict::Older => None,
    }
}

fn interface(port: &Port) -> Option<&InterfaceId> {
    match &port.item {
        PortItem::Interface(interface) => interface.id.as_ref(),
        PortItem::Function(_) => None,
    }
}

//! What a component takes from the platform is there on every host.

use crate::{
    capability::Capability,
    context::Context,
    diagnostic::{Diagnostic, Severity},
    document::{InstanceId, Subject},
};
use autosar_wit::{
    component::{Direction, Port, PortItem, PortKind},
    types::InterfaceId,
};

/// Packages of WASI 0.2 that hosts answer; files and terminals are answered by their absence.
const WASI: [&str; 6] = ["cli", "clocks", "filesystem", "gpio", "io", "random"];

pub(super) fn run(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (id, instance, component) in context.typed_instances() {
        // What something stands in for is asked of no host.
        let is_stood_in = |port: &Port| {
            let capability = Capability::of_port(port);
            capability.is_some_and(|one| instance.capabilities.contains_key(&one))
        };
        for port in &component.ports {
            let is_platform =
                port.direction == Direction::Required && port.kind == PortKind::Platform;
            if is_platform && !is_stood_in(port) {
                found.extend(judge(context, id, port));
            }
        }
    }
    found
}

fn judge(context: &Context, id: InstanceId, port: &Port) -> Option<Diagnostic> {
    let PortItem::Interface(interface) = &port.item else {
        return None;
    };
    let interface_id = interface.id.as_ref()?;
    let instance = context.instance_name(id);
    let subject = Subject::Port {
        instance: id,
        direction: Direction::Required,
        port: port.name.clone(),
    };
    let (severity, message, help) = match served(interface_id) {
        Served::Yes => return None,
        Served::Trapping => (
            Severity::Warning,
            format!(
                "`{instance}` imports `{interface_id}`, which an ECU does not have: a call of it is a trap"
            ),
            "use a component that works without it, if it is called at all",
        ),
        Served::OtherVersion => (
            Severity::Error,
            format!("`{instance}` imports `{interface_id}`, a version that no host serves"),
            "build the component for WASI 0.2, `wasi:i2c@0.2.0-draft` or `wireloom:ecu@0.1.0`",
        ),
    };
    Some(Diagnostic::new("unserved-import", severity, subject, message).help(help))
}

enum Served {
    Yes,
    Trapping,
    OtherVersion,
}

fn served(id: &InterfaceId) -> Served {
    let version = id
        .version
        .as_ref()
        .map(ToString::to_string)
        .unwrap_or_default();
    let series = |start: &str| {
        version
            .strip_prefix(start)
            .is_some_and(|patch| patch.parse::<u32>().is_ok())
    };
    match (id.namespace.as_str(), id.package.as_str()) {
        ("wasi", "i2c") if version == "0.2.0-draft" => Served::Yes,
        ("wasi", "spi") if version.is_empty() => Served::Yes,
        ("wasi", "i2c" | "spi") => Served::OtherVersion,
        ("wasi", package) if series("0.2.") && WASI.contains(&package) => Served::Yes,
        ("wasi", _) if series("0.2.") => Served::Trapping,
        ("wireloom", "ecu") if series("0.1.") => Served::Yes,
        // Drivers and gateways; its package has one version so far.
        ("autosar", _) => Served::Yes,
        _ => Served::OtherVersion,
    }
}

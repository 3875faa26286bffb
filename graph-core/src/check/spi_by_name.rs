//! A component that opens SPI devices by their names finds some: the names are those of the project.

use crate::{
    check::binding,
    context::Context,
    diagnostic::{Diagnostic, Severity},
    document::*,
    resolve,
};
use autosar_wit::component::{Direction, Port, PortItem};
use rte::Handle;

pub(super) fn run(context: &Context) -> Vec<Diagnostic> {
    let has_device =
        |bus: &Bus| matches!(&bus.kind, BusKind::Spi { devices, .. } if !devices.is_empty());
    if context.document.buses.values().any(has_device) {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (id, instance, component) in context.typed_instances() {
        let takes_handles = binding::keys(component)
            .values()
            .any(|one| *one == Handle::Spi);
        if takes_handles {
            continue;
        }
        let required = |port: &&Port| port.direction == Direction::Required;
        for port in component.ports.iter().filter(required).filter(opens) {
            let message = format!(
                "`{}` opens SPI devices by their names, and the project has none",
                instance.name
            );
            let subject = Subject::Port {
                instance: id,
                direction: Direction::Required,
                port: port.name.clone(),
            };
            found.push(
                Diagnostic::new("spi-by-name", Severity::Warning, subject, message)
                    .help("add an SPI bus with a device of the name that the component opens"),
            );
        }
    }
    found
}

/// `wasi:spi/spi` with a function that opens a device.
fn opens(port: &&Port) -> bool {
    let PortItem::Interface(interface) = &port.item else {
        return false;
    };
    let is_spi = interface
        .id
        .as_ref()
        .is_some_and(|id| (id.namespace.as_str(), id.package.as_str()) == ("wasi", "spi"));
    is_spi
        && resolve::functions(port)
            .iter()
            .any(|function| matches!(function.name.as_str(), "open" | "open-device"))
}

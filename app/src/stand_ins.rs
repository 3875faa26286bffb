//! Which capabilities that are denied to instances, or virtual at them, keep an ECU from a board, and why.
//! Knows nothing of images.

use crate::export;
use autosar_wit::{mapping::handle, types::Function};
use exporter::Product;
use graph_core::{
    authority::stood_in,
    capability::{Capability, Treatment},
    document::Document,
    library::Library,
    resolve::functions,
};

/// What stands in for the platform at instances of the ECU and makes handles of its own: a board has
/// those of its host alone.
pub(crate) fn with_handles(
    (document, library): (&Document, &Library),
    product: &Product,
    ecu: &str,
) -> Vec<String> {
    let partitions = product.partitions.iter().filter(|part| part.ecu == ecu);
    let components = partitions.flat_map(|partition| &partition.components);
    let names = components.flat_map(|component| &component.instances);
    let mut reasons = Vec::new();
    for id in names.filter_map(|name| document.instance_named(name)) {
        let instance = document.instances.get(&id);
        let loaded = export::loaded(document, library, Some(id));
        let (Some(instance), Some((_, component, _))) = (instance, loaded) else {
            continue;
        };
        let is_connected = |port: &str| {
            let mut ends = document.connectors.values().map(|one| &one.to);
            ends.any(|end| end.instance() == Some(id) && end.port() == Some(port))
        };
        for (capability, treatment) in &instance.capabilities {
            let ports = stood_in(component, *capability, *treatment, &is_connected);
            let makes_handles = component.ports.iter().any(|port| {
                let answered = ports
                    .as_ref()
                    .is_ok_and(|ports| ports.contains_key(&port.name));
                answered && functions(port).iter().any(takes_or_gives_a_handle)
            });
            if makes_handles {
                reasons.push(handles_refused(&instance.name, *capability, *treatment));
            }
        }
    }
    reasons
}

fn takes_or_gives_a_handle(function: &Function) -> bool {
    let parameters = function.parameters.iter().map(|(_, value)| value);
    let mut values = parameters.chain(&function.result);
    values.any(|value| handle(value).is_some())
}

fn handles_refused(instance: &str, capability: Capability, treatment: Treatment) -> String {
    let (title, word) = (capability.title(), capability.word());
    let is = match treatment {
        Treatment::Deny => "denied to",
        Treatment::Virtual => "virtual at",
    };
    format!(
        "{title} is {is} `{instance}` by a component that makes handles of its own, and microcontrollers have those of their host only; take `{word}` out of `[instances.{instance}.capabilities]`, leave `{instance}` out of this ECU, or choose a Linux board"
    )
}

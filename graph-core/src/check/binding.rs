//! A binding gives a bus to a required platform function or to a parameter: both have to exist, and
//! the bus has to be of that kind.

use crate::{
    context::Context,
    diagnostic::{Diagnostic, Severity},
    document::*,
    edit::Edit,
    resolve, runnable,
};
use autosar_wit::component::ComponentType;
use std::collections::BTreeSet;

pub(super) fn run(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (id, instance, component) in context.typed_instances() {
        if instance.bindings.is_empty() {
            continue;
        }
        let keys = keys(component);
        for (key, bus) in &instance.bindings {
            found.extend(judge(context, (id, instance), &keys, key, *bus));
        }
    }
    found
}

/// Everything of a component that a bus can be bound to.
pub(crate) fn keys(component: &ComponentType) -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    for port in &component.ports {
        for function in resolve::functions(port) {
            let path = resolve::path_of(port, function);
            if crate::check::unconnected_port::gives_bus(function) {
                keys.insert(crate::end::function_text(&path));
            }
            for name in runnable::bus_parameters(function) {
                keys.insert(runnable::binding_key(&path, name));
                keys.insert(runnable::short_binding_key(&path, name));
            }
        }
    }
    keys
}

fn judge(
    context: &Context,
    (id, instance): (InstanceId, &Instance),
    keys: &BTreeSet<String>,
    key: &str,
    bus: BusId,
) -> Option<Diagnostic> {
    let found =
        |message| Diagnostic::new("binding", Severity::Error, Subject::Instance(id), message);
    let rebound = |to: Option<BusId>| {
        let mut changed = instance.clone();
        match to {
            Some(bus) => changed.bindings.insert(key.to_owned(), bus),
            None => changed.bindings.remove(key),
        };
        vec![Edit::ChangeInstance(id, changed)]
    };
    if !keys.contains(key) {
        let message = format!(
            "`{}` binds a bus to `{key}`, which its component does not have",
            instance.name
        );
        return Some(
            found(message)
                .help("remove the binding")
                .fix(format!("Remove the binding of `{key}`"), rebound(None)),
        );
    }
    let bound = context.document.buses.get(&bus)?;
    if matches!(bound.kind, BusKind::I2c { .. }) {
        return None;
    }
    let message = format!(
        "`{key}` of `{}` needs an I2C bus, `{}` is a CAN bus",
        instance.name, bound.name
    );
    let others = context
        .document
        .buses
        .iter()
        .filter(|(_, bus)| matches!(bus.kind, BusKind::I2c { .. }));
    let diagnostic = found(message).help("bind an I2C bus");
    Some(others.take(3).fold(diagnostic, |diagnostic, (bus, other)| {
        diagnostic.fix(
            format!("Bind `{key}` to `{}`", other.name),
            rebound(Some(*bus)),
        )
    }))
}

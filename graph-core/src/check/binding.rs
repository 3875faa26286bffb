//! A binding gives a bus, an SPI device or a pin to a required platform function or to a parameter:
//! both have to exist, and what is bound has to be of that kind.

use crate::{
    context::Context,
    diagnostic::{Diagnostic, Severity},
    document::*,
    edit::Edit,
    resolve, runnable,
};
use autosar_wit::component::ComponentType;
use rte::Handle;
use std::collections::BTreeMap;

pub(super) fn run(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (id, instance, component) in context.typed_instances() {
        if instance.bindings.is_empty() {
            continue;
        }
        let keys = keys(component);
        for (key, bound) in &instance.bindings {
            found.extend(judge(context, (id, instance), &keys, key, bound));
        }
    }
    found
}

/// Everything of a component that something can be bound to.
pub(crate) fn keys(component: &ComponentType) -> BTreeMap<String, Handle> {
    let mut keys = BTreeMap::new();
    for port in &component.ports {
        for function in resolve::functions(port) {
            let path = resolve::path_of(port, function);
            if let Some(handle) = runnable::gives_handle(function) {
                keys.insert(crate::end::function_text(&path), handle);
            }
            for (name, handle) in runnable::handle_parameters(function) {
                keys.insert(runnable::binding_key(&path, name), handle);
                keys.insert(runnable::short_binding_key(&path, name), handle);
            }
        }
    }
    keys
}

fn judge(
    context: &Context,
    (id, instance): (InstanceId, &Instance),
    keys: &BTreeMap<String, Handle>,
    key: &str,
    binding: &Binding,
) -> Option<Diagnostic> {
    let found =
        |message| Diagnostic::new("binding", Severity::Error, Subject::Instance(id), message);
    let rebound = |to: Option<Binding>| {
        let mut changed = instance.clone();
        match to {
            Some(to) => changed.bindings.insert(key.to_owned(), to),
            None => changed.bindings.remove(key),
        };
        vec![Edit::ChangeInstance(id, changed)]
    };
    let text = context.document.binding_text(binding);
    let Some(handle) = keys.get(key) else {
        let message = format!(
            "`{}` binds `{text}` to `{key}`, which its component does not have",
            instance.name
        );
        return Some(
            found(message)
                .help("remove the binding")
                .fix(format!("Remove the binding of `{key}`"), rebound(None)),
        );
    };
    let fitting = context.document.bindings_for(*handle);
    if fitting.contains(binding) {
        return None;
    }
    let needed = handle.described();
    let message = format!(
        "`{key}` of `{}` needs {needed}, `{text}` is {}",
        instance.name,
        described(context.document, binding)
    );
    let diagnostic = found(message).help(match fitting.is_empty() {
        true => format!("add {needed} and bind it"),
        false => format!("bind {needed}"),
    });
    Some(
        fitting
            .into_iter()
            .take(3)
            .fold(diagnostic, |diagnostic, other| {
                let title = format!(
                    "Bind `{key}` to `{}`",
                    context.document.binding_text(&other)
                );
                diagnostic.fix(title, rebound(Some(other)))
            }),
    )
}

/// "a CAN bus", "a digital input"
fn described(document: &Document, binding: &Binding) -> &'static str {
    let Some(bus) = document.buses.get(&binding.bus) else {
        return "gone";
    };
    match (&bus.kind, &binding.part) {
        (BusKind::Spi { .. }, Some(_)) => Handle::Spi.described(),
        (BusKind::Gpio { pins }, Some(part)) => pins
            .iter()
            .find(|pin| pin.name == *part)
            .map_or("gone", Pin::described),
        _ => bus.described(),
    }
}

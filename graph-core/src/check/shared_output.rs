//! An output pin is driven by one instance: of two that write it, the last one wins, and none knows.

use crate::{
    context::Context,
    diagnostic::{Diagnostic, Severity},
    document::*,
};
use std::collections::BTreeMap;

pub(super) fn run(context: &Context) -> Vec<Diagnostic> {
    let mut first: BTreeMap<&Binding, &str> = BTreeMap::new();
    let mut by_name: Vec<_> = context.document.instances.iter().collect();
    by_name.sort_by(|a, b| a.1.name.cmp(&b.1.name));
    let mut found = Vec::new();
    for (id, instance) in by_name {
        for binding in instance.bindings.values() {
            if !is_output(context.document, binding) {
                continue;
            }
            let known = *first.entry(binding).or_insert(&instance.name);
            if known == instance.name {
                continue;
            }
            let message = format!(
                "`{known}` and `{}` both drive the output `{}`",
                instance.name,
                context.document.binding_text(binding)
            );
            let subject = Subject::Instance(*id);
            found.push(
                Diagnostic::new("shared-output", Severity::Warning, subject, message)
                    .help("let one instance drive it, and connect the other to that one"),
            );
        }
    }
    found
}

fn is_output(document: &Document, binding: &Binding) -> bool {
    let bus = document.buses.get(&binding.bus);
    let Some(BusKind::Gpio { pins }) = bus.map(|bus| &bus.kind) else {
        return false;
    };
    let pin = pins
        .iter()
        .find(|pin| binding.part.as_ref() == Some(&pin.name));
    pin.is_some_and(|pin| pin.direction == deployment::PinDirection::Out)
}

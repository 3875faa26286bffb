//! Instances have a component that could be read, CAN buses a description.

use crate::{
    context::Context,
    diagnostic::{Diagnostic, Severity},
    document::{BusKind, Subject},
    library::Entry,
};

pub(super) fn run(context: &Context) -> Vec<Diagnostic> {
    let mut found = instances(context);
    for (id, bus) in &context.document.buses {
        let BusKind::Can {
            description: Some(file),
            ..
        } = &bus.kind
        else {
            continue;
        };
        if !context.library.descriptions.contains_key(id) {
            let message = format!(
                "the description `{file}` of bus `{}` could not be read",
                bus.name
            );
            found.push(
                Diagnostic::new("missing-file", Severity::Error, Subject::Bus(*id), message)
                    .help("put the DBC file there, or choose another one"),
            );
        }
    }
    found
}

fn instances(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (id, instance) in &context.document.instances {
        let component = context
            .document
            .components
            .get(&instance.component)
            .map_or("?", |component| &component.name);
        let reason = match context.library.components.get(&instance.component) {
            Some(Entry::Loaded { .. }) => continue,
            Some(Entry::Missing { reason }) => reason.as_str(),
            None => "it was not loaded",
        };
        let message = format!(
            "component `{component}` of `{}` is missing: {reason}",
            instance.name
        );
        found.push(
            Diagnostic::new(
                "missing-file",
                Severity::Error,
                Subject::Instance(*id),
                message,
            )
            .help("build the component, correct its path, or give it a stub from WIT"),
        );
    }
    found
}

//! In one partition a type has one form, and a task one event.

use crate::{
    context::Context,
    diagnostic::{Diagnostic, Severity},
    document::*,
    end, fit,
};
use autosar_wit::{
    component::{Direction, Port, PortItem},
    names,
    types::{InterfaceId, TypeDefinition},
};
use std::{collections::BTreeMap, sync::Arc};

pub(super) fn run(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (key, members) in &context.members {
        found.extend(types(context, key, members));
        found.extend(tasks(context, key, members));
    }
    found
}

/// Interfaces of one name and version whose types differ, among the ports that glue touches.
fn types(context: &Context, key: &PartitionKey, members: &[InstanceId]) -> Vec<Diagnostic> {
    let mut known: BTreeMap<(&InterfaceId, &str), (&Arc<TypeDefinition>, InstanceId)> =
        BTreeMap::new();
    let mut clashes: BTreeMap<(&InterfaceId, InstanceId, InstanceId), Vec<&str>> = BTreeMap::new();
    for id in members {
        let Some(component) = context.component(*id) else {
            continue;
        };
        for port in component
            .ports
            .iter()
            .filter(|port| is_touched(context, *id, port))
        {
            let PortItem::Interface(interface) = &port.item else {
                continue;
            };
            for definition in &interface.types {
                let Some(owner) = &definition.owner else {
                    continue;
                };
                let (first, other) = *known
                    .entry((owner, &definition.name))
                    .or_insert((definition, *id));
                if !fit::same_definition(first, definition) {
                    clashes
                        .entry((owner, other, *id))
                        .or_default()
                        .push(&definition.name);
                }
            }
        }
    }
    let report =
        |((owner, first, second), types): (&(&InterfaceId, InstanceId, InstanceId), &Vec<&str>)| {
            let message = format!(
                "`{}` and `{}` in `{}` know `{owner}` in two forms; they differ in `{}`",
                context.instance_name(*first),
                context.instance_name(*second),
                context.partition_name(key),
                types.join("`, `")
            );
            Diagnostic::new(
                "name-clash",
                Severity::Error,
                Subject::Instance(*second),
                message,
            )
            .help("build both with one version of the interface, or put them into two partitions")
        };
    clashes.iter().map(report).collect()
}

/// Ports with runnables or with buffered connectors.
fn is_touched(context: &Context, id: InstanceId, port: &Port) -> bool {
    let buffered = |wire: &crate::context::Wire| !wire.connector.kind.is_direct();
    let activated = || {
        let activations = context
            .document
            .instances
            .get(&id)
            .map_or(&[][..], |instance| &instance.activations);
        activations
            .iter()
            .any(|activation| activation.runnable.port == port.name)
    };
    match port.direction {
        // Behind an adapter stands the sender's form.
        Direction::Required => context
            .into_port(id, &port.name)
            .any(|wire| buffered(wire) && wire.connector.adapter.is_none()),
        Direction::Provided => context.out_of_port(id, &port.name).any(buffered) || activated(),
    }
}

/// Runnables that share a task have one event, and its name is a label.
fn tasks(context: &Context, key: &PartitionKey, members: &[InstanceId]) -> Vec<Diagnostic> {
    let mut events: BTreeMap<&str, (&RteEvent, String)> = BTreeMap::new();
    let mut found = Vec::new();
    for id in members {
        let Some(instance) = context.document.instances.get(id) else {
            continue;
        };
        for activation in &instance.activations {
            let Some((task, _)) = &activation.task else {
                continue;
            };
            let runnable = format!(
                "{}.{}",
                instance.name,
                end::function_text(&activation.runnable)
            );
            let report = |message| {
                Diagnostic::new(
                    "name-clash",
                    Severity::Error,
                    Subject::Instance(*id),
                    message,
                )
            };
            if !names::is_label(task) {
                let message = format!(
                    "the task `{}` of `{runnable}` has no good name",
                    task.escape_debug()
                );
                found.push(
                    report(message)
                        .help("use lower-case words of letters and digits joined by hyphens"),
                );
                continue;
            }
            let (event, first) = events
                .entry(task)
                .or_insert((&activation.event, runnable.clone()));
            if **event != activation.event {
                let message = format!(
                    "`{first}` and `{runnable}` share the task `{task}` of `{}` but not its event",
                    context.partition_name(key)
                );
                found.push(
                    report(message).help("give both the same event, or one of them another task"),
                );
            }
        }
    }
    found
}

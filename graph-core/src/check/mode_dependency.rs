//! What a runnable depends on is a mode of a mode switch port that the component requires, brought
//! by a buffered connector, and there is a mode in which it runs.

use crate::{
    context::{Context, Wire},
    diagnostic::{Diagnostic, Severity},
    document::*,
    edit::Edit,
    end,
};
use autosar_wit::{
    component::{ComponentType, Direction},
    modes::{self, Modes},
};
use std::collections::BTreeSet;

const CODE: &str = "mode-dependency";

pub(super) fn run(context: &Context) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (id, instance, component) in context.typed_instances() {
        let mut ports: BTreeSet<&str> = BTreeSet::new();
        for (position, activation) in instance.activations.iter().enumerate() {
            let place = Place {
                id,
                instance,
                component,
                position,
                activation,
            };
            ports.extend(activation.disabled_in.keys().map(String::as_str));
            found.extend(disabled(&place));
            if let RteEvent::ModeSwitch { port, change } = &activation.event {
                ports.insert(port);
                found.extend(switched(&place, port, change));
            }
        }
        let known = ports
            .into_iter()
            .filter(|port| modes_of(component, port).is_some());
        found.extend(known.flat_map(|port| unseen(context, id, port)));
    }
    found
}

struct Place<'a> {
    id: InstanceId,
    instance: &'a Instance,
    component: &'a ComponentType,
    position: usize,
    activation: &'a Activation,
}

impl Place<'_> {
    fn name(&self) -> String {
        let function = end::function_text(&self.activation.runnable);
        format!("`{function}` of `{}`", self.instance.name)
    }

    fn finding(&self, severity: Severity, message: String) -> Diagnostic {
        Diagnostic::new(CODE, severity, Subject::Instance(self.id), message)
    }

    /// The instance with the activation changed.
    fn with(&self, change: impl FnOnce(&mut Activation)) -> Vec<Edit> {
        let mut changed = self.instance.clone();
        if let Some(activation) = changed.activations.get_mut(self.position) {
            change(activation);
        }
        vec![Edit::ChangeInstance(self.id, changed)]
    }
}

fn modes_of<'a>(component: &'a ComponentType, port: &str) -> Option<Modes<'a>> {
    modes::of(component.port(Direction::Required, port)?)
}

fn disabled(place: &Place<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (port, disabled) in &place.activation.disabled_in {
        let without = || place.with(|activation| drop(activation.disabled_in.remove(port)));
        let Some(known) = modes_of(place.component, port) else {
            let message = format!(
                "{} is disabled by `{port}`, which is no mode switch port that the component requires",
                place.name()
            );
            let title = format!("Remove the dependency on `{port}`");
            let finding = place.finding(Severity::Error, message);
            found.push(
                finding
                    .help("name one that it requires")
                    .fix(title, without()),
            );
            continue;
        };
        for mode in disabled.iter().filter(|mode| !known.names.contains(mode)) {
            let message = format!(
                "{} is disabled in mode `{mode}`, which `{port}` does not have",
                place.name()
            );
            let fix = place.with(|activation| {
                if let Some(modes) = activation.disabled_in.get_mut(port) {
                    modes.remove(mode);
                }
            });
            found.push(
                place
                    .finding(Severity::Error, message)
                    .help(format!("it has {}", list(known.names)))
                    .fix(format!("Remove mode `{mode}`"), fix),
            );
        }
        if known.names.iter().all(|mode| disabled.contains(mode)) {
            let message = format!("{} is disabled in every mode of `{port}`", place.name());
            found.push(
                place
                    .finding(Severity::Warning, message)
                    .help("leave a mode in which it runs, or remove the activation"),
            );
        }
    }
    found
}

fn switched(place: &Place<'_>, port: &str, change: &ModeChange) -> Vec<Diagnostic> {
    let Some(known) = modes_of(place.component, port) else {
        let message = format!(
            "{} waits for a mode of `{port}`, which is no mode switch port that the component requires",
            place.name()
        );
        let finding = place.finding(Severity::Error, message);
        return vec![finding.help("name one that it requires, or give it another event")];
    };
    let named = match change {
        ModeChange::Entry(mode) | ModeChange::Exit(mode) => vec![mode],
        ModeChange::Transition { from, to } if from == to => {
            let message = format!(
                "{} waits for a transition from `{from}` to itself",
                place.name()
            );
            let finding = place.finding(Severity::Error, message);
            return vec![finding.help("name two modes")];
        }
        ModeChange::Transition { from, to } => vec![from, to],
    };
    let unknown = named.into_iter().filter(|mode| !known.names.contains(mode));
    unknown
        .map(|mode| {
            let message = format!(
                "{} waits for mode `{mode}`, which `{port}` does not have",
                place.name()
            );
            let finding = place.finding(Severity::Error, message);
            finding.help(format!("it has {}", list(known.names)))
        })
        .collect()
}

/// The run-time environment sees a mode only where it carries it.
fn unseen(context: &Context, id: InstanceId, port: &str) -> Vec<Diagnostic> {
    let is_seen = |wire: &&Wire| {
        let is_buffered = matches!(wire.connector.kind, ConnectorKind::Buffered(_));
        is_buffered && wire.connector.adapter.is_none()
    };
    let wires = context.into_port(id, port).filter(|wire| !is_seen(wire));
    wires
        .map(|wire| {
            let ends = context.ends(wire.connector);
            let message = format!("runnables of `{}` depend on the mode that {ends} brings, which only its receiver sees", context.instance_name(id));
            let finding = Diagnostic::new(CODE, Severity::Error, Subject::Connector(wire.id), message);
            match wire.connector.adapter {
                Some(_) => finding.help("connect a port with the same modes, without an adapter"),
                None => finding
                    .help("make the connector buffered")
                    .fix("Make it buffered", wire.made_buffered()),
            }
        })
        .collect()
}

fn list(modes: &[String]) -> String {
    let modes: Vec<String> = modes.iter().map(|mode| format!("`{mode}`")).collect();
    modes.join(", ")
}

//! What starts runnables: activations of instances as events of their type.

use super::{Builder, left};
use ::arxml::{Disabled, Event, ModeRef};
use graph_core::document::*;
use std::collections::BTreeSet;

impl Builder<'_> {
    /// The functions that events start, at any instance.
    pub(super) fn runnables_of(&self, component: ComponentId) -> BTreeSet<FunctionPath> {
        let instances = self.document.instances.values();
        let own = instances.filter(|one| one.component == component);
        let activations = own.flat_map(|one| &one.activations);
        activations.map(|one| one.runnable.clone()).collect()
    }

    /// Events belong to the type: those of the first instance count, others are told.
    pub(super) fn events(&mut self, component: ComponentId) {
        let document = self.document;
        let mut instances = document
            .instances
            .values()
            .filter(|one| one.component == component);
        let Some(first) = instances.next() else {
            return;
        };
        let path = self.paths.get(&component).cloned().unwrap_or_default();
        for other in instances {
            let events = |one: &Instance| -> Vec<(FunctionPath, RteEvent)> {
                let events = one.activations.iter();
                events
                    .map(|one| (one.runnable.clone(), one.event.clone()))
                    .collect()
            };
            if events(other) != events(first) {
                let why = format!(
                    "its events differ from those of `{}`, and in AUTOSAR they belong to the component type; give it a type of its own",
                    first.name
                );
                self.left_out(&path, &format!("instance {}", other.name), why);
            }
        }
        if !first.activations.is_empty() {
            let why = "which runnable goes first belongs to the ECU configuration; an import ranks them by their periods";
            self.left_out(&path, "priorities", why);
        }
        for activation in &first.activations {
            self.event(component, &path, activation);
        }
    }

    fn event(&mut self, component: ComponentId, path: &str, activation: &Activation) {
        let shaped = self.shaped.get_mut(&component);
        let Some((shaped, label)) = shaped.and_then(|shaped| {
            let label = shaped.runnables.get(&activation.runnable)?.clone();
            Some((shaped, label))
        }) else {
            return;
        };
        let event = match &activation.event {
            RteEvent::Init => Event::Init,
            RteEvent::Timing {
                period_ns,
                offset_ns,
            } => Event::Timing {
                period_ns: *period_ns,
                offset_ns: *offset_ns,
            },
            RteEvent::DataReceived => Event::DataReceived,
            RteEvent::ModeSwitch { port, change } => Event::ModeSwitch {
                port: port.clone(),
                change: mode_change(change),
            },
        };
        let runnables = &mut shaped.component.runnables;
        if let Some(runnable) = runnables.iter_mut().find(|one| one.function == label) {
            let number = runnable.events.len();
            runnable.events.push(event);
            for (port, modes) in &activation.disabled_in {
                runnable.disabled.extend(modes.iter().map(|mode| Disabled {
                    event: number,
                    mode: ModeRef {
                        port: port.clone(),
                        mode: mode.clone(),
                    },
                }));
            }
        }
        let place = format!("{path}/{label}");
        self.all_left_out(&place, left::of_activation(activation));
    }
}

fn mode_change(change: &ModeChange) -> ::arxml::ModeChange {
    match change {
        ModeChange::Entry(mode) => ::arxml::ModeChange::Entry(mode.clone()),
        ModeChange::Exit(mode) => ::arxml::ModeChange::Exit(mode.clone()),
        ModeChange::Transition { from, to } => ::arxml::ModeChange::Transition {
            from: from.clone(),
            to: to.clone(),
        },
    }
}

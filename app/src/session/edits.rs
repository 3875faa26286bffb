//! Commands that change the document: each is one named undo step.

use super::{
    Arrangement, Effect, Item, Session, annotations::moved, connect::connector_for,
    view::ViewRequest,
};
use crate::canvas::{
    node::Metrics,
    scene::{Scene, Toggled, stand_in},
};
use graph_core::{
    document::{
        Activation, Component, ComponentId, ComponentSource, Connector, ConnectorId, Instance,
        InstanceId, NewIds, PartitionKey,
    },
    edit::Edit,
    layout::Grouping,
    runnable,
};
use std::{cmp::Ordering, collections::BTreeMap};

/// An instance on its way into the document.
pub(super) struct Insertion {
    pub(super) instance: InstanceId,
    pub(super) label: String,
    pub(super) edits: Vec<Edit>,
    ids: NewIds,
}

impl Insertion {
    /// With a wire.
    pub(super) fn connect(&mut self, wire: Connector) {
        self.edits.push(Edit::Connect(self.ids.connector(), wire));
    }
}

impl Session {
    pub(super) fn change_instance(
        &mut self,
        id: InstanceId,
        verb: &str,
        change: impl FnOnce(&mut Instance),
    ) -> Vec<Effect> {
        let Some(mut instance) = self.document.instances.get(&id).cloned() else {
            return Vec::new();
        };
        let name = format!("{verb} `{}`", instance.name);
        change(&mut instance);
        self.step(name, vec![Edit::ChangeInstance(id, instance)])
    }

    pub(super) fn delete(&mut self) -> Vec<Effect> {
        let name = match self.selection.len() {
            1 => "Delete".to_string(),
            count => format!("Delete {count} items"),
        };
        let selection: Vec<Item> = self.selection.iter().cloned().collect();
        let edits = graph_core::edit::removal(&self.document, &selection);
        match edits.is_empty() {
            true => Vec::new(),
            false => self.step(name, edits),
        }
    }

    pub(super) fn add_component(&mut self, component: Component) -> Vec<Effect> {
        let id = self.document.new_ids().component();
        self.step(
            format!("Add `{}`", component.name),
            vec![Edit::InsertComponent(id, component)],
        )
    }

    /// Drops a component of the project or the shelf on the canvas.
    pub(super) fn insert(&mut self, name: &str, at: (f32, f32)) -> Vec<Effect> {
        match self.insertion(name, at) {
            Some(insertion) => self.finish_insertion(insertion),
            None => Vec::new(),
        }
    }

    pub(super) fn finish_insertion(&mut self, insertion: Insertion) -> Vec<Effect> {
        let Insertion {
            instance,
            label,
            edits,
            ..
        } = insertion;
        let effects = self.step(format!("Insert `{label}`"), edits);
        self.selection = [Item::Instance(instance)].into();
        effects
    }

    /// What makes an instance of a component of the project or the shelf. A type that comes from the
    /// shelf is in the library from here on.
    pub(super) fn insertion(&mut self, name: &str, at: (f32, f32)) -> Option<Insertion> {
        let mut ids = self.document.new_ids();
        let (component, mut edits) = self.component_for(name, &mut ids)?;
        let instance = ids.instance();
        let mut partition = self.partition_for_new();
        if let Some((edit, first)) = self.first_ecu(&mut ids) {
            edits.push(edit);
            partition = Some(first);
        }
        // What is inside a composition is started and deployed there.
        let is_composition = self.document.is_composition(component);
        let partition = partition.filter(|_| !is_composition);
        let activations: Vec<Activation> = self
            .component_type(component)
            .filter(|_| !is_composition)
            .map(|component_type| runnable::suggested_activations(component_type))
            .unwrap_or_default();
        let label = self.document.free_instance_name(self.scope(), name);
        edits.push(Edit::InsertInstance(
            instance,
            Instance {
                name: label.clone(),
                composition: self.scope(),
                component,
                prefix: None,
                partition,
                activations,
                bindings: BTreeMap::new(),
                blocks: BTreeMap::new(),
                configuration: BTreeMap::new(),
                parameters: BTreeMap::new(),
                nv_data: BTreeMap::new(),
                capabilities: BTreeMap::new(),
            },
        ));
        edits.push(Edit::Move(instance, Some(at)));
        Some(Insertion {
            instance,
            label,
            edits,
            ids,
        })
    }

    /// A component of the project, or one of the shelf with the edit that brings it in.
    pub(super) fn component_for(
        &mut self,
        name: &str,
        ids: &mut NewIds,
    ) -> Option<(ComponentId, Vec<Edit>)> {
        if let Some(known) = self.document.component_named(name) {
            return Some((known, Vec::new()));
        }
        let Some(entry) = self.shelf.get(name).cloned() else {
            self.fail(format!(
                "there is no component `{name}` in the library; add its file first"
            ));
            return None;
        };
        let id = ids.component();
        let component = Component {
            name: name.to_string(),
            source: ComponentSource::File(entry.path.to_string_lossy().into_owned()),
        };
        self.library.components.insert(
            id,
            graph_core::library::Entry::Loaded {
                component_type: entry.component_type,
                bytes: entry.bytes,
            },
        );
        Some((id, vec![Edit::InsertComponent(id, component)]))
    }

    /// That of the selected instance, else of the first one, else the first there is.
    pub(super) fn partition_for_new(&self) -> Option<PartitionKey> {
        let selected = self.selection.iter().find_map(|item| match item {
            Item::Instance(id) => self.document.instances.get(id)?.partition.clone(),
            Item::Partition(key) => Some(key.clone()),
            _ => None,
        });
        let first = || {
            self.document
                .instances
                .values()
                .find_map(|instance| instance.partition.clone())
        };
        let any = || {
            let (ecu, properties) = self.document.ecus.iter().next()?;
            let partition = properties.partitions.keys().next()?.clone();
            Some(PartitionKey {
                ecu: *ecu,
                partition,
            })
        };
        selected.or_else(first).or_else(any)
    }

    pub(super) fn move_to(&mut self, moves: Vec<(InstanceId, (f32, f32))>) -> Vec<Effect> {
        let name = match moves.as_slice() {
            [] => return Vec::new(),
            [_] => "Move".to_string(),
            several => format!("Move {} instances", several.len()),
        };
        let mut edits = Vec::with_capacity(moves.len());
        for (id, (x, y)) in moves {
            edits.extend(self.moved_with_notes(id, (x, y)));
        }
        self.step(name, edits)
    }

    /// The edits that bring an instance to a place, with the notes on it.
    pub(super) fn moved_with_notes(&self, id: InstanceId, (x, y): (f32, f32)) -> Vec<Edit> {
        let stood = self.document.layout.positions.get(&id).copied();
        let (left, top) = stood.unwrap_or_else(|| stand_in(id));
        let by = (x - left, y - top);
        let notes = self.notes_on(&[id].into()).into_iter().map(Item::Note);
        let notes = notes.filter_map(|note| moved(&self.document, &note, by));
        [Edit::Move(id, Some((x, y)))]
            .into_iter()
            .chain(notes)
            .collect()
    }

    pub(super) fn reroute(&mut self, id: ConnectorId, points: Vec<(f32, f32)>) -> Vec<Effect> {
        let before = self
            .document
            .layout
            .reroute_points
            .get(&id)
            .map_or(0, Vec::len);
        let name = match points.len().cmp(&before) {
            Ordering::Greater => "Add a reroute point",
            Ordering::Equal => "Move a reroute point",
            Ordering::Less if before > 1 && points.is_empty() => "Remove the reroute points",
            Ordering::Less => "Remove a reroute point",
        };
        self.step(name.into(), vec![Edit::Reroute(id, points)])
    }

    pub(super) fn nudge(&mut self, x: f32, y: f32) -> Vec<Effect> {
        let positions = &self.document().layout.positions;
        let moves = self.selection.iter().filter_map(|item| match item {
            Item::Instance(id) => {
                let (left, top) = positions.get(id).copied()?;
                Some((*id, (left + x, top + y)))
            }
            _ => None,
        });
        self.move_to(moves.collect())
    }

    pub(super) fn connect(
        &mut self,
        from: graph_core::document::End,
        to: graph_core::document::End,
    ) -> Vec<Effect> {
        match connector_for(&self.sheet(), from, to) {
            Ok(connector) => {
                let id = self.document.new_ids().connector();
                let effects = self.step("Connect".into(), vec![Edit::Connect(id, connector)]);
                self.selection = [Item::Connector(id)].into();
                effects
            }
            Err(reason) => {
                self.fail(reason);
                Vec::new()
            }
        }
    }

    pub(super) fn toggle_probe(&mut self, id: ConnectorId) -> Vec<Effect> {
        let Some(mut connector) = self.document.connectors.get(&id).cloned() else {
            return Vec::new();
        };
        connector.probe = !connector.probe;
        let name = if connector.probe {
            "Add a probe"
        } else {
            "Remove the probe"
        };
        self.step(name.into(), vec![Edit::ChangeConnector(id, connector)])
    }

    pub(super) fn fix(&mut self, diagnostic: usize, fix: usize) -> Vec<Effect> {
        let Some(fix) = self
            .diagnostics
            .get(diagnostic)
            .and_then(|found| found.fixes.get(fix))
            .cloned()
        else {
            return Vec::new();
        };
        self.step(fix.title, fix.edits)
    }

    /// All instances; or those that are selected, about where they are, while all others stay. It
    /// takes too long for a frame at a thousand instances.
    pub(super) fn arrange(&mut self, selected_only: bool) -> Vec<Effect> {
        let scene = Scene::new(
            self.document(),
            &self.library,
            &Metrics::STANDARD,
            &Toggled::new(),
        );
        vec![Effect::Arrange {
            document: Box::new(self.document().clone()),
            shapes: scene.shapes(),
            some: selected_only.then(|| self.selected_instances()),
            grouping: match self.view.lanes {
                true => Grouping::Partitions,
                false => Grouping::Ecus,
            },
            revision: self.revision,
        }]
    }

    pub(super) fn receive_arrangement(&mut self, arrangement: Arrangement) -> Vec<Effect> {
        let name = match arrangement.is_partial {
            true => "Arrange the selection",
            false => "Arrange",
        };
        if arrangement.revision != self.revision {
            self.fail(format!(
                "{}: the project has changed meanwhile and stays as it is; arrange again",
                name.to_lowercase()
            ));
            return Vec::new();
        }
        let positions = arrangement.positions.into_iter();
        let moves = positions.map(|(id, position)| Edit::Move(id, Some(position)));
        self.history.end_gesture();
        let effects = self.step(name.into(), moves.collect());
        if !arrangement.is_partial {
            self.view.requests.push(ViewRequest::FitAll);
        }
        effects
    }
}

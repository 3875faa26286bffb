//! Which composition is shown: entering, leaving, grouping, ports to the outside. The window shows
//! and edits the document of that scope, [`Session::document`]; what runs, is checked and is saved is
//! the whole, [`Session::project`].

use super::{Destination, Effect, Item, Session, Target, view::ViewRequest};
use crate::command::Command;
use graph_core::{
    check::Sheet,
    document::{Component, ComponentId, ConnectorId, DelegationPort, Document, End, InstanceId},
    edit::Edit,
    hierarchy::{self, Place},
    resolve::Side,
};
use std::collections::BTreeSet;

/// A step of the way to what is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crumb {
    /// Of the instance that was entered, of a composition by itself, or of the project.
    pub name: String,
    /// Its composition, where it has another name.
    pub composition: Option<String>,
    /// How many instances in the project share what is edited there; of the project 1.
    pub uses: usize,
    pub place: Place,
}

impl Session {
    /// What the window shows: the system, or the inside of a composition with its ports as instances.
    pub fn document(&self) -> &Document {
        self.shown.as_ref().unwrap_or(&self.document)
    }

    /// The whole project, whatever is shown.
    pub fn project(&self) -> &Document {
        &self.document
    }

    /// What the window shows as the place where wires are drawn.
    pub(super) fn sheet(&self) -> Sheet<'_> {
        match &self.shown {
            Some(shown) => Sheet::within(&self.document, self.scope(), shown, &self.library),
            None => Sheet::new(&self.document, &self.library),
        }
    }

    /// The composition that is shown; `None`: the system.
    pub fn scope(&self) -> Option<ComponentId> {
        self.place.composition(&self.document)
    }

    /// The way to what is shown.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// The steps of the way, from the project on.
    pub fn crumbs(&self) -> Vec<Crumb> {
        let mut crumbs = vec![Crumb {
            name: match self.document.name.is_empty() {
                true => "Untitled".to_owned(),
                false => self.document.name.clone(),
            },
            composition: None,
            uses: 1,
            place: Place::default(),
        }];
        let mut place = Place::default();
        if let Some(root) = self.place.root {
            place.root = Some(root);
            crumbs.push(Crumb {
                name: self.component_name(root),
                composition: None,
                uses: self.document.instances_of(root).count(),
                place: place.clone(),
            });
        }
        for id in &self.place.path {
            let Some(instance) = self.document.instances.get(id) else {
                break;
            };
            place.path.push(*id);
            let composition = self.component_name(instance.component);
            crumbs.push(Crumb {
                name: instance.name.clone(),
                composition: (composition != instance.name).then_some(composition),
                uses: self.document.instances_of(instance.component).count(),
                place: place.clone(),
            });
        }
        crumbs
    }

    /// What runs: the project without compositions.
    pub(super) fn flat(&self) -> Document {
        hierarchy::flattened(&self.document).document.into_owned()
    }

    /// What an export is made of: what runs, or the project itself where that is described.
    pub(super) fn exported(&self, destination: Destination) -> Document {
        match destination {
            Destination::Portable(Target::Arxml) => self.document.clone(),
            _ => self.flat(),
        }
    }

    fn component_name(&self, id: ComponentId) -> String {
        let component = self.document.components.get(&id);
        component.map_or_else(String::new, |component| component.name.clone())
    }

    /// Whether an instance that is shown can be entered.
    pub fn is_composition(&self, id: InstanceId) -> bool {
        let instance = self.document.instances.get(&id);
        instance.is_some_and(|instance| self.document.is_composition(instance.component))
    }

    /// The port of the shown composition that stands there as an instance.
    pub fn port(&self, id: InstanceId) -> Option<&DelegationPort> {
        self.document.ports.get(&id)
    }

    /// The only selected instance, if it is one of a composition.
    pub fn selected_composition(&self) -> Option<InstanceId> {
        let selected = self.selected_instances();
        let only = selected.first().filter(|_| self.selection.len() == 1)?;
        self.is_composition(*only).then_some(*only)
    }

    /// Whether there is something to make a composition of.
    pub fn can_group(&self) -> bool {
        let selected = self.selected_instances();
        selected
            .iter()
            .any(|id| self.document.instances.contains_key(id))
    }

    /// The element that a shown connector carries in the place that is shown.
    pub fn element(&self, connector: ConnectorId) -> Option<&String> {
        let over = self
            .run
            .origins
            .first_over(&self.place.path, connector)
            .filter(|_| self.place.root.is_none())?;
        self.run.connectors.get(&over)
    }

    /// Whether a place is that which is shown, or inside an instance there: which one.
    pub fn instance_towards(&self, scope: &[InstanceId]) -> Option<InstanceId> {
        let rest = scope.strip_prefix(self.place.path.as_slice())?;
        rest.first().copied().filter(|_| self.place.root.is_none())
    }

    pub(super) fn apply_scope(&mut self, command: Command) -> Vec<Effect> {
        match command {
            Command::Enter(id) => {
                if self.is_composition(id) {
                    self.go_to(self.place.inside(id));
                    self.selection.clear();
                }
                Vec::new()
            }
            Command::EnterSelected => match self.selected_composition() {
                Some(id) => self.apply_scope(Command::Enter(id)),
                None => Vec::new(),
            },
            Command::Leave => {
                let left = self.place.path.last().copied();
                self.go_to(self.place.outside());
                self.selection = left.map(Item::Instance).into_iter().collect();
                Vec::new()
            }
            Command::GoTo(place) => {
                self.go_to(place);
                self.selection.clear();
                Vec::new()
            }
            Command::Group => self.group(),
            Command::Ungroup => self.ungroup(),
            Command::RenameComponent(id, name) => self.rename_component(id, name),
            Command::Delegate { end, side, at } => self.delegate(&end, side, at),
            Command::DelegateOpen => self.delegate_open(),
            _ => Vec::new(),
        }
    }

    /// Shows a composition by an instance of the system, or by itself; `None`: the system.
    pub(super) fn show_composition(&mut self, composition: Option<ComponentId>) {
        let standing = composition.and_then(|id| {
            let mut standing = self.document.parts(None);
            standing.find(|(_, one)| one.component == id)
        });
        self.go_to(match standing {
            Some((instance, _)) => Place::default().inside(instance),
            None => Place {
                root: composition,
                path: Vec::new(),
            },
        });
    }

    fn go_to(&mut self, place: Place) {
        self.look_at(place);
        self.view.requests.push(ViewRequest::FitAll);
    }

    /// Shows another place, or the same as it is now.
    pub(super) fn look_at(&mut self, place: Place) {
        self.place = place;
        self.revision += 1;
        self.show_place();
    }

    /// What is shown follows the document.
    pub(super) fn show_place(&mut self) {
        self.authority.take();
        self.place = self.place.settled(&self.document);
        self.history.stand_at(self.place.clone());
        if !self.document.has_compositions() {
            self.shown = None;
            return;
        }
        let types = hierarchy::types(&self.document, &self.library);
        self.library.components.extend(types);
        self.shown = Some(hierarchy::view(&self.document, self.scope()));
    }

    pub(super) fn undo(&mut self) -> Vec<Effect> {
        match self.history.undo(&mut self.document) {
            Some(_) => self.back_at_the_step(),
            None => Vec::new(),
        }
    }

    /// The view goes to where the step was done.
    fn back_at_the_step(&mut self) -> Vec<Effect> {
        let place = self.history.place().clone();
        if place != self.place {
            self.place = place;
            self.view.requests.push(ViewRequest::FitAll);
        }
        self.changed()
    }

    pub(super) fn redo(&mut self) -> Vec<Effect> {
        match self.history.redo(&mut self.document) {
            Some(_) => self.back_at_the_step(),
            None => Vec::new(),
        }
    }

    fn group(&mut self) -> Vec<Effect> {
        let selected = self.selected_instances();
        let made = hierarchy::group(&self.document, &selected, "group");
        let Some(made) = made else {
            return Vec::new();
        };
        let name = format!("Group as `{}`", made.name);
        let effects = self.step(name, made.edits);
        self.selection = [Item::Instance(made.instance)].into();
        effects
    }

    fn ungroup(&mut self) -> Vec<Effect> {
        let Some(group) = self.selected_composition() else {
            return Vec::new();
        };
        let Some((edits, parts)) = hierarchy::ungroup(&self.document, group) else {
            return Vec::new();
        };
        let instance = self.document.instances.get(&group);
        let name = instance.map_or_else(String::new, |instance| instance.name.clone());
        let effects = self.step(format!("Ungroup `{name}`"), edits);
        let here = &self.document().instances;
        let parts = parts.into_iter().filter(|id| here.contains_key(id));
        let selection: BTreeSet<Item> = parts.map(Item::Instance).collect();
        self.selection = selection;
        effects
    }

    fn rename_component(&mut self, id: ComponentId, name: String) -> Vec<Effect> {
        let Some(component) = self.document.components.get(&id).cloned() else {
            return Vec::new();
        };
        let step = format!("Rename `{}`", component.name);
        let renamed = Component { name, ..component };
        self.step(step, vec![Edit::ChangeComponent(id, renamed)])
    }

    /// Another name of a port; what is connected to it outside goes with it.
    pub(super) fn rename_port(&mut self, id: InstanceId, name: String) -> Vec<Effect> {
        let Some(port) = self.document.ports.get(&id).cloned() else {
            return Vec::new();
        };
        let step = format!("Rename port `{}`", port.name);
        let edits = hierarchy::rename_port(&self.document, id, &name);
        self.step(step, edits)
    }

    fn delegate(&mut self, end: &End, side: Side, at: Option<(f32, f32)>) -> Vec<Effect> {
        let Some((port, mut edits)) = hierarchy::delegate(&self.document, end, side) else {
            self.fail("the system itself has no ports; enter a composition to give it one".into());
            return Vec::new();
        };
        edits.extend(at.map(|at| Edit::Move(port, Some(at))));
        let effects = self.step("Add a port to the composition".into(), edits);
        self.selection = [Item::Instance(port)].into();
        effects
    }

    /// Ports for everything that parts need and nothing here gives.
    fn delegate_open(&mut self) -> Vec<Effect> {
        let open = self.ghosts();
        let mut document = self.document.clone();
        let mut edits = Vec::new();
        for end in &open {
            if let Some((_, more)) = hierarchy::delegate(&document, end, Side::Target)
                && document.apply_batch(more.clone()).is_ok()
            {
                edits.extend(more);
            }
        }
        let name = match open.len() {
            1 => "Add a port to the composition".to_owned(),
            count => format!("Add {count} ports to the composition"),
        };
        self.step(name, edits)
    }

    /// What parts of the shown composition need and nothing here gives: what could be a port of it.
    pub fn ghosts(&self) -> Vec<End> {
        match self.scope() {
            Some(_) => self.open_receivers(),
            None => Vec::new(),
        }
    }
}

//! A project as an AUTOSAR description: the model that the import reads, made of a document and what
//! its components are. What AUTOSAR has no place for is listed. Knows no files.

mod behaviour;
mod left;
mod origin;
mod shape;
mod system;
mod wiring;

use crate::import::arxml::imported;
use ::arxml::{Composition, Model, Unmapped};
use autosar_wit::{component::ComponentType, names::to_label};
use exporter::Files;
use graph_core::{
    document::*,
    hierarchy,
    library::{Entry, Library},
};
use origin::Origin;
use shape::Shaped;
use std::collections::{BTreeMap, BTreeSet};

/// What is not in the description, a line each.
pub const LEFT_OUT_FILE: &str = "left-out.txt";

/// A model and the types of its components.
pub struct Described {
    pub model: Model,
    pub types: Vec<ComponentType>,
    /// What of the project has no counterpart.
    pub left_out: Vec<Unmapped>,
}

/// The description as a file, and beside it the list of what is not in it.
pub fn files(document: &Document, library: &Library) -> Result<Files, ::arxml::WriteError> {
    let mut left_out = Vec::new();
    let origin = match imported(document, library) {
        Ok(origin) => origin,
        Err(error) => {
            left_out.push(Unmapped {
                path: "/".to_owned(),
                what: "UUIDs and paths".to_owned(),
                why: error.to_string(),
            });
            None
        }
    };
    let described = describe(document, library, origin.as_ref());
    let uuids = origin.as_ref().map(|origin| origin.uuids.clone());
    let uuids = uuids.unwrap_or_default();
    let written = ::arxml::write(&described.model, &described.types, &[], &uuids)?;
    left_out.extend(described.left_out);
    left_out.extend(written.left_out);
    left_out.sort();
    left_out.dedup();
    let lines = left_out.iter();
    let lines: String = lines
        .map(|one| format!("{}: {}: {}\n", one.path, one.what, one.why))
        .collect();
    let name = format!("{}.arxml", to_label(&document.name));
    let mut files = Files::from([(name, written.text.into_bytes())]);
    if !lines.is_empty() {
        files.insert(LEFT_OUT_FILE.to_owned(), lines.into_bytes());
    }
    Ok(files)
}

/// The model of a project; what was imported is called as it was, where nothing else is called so.
pub fn describe(document: &Document, library: &Library, origin: Option<&Model>) -> Described {
    let mut builder = Builder::new(document, library, origin);
    builder.components();
    builder.compositions();
    builder.system();
    builder.finished()
}

struct Builder<'a> {
    document: &'a Document,
    library: &'a Library,
    origin: Origin<'a>,
    /// Types of compositions.
    outer: BTreeMap<ComponentId, Entry>,
    shaped: BTreeMap<ComponentId, Shaped>,
    model: Model,
    left_out: Vec<Unmapped>,
    paths: BTreeMap<ComponentId, String>,
    /// Paths of component types and compositions, without case.
    taken: BTreeSet<String>,
    /// What receivers were told, by path of the port and element.
    told: BTreeMap<(String, String), ::arxml::Reception>,
}

impl<'a> Builder<'a> {
    fn new(document: &'a Document, library: &'a Library, origin: Option<&'a Model>) -> Builder<'a> {
        Builder {
            document,
            library,
            origin: Origin(origin),
            outer: hierarchy::types(document, library),
            shaped: BTreeMap::new(),
            model: Model::default(),
            left_out: Vec::new(),
            paths: BTreeMap::new(),
            taken: BTreeSet::new(),
            told: BTreeMap::new(),
        }
    }

    fn left_out(&mut self, path: &str, what: &str, why: impl Into<String>) {
        self.left_out.push(Unmapped {
            path: path.to_owned(),
            what: what.to_owned(),
            why: why.into(),
        });
    }

    fn all_left_out(&mut self, path: &str, left: left::Left) {
        for (what, why) in left {
            self.left_out(path, what, why);
        }
    }

    /// The path, or the first with a number that nothing has.
    fn free(&mut self, wanted: &str) -> String {
        let numbered = (2..).map(|number| format!("{wanted}_{number}"));
        let mut candidates = std::iter::once(wanted.to_owned()).chain(numbered);
        let taken = &mut self.taken;
        let free = candidates.find(|path| taken.insert(path.to_ascii_lowercase()));
        free.unwrap_or_default()
    }

    fn components(&mut self) {
        let ends = self.ends();
        for (id, component) in &self.document.components {
            if component.source == ComponentSource::Composition {
                continue;
            }
            let described = match self.library.components.get(id) {
                Some(Entry::Loaded { component_type, .. }) => component_type.clone(),
                _ => {
                    let why = "the component has no file, so nothing is known of its ports";
                    self.left_out(&component.name, "component", why);
                    continue;
                }
            };
            let own = ::arxml::path_in(&described.docs).map(str::to_owned);
            let known = described.metadata.autosar_name.clone();
            let name = known.unwrap_or_else(|| ::arxml::short_name(&to_label(&component.name)));
            let path = self.free(&own.unwrap_or_else(|| format!("/Components/{name}")));
            let used = ends.get(id).cloned().unwrap_or_default();
            let runnables = self.runnables_of(*id);
            let shaped = shape::of(&described, &component.name, &path, &used, &runnables);
            self.left_out.extend(shaped.left_out.iter().cloned());
            self.paths.insert(*id, path);
            self.shaped.insert(*id, shaped);
        }
        let ids: Vec<ComponentId> = self.shaped.keys().copied().collect();
        for id in ids {
            self.events(id);
        }
    }

    /// The ends of connectors at instances of each component.
    fn ends(&self) -> BTreeMap<ComponentId, Vec<End>> {
        let mut found: BTreeMap<ComponentId, Vec<End>> = BTreeMap::new();
        for connector in self.document.connectors.values() {
            for end in [&connector.from, &connector.to] {
                let instance = end
                    .instance()
                    .and_then(|id| self.document.instances.get(&id));
                if let Some(instance) = instance {
                    found
                        .entry(instance.component)
                        .or_default()
                        .push(end.clone());
                }
            }
        }
        found
    }

    fn compositions(&mut self) {
        let all: Vec<(ComponentId, &Component)> = self
            .document
            .components
            .iter()
            .filter(|(_, one)| one.source == ComponentSource::Composition)
            .map(|(id, one)| (*id, one))
            .collect();
        for (id, component) in &all {
            let name = ::arxml::short_name(&to_label(&component.name));
            let own = self.origin.composition_named(&component.name);
            let own = own.map(|own| own.path.clone());
            let path = self.free(&own.unwrap_or_else(|| format!("/Compositions/{name}")));
            self.paths.insert(*id, path);
        }
        for (id, component) in all {
            let Some(path) = self.paths.get(&id).cloned() else {
                continue;
            };
            let ports = self.outer_ports(id, &path);
            let composition = Composition {
                autosar_name: component.name.clone(),
                name: component.name.clone(),
                docs: String::new(),
                ports,
                parts: self.parts(Some(id), &path),
                connectors: Vec::new(),
                path,
            };
            self.model.compositions.push(composition);
            self.connect(Some(id));
        }
    }

    fn finished(mut self) -> Described {
        for shaped in self.shaped.values() {
            self.model.components.push(shaped.component.clone());
        }
        let owners = self.model.components.iter_mut().map(|one| &mut one.ports);
        let outer = self.model.compositions.iter_mut().map(|one| &mut one.ports);
        for port in owners.chain(outer).flatten() {
            let own = self.told.iter().filter(|((path, _), _)| *path == port.path);
            if port.direction == autosar_wit::component::Direction::Required {
                port.receptions = own.map(|(_, reception)| reception.clone()).collect();
            }
        }
        self.model.components.sort_by(|a, b| a.path.cmp(&b.path));
        self.model.compositions.sort_by(|a, b| a.path.cmp(&b.path));
        Described {
            model: self.model,
            types: self.shaped.into_values().map(|one| one.described).collect(),
            left_out: self.left_out,
        }
    }
}

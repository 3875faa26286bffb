//! A model as an AUTOSAR description: the way back of [`read`](crate::read). What AUTOSAR has no
//! place for is listed by the path at which it would stand. The same model gives the same bytes.
//!
//! Source: AUTOSAR Classic Platform, "Software Component Template", "System Template", R23-11.

mod behaviour;
mod body;
mod component;
mod composition;
mod constant;
mod interface;
mod meaning;
mod names;
mod network;
mod operation;
mod reach;
mod system;
mod types;
mod xml;

pub use component::interface_of;
pub use names::{is_path, path_in, short_name};
pub use reach::named_types;

use crate::{Model, Unmapped};
use autosar_data::{AutosarDataError, AutosarModel, AutosarVersion};
use autosar_wit::{component::ComponentType, types::Interface};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// A description.
#[derive(Debug, Clone, PartialEq)]
pub struct Written {
    /// One `.arxml` file, schema AUTOSAR_00054.
    pub text: String,
    /// What is not in it, by path.
    pub left_out: Vec<Unmapped>,
}

/// The schema refused an element that this program made.
#[derive(Debug, thiserror::Error)]
#[error("the description cannot be written, this is a bug: {0}")]
pub struct WriteError(#[from] AutosarDataError);

type Result<T> = std::result::Result<T, AutosarDataError>;

/// Writes a model. The types of its components are those of `types` with the name of their world;
/// the packages of the model are not looked at. Types of `interfaces` are written although no port has
/// them. `uuids` are those that elements have already, by
/// path; all others get one made of their path.
pub fn write(
    model: &Model,
    types: &[ComponentType],
    interfaces: &[Arc<Interface>],
    uuids: &BTreeMap<String, String>,
) -> std::result::Result<Written, WriteError> {
    let out = AutosarModel::new();
    let file = out.create_file("description.arxml", AutosarVersion::Autosar_00054)?;
    let mut writer = Writer::new(out);
    let types: BTreeMap<&str, &ComponentType> =
        types.iter().map(|one| (one.name.as_str(), one)).collect();
    let found = reach::all(types.values().copied(), interfaces);
    writer.homes = reach::homes(&found);
    writer.applied = reach::applied(&found);
    writer.behaviours = behaviours(model, uuids);
    writer.reserve(model);
    writer.interfaces(types.values().copied())?;
    writer.other_types(interfaces)?;
    for component in &model.components {
        if let Some(described) = types.get(component.world.as_str()) {
            writer.component(component, described)?;
        }
    }
    for composition in &model.compositions {
        writer.ports(&composition.path, xml::COMPOSITION, &composition.ports)?;
        writer.composition(composition)?;
    }
    for composition in &model.compositions {
        writer.connectors(composition)?;
    }
    writer.system(&model.system, model)?;
    for cluster in &model.clusters {
        writer.cluster(cluster, &model.system)?;
    }
    writer.signal_mappings(model)?;
    xml::identify(&writer.out, uuids)?;
    let mut left_out = writer.left_out;
    left_out.sort();
    left_out.dedup();
    Ok(Written {
        text: file.serialize()?,
        left_out,
    })
}

/// What stands between a component type and one of its runnables.
fn behaviours(model: &Model, uuids: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let named = model.components.iter().filter_map(|component| {
        let inside = format!("{}/", component.path);
        let inner = uuids.range(inside.clone()..);
        let mut inner = inner.take_while(|(path, _)| path.starts_with(&inside));
        let name = inner.find_map(|(path, _)| {
            let (name, runnable) = path.strip_prefix(&inside)?.split_once('/')?;
            let mut own = component.runnables.iter();
            let is_own = own.any(|one| one.autosar_name == runnable);
            (is_own && names::is_short_name(name)).then(|| name.to_owned())
        })?;
        Some((component.path.clone(), name))
    });
    named.collect()
}

struct Writer {
    out: AutosarModel,
    left_out: Vec<Unmapped>,
    /// Paths that the documentation of types gives.
    homes: BTreeSet<String>,
    /// Types that are application types.
    applied: BTreeSet<reach::Key>,
    /// Paths of the model's own elements.
    reserved: BTreeSet<String>,
    /// Short names of behaviours by component type, where they are known.
    behaviours: BTreeMap<String, String>,
    /// Port interfaces by WIT id.
    interfaces: BTreeMap<String, interface::Written>,
    types: types::Known,
    meanings: meaning::Known,
    /// Kind of element by path of component type or composition.
    kinds: BTreeMap<String, autosar_data::ElementName>,
    /// Paths of ports by that of their component type or composition, and label.
    labels: BTreeMap<(String, String), String>,
    /// The ports that were written, by path.
    ports: BTreeMap<String, component::WrittenPort>,
}

impl Writer {
    fn new(out: AutosarModel) -> Writer {
        Writer {
            out,
            left_out: Vec::new(),
            homes: BTreeSet::new(),
            applied: BTreeSet::new(),
            reserved: BTreeSet::new(),
            behaviours: BTreeMap::new(),
            interfaces: BTreeMap::new(),
            types: types::Known::default(),
            meanings: meaning::Known::default(),
            kinds: BTreeMap::new(),
            labels: BTreeMap::new(),
            ports: BTreeMap::new(),
        }
    }

    /// Keeps the paths of the model's elements for them.
    fn reserve(&mut self, model: &Model) {
        let components = model.components.iter().map(|one| &one.path);
        let compositions = model.compositions.iter().map(|one| &one.path);
        let ecus = model.system.ecus.iter().map(|one| &one.path);
        let clusters = model.clusters.iter().map(|one| &one.path);
        let all = components.chain(compositions).chain(ecus).chain(clusters);
        self.reserved = all.cloned().collect();
    }

    /// The path itself, or with a number behind it where something else has it.
    fn free(&self, path: &str) -> String {
        let is_free = |path: &String| {
            !self.reserved.contains(path) && self.out.get_element_by_path(path).is_none()
        };
        let numbered = (2..).map(|number| format!("{path}_{number}"));
        let mut candidates = std::iter::once(path.to_owned()).chain(numbered);
        candidates.find(is_free).unwrap_or_default()
    }

    /// The path that the element had, where it is one and nothing else has it; else the made one.
    fn unless_taken(&self, own: Option<&str>, made: String) -> String {
        let is_free = |path: &&str| {
            names::is_path(path)
                && !self.reserved.contains(*path)
                && self.out.get_element_by_path(path).is_none()
        };
        own.filter(is_free).map_or(made, str::to_owned)
    }

    fn left_out(&mut self, path: &str, what: &str, why: impl Into<String>) {
        self.left_out.push(Unmapped {
            path: path.to_owned(),
            what: what.to_owned(),
            why: why.into(),
        });
    }
}

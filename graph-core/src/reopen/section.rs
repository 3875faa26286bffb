//! The custom section by which a composed partition knows of which project it is a part: the
//! project's text as far as it is about the partition, which instance each part of the component
//! is, and of the descriptions of buses the messages in use. No paths, and nothing of what other
//! partitions hold but the names at the other ends of connectors.

use super::ReopenError;
use crate::{
    compose::PieceName,
    document::{BusId, BusKind, Connector, Document, End, InstanceId, PartitionKey},
    file,
    library::Library,
};
use autosar_wit::dbc::{self, Database};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use toml::{Table, Value};

/// The name of the custom section.
pub const SECTION: &str = "wireloom:project";
const FORMAT: u32 = 1;

/// The section's content, as JSON; unknown fields are an error.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Section {
    format: u32,
    /// The instance that each component instance at the root is, in the order in which they are
    /// made; empty: generated.
    pub(super) pieces: Vec<String>,
    /// As `docs/project-file.md` has it, without the components' files and the buses'
    /// descriptions. Connectors may lead to instances that are not in it.
    project: String,
    /// DBC texts by bus.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) descriptions: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Version {
    format: u32,
}

impl Section {
    /// Reads the content of the section of that file.
    pub(super) fn read(file: &str, bytes: &[u8]) -> Result<Section, ReopenError> {
        let unreadable = |error: serde_json::Error| ReopenError::Section {
            file: file.to_owned(),
            reason: error.to_string(),
        };
        let version: Version = serde_json::from_slice(bytes).map_err(unreadable)?;
        if version.format > FORMAT {
            return Err(ReopenError::Format {
                file: file.to_owned(),
                format: version.format,
            });
        }
        serde_json::from_slice(bytes).map_err(unreadable)
    }

    /// The project's text as a tree.
    pub(super) fn tree(&self, file: &str) -> Result<Table, ReopenError> {
        self.project.parse().map_err(|error: toml::de::Error| {
            let reason = error.message().to_owned();
            let file = file.to_owned();
            ReopenError::Section { file, reason }
        })
    }
}

/// The content of the section of a partition whose component instances are these.
pub(crate) fn section(
    document: &Document,
    library: &Library,
    key: &PartitionKey,
    pieces: &[PieceName],
) -> Vec<u8> {
    let members: BTreeSet<InstanceId> = document.instances_in(key).collect();
    let part = part(document, key, &members);
    let content = Section {
        format: FORMAT,
        pieces: pieces.iter().map(instance_name).collect(),
        project: text(&part, key),
        descriptions: descriptions(&part, library),
    };
    serde_json::to_vec(&content)
        .unwrap_or_else(|error| unreachable!("texts are plain JSON, this is a bug: {error}"))
}

fn instance_name(piece: &PieceName) -> String {
    match piece {
        PieceName::Instance(name) => name.clone(),
        PieceName::Generated(_) => String::new(),
    }
}

/// The document without the connectors, buses and messages that the partition has nothing to do
/// with; its instances are left for their names.
fn part(document: &Document, key: &PartitionKey, members: &BTreeSet<InstanceId>) -> Document {
    let is_ours = |end: &End| end.instance().is_some_and(|id| members.contains(&id));
    let mut part = document.clone();
    // What people write for each other changes no partition.
    part.frames.clear();
    part.notes.clear();
    let connectors = &mut part.connectors;
    connectors.retain(|_, connector| is_ours(&connector.from) || is_ours(&connector.to));
    let messages = messages(&part);
    let pdus = &mut part.pdus;
    pdus.retain(|_, pdu| messages.contains(&(pdu.bus, pdu.message.clone())));
    let buses = buses(&part, key, members);
    part.buses.retain(|id, _| buses.contains(id));
    part
}

/// Messages with a signal at the end of a connector.
fn messages(part: &Document) -> BTreeSet<(BusId, String)> {
    let connectors = part.connectors.values();
    let ends = connectors.flat_map(|connector| [&connector.from, &connector.to]);
    ends.filter_map(|end| match end {
        End::Signal { bus, message, .. } => Some((*bus, message.clone())),
        _ => None,
    })
    .collect()
}

fn buses(part: &Document, key: &PartitionKey, members: &BTreeSet<InstanceId>) -> BTreeSet<BusId> {
    let mut buses: BTreeSet<BusId> = messages(part).into_iter().map(|(bus, _)| bus).collect();
    for instance in members.iter().filter_map(|id| part.instances.get(id)) {
        buses.extend(instance.bindings.values().map(|binding| binding.bus));
    }
    let leads_away = |connector: &Connector| {
        let ends = [&connector.from, &connector.to];
        let mut ecus = ends.into_iter().filter_map(|end| {
            let instance = part.instances.get(&end.instance()?)?;
            Some(instance.partition.as_ref()?.ecu)
        });
        ecus.any(|ecu| ecu != key.ecu)
    };
    if part.connectors.values().any(leads_away) {
        buses.extend(part.networks());
    }
    buses
}

/// The project's text without what other partitions hold, and without files.
fn text(part: &Document, key: &PartitionKey) -> String {
    let text = file::write(part);
    let mut tree: Table = text
        .parse()
        .unwrap_or_else(|error| unreachable!("what was written is TOML, this is a bug: {error}"));
    tree.remove("components");
    let ecu = part.ecus.get(&key.ecu).map_or("?", |ecu| &ecu.name);
    let place = format!("{ecu}/{}", key.partition);
    let here = |instance: &Value| instance.get("partition").and_then(Value::as_str) == Some(&place);
    keep(&mut tree, "instances", |_, instance| here(instance));
    keep(&mut tree, "ecus", |name, _| name == ecu);
    if let Some(Value::Table(ecu)) = table(&mut tree, "ecus").and_then(|ecus| ecus.get_mut(ecu)) {
        keep(ecu, "partitions", |name, _| name == key.partition);
    }
    for (_, bus) in table(&mut tree, "buses").into_iter().flatten() {
        if let Value::Table(bus) = bus {
            bus.remove("description");
        }
    }
    toml::to_string(&tree)
        .unwrap_or_else(|error| unreachable!("the format is plain TOML, this is a bug: {error}"))
}

fn table<'a>(tree: &'a mut Table, name: &str) -> Option<&'a mut Table> {
    tree.get_mut(name)?.as_table_mut()
}

fn keep(tree: &mut Table, name: &str, is_kept: impl Fn(&str, &Value) -> bool) {
    if let Some(entries) = table(tree, name) {
        entries.retain(|name, entry| is_kept(name, entry));
    }
}

/// Of each bus the messages in use.
fn descriptions(part: &Document, library: &Library) -> BTreeMap<String, String> {
    let used = messages(part);
    let mut texts = BTreeMap::new();
    for (id, bus) in &part.buses {
        let (BusKind::Can { .. }, Some(database)) = (&bus.kind, library.descriptions.get(id))
        else {
            continue;
        };
        let messages = database.messages.iter();
        let messages = messages.filter(|message| used.contains(&(*id, message.name.clone())));
        let mut messages: Vec<dbc::Message> = messages.cloned().collect();
        messages.sort_by_key(|message| (message.id, message.extended));
        let part = Database {
            messages,
            ..Database::default()
        };
        texts.insert(bus.name.clone(), dbc::write(&part));
    }
    texts
}

//! The layout file: where instances stand on the canvas, by name, and the points that wires go
//! through, by the wires' ends; of the system and of each composition.

use super::{
    FileError, Problem,
    annotations::{self, Areas, Places},
    read,
};
use crate::{
    document::{ComponentId, ConnectorId, Document, InstanceId, Layout},
    end,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LayoutFile {
    format: i64,
    #[serde(default)]
    positions: BTreeMap<String, [f32; 2]>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    compositions: BTreeMap<String, Inside>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    wires: Vec<WireEntry>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    frames: Areas,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    notes: Places,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Inside {
    /// Ports of the composition have a dot before their names.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    positions: BTreeMap<String, [f32; 2]>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    wires: Vec<WireEntry>,
    /// Compositions have none.
    #[serde(skip)]
    frames: Areas,
    #[serde(skip)]
    notes: Places,
}

#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WireEntry {
    from: String,
    to: String,
    points: Vec<[f32; 2]>,
}

impl WireEntry {
    fn key(&self) -> (String, String) {
        (self.from.clone(), self.to.clone())
    }
}

/// By the name of the composition; `None`: the system.
type Insides = BTreeMap<Option<String>, Inside>;

impl LayoutFile {
    fn insides(self) -> Insides {
        let system = Inside {
            positions: self.positions,
            wires: self.wires,
            frames: self.frames,
            notes: self.notes,
        };
        let compositions = self.compositions.into_iter();
        let named = compositions.map(|(name, inside)| (Some(name), inside));
        named.chain([(None, system)]).collect()
    }

    fn of(mut insides: Insides) -> LayoutFile {
        let Inside {
            positions,
            wires,
            frames,
            notes,
        } = insides.remove(&None).unwrap_or_default();
        let named = insides.into_iter();
        let named =
            named.filter(|(_, inside)| !inside.positions.is_empty() || !inside.wires.is_empty());
        LayoutFile {
            format: super::FORMAT,
            positions,
            compositions: named
                .filter_map(|(name, inside)| Some((name?, inside)))
                .collect(),
            wires,
            frames,
            notes,
        }
    }

    fn text(&self) -> String {
        toml::to_string(self).unwrap_or_else(|error| {
            unreachable!("the format is plain TOML, this is a bug: {error}")
        })
    }
}

/// The canonical text of the document's layout.
pub fn write_layout(document: &Document) -> String {
    let mut insides = Insides::new();
    for (id, (x, y)) in &document.layout.positions {
        if let (Some(name), Some(inside)) = (
            place_name(document, *id),
            inside(document, &mut insides, document.scope_at(*id).flatten()),
        ) {
            inside.positions.insert(name, [*x, *y]);
        }
    }
    for (id, points) in &document.layout.reroute_points {
        let Some(connector) = document.connectors.get(id) else {
            continue;
        };
        let scope = document.scope_of(connector);
        if let Some(inside) = inside(document, &mut insides, scope) {
            inside.wires.push(WireEntry {
                from: end::text(document, &connector.from),
                to: end::text(document, &connector.to),
                points: points.iter().map(|(x, y)| [*x, *y]).collect(),
            });
        }
    }
    for inside in insides.values_mut() {
        inside.wires.sort_by_key(WireEntry::key);
    }
    let system = insides.entry(None).or_default();
    system.frames = annotations::areas(document);
    system.notes = annotations::places(document);
    LayoutFile::of(insides).text()
}

fn inside<'a>(
    document: &Document,
    insides: &'a mut Insides,
    scope: Option<ComponentId>,
) -> Option<&'a mut Inside> {
    let name = match scope {
        Some(id) => Some(document.components.get(&id)?.name.clone()),
        None => None,
    };
    Some(insides.entry(name).or_default())
}

/// `fan`; of a port `.speed`.
fn place_name(document: &Document, id: InstanceId) -> Option<String> {
    let port = document
        .ports
        .get(&id)
        .map(|port| format!(".{}", port.name));
    port.or_else(|| Some(document.instances.get(&id)?.name.clone()))
}

/// Whether a text is a layout file and no project.
pub fn is_layout(text: &str) -> bool {
    toml::from_str::<LayoutFile>(text).is_ok()
}

/// Merges the texts of two layouts that come from one: who moved an instance or a wire wins, and
/// ours where both did. Each text comes with the name of its file.
pub fn merge_layouts(
    base: (&str, &str),
    ours: (&str, &str),
    theirs: (&str, &str),
) -> Result<String, FileError> {
    let read = |(text, name): (&str, &str)| {
        read::check_format(text, name)?;
        read::parse::<LayoutFile>(text, name).map(LayoutFile::insides)
    };
    let (base, ours, theirs) = (read(base)?, read(ours)?, read(theirs)?);
    let none = Inside::default();
    let scopes: BTreeSet<&Option<String>> = ours.keys().chain(theirs.keys()).collect();
    let merged = scopes.into_iter().map(|scope| {
        let [base, ours, theirs] =
            [&base, &ours, &theirs].map(|side| side.get(scope).unwrap_or(&none));
        (scope.clone(), merge(base, ours, theirs))
    });
    Ok(LayoutFile::of(merged.collect()).text())
}

fn merge(base: &Inside, ours: &Inside, theirs: &Inside) -> Inside {
    let positions = annotations::merged(&base.positions, &ours.positions, &theirs.positions);
    let by_ends = |file: &Inside| {
        let entries = file.wires.iter().map(|wire| (wire.key(), wire.clone()));
        entries.collect::<BTreeMap<_, _>>()
    };
    let (base_wires, our_wires, their_wires) = (by_ends(base), by_ends(ours), by_ends(theirs));
    let mut wires = BTreeMap::new();
    for key in our_wires.keys().chain(their_wires.keys()) {
        let chosen = match our_wires.get(key) == base_wires.get(key) {
            true => their_wires.get(key),
            false => our_wires.get(key),
        };
        wires.extend(chosen.map(|chosen| (key.clone(), chosen.clone())));
    }
    Inside {
        positions,
        wires: wires.into_values().collect(),
        frames: annotations::merged(&base.frames, &ours.frames, &theirs.frames),
        notes: annotations::merged(&base.notes, &ours.notes, &theirs.notes),
    }
}

/// Reads a layout for the instances and connectors of `document`. Those that it does not have are
/// passed over: the two files may come from two versions.
pub fn read_layout(text: &str, file_name: &str, document: &Document) -> Result<Layout, FileError> {
    read::check_format(text, file_name)?;
    let file: LayoutFile = read::parse(text, file_name)?;
    let refused = |name: &str, reason: String| FileError {
        file: file_name.to_owned(),
        line: 1 + text
            .lines()
            .position(|line| line.contains(name))
            .unwrap_or(0),
        problem: Problem::Field { reason },
    };
    let mut layout = Layout::default();
    for (scope, inside) in file.insides() {
        let composition = match &scope {
            Some(name) => match document.component_named(name) {
                Some(id) if document.is_composition(id) => Some(id),
                _ => continue,
            },
            None => None,
        };
        let marked = (inside.frames, inside.notes);
        annotations::read(document, marked, &mut layout, &refused)?;
        for (name, [x, y]) in inside.positions {
            if !x.is_finite() || !y.is_finite() {
                let reason =
                    format!("the position of `{name}` is no number; give finite coordinates");
                return Err(refused(&name, reason));
            }
            if let Some(id) = placed(document, composition, &name) {
                layout.positions.insert(id, (x, y));
            }
        }
        let known = match inside.wires.is_empty() {
            true => BTreeMap::new(),
            false => wires_in(document, composition),
        };
        for wire in inside.wires {
            let points = wire.points.iter();
            if !points.flatten().all(|coordinate| coordinate.is_finite()) {
                let reason = format!(
                    "a point of the wire from `{}` to `{}` is no number; give finite coordinates",
                    wire.from, wire.to
                );
                return Err(refused(&wire.from, reason));
            }
            if let (Some(id), false) = (known.get(&wire.key()), wire.points.is_empty()) {
                let points = wire.points.iter().map(|[x, y]| (*x, *y)).collect();
                layout.reroute_points.insert(*id, points);
            }
        }
    }
    Ok(layout)
}

fn placed(document: &Document, scope: Option<ComponentId>, name: &str) -> Option<InstanceId> {
    match (name.strip_prefix('.'), scope) {
        (Some(port), Some(composition)) => document.port_named(composition, port),
        _ => document.part_named(scope, name),
    }
}

fn wires_in(
    document: &Document,
    scope: Option<ComponentId>,
) -> BTreeMap<(String, String), ConnectorId> {
    let here = document.connectors.iter();
    let here = here.filter(|(_, connector)| document.scope_of(connector) == scope);
    let text = |end| end::text(document, end);
    here.map(|(id, connector)| ((text(&connector.from), text(&connector.to)), *id))
        .collect()
}

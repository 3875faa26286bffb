//! The layout file: where instances stand on the canvas, by name, and the points that wires go
//! through, by the wires' ends.

use super::{FileError, Problem, read};
use crate::{
    document::{ConnectorId, Document, Layout},
    end,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LayoutFile {
    format: i64,
    #[serde(default)]
    positions: BTreeMap<String, [f32; 2]>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    wires: Vec<WireEntry>,
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

/// The canonical text of the document's layout.
pub fn write_layout(document: &Document) -> String {
    let name = |id| {
        document
            .instances
            .get(id)
            .map(|instance| instance.name.clone())
    };
    let positions = &document.layout.positions;
    let positions = positions
        .iter()
        .filter_map(|(id, (x, y))| Some((name(id)?, [*x, *y])))
        .collect();
    let entry = |(id, points): (&ConnectorId, &Vec<(f32, f32)>)| {
        let connector = document.connectors.get(id)?;
        Some(WireEntry {
            from: end::text(document, &connector.from),
            to: end::text(document, &connector.to),
            points: points.iter().map(|(x, y)| [*x, *y]).collect(),
        })
    };
    let points = document.layout.reroute_points.iter();
    let mut wires: Vec<WireEntry> = points.filter_map(entry).collect();
    wires.sort_by_key(WireEntry::key);
    let file = LayoutFile {
        format: super::FORMAT,
        positions,
        wires,
    };
    toml::to_string(&file)
        .unwrap_or_else(|error| unreachable!("the format is plain TOML, this is a bug: {error}"))
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
        read::parse::<LayoutFile>(text, name)
    };
    let (base, ours, theirs) = (read(base)?, read(ours)?, read(theirs)?);
    let mut positions = BTreeMap::new();
    for name in ours.positions.keys().chain(theirs.positions.keys()) {
        let at = |file: &LayoutFile| file.positions.get(name).copied();
        let chosen = match at(&ours) == at(&base) {
            true => at(&theirs),
            false => at(&ours),
        };
        if let Some(chosen) = chosen {
            positions.insert(name.clone(), chosen);
        }
    }
    let by_ends = |file: &LayoutFile| {
        let entries = file.wires.iter().map(|wire| (wire.key(), wire.clone()));
        entries.collect::<BTreeMap<_, _>>()
    };
    let (base_wires, our_wires, their_wires) = (by_ends(&base), by_ends(&ours), by_ends(&theirs));
    let mut wires = BTreeMap::new();
    for key in our_wires.keys().chain(their_wires.keys()) {
        let chosen = match our_wires.get(key) == base_wires.get(key) {
            true => their_wires.get(key),
            false => our_wires.get(key),
        };
        wires.extend(chosen.map(|chosen| (key.clone(), chosen.clone())));
    }
    let file = LayoutFile {
        format: super::FORMAT,
        positions,
        wires: wires.into_values().collect(),
    };
    Ok(toml::to_string(&file)
        .unwrap_or_else(|error| unreachable!("the format is plain TOML, this is a bug: {error}")))
}

/// Reads a layout for the instances and connectors of `document`. Those that it does not have are
/// passed over: the two files may come from two versions.
pub fn read_layout(text: &str, file_name: &str, document: &Document) -> Result<Layout, FileError> {
    read::check_format(text, file_name)?;
    let file: LayoutFile = read::parse(text, file_name)?;
    let mut layout = Layout::default();
    for (name, [x, y]) in file.positions {
        if !x.is_finite() || !y.is_finite() {
            let reason = format!("the position of `{name}` is no number; give finite coordinates");
            let line = 1 + text
                .lines()
                .position(|line| line.contains(&name))
                .unwrap_or(0);
            return Err(FileError {
                file: file_name.to_owned(),
                line,
                problem: Problem::Field { reason },
            });
        }
        if let Some(id) = document.instance_named(&name) {
            layout.positions.insert(id, (x, y));
        }
    }
    let ends = document.connectors.iter().map(|(id, connector)| {
        let text = |end| end::text(document, end);
        ((text(&connector.from), text(&connector.to)), *id)
    });
    let known: BTreeMap<(String, String), ConnectorId> = match file.wires.is_empty() {
        true => BTreeMap::new(),
        false => ends.collect(),
    };
    for wire in file.wires {
        let points = wire.points.iter();
        if !points.flatten().all(|coordinate| coordinate.is_finite()) {
            let reason = format!(
                "a point of the wire from `{}` to `{}` is no number; give finite coordinates",
                wire.from, wire.to
            );
            let line = 1 + text
                .lines()
                .position(|line| line.contains(&wire.from))
                .unwrap_or(0);
            return Err(FileError {
                file: file_name.to_owned(),
                line,
                problem: Problem::Field { reason },
            });
        }
        if let (Some(id), false) = (known.get(&wire.key()), wire.points.is_empty()) {
            let points = wire.points.iter().map(|[x, y]| (*x, *y)).collect();
            layout.reroute_points.insert(*id, points);
        }
    }
    Ok(layout)
}

//! The layout file: where instances stand on the canvas, by name.

use super::{FileError, Problem, read};
use crate::document::{Document, Layout};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LayoutFile {
    format: i64,
    #[serde(default)]
    positions: BTreeMap<String, [f32; 2]>,
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
    let file = LayoutFile {
        format: super::FORMAT,
        positions,
    };
    toml::to_string(&file)
        .unwrap_or_else(|error| unreachable!("the format is plain TOML, this is a bug: {error}"))
}

/// Whether a text is a layout file and no project.
pub fn is_layout(text: &str) -> bool {
    toml::from_str::<LayoutFile>(text).is_ok()
}

/// Merges the texts of two layouts that come from one: who moved an instance wins, and ours where
/// both did. Each text comes with the name of its file.
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
    let file = LayoutFile {
        format: super::FORMAT,
        positions,
    };
    Ok(toml::to_string(&file)
        .unwrap_or_else(|error| unreachable!("the format is plain TOML, this is a bug: {error}")))
}

/// Reads a layout for the instances of `document`. Positions of instances that it does not have
/// are passed over: the two files may come from two versions.
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
    Ok(layout)
}

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

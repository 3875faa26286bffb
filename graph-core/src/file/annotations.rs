//! Frames and notes: what they say in the project file, where they lie in the layout file.

use super::{FileError, v1};
use crate::document::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FrameEntry {
    #[serde(default, skip_serializing_if = "is_first")]
    pub(super) colour: u8,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NoteEntry {
    pub(super) text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) instance: Option<v1::Text>,
}

fn is_first(colour: &u8) -> bool {
    *colour == 0
}

pub(super) fn frames(document: &Document) -> v1::Table<FrameEntry> {
    let entry = |frame: &Frame| {
        let colour = frame.colour;
        (super::write::text(&frame.title), FrameEntry { colour })
    };
    document.frames.values().map(entry).collect()
}

pub(super) fn notes(document: &Document) -> v1::Table<NoteEntry> {
    // One that is inside a composition has no name out here.
    let instance = |id: &InstanceId| {
        let instance = document.instances.get(id)?;
        let is_here = instance.composition.is_none();
        is_here.then(|| super::write::text(&instance.name))
    };
    let entry = |note: &Note| NoteEntry {
        text: note.text.clone(),
        instance: note.instance.as_ref().and_then(instance),
    };
    let notes = document.notes.values();
    notes
        .map(|note| (super::write::text(&note.name), entry(note)))
        .collect()
}

/// By title: x, y, width, height.
pub(super) type Areas = BTreeMap<String, [f32; 4]>;
/// By name: x, y, width.
pub(super) type Places = BTreeMap<String, [f32; 3]>;

pub(super) fn areas(document: &Document) -> Areas {
    let placed = document.layout.frames.iter();
    placed
        .filter_map(|(id, area)| {
            let title = document.frames.get(id)?.title.clone();
            Some((title, [area.x, area.y, area.width, area.height]))
        })
        .collect()
}

pub(super) fn places(document: &Document) -> Places {
    let placed = document.layout.notes.iter();
    placed
        .filter_map(|(id, place)| {
            let name = document.notes.get(id)?.name.clone();
            Some((name, [place.x, place.y, place.width]))
        })
        .collect()
}

/// Where the document's frames and notes lie; `wrong` makes an error of a name and a reason.
pub(super) fn read(
    document: &Document,
    (areas, places): (Areas, Places),
    layout: &mut Layout,
    wrong: &dyn Fn(&str, String) -> FileError,
) -> Result<(), FileError> {
    for (title, [x, y, width, height]) in areas {
        let area = Area {
            x,
            y,
            width,
            height,
        };
        if !area.is_sound() {
            let reason = format!(
                "the place of frame `{title}` is no rectangle; give finite numbers, and a width and a height above 0"
            );
            return Err(wrong(&title, reason));
        }
        if let Some(id) = document.frame_titled(&title) {
            layout.frames.insert(id, area);
        }
    }
    for (name, [x, y, width]) in places {
        let place = NotePlace { x, y, width };
        if !place.is_sound() {
            let reason = format!(
                "the place of note `{name}` is none; give finite numbers, and a width above 0"
            );
            return Err(wrong(&name, reason));
        }
        if let Some(id) = document.note_named(&name) {
            layout.notes.insert(id, place);
        }
    }
    Ok(())
}

/// Of each thing: where the side has it that moved it, ours if both did.
pub(super) fn merged<T: Clone + PartialEq>(
    base: &BTreeMap<String, T>,
    ours: &BTreeMap<String, T>,
    theirs: &BTreeMap<String, T>,
) -> BTreeMap<String, T> {
    let names = ours.keys().chain(theirs.keys());
    let chosen = names.filter_map(|name| {
        let side = match ours.get(name) == base.get(name) {
            true => theirs,
            false => ours,
        };
        Some((name.clone(), side.get(name)?.clone()))
    });
    chosen.collect()
}

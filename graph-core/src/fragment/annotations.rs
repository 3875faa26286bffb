//! Frames and notes in a fragment.

use super::{Insertion, take};
use crate::{
    document::{free_title, *},
    edit::Edit,
};
use std::collections::{BTreeMap, BTreeSet};

/// These frames and notes, and the notes on the instances of the part.
pub(super) fn take_along(
    document: &Document,
    part: &mut Document,
    frames: &BTreeSet<FrameId>,
    notes: &BTreeSet<NoteId>,
) {
    for id in frames {
        take(&document.frames, &mut part.frames, *id);
        take(&document.layout.frames, &mut part.layout.frames, *id);
    }
    for (id, note) in &document.notes {
        let is_here = |instance: &InstanceId| part.instances.contains_key(instance);
        if !notes.contains(id) && !note.instance.as_ref().is_some_and(is_here) {
            continue;
        }
        let instance = note.instance.filter(is_here);
        let note = Note {
            instance,
            ..note.clone()
        };
        part.notes.insert(*id, note);
        take(&document.layout.notes, &mut part.layout.notes, *id);
    }
}

/// Upper left corners of frames and notes.
pub(super) fn corners(layout: &Layout) -> Vec<(f32, f32)> {
    let frames = layout.frames.values().map(|area| (area.x, area.y));
    let notes = layout.notes.values().map(|place| (place.x, place.y));
    frames.chain(notes).collect()
}

/// The edits that bring the frames and notes of a part into a document, shifted.
pub(super) fn bring(
    part: &Document,
    into: &Document,
    (ids, instances, shift): (&mut NewIds, &BTreeMap<InstanceId, InstanceId>, f32),
    insertion: &mut Insertion,
) {
    let lower = |text: &str| text.to_lowercase();
    let mut titles: BTreeSet<String> = into.frames.values().map(|one| lower(&one.title)).collect();
    for (old, frame) in &part.frames {
        let id = ids.frame();
        let mut copy = frame.clone();
        copy.title = free_title(&copy.title, |title| titles.contains(&lower(title)));
        titles.insert(lower(&copy.title));
        insertion.edits.push(Edit::InsertFrame(id, copy));
        if let Some(area) = part.layout.frames.get(old) {
            let (x, y) = (area.x + shift, area.y + shift);
            let area = Area { x, y, ..*area };
            insertion.edits.push(Edit::PlaceFrame(id, Some(area)));
        }
        insertion.annotations.push(Subject::Frame(id));
    }
    let mut names: BTreeSet<String> = into.notes.values().map(|one| lower(&one.name)).collect();
    for (old, note) in &part.notes {
        let id = ids.note();
        let mut copy = note.clone();
        let base = copy
            .name
            .trim_end_matches(|last: char| last.is_ascii_digit());
        copy.name = match names.contains(&lower(&copy.name)) {
            false => copy.name,
            true => autosar_wit::names::unique(base.trim_end_matches('-'), |name| {
                names.contains(&lower(name))
            }),
        };
        copy.instance = copy.instance.and_then(|id| instances.get(&id).copied());
        names.insert(lower(&copy.name));
        insertion.edits.push(Edit::InsertNote(id, copy));
        if let Some(place) = part.layout.notes.get(old) {
            let (x, y) = (place.x + shift, place.y + shift);
            let place = NotePlace { x, y, ..*place };
            insertion.edits.push(Edit::PlaceNote(id, Some(place)));
        }
        insertion.annotations.push(Subject::Note(id));
    }
}

//! Frames and notes on the way from one document to another.

use crate::{document::*, edit::Edit};
use std::collections::BTreeSet;

/// Those that go; a note lets go of an instance that is taken out.
pub(super) fn take_out(
    from: &Document,
    to: &Document,
    out: &BTreeSet<InstanceId>,
    edits: &mut Vec<Edit>,
) {
    for id in from.frames.keys().filter(|id| !to.frames.contains_key(id)) {
        if from.layout.frames.contains_key(id) {
            edits.push(Edit::PlaceFrame(*id, None));
        }
        edits.push(Edit::RemoveFrame(*id));
    }
    for (id, note) in &from.notes {
        if !to.notes.contains_key(id) {
            if from.layout.notes.contains_key(id) {
                edits.push(Edit::PlaceNote(*id, None));
            }
            edits.push(Edit::RemoveNote(*id));
        } else if note.instance.is_some_and(|id| out.contains(&id)) {
            let mut free = note.clone();
            free.instance = None;
            edits.push(Edit::ChangeNote(*id, free));
        }
    }
}

/// Those that come or change, and where all lie; after the instances.
pub(super) fn put_in(from: &Document, to: &Document, edits: &mut Vec<Edit>) {
    for (id, frame) in &to.frames {
        match from.frames.get(id) {
            None => edits.push(Edit::InsertFrame(*id, frame.clone())),
            Some(old) if old != frame => edits.push(Edit::ChangeFrame(*id, frame.clone())),
            Some(_) => {}
        }
        let area = to.layout.frames.get(id).copied();
        if from.layout.frames.get(id).copied() != area {
            edits.push(Edit::PlaceFrame(*id, area));
        }
    }
    for (id, note) in &to.notes {
        match from.notes.get(id) {
            None => edits.push(Edit::InsertNote(*id, note.clone())),
            // One that let go of its instance takes it again, too.
            Some(old) if old != note || note.instance.is_some() => {
                edits.push(Edit::ChangeNote(*id, note.clone()));
            }
            Some(_) => {}
        }
        let place = to.layout.notes.get(id).copied();
        if from.layout.notes.get(id).copied() != place {
            edits.push(Edit::PlaceNote(*id, place));
        }
    }
}

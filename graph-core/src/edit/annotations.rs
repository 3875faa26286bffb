//! Application of the edits of frames and notes.

use super::{
    Edit, EditError, Noun,
    apply::{change, check_label, check_new, check_one_line, check_unique, known, take},
};
use crate::document::*;

pub(super) fn apply_annotation(edit: Edit, document: &mut Document) -> Result<Edit, EditError> {
    match edit {
        Edit::InsertFrame(id, frame) => {
            check_new(Noun::Frame, id.0, document.frames.contains_key(&id))?;
            check_frame(document, id, &frame)?;
            document.frames.insert(id, frame);
            document.took(id.0);
            Ok(Edit::RemoveFrame(id))
        }
        Edit::RemoveFrame(id) => {
            let frame = known(Noun::Frame, &document.frames, id, id.0)?;
            if document.layout.frames.contains_key(&id) {
                return Err(still_placed(Noun::Frame, &frame.title));
            }
            take(Noun::Frame, &mut document.frames, id, id.0).map(|old| Edit::InsertFrame(id, old))
        }
        Edit::ChangeFrame(id, frame) => {
            check_frame(document, id, &frame)?;
            change(Noun::Frame, &mut document.frames, id, id.0, frame)
                .map(|old| Edit::ChangeFrame(id, old))
        }
        Edit::PlaceFrame(id, area) => {
            let frame = known(Noun::Frame, &document.frames, id, id.0)?;
            let old = match area {
                Some(area) if !area.is_sound() => {
                    return Err(EditError::FrameArea {
                        frame: frame.title.clone(),
                    });
                }
                Some(area) => document.layout.frames.insert(id, area),
                None => document.layout.frames.remove(&id),
            };
            Ok(Edit::PlaceFrame(id, old))
        }
        note => apply_note(note, document),
    }
}

fn apply_note(edit: Edit, document: &mut Document) -> Result<Edit, EditError> {
    match edit {
        Edit::InsertNote(id, note) => {
            check_new(Noun::Note, id.0, document.notes.contains_key(&id))?;
            check_note(document, id, &note)?;
            document.notes.insert(id, note);
            document.took(id.0);
            Ok(Edit::RemoveNote(id))
        }
        Edit::RemoveNote(id) => {
            let note = known(Noun::Note, &document.notes, id, id.0)?;
            if document.layout.notes.contains_key(&id) {
                return Err(still_placed(Noun::Note, &note.name));
            }
            take(Noun::Note, &mut document.notes, id, id.0).map(|old| Edit::InsertNote(id, old))
        }
        Edit::ChangeNote(id, note) => {
            check_note(document, id, &note)?;
            change(Noun::Note, &mut document.notes, id, id.0, note)
                .map(|old| Edit::ChangeNote(id, old))
        }
        Edit::PlaceNote(id, place) => {
            let note = known(Noun::Note, &document.notes, id, id.0)?;
            let old = match place {
                Some(place) if !place.is_sound() => {
                    return Err(EditError::NotePlace {
                        note: note.name.clone(),
                    });
                }
                Some(place) => document.layout.notes.insert(id, place),
                None => document.layout.notes.remove(&id),
            };
            Ok(Edit::PlaceNote(id, old))
        }
        other => unreachable!("not an edit of a frame or a note, this is a bug: {other:?}"),
    }
}

fn check_frame(document: &Document, id: FrameId, frame: &Frame) -> Result<(), EditError> {
    check_one_line(Noun::Frame, &frame.title)?;
    let others = document.frames.iter();
    let others = others.map(|(other, frame)| (*other, frame.title.as_str()));
    check_unique(Noun::Frame, id, &frame.title, others)?;
    match frame.colour < FRAME_COLOURS {
        true => Ok(()),
        false => Err(EditError::FrameColour {
            frame: frame.title.clone(),
            colour: frame.colour,
        }),
    }
}

fn check_note(document: &Document, id: NoteId, note: &Note) -> Result<(), EditError> {
    check_label(Noun::Note, &note.name)?;
    let others = document.notes.iter();
    let others = others.map(|(other, note)| (*other, note.name.as_str()));
    check_unique(Noun::Note, id, &note.name, others)?;
    match note.instance {
        Some(instance) => {
            known(Noun::Instance, &document.instances, instance, instance.0).map(drop)
        }
        None => Ok(()),
    }
}

fn still_placed(noun: Noun, name: &str) -> EditError {
    EditError::StillReferenced {
        noun,
        name: name.to_owned(),
        user: "its position on the canvas".to_owned(),
    }
}

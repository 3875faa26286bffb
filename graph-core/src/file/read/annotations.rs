//! Frames and notes of a project file.

use super::Reader;
use crate::{
    document::{Frame, Note},
    edit::Edit,
    file::{
        FileError, Problem,
        annotations::{FrameEntry, NoteEntry},
        v1,
    },
};

impl Reader<'_> {
    pub(super) fn annotations(
        &mut self,
        frames: v1::Table<FrameEntry>,
        notes: v1::Table<NoteEntry>,
    ) -> Result<(), FileError> {
        for (title, entry) in frames {
            let id = self.document.new_ids().frame();
            let frame = Frame {
                title: title.get_ref().clone(),
                colour: entry.colour,
            };
            self.apply(&title.span(), Edit::InsertFrame(id, frame))?;
        }
        for (name, entry) in notes {
            let instance = entry.instance.map(|text| {
                let known = self.document.instance_named(text.get_ref());
                known.ok_or_else(|| {
                    let reason = format!(
                        "note `{}` is on instance `{}`, which is not there; name one of [instances] or leave it out",
                        name.get_ref(),
                        text.get_ref()
                    );
                    self.place.error(&text.span(), Problem::Field { reason })
                })
            });
            let note = Note {
                name: name.get_ref().clone(),
                text: entry.text,
                instance: instance.transpose()?,
            };
            let id = self.document.new_ids().note();
            self.apply(&name.span(), Edit::InsertNote(id, note))?;
        }
        Ok(())
    }
}

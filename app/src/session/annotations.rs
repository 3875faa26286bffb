//! Commands on frames and notes: each is one named undo step.

use super::{Effect, Item, Session, view::ViewRequest};
use crate::{
    canvas::{
        annotation::{frame_area, note_place},
        scene::stand_in,
    },
    command::Command,
};
use graph_core::{
    document::{
        Area, Document, FRAME_COLOURS, Frame, FrameId, InstanceId, Note, NoteId, NotePlace,
    },
    edit::Edit,
};
use std::collections::BTreeSet;

impl Session {
    pub(super) fn apply_annotation(&mut self, command: Command) -> Vec<Effect> {
        match command {
            Command::Carry(items, by) => return self.carry(&items, by),
            Command::FrameSelection => self.view.requests.push(ViewRequest::FrameSelection),
            Command::AddNote => self.view.requests.push(ViewRequest::AddNote),
            Command::EditInPlace => {
                let one = self
                    .selection
                    .first()
                    .cloned()
                    .map(ViewRequest::EditInPlace);
                self.view.requests.extend(one);
            }
            Command::InsertFrame(area) => return self.insert_frame(area),
            Command::InsertNote {
                text,
                place,
                instance,
            } => return self.insert_note(text, place, instance),
            Command::ChangeFrame(id, frame) => {
                let name = format!("Change frame `{}`", frame.title);
                return self.step(name, vec![Edit::ChangeFrame(id, frame)]);
            }
            Command::ChangeNote(id, note) => {
                return self.step("Change the note".into(), vec![Edit::ChangeNote(id, note)]);
            }
            Command::PlaceFrame(id, area) => {
                return self.placed("Resize the frame", vec![Edit::PlaceFrame(id, Some(area))]);
            }
            Command::PlaceNote(id, place) => {
                return self.placed("Resize the note", vec![Edit::PlaceNote(id, Some(place))]);
            }
            _ => {}
        }
        Vec::new()
    }

    /// The frames and notes that are selected.
    pub(super) fn selected_annotations(&self) -> (BTreeSet<FrameId>, BTreeSet<NoteId>) {
        let frame = |item: &Item| match item {
            Item::Frame(id) => Some(*id),
            _ => None,
        };
        let note = |item: &Item| match item {
            Item::Note(id) => Some(*id),
            _ => None,
        };
        let selection = || self.selection.iter();
        (
            selection().filter_map(frame).collect(),
            selection().filter_map(note).collect(),
        )
    }

    /// Notes on these instances, that move with them.
    pub(super) fn notes_on(&self, moved: &BTreeSet<InstanceId>) -> Vec<NoteId> {
        let notes = self.document.notes.iter();
        let on = notes.filter(|(_, note)| note.instance.is_some_and(|id| moved.contains(&id)));
        on.map(|(id, _)| *id).collect()
    }

    fn insert_frame(&mut self, area: Area) -> Vec<Effect> {
        let id = self.document.new_ids().frame();
        let frame = Frame {
            title: self.document.free_frame_title("Frame"),
            colour: (self.document.frames.len() % usize::from(FRAME_COLOURS)) as u8,
        };
        let edits = vec![
            Edit::InsertFrame(id, frame),
            Edit::PlaceFrame(id, Some(area)),
        ];
        let effects = self.step("Add a frame".into(), edits);
        self.selection = [Item::Frame(id)].into();
        self.view
            .requests
            .push(ViewRequest::EditInPlace(Item::Frame(id)));
        effects
    }

    fn insert_note(
        &mut self,
        text: String,
        place: NotePlace,
        instance: Option<InstanceId>,
    ) -> Vec<Effect> {
        let id = self.document.new_ids().note();
        let note = Note {
            name: self.document.free_note_name(&text),
            text,
            instance,
        };
        let edits = vec![Edit::InsertNote(id, note), Edit::PlaceNote(id, Some(place))];
        let effects = self.step("Add a note".into(), edits);
        self.selection = [Item::Note(id)].into();
        effects
    }

    /// Wires inside what is carried keep their way.
    fn carry(&mut self, items: &[Item], by: (f32, f32)) -> Vec<Effect> {
        let document = &self.document;
        let mut edits: Vec<Edit> = items
            .iter()
            .filter_map(|item| moved(document, item, by))
            .collect();
        let is_carried = |id: InstanceId| items.contains(&Item::Instance(id));
        for (id, points) in &document.layout.reroute_points {
            let Some(wire) = document.connectors.get(id) else {
                continue;
            };
            let ends = [&wire.from, &wire.to];
            if ends
                .iter()
                .all(|end| end.instance().is_some_and(is_carried))
            {
                let points = points.iter().map(|(x, y)| (x + by.0, y + by.1));
                edits.push(Edit::Reroute(*id, points.collect()));
            }
        }
        let name = match items {
            [Item::Frame(_)] => "Move a frame".to_owned(),
            [Item::Note(_)] => "Move a note".to_owned(),
            several => format!("Move {} things", several.len()),
        };
        self.placed(&name, edits)
    }

    /// A step that no later move joins.
    fn placed(&mut self, name: &str, edits: Vec<Edit>) -> Vec<Effect> {
        self.history.end_gesture();
        let effects = self.step(name.into(), edits);
        self.history.end_gesture();
        effects
    }
}

/// The edit that moves something.
pub(super) fn moved(document: &Document, item: &Item, by: (f32, f32)) -> Option<Edit> {
    match item {
        Item::Instance(id) => {
            let at = document.layout.positions.get(id).copied();
            let (x, y) = at.unwrap_or_else(|| stand_in(*id));
            Some(Edit::Move(*id, Some((x + by.0, y + by.1))))
        }
        Item::Frame(id) => {
            let area = frame_area(document, *id);
            let (x, y) = (area.x + by.0, area.y + by.1);
            Some(Edit::PlaceFrame(*id, Some(Area { x, y, ..area })))
        }
        Item::Note(id) => {
            let place = note_place(document, *id);
            let (x, y) = (place.x + by.0, place.y + by.1);
            Some(Edit::PlaceNote(*id, Some(NotePlace { x, y, ..place })))
        }
        _ => None,
    }
}

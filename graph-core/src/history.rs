//! Undo and redo: one gesture of the user is one named step. Keeps inverses, no copies of the
//! document; knows nothing of what makes the edits.

use crate::{
    document::{Document, Subject},
    edit::{Edit, EditError},
    hierarchy::Place,
};

/// What was done to one document, and how to take it back.
#[derive(Debug, Clone, Default)]
pub struct History {
    undo: Vec<Step>,
    redo: Vec<Step>,
    /// The next moves belong to the last step.
    moving: bool,
    /// Where the user stands: the next step is done there.
    place: Place,
    /// Length of `undo` when the project was saved; `None`: that state cannot be reached any more.
    saved: Option<usize>,
}

#[derive(Debug, Clone)]
struct Step {
    name: String,
    place: Place,
    /// In the order in which they have to be applied.
    edits: Vec<Edit>,
}

impl History {
    /// The history of a document that was just opened.
    pub fn new() -> History {
        History {
            saved: Some(0),
            ..History::default()
        }
    }

    /// Applies the edits of one gesture as a step called `name` ("Connect `sensor` to `fan`").
    /// Consecutive moves of the same instances become one step until [`History::end_gesture`].
    /// If an edit is refused, neither document nor history change. No edits are no step.
    pub fn apply(
        &mut self,
        document: &mut Document,
        name: &str,
        edits: Vec<Edit>,
    ) -> Result<(), EditError> {
        if edits.is_empty() {
            return Ok(());
        }
        let moves = moved(&edits);
        let inverses = document.apply_batch(edits)?;
        self.redo.clear();
        let continues = self.moving
            && moves.is_some()
            && self.undo.last().and_then(|step| moved(&step.edits)) == moves;
        if !continues {
            if self.saved.is_some_and(|saved| saved > self.undo.len()) {
                self.saved = None;
            }
            self.undo.push(Step {
                name: name.to_owned(),
                place: self.place.clone(),
                edits: inverses,
            });
        } else if self.saved == Some(self.undo.len()) {
            self.saved = None;
        }
        self.moving = moves.is_some();
        Ok(())
    }

    /// The user looks there now.
    pub fn stand_at(&mut self, place: Place) {
        self.moving = self.moving && self.place == place;
        self.place = place;
    }

    /// Where the user stands; after [`History::undo`] and [`History::redo`], where that step was done.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// The pointer was released: the next move is a step of its own.
    pub fn end_gesture(&mut self) {
        self.moving = false;
    }

    /// Takes the last step back and returns its name; `None` if there is none.
    pub fn undo(&mut self, document: &mut Document) -> Option<String> {
        self.moving = false;
        let step = self.undo.pop()?;
        self.place = step.place.clone();
        let name = step.name.clone();
        self.redo.push(turned(step, document));
        Some(name)
    }

    /// Does the step again that was taken back last and returns its name; `None` if there is none.
    pub fn redo(&mut self, document: &mut Document) -> Option<String> {
        self.moving = false;
        let step = self.redo.pop()?;
        self.place = step.place.clone();
        let name = step.name.clone();
        self.undo.push(turned(step, document));
        Some(name)
    }

    /// Name of the step that [`History::undo`] takes back.
    pub fn undo_name(&self) -> Option<&str> {
        self.undo.last().map(|step| step.name.as_str())
    }

    /// Name of the step that [`History::redo`] does again.
    pub fn redo_name(&self) -> Option<&str> {
        self.redo.last().map(|step| step.name.as_str())
    }

    /// The document was written to its file in this state.
    pub fn mark_saved(&mut self) {
        self.saved = Some(self.undo.len());
        self.moving = false;
    }

    /// The document was changed without having been saved (a recovered one).
    pub fn mark_unsaved(&mut self) {
        self.saved = None;
    }

    /// True unless the document is as it was saved.
    pub fn is_modified(&self) -> bool {
        self.saved != Some(self.undo.len())
    }
}

fn turned(step: Step, document: &mut Document) -> Step {
    let edits = document.apply_batch(step.edits).unwrap_or_else(|error| {
        unreachable!("the document was changed beside its history, this is a bug: {error}")
    });
    Step {
        name: step.name,
        place: step.place,
        edits,
    }
}

/// What the edits move, sorted; `None` if they do anything else.
fn moved(edits: &[Edit]) -> Option<Vec<Subject>> {
    let mut ids = edits
        .iter()
        .map(|edit| match edit {
            Edit::Move(id, _) => Some(Subject::Instance(*id)),
            Edit::PlaceFrame(id, _) => Some(Subject::Frame(*id)),
            Edit::PlaceNote(id, _) => Some(Subject::Note(*id)),
            _ => None,
        })
        .collect::<Option<Vec<_>>>()?;
    ids.sort();
    Some(ids)
}

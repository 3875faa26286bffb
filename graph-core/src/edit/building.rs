//! A document in the making: edit after edit, each of which asks what names and ends are taken. Here
//! that is known from an index, so that a thousand edits take a thousand times as long as one.

use super::{
    Edit, EditError,
    taken::{self, Taken},
};
use crate::document::Document;
use std::ops::Deref;

/// A document that many edits are applied to. The edits and what they refuse are the same.
#[derive(Debug)]
pub struct Building {
    document: Document,
    taken: Taken,
}

impl Building {
    pub fn new(document: Document) -> Building {
        let taken = Taken::index(&document);
        Building { document, taken }
    }

    /// Applies an edit and returns its inverse. A refused edit changes nothing.
    pub fn apply(&mut self, edit: Edit) -> Result<Edit, EditError> {
        taken::apply(edit, &mut self.document, &mut self.taken)
    }

    pub fn finished(self) -> Document {
        self.document
    }
}

impl Deref for Building {
    type Target = Document;

    fn deref(&self) -> &Document {
        &self.document
    }
}

//! What people write on the canvas for each other: frames with titles, and notes. Nothing runs
//! otherwise because of them.

use super::InstanceId;

/// A frame around things that belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// Unique in the document, one line.
    pub title: String,
    /// Number of its colour, from 0 to [`FRAME_COLOURS`] - 1; what it looks like, the theme says.
    pub colour: u8,
}

/// How many colours frames have.
pub const FRAME_COLOURS: u8 = 6;

/// A comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// A label, unique in the document: by it the file and a merge know the note.
    pub name: String,
    /// Of any number of lines.
    pub text: String,
    /// What it speaks of.
    pub instance: Option<InstanceId>,
}

/// A rectangle of the canvas in points at zoom 1.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Area {
    pub x: f32,
    pub y: f32,
    pub width: f32,
    pub height: f32,
}

/// Where a note lies; its height is that of its text.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct NotePlace {
    pub x: f32,
    pub y: f32,
    pub width: f32,
}

impl Area {
    /// A rectangle that is there and can be written.
    pub fn is_sound(self) -> bool {
        let Area {
            x,
            y,
            width,
            height,
        } = self;
        [x, y, width, height].iter().all(|one| one.is_finite()) && width > 0.0 && height > 0.0
    }
}

impl NotePlace {
    pub fn is_sound(self) -> bool {
        [self.x, self.y, self.width]
            .iter()
            .all(|one| one.is_finite())
            && self.width > 0.0
    }
}

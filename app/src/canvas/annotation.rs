//! Frames and notes on the canvas: where they lie, what lies in a frame, how a note's text breaks into
//! lines. Knows nothing of fonts: text is measured by the mean width of a letter.

use super::{
    geometry::{Point, Rect, point},
    scene::{Hit, Scene},
};
use graph_core::document::{Area, Document, FrameId, InstanceId, NoteId, NotePlace, Subject};
use std::collections::BTreeSet;

/// Height of a frame's title, inside it at the top.
pub const TITLE_HEIGHT: f32 = 28.0;
/// Width of a new note.
pub const NOTE_WIDTH: f32 = 220.0;
/// Height of a line of a note.
pub const NOTE_LINE: f32 = 17.0;
/// From a note's edge to its text.
pub const NOTE_PADDING: f32 = 10.0;
/// Mean width of a letter of a note.
const NOTE_LETTER: f32 = 6.6;
/// The least that a frame or note is wide and high.
const LEAST: Point = point(80.0, 60.0);
/// How near the pointer must be to an edge, on the screen.
const EDGE_REACH: f32 = 5.0;
/// From a selection to the frame around it.
const FRAME_ROOM: f32 = 30.0;

/// A frame as it lies.
#[derive(Debug, Clone, PartialEq)]
pub struct FrameBox {
    pub frame: FrameId,
    pub title: String,
    pub colour: u8,
    pub rect: Rect,
}

/// A note as it lies.
#[derive(Debug, Clone, PartialEq)]
pub struct NoteBox {
    pub note: NoteId,
    pub text: String,
    /// The text as it is broken.
    pub lines: Vec<String>,
    pub rect: Rect,
    /// What it is on.
    pub instance: Option<InstanceId>,
}

/// Edges of a box in hand: -1 the left or upper one, 1 the right or lower one, 0 none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Edges {
    pub across: i8,
    pub down: i8,
}

/// What moves together.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cargo {
    pub instances: BTreeSet<InstanceId>,
    pub frames: BTreeSet<FrameId>,
    pub notes: BTreeSet<NoteId>,
}

impl FrameBox {
    /// Where it is held and its title stands.
    pub fn title_bar(&self) -> Rect {
        let width = self.rect.size().x;
        Rect::from_size(self.rect.min, point(width, TITLE_HEIGHT))
    }
}

impl Cargo {
    /// What is selected and can be moved, with what lies in the frames and the notes on the instances.
    pub fn of<'a>(selection: impl IntoIterator<Item = &'a Subject>, scene: &Scene) -> Cargo {
        let mut cargo = Cargo::default();
        for subject in selection {
            match subject {
                Subject::Instance(id) => drop(cargo.instances.insert(*id)),
                Subject::Note(id) => drop(cargo.notes.insert(*id)),
                Subject::Frame(id) => {
                    cargo.frames.insert(*id);
                    let frame = scene.frames.iter().find(|one| one.frame == *id);
                    frame
                        .into_iter()
                        .for_each(|one| cargo.fill(one.rect, scene));
                }
                _ => {}
            }
        }
        let on = |note: &&NoteBox| {
            note.instance
                .is_some_and(|id| cargo.instances.contains(&id))
        };
        let notes: Vec<NoteId> = scene.notes.iter().filter(on).map(|one| one.note).collect();
        cargo.notes.extend(notes);
        cargo
    }

    /// Whether instances alone are in it.
    pub fn is_plain(&self) -> bool {
        self.frames.is_empty() && self.notes.is_empty()
    }

    /// All of it.
    pub fn subjects(&self) -> impl Iterator<Item = Subject> {
        let instances = self.instances.iter().copied().map(Subject::Instance);
        let frames = self.frames.iter().copied().map(Subject::Frame);
        let notes = self.notes.iter().copied().map(Subject::Note);
        instances.chain(frames).chain(notes)
    }

    fn fill(&mut self, rect: Rect, scene: &Scene) {
        let is_in = |inner: Rect| rect.contains(inner.min) && rect.contains(inner.max);
        for node in scene.nodes.iter().filter(|node| is_in(node.rect)) {
            self.instances.insert(node.instance);
        }
        for note in scene.notes.iter().filter(|note| is_in(note.rect)) {
            self.notes.insert(note.note);
        }
        for frame in scene.frames.iter().filter(|frame| is_in(frame.rect)) {
            self.frames.insert(frame.frame);
        }
    }
}

impl Scene {
    pub(super) fn annotate(&mut self, document: &Document) {
        for (id, frame) in &document.frames {
            let area = frame_area(document, *id);
            self.frames.push(FrameBox {
                frame: *id,
                title: frame.title.clone(),
                colour: frame.colour,
                rect: Rect::from_size(point(area.x, area.y), point(area.width, area.height)),
            });
        }
        for (id, note) in &document.notes {
            let place = note_place(document, *id);
            let lines = broken(&note.text, place.width);
            self.notes.push(NoteBox {
                note: *id,
                text: note.text.clone(),
                rect: note_rect(place, lines.len()),
                lines,
                instance: note.instance,
            });
        }
    }

    /// The note or the part of a frame under a point of the world; of frames the smallest.
    pub(super) fn annotation_at(&self, p: Point, zoom: f32) -> Option<Hit> {
        let reach = EDGE_REACH / zoom.max(0.2);
        for (number, note) in self.notes.iter().enumerate().rev() {
            let at_edge = (p.x - note.rect.max.x).abs() <= reach;
            if note.rect.expanded(reach).contains(p) && at_edge {
                return Some(Hit::NoteEdge(number));
            }
            if note.rect.contains(p) {
                return Some(Hit::Note(number));
            }
        }
        let hits = self
            .frames
            .iter()
            .enumerate()
            .filter_map(|(number, frame)| {
                let edges = edges_at(frame.rect, p, reach);
                let hit = match edges == Edges::default() {
                    false => Hit::FrameEdge(number, edges),
                    true if frame.title_bar().contains(p) => Hit::Frame(number),
                    true => return None,
                };
                Some((frame.rect.size(), hit))
            });
        let smallest = hits.min_by(|(a, _), (b, _)| (a.x * a.y).total_cmp(&(b.x * b.y)));
        smallest.map(|(_, hit)| hit)
    }

    /// Frames that lie in a rectangle, and notes that touch it.
    pub fn annotations_in(&self, rect: Rect) -> Vec<Subject> {
        let is_in = |inner: Rect| rect.contains(inner.min) && rect.contains(inner.max);
        let frames = self.frames.iter().filter(|frame| is_in(frame.rect));
        let notes = self.notes.iter().filter(|note| note.rect.intersects(rect));
        frames
            .map(|frame| Subject::Frame(frame.frame))
            .chain(notes.map(|note| Subject::Note(note.note)))
            .collect()
    }

    /// The box of a frame or note.
    pub fn annotation_rect(&self, subject: &Subject) -> Option<Rect> {
        match subject {
            Subject::Frame(id) => {
                let frame = self.frames.iter().find(|one| one.frame == *id);
                frame.map(|one| one.rect)
            }
            Subject::Note(id) => {
                let note = self.notes.iter().find(|one| one.note == *id);
                note.map(|one| one.rect)
            }
            _ => None,
        }
    }

    /// The same scene with some of it elsewhere, while it is dragged.
    pub fn carry(&mut self, cargo: &Cargo, by: Point) {
        self.shift(&cargo.instances, by);
        let frames = self.frames.iter_mut();
        for frame in frames.filter(|one| cargo.frames.contains(&one.frame)) {
            frame.rect = frame.rect.moved(by);
        }
        let notes = self.notes.iter_mut();
        for note in notes.filter(|one| cargo.notes.contains(&one.note)) {
            note.rect = note.rect.moved(by);
        }
    }

    /// The same scene with a frame or note of another size, while its edge is dragged.
    pub fn resize(&mut self, subject: &Subject, rect: Rect) {
        let frames = self.frames.iter_mut();
        for frame in frames.filter(|one| *subject == Subject::Frame(one.frame)) {
            frame.rect = rect;
        }
        let notes = self.notes.iter_mut();
        for note in notes.filter(|one| *subject == Subject::Note(one.note)) {
            let (x, y, width) = (rect.min.x, rect.min.y, rect.size().x);
            note.lines = broken(&note.text, width);
            note.rect = note_rect(NotePlace { x, y, width }, note.lines.len());
        }
    }

    /// The frame that a selection gets.
    pub fn frame_around(&self, cargo: &Cargo) -> Option<Area> {
        let nodes = match cargo.instances.is_empty() {
            true => None,
            false => self.bounds(Some(&cargo.instances)),
        };
        let others = cargo
            .subjects()
            .filter_map(|one| self.annotation_rect(&one));
        let inner = nodes.into_iter().chain(others).reduce(Rect::union)?;
        let mut rect = inner.expanded(FRAME_ROOM);
        rect.min.y -= TITLE_HEIGHT;
        let (min, size) = (rect.min.snapped(self.metrics.snap), rect.size());
        Some(Area {
            x: min.x,
            y: min.y,
            width: size.x,
            height: size.y,
        })
    }
}

/// A box whose edges are dragged by `by`.
pub fn stretched(rect: Rect, edges: Edges, by: Point, snap: f32) -> Rect {
    let mut new = rect;
    let moved = |at: f32, by: f32| ((at + by) / snap).round() * snap;
    match edges.across {
        -1 => new.min.x = moved(rect.min.x, by.x).min(rect.max.x - LEAST.x),
        1 => new.max.x = moved(rect.max.x, by.x).max(rect.min.x + LEAST.x),
        _ => {}
    }
    match edges.down {
        -1 => new.min.y = moved(rect.min.y, by.y).min(rect.max.y - LEAST.y),
        1 => new.max.y = moved(rect.max.y, by.y).max(rect.min.y + LEAST.y),
        _ => {}
    }
    new
}

fn edges_at(rect: Rect, p: Point, reach: f32) -> Edges {
    if !rect.expanded(reach).contains(p) {
        return Edges::default();
    }
    let side = |at: f32, low: f32, high: f32| match () {
        () if (at - low).abs() <= reach => -1,
        () if (at - high).abs() <= reach => 1,
        () => 0,
    };
    Edges {
        across: side(p.x, rect.min.x, rect.max.x),
        down: side(p.y, rect.min.y, rect.max.y),
    }
}

/// Where a frame lies; one without a place has a stand-in, the same each time.
pub fn frame_area(document: &Document, id: FrameId) -> Area {
    let known = document.layout.frames.get(&id).copied();
    known.unwrap_or(Area {
        x: (id.0 % 7) as f32 * 60.0,
        y: -260.0 - (id.0 % 5) as f32 * 40.0,
        width: 320.0,
        height: 200.0,
    })
}

/// The same of a note.
pub fn note_place(document: &Document, id: NoteId) -> NotePlace {
    let known = document.layout.notes.get(&id).copied();
    known.unwrap_or(NotePlace {
        x: (id.0 % 7) as f32 * 60.0,
        y: -160.0 - (id.0 % 5) as f32 * 40.0,
        width: NOTE_WIDTH,
    })
}

fn note_rect(place: NotePlace, lines: usize) -> Rect {
    let height = lines.max(1) as f32 * NOTE_LINE + 2.0 * NOTE_PADDING;
    Rect::from_size(point(place.x, place.y), point(place.width, height))
}

/// The lines of a text in a note of that width; a word that is too long for one is broken.
fn broken(text: &str, width: f32) -> Vec<String> {
    let room = (((width - 2.0 * NOTE_PADDING) / NOTE_LETTER) as usize).max(4);
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        let mut line = String::new();
        for word in paragraph.split_whitespace() {
            let letters = |text: &str| text.chars().count();
            let gap = usize::from(!line.is_empty());
            if letters(&line) + gap + letters(word) > room && !line.is_empty() {
                lines.push(std::mem::take(&mut line));
            }
            if !line.is_empty() {
                line.push(' ');
            }
            for letter in word.chars() {
                if letters(&line) >= room {
                    lines.push(std::mem::take(&mut line));
                }
                line.push(letter);
            }
        }
        lines.push(line);
    }
    lines
}

#[cfg(test)]
#[path = "annotation_tests.rs"]
mod tests;

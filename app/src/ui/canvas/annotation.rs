//! Titles and texts that are edited where they stand, and what resizing means for the document.

use super::{CanvasView, screen};
use crate::{
    canvas::{
        annotation::{NOTE_PADDING, NOTE_WIDTH},
        geometry::{Rect, point},
    },
    command::Command,
    session::Session,
    ui::{theme, widgets::name_field},
};
use egui::{Key, Modifiers, TextEdit, Ui, pos2, vec2};
use graph_core::document::{Area, FrameId, InstanceId, NoteId, NotePlace, Subject};

/// What is being written.
#[derive(Debug)]
pub(super) struct Editor {
    what: What,
    text: String,
    /// It has had the keys.
    is_begun: bool,
}

#[derive(Debug)]
enum What {
    Title(FrameId),
    Text(NoteId),
    /// A note that is not there yet.
    Draft(NotePlace, Option<InstanceId>),
}

impl Editor {
    /// For a frame or note.
    pub(super) fn of(session: &Session, item: &Subject) -> Option<Editor> {
        let document = session.document();
        let (what, text) = match item {
            Subject::Frame(id) => (What::Title(*id), document.frames.get(id)?.title.clone()),
            Subject::Note(id) => (What::Text(*id), document.notes.get(id)?.text.clone()),
            _ => return None,
        };
        Some(Editor {
            what,
            text,
            is_begun: false,
        })
    }

    /// For a new note: below the instance that is selected, else in the middle of what is seen; not
    /// under an instance.
    pub(super) fn draft(session: &Session, view: &CanvasView, rect: egui::Rect) -> Editor {
        let mut selection = session.selection().iter();
        let node = match (selection.next(), selection.next()) {
            (Some(Subject::Instance(id)), None) => view.scene.node(*id),
            _ => None,
        };
        let at = match node {
            Some(node) => point(node.rect.min.x, node.rect.max.y + 20.0),
            None => view.state.view.to_world(screen(rect).center()),
        };
        let mut at = at.snapped(theme::METRICS.snap);
        let below = |at| {
            let rect = Rect::from_size(at, point(NOTE_WIDTH, theme::DRAFT_HEIGHT));
            let mut nodes = view.scene.nodes.iter();
            nodes.find_map(|node| node.rect.intersects(rect).then_some(node.rect.max.y + 20.0))
        };
        // Each round passes one instance at least.
        while let Some(y) = below(at) {
            at.y = y;
        }
        let place = NotePlace {
            x: at.x,
            y: at.y,
            width: NOTE_WIDTH,
        };
        Editor {
            what: What::Draft(place, node.map(|node| node.instance)),
            text: String::new(),
            is_begun: false,
        }
    }

    /// Where it lies in the world; `None`: what it was about is gone.
    fn place(&self, view: &CanvasView) -> Option<Rect> {
        match &self.what {
            What::Title(id) => {
                let frame = view.scene.frames.iter().find(|one| one.frame == *id)?;
                Some(frame.title_bar())
            }
            What::Text(id) => view.scene.annotation_rect(&Subject::Note(*id)),
            What::Draft(place, _) => Some(Rect::from_size(
                point(place.x, place.y),
                point(place.width, theme::DRAFT_HEIGHT),
            )),
        }
    }

    fn name(&self, session: &Session) -> String {
        match &self.what {
            What::Title(id) => {
                let frame = session.document().frames.get(id);
                format!("Title of frame {}", frame.map_or("", |frame| &frame.title))
            }
            What::Text(_) => "Text of the note on the canvas".to_owned(),
            What::Draft(..) => "Text of the new note".to_owned(),
        }
    }

    /// What comes of it; nothing if nothing was written.
    fn finish(self, session: &Session) -> Option<Command> {
        let text = self.text.trim();
        match self.what {
            _ if text.is_empty() => None,
            What::Title(id) => {
                let mut frame = session.document().frames.get(&id)?.clone();
                let is_other = frame.title != text;
                frame.title = text.to_owned();
                is_other.then_some(Command::ChangeFrame(id, frame))
            }
            What::Text(id) => {
                let mut note = session.document().notes.get(&id)?.clone();
                let is_other = note.text != text;
                note.text = text.to_owned();
                is_other.then_some(Command::ChangeNote(id, note))
            }
            What::Draft(place, instance) => Some(Command::InsertNote {
                text: text.to_owned(),
                place,
                instance,
            }),
        }
    }
}

/// Shows what is being written. Enter, of notes Ctrl+Enter, or a click elsewhere ends it; Escape
/// leaves everything as it was.
pub(super) fn editor_ui(
    ui: &mut Ui,
    session: &Session,
    view: &mut CanvasView,
    rect: egui::Rect,
) -> Option<Command> {
    let mut editor = view.editor.take()?;
    let world = editor.place(view)?;
    let place = view.state.view.rect_to_screen(world);
    let min = pos2(place.min.x, place.min.y);
    let is_title = matches!(editor.what, What::Title(_));
    let least = match is_title {
        true => vec2(200.0, 26.0),
        false => vec2(NOTE_WIDTH, 3.0 * theme::ROW_HEIGHT + 2.0 * NOTE_PADDING),
    };
    let size = vec2(place.size().x, place.size().y).max(least);
    let size = size.min(rect.size() - vec2(theme::GAP, theme::GAP));
    // What is written is seen, wherever the canvas looks.
    let room = egui::Rect::from_min_max(rect.min, (rect.max - size).max(rect.min));
    let target = egui::Rect::from_min_size(room.clamp(min), size);
    let edit = match is_title {
        true => TextEdit::singleline(&mut editor.text),
        false => TextEdit::multiline(&mut editor.text),
    };
    let edit = edit.desired_width(size.x).min_size(size);
    let field = ui.put(target, edit);
    name_field(&field, &editor.name(session));
    if !editor.is_begun {
        editor.is_begun = true;
        field.request_focus();
        view.editor = Some(editor);
        return None;
    }
    let is_escaped = ui.input(|input| input.key_pressed(Key::Escape));
    let is_ended = ui.input_mut(|input| input.consume_key(Modifiers::COMMAND, Key::Enter));
    match (is_escaped, is_ended || field.lost_focus()) {
        (true, _) => None,
        (false, true) => editor.finish(session),
        (false, false) => {
            view.editor = Some(editor);
            None
        }
    }
}

/// The command that gives a frame or note its new box.
pub(super) fn resized(subject: &Subject, rect: Rect) -> Vec<Command> {
    let (x, y, size) = (rect.min.x, rect.min.y, rect.size());
    match subject {
        Subject::Frame(id) => vec![Command::PlaceFrame(
            *id,
            Area {
                x,
                y,
                width: size.x,
                height: size.y,
            },
        )],
        Subject::Note(id) => {
            let width = size.x;
            vec![Command::PlaceNote(*id, NotePlace { x, y, width })]
        }
        _ => Vec::new(),
    }
}

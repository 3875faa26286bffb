//! A frame: title and colour. A note: text, and the instance that it is on.

use super::{InspectorView, title_ui};
use crate::{
    command::Command,
    session::Session,
    ui::{
        theme,
        widgets::{name_field, property_ui, section_ui},
    },
};
use egui::{ComboBox, RichText, TextEdit, Ui};
use graph_core::document::{FrameId, InstanceId, NoteId};

/// By their numbers; the theme has a shade of each.
const COLOURS: [&str; 6] = ["Blue", "Amber", "Violet", "Green", "Orange", "Cyan"];
const NOWHERE: &str = "No instance";

pub(super) fn frame_ui(
    ui: &mut Ui,
    session: &Session,
    view: &mut InspectorView,
    id: FrameId,
) -> Vec<Command> {
    let Some(frame) = session.document().frames.get(&id) else {
        return Vec::new();
    };
    title_ui(ui, "frame", &frame.title);
    let mut changed = frame.clone();
    let title = property_ui(ui, "Title", |ui| {
        view.text_ui(ui, "frame title", &frame.title, "")
    });
    changed.title = title.unwrap_or(changed.title);
    property_ui(ui, "Colour", |ui| {
        let name = |colour: u8| COLOURS.get(usize::from(colour)).copied().unwrap_or("?");
        ComboBox::from_id_salt("frame colour")
            .selected_text(swatch(ui, changed.colour, name(changed.colour)))
            .show_ui(ui, |ui| {
                for (colour, name) in (0_u8..).zip(COLOURS) {
                    let text = swatch(ui, colour, name);
                    ui.selectable_value(&mut changed.colour, colour, text);
                }
            });
    });
    match changed == *frame {
        true => Vec::new(),
        false => vec![Command::ChangeFrame(id, changed)],
    }
}

fn swatch(ui: &Ui, colour: u8, name: &str) -> RichText {
    let ink = theme::tokens(ui).lane(Some(usize::from(colour)));
    RichText::new(format!("■ {name}")).color(ink)
}

pub(super) fn note_ui(
    ui: &mut Ui,
    session: &Session,
    view: &mut InspectorView,
    id: NoteId,
) -> Vec<Command> {
    let document = session.document();
    let Some(note) = document.notes.get(&id) else {
        return Vec::new();
    };
    title_ui(ui, "note", &note.name);
    let mut changed = note.clone();
    section_ui(ui, "TEXT");
    let text = view.texts.entry("note text".to_owned());
    let text = text.or_insert_with(|| note.text.clone());
    let edit = TextEdit::multiline(text)
        .desired_rows(4)
        .desired_width(f32::INFINITY);
    let field = ui.add(edit);
    name_field(&field, "Text of the note");
    if field.lost_focus() && !text.trim().is_empty() {
        changed.text.clone_from(text);
    }
    let name = |id: InstanceId| document.instances.get(&id).map(|one| one.name.as_str());
    property_ui(ui, "On", |ui| {
        let shown = changed.instance.and_then(name).unwrap_or(NOWHERE);
        ComboBox::from_id_salt("note instance")
            .selected_text(shown)
            .show_ui(ui, |ui| {
                ui.selectable_value(&mut changed.instance, None, NOWHERE);
                for (id, instance) in &document.instances {
                    ui.selectable_value(&mut changed.instance, Some(*id), &instance.name);
                }
            });
    });
    match changed == *note {
        true => Vec::new(),
        false => vec![Command::ChangeNote(id, changed)],
    }
}

//! Frames and notes on the canvas: drawn, edited in place, carried, resized, copied, removed.

use super::desk::Desk;
use crate::command::Command;
use egui::{Key, Modifiers, vec2};
use egui_kittest::kittest::Queryable;
use graph_core::document::*;

const SENSOR: &str = "sensor instance, component sensor";

fn key(desk: &mut Desk, modifiers: Modifiers, key: Key) {
    desk.harness.key_press_modifiers(modifiers, key);
    desk.harness.run();
}

fn write(desk: &mut Desk, text: &str) {
    desk.harness.event(egui::Event::Text(text.to_owned()));
    desk.harness.run();
}

/// A frame around the sensor, called "Front".
fn framed() -> Desk {
    let mut desk = Desk::open();
    desk.click(SENSOR);
    key(&mut desk, Modifiers::COMMAND | Modifiers::SHIFT, Key::F);
    key(&mut desk, Modifiers::COMMAND, Key::A);
    write(&mut desk, "Front");
    key(&mut desk, Modifiers::NONE, Key::Enter);
    desk
}

fn frame(desk: &Desk) -> (FrameId, Frame, Area) {
    let document = desk.session().document();
    let (id, frame) = document.frames.iter().next().unwrap();
    (*id, frame.clone(), document.layout.frames[id])
}

fn note(desk: &Desk) -> (NoteId, Note, NotePlace) {
    let document = desk.session().document();
    let (id, note) = document.notes.iter().next().unwrap();
    (*id, note.clone(), document.layout.notes[id])
}

fn position(desk: &Desk, id: u64) -> (f32, f32) {
    desk.session().document().layout.positions[&InstanceId(id)]
}

fn undo(desk: &mut Desk) {
    desk.harness.state_mut().apply(Command::Undo);
    desk.harness.run();
}

#[test]
fn a_frame_is_drawn_around_the_selection_and_titled_in_place() {
    let mut desk = framed();
    let (_, first, area) = frame(&desk);
    assert_eq!(first.title, "Front");
    let (x, y) = position(&desk, 10);
    assert!(area.x < x && area.y < y && area.x + area.width > x + 100.0);
    desk.look("frame");
    // The title again, by keys; Escape leaves it as it was.
    desk.click("frame Front");
    key(&mut desk, Modifiers::NONE, Key::F2);
    assert!(desk.says("Title of frame Front"));
    write(&mut desk, "Rear");
    key(&mut desk, Modifiers::NONE, Key::Escape);
    assert_eq!(frame(&desk).1.title, "Front");
    assert!(!desk.says("Title of frame Front"));
    undo(&mut desk);
    assert_eq!(frame(&desk).1.title, "Frame");
    undo(&mut desk);
    assert!(desk.session().document().frames.is_empty());
}

#[test]
fn a_frame_moves_with_what_is_in_it() {
    let mut desk = framed();
    let before = (frame(&desk).2, position(&desk, 10), position(&desk, 11));
    let grip = desk.place("frame Front");
    desk.drag(grip, grip + vec2(60.0, 40.0));
    let (_, _, area) = frame(&desk);
    assert_eq!((area.x, area.y), (before.0.x + 60.0, before.0.y + 40.0));
    assert_eq!(position(&desk, 10), (before.1.0 + 60.0, before.1.1 + 40.0));
    assert_eq!(position(&desk, 11), before.2, "what is outside stays");
    assert_eq!(desk.session().undo_name(), Some("Move 2 things"));
    undo(&mut desk);
    assert_eq!((frame(&desk).2, position(&desk, 10)), (before.0, before.1));
    // By keys, too.
    desk.click("frame Front");
    key(&mut desk, Modifiers::NONE, Key::ArrowRight);
    assert_eq!(position(&desk, 10), (before.1.0 + 10.0, before.1.1));
}

#[test]
fn a_frame_is_resized_by_its_edges_and_its_contents_stay() {
    let mut desk = framed();
    let (_, _, before) = frame(&desk);
    let bar = desk.harness.get_by_label("frame Front").rect();
    let corner = bar.min;
    desk.drag(corner, corner - vec2(50.0, 30.0));
    let (_, _, area) = frame(&desk);
    assert_eq!(area.x + area.width, before.x + before.width);
    assert_eq!(area.y + area.height, before.y + before.height);
    assert!((area.width - before.width - 50.0).abs() < 10.0, "{area:?}");
    assert_eq!(position(&desk, 10), (0.0, 40.0));
    assert_eq!(desk.session().undo_name(), Some("Resize the frame"));
}

#[test]
fn a_note_is_written_on_an_instance_and_goes_with_it() {
    let mut desk = Desk::open();
    desk.click(SENSOR);
    key(&mut desk, Modifiers::COMMAND, Key::M);
    write(&mut desk, "Reads 21.5 °C");
    key(&mut desk, Modifiers::NONE, Key::Enter);
    write(&mut desk, "until the first sample");
    key(&mut desk, Modifiers::COMMAND, Key::Enter);
    let (_, first, place) = note(&desk);
    assert_eq!(first.text, "Reads 21.5 °C\nuntil the first sample");
    assert_eq!(first.instance, Some(InstanceId(10)));
    desk.look("note");
    let name = "note Reads 21.5 °C until the first …";
    desk.harness.get_by_label(name);
    let grip = desk.place(SENSOR) - vec2(0.0, 30.0);
    desk.drag(grip, grip + vec2(40.0, 0.0));
    assert_eq!(note(&desk).2.x, place.x + 40.0);
    // Alone it goes elsewhere.
    let grip = desk.place(name);
    desk.drag(grip, grip + vec2(0.0, 50.0));
    assert_eq!(note(&desk).2.y, place.y + 50.0);
    assert_eq!(position(&desk, 10), (40.0, 40.0));
    let right = desk.harness.get_by_label(name).rect().right_center();
    desk.drag(right, right + vec2(60.0, 0.0));
    assert!(note(&desk).2.width > place.width + 50.0);
    // The instance goes, the note stays.
    desk.click(SENSOR);
    key(&mut desk, Modifiers::NONE, Key::Delete);
    assert_eq!(note(&desk).1.instance, None);
    desk.click(name);
    key(&mut desk, Modifiers::NONE, Key::Delete);
    assert!(desk.session().document().notes.is_empty());
    undo(&mut desk);
    assert_eq!(note(&desk).1.text, first.text);
}

#[test]
fn a_note_without_words_is_none() {
    let mut desk = Desk::open();
    for leave in [Key::Escape, Key::Enter] {
        key(&mut desk, Modifiers::COMMAND, Key::M);
        assert!(desk.says("Text of the new note"));
        if leave == Key::Escape {
            write(&mut desk, "not this");
        }
        key(&mut desk, Modifiers::COMMAND, leave);
        assert!(desk.session().document().notes.is_empty(), "{leave:?}");
        assert!(!desk.says("Text of the new note"));
    }
}

#[test]
fn frames_and_notes_are_copied_with_what_is_selected() {
    let mut desk = framed();
    desk.click("frame Front");
    desk.harness.state_mut().apply(Command::SelectAll);
    desk.harness
        .state_mut()
        .apply(Command::Duplicate { outer: false });
    desk.harness.run();
    let document = desk.session().document();
    let titles: Vec<&str> = document
        .frames
        .values()
        .map(|one| one.title.as_str())
        .collect();
    assert_eq!(titles, ["Front", "Front 2"]);
    assert_eq!(document.instances.len(), 4);
    assert_eq!(desk.session().selection().len(), 3);
}

#[test]
fn the_inspector_changes_colour_title_and_what_a_note_is_on() {
    let mut desk = framed();
    desk.click("frame Front");
    desk.accept("Colour");
    desk.accept("■ Green");
    assert_eq!(frame(&desk).1.colour, 3);
    desk.click("frame Front");
    key(&mut desk, Modifiers::COMMAND, Key::M);
    write(&mut desk, "Mind the gap");
    key(&mut desk, Modifiers::COMMAND, Key::Enter);
    assert_eq!(note(&desk).1.instance, None, "a frame is no instance");
    desk.accept("On");
    let entry = desk
        .harness
        .query_all_by_label("controller")
        .last()
        .unwrap();
    entry.click_accesskit();
    desk.harness.run();
    assert_eq!(note(&desk).1.instance, Some(InstanceId(11)));
    desk.look("note-inspector");
    // Both are found by their words.
    key(&mut desk, Modifiers::COMMAND, Key::F);
    write(&mut desk, "mind");
    key(&mut desk, Modifiers::NONE, Key::Enter);
    let (id, ..) = note(&desk);
    assert_eq!(desk.session().selection().first(), Some(&Subject::Note(id)));
}

#[test]
fn titles_are_read_from_afar() {
    let mut desk = framed();
    desk.harness.state_mut().look_at(0.2);
    desk.harness.run();
    desk.look("frames-from-afar");
    let bar = desk.harness.get_by_label("frame Front").rect();
    assert!(bar.width() > 20.0);
}

//! Random frames and notes.

use super::*;

pub(super) fn frame_id() -> impl Strategy<Value = FrameId> {
    (50..52_u64).prop_map(FrameId)
}

pub(super) fn note_id() -> impl Strategy<Value = NoteId> {
    (60..63_u64).prop_map(NoteId)
}

pub(super) fn insertion() -> impl Strategy<Value = Edit> {
    prop_oneof![
        (frame_id(), frame()).prop_map(|(id, frame)| Edit::InsertFrame(id, frame)),
        (note_id(), note()).prop_map(|(id, note)| Edit::InsertNote(id, note)),
        (frame_id(), area()).prop_map(|(id, area)| Edit::PlaceFrame(id, Some(area))),
        (note_id(), place()).prop_map(|(id, place)| Edit::PlaceNote(id, Some(place))),
    ]
}

pub(super) fn edit() -> impl Strategy<Value = Edit> {
    prop_oneof![
        frame_id().prop_map(Edit::RemoveFrame),
        (frame_id(), frame()).prop_map(|(id, frame)| Edit::ChangeFrame(id, frame)),
        (frame_id(), option::of(area())).prop_map(|(id, area)| Edit::PlaceFrame(id, area)),
        note_id().prop_map(Edit::RemoveNote),
        (note_id(), note()).prop_map(|(id, note)| Edit::ChangeNote(id, note)),
        (note_id(), option::of(place())).prop_map(|(id, place)| Edit::PlaceNote(id, place)),
    ]
}

fn frame() -> impl Strategy<Value = Frame> {
    (
        select(vec!["Sensors", "sensors", "Actuators: left", ""]),
        0..8_u8,
    )
        .prop_map(|(title, colour)| Frame {
            title: title.to_owned(),
            colour,
        })
}

fn note() -> impl Strategy<Value = Note> {
    let name = select(vec!["polarity", "todo", "no label"]);
    (name, text(), option::of(instance_id())).prop_map(|(name, text, instance)| Note {
        name: name.to_owned(),
        text,
        instance,
    })
}

fn area() -> impl Strategy<Value = Area> {
    let number = || -1e4_f32..1e4;
    (number(), number(), number(), number()).prop_map(|(x, y, width, height)| Area {
        x,
        y,
        width,
        height,
    })
}

fn place() -> impl Strategy<Value = NotePlace> {
    let number = || -1e4_f32..1e4;
    (number(), number(), number()).prop_map(|(x, y, width)| NotePlace { x, y, width })
}

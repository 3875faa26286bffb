//! Frames and notes: lines, hits, what moves with what, edges.

use super::*;
use crate::canvas::{
    action::{Button, CanvasAction, CanvasEvent, Modifiers},
    gesture::handle,
    node::Metrics,
    scene::Toggled,
    state::{CanvasState, Gesture},
    test_data::climate,
};
use graph_core::document::{Frame, Note};

/// Two instances, a frame around the first one, a note in it and one on the second instance.
fn scene() -> Scene {
    let (mut document, library) = climate(1);
    document
        .layout
        .positions
        .insert(InstanceId(10), (40.0, 60.0));
    document
        .layout
        .positions
        .insert(InstanceId(11), (800.0, 60.0));
    let frame = |title: &str| Frame {
        title: title.into(),
        colour: 1,
    };
    document.frames.insert(FrameId(1), frame("Front"));
    document.frames.insert(FrameId(2), frame("Inner"));
    let area = |x, y, width, height| Area {
        x,
        y,
        width,
        height,
    };
    document
        .layout
        .frames
        .insert(FrameId(1), area(0.0, 0.0, 500.0, 600.0));
    document
        .layout
        .frames
        .insert(FrameId(2), area(0.0, 0.0, 400.0, 500.0));
    let note = |name: &str, instance| Note {
        name: name.into(),
        text: "Turns left".into(),
        instance,
    };
    document.notes.insert(NoteId(3), note("here", None));
    document
        .notes
        .insert(NoteId(4), note("there", Some(InstanceId(11))));
    let place = |x, y| NotePlace { x, y, width: 120.0 };
    document.layout.notes.insert(NoteId(3), place(20.0, 400.0));
    document.layout.notes.insert(NoteId(4), place(800.0, 400.0));
    Scene::new(&document, &library, &Metrics::default(), &Toggled::new())
}

fn dragged(scene: &Scene, from: Point, to: Point, selection: &[Subject]) -> Vec<CanvasAction> {
    let mut state = CanvasState::default();
    let selection = selection.iter().cloned().collect();
    let held = Modifiers::default();
    let mut actions = Vec::new();
    for event in [
        CanvasEvent::Press(from, Button::Primary, held),
        CanvasEvent::Move(to),
        CanvasEvent::Move(to),
        CanvasEvent::Release(to, Button::Primary, held),
    ] {
        actions.extend(handle(&mut state, &event, scene, &selection));
    }
    assert_eq!(state.gesture, Gesture::Idle);
    actions
}

#[test]
fn text_breaks_between_words_and_long_words_anywhere() {
    let lines = broken(
        "one two three\n\nabcdefghijklmnop",
        20.0 + 8.0 * NOTE_LETTER + 1.0,
    );
    assert_eq!(lines, ["one two", "three", "", "abcdefgh", "ijklmnop"]);
    assert_eq!(broken("", 100.0), [""]);
}

#[test]
fn a_frame_is_hit_at_its_title_and_its_edges_only_and_the_smallest_counts() {
    let scene = scene();
    assert_eq!(scene.hit(point(200.0, 14.0), 1.0), Hit::Frame(1));
    assert_eq!(scene.hit(point(450.0, 14.0), 1.0), Hit::Frame(0));
    let corner = Edges { across: 1, down: 1 };
    assert_eq!(
        scene.hit(point(500.0, 600.0), 1.0),
        Hit::FrameEdge(0, corner)
    );
    assert_eq!(scene.hit(point(450.0, 300.0), 1.0), Hit::Nothing);
    assert_eq!(scene.hit(point(60.0, 410.0), 1.0), Hit::Note(0));
    assert_eq!(scene.hit(point(140.0, 410.0), 1.0), Hit::NoteEdge(0));
    let node = scene.hit(scene.nodes[0].rect.min + point(30.0, 12.0), 1.0);
    assert_eq!(node, Hit::Node(0), "instances lie above");
}

#[test]
fn a_frame_takes_along_what_is_in_it() {
    let scene = scene();
    let actions = dragged(&scene, point(450.0, 14.0), point(550.0, 44.0), &[]);
    let cargo = Cargo {
        instances: [InstanceId(10)].into(),
        frames: [FrameId(1), FrameId(2)].into(),
        notes: [NoteId(3)].into(),
    };
    assert_eq!(
        actions,
        [
            CanvasAction::Select(vec![Subject::Frame(FrameId(1))]),
            CanvasAction::Carry(cargo, point(100.0, 30.0)),
        ]
    );
}

#[test]
fn a_selected_instance_takes_along_the_selected_note_and_the_one_on_it() {
    let scene = scene();
    let grip = scene.nodes[1].rect.min + point(30.0, 12.0);
    let selection = [Subject::Instance(InstanceId(11)), Subject::Note(NoteId(3))];
    let actions = dragged(&scene, grip, grip + point(50.0, 0.0), &selection);
    let [CanvasAction::Carry(cargo, _)] = &actions[..] else {
        panic!("{actions:?}")
    };
    assert_eq!(cargo.notes, [NoteId(3), NoteId(4)].into());
    let actions = dragged(&scene, grip, grip + point(50.0, 0.0), &[]);
    let [CanvasAction::Select(_), CanvasAction::Carry(cargo, _)] = &actions[..] else {
        panic!("{actions:?}")
    };
    assert_eq!(cargo.notes, [NoteId(4)].into());
    // Without notes it is an affair of instances alone.
    let grip = scene.nodes[0].rect.min + point(30.0, 12.0);
    let actions = dragged(&scene, grip, grip + point(50.0, 0.0), &[]);
    assert!(
        matches!(&actions[1], CanvasAction::Move { .. }),
        "{actions:?}"
    );
}

#[test]
fn edges_are_dragged_and_stop_before_the_box_turns_over() {
    let scene = scene();
    let frame = Subject::Frame(FrameId(1));
    let size = |to: Point| {
        let actions = dragged(&scene, point(500.0, 600.0), to, &[]);
        match actions.last() {
            Some(CanvasAction::Resize(subject, rect)) if *subject == frame => rect.size(),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(size(point(612.0, 588.0)), point(610.0, 590.0));
    assert_eq!(size(point(-900.0, -900.0)), LEAST);
    let actions = dragged(&scene, point(140.0, 410.0), point(200.0, 500.0), &[]);
    let Some(CanvasAction::Resize(Subject::Note(NoteId(3)), rect)) = actions.last() else {
        panic!("{actions:?}")
    };
    assert_eq!(rect.size().x, 180.0);
}

#[test]
fn a_marquee_takes_frames_inside_it_and_notes_that_it_touches() {
    let scene = scene();
    let found = scene.annotations_in(Rect::from_corners(point(-10.0, -10.0), point(420.0, 510.0)));
    assert_eq!(
        found,
        [Subject::Frame(FrameId(2)), Subject::Note(NoteId(3))]
    );
}

#[test]
fn a_frame_leaves_room_for_its_title_around_a_selection() {
    let scene = scene();
    let cargo = Cargo::of([&Subject::Instance(InstanceId(11))], &scene);
    let area = scene.frame_around(&cargo).unwrap();
    let inner = scene.nodes[1].rect;
    assert!(area.y + TITLE_HEIGHT < inner.min.y && area.x < inner.min.x);
    assert!(area.x + area.width > inner.max.x);
    assert!(area.y + area.height > 400.0, "its note is in it, too");
    assert_eq!(scene.frame_around(&Cargo::default()), None);
}

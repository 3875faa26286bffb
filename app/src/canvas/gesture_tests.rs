//! Gestures of pointer and keys, one by one.

use super::*;
use crate::canvas::{
    action::{Placeable, Role, Verdict, WireStart},
    node::Metrics,
    scene::Toggled,
    test_data::{climate, port_end},
};

const PLAIN: Modifiers = Modifiers {
    command: false,
    shift: false,
    space: false,
};
const ADDING: Modifiers = Modifiers {
    command: true,
    shift: false,
    space: false,
};

struct Desk {
    scene: Scene,
    state: CanvasState,
    selection: BTreeSet<Subject>,
}

impl Desk {
    fn new() -> Desk {
        let (document, library) = climate(2);
        let scene = Scene::new(&document, &library, &Metrics::default(), &Toggled::new());
        Desk {
            scene,
            state: CanvasState::default(),
            selection: BTreeSet::new(),
        }
    }

    fn send(&mut self, event: CanvasEvent) -> Vec<CanvasAction> {
        handle(&mut self.state, &event, &self.scene, &self.selection)
    }

    fn drag(&mut self, from: Point, to: Point, held: Modifiers) -> Vec<CanvasAction> {
        let mut actions = self.send(CanvasEvent::Press(from, Button::Primary, held));
        for step in 1..=4 {
            actions.extend(self.send(CanvasEvent::Move(from + (to - from) * (step as f32 / 4.0))));
        }
        actions.extend(self.send(CanvasEvent::Release(to, Button::Primary, held)));
        actions
    }

    fn click(&mut self, at: Point, held: Modifiers) -> Vec<CanvasAction> {
        let mut actions = self.send(CanvasEvent::Press(at, Button::Primary, held));
        actions.extend(self.send(CanvasEvent::Release(at, Button::Primary, held)));
        actions
    }

    fn pin(&self, node: usize, pin: usize) -> Point {
        self.scene.nodes[node].pin_points[pin]
    }

    fn body(&self, node: usize) -> Point {
        self.scene.nodes[node].rect.min + point(40.0, 12.0)
    }
}

fn instance(id: u64) -> Subject {
    Subject::Instance(InstanceId(id))
}

#[test]
fn a_click_selects_and_ctrl_adds() {
    let mut desk = Desk::new();
    let (first, second) = (desk.body(0), desk.body(1));
    assert_eq!(
        desk.click(first, PLAIN),
        [CanvasAction::Select(vec![instance(10)])]
    );
    assert_eq!(
        desk.click(second, ADDING),
        [CanvasAction::Toggle(vec![instance(11)])]
    );
}

#[test]
fn a_click_on_the_empty_canvas_clears_only_what_is_there() {
    let mut desk = Desk::new();
    assert_eq!(desk.click(point(-200.0, -200.0), PLAIN), []);
    desk.selection.insert(instance(10));
    assert_eq!(desk.click(point(-200.0, -200.0), ADDING), []);
    assert_eq!(
        desk.click(point(-200.0, -200.0), PLAIN),
        [CanvasAction::Select(vec![])]
    );
}

#[test]
fn a_rectangle_selects_what_it_touches() {
    let mut desk = Desk::new();
    let to = desk.scene.nodes[1].rect.min + point(5.0, 5.0);
    let actions = desk.drag(point(-30.0, -30.0), to, PLAIN);
    assert_eq!(
        actions,
        [CanvasAction::Select(vec![instance(10), instance(11)])]
    );
    let actions = desk.drag(point(-30.0, -30.0), point(20.0, 20.0), ADDING);
    assert_eq!(actions, [CanvasAction::Extend(vec![instance(10)])]);
}

#[test]
fn many_move_together_on_the_grid_as_one_step() {
    let mut desk = Desk::new();
    desk.selection.extend([instance(10), instance(11)]);
    let from = desk.body(1);
    let actions = desk.drag(from, from + point(43.0, -18.0), PLAIN);
    let instances = vec![InstanceId(10), InstanceId(11)];
    assert_eq!(
        actions,
        [CanvasAction::Move {
            instances,
            by: point(40.0, -20.0)
        }]
    );
}

#[test]
fn dragging_what_is_not_selected_moves_it_alone() {
    let mut desk = Desk::new();
    desk.selection.insert(instance(10));
    let from = desk.body(1);
    let actions = desk.drag(from, from + point(100.0, 0.0), PLAIN);
    assert_eq!(
        actions,
        [
            CanvasAction::Select(vec![instance(11)]),
            CanvasAction::Move {
                instances: vec![InstanceId(11)],
                by: point(100.0, 0.0)
            },
        ]
    );
}

#[test]
fn a_trembling_click_moves_nothing() {
    let mut desk = Desk::new();
    let at = desk.body(0);
    assert_eq!(
        desk.drag(at, at + point(2.0, 2.0), PLAIN),
        [CanvasAction::Select(vec![instance(10)])]
    );
}

#[test]
fn a_wire_connects_source_and_target_from_either_end() {
    let connected = CanvasAction::Connect {
        from: port_end(10, "w:t/temperature@0.1.0"),
        to: port_end(11, "w:t/temperature@0.1.0"),
    };
    let mut desk = Desk::new();
    let (source, target) = (desk.pin(0, 0), desk.pin(1, 0));
    assert_eq!(desk.drag(source, target, PLAIN).last(), Some(&connected));
    assert_eq!(desk.drag(target, source, PLAIN).last(), Some(&connected));
}

#[test]
fn a_refused_wire_says_why_and_connects_nothing() {
    let mut desk = Desk::new();
    let (source, target) = (desk.pin(0, 0), desk.pin(1, 1));
    desk.send(CanvasEvent::Press(source, Button::Primary, PLAIN));
    let begun = desk.send(CanvasEvent::Move(source + point(50.0, 0.0)));
    let start = WireStart {
        end: port_end(10, "w:t/temperature@0.1.0"),
        role: Role::Source,
    };
    assert_eq!(begun, [CanvasAction::BeginWire(start)]);
    let why = "`mode` of `controller-0` needs u8, `temperature` of `sensor` gives f32".to_owned();
    desk.state.verdicts.insert(
        port_end(11, "w:t/mode@0.1.0"),
        Verdict::Refused(why.clone()),
    );
    desk.send(CanvasEvent::Move(target));
    assert_eq!(
        desk.state.hover_verdict(&desk.scene),
        Some(&Verdict::Refused(why.clone()))
    );
    let ended = desk.send(CanvasEvent::Release(target, Button::Primary, PLAIN));
    assert_eq!(ended, [CanvasAction::Refuse(why)]);
    assert_eq!(desk.state.gesture, Gesture::Idle);
    assert!(desk.state.verdicts.is_empty());
}

#[test]
fn an_end_that_an_adapter_would_reach_is_offered_one() {
    let mut desk = Desk::new();
    let (source, target) = (desk.pin(0, 0), desk.pin(1, 1));
    desk.send(CanvasEvent::Press(source, Button::Primary, PLAIN));
    desk.send(CanvasEvent::Move(target));
    desk.state.verdicts.insert(
        port_end(11, "w:t/mode@0.1.0"),
        Verdict::Adaptable("needs `u8`, is given `f32`".to_owned()),
    );
    let ended = desk.send(CanvasEvent::Release(target, Button::Primary, PLAIN));
    assert_eq!(
        ended,
        [CanvasAction::Adapt {
            from: port_end(10, "w:t/temperature@0.1.0"),
            to: port_end(11, "w:t/mode@0.1.0"),
        }]
    );
}

#[test]
fn two_sources_are_refused_without_asking_anyone() {
    let mut desk = Desk::new();
    let actions = desk.drag(desk.pin(0, 0), desk.pin(1, 2), PLAIN);
    let Some(CanvasAction::Refuse(why)) = actions.last() else {
        panic!("{actions:?}")
    };
    assert_eq!(
        why,
        "`controller-0.duty`: both ends give; end the wire at a port that takes, on the left of an instance"
    );
}

#[test]
fn let_go_over_an_instance_the_one_fitting_port_is_taken() {
    let mut desk = Desk::new();
    let (source, body) = (desk.pin(0, 0), desk.body(1));
    desk.send(CanvasEvent::Press(source, Button::Primary, PLAIN));
    desk.send(CanvasEvent::Move(body));
    desk.state.verdicts.insert(
        port_end(11, "w:t/temperature@0.1.0"),
        Verdict::Fits(String::new()),
    );
    let ended = desk.send(CanvasEvent::Release(body, Button::Primary, PLAIN));
    assert!(
        matches!(ended.as_slice(), [CanvasAction::Connect { .. }]),
        "{ended:?}"
    );
    let nothing_fits = desk.drag(source, body, PLAIN);
    assert_eq!(
        nothing_fits.last(),
        Some(&CanvasAction::Refuse(
            "no port of `controller-0` fits; hover its ports to read why".into()
        ))
    );
}

#[test]
fn a_wire_let_go_over_nothing_asks_what_takes_it() {
    let mut desk = Desk::new();
    let actions = desk.drag(desk.pin(0, 0), point(-300.0, -300.0), PLAIN);
    assert!(
        matches!(
            actions.as_slice(),
            [CanvasAction::BeginWire(start), CanvasAction::Offer(loose, at)]
                if start == loose && *at == point(-300.0, -300.0)
        ),
        "{actions:?}"
    );
    assert_eq!(desk.state.gesture, Gesture::Idle);
}

#[test]
fn two_clicks_connect_as_well_and_two_keys() {
    let mut desk = Desk::new();
    let (source, target) = (desk.pin(0, 0), desk.pin(1, 0));
    assert_eq!(
        desk.click(source, PLAIN).len(),
        2,
        "selects the port and begins"
    );
    assert!(matches!(
        desk.click(target, PLAIN).as_slice(),
        [CanvasAction::Connect { .. }]
    ));
    assert!(matches!(
        desk.send(CanvasEvent::Activate { node: 1, pin: 0 })
            .as_slice(),
        [CanvasAction::BeginWire(_)]
    ));
    assert!(matches!(
        desk.send(CanvasEvent::Activate { node: 0, pin: 0 })
            .as_slice(),
        [CanvasAction::Connect { .. }]
    ));
    assert_eq!(desk.send(CanvasEvent::Activate { node: 77, pin: 0 }), []);
}

#[test]
fn escape_ends_the_gesture_first_and_then_the_selection() {
    let mut desk = Desk::new();
    desk.selection.insert(instance(10));
    let from = desk.body(0);
    desk.send(CanvasEvent::Press(from, Button::Primary, PLAIN));
    desk.send(CanvasEvent::Move(from + point(80.0, 0.0)));
    assert_eq!(desk.send(CanvasEvent::Key(CanvasKey::Escape)), []);
    assert_eq!(
        desk.send(CanvasEvent::Release(
            from + point(80.0, 0.0),
            Button::Primary,
            PLAIN
        )),
        []
    );
    assert_eq!(
        desk.send(CanvasEvent::Key(CanvasKey::Escape)),
        [CanvasAction::Select(vec![])]
    );
}

#[test]
fn space_and_the_middle_button_pan() {
    let mut desk = Desk::new();
    let spaced = Modifiers {
        space: true,
        ..PLAIN
    };
    assert_eq!(
        desk.drag(desk.body(0), desk.body(0) + point(30.0, 5.0), spaced),
        []
    );
    assert_eq!(desk.state.view.offset, point(30.0, 5.0));
    desk.send(CanvasEvent::Press(point(0.0, 0.0), Button::Middle, PLAIN));
    desk.send(CanvasEvent::Move(point(-30.0, -5.0)));
    desk.send(CanvasEvent::Release(
        point(-30.0, -5.0),
        Button::Middle,
        PLAIN,
    ));
    assert_eq!(desk.state.view.offset, point(0.0, 0.0));
}

#[test]
fn arrows_nudge_what_is_selected() {
    let mut desk = Desk::new();
    let right = CanvasEvent::Key(CanvasKey::Nudge { right: 1, down: 0 });
    assert_eq!(desk.send(right.clone()), []);
    desk.selection.insert(instance(10));
    assert_eq!(
        desk.send(right),
        [CanvasAction::Move {
            instances: vec![InstanceId(10)],
            by: point(10.0, 0.0)
        }]
    );
}

#[test]
fn a_drop_from_the_library_lands_on_the_grid() {
    let mut desk = Desk::new();
    desk.send(CanvasEvent::Zoom(point(0.0, 0.0), 0.5));
    let what = Placeable("fan".into());
    desk.send(CanvasEvent::Hold(what.clone(), point(52.0, 11.0)));
    assert!(matches!(desk.state.gesture, Gesture::Placing(..)));
    let dropped = desk.send(CanvasEvent::Drop(what.clone(), point(52.0, 11.0)));
    assert_eq!(
        dropped,
        [CanvasAction::Insert(what.clone(), point(100.0, 20.0))]
    );
    desk.send(CanvasEvent::Hold(what, point(52.0, 11.0)));
    desk.send(CanvasEvent::Leave);
    assert_eq!(desk.state.gesture, Gesture::Idle);
}

#[test]
fn the_menu_button_selects_what_it_hits() {
    let mut desk = Desk::new();
    let at = desk.body(1);
    let actions = desk.send(CanvasEvent::Press(at, Button::Secondary, PLAIN));
    assert_eq!(actions, [CanvasAction::Select(vec![instance(11)])]);
    assert_eq!(
        desk.send(CanvasEvent::Release(at, Button::Secondary, PLAIN)),
        []
    );
}

//! Instances, pins and wires as named nodes for screen readers, keys and tests. What is off screen
//! is not among them, and what is small only where something reads: the outline lists everything.

use super::CanvasView;
use crate::{
    canvas::{
        action::CanvasEvent,
        geometry::{Point, point},
        names,
        scene::{Course, Hit, NodeKind, Scene, Wire},
        state::Gesture,
    },
    session::Session,
    ui::theme,
};
use egui::{Id, Key, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

/// Names what is seen; gives what keys and screen readers did with it. A second button on any of it
/// opens the canvas's menu.
pub(super) fn nodes(
    ui: &Ui,
    session: &Session,
    view: &CanvasView,
    canvas: &mut Response,
    rect: Rect,
) -> Vec<CanvasEvent> {
    let mut events = Vec::new();
    let state = &view.state;
    let place = |p: Point| {
        let p = state.view.to_screen(p);
        pos2(p.x, p.y)
    };
    let is_read = ui.ctx().accesskit_node_builder(canvas.id, |_| ()).is_some();
    let is_crowded = view.is_crowded(rect);
    // In a crowd the outline is the better list.
    let in_detail = match is_read {
        true => state.view.zoom >= theme::ZOOM_PLAIN && !is_crowded,
        false => state.view.zoom >= theme::ZOOM_PORT_TEXT,
    };
    if is_crowded && !in_detail && !is_read {
        return events;
    }
    let seen = state.view.rect_to_world(super::screen(rect));
    let in_sight = |wire: &&Wire| wire.bounds().is_some_and(|bounds| bounds.intersects(seen));
    for wire in view
        .scene
        .wires
        .iter()
        .filter(|wire| in_detail && in_sight(wire))
    {
        let middle = match &wire.course {
            Course::Curve(curve) => place(curve.middle()),
            Course::Flag { rect, .. } => place(rect.center()),
            Course::Nowhere => continue,
        };
        let target = Rect::from_center_size(middle, vec2(12.0, 12.0));
        if rect.contains(middle) {
            let response = ui.interact(
                target,
                Id::unique(("wire", wire.connector.0)),
                Sense::click(),
            );
            open_menu(canvas, &response);
            response.widget_info(|| {
                WidgetInfo::labeled(
                    Role::Button,
                    true,
                    names::wire_name(session.document(), wire),
                )
            });
            if is_activated(ui, &response) {
                events.extend(click(
                    state
                        .view
                        .to_screen(state.view.to_world(point(middle.x, middle.y))),
                ));
            }
        }
    }
    for wire in view.scene.wires.iter().filter(|_| in_detail) {
        for (number, at) in wire.through.iter().enumerate() {
            let at = place(*at);
            if !rect.contains(at) || !wire.flag.is_empty() {
                continue;
            }
            let target = Rect::from_center_size(at, vec2(14.0, 14.0));
            let id = Id::unique(("reroute point", wire.connector.0, number));
            let response = ui.interact(target, id, Sense::click());
            open_menu(canvas, &response);
            response.widget_info(|| {
                let name = names::reroute_point_name(session.document(), wire, number);
                WidgetInfo::labeled(Role::Button, true, name)
            });
            focus_ring(ui, &response);
            if is_activated(ui, &response) {
                events.extend(click(point(at.x, at.y)));
            }
        }
    }
    events.extend(annotations(ui, view, rect));
    for (number, node) in view.scene.nodes.iter().enumerate() {
        let target = Rect::from_min_max(place(node.rect.min), place(node.rect.max));
        if !target.expand(theme::METRICS.pin_reach).intersects(rect) {
            continue;
        }
        let response = ui.interact(
            target,
            Id::unique(("instance", node.instance.0)),
            Sense::click(),
        );
        open_menu(canvas, &response);
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, names::node_name(node)));
        let problems = problem_words(view, node.instance);
        if !problems.is_empty() {
            ui.ctx()
                .accesskit_node_builder(response.id, |access| access.set_description(problems));
        }
        focus_ring(ui, &response);
        if node.kind == NodeKind::Composition
            && response.has_focus()
            && ui.input(|input| input.key_pressed(Key::Enter))
        {
            let at = node.rect.min + point(20.0, 10.0);
            events.push(CanvasEvent::DoubleClick(state.view.to_screen(at)));
        } else if is_activated(ui, &response) {
            events.extend(click(
                state.view.to_screen(node.rect.min + point(20.0, 10.0)),
            ));
        }
        if in_detail {
            pins(
                ui,
                session,
                view,
                number,
                &place,
                (canvas, rect),
                &mut events,
            );
        }
    }
    events
}

/// Frames by their titles, notes by their words.
fn annotations(ui: &Ui, view: &CanvasView, rect: Rect) -> Vec<CanvasEvent> {
    let scene = &view.scene;
    let frames = scene.frames.iter().map(|frame| {
        let id = Id::unique(("frame", frame.frame.0));
        (id, frame.title_bar(), names::frame_name(&frame.title), "")
    });
    let notes = scene.notes.iter().map(|note| {
        let id = Id::unique(("note", note.note.0));
        (
            id,
            note.rect,
            names::note_name(&note.text),
            note.text.as_str(),
        )
    });
    let mut events = Vec::new();
    for (id, world, name, text) in frames.chain(notes) {
        let shown = view.state.view.rect_to_screen(world);
        let target = Rect::from_min_max(
            pos2(shown.min.x, shown.min.y),
            pos2(shown.max.x, shown.max.y),
        );
        if !target.intersects(rect) {
            continue;
        }
        let response = ui.interact(target, id, Sense::click());
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
        if !text.is_empty() {
            let describe = |access: &mut egui::accesskit::Node| access.set_description(text);
            ui.ctx().accesskit_node_builder(id, describe);
        }
        focus_ring(ui, &response);
        if is_activated(ui, &response) {
            events.extend(click(shown.min + point(6.0, 6.0)));
        }
    }
    events
}

fn pins(
    ui: &Ui,
    session: &Session,
    view: &CanvasView,
    number: usize,
    place: &dyn Fn(Point) -> egui::Pos2,
    (canvas, rect): (&mut Response, Rect),
    events: &mut Vec<CanvasEvent>,
) {
    let Some(node) = view.scene.nodes.get(number) else {
        return;
    };
    for (position, (pin, at)) in node.pins.iter().zip(&node.pin_points).enumerate() {
        let at = place(*at);
        if !rect.contains(at) {
            continue;
        }
        let reach = theme::METRICS.pin_reach * view.state.view.zoom;
        let side = pin.side as u8;
        let id = Id::unique(("pin", node.instance.0, position, side));
        let response = ui.interact(
            Rect::from_center_size(at, vec2(reach, reach) * 2.0),
            id,
            Sense::click(),
        );
        open_menu(canvas, &response);
        response.widget_info(|| {
            let wires = node.pin_wires.get(position).map_or(&[][..], Vec::as_slice);
            let ends = others(session, &view.scene, wires, pin);
            WidgetInfo::labeled(Role::Button, true, names::pin_name(node, pin, &ends))
        });
        focus_ring(ui, &response);
        let connect_key = response.has_focus()
            && ui.input(|input| input.key_pressed(Key::C) && !input.modifiers.any());
        if connect_key || is_activated(ui, &response) {
            events.push(CanvasEvent::Activate {
                node: number,
                pin: position,
            });
        }
    }
}

/// The far ends of the wires at a pin.
pub(super) fn others(
    session: &Session,
    scene: &Scene,
    wires: &[graph_core::document::ConnectorId],
    pin: &crate::canvas::pins::Pin,
) -> Vec<String> {
    let far = |id: &graph_core::document::ConnectorId| {
        let wire = scene.wire_of(*id)?;
        let end = match pin.side {
            crate::canvas::pins::Side::Left => &wire.from,
            crate::canvas::pins::Side::Right => &wire.to,
        };
        Some(names::end_name(session.document(), end))
    };
    wires.iter().filter_map(far).collect()
}

fn problem_words(view: &CanvasView, instance: graph_core::document::InstanceId) -> String {
    let count = |number: usize, word: &str| match number {
        0 => None,
        1 => Some(format!("1 {word}")),
        several => Some(format!("{several} {word}s")),
    };
    let (errors, warnings) = view
        .badges
        .instances
        .get(&instance)
        .copied()
        .unwrap_or_default();
    let words: Vec<String> = [count(errors, "error"), count(warnings, "warning")]
        .into_iter()
        .flatten()
        .collect();
    words.join(", ")
}

/// What lies over the canvas takes its clicks.
fn open_menu(canvas: &mut Response, over: &Response) {
    if over.secondary_clicked() {
        *canvas = canvas.union(over.clone());
    }
}

/// Clicked, but not by the pointer: that goes through the gestures.
fn is_activated(ui: &Ui, response: &Response) -> bool {
    response.clicked() && !ui.input(|input| input.pointer.any_click())
}

fn click(at: Point) -> [CanvasEvent; 2] {
    use crate::canvas::action::{Button, Modifiers};
    let held = Modifiers::default();
    [
        CanvasEvent::Press(at, Button::Primary, held),
        CanvasEvent::Release(at, Button::Primary, held),
    ]
}

fn focus_ring(ui: &Ui, response: &Response) {
    if response.has_focus() {
        let stroke = Stroke::new(2.0, theme::tokens(ui).accent);
        ui.painter()
            .rect_stroke(response.rect.expand(3.0), 6, stroke, StrokeKind::Outside);
    }
}

/// Whether the pointer rests on a pin without doing anything.
pub(super) fn resting_pin(view: &CanvasView) -> Option<(usize, usize)> {
    match (&view.state.gesture, &view.state.hover) {
        (Gesture::Idle | Gesture::Wiring { .. }, Hit::Pin(node, pin)) => Some((*node, *pin)),
        _ => None,
    }
}

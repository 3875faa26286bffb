//! From egui's input to events of the canvas. Knows nothing of what they mean.

use super::look::Look;
use crate::canvas::{
    action::{Button, CanvasEvent, CanvasKey, Modifiers, Placeable},
    annotation::Edges,
    geometry::{Point, point},
    minimap::Minimap,
    scene::Hit,
    state::{CanvasState, Gesture},
};
use egui::{CursorIcon, Event, InputState, Key, MouseWheelUnit, PointerButton, Pos2, Response, Ui};

/// What the user did since the last frame.
pub(super) fn events(
    ui: &Ui,
    background: &Response,
    state: &CanvasState,
    map: Option<&Minimap>,
) -> Vec<CanvasEvent> {
    let mut events = drops(background, state);
    let typing = ui.ctx().text_edit_focused() || super::super::keys::is_dialog_open(ui);
    // A popup or dialog above the canvas keeps the pointer.
    let on_map = |at: Pos2| map.is_some_and(|map| map.rect.contains(here(at)));
    let pointer_on_map = ui.ctx().pointer_latest_pos().is_some_and(on_map);
    let over = background.contains_pointer() && events.is_empty() && !pointer_on_map;
    let mut busy = state.gesture != Gesture::Idle;
    ui.input(|input| {
        for event in &input.events {
            if let Some(event) = translate(event, input, over, busy, typing) {
                busy |= matches!(event, CanvasEvent::Press(..));
                events.push(event);
            }
        }
        if over && input.zoom_delta() != 1.0 {
            events.push(CanvasEvent::Zoom(pointer(input), input.zoom_delta()));
        }
        if over && input.pointer.button_double_clicked(PointerButton::Primary) {
            events.push(CanvasEvent::DoubleClick(pointer(input)));
        }
    });
    events
}

fn drops(background: &Response, state: &CanvasState) -> Vec<CanvasEvent> {
    let Some(at) = background.ctx.pointer_interact_pos().map(here) else {
        return Vec::new();
    };
    if let Some(what) = background.dnd_release_payload::<Placeable>() {
        return vec![CanvasEvent::Drop((*what).clone(), at)];
    }
    match background.dnd_hover_payload::<Placeable>() {
        Some(what) => vec![CanvasEvent::Hold((*what).clone(), at)],
        None if matches!(state.gesture, Gesture::Placing(..)) => vec![CanvasEvent::Leave],
        None => Vec::new(),
    }
}

fn translate(
    event: &Event,
    input: &InputState,
    over: bool,
    busy: bool,
    typing: bool,
) -> Option<CanvasEvent> {
    match event {
        Event::PointerMoved(at) if over || busy => Some(CanvasEvent::Move(here(*at))),
        Event::PointerButton {
            pos,
            button,
            pressed: true,
            modifiers,
        } if over => Some(CanvasEvent::Press(
            here(*pos),
            which(*button)?,
            held(*modifiers, input),
        )),
        Event::PointerButton {
            pos,
            button,
            pressed: false,
            modifiers,
        } if busy => Some(CanvasEvent::Release(
            here(*pos),
            which(*button)?,
            held(*modifiers, input),
        )),
        // A wheel zooms, a touch pad pans; with Ctrl both zoom, which egui counts itself.
        Event::MouseWheel {
            unit,
            delta,
            modifiers,
            ..
        } if over && !modifiers.command && !modifiers.ctrl => Some(match (unit, modifiers.shift) {
            (MouseWheelUnit::Line | MouseWheelUnit::Page, false) => {
                CanvasEvent::Zoom(pointer(input), 1.15_f32.powf(delta.y.clamp(-5.0, 5.0)))
            }
            (MouseWheelUnit::Point, _) => CanvasEvent::Pan(point(delta.x, delta.y)),
            (_, true) => CanvasEvent::Pan(point(delta.y + delta.x, 0.0) * 40.0),
        }),
        Event::Key {
            key,
            pressed: true,
            modifiers,
            ..
        } if !typing => key_event(*key, *modifiers),
        _ => None,
    }
}

fn key_event(key: Key, modifiers: egui::Modifiers) -> Option<CanvasEvent> {
    let step = if modifiers.shift { 5 } else { 1 };
    let nudge = |right: i8, down: i8| CanvasKey::Nudge {
        right: right * step,
        down: down * step,
    };
    let key = match key {
        Key::Escape => CanvasKey::Escape,
        Key::Delete => CanvasKey::Delete,
        _ if modifiers.command || modifiers.alt => return None,
        Key::ArrowLeft => nudge(-1, 0),
        Key::ArrowRight => nudge(1, 0),
        Key::ArrowUp => nudge(0, -1),
        Key::ArrowDown => nudge(0, 1),
        _ => return None,
    };
    Some(CanvasEvent::Key(key))
}

fn which(button: PointerButton) -> Option<Button> {
    match button {
        PointerButton::Primary => Some(Button::Primary),
        PointerButton::Middle => Some(Button::Middle),
        PointerButton::Secondary => Some(Button::Secondary),
        PointerButton::Extra1 | PointerButton::Extra2 => None,
    }
}

fn held(modifiers: egui::Modifiers, input: &InputState) -> Modifiers {
    Modifiers {
        command: modifiers.command,
        shift: modifiers.shift,
        space: input.key_down(Key::Space),
    }
}

fn here(at: Pos2) -> Point {
    point(at.x, at.y)
}

fn pointer(input: &InputState) -> Point {
    input.pointer.latest_pos().map_or(Point::default(), here)
}

fn edge_cursor(edges: Edges) -> CursorIcon {
    match (edges.across, edges.down) {
        (_, 0) => CursorIcon::ResizeHorizontal,
        (0, _) => CursorIcon::ResizeVertical,
        (across, down) if across == down => CursorIcon::ResizeNwSe,
        _ => CursorIcon::ResizeNeSw,
    }
}

/// The pointer shows what it would do.
pub(super) fn cursor(ui: &Ui, background: &Response, look: &Look<'_>) {
    if !background.contains_pointer() {
        return;
    }
    let icon = match (&look.state.gesture, &look.state.hover) {
        (Gesture::Panning, _) => CursorIcon::Grabbing,
        (Gesture::Resizing { edges, .. }, _) => edge_cursor(*edges),
        (Gesture::Moving { .. } | Gesture::Carrying { .. } | Gesture::Rerouting { .. }, _) => {
            CursorIcon::Move
        }
        (Gesture::Wiring { .. }, _) => CursorIcon::Crosshair,
        _ if ui.input(|input| input.key_down(Key::Space)) => CursorIcon::Grab,
        (_, Hit::Pin(..)) => CursorIcon::Crosshair,
        (_, Hit::FrameEdge(_, edges)) => edge_cursor(*edges),
        (_, Hit::NoteEdge(_)) => CursorIcon::ResizeHorizontal,
        (_, Hit::Frame(_)) => CursorIcon::Grab,
        (_, Hit::Wire(_) | Hit::ReroutePoint(..)) => CursorIcon::PointingHand,
        _ => return,
    };
    ui.ctx().set_cursor_icon(icon);
}

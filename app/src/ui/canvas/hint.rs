//! The words beside the pointer: what a pin is, why a wire does not fit, why a gesture failed.

use super::{CanvasView, access};
use crate::{
    canvas::{
        action::Verdict,
        gesture::role,
        pins::{Folding, Pin, PinShape},
        scene::Node,
        state::Gesture,
    },
    session::Session,
    ui::theme::{self, tokens},
};
use autosar_wit::component::Direction;
use egui::{Align2, Area, Color32, Frame, Id, Order, Rect, RichText, Stroke, Ui, pos2};

/// One line: its colour and its words.
type Line = (Color32, String);

pub(super) fn show(ui: &Ui, session: &Session, view: &CanvasView, rect: Rect) {
    let tokens = tokens(ui);
    let pointer = pos2(view.state.pointer.x, view.state.pointer.y);
    let lines = match (&view.refusal, access::resting_pin(view)) {
        (Some(reason), _) => vec![(tokens.error, reason.clone())],
        (None, Some((node, pin))) => match view.scene.pin(node, pin) {
            Some((node, pin, _)) => pin_lines(ui, session, view, node, pin),
            None => return,
        },
        (None, None) if view.state.gesture != Gesture::Idle => wiring_lines(ui, view),
        _ => return,
    };
    if lines.is_empty() || !rect.contains(pointer) {
        return;
    }
    let below = pointer.y < rect.bottom() - 140.0;
    let (pivot, at) = match below {
        true => (Align2::LEFT_TOP, pointer + egui::vec2(16.0, 18.0)),
        false => (Align2::LEFT_BOTTOM, pointer + egui::vec2(16.0, -12.0)),
    };
    let area = Area::new(Id::unique("canvas hint"))
        .order(Order::Tooltip)
        .interactable(false);
    area.pivot(pivot)
        .fixed_pos(at)
        .constrain_to(rect)
        .fade_in(false)
        .show(ui.ctx(), |ui| {
            let edge = lines.first().map_or(tokens.border_strong, |(color, _)| {
                match *color == tokens.text {
                    true => tokens.border_strong,
                    false => *color,
                }
            });
            Frame::popup(ui.style())
                .stroke(Stroke::new(1.0, edge))
                .show(ui, |ui| {
                    ui.set_max_width(theme::HINT_WIDTH);
                    for (color, text) in lines {
                        ui.label(RichText::new(text).color(color));
                    }
                });
        });
}

fn wiring_lines(ui: &Ui, view: &CanvasView) -> Vec<Line> {
    let Gesture::Wiring { mode, .. } = &view.state.gesture else {
        return Vec::new();
    };
    let text = match mode {
        crate::canvas::state::WiringMode::Dragged => "let go at a port; those that fit are lit",
        crate::canvas::state::WiringMode::TwoSteps => "click a port to connect; Escape to stop",
    };
    vec![(tokens(ui).text_weak, text.to_owned())]
}

fn pin_lines(ui: &Ui, session: &Session, view: &CanvasView, node: &Node, pin: &Pin) -> Vec<Line> {
    let tokens = tokens(ui);
    if let Gesture::Wiring { start, .. } = &view.state.gesture {
        if pin.end == start.end {
            return wiring_lines(ui, view);
        }
        if role(pin) == start.role {
            return vec![(
                tokens.warning,
                "both ends are of the same side; a wire goes from right to left".to_owned(),
            )];
        }
        return match view.state.verdict(&pin.end) {
            Some(Verdict::Fits(note)) if note.is_empty() => {
                vec![(
                    tokens.success,
                    format!("fits `{}` of `{}`", pin.label, node.title),
                )]
            }
            Some(Verdict::Fits(note)) => vec![(tokens.success, note.clone())],
            Some(Verdict::Refused(reason)) => vec![
                (
                    tokens.error,
                    format!("`{}` of `{}` does not fit", pin.label, node.title),
                ),
                (tokens.text, reason.clone()),
            ],
            None => Vec::new(),
        };
    }
    let wires = (node.pins.iter().position(|other| other == pin))
        .and_then(|number| node.pin_wires.get(number));
    let ends = access::others(
        session,
        &view.scene,
        wires.map_or(&[][..], Vec::as_slice),
        pin,
    );
    let mut lines = vec![
        (tokens.text, pin.port.clone()),
        (tokens.text_weak, what(pin)),
    ];
    lines.push(match ends.is_empty() {
        true => (
            tokens.text_faint,
            "not connected; drag to connect".to_owned(),
        ),
        false => (
            tokens.text_weak,
            format!("connected to {}", ends.join(", ")),
        ),
    });
    match pin.folding {
        Folding::Plain | Folding::Single => {}
        Folding::Folded => lines.push((
            tokens.text_faint,
            "double-click to show its elements".to_owned(),
        )),
        Folding::Unfolded => lines.push((
            tokens.text_faint,
            "double-click to hide its elements".to_owned(),
        )),
    }
    lines
}

/// `required sender-receiver port`, `field of type f32`.
fn what(pin: &Pin) -> String {
    let direction = match pin.direction {
        Direction::Required => "required",
        Direction::Provided => "provided",
    };
    let kind = match pin.shape {
        PinShape::Field => return format!("{} of type {}", pin.label, pin.type_name),
        PinShape::Data => "sender-receiver",
        PinShape::Service => "client-server",
        PinShape::Mode => "mode-switch",
        PinShape::Storage => "parameter or NV data",
        PinShape::Trigger => "trigger",
        PinShape::Platform => "platform",
        PinShape::Unknown => {
            return "the component has no such port; remove the wire or choose another component"
                .to_owned();
        }
    };
    format!("{direction} {kind} port")
}

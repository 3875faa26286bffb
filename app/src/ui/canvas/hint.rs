//! The words beside the pointer: what a pin is with its WIT, why a wire does not fit, why a gesture
//! failed.

use super::{CanvasView, access};
use crate::{
    canvas::{
        action::Verdict,
        names::end_name,
        pins::{Folding, Pin, PinShape, instance_of, port_of},
        scene::Node,
        state::Gesture,
        wiring::role,
    },
    session::Session,
    ui::theme::{self, tokens},
};
use autosar_wit::component::Direction;
use egui::{Align2, Area, Color32, Frame, Id, Order, Rect, RichText, Stroke, Ui, pos2};
use graph_core::document::InstanceId;

/// One line: its colour and its words.
type Line = (Color32, String);

/// Seconds that the pointer rests on a pin before its WIT is shown; with Alt at once.
const REST: f32 = 0.6;

/// Lines of WIT that a resting pointer shows; with Alt all.
const WIT_LINES: usize = 18;

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
    let wit = match access::resting_pin(view) {
        Some(pin) if view.refusal.is_none() => wit_texts(ui, session, view, pin),
        _ => Vec::new(),
    };
    let room = if wit.is_empty() { 140.0 } else { 320.0 };
    let below = pointer.y < rect.bottom() - room;
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
                    for (heading, text) in wit {
                        wit_ui(ui, &heading, &text);
                    }
                });
        });
}

/// The WIT of a pin's port with its docs; where a wire comes from another version or type, that
/// one's, too.
fn wit_texts(
    ui: &Ui,
    session: &Session,
    view: &CanvasView,
    (node, pin): (usize, usize),
) -> Vec<(String, String)> {
    let (in_whole, rested) = ui.input(|input| {
        let rested = input.pointer.time_since_last_movement();
        (input.modifiers.alt, rested)
    });
    if !in_whole && (rested < REST || view.state.gesture != Gesture::Idle) {
        let rest = std::time::Duration::from_secs_f32(REST);
        ui.ctx().request_repaint_after(rest);
        return Vec::new();
    }
    let Some((node, pin, _)) = view.scene.pin(node, pin) else {
        return Vec::new();
    };
    let document = session.document();
    let port_at = |instance: InstanceId, direction, name: &str| {
        let component = document.instances.get(&instance)?.component;
        session.component_type(component)?.port(direction, name)
    };
    let Some(own) = port_at(node.instance, pin.direction, &pin.port) else {
        return Vec::new();
    };
    let own_text = autosar_wit::print::port(own);
    let mut texts = vec![(String::new(), shortened(&own_text, in_whole))];
    let position = node.pins.iter().position(|other| other == pin);
    let wires = position.and_then(|number| node.pin_wires.get(number));
    for id in wires.into_iter().flatten() {
        let Some(wire) = document.connectors.get(id) else {
            continue;
        };
        let (end, direction) = match pin.direction {
            Direction::Required => (&wire.from, Direction::Provided),
            Direction::Provided => (&wire.to, Direction::Required),
        };
        let far = instance_of(end)
            .zip(port_of(end))
            .and_then(|(instance, name)| port_at(instance, direction, name));
        let Some(far) = far.filter(|far| far.item != own.item) else {
            continue;
        };
        let text = autosar_wit::print::port(far);
        if text != own_text {
            let heading = format!("{} has", end_name(document, end));
            texts.push((heading, shortened(&text, in_whole)));
        }
    }
    texts
}

fn shortened(text: &str, in_whole: bool) -> String {
    let lines: Vec<&str> = text.lines().collect();
    match lines.get(..WIT_LINES) {
        Some(first) if !in_whole && lines.len() > WIT_LINES => {
            format!("{}\n… Alt shows all", first.join("\n"))
        }
        _ => lines.join("\n"),
    }
}

fn wit_ui(ui: &mut Ui, heading: &str, text: &str) {
    let tokens = tokens(ui);
    ui.separator();
    if !heading.is_empty() {
        ui.label(RichText::new(heading).color(tokens.text_weak));
    }
    let text = RichText::new(text)
        .monospace()
        .size(theme::TEXT_SMALL)
        .color(tokens.text);
    ui.add(egui::Label::new(text).wrap_mode(egui::TextWrapMode::Extend));
}

fn wiring_lines(ui: &Ui, view: &CanvasView) -> Vec<Line> {
    let Gesture::Wiring { mode, .. } = &view.state.gesture else {
        return Vec::new();
    };
    let at = view.state.view.to_world(view.state.pointer);
    let is_outside = view.scene.boundary.is_some_and(|frame| !frame.contains(at));
    let text = match mode {
        crate::canvas::state::WiringMode::Dragged if is_outside => {
            "let go here to make it a port of the composition"
        }
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
            Some(Verdict::Adaptable(reason)) => vec![
                (
                    tokens.warning,
                    format!("`{}` of `{}` fits with an adapter", pin.label, node.title),
                ),
                (tokens.text, reason.clone()),
                (tokens.text_weak, "let go to see its mapping".to_owned()),
            ],
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
        PinShape::Adaptive => "service",
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

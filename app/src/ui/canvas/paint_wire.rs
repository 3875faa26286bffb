//! Draws wires: curves between pins, flags for bus signals, live values on them, the wire in hand.
//! Knows nothing of instances and of input.

use super::look::{Detail, Light, Look};
use crate::{
    canvas::{
        action::{Role, Verdict},
        pins::Side,
        scene::{Course, Hit, Wire},
        state::Gesture,
        wire::Curve,
    },
    ui::theme,
};
use egui::{Align2, Color32, Mesh, Painter, Pos2, Rect, Shape, Stroke, StrokeKind, pos2, vec2};
use graph_core::document::Subject;

/// All wires that are seen.
pub(super) fn wires(painter: &Painter, look: &Look<'_>) {
    let seen = look.seen(painter.clip_rect());
    let mut plain = Mesh::default();
    for (number, wire) in look.scene.wires.iter().enumerate() {
        if !wire.bounds().is_some_and(|bounds| bounds.intersects(seen)) {
            continue;
        }
        let hovered = look.state.hover == Hit::Wire(number) && look.state.gesture == Gesture::Idle;
        let stroke = stroke(look, wire, hovered);
        let simple = look.is_crowded || look.detail() == Detail::Plain;
        match (&wire.course, look.detail()) {
            (Course::Curve(curve), _) if simple => {
                for ends in curve.corners().windows(2) {
                    if let [a, b] = ends {
                        segment(&mut plain, look.at(*a), look.at(*b), stroke);
                    }
                }
            }
            (Course::Curve(curve), _) => {
                draw_curve(painter, look, curve, stroke, wire.is_buffered);
                if wire.has_adapter && look.detail() == Detail::Full {
                    adapter_badge(painter, look, curve, stroke);
                }
            }
            (Course::Flag { pin, side, rect }, detail) => {
                let text = if detail == Detail::Full {
                    wire.flag.as_str()
                } else {
                    ""
                };
                let pin = (look.at(*pin), *side);
                flag(painter, look, pin, look.rect(*rect), text, stroke);
            }
            (Course::Nowhere, _) => {}
        }
    }
    if !plain.is_empty() {
        painter.add(Shape::mesh(plain));
    }
}

/// The points that wires are led through.
pub(super) fn reroute_points(painter: &Painter, look: &Look<'_>) {
    if look.detail() == Detail::Plain {
        return;
    }
    let seen = look.seen(painter.clip_rect());
    let led = look.scene.wires.iter().enumerate();
    for (number, wire) in led.filter(|(_, wire)| wire.flag.is_empty()) {
        for (place, at) in wire
            .through
            .iter()
            .enumerate()
            .filter(|(_, at)| seen.contains(**at))
        {
            let picked = look.state.picked == Some((wire.connector, place));
            let hovered = look.state.hover == Hit::ReroutePoint(number, place);
            let line = stroke(look, wire, hovered);
            let inside = if picked {
                look.tokens.accent
            } else {
                look.tokens.canvas
            };
            let edge = if picked {
                look.tokens.accent
            } else {
                line.color
            };
            let radius = theme::REROUTE_RADIUS * look.zoom() * if hovered { 1.3 } else { 1.0 };
            painter.circle(look.at(*at), radius, inside, Stroke::new(line.width, edge));
        }
    }
}

/// Values above everything else.
pub(super) fn values(painter: &Painter, look: &Look<'_>) {
    if look.detail() < Detail::Full {
        return;
    }
    let seen = look.seen(painter.clip_rect());
    for wire in &look.scene.wires {
        let Some(value) = look.values.get(&wire.connector) else {
            continue;
        };
        if look.light_along(wire.connector) == Light::Off {
            continue;
        }
        let (place, anchor) = match &wire.course {
            Course::Curve(curve) => (look.at(curve.middle()), Align2::CENTER_CENTER),
            Course::Flag {
                rect,
                side: Side::Right,
                ..
            } => (
                look.rect(*rect).right_center() + vec2(10.0, 0.0),
                Align2::LEFT_CENTER,
            ),
            Course::Flag { rect, .. } => (
                look.rect(*rect).left_center() - vec2(10.0, 0.0),
                Align2::RIGHT_CENTER,
            ),
            Course::Nowhere => continue,
        };
        if wire.bounds().is_some_and(|bounds| bounds.intersects(seen)) {
            value_pill(painter, look, (place, anchor), value);
        }
    }
}

fn value_pill(painter: &Painter, look: &Look<'_>, (at, anchor): (Pos2, Align2), value: &str) {
    let tokens = look.tokens;
    let shown: String = match value.char_indices().nth(28) {
        Some((end, _)) => format!("{}…", value.get(..end).unwrap_or_default()),
        None => value.to_owned(),
    };
    let font = egui::FontId::new(
        (theme::NODE_TYPE * look.zoom()).round().max(9.0),
        egui::FontFamily::Monospace,
    );
    let galley = painter.layout_no_wrap(shown, font, tokens.text);
    let rect = anchor.anchor_size(at, galley.size() + vec2(12.0, 4.0));
    painter.rect(
        rect,
        4,
        tokens.bar,
        Stroke::new(1.0, tokens.wire_buffered),
        StrokeKind::Outside,
    );
    painter.galley(rect.center() - galley.size() / 2.0, galley, tokens.text);
}

fn stroke(look: &Look<'_>, wire: &Wire, hovered: bool) -> Stroke {
    let tokens = look.tokens;
    let selected = look.selection.contains(&Subject::Connector(wire.connector));
    let light = look.light_along(wire.connector);
    let color = match (selected, look.badges.connectors.get(&wire.connector)) {
        (true, _) => tokens.accent,
        _ if light == Light::On => tokens.accent,
        (_, Some((1.., _))) => tokens.error,
        (_, Some((_, 1..))) => tokens.warning,
        _ if wire.is_buffered => tokens.wire_buffered,
        _ => tokens.wire,
    };
    let color = if light == Light::Off {
        color.gamma_multiply(1.0 - theme::VEIL)
    } else if look.is_wiring() {
        color.gamma_multiply(0.4)
    } else {
        color
    };
    let width = if selected || hovered || light == Light::On {
        theme::WIRE_WIDTH_STRONG
    } else {
        theme::WIRE_WIDTH
    };
    Stroke::new((width * look.zoom()).max(1.0), color)
}

fn points(look: &Look<'_>, curve: &Curve) -> Vec<Pos2> {
    let points = curve.flattened(look.zoom()).into_iter();
    points.map(|at| look.at(at)).collect()
}

/// A direct connector is one line, a buffered one has its buffer drawn in the middle.
fn draw_curve(
    painter: &Painter,
    look: &Look<'_>,
    curve: &Curve,
    stroke: Stroke,
    is_buffered: bool,
) {
    let points = points(look, curve);
    if look.detail() == Detail::Full {
        let halo = Stroke::new(stroke.width + 3.0, look.tokens.wire_halo);
        painter.add(Shape::line(points.clone(), halo));
    }
    painter.add(Shape::line(points, stroke));
    if is_buffered && look.detail() == Detail::Full {
        let rect = Rect::from_center_size(look.at(curve.middle()), vec2(9.0, 9.0) * look.zoom());
        painter.rect(
            rect,
            2,
            look.tokens.canvas,
            Stroke::new(1.5 * look.zoom(), stroke.color),
            StrokeKind::Middle,
        );
    }
}

/// A diamond where the adapter stands: before the receiver.
fn adapter_badge(painter: &Painter, look: &Look<'_>, curve: &Curve, stroke: Stroke) {
    let at = look.at(curve.at(0.8));
    let reach = theme::ADAPTER_BADGE * look.zoom();
    let corners = [
        vec2(0.0, -reach),
        vec2(reach, 0.0),
        vec2(0.0, reach),
        vec2(-reach, 0.0),
    ];
    let edge = Stroke::new(1.5 * look.zoom(), stroke.color);
    let points = corners.map(|corner| at + corner).to_vec();
    painter.add(Shape::convex_polygon(points, look.tokens.canvas, edge));
    painter.circle_filled(at, reach * 0.3, stroke.color);
}

fn segment(mesh: &mut Mesh, a: Pos2, b: Pos2, stroke: Stroke) {
    let along = b - a;
    let across = along.rot90().normalized() * (stroke.width / 2.0);
    let first = mesh.vertices.len() as u32;
    for corner in [a - across, b - across, b + across, a + across] {
        mesh.colored_vertex(corner, stroke.color);
    }
    mesh.add_triangle(first, first + 1, first + 2);
    mesh.add_triangle(first, first + 2, first + 3);
}

fn flag(
    painter: &Painter,
    look: &Look<'_>,
    (pin, side): (Pos2, Side),
    rect: Rect,
    text: &str,
    stroke: Stroke,
) {
    let (edge, bend) = match side {
        Side::Right => (rect.left(), 10.0),
        Side::Left => (rect.right(), -10.0),
    };
    let line = match (pin.y - rect.center().y).abs() < 1.0 {
        true => vec![pin, pos2(edge, pin.y)],
        false => {
            let x = pin.x + bend * look.zoom();
            let y = rect.center().y;
            vec![pin, pos2(x, pin.y), pos2(x, y), pos2(edge, y)]
        }
    };
    painter.add(Shape::line(line, stroke));
    painter.rect(
        rect,
        4,
        look.tokens.surface,
        Stroke::new(1.0, stroke.color),
        StrokeKind::Inside,
    );
    if !text.is_empty() {
        let font = theme::canvas_font(theme::NODE_SUBTITLE, look.zoom());
        painter.text(
            rect.center(),
            Align2::CENTER_CENTER,
            text,
            font,
            look.tokens.text,
        );
    }
}

/// The wire in hand, from its pin to the pointer.
pub(super) fn wire_in_hand(painter: &Painter, look: &Look<'_>) {
    let Gesture::Wiring { start, .. } = &look.state.gesture else {
        return;
    };
    let side = match start.role {
        Role::Source => Side::Right,
        Role::Target => Side::Left,
    };
    let Some((pin, _)) = look.scene.end_point(&start.end, side) else {
        return;
    };
    let pointer = look.state.view.to_world(look.state.pointer);
    let curve = match start.role {
        Role::Source => Curve::between(pin, pointer),
        Role::Target => Curve::between(pointer, pin),
    };
    let tokens = look.tokens;
    let color: Color32 = match look.state.hover_verdict(look.scene) {
        Some(Verdict::Fits(_)) => tokens.success,
        Some(Verdict::Adaptable(_)) => tokens.warning,
        Some(Verdict::Refused(_)) => tokens.error,
        None => tokens.accent,
    };
    let dashes = Shape::dashed_line(&points(look, &curve), Stroke::new(2.0, color), 7.0, 4.0);
    painter.extend(dashes);
    painter.circle_filled(look.at(pointer), 4.0, color);
}

//! Draws instances: a box with title, badges and pins. Fewer parts the farther one is away.
//! Knows nothing of wires and of input.

use super::look::{Detail, Light, Look, elided};
use crate::{
    canvas::{
        action::Verdict,
        pins::{Folding, Pin, PinShape, Side},
        scene::{Hit, Node, NodeKind},
        state::Gesture,
    },
    ui::{
        icons::{self, Icon},
        theme,
    },
};
use egui::{
    Align2, Color32, CornerRadius, Mesh, Painter, Pos2, Rect, Shape, Stroke, StrokeKind, pos2, vec2,
};
use graph_core::document::Subject;

/// All instances that are seen.
pub(super) fn nodes(painter: &Painter, look: &Look<'_>) {
    let seen = look
        .seen(painter.clip_rect())
        .expanded(theme::METRICS.pin_reach);
    let mut plain = Mesh::default();
    for (number, node) in look.scene.nodes.iter().enumerate() {
        if !node.rect.intersects(seen) {
            continue;
        }
        match look.detail() {
            Detail::Plain => plain_box(&mut plain, look, node),
            _ if look.is_crowded => simple_box(painter, look, number, node),
            _ => full_box(painter, look, number, node),
        }
    }
    if !plain.is_empty() {
        painter.add(Shape::mesh(plain));
    }
    if look.spotlight.is_some() {
        light(painter, look, seen);
    }
}

/// A veil over what is not lit, an edge round what is.
fn light(painter: &Painter, look: &Look<'_>, seen: crate::canvas::geometry::Rect) {
    let in_sight = look
        .scene
        .nodes
        .iter()
        .filter(|node| node.rect.intersects(seen));
    for node in in_sight {
        let rect = look.rect(node.rect);
        let radius = (theme::NODE_RADIUS * look.zoom()).round() as u8;
        match look.light_on(node.instance) {
            Light::Even => {}
            Light::On => {
                let edge = Stroke::new(2.0, look.tokens.accent);
                painter.rect_stroke(rect, radius, edge, StrokeKind::Outside);
            }
            Light::Off => {
                let veil = look.tokens.canvas.gamma_multiply(theme::VEIL);
                let reach = (theme::PIN_RADIUS + 1.0) * look.zoom();
                painter.rect_filled(rect.expand(reach), radius, veil);
            }
        }
    }
}

/// One mesh for all boxes: thousands cost next to nothing.
fn plain_box(mesh: &mut Mesh, look: &Look<'_>, node: &Node) {
    let tokens = look.tokens;
    let rect = look.rect(node.rect);
    let selected = look.selection.contains(&Subject::Instance(node.instance));
    let (errors, warnings) = look
        .badges
        .instances
        .get(&node.instance)
        .copied()
        .unwrap_or_default();
    let edge = match (selected, errors, warnings) {
        (true, ..) => tokens.accent,
        (_, 1.., _) => tokens.error,
        (_, _, 1..) => tokens.warning,
        _ => tokens.border_strong,
    };
    mesh.add_colored_rect(rect, edge);
    mesh.add_colored_rect(
        rect.shrink(if selected || errors > 0 { 1.5 } else { 0.75 }),
        fill(look, node),
    );
    let bar = Rect::from_min_size(rect.min, vec2((6.0 * look.zoom()).max(1.5), rect.height()));
    mesh.add_colored_rect(bar, tokens.lane(node.lane));
}

/// A box of one mesh with square pins, and its title.
fn simple_box(painter: &Painter, look: &Look<'_>, number: usize, node: &Node) {
    let (tokens, zoom) = (look.tokens, look.zoom());
    let mut mesh = Mesh::default();
    plain_box(&mut mesh, look, node);
    let rect = look.rect(node.rect).shrink(1.5);
    let height = (theme::METRICS.header_height - 4.0) * zoom;
    let header = Rect::from_min_max(
        rect.min + vec2(4.0 * zoom, 0.0),
        pos2(rect.max.x, rect.min.y + height),
    );
    mesh.add_colored_rect(header, tokens.surface_header);
    for (position, (pin, at)) in node.pins.iter().zip(&node.pin_points).enumerate() {
        let at = look.at(*at);
        let wired = (node.pin_wires.get(position)).is_some_and(|wires| !wires.is_empty());
        let ink = match standing(look, pin) {
            Standing::Out => tokens.port(pin.shape).gamma_multiply(0.25),
            Standing::Fits => tokens.success,
            Standing::Free => tokens.port(pin.shape),
        };
        let hovered = look.state.hover == Hit::Pin(number, position);
        let radius = theme::PIN_RADIUS * zoom * if hovered { 1.6 } else { 0.9 };
        let size = vec2(radius, radius) * 2.0;
        mesh.add_colored_rect(Rect::from_center_size(at, size), ink);
        if !wired {
            let inside = Rect::from_center_size(at, size * 0.5);
            mesh.add_colored_rect(inside, tokens.canvas);
        }
    }
    painter.add(Shape::mesh(mesh));
    titles(painter, look, node, header);
}

fn fill(look: &Look<'_>, node: &Node) -> Color32 {
    match node.is_loaded {
        true => look.tokens.surface,
        false => look.tokens.surface_missing,
    }
}

fn full_box(painter: &Painter, look: &Look<'_>, number: usize, node: &Node) {
    let (tokens, zoom) = (look.tokens, look.zoom());
    let rect = look.rect(node.rect);
    let radius = (theme::NODE_RADIUS * zoom).round() as u8;
    let selected = look.selection.contains(&Subject::Instance(node.instance));
    let hovered = look.state.hover == Hit::Node(number) && look.state.gesture == Gesture::Idle;
    painter.rect_filled(
        rect.translate(vec2(0.0, 2.0 * zoom)).expand(zoom),
        radius + 1,
        tokens.shadow,
    );
    if node.kind == NodeKind::Composition {
        // Something lies below: a second box shows behind the first.
        let behind = rect.translate(vec2(5.0, 5.0) * zoom);
        painter.rect_filled(behind, radius, tokens.surface_header);
        let edge = Stroke::new(1.0, tokens.border_strong);
        painter.rect_stroke(behind, radius, edge, StrokeKind::Outside);
    }
    painter.rect_filled(rect, radius, fill(look, node));
    let header = Rect::from_min_max(
        rect.min,
        pos2(
            rect.max.x,
            rect.min.y + (theme::METRICS.header_height - 4.0) * zoom,
        ),
    );
    let top = CornerRadius {
        nw: radius,
        ne: radius,
        sw: 0,
        se: 0,
    };
    // The ECU's colour is the header's left edge: one rounded box shines out from under another.
    painter.rect_filled(header, top, tokens.lane(node.lane));
    let inner = Rect::from_min_max(header.min + vec2(4.0 * zoom, 0.0), header.max);
    let ground = match node.is_loaded {
        true if node.kind == NodeKind::Port => tokens.accent_soft,
        true => tokens.surface_header,
        false => tokens.surface_missing,
    };
    painter.rect_filled(inner, CornerRadius { nw: 0, ..top }, ground);
    painter.hline(
        rect.x_range(),
        header.max.y,
        Stroke::new(1.0, tokens.border),
    );
    let border = match (selected, hovered, node.is_loaded) {
        (true, ..) => Stroke::new(2.0, tokens.accent),
        (_, true, _) => Stroke::new(1.0, tokens.text_faint),
        (_, _, false) => Stroke::new(1.0, tokens.error),
        _ => Stroke::new(1.0, tokens.border_strong),
    };
    painter.rect_stroke(rect, radius, border, StrokeKind::Outside);
    titles(painter, look, node, header);
    for (position, (pin, at)) in node.pins.iter().zip(&node.pin_points).enumerate() {
        let hovered = look.state.hover == Hit::Pin(number, position);
        draw_pin(painter, look, node, position, pin, look.at(*at), hovered);
    }
}

fn titles(painter: &Painter, look: &Look<'_>, node: &Node, header: Rect) {
    let (tokens, zoom) = (look.tokens, look.zoom());
    let badge = badge(painter, look, node, header);
    let left = header.min.x + 14.0 * zoom;
    let width = header.max.x - left - badge - 10.0 * zoom;
    let line = header.min.y + 14.0 * zoom;
    let size = (theme::NODE_TITLE, zoom);
    elided(
        painter,
        pos2(left, line),
        Align2::LEFT_CENTER,
        &node.title,
        size,
        tokens.text,
        width,
    );
    if look.detail() < Detail::Full {
        return;
    }
    let below = match (node.is_loaded, node.place.is_empty()) {
        (false, _) => format!("{} · not loaded", node.subtitle),
        // Parts of a composition are deployed, ports of one are not.
        (true, true) if node.kind != NodeKind::Component => node.subtitle.clone(),
        (true, true) => format!("{} · not deployed", node.subtitle),
        (true, false) => format!("{} · {}", node.subtitle, node.place),
    };
    let color = if node.is_loaded {
        tokens.text_weak
    } else {
        tokens.error
    };
    let at = pos2(left, header.min.y + 31.0 * zoom);
    elided(
        painter,
        at,
        Align2::LEFT_CENTER,
        &below,
        (theme::NODE_SUBTITLE, zoom),
        color,
        header.max.x - left - 8.0 * zoom,
    );
}

/// The number of problems in a pill with a sign of its own; gives the width that it takes.
fn badge(painter: &Painter, look: &Look<'_>, node: &Node, header: Rect) -> f32 {
    let (tokens, zoom) = (look.tokens, look.zoom());
    let (icon, count, ink, ground) = match look.badges.instances.get(&node.instance) {
        Some((errors @ 1.., _)) => (Icon::Error, errors, tokens.error, tokens.error_soft),
        Some((_, warnings @ 1..)) => (Icon::Warning, warnings, tokens.warning, tokens.warning_soft),
        _ => return 0.0,
    };
    let font = theme::canvas_font(theme::NODE_SUBTITLE, zoom);
    let galley = painter.layout_no_wrap(count.to_string(), font, ink);
    let side = 13.0 * zoom;
    let size = vec2(galley.size().x + side + 14.0 * zoom, 20.0 * zoom);
    let left = pos2(
        header.max.x - size.x - 8.0 * zoom,
        header.min.y + 14.0 * zoom,
    );
    let rect = Rect::from_min_size(left - vec2(0.0, size.y / 2.0), size);
    painter.rect_filled(rect, (size.y / 2.0) as u8, ground);
    let sign = Rect::from_center_size(left + vec2(5.0 * zoom + side / 2.0, 0.0), vec2(side, side));
    icons::paint(painter, icon, sign, ink);
    let text = pos2(sign.max.x + 4.0 * zoom, left.y - galley.size().y / 2.0);
    painter.galley(text, galley, ink);
    size.x + 8.0 * zoom
}

fn draw_pin(
    painter: &Painter,
    look: &Look<'_>,
    node: &Node,
    position: usize,
    pin: &Pin,
    at: Pos2,
    hovered: bool,
) {
    let (tokens, zoom) = (look.tokens, look.zoom());
    let standing = standing(look, pin);
    let (mut color, mut ink, mut faint) = (tokens.port(pin.shape), tokens.text, tokens.text_faint);
    if standing == Standing::Out {
        (color, ink, faint) = (
            color.gamma_multiply(0.25),
            ink.gamma_multiply(0.3),
            faint.gamma_multiply(0.3),
        );
    }
    let wired = node
        .pin_wires
        .get(position)
        .is_some_and(|wires| !wires.is_empty());
    if standing == Standing::Fits {
        painter.circle_filled(
            at,
            (theme::PIN_RADIUS + 5.0) * zoom,
            tokens.success.gamma_multiply(0.35),
        );
        painter.circle_stroke(
            at,
            (theme::PIN_RADIUS + 5.0) * zoom,
            Stroke::new(1.5, tokens.success),
        );
    } else if hovered || look.is_selected(node, pin) {
        painter.circle_filled(
            at,
            (theme::PIN_RADIUS + 4.5) * zoom,
            color.gamma_multiply(0.3),
        );
    }
    let inside = if wired { color } else { tokens.canvas };
    painter.add(symbol(
        pin.shape,
        at,
        zoom,
        inside,
        Stroke::new((1.6 * zoom).max(1.0), color),
    ));
    if look.detail() == Detail::Full {
        pin_text(painter, look, node, pin, at, (ink, faint));
    }
}

/// How a pin stands to the wire in hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// There is none, or it begins here.
    Free,
    Fits,
    /// It can not end here.
    Out,
}

fn standing(look: &Look<'_>, pin: &Pin) -> Standing {
    let Gesture::Wiring { start, .. } = &look.state.gesture else {
        return Standing::Free;
    };
    let same_role = crate::canvas::wiring::role(pin) == start.role;
    match look.state.verdict(&pin.end) {
        _ if same_role && pin.end == start.end => Standing::Free,
        _ if same_role => Standing::Out,
        Some(Verdict::Fits(_)) => Standing::Fits,
        Some(Verdict::Adaptable(_) | Verdict::Refused(_)) => Standing::Out,
        None => Standing::Free,
    }
}

fn pin_text(
    painter: &Painter,
    look: &Look<'_>,
    node: &Node,
    pin: &Pin,
    at: Pos2,
    (ink, faint): (Color32, Color32),
) {
    let zoom = look.zoom();
    let inset =
        (theme::METRICS.pin_inset + f32::from(pin.depth) * theme::METRICS.depth_inset) * zoom;
    let room = look.rect(node.rect).width() - inset - 12.0 * zoom;
    let (side, anchor) = match pin.side {
        Side::Left => (1.0, Align2::LEFT_CENTER),
        Side::Right => (-1.0, Align2::RIGHT_CENTER),
    };
    let size = if pin.depth > 0 {
        theme::NODE_PORT - 0.5
    } else {
        theme::NODE_PORT
    };
    let start = pos2(at.x + side * inset, at.y);
    let ink = if pin.shape == PinShape::Unknown {
        look.tokens.error
    } else {
        ink
    };
    let width = elided(painter, start, anchor, &pin.label, (size, zoom), ink, room);
    let next = pos2(start.x + side * (width + 6.0 * zoom), at.y);
    let note = match (pin.folding, pin.shape) {
        (Folding::Folded, _) if pin.side == Side::Right => "◂",
        (Folding::Folded, _) => "▸",
        (_, PinShape::Unknown) => "missing",
        _ => &pin.type_name,
    };
    if !note.is_empty() && room - width > 24.0 * zoom {
        elided(
            painter,
            next,
            anchor,
            note,
            (theme::NODE_TYPE, zoom),
            faint,
            room - width - 6.0 * zoom,
        );
    }
}

/// The sign of a kind of port.
fn symbol(shape: PinShape, at: Pos2, zoom: f32, inside: Color32, edge: Stroke) -> Shape {
    let radius = theme::PIN_RADIUS * zoom;
    let polygon = |corners: &[(f32, f32)]| {
        let points = corners
            .iter()
            .map(|(x, y)| at + vec2(*x, *y) * radius)
            .collect();
        Shape::convex_polygon(points, inside, edge)
    };
    match shape {
        PinShape::Data => Shape::Vec(vec![
            Shape::circle_filled(at, radius, inside),
            Shape::circle_stroke(at, radius, edge),
        ]),
        PinShape::Field => {
            let radius = theme::FIELD_RADIUS * zoom;
            Shape::Vec(vec![
                Shape::circle_filled(at, radius, inside),
                Shape::circle_stroke(at, radius, edge),
            ])
        }
        PinShape::Service => polygon(&[(0.0, -1.2), (1.2, 0.0), (0.0, 1.2), (-1.2, 0.0)]),
        PinShape::Adaptive => Shape::Vec(vec![
            polygon(&[(-0.6, -1.0), (0.3, 0.0), (-0.6, 1.0), (-1.5, 0.0)]),
            polygon(&[(0.6, -1.0), (1.5, 0.0), (0.6, 1.0), (-0.3, 0.0)]),
        ]),
        PinShape::Mode => polygon(&[
            (-0.55, -1.0),
            (0.55, -1.0),
            (1.1, 0.0),
            (0.55, 1.0),
            (-0.55, 1.0),
            (-1.1, 0.0),
        ]),
        PinShape::Storage => polygon(&[(-0.95, -0.95), (0.95, -0.95), (0.95, 0.95), (-0.95, 0.95)]),
        PinShape::Trigger => polygon(&[(-0.9, -1.1), (1.2, 0.0), (-0.9, 1.1)]),
        PinShape::Platform => polygon(&[(-0.7, -0.7), (0.7, -0.7), (0.7, 0.7), (-0.7, 0.7)]),
        PinShape::Unknown => {
            let reach = vec2(radius, radius) * 0.8;
            let other = vec2(reach.x, -reach.y);
            Shape::Vec(vec![
                Shape::line_segment([at - reach, at + reach], edge),
                Shape::line_segment([at - other, at + other], edge),
            ])
        }
    }
}

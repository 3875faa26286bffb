//! Everything on the canvas in the order in which it lies, and what lies below and above all: the grid,
//! what is in hand, words on an empty canvas.

use super::{
    difference::{self, DifferenceView},
    lanes,
    look::Look,
    paint_annotation, paint_node, paint_wire, scope,
};
use crate::{
    canvas::{
        geometry::{Rect, point},
        state::Gesture,
    },
    session::Session,
    ui::theme::{self, Tokens},
};
use egui::{Align2, FontId, Painter, Stroke, StrokeKind};

pub(super) fn paint(
    painter: &Painter,
    look: &Look<'_>,
    (difference, session): (&DifferenceView, Option<&Session>),
) {
    painter.rect_filled(painter.clip_rect(), 0, look.tokens.canvas);
    grid(painter, look);
    scope::boundary(painter, look);
    lanes::paint(painter, look, session);
    paint_annotation::annotations(painter, look);
    difference::under(painter, look, difference);
    paint_wire::wires(painter, look);
    paint_wire::reroute_points(painter, look);
    paint_node::nodes(painter, look);
    difference::over(painter, look, difference);
    paint_wire::values(painter, look);
    paint_wire::wire_in_hand(painter, look);
    in_hand(painter, look);
}

/// A grid of dots, as long as they stand apart.
fn grid(painter: &Painter, look: &Look<'_>) {
    let step = theme::GRID_STEP * look.zoom();
    if step < 14.0 {
        return;
    }
    let clip = painter.clip_rect();
    let offset = look.state.view.offset;
    let mut mesh = egui::Mesh::default();
    let first = |offset: f32, min: f32| offset + ((min - offset) / step).floor() * step;
    let mut y = first(offset.y, clip.min.y);
    while y < clip.max.y {
        let mut x = first(offset.x, clip.min.x);
        while x < clip.max.x {
            mesh.add_colored_rect(
                egui::Rect::from_center_size(egui::pos2(x, y), egui::vec2(1.6, 1.6)),
                look.tokens.grid,
            );
            x += step;
        }
        y += step;
    }
    painter.add(egui::Shape::mesh(mesh));
}

/// The selecting rectangle, and what is about to be placed.
fn in_hand(painter: &Painter, look: &Look<'_>) {
    let tokens = look.tokens;
    match &look.state.gesture {
        Gesture::Marquee { from, to, .. } => {
            let rect = look.rect(Rect::from_corners(*from, *to));
            let stroke = Stroke::new(1.0, tokens.accent);
            painter.rect(
                rect,
                2,
                tokens.accent.gamma_multiply(0.12),
                stroke,
                StrokeKind::Inside,
            );
        }
        Gesture::Placing(what, at) => {
            let size = point(
                theme::METRICS.width_min,
                theme::METRICS.header_height + 2.0 * theme::METRICS.row_height,
            );
            let rect = look.rect(Rect::from_size(*at, size));
            let stroke = Stroke::new(1.5, tokens.accent);
            painter.rect(
                rect,
                theme::NODE_RADIUS as u8,
                tokens.accent_soft.gamma_multiply(0.8),
                stroke,
                StrokeKind::Inside,
            );
            let font = theme::canvas_font(theme::NODE_TITLE, look.zoom());
            painter.text(
                rect.center(),
                Align2::CENTER_CENTER,
                &what.0,
                font,
                tokens.text,
            );
        }
        _ => {}
    }
}

pub(super) fn empty(painter: &Painter, tokens: &Tokens, session: &Session) {
    let center = painter.clip_rect().center();
    let has_nothing = session.document().components.is_empty() && session.shelf().is_empty();
    let (title, text) = match has_nothing {
        true => ("Nothing here yet", how_to_begin(session)),
        false => (
            "An empty canvas",
            "Drag a component from the library and drop it here".to_owned(),
        ),
    };
    let heading = FontId::proportional(theme::TEXT_HEADING + 4.0);
    painter.text(
        center - egui::vec2(0.0, 14.0),
        Align2::CENTER_CENTER,
        title,
        heading,
        tokens.text_weak,
    );
    let body = FontId::proportional(theme::TEXT_SIZE);
    painter.text(
        center + egui::vec2(0.0, 14.0),
        Align2::CENTER_CENTER,
        text,
        body,
        tokens.text_faint,
    );
}

/// By the keys that the user has given them.
fn how_to_begin(session: &Session) -> String {
    let by_keys = |id| {
        let keys = session.command(id).and_then(|entry| entry.shortcut);
        keys.map_or_else(
            || "by the File menu".to_owned(),
            |keys| format!("with {}", crate::ui::keys::shortcut_text(keys)),
        )
    };
    let (open, add) = (by_keys("file.open"), by_keys("file.add-components"));
    format!("Open a project {open}, or add component files {add}")
}

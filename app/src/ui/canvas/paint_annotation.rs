//! Draws frames and notes. From far away a title is still read, and a note is a piece of paper.

use super::look::{Detail, Look, elided};
use crate::{
    canvas::annotation::{FrameBox, NOTE_LINE, NOTE_PADDING, NoteBox, TITLE_HEIGHT},
    ui::theme,
};
use egui::{Align2, CornerRadius, Painter, Rect, Shape, Stroke, StrokeKind, pos2, vec2};
use graph_core::document::Subject;

/// Frames, the large ones first, then notes; those that are seen.
pub(super) fn annotations(painter: &Painter, look: &Look<'_>) {
    let seen = look.seen(painter.clip_rect());
    let frames = look.scene.frames.iter();
    let mut frames: Vec<&FrameBox> = frames.filter(|one| one.rect.intersects(seen)).collect();
    let extent = |frame: &FrameBox| frame.rect.size().x * frame.rect.size().y;
    frames.sort_by(|a, b| extent(b).total_cmp(&extent(a)));
    frames.into_iter().for_each(|one| frame(painter, look, one));
    for one in look.scene.notes.iter() {
        if one.rect.intersects(seen) || one.instance.is_some() {
            note(painter, look, one);
        }
    }
}

fn frame(painter: &Painter, look: &Look<'_>, frame: &FrameBox) {
    let tokens = look.tokens;
    let ink = tokens.lane(Some(usize::from(frame.colour)));
    let is_selected = look.selection.contains(&Subject::Frame(frame.frame));
    let rect = look.rect(frame.rect);
    let radius = theme::NODE_RADIUS as u8;
    let edge = match is_selected {
        true => Stroke::new(2.5, tokens.accent),
        false => Stroke::new(1.2, ink.gamma_multiply(0.8)),
    };
    painter.rect(
        rect,
        radius,
        ink.gamma_multiply(0.07),
        edge,
        StrokeKind::Inside,
    );
    // A title that shrinks with everything would be gone when one looks for it from afar.
    let height = (TITLE_HEIGHT * look.zoom()).max(theme::FRAME_TITLE_LEAST);
    if rect.height() < height || rect.width() < 2.0 * height {
        return;
    }
    let bar = Rect::from_min_max(rect.min, pos2(rect.max.x, rect.min.y + height));
    let top = CornerRadius {
        nw: radius,
        ne: radius,
        sw: 0,
        se: 0,
    };
    painter.rect_filled(bar, top, ink.gamma_multiply(0.22));
    let zoom = look.zoom().max(theme::FRAME_TITLE_LEAST / TITLE_HEIGHT);
    let at = bar.left_center() + vec2(10.0, 0.0);
    let width = bar.width() - 16.0;
    let size = (theme::NODE_TITLE, zoom);
    elided(
        painter,
        at,
        Align2::LEFT_CENTER,
        &frame.title,
        size,
        tokens.text,
        width,
    );
}

fn note(painter: &Painter, look: &Look<'_>, note: &NoteBox) {
    let (tokens, zoom) = (look.tokens, look.zoom());
    let rect = look.rect(note.rect);
    if let Some(node) = note.instance.and_then(|id| look.scene.node(id)) {
        let box_of = look.rect(node.rect);
        let from = box_of.clamp(rect.center());
        let to = rect.clamp(from);
        let stroke = Stroke::new(1.2, tokens.text_faint);
        painter.extend(Shape::dashed_line(&[from, to], stroke, 3.0, 4.0));
        painter.circle_filled(from, 2.5, tokens.text_faint);
    }
    let is_selected = look.selection.contains(&Subject::Note(note.note));
    let edge = match is_selected {
        true => Stroke::new(2.0, tokens.accent),
        false => Stroke::new(1.0, tokens.note_text.gamma_multiply(0.35)),
    };
    // A folded corner: paper, no instance.
    let fold = (12.0 * zoom).min(rect.height() / 2.0);
    let corners = vec![
        rect.min,
        pos2(rect.max.x - fold, rect.min.y),
        pos2(rect.max.x, rect.min.y + fold),
        rect.max,
        pos2(rect.min.x, rect.max.y),
    ];
    painter.add(Shape::convex_polygon(corners, tokens.note, edge));
    let inner = pos2(rect.max.x - fold, rect.min.y + fold);
    let flap = vec![
        pos2(rect.max.x - fold, rect.min.y),
        inner,
        pos2(rect.max.x, rect.min.y + fold),
    ];
    painter.add(Shape::line(flap, edge));
    if look.detail() == Detail::Plain {
        return;
    }
    let size = (theme::NODE_PORT, zoom);
    let width = rect.width() - NOTE_PADDING * zoom;
    for (number, line) in note.lines.iter().enumerate() {
        let down = NOTE_PADDING + (number as f32 + 0.5) * NOTE_LINE;
        let at = rect.min + vec2(NOTE_PADDING, down) * zoom;
        elided(
            painter,
            at,
            Align2::LEFT_CENTER,
            line,
            size,
            tokens.note_text,
            width,
        );
    }
}

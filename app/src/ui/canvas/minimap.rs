//! Draws the minimap and looks where it is clicked or dragged.

use super::{CanvasView, screen};
use crate::{
    canvas::{geometry::point, minimap::Minimap},
    session::Session,
    ui::theme::{self, tokens},
};
use egui::{Id, Mesh, Rect, Sense, Shape, Stroke, StrokeKind, Ui, WidgetInfo, pos2};

/// Where it lies now; `None`: it is hidden.
pub(super) fn place(session: &Session, view: &CanvasView, rect: Rect) -> Option<Minimap> {
    if !session.view().minimap {
        return None;
    }
    let seen = view.state.view.rect_to_world(screen(rect));
    Minimap::new(view.scene.bounds(None)?, seen, screen(rect))
}

pub(super) fn show(ui: &Ui, view: &mut CanvasView, map: &Minimap, rect: Rect) {
    let tokens = tokens(ui);
    let place = egui_rect(map.rect);
    let response = ui.interact(place, Id::unique("minimap"), Sense::click_and_drag());
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Group, true, "Map of the canvas"));
    if let Some(at) = response.interact_pointer_pos()
        && (response.clicked() || response.dragged())
    {
        let world = map.to_world(point(at.x, at.y));
        let transform = &mut view.state.view;
        transform.offset = screen(rect).center() - world * transform.zoom;
    }
    let mut mesh = Mesh::default();
    mesh.add_colored_rect(place, tokens.bar);
    for frame in &view.scene.frames {
        let shown = egui_rect(map.on_screen(frame.rect)).intersect(place);
        let ink = tokens.lane(Some(usize::from(frame.colour)));
        mesh.add_colored_rect(shown, ink.gamma_multiply(0.3));
    }
    for note in &view.scene.notes {
        let shown = egui_rect(map.on_screen(note.rect)).intersect(place);
        mesh.add_colored_rect(shown, tokens.note);
    }
    for node in &view.scene.nodes {
        let shown = egui_rect(map.on_screen(node.rect));
        let shown = shown.expand2(egui::vec2(0.5, 0.5));
        mesh.add_colored_rect(shown.intersect(place), tokens.lane(node.lane));
    }
    let painter = ui.painter_at(rect);
    painter.add(Shape::mesh(mesh));
    let edge = Stroke::new(1.0, tokens.border_strong);
    painter.rect_stroke(place, theme::MINIMAP_RADIUS, edge, StrokeKind::Outside);
    let seen = map.on_screen(view.state.view.rect_to_world(screen(rect)));
    let frame = Stroke::new(1.5, tokens.accent);
    painter.rect(
        egui_rect(seen),
        0,
        tokens.accent.gamma_multiply(0.1),
        frame,
        StrokeKind::Inside,
    );
}

fn egui_rect(rect: crate::canvas::geometry::Rect) -> Rect {
    Rect::from_min_max(pos2(rect.min.x, rect.min.y), pos2(rect.max.x, rect.max.y))
}

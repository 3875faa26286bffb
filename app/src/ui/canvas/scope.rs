//! A composition from inside: its boundary, what could be a port of it, and the way to it above.

use super::{CanvasView, look::Look};
use crate::{
    canvas::{
        geometry::{Point, point},
        names::end_name,
        pins::Side as Edge,
    },
    command::Command,
    session::{Crumb, Session},
    ui::theme::{self, tokens},
};
use egui::{
    Align2, Button, Id, Key, Layout, Painter, RichText, Role, Sense, Shape, Stroke, StrokeKind, Ui,
    UiBuilder, WidgetInfo, pos2, vec2,
};
use graph_core::{document::End, resolve::Side};

/// Width and height of what could be a port.
const GHOST: egui::Vec2 = vec2(168.0, 26.0);

/// The boundary: what is let go outside of it becomes a port.
pub(super) fn boundary(painter: &Painter, look: &Look<'_>) {
    let Some(frame) = look.scene.boundary else {
        return;
    };
    let rect = look.rect(frame);
    let (tokens, radius) = (look.tokens, theme::BOUNDARY_RADIUS * look.zoom());
    painter.rect_filled(rect, radius, tokens.accent_soft.gamma_multiply(0.18));
    let stroke = Stroke::new(1.5, tokens.border_strong);
    painter.rect_stroke(rect, radius, stroke, StrokeKind::Middle);
}

/// Required ports that nothing inside serves, at the boundary; a click makes a port of one.
pub(super) fn ghosts(
    ui: &Ui,
    session: &Session,
    view: &CanvasView,
    rect: egui::Rect,
) -> Vec<Command> {
    let mut commands = Vec::new();
    let tokens = tokens(ui);
    let Some(frame) = view.scene.boundary else {
        return commands;
    };
    let zoom = view.state.view.zoom;
    if zoom < theme::ZOOM_PORT_TEXT {
        return commands;
    }
    let painter = ui.painter_at(rect);
    let mut below = f32::NEG_INFINITY;
    for (end, at) in places(&view.ghosts, view) {
        let y = at.y.max(below + GHOST.y + 6.0);
        below = y;
        let right = view.state.view.to_screen(point(frame.min.x, y));
        let place = egui::Rect::from_min_size(
            pos2(
                right.x - GHOST.x * zoom - 10.0 * zoom,
                right.y - GHOST.y / 2.0 * zoom,
            ),
            GHOST * zoom,
        );
        if !rect.intersects(place) {
            continue;
        }
        let name = end_name(session.document(), end);
        let response = ui.interact(place, Id::unique(("ghost", &name)), Sense::click());
        let label = format!("add a port for {name}");
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &label));
        let ink = match response.hovered() || response.has_focus() {
            true => tokens.accent,
            false => tokens.text_weak,
        };
        painter.rect_filled(place, theme::RADIUS, tokens.canvas);
        let corners = [
            place.left_top(),
            place.right_top(),
            place.right_bottom(),
            place.left_bottom(),
            place.left_top(),
        ];
        painter.extend(Shape::dashed_line(
            &corners,
            Stroke::new(1.2, ink),
            5.0,
            4.0,
        ));
        painter.with_clip_rect(place.intersect(rect)).text(
            place.left_center() + vec2(8.0, 0.0),
            Align2::LEFT_CENTER,
            format!("+ {name}"),
            theme::canvas_font(theme::NODE_PORT, zoom),
            ink,
        );
        let pin = view.state.view.to_screen(at);
        painter.extend(Shape::dashed_line(
            &[place.right_center(), pos2(pin.x, pin.y)],
            Stroke::new(1.0, ink.gamma_multiply(0.6)),
            4.0,
            4.0,
        ));
        if response.clicked() {
            commands.push(Command::Delegate {
                end: end.clone(),
                side: Side::Target,
                at: None,
            });
        }
        response.on_hover_text("Nothing in this composition serves it. Make it a port");
    }
    commands
}

/// From top to bottom.
fn places<'a>(ghosts: &'a [End], view: &CanvasView) -> Vec<(&'a End, Point)> {
    let place = |end: &'a End| Some((end, view.scene.end_point(end, Edge::Left)?.0));
    let mut places: Vec<_> = ghosts.iter().filter_map(place).collect();
    places.sort_by(|a, b| a.1.y.total_cmp(&b.1.y));
    places
}

/// The way to what is shown, and how many share it; Enter goes on, where nothing else has the keys.
pub(super) fn way(ui: &mut Ui, session: &Session, rect: egui::Rect) -> Vec<Command> {
    let mut commands = Vec::new();
    let nobody = ui.memory(|memory| memory.focused().is_none());
    if nobody
        && ui.input(|input| input.key_pressed(Key::Enter))
        && !crate::ui::keys::is_dialog_open(ui)
    {
        commands.extend(session.selected_composition().map(Command::Enter));
    }
    let crumbs = session.crumbs();
    if crumbs.len() < 2 {
        return commands;
    }
    let tokens = tokens(ui);
    let bar = egui::Rect::from_min_size(
        rect.min + vec2(theme::GAP_LARGE, theme::GAP),
        vec2(
            rect.width() - 2.0 * theme::GAP_LARGE,
            theme::ROW_HEIGHT + 8.0,
        ),
    );
    let builder = UiBuilder::new()
        .max_rect(bar)
        .layout(Layout::left_to_right(egui::Align::Center));
    let mut ui = ui.new_child(builder);
    egui::Frame::new()
        .fill(tokens.bar)
        .stroke(Stroke::new(1.0, tokens.border))
        .corner_radius(theme::RADIUS)
        .inner_margin(egui::Margin::symmetric(6, 2))
        .show(&mut ui, |ui| {
            let last = crumbs.len() - 1;
            for (number, crumb) in crumbs.iter().enumerate() {
                if number > 0 {
                    ui.label(RichText::new("›").color(tokens.text_faint));
                }
                commands.extend(crumb_ui(ui, crumb, number == last));
            }
            if let Some(shared) = crumbs.last().filter(|crumb| crumb.uses != 1) {
                let words = match shared.uses {
                    0 => "not used".to_owned(),
                    uses => format!("used {uses} times"),
                };
                let words = RichText::new(words).color(tokens.warning);
                ui.add_space(theme::GAP);
                ui.label(words).on_hover_text(
                    "What is changed here is changed in every instance of this composition",
                );
            }
        });
    commands
}

fn crumb_ui(ui: &mut Ui, crumb: &Crumb, is_shown: bool) -> Option<Command> {
    let name = match &crumb.composition {
        Some(composition) => format!("{} ({composition})", crumb.name),
        None => crumb.name.clone(),
    };
    let text = match is_shown {
        true => RichText::new(name).strong(),
        false => RichText::new(name),
    };
    let button = ui.add(Button::new(text).frame_when_inactive(false));
    let label = match is_shown {
        true => format!("{} is shown", crumb.name),
        false => format!("Show {}", crumb.name),
    };
    button.widget_info(|| WidgetInfo::labeled(Role::Button, true, &label));
    (button.clicked() && !is_shown).then(|| Command::GoTo(crumb.place.clone()))
}

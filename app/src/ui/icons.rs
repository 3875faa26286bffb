//! Signs drawn with lines, so that they look the same with every font.
//! Knows nothing of what they stand for.

use super::theme;
use egui::{
    Align2, Color32, FontId, Painter, Pos2, Rect, Response, Role, Sense, Shape, Stroke, StrokeKind,
    Ui, Vec2, WidgetInfo, pos2, vec2,
};

/// A sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Icon {
    Run,
    Pause,
    Step,
    StepBack,
    StepFrame,
    Restart,
    Stop,
    Undo,
    Redo,
    Fit,
    Export,
    Error,
    Warning,
    Information,
    Check,
    Close,
    Added,
    Removed,
    Changed,
}

/// Draws a sign into a square.
pub(super) fn paint(painter: &Painter, icon: Icon, rect: Rect, color: Color32) {
    let at = |x: f32, y: f32| rect.min + vec2(x, y) * rect.width() / 16.0;
    let unit = rect.width() / 16.0;
    let stroke = Stroke::new((1.7 * unit).max(1.2), color);
    let line = |points: Vec<Pos2>| {
        painter.add(Shape::line(points, stroke));
    };
    let filled = |points: Vec<Pos2>| {
        painter.add(Shape::convex_polygon(points, color, Stroke::NONE));
    };
    let bar = |x: f32, y: f32, width: f32, height: f32| {
        painter.rect_filled(
            Rect::from_min_max(at(x, y), at(x + width, y + height)),
            1,
            color,
        );
    };
    match icon {
        Icon::Run => filled(vec![at(4.0, 2.5), at(13.5, 8.0), at(4.0, 13.5)]),
        Icon::Pause => {
            bar(3.5, 3.0, 3.2, 10.0);
            bar(9.3, 3.0, 3.2, 10.0);
        }
        Icon::Step => {
            filled(vec![at(2.5, 3.0), at(10.0, 8.0), at(2.5, 13.0)]);
            bar(11.0, 3.0, 2.4, 10.0);
        }
        Icon::StepBack => {
            filled(vec![at(13.5, 3.0), at(6.0, 8.0), at(13.5, 13.0)]);
            bar(2.6, 3.0, 2.4, 10.0);
        }
        Icon::StepFrame => {
            painter.rect_stroke(
                Rect::from_min_max(at(1.5, 3.5), at(14.5, 12.5)),
                1,
                stroke,
                StrokeKind::Inside,
            );
            line(vec![at(2.0, 4.5), at(8.0, 9.0), at(14.0, 4.5)]);
        }
        Icon::Restart => arrow_arc(painter, at(8.0, 8.0), 5.2 * unit, stroke, -60.0..=230.0),
        Icon::Stop => bar(3.2, 3.2, 9.6, 9.6),
        Icon::Undo => turn(painter, rect, stroke, 1.0),
        Icon::Redo => turn(painter, rect, stroke, -1.0),
        Icon::Fit => {
            for (x, y, right, down) in [
                (2.5, 2.5, 1.0, 1.0),
                (13.5, 2.5, -1.0, 1.0),
                (2.5, 13.5, 1.0, -1.0),
                (13.5, 13.5, -1.0, -1.0),
            ] {
                line(vec![
                    at(x + 3.5 * right, y),
                    at(x, y),
                    at(x, y + 3.5 * down),
                ]);
            }
            bar(5.8, 5.8, 4.4, 4.4);
        }
        Icon::Export => {
            line(vec![at(8.0, 2.0), at(8.0, 10.0)]);
            line(vec![at(4.8, 7.0), at(8.0, 10.2), at(11.2, 7.0)]);
            line(vec![
                at(2.5, 10.5),
                at(2.5, 13.5),
                at(13.5, 13.5),
                at(13.5, 10.5),
            ]);
        }
        Icon::Error => {
            painter.circle_stroke(rect.center(), 6.2 * unit, stroke);
            line(vec![at(5.6, 5.6), at(10.4, 10.4)]);
            line(vec![at(10.4, 5.6), at(5.6, 10.4)]);
        }
        Icon::Warning => {
            painter.add(Shape::closed_line(
                vec![at(8.0, 2.2), at(14.4, 13.4), at(1.6, 13.4)],
                stroke,
            ));
            line(vec![at(8.0, 6.2), at(8.0, 9.6)]);
            painter.circle_filled(at(8.0, 11.5), 0.95 * unit, color);
        }
        Icon::Information => {
            painter.circle_stroke(rect.center(), 6.2 * unit, stroke);
            line(vec![at(8.0, 7.4), at(8.0, 11.4)]);
            painter.circle_filled(at(8.0, 5.1), unit, color);
        }
        Icon::Check => line(vec![at(2.8, 8.6), at(6.4, 12.0), at(13.2, 4.4)]),
        // A shape of its own each, beside the colour.
        Icon::Added => {
            painter.circle_stroke(rect.center(), 6.2 * unit, stroke);
            line(vec![at(8.0, 4.8), at(8.0, 11.2)]);
            line(vec![at(4.8, 8.0), at(11.2, 8.0)]);
        }
        Icon::Removed => {
            let square = Rect::from_min_max(at(2.0, 2.0), at(14.0, 14.0));
            painter.rect_stroke(square, 2, stroke, StrokeKind::Inside);
            line(vec![at(4.8, 8.0), at(11.2, 8.0)]);
        }
        Icon::Changed => {
            let corners = vec![at(8.0, 1.0), at(15.0, 8.0), at(8.0, 15.0), at(1.0, 8.0)];
            painter.add(Shape::closed_line(corners, stroke));
            line(vec![at(5.6, 6.8), at(10.4, 6.8)]);
            line(vec![at(5.6, 9.4), at(10.4, 9.4)]);
        }
        Icon::Close => {
            line(vec![at(4.0, 4.0), at(12.0, 12.0)]);
            line(vec![at(12.0, 4.0), at(4.0, 12.0)]);
        }
    }
}

fn arc(center: Pos2, radius: f32, degrees: std::ops::RangeInclusive<f32>) -> Vec<Pos2> {
    let (from, to) = (*degrees.start(), *degrees.end());
    let at = |step: i32| (from + (to - from) * step as f32 / 20.0).to_radians();
    (0..=20)
        .map(|step| center + Vec2::angled(at(step)) * radius)
        .collect()
}

/// An arc with a head at its beginning.
fn arrow_arc(
    painter: &Painter,
    center: Pos2,
    radius: f32,
    stroke: Stroke,
    degrees: std::ops::RangeInclusive<f32>,
) {
    let points = arc(center, radius, degrees);
    let (Some(&tip), Some(&next)) = (points.first(), points.get(2)) else {
        return;
    };
    let back = (next - tip).normalized() * radius * 0.62;
    painter.add(Shape::line(points, stroke));
    for side in [back.rot90() * 0.9, -back.rot90() * 0.9] {
        painter.line_segment([tip - back * 0.15, tip + back * 0.75 + side * 0.7], stroke);
    }
}

/// A curved arrow to the left (1) or right (-1).
fn turn(painter: &Painter, rect: Rect, stroke: Stroke, side: f32) {
    let unit = rect.width() / 16.0;
    let at = |x: f32, y: f32| rect.center() + vec2((x - 8.0) * side, y - 8.0) * unit;
    let line = |points: Vec<Pos2>| {
        painter.add(Shape::line(points, stroke));
    };
    line(vec![
        at(3.0, 6.5),
        at(9.5, 6.5),
        at(11.8, 7.2),
        at(13.0, 9.2),
        at(12.4, 11.4),
        at(10.5, 12.6),
        at(7.0, 12.6),
    ]);
    line(vec![at(6.2, 3.3), at(3.0, 6.5), at(6.2, 9.7)]);
}

/// A sign in a line of text.
pub(super) fn icon_ui(ui: &mut Ui, icon: Icon, color: Color32) {
    let (rect, _) = ui.allocate_exact_size(vec2(16.0, theme::ROW_HEIGHT - 4.0), Sense::hover());
    paint(
        ui.painter(),
        icon,
        Rect::from_center_size(rect.center(), vec2(14.0, 14.0)),
        color,
    );
}

/// How a button looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Emphasis {
    /// What the bar is for.
    Main,
    /// A sign with its word.
    Named,
    /// A sign alone.
    Plain,
    /// A small sign without a ground.
    Quiet,
}

/// A button with a sign; its name is what screen readers say.
pub(super) fn icon_button_ui(
    ui: &mut Ui,
    icon: Icon,
    name: &str,
    enabled: bool,
    emphasis: Emphasis,
) -> Response {
    let tokens = theme::tokens(ui);
    let has_text = matches!(emphasis, Emphasis::Main | Emphasis::Named);
    let font = FontId::proportional(theme::TEXT_SIZE);
    let galley = ui
        .painter()
        .layout_no_wrap(name.to_owned(), font.clone(), tokens.text);
    let size = match emphasis {
        Emphasis::Quiet => vec2(20.0, 20.0),
        Emphasis::Plain => theme::icon_button(),
        _ => vec2((galley.size().x + 44.0).max(84.0), theme::icon_button().y),
    };
    let sense = if enabled {
        Sense::click()
    } else {
        Sense::hover()
    };
    let (rect, response) = ui.allocate_exact_size(size, sense);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, name));
    let lit = enabled && (response.hovered() || response.has_focus());
    let (fill, ink) = match (emphasis, enabled, lit) {
        (_, false, _) => (Color32::TRANSPARENT, tokens.text_faint.gamma_multiply(0.7)),
        (Emphasis::Main, _, true) => (tokens.accent, tokens.text_on_accent),
        (Emphasis::Main, ..) => (tokens.accent_strong, tokens.text_on_accent),
        (_, _, true) => (tokens.hover, tokens.text),
        (Emphasis::Named, ..) => (tokens.surface, tokens.text),
        _ => (Color32::TRANSPARENT, tokens.text_weak),
    };
    ui.painter().rect_filled(rect, theme::RADIUS, fill);
    if response.has_focus() {
        ui.painter().rect_stroke(
            rect,
            theme::RADIUS,
            Stroke::new(1.5, tokens.accent),
            StrokeKind::Outside,
        );
    }
    let side = if emphasis == Emphasis::Quiet {
        11.0
    } else {
        16.0
    };
    let center = if has_text {
        pos2(rect.left() + 20.0, rect.center().y)
    } else {
        rect.center()
    };
    paint(
        ui.painter(),
        icon,
        Rect::from_center_size(center, vec2(side, side)),
        ink,
    );
    if has_text {
        ui.painter().text(
            pos2(rect.left() + 34.0, rect.center().y),
            Align2::LEFT_CENTER,
            name,
            font,
            ink,
        );
    }
    response
}

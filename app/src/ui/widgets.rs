//! Small parts that several panels share: headings, rows of properties, empty states, pills.
//! Knows nothing of the session.

use super::{
    icons::Icon,
    theme::{self, Tokens, tokens},
};
use egui::{Align, Align2, Color32, FontId, Frame, Layout, Margin, RichText, Sense, Ui, vec2};

/// The heading of a part of a panel.
pub(super) fn section_ui(ui: &mut Ui, text: &str) {
    ui.add_space(theme::GAP);
    ui.label(
        RichText::new(text)
            .size(theme::TEXT_SMALL)
            .color(tokens(ui).text_faint)
            .strong(),
    );
    ui.add_space(2.0);
}

/// A name to the left, an input to the right; the name is the input's accessible one, too.
pub(super) fn property_ui<R>(ui: &mut Ui, name: &str, contents: impl FnOnce(&mut Ui) -> R) -> R {
    row_ui(ui, name, name, contents)
}

/// A property of one of several things: the accessible name says whose it is.
pub(super) fn property_of_ui<R>(
    ui: &mut Ui,
    owner: &str,
    name: &str,
    contents: impl FnOnce(&mut Ui) -> R,
) -> R {
    row_ui(ui, name, &format!("{owner} {name}"), contents)
}

fn row_ui<R>(ui: &mut Ui, name: &str, accessible: &str, contents: impl FnOnce(&mut Ui) -> R) -> R {
    ui.horizontal(|ui| {
        let width = 96.0;
        let (rect, _) = ui.allocate_exact_size(vec2(width, theme::ROW_HEIGHT), Sense::hover());
        let ink = tokens(ui).text_weak;
        ui.painter().text(
            rect.left_center(),
            Align2::LEFT_CENTER,
            name,
            FontId::proportional(theme::TEXT_SIZE),
            ink,
        );
        ui.name_inputs(accessible, contents)
    })
    .inner
}

/// The accessible name of a field that no words stand beside: its hint is gone once something is typed.
pub(super) fn name_field(field: &egui::Response, name: &str) {
    field
        .ctx
        .accesskit_node_builder(field.id, |node| node.set_label(name));
}

/// A property that can only be read.
pub(super) fn fact_ui(ui: &mut Ui, name: &str, value: &str) {
    property_ui(ui, name, |ui| {
        ui.add(egui::Label::new(value).wrap());
    });
}

/// What to do where there is nothing to show.
pub(super) fn empty_ui(ui: &mut Ui, title: &str, text: &str) {
    let tokens = tokens(ui);
    ui.add_space((ui.available_height() * 0.25).min(60.0));
    ui.vertical_centered(|ui| {
        ui.label(
            RichText::new(title)
                .size(theme::TEXT_HEADING - 1.0)
                .color(tokens.text_weak),
        );
        ui.add_space(2.0);
        ui.label(RichText::new(text).color(tokens.text_faint));
    });
}

/// On or off; gives the new state where it was switched. The name is the accessible one.
pub(super) fn switch_ui(ui: &mut Ui, name: &str, is_on: bool) -> Option<bool> {
    let (rect, response) = ui.allocate_exact_size(theme::SWITCH, Sense::click());
    let switched = response.clicked().then_some(!is_on);
    let shown = switched.unwrap_or(is_on);
    response.widget_info(|| egui::WidgetInfo::selected(egui::Role::Switch, true, shown, name));
    let tokens = tokens(ui);
    let (ground, ink) = match shown {
        true => (tokens.accent, tokens.text_on_accent),
        false => (tokens.well, tokens.text_weak),
    };
    let outline = match response.hovered() || response.has_focus() {
        true => tokens.accent_strong,
        false => tokens.border_strong,
    };
    let radius = rect.height() / 2.0;
    ui.painter().rect(
        rect,
        radius,
        ground,
        (1.0, outline),
        egui::StrokeKind::Inside,
    );
    let x = match shown {
        true => rect.right() - radius,
        false => rect.left() + radius,
    };
    let knob = egui::pos2(x, rect.center().y);
    ui.painter().circle_filled(knob, radius - 4.0, ink);
    switched
}

/// A short word on a ground of its own.
pub(super) fn pill_ui(ui: &mut Ui, text: &str, ink: Color32, ground: Color32) -> egui::Response {
    let font = FontId::proportional(theme::TEXT_SMALL);
    let galley = ui.painter().layout_no_wrap(text.to_owned(), font, ink);
    let (rect, response) = ui.allocate_exact_size(galley.size() + vec2(16.0, 6.0), Sense::hover());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, text));
    ui.painter().rect_filled(rect, 9, ground);
    ui.painter()
        .galley(rect.center() - galley.size() / 2.0, galley, ink);
    response
}

/// The sign, the ink and the ground of a severity.
pub(super) fn severity_look(
    tokens: &Tokens,
    severity: graph_core::diagnostic::Severity,
) -> (Icon, Color32, Color32) {
    use graph_core::diagnostic::Severity;
    match severity {
        Severity::Error => (Icon::Error, tokens.error, tokens.error_soft),
        Severity::Warning => (Icon::Warning, tokens.warning, tokens.warning_soft),
        Severity::Information => (Icon::Information, tokens.information, tokens.accent_soft),
    }
}

/// The button that a dialog is made for.
pub(super) fn main_button_ui(ui: &mut Ui, enabled: bool, text: &str) -> egui::Response {
    let tokens = tokens(ui);
    let label = RichText::new(text).color(if enabled {
        tokens.text_on_accent
    } else {
        tokens.text_faint
    });
    let button = egui::Button::new(label).min_size(vec2(88.0, 28.0));
    let button = if enabled {
        button.fill(accent_fill(tokens))
    } else {
        button
    };
    ui.add_enabled(enabled, button)
}

/// Dark enough for white text.
pub(super) fn accent_fill(tokens: &Tokens) -> Color32 {
    tokens.accent_strong
}

/// A panel's contents with its margin, scrolling.
pub(super) fn panel_ui(ui: &mut Ui, contents: impl FnOnce(&mut Ui)) {
    Frame::new()
        .fill(tokens(ui).panel)
        .inner_margin(theme::panel_margin())
        .show(ui, |ui| {
            ui.set_min_size(ui.available_size());
            egui::ScrollArea::vertical()
                .auto_shrink([false, false])
                .show(ui, |ui| {
                    ui.with_layout(Layout::top_down(Align::Min), contents);
                });
        });
}

/// WIT or other text in columns, to be read and copied.
pub(super) fn code_ui(ui: &mut Ui, name: &str, text: &str, height: f32) {
    let tokens = tokens(ui);
    Frame::new()
        .fill(tokens.well)
        .corner_radius(theme::RADIUS)
        .inner_margin(Margin::same(8))
        .show(ui, |ui| {
            egui::ScrollArea::both()
                .id_salt(name)
                .max_height(height)
                .auto_shrink([false, true])
                .show(ui, |ui| {
                    let text = RichText::new(text)
                        .monospace()
                        .size(theme::TEXT_MONOSPACE)
                        .color(tokens.text);
                    ui.add(
                        egui::Label::new(text)
                            .selectable(true)
                            .wrap_mode(egui::TextWrapMode::Extend),
                    );
                });
        });
}

/// The ground of a dialog.
pub(super) fn dialog_frame(ui: &Ui) -> Frame {
    Frame::popup(ui.style()).inner_margin(Margin::same(16))
}

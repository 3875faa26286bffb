//! The card of the tour, and a frame around the part of the window that it speaks of.

use super::{
    theme::{self, tokens},
    widgets::main_button_ui,
};
use crate::{
    command::Command,
    session::{Session, TOUR, TourPlace},
};
use egui::{
    Align, Align2, Area, Frame, Id, LayerId, Layout, Margin, Order, Rect, RichText, Stroke, Ui,
};

/// Where the parts of the window are, that the tour speaks of.
#[derive(Debug, Clone, Copy)]
pub(super) struct Places {
    pub(super) canvas: Rect,
    pub(super) problems: Rect,
    pub(super) controls: Rect,
}

impl Default for Places {
    fn default() -> Places {
        Places {
            canvas: Rect::NOTHING,
            problems: Rect::NOTHING,
            controls: Rect::NOTHING,
        }
    }
}

pub(super) fn tour_ui(ui: &Ui, session: &Session, places: &Places) -> Vec<Command> {
    let mut commands = Vec::new();
    let Some((number, step, done)) = session.tour() else {
        return commands;
    };
    let tokens = tokens(ui);
    let place = match step.place {
        TourPlace::Canvas => places.canvas,
        TourPlace::Problems => places.problems,
        TourPlace::Controls => places.controls,
    };
    if place.is_positive() {
        let layer = LayerId::new(Order::Middle, Id::unique("tour frame"));
        let stroke = Stroke::new(2.5, tokens.accent);
        ui.ctx().layer_painter(layer).rect_stroke(
            place.shrink(1.5),
            theme::RADIUS,
            stroke,
            egui::StrokeKind::Inside,
        );
    }
    // Systems are read from the upper left: the card stands where there is room the longest.
    let corner = places.canvas.right_bottom() - egui::vec2(theme::GAP_LARGE, theme::GAP_LARGE);
    Area::new(Id::unique("tour"))
        .order(Order::Foreground)
        .pivot(Align2::RIGHT_BOTTOM)
        .default_pos(corner)
        .show(ui.ctx(), |ui| {
            let frame = Frame::popup(ui.style())
                .stroke(Stroke::new(1.5, tokens.accent))
                .inner_margin(Margin::same(14));
            frame.show(ui, |ui| {
                ui.set_width(theme::NOTICE_WIDTH);
                let count = format!("Tour: step {number} of {}", TOUR.len());
                ui.label(RichText::new(count).color(tokens.text_faint));
                ui.heading(step.title);
                ui.label(step.text);
                ui.add_space(theme::GAP);
                ui.horizontal(|ui| {
                    if ui.button("End the tour").clicked() {
                        commands.push(Command::EndTour);
                    }
                    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                        let text = match (number == TOUR.len(), done) {
                            (true, _) => "Finish",
                            (false, true) => "Next",
                            (false, false) => "Skip this step",
                        };
                        let is_clicked = match done {
                            true => main_button_ui(ui, true, text).clicked(),
                            false => ui.button(text).clicked(),
                        };
                        if is_clicked {
                            commands.push(Command::NextTourStep);
                        }
                        if done {
                            ui.label(RichText::new("Done").color(tokens.success));
                        }
                    });
                });
            });
        });
    commands
}

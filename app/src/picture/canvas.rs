//! The canvas of a project as a picture: `wireloom picture`.

use super::{Picture, render};
use crate::{
    files::Project,
    ui::{
        canvas::{Badges, paint_document},
        theme,
    },
};
use egui::vec2;

/// All of a project's canvas in the dark theme, with what the checks say.
pub fn of_canvas(project: Project, width: u32, height: u32) -> Picture {
    let context = egui::Context::default();
    theme::install(&context);
    context.set_theme(egui::Theme::Dark);
    let Project {
        document, library, ..
    } = project;
    let badges = Badges::of(&graph_core::check::check(&document, &library));
    render(&context, vec2(width as f32, height as f32), 1.0, |ui| {
        paint_document(ui, &document, &library, &badges);
    })
}

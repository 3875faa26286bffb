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
use graph_core::hierarchy::{self, Place};

/// All of a project's canvas in the dark theme, or of one of its compositions, with what the checks
/// say.
pub fn of_canvas(project: Project, place: &Place, width: u32, height: u32) -> Picture {
    let context = egui::Context::default();
    theme::install(&context);
    context.set_theme(egui::Theme::Dark);
    let Project {
        document,
        mut library,
        ..
    } = project;
    let badges = Badges::of(&graph_core::check::check(&document, &library), &place.path);
    library
        .components
        .extend(hierarchy::types(&document, &library));
    let document = hierarchy::view(&document, place.composition(&document));
    render(&context, vec2(width as f32, height as f32), 1.0, |ui| {
        paint_document(ui, &document, &library, &badges);
    })
}

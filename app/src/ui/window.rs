//! The real window: eframe with glow, the studio in it, workers behind it.

use super::{
    dialogs::SystemDialogs,
    studio::{Outside, Studio},
};
use crate::{
    command::Command,
    files,
    session::{Effect, Event},
    work::Workers,
};
use std::{path::PathBuf, sync::Arc};

/// Opens the window and returns when it is closed.
pub fn open_window(project: Option<PathBuf>) -> Result<(), eframe::Error> {
    let viewport = egui::ViewportBuilder::default()
        .with_title("Wireloom")
        .with_app_id("wireloom")
        .with_inner_size([1440.0, 900.0])
        .with_min_inner_size([800.0, 500.0]);
    let options = eframe::NativeOptions {
        viewport,
        ..Default::default()
    };
    eframe::run_native(
        "Wireloom",
        options,
        Box::new(|creation| {
            Ok(Box::new(Window {
                studio: studio(&creation.egui_ctx, project),
            }))
        }),
    )
}

struct Window {
    studio: Studio,
}

impl eframe::App for Window {
    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        self.studio.ui(ui);
    }
}

impl Outside for Workers {
    fn start(&mut self, effect: Effect) {
        Workers::start(self, effect);
    }

    fn events(&mut self) -> Vec<Event> {
        Workers::events(self)
    }
}

/// A studio with its workers, the built-in components on the shelf, and the project.
fn studio(context: &egui::Context, project: Option<PathBuf>) -> Studio {
    super::theme::install(context);
    let waker = context.clone();
    let workers = Workers::new(Arc::new(move || waker.request_repaint()));
    let dialogs = SystemDialogs::new(context.clone());
    let mut studio = Studio::new(Box::new(workers), Box::new(dialogs));
    studio.apply(Command::AddComponentFiles(files::shelf_folders()));
    if let Some(project) = project {
        studio.apply(Command::OpenPath(project));
    }
    studio
}

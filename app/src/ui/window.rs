//! The real window: eframe with glow, the studio in it, workers behind it.

use super::{
    dialogs::SystemDialogs,
    studio::{Outside, Studio},
};
use crate::{
    command::Command,
    files, icon,
    session::{Effect, Event},
    workers::{Wake, Workers},
};
use std::{path::PathBuf, sync::Arc, time::Duration};

/// Between two pictures of what happens by itself.
const PICTURE: Duration = Duration::from_millis(33);

/// Of the icon in the bar of the desktop.
const ICON_PIXELS: u16 = 64;

/// Opens the window and returns when it is closed. With `milestones` it prints when the first picture
/// is on the screen, for `scripts/measure-window`.
pub fn open_window(project: Option<PathBuf>, milestones: bool) -> Result<(), eframe::Error> {
    super::console::give_back();
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
                pictures: 0,
                tells: milestones,
            }))
        }),
    )
}

struct Window {
    studio: Studio,
    /// How many were begun, up to two.
    pictures: u8,
    /// Whether somebody waits for the first one.
    tells: bool,
}

impl eframe::App for Window {
    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        match self.pictures {
            0 => {
                self.pictures = 1;
                ui.ctx().request_repaint();
            }
            // The next one is asked for when the one before is handed over.
            1 => {
                self.pictures = 2;
                if self.tells {
                    println!("FirstPicture");
                }
                // Painting it takes milliseconds, and nobody looks for it before the window.
                ui.send_viewport_cmd(egui::ViewportCommand::Icon(icon_data()));
            }
            _ => {}
        }
        self.studio.ui(ui);
    }

    fn clear_color(&self, visuals: &egui::Visuals) -> [f32; 4] {
        super::theme::ground(visuals).to_normalized_gamma_f32()
    }
}

fn icon_data() -> Option<Arc<egui::IconData>> {
    let side = u32::from(ICON_PIXELS);
    let rgba = icon::paint(ICON_PIXELS)?;
    Some(Arc::new(egui::IconData {
        rgba,
        width: side,
        height: side,
    }))
}

impl Outside for Workers {
    fn start(&mut self, effect: Effect) {
        Workers::start(self, effect);
    }

    fn events(&mut self) -> Vec<Event> {
        Workers::events(self)
    }
}

/// What has happened is shown in the next of at most 30 pictures a second; what the user does is
/// shown at once.
fn waker(context: &egui::Context) -> Wake {
    let context = context.clone();
    // A delay asks for one picture; without one egui paints two.
    Arc::new(move || context.request_repaint_after(PICTURE))
}

/// A studio with its workers, the built-in components on the shelf, and the project.
fn studio(context: &egui::Context, project: Option<PathBuf>) -> Studio {
    super::theme::install(context);
    // The canvas has these keys.
    context.options_mut(|options| options.zoom_with_keyboard = false);
    let workers = Workers::new(waker(context));
    let dialogs = SystemDialogs::new(context.clone());
    let (settings, warning) = files::read_settings();
    let is_first = !settings.tour_seen;
    let mut studio = Studio::new(Box::new(workers), Box::new(dialogs)).with_settings(settings);
    if let Some(warning) = warning {
        studio.receive(Event::Warned(warning));
    }
    studio.apply(Command::AddComponentFiles(files::shelf_folders()));
    if let Some(project) = project {
        studio.apply(Command::OpenPath(project));
    }
    if is_first {
        studio.apply(Command::Tour);
    }
    studio
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;

    #[test]
    fn many_events_are_one_picture_and_none_is_none() {
        let context = egui::Context::default();
        let frame = || {
            let mut output = context.run_ui(egui::RawInput::default(), |_| {});
            output.textures_delta.clear();
            let mut viewports = output.viewport_output.values();
            viewports.next().map(|viewport| viewport.repaint_delay)
        };
        for _ in 0..3 {
            frame();
        }
        let asked = Arc::new(Mutex::new(Vec::new()));
        let told = asked.clone();
        context.set_request_repaint_callback(move |info| {
            told.lock().unwrap().push(info.delay);
        });
        let wake = waker(&context);
        for _ in 0..100 {
            wake();
        }
        assert_eq!(*asked.lock().unwrap(), [PICTURE]);
        assert_eq!(frame(), Some(Duration::MAX), "nothing happens: no picture");
        wake();
        assert_eq!(asked.lock().unwrap().len(), 2);
    }
}

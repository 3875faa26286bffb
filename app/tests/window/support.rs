//! The window with its workers, driven by the names that a screen reader reads. With `PICTURES=<folder>`
//! in the environment it leaves pictures there, as the window tests of the panels do.

use egui::{Pos2, Vec2, epaint::textures::TexturesDelta, vec2};
use egui_kittest::{Harness, TestRenderer, kittest::Queryable};
use std::{
    cell::RefCell,
    path::{Path, PathBuf},
    rc::Rc,
    sync::Arc,
    time::Duration,
};
use wireloom::{
    picture::{Textures, paint_output},
    session::{Effect, Event, Session},
    ui::{
        Outside, Studio,
        dialogs::{Answer, ScriptedDialogs},
        theme,
    },
    workers::Workers,
};

const SIZE: Vec2 = vec2(1600.0, 1000.0);

/// The window's workers, shared with the test that waits for them.
#[derive(Clone)]
struct Shared {
    workers: Rc<RefCell<Workers>>,
    waited_for: Rc<RefCell<Vec<Event>>>,
}

impl Outside for Shared {
    fn start(&mut self, effect: Effect) {
        self.workers.borrow_mut().start(effect);
    }

    fn events(&mut self) -> Vec<Event> {
        let mut events = std::mem::take(&mut *self.waited_for.borrow_mut());
        events.extend(self.workers.borrow().events());
        events
    }
}

#[derive(Clone, Default)]
struct Renderer(Rc<RefCell<Textures>>);

impl TestRenderer for Renderer {
    fn handle_delta(&mut self, delta: &mut TexturesDelta) {
        self.0.borrow_mut().apply(delta);
    }
}

pub(crate) struct Window {
    pub(crate) harness: Harness<'static, Studio>,
    shared: Shared,
    textures: Renderer,
}

impl Window {
    pub(crate) fn open(answers: Vec<Answer>) -> Window {
        let shared = Shared {
            workers: Rc::new(RefCell::new(Workers::new(Arc::new(|| ())))),
            waited_for: Rc::default(),
        };
        let textures = Renderer::default();
        let dialogs = ScriptedDialogs::new(answers);
        let studio = Studio::new(Box::new(shared.clone()), Box::new(dialogs));
        let harness = Harness::builder()
            .with_size(SIZE)
            .with_max_steps(32)
            .with_context_setup(theme::install)
            .renderer(textures.clone())
            .build_ui_state(whole_ui, studio);
        Window {
            harness,
            shared,
            textures,
        }
    }

    pub(crate) fn session(&self) -> &Session {
        self.harness.state().session()
    }

    /// Lets workers work until something has come true.
    pub(crate) fn wait(&mut self, what: &str, done: impl Fn(&Session) -> bool) {
        for _ in 0..3000 {
            if done(self.session()) {
                self.harness.run_steps(2);
                return;
            }
            let event = self
                .shared
                .workers
                .borrow()
                .next_event(Duration::from_millis(100));
            self.shared.waited_for.borrow_mut().extend(event);
            self.harness.run_steps(1);
        }
        panic!(
            "{what} never came true; notices: {:?}",
            self.session().notices()
        );
    }

    /// Lets workers work until they have nothing more to tell.
    pub(crate) fn settle(&mut self) {
        let patience = Duration::from_secs(2);
        loop {
            let event = self.shared.workers.borrow().next_event(patience);
            if event.is_none() {
                return self.harness.run_steps(4);
            }
            self.shared.waited_for.borrow_mut().extend(event);
            self.harness.run_steps(1);
        }
    }

    pub(crate) fn place(&self, label: &str) -> Pos2 {
        self.harness.get_by_label_contains(label).rect().center()
    }

    pub(crate) fn click(&mut self, label: &str) {
        self.harness.get_by_label(label).click();
        self.harness.run_steps(4);
    }

    pub(crate) fn hold(&mut self, from: Pos2, to: Pos2) {
        self.harness.hover_at(from);
        self.harness.drag_at(from);
        for step in 1..=5 {
            self.harness
                .hover_at(from + (to - from) * (step as f32 / 5.0));
        }
        self.harness.run_steps(4);
    }

    pub(crate) fn let_go(&mut self, at: Pos2) {
        self.harness.drop_at(at);
        self.harness.run_steps(4);
    }

    pub(crate) fn drag(&mut self, from: Pos2, to: Pos2) {
        self.hold(from, to);
        self.let_go(to);
    }

    pub(crate) fn says(&self, text: &str) -> bool {
        self.harness
            .query_all_by_label_contains(text)
            .next()
            .is_some()
    }

    pub(crate) fn look(&self, name: &str) {
        if let Some(folder) = std::env::var_os("PICTURES") {
            let textures = self.textures.0.borrow();
            let picture = paint_output(
                &self.harness.ctx,
                theme::ground(&self.harness.ctx.global_style().visuals),
                (self.harness.output(), SIZE),
                &textures,
            );
            let path = Path::new(&folder).join(format!("path-{name}.png"));
            std::fs::write(path, picture.to_png().unwrap()).unwrap();
        }
    }
}

/// On the whole screen: the harness leaves a margin.
fn whole_ui(ui: &mut egui::Ui, studio: &mut Studio) {
    let screen = ui.ctx().content_rect();
    ui.scope_builder(egui::UiBuilder::new().max_rect(screen), |ui| {
        ui.set_clip_rect(screen);
        studio.ui(ui);
    });
}

/// A copy of the sample with its components, so that nothing is left beside the original.
pub(crate) fn copy_of_thermal(folder: &Path) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let project = folder.join("samples/thermal");
    for (from, to) in [
        (root.join("samples/thermal"), project.clone()),
        (
            root.join("assets/components"),
            folder.join("assets/components"),
        ),
    ] {
        std::fs::create_dir_all(&to).unwrap();
        for entry in std::fs::read_dir(from).unwrap() {
            let entry = entry.unwrap();
            if entry.path().is_file() {
                std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
            }
        }
    }
    project
}

#[derive(Debug)]
struct Dropped(PathBuf);

impl egui::DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        std::fs::read(&self.0).map_err(|error| error.to_string())
    }
}

impl Window {
    pub(crate) fn drop_files(&mut self, paths: &[PathBuf]) {
        let files = paths
            .iter()
            .map(|path| -> egui::DroppedFileHandle { Arc::new(Dropped(path.clone())) });
        self.harness.input_mut().dropped_files = files.collect();
        self.harness.run_steps(1);
    }
}
